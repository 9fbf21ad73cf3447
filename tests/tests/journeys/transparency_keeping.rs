//! The log in the hands of those who run it: checked from the command line, killed, sealed by two copies, its key replaced and lost, its
//! rows changed behind the service's back.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use yuti_tests::{Database, Lift, Options, World, journey};

use crate::transparency::{act, exported, head_of, key, text, trail, verifier};

async fn connect(world: &World) -> DatabaseConnection {
    let file = world.data_folder().join("yuti.sqlite");
    let url = world.database_url().unwrap_or_else(|| format!("sqlite://{}", file.display()));
    sea_orm::Database::connect(url).await.expect("the world's database can be opened")
}

async fn run(db: &DatabaseConnection, statement: &str) -> u64 {
    let done = db.execute_unprepared(statement).await;
    done.unwrap_or_else(|error| panic!("{statement}: {error}")).rows_affected()
}

journey! {
    /// What the operator does is in the trail: who, what, when, with numbers and without names of files.
    async fn acts_of_the_operator_are_in_the_trail(world: Options::unprepared().env("YUTI_DEMO", "none").stopped()) {
        world.cli(["seed", "--elevators", "40"]).await.ok();
        world.importing("real", &[Lift::new("410001"), Lift::new("410002")]).args(["--remove-demo"]).run().await.ok();
        let file = yuti_tests::environment::repository().join("api/data/domain/holidays.json");
        world.cli(["calendar", "load", file.to_str().unwrap()]).await.ok();
        world.cli(["calendar", "load", "nowhere.json"]).await.exits(66);
        world.importing("real", &[Lift::new("410001")]).args(["--dry-run"]).run().await.ok();
        world.start().await;
        let trail = trail(world).await;
        let acts: Vec<&str> = trail.iter().map(|row| text(&row["entry"]["act"])).collect();
        assert_eq!(acts, ["profile.adopt", "demonstration.make", "demonstration.remove", "import.finish", "calendar.load"]);
        for row in &trail {
            assert_eq!((text(&row["entry"]["actor"]), text(&row["entry"]["at"])), ("operator", "2026-11-23T04:00:00.000000Z"));
            assert!(row["leaf_index"].is_u64(), "what was written before the start is sealed with it: {row}");
        }
        let import = &trail[3]["entry"]["facts"];
        assert_eq!((&import["register"], &import["rows"], &import["created"], &import["rejected"]), (&"real".into(), &2.into(), &2.into(), &0.into()));
        assert!(!import.to_string().contains(".csv"), "{import}");
        assert_eq!(trail[2]["entry"]["facts"]["elevators"], 40);
        world.cli(["audit", "list", "--subject", "import_run"]).await.ok().says("import.finish").does_not_say("calendar.load");
        world.cli(["audit", "list", "--act", "calendar.load"]).await.ok().says("operator").does_not_say("import.finish");
        let none = world.cli(["audit", "list", "--since", "2026-11-23T12:00:01+08:00"]).await;
        assert_eq!(none.ok().stdout, "");
        // A look at what is personal is an act.
        world.cli(["audit", "list", "--act", "calendar.load", "--personal"]).await.ok().says("personal: null");
        world.cli(["audit", "list", "--act", "audit.look"]).await.ok().says("\"entries\":1");
        assert!(world.anyone().get("/v1/transparency/entries/4").await.at("/entry/act") == "calendar.load");
        head_of(&world.anyone(), 6).await;
        let look = world.anyone().get("/v1/transparency/entries/5").await;
        assert!(look.is(200).at("/entry").is_null(), "what is not named as public is a hash: {look}");
    }
}

journey! {
    /// One entry and the whole log are checked step by step from the command line, also while the service runs.
    async fn the_log_is_checked_from_the_command_line(world: Options::empty()) {
        for name in ["first", "second", "third", "fourth"] {
            act(world, name).await;
        }
        head_of(&world.anyone(), 5).await;
        let one = world.cli(["verify", "entry", "3"]).await;
        for said in ["row: entry 3, import.finish of import_run", "head: 5 entries", "leaf ", "path: 3 steps", "holds"] {
            one.ok().says(said);
        }
        world.cli(["verify", "entry", "99"]).await.exits(66).says("there is no entry 99");
        world.cli(["verify", "log"]).await.ok().says("5 entries").says("1 keys").says("holds");
        world.cli(["seal", "show"]).await.ok().says("signed: 5 entries; 0 wait");
        world.term().await.ok();
        act(world, "fifth").await;
        world.cli(["verify", "log"]).await.ok().says("1 entries wait").says("holds");
        world.cli(["verify", "entry", "6"]).await.exits(66).says("waits for its seal");
    }
}

