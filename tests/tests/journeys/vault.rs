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

/// The ids of the keys of the file, the one that seals first.
fn ids(file: &std::path::Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(|line| line[..8].to_owned()).collect()
}

journey! {
    /// A key is changed under a running service: a new one, everything sealed anew, the old one gone.
    async fn a_key_is_changed_while_the_service_runs(world: Options::empty()) {
        let file = world.data_folder().join("vault.keys");
        let first = ids(&file)[0].clone();
        world.cli(["vault", "retire", &first]).await.exits(65).says("is the one that seals");
        world.cli(["vault", "rotate"]).await.ok().says("seals from now on");
        let second = ids(&file)[0].clone();
        assert_eq!(ids(&file), [second.clone(), first.clone()]);
        world.cli(["vault", "status"]).await.ok().says(&format!("{second}  2026-11-23")).says(&first).says("seals");
        world.cli(["vault", "retire", &first]).await.exits(65).says("values are sealed with the key").says("yuti vault reseal");
        world.cli(["vault", "reseal"]).await.ok().says(&format!("sealed anew with the key {second}"));
        world.cli(["vault", "retire", &first]).await.ok().says("is retired");
        assert_eq!(ids(&file), [second]);
        world.cli(["vault", "retire", &first]).await.exits(65).says("has no key");
        world.cli(["vault", "retire", "first"]).await.exits(2).says("eight hexadecimal digits");
        world.anyone().get("/readyz").await.is(200);
        world.term().await.ok();
        world.start().await;
    }
}

journey! {
    /// A key is made, brought to other machines, and seals only then.
    async fn a_key_is_prepared_before_it_seals(world: Options::empty().stopped()) {
        let file = world.data_folder().join("vault.keys");
        let first = ids(&file)[0].clone();
        world.cli(["vault", "rotate", "--prepare"]).await.ok().says("only opens");
        let second = ids(&file)[1].clone();
        assert_eq!(ids(&file)[0], first);
        world.cli(["vault", "rotate", "--to", &second]).await.ok().says("seals from now on");
        assert_eq!(ids(&file), [second, first]);
        world.cli(["vault", "rotate", "--to", "00000000"]).await.exits(65).says("has no key 00000000");
    }
}

journey! {
    /// When a key is lost for good the service goes on after its operator has said so.
    async fn a_key_that_is_lost_for_good_is_forgotten(world: Options::empty().stopped()) {
        let file = world.data_folder().join("vault.keys");
        let first = ids(&file)[0].clone();
        world.cli(["vault", "rotate"]).await.ok();
        std::fs::remove_file(&file).unwrap();
        world.cli(["serve"]).await.exits(78).says(&first).says("yuti vault forget");
        world.cli(["vault", "forget"]).await.exits(2).says("--dry-run");
        world.cli(["vault", "forget", "--dry-run"]).await.ok().says(&first).says("would be erased: audit_entry.salt");
        assert!(!file.exists());
        world.cli(["serve"]).await.exits(78);
        world.cli(["vault", "forget", "--yes"]).await.ok().says("erased: audit_entry.salt");
        assert!(!ids(&file).contains(&first));
        world.start().await;
    }
}
