//! The binary as its operator meets it: help, configuration, health, the way down.

use yuti_tests::{Launch, Options, journey, journey_once};

const COMMANDS: [&str; 14] = [
    "serve",
    "migrate",
    "seed",
    "import",
    "account",
    "calendar",
    "audit",
    "verify",
    "seal",
    "openapi",
    "vault",
    "retention",
    "files",
    "check",
];

journey_once! {
    /// Whoever asks a command for help is shown how it is used.
    async fn every_command_has_help_with_an_example(folder) {
        let help = Launch::yuti(folder).args(["--help"]).run().await;
        help.ok();
        for command in COMMANDS {
            help.says(command);
            let help = Launch::yuti(folder).args([command, "--help"]).run().await;
            help.ok().says("Examples:").says(&format!("yuti {command}"));
        }
    }
}

journey_once! {
    /// A word that is no command is a mistake of usage, and nothing is started.
    async fn an_unknown_command_is_a_usage_error(folder) {
        Launch::yuti(folder).args(["server"]).run().await.exits(2).says("serve");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "nothing was written");
    }
}

journey_once! {
    /// A configuration key that does not exist is named, with what to do, before anything is opened.
    async fn an_unknown_configuration_key_is_named(folder) {
        let config = folder.join("yuti.toml");
        std::fs::write(&config, "lisen = \"127.0.0.1:0\"\n").unwrap();
        let output = Launch::yuti(folder).args(["--config"]).args([&config]).args(["serve"]).run().await;
        output.exits(78).says("lisen").says("listen").does_not_say("listening on").does_not_say("panicked");
        assert!(!folder.join("data").exists(), "a refused configuration makes no data folder");
    }
}

journey_once! {
    /// One wrong setting hides no other, wherever it stands; and what the message names can be printed by whoever has nothing but the binary.
    async fn every_wrong_setting_is_told_at_once(folder) {
        let config = folder.join("yuti.toml");
        std::fs::write(&config, "lisen = \"x\"\npublic_url = \"https://user:geheim@yuti.example/portal\"\nworkers = \"many\"\n").unwrap();
        let wrong = Launch::yuti(folder).args(["--config"]).args([&config]).args(["check"]);
        let output = wrong.env("YUTI_LISTEN", "127.0.0.1:18299").env("YUTI_METRICS_LISTEN", "127.0.0.1:18299").run().await;
        output.exits(78).says("lisen: is not a setting").says("public_url").says("workers").says("metrics.listen (from YUTI_METRICS_LISTEN)");
        output.says("yuti check --print-defaults").does_not_say("geheim");

        let defaults = Launch::yuti(folder).args(["--config"]).args([&config]).args(["check", "--print-defaults"]).run().await;
        defaults.ok().says("listen = ").says("[metrics]");
        std::fs::write(&config, &defaults.stdout).unwrap();
        let same = Launch::yuti(folder).args(["--config"]).args([&config]).args(["check"]).run().await;
        same.ok().says("configuration: ok");
    }
}

journey_once! {
    /// A variable that is no text is told by its name; it is not left out in silence.
    async fn a_variable_that_is_no_text_is_told(folder) {
        use std::os::unix::ffi::OsStringExt;
        let bytes = std::ffi::OsString::from_vec(b"\xff\xfe127.0.0.1:0".to_vec());
        let output = Launch::yuti(folder).env("YUTI_LISTEN", bytes).args(["check"]).run().await;
        output.exits(78).says("YUTI_LISTEN: is not UTF-8").does_not_say("panicked");
    }
}

journey_once! {
    /// Whoever has read enough ends the pipe: the command ends too, quietly, as other programs do.
    async fn a_closed_pipe_is_no_failure(folder) {
        for words in [&["openapi"][..], &["openapi", "--yaml"], &["check", "--print-defaults"], &["check"]] {
            let output = Launch::yuti(folder).env("YUTI_DATA_DIR", folder.join("data")).args(words).read_by_nobody().run().await;
            output.exits(141);
            let said: Vec<&str> = output.stderr.lines().filter(|line| !line.contains("driven-clock")).collect();
            assert!(said.is_empty(), "{words:?}: {said:?}");
        }
    }
}

journey! {
    /// The same with commands that do something: it is done all the same, whoever reads what they say.
    async fn work_is_done_though_nobody_reads(world: Options::empty()) {
        let lifts = [yuti_tests::Lift::new("610001")];
        for launch in [
            world.importing("unread", &lifts),
            world.launch(["calendar", "show"]),
            world.launch(["calendar", "count", "--from", "2026-09-30", "--working-days", "3"]),
            world.launch(["vault", "status"]),
            world.launch(["retention", "report"]),
            world.launch(["audit", "list"]),
            world.launch(["account", "list"]),
            world.launch(["migrate"]),
        ] {
            let output = launch.read_by_nobody().run().await;
            output.exits(141).does_not_say("panicked").does_not_say("Broken pipe");
        }
        world.anyone().get("/v1/elevators/610001").await.is(200);
    }
}

