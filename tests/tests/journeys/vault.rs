//! Personal data at rest: keys that are made once, found again, and never replaced behind anybody's back.

use std::os::unix::fs::PermissionsExt as _;

use yuti_tests::{Options, journey};

journey! {
    /// The first start makes a key that only its owner reads; later starts use it.
    async fn the_first_start_makes_a_key_and_keeps_it(world: Options::unprepared().stopped()) {
        let file = world.data_folder().join("vault.keys");
        world.cli(["migrate"]).await.ok();
        let made = std::fs::read_to_string(&file).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        world.cli(["migrate"]).await.ok();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), made);
    }
}

journey! {
    /// A lost key is found before anybody is served, and no new one is made in its place.
    async fn a_lost_key_is_told_before_listening(world: Options::empty().stopped()) {
        let file = world.data_folder().join("vault.keys");
        let kept = world.file("kept.keys");
        std::fs::rename(&file, &kept).unwrap();
        let id = std::fs::read_to_string(&kept).unwrap().lines().last().unwrap()[..8].to_owned();
        world.cli(["serve"]).await.exits(78).says(&id).says("vault.keys").says("put the file back").says("vault forget");
        assert!(!file.exists(), "a new key was made beside sealed values");

        // Another key is no better than none.
        let other = world.launch(["migrate"]).env("YUTI_VAULT_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        other.run().await.exits(78).says(&id).says("YUTI_VAULT_KEY");
        world.launch(["migrate"]).env("YUTI_VAULT_KEY_FILE", &kept).run().await.ok();
    }
}

journey! {
    /// The key may come from the environment; then no file is made. A wrong one is refused without being repeated.
    async fn a_key_may_come_from_the_environment(world: Options::unprepared().stopped()) {
        let key = "qrvM3e4AESIzRFVmd4iZqrvM3e4AESIzRFVmd4iZqrs=";
        world.launch(["migrate"]).env("YUTI_VAULT_KEY", key).run().await.ok();
        assert!(!world.data_folder().join("vault.keys").exists());
        world.launch(["migrate"]).env("YUTI_VAULT_KEY", key).run().await.ok();
        let refused = world.launch(["migrate"]).env("YUTI_VAULT_KEY", &key[1..]).run().await;
        refused.exits(78).says("YUTI_VAULT_KEY").says("not 32 bytes in base64");
        refused.does_not_say(&key[1..]);
    }
}

journey! {
    /// What is wrong with a key file is told by its line, and never repeated.
    async fn a_damaged_key_file_is_told_by_line(world: Options::empty().stopped()) {
        let file = world.data_folder().join("vault.keys");
        let text = std::fs::read_to_string(&file).unwrap();
        let key = text.lines().last().unwrap().split(' ').nth(1).unwrap().to_owned();
        std::fs::write(&file, text.replacen(&key[..4], "AAAA", 1)).unwrap();
        let refused = world.cli(["serve"]).await;
        refused.exits(78).says("vault.keys line 3 holds another key than its id names");
        refused.does_not_say(&key[4..]);
    }
}