journey! {
    /// Somebody changes rows behind the service's back. The database refuses as long as its guards stand; without them the log names
    /// the entry, and both verifiers refuse its proof.
    async fn a_row_that_was_changed_is_named(world: Options::empty()) {
        for name in ["first", "second", "third", "fourth"] {
            act(world, name).await;
        }
        let app = world.anyone();
        head_of(&app, 5).await;
        let key = key(&app).await;
        let db = connect(world).await;
        let change = "UPDATE audit_entry SET facts = '{\"rows\":7}' WHERE id = 3";
        let refused = db.execute_unprepared(change).await.unwrap_err().to_string();
        assert!(refused.contains("audit_entry is append only"), "{refused}");
        world.cli(["verify", "log"]).await.ok();
        run(&db, match world.database() {
            Database::Sqlite => "DROP TRIGGER audit_entry_no_update",
            Database::Postgres => "DROP TRIGGER audit_entry_no_update ON audit_entry",
        }).await;
        assert_eq!(run(&db, change).await, 1);
        world.cli(["verify", "log"]).await.exits(65).says("WRONG: entry 3 at place 2 (import.finish of import_run 2): what is written there does not come to its hash");
        world.cli(["verify", "entry", "3"]).await.exits(65).says("does not hold: row: entry 3");
        world.cli(["verify", "entry", "2"]).await.ok();
        let file = exported(world, "3").await;
        verifier(world, &["entry", "--key", &key, file.to_str().unwrap()]).await.exits(1).says("do not come to the root");
        // The service goes on: what is written later is sealed, and the change stays visible.
        act(world, "fifth").await;
        head_of(&app, 6).await;
        world.cli(["verify", "log"]).await.exits(65).says("entry 3 at place 2");
    }
}

journey! {
    /// What is personal about an act is given out only where it is asked for, with the salt that holds it against the seal; once it is
    /// erased nobody can open it, and the seal still holds.
    async fn the_personal_part_is_opened_and_erased(world: Options::empty()) {
        act(world, "first").await;
        let app = world.anyone();
        head_of(&app, 2).await;
        let key = key(&app).await;
        world.cli(["verify", "export", "2"]).await.ok().does_not_say("opened");
        let opened = world.cli(["verify", "export", "2", "--personal"]).await;
        let proof: serde_json::Value = serde_json::from_str(&opened.ok().stdout).unwrap();
        let check = async |proof: &serde_json::Value| {
            let file = world.write("opened.json", proof.to_string());
            let file = file.to_str().unwrap();
            let ours = world.cli(["verify", "file", file, "--key", &key]).await;
            (verifier(world, &["entry", "--key", &key, file]).await, ours)
        };
        let (theirs, ours) = check(&proof).await;
        theirs.ok().says("personal part: it is the one that was committed to");
        ours.ok().says("personal part: it is the one that was committed to");
        for (member, other) in [("personal", serde_json::json!({"name": "周演示"})), ("salt", serde_json::json!("00".repeat(32)))] {
            let mut changed = proof.clone();
            changed["opened"][member] = other;
            let (theirs, ours) = check(&changed).await;
            theirs.exits(1).says("not the one that was committed to");
            ours.exits(65).says("not the one that was committed to");
        }
        world.cli(["audit", "list", "--act", "audit.look"]).await.ok().says("audit_entry 2");
        let db = connect(world).await;
        assert_eq!(run(&db, "UPDATE audit_entry SET salt = NULL, personal = NULL WHERE id = 2").await, 1);
        let erased = world.cli(["verify", "export", "2", "--personal"]).await;
        erased.ok().says("was erased");
        world.cli(["audit", "list", "--act", "import.finish", "--personal"]).await.ok().says("personal: \"erased\"");
        world.cli(["verify", "log"]).await.ok().says("holds");
        world.cli(["verify", "entry", "2"]).await.ok();
    }
}

journey! {
    /// Sixteen imports at once, two copies of the service on one database: every act is sealed once, and both show the same log.
    async fn two_copies_seal_every_act_once(world: Options::empty().generous()) {
        let mut other = world.launch(["serve"]).start();
        let address = |line: &str| line.strip_prefix("listening on ").map(|rest| rest.split_whitespace().next().unwrap().to_owned());
        let other_at = other.wait_for_line("its address", address).await;
        let imports: Vec<_> = (0..16).map(|writer| world.importing(&format!("writer-{writer}"), &[Lift::new(&format!("{}", 420_000 + writer))]).start()).collect();
        for import in imports {
            import.finish().await.ok();
        }
        let app = world.anyone();
        head_of(&app, 17).await;
        world.cli(["verify", "log"]).await.ok().says("17 entries").says("0 entries wait").says("holds");
        let trail = trail(world).await;
        let mut places: Vec<u64> = trail.iter().map(|row| row["leaf_index"].as_u64().unwrap()).collect();
        places.sort_unstable();
        assert_eq!(places, (0..17).collect::<Vec<_>>());
        let theirs = yuti_tests::Caller::new(&other_at, None);
        assert_eq!(theirs.all("/v1/transparency/heads").await, app.all("/v1/transparency/heads").await);
        other.term();
        other.finish().await.ok();
        assert!(!world.log().contains("background work failed"), "{}", world.log());
    }
}

