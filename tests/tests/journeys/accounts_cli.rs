//! Accounts as whoever has the machine's command line makes them, and those of the demonstration.

use yuti_tests::{Lift, Options, journey};

/// A password that can be taken.
const PASSWORD: &str = "a quiet afternoon";

/// With a small demonstration set to come, not started.
fn first_start() -> Options {
    Options::unprepared().config("demo_elevators = 30\ndemo_years = 0\n").stopped()
}

/// The log-ins and passwords that a start has shown.
fn shown(said: &str) -> Vec<(String, String)> {
    let lines = said.lines().filter_map(|line| line.strip_prefix("    demo-"));
    let words = lines.map(|line| line.split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>());
    words.map(|words| (format!("demo-{}", words[0]), words[1].clone())).collect()
}

journey! {
    /// The first start shows accounts of every role once: on the screen, and neither in a log nor ever again.
    async fn the_first_start_shows_its_accounts_once(world: first_start()) {
        world.start().await;
        let first = world.term().await;
        let accounts = shown(&first.stdout);
        assert_eq!(accounts.len(), 9, "{}", first.stdout);
        for (login, password) in &accounts {
            assert!(!first.stderr.contains(password.as_str()), "the password of {login} is in a log");
            assert_eq!(password.len(), 29);
        }
        assert!(!first.stderr.contains("demonstration accounts"), "a service of this machine alone needs no warning");
        world.start().await;
        let second = world.term().await;
        assert_eq!(shown(&second.stdout), []);
        second.does_not_say("demonstration accounts");
        let listed = world.cli(["account", "list", "--json"]).await;
        let listed: Vec<serde_json::Value> = serde_json::from_str(&listed.ok().stdout).unwrap();
        assert_eq!(listed.len(), 9);
        let mut roles: Vec<&str> = listed.iter().map(|row| row["role"].as_str().unwrap()).collect();
        roles.sort_unstable();
        roles.dedup();
        assert_eq!(roles.len(), 8);
        assert!(listed.iter().all(|row| row["demonstration"] == true));
        let served = world.launch(["serve"]).env("YUTI_PUBLIC_URL", "https://yuti.example").start();
        let mut served = served;
        served.wait_for_line("the warning", |line| line.contains("there are demonstration accounts").then_some(())).await;
        served.kill9().await;
    }
}

journey! {
    /// A start that makes no demonstration data makes no account, also where such data came by another way.
    async fn without_demonstration_data_there_are_no_accounts(world: Options::unprepared().env("YUTI_DEMO", "none").stopped()) {
        world.start().await;
        world.term().await.does_not_say("demonstration accounts");
        world.cli(["seed", "--elevators", "30", "--years", "0"]).await.ok();
        world.start().await;
        world.term().await.does_not_say("demonstration accounts");
        let listed = world.cli(["account", "list", "--json"]).await;
        assert_eq!(listed.ok().stdout.trim(), "[]");
    }
}

journey! {
    /// The accounts of the demonstration go with its data; others stay.
    async fn demonstration_accounts_go_with_their_data(world: first_start()) {
        world.start().await;
        world.term().await.says("demo-officer");
        world.cli(["account", "create", "--login", "admin", "--role", "administrator"]).await.ok();
        let lift = Lift::new("L-1");
        world.importing("small", &[lift]).args(["--remove-demo"]).run().await.ok();
        let listed = world.cli(["account", "list"]).await;
        listed.ok().says("admin\t").does_not_say("demo-");
    }
}

journey! {
    /// An account is made with a link, found in the list, and let in again with another link.
    async fn an_account_is_made_listed_and_reset(world: Options::empty().stopped()) {
        let yuti = |args: &[&str]| world.launch(args.iter().copied()).env("YUTI_PUBLIC_URL", "https://yuti.example").run();
        let made = yuti(&["account", "create", "--login", "Li.Qiang", "--role", "officer", "--district", "500108", "--name", "李强"]).await;
        made.ok().says("account li.qiang made").says("https://yuti.example/login/link/").says("2026-11-30 12:00 CST");
        yuti(&["account", "create", "--login", "li.qiang", "--role", "reader", "--authority", "cq"]).await.exits(65).says("Somebody has this log-in");
        let listed = yuti(&["account", "list"]).await;
        listed.ok().says("li.qiang\t李强\tofficer\t南岸区市场监督管理局\tactive\tno\tnever");
        assert_eq!(yuti(&["account", "list", "--role", "reader", "--json"]).await.ok().stdout.trim(), "[]");
        let reset = yuti(&["account", "reset", " LI.QIANG "]).await;
        reset.ok().says("https://yuti.example/login/link/").does_not_say("second factor");
        yuti(&["account", "reset", "li.qiang", "--totp"]).await.ok().says("takes the second factor off");
        yuti(&["account", "reset", "nobody"]).await.exits(65).says("there is no account nobody");
        for (args, said) in [
            (&["--role", "officer"][..], "belongs to a bureau"),
            (&["--role", "officer", "--district", "500105"], "no bureau is responsible for 500105 today"),
            (&["--role", "city_bureau", "--authority", "cq-500108"], "bureau of this level"),
            (&["--role", "unit_owner", "--uscc", "91500108MA5QK0017P"], "no unit with the code"),
            (&["--role", "unit_owner"], "belongs to a unit"),
        ] {
            let tried = [&["account", "create", "--login", "another"][..], args].concat();
            yuti(&tried).await.exits(65).says(said).does_not_say("panicked");
        }
        yuti(&["account", "create", "--login", "another", "--role", "king"]).await.exits(2).says("unit_delegate");
    }
}

journey! {
    /// A password comes on standard input, never on the command line, and is checked like any other.
    async fn a_password_comes_on_standard_input(world: Options::empty().stopped()) {
        let create = |login: &str, password: &str| {
            let launch = world.launch(["account", "create", "--role", "administrator", "--password-stdin", "--login", login]);
            launch.input(password).run()
        };
        let made = create("admin", &format!("{PASSWORD}\n")).await;
        made.ok().says("must be changed at the first sign-in").does_not_say("/login/link/").does_not_say(PASSWORD);
        create("other", "short\n").await.exits(65).says("at least 12 characters");
        create("other", "\n").await.exits(66).says("no password came");
        create("other", "password123456\n").await.exits(65).says("guessed first").does_not_say("password123456");
        let listed = world.cli(["account", "list"]).await;
        listed.ok().says("admin\t").does_not_say("other\t");
    }
}
