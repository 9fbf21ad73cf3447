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
