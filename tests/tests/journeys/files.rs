//! The store of files as its operator meets it.

use yuti_tests::{Options, journey};

journey! {
    /// The store is made with the service, swept once a day by itself, and can be looked through.
    async fn the_store_is_made_swept_and_checked(world: Options::empty().clock("2026-11-23T04:00:00Z")) {
        let store = world.data_folder().join("files");
        assert!(store.is_dir(), "made at the start");
        world.cli(["files", "check"]).await.ok().says("0 files, 0 of them missing or damaged");
        // What an upload left that was cut off: lying there for a day, by the time of the file.
        let cut_off = store.join("0a").join("0b".repeat(15));
        std::fs::create_dir_all(cut_off.parent().unwrap()).unwrap();
        std::fs::write(&cut_off, "sealed").unwrap();
        let others = store.join("notes.txt");
        std::fs::write(&others, "somebody's").unwrap();
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
        for file in [&cut_off, &others] {
            std::fs::File::options().write(true).open(file).unwrap().set_modified(long_ago).unwrap();
        }
        world.cli(["files", "sweep"]).await.ok().says("1 taken away that no act needed");
        assert!(!cut_off.exists() && others.exists());
        std::fs::write(&cut_off, "sealed").unwrap();
        std::fs::File::options().write(true).open(&cut_off).unwrap().set_modified(long_ago).unwrap();
        // Another day, and the service does it.
        world.set_clock("2026-11-24T04:00:00Z");
        for _ in 0..100 {
            if !cut_off.exists() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert!(!cut_off.exists() && others.exists());
    }
}

journey! {
    /// A bucket without its keys, beside a folder, or with bounds that make no sense, is refused before anything is opened, all at once.
    async fn a_store_that_cannot_be_is_refused(world: Options::empty().stopped().config(
        "[files]\nbucket = 'yuti/files'\nfolder = 'files'\nendpoint = 's3.example'\nlongest_side = 1\n"
    )) {
        let refused = world.cli(["check"]).await;
        refused.exits(78);
        for words in [
            "files.bucket", "files.folder", "files.endpoint", "files.longest_side", "YUTI_FILES_ACCESS_KEY",
            "YUTI_FILES_SECRET_KEY",
        ] {
            refused.says(words);
        }
    }
}

journey! {
    /// A folder that cannot be made is named.
    async fn a_folder_that_cannot_be_made_is_named(world: Options::empty().stopped().config(
        "[files]\nfolder = '/proc/yuti'\n"
    )) {
        world.cli(["serve"]).await.exits(73).says("files.folder").says("/proc/yuti").does_not_say("panicked");
    }
}