journey! {
    /// Killed and started again while acts go on: nothing is lost, nothing is sealed twice, every head follows from the one before.
    async fn a_killed_service_goes_on_with_the_log(world: Options::empty().generous()) {
        for round in 0..5_u64 {
            let imports: Vec<_> = (0..3).map(|writer| world.importing(&format!("w-{round}-{writer}"), &[Lift::new(&format!("{}", 430_000 + round * 10 + writer))]).start()).collect();
            tokio::time::sleep(Duration::from_millis(300 * round)).await;
            world.kill9().await;
            for import in imports {
                import.finish().await.ok();
            }
            world.start().await;
        }
        head_of(&world.anyone(), 16).await;
        world.cli(["verify", "log"]).await.ok().says("16 entries").says("holds");
    }
}

journey! {
    /// The key is replaced while the service runs: the old one signs the announcement, the new one what follows, and whoever kept the
    /// old key can follow to the new one.
    async fn a_key_is_replaced_while_the_service_runs(world: Options::empty().generous()) {
        let app = world.anyone();
        act(world, "first").await;
        head_of(&app, 2).await;
        let old = key(&app).await;
        let older = world.write("older.txt", app.get("/v1/transparency/head?format=note").await.text());
        world.cli(["seal", "rotate"]).await.ok().says("heads larger than 3 are signed by the key");
        let announcing = world.write("announcing.txt", text(&head_of(&app, 3).await["checkpoint"]));
        let new = key(&app).await;
        assert_ne!(old, new);
        act(world, "second").await;
        let newer = world.write("newer.txt", text(&head_of(&app, 4).await["checkpoint"]));
        let key_args = |key: &str, file: &std::path::Path| ["head".to_owned(), "--key".to_owned(), key.to_owned(), file.to_str().unwrap().to_owned()];
        for (key, file, holds) in [(&old, &older, true), (&old, &announcing, true), (&new, &newer, true), (&new, &older, false), (&old, &newer, false)] {
            let args = key_args(key, file);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            verifier(world, &args).await.exits(if holds { 0 } else { 1 });
        }
        // The announcement itself, with the old key: its entry names the new one.
        let place = app.get("/v1/transparency/keys").await.at("/items/1/announced_by").as_u64().unwrap();
        let entry = app.get(&format!("/v1/transparency/entries/{place}")).await.is(200).json();
        assert_eq!(entry["entry"]["act"], "seal.rotate");
        assert!(new.contains(text(&entry["entry"]["facts"]["new_key_id"])), "{entry}");
        world.cli(["verify", "log"]).await.ok().says("2 keys").says("holds");
        world.cli(["seal", "show"]).await.ok().says("to size 3").says("to now");
    }
}

journey! {
    /// A copy without the key, or with another one, serves on and signs nothing, and says why. A lost key is replaced openly.
    async fn without_the_key_nothing_is_signed(world: Options::empty().stopped()) {
        let file = world.data_folder().join("seal.key");
        let kept = world.file("kept.key");
        std::fs::rename(&file, &kept).unwrap();
        world.start().await;
        let app = world.anyone();
        let size = app.get("/v1/transparency/head").await.at("/size").as_u64().unwrap();
        act(world, "first").await;
        world.process().wait_for_line("the reason", |line| (line.contains("sealer") && line.contains("seal.key")).then_some(())).await;
        assert!(!file.exists(), "no key is made beside a log that has one");
        assert_eq!(app.get("/v1/transparency/head").await.at("/size").as_u64().unwrap(), size);
        std::fs::write(&file, "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n").unwrap();
        world.process().wait_for_line("the reason", |line| line.contains("nothing is signed until").then_some(())).await;
        world.cli(["seal", "rotate"]).await.exits(78).says("seal.key");
        // The key is found again, without a restart.
        std::fs::copy(&kept, &file).unwrap();
        head_of(&app, size + 1).await;
        // Now it is lost for good.
        std::fs::remove_file(&file).unwrap();
        std::fs::remove_file(&kept).unwrap();
        world.cli(["seal", "rotate", "--lost"]).await.ok().says("vouches for nothing after size");
        act(world, "second").await;
        head_of(&app, size + 3).await;
        world.cli(["verify", "log"]).await.ok().says("came after a loss").says("holds");
        assert!(app.get("/v1/transparency/keys").await.at("/items/1/announced_by").is_null());
    }
}

journey! {
    /// A log keeps its name: the configured one where it begins with one, and another one later is refused.
    async fn a_log_keeps_its_name(world: Options::unprepared().stopped()) {
        let named = |name: &str| {
            let config = world.write("named.toml", format!("demo = \"none\"\n[seal]\norigin = \"{name}\"\n"));
            world.launch(["--config"]).args([config]).args(["serve"])
        };
        let mut server = named("log.yuti.example/chongqing").start();
        let address = |line: &str| line.strip_prefix("listening on ").map(|rest| rest.split_whitespace().next().unwrap().to_owned());
        let app = yuti_tests::Caller::new(&server.wait_for_line("its address", address).await, None);
        assert_eq!(app.get("/v1/transparency/head").await.at("/origin"), "log.yuti.example/chongqing");
        server.term();
        server.finish().await.ok();
        named("another.example").run().await.exits(78).says("seal.origin").says("log.yuti.example/chongqing");
        named("with a space").run().await.exits(78).says("seal.origin");
    }
}