journey! {
    /// Periods that no law has are mistakes of usage, told with the range at once.
    async fn absurd_periods_are_usage_errors(world: Options::empty()) {
        for (from, unit, days) in [
            ("2026-09-30", "--working-days", "4294967295"),
            ("2026-09-30", "--calendar-days", "4294967295"),
            ("2026-09-30", "--working-days", "99999999999999999999"),
            ("2026-09-30", "--working-days", "-1"),
            ("+262142-12-31", "--working-days", "1"),
            ("9999-12-31", "--calendar-days", "1"),
            ("0000-01-01", "--calendar-days", "1"),
            ("2026-02-30", "--calendar-days", "1"),
        ] {
            let output = world.launch(["calendar", "count"]).args([format!("--from={from}"), format!("{unit}={days}")]).run().await;
            output.exits(2).does_not_say("panicked");
        }
        world.cli(["calendar", "count", "--from", "2026-09-30", "--working-days", "3661"]).await.exits(2).says("3660");
        world.cli(["calendar", "count", "--from", "2300-01-01", "--working-days", "3"]).await.exits(2).says("1949 to 2200");
        world.cli(["calendar", "count", "--from", "2026-09-30", "--working-days", "3660"]).await.ok().says("provisional");
    }
}

journey_once! {
    /// A configuration file that is not there is told by its path.
    async fn a_missing_configuration_file_is_named(folder) {
        let output = Launch::yuti(folder).args(["--config", "nowhere.toml", "serve"]).run().await;
        output.exits(78).says("nowhere.toml").does_not_say("panicked");
    }
}

journey_once! {
    /// Each bad value in the environment is told by its variable, all of them at once.
    async fn bad_addresses_are_named_together(folder) {
        let output = Launch::yuti(folder)
            .env("YUTI_LISTEN", "everywhere")
            .env("YUTI_METRICS_LISTEN", "127.0.0.1:99999")
            .env("YUTI_DATA_DIR", folder.join("data"))
            .args(["serve"])
            .run()
            .await;
        output.exits(78).says("YUTI_LISTEN").says("everywhere").says("YUTI_METRICS_LISTEN").says("127.0.0.1:99999");
        output.does_not_say("listening on").does_not_say("panicked");
    }
}

journey! {
    /// An address that somebody else holds is told, not died of.
    async fn a_taken_address_is_told(world: Options::empty()) {
        let taken = world.url("").replace("http://", "");
        let second = world.launch(["serve"]).env("YUTI_LISTEN", &taken).run().await;
        second.exits(69).says(&taken).does_not_say("panicked");
        world.anyone().get("/healthz").await.is(200);
    }
}

journey! {
    /// A balancer asks whether the process lives and whether it can serve; neither answer may be kept by a cache.
    async fn health_and_readiness_are_answered(world: Options::empty()) {
        let balancer = world.anyone();
        balancer.get("/healthz").await.is(200).header_has("Cache-Control", "no-store");
        let ready = balancer.get("/readyz").await;
        ready.is(200).header_has("Cache-Control", "no-store");
        balancer.head("/readyz").await.is(200);
        balancer.get("/readyz/").await.is(404);
    }
}

journey! {
    /// Metrics have a port of their own, and are nowhere on the public one.
    async fn metrics_are_on_their_own_port_only(world: Options::empty()) {
        world.anyone().get("/healthz").await.is(200);
        let metrics = world.operator().get("/metrics").await;
        metrics.is(200).says("# TYPE ").says("# EOF");
        world.anyone().get("/metrics").await.is(404);
        world.operator().get("/v1/elevators").await.is(404);
    }
}

journey! {
    /// A service manager sends SIGTERM: the server ends by itself, says so, and starts again on the same data.
    async fn sigterm_drains_and_the_data_stays(world: Options::empty()) {
        let output = world.term().await;
        output.ok().does_not_say("panicked");
        world.start().await;
        world.anyone().get("/readyz").await.is(200);
    }
}

journey! {
    /// A power cut leaves a database that the next start takes as it is.
    async fn a_power_cut_does_not_hurt(world: Options::empty()) {
        world.kill9().await;
        world.start().await;
        world.anyone().get("/readyz").await.is(200);
    }
}

journey! {
    /// The first start makes its own tables; `migrate` on a finished database changes nothing and says so.
    async fn the_first_start_prepares_the_database(world: Options::unprepared().env("YUTI_DEMO", "none").stopped()) {
        world.cli(["migrate"]).await.ok();
        world.cli(["migrate"]).await.ok();
        world.start().await;
        world.anyone().get("/readyz").await.is(200);
    }
}
