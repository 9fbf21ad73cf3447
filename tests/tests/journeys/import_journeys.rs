//! Importing as the person at a bureau does it, who has a table from somewhere and makes mistakes.

use crate::import_reading::table::{HEADER, MAPPING, good, import};
use crate::import_reading::{count, position, register, report, told};
use crate::pages_reading::is_a_page;
use std::collections::BTreeMap;
use std::path::Path;
use yuti_tests::register::Lift;
use yuti_tests::{Options, journey, register};

/// The lifts of a small register.
fn lifts() -> [Lift; 2] {
    let lift = |code: &str, number: &str| {
        Lift::new(code)
            .with("factory_number", number)
            .with("district", "500108")
            .with("address", "试验路 1 号")
            .with("use_status", "in_use")
            .with("inspection.valid_until", "2027-06-30")
    };
    [lift("610001", "JT-1"), lift("610002", "JT-2")]
}

journey! {
    /// Real data is not put beside made-up data. Whoever says so has the made-up taken out first, and everybody who follows the feed
    /// learns that it is gone.
    async fn real_data_takes_the_place_of_the_demonstration(world) {
        let anyone = world.anyone();
        let before = count(&anyone).await;
        assert!(before > 1000, "the demonstration set has {before} elevators");
        let at = position(&anyone).await;
        is_a_page(&anyone.get("/zh/e/502718").await, "zh-CN", true);

        let refused = world.importing("small", &lifts()).run().await;
        refused.exits(65).says("--remove-demo").says(&before.to_string()).does_not_say("panicked");
        assert_eq!(
            (count(&anyone).await, position(&anyone).await),
            (before, at),
            "a refused import changed something"
        );
        let tried = world.importing("small", &lifts()).args(["--dry-run"]).run().await;
        tried.exits(65).says("--remove-demo");

        let taken = world.importing("small", &lifts()).args(["--remove-demo"]).run().await;
        taken.ok().says(&format!("demonstration removed {before} elevators"));
        assert_eq!(told(&taken, "created"), 2);
        assert_eq!(count(&anyone).await, 2);
        anyone.get("/v1/elevators/502718").await.problem(404, "elevator_not_found");
        is_a_page(anyone.get("/zh/e/502718").await.is(404), "zh-CN", false);
        let page = anyone.get("/zh/e/610001").await;
        is_a_page(page.is(200), "zh-CN", false);
        page.does_not_say("演示");
        is_a_page(&anyone.get("/en/").await, "en", false);
        assert_eq!(anyone.get("/v1/elevators/610001").await.at("/source/demonstration"), false);

        // Who has read the feed up to there reads on, and ends with what there is.
        let mut kinds: BTreeMap<(String, String), u64> = BTreeMap::new();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        for change in anyone.get(&format!("/v1/changes?after={at}&format=ndjson")).await.ndjson() {
            *kinds.entry((text(&change["subject"]), text(&change["kind"]))).or_default() += 1;
            assert!(
                change["kind"] != "withdrawn" || change["url"].is_null(),
                "a way to what is gone: {change}"
            );
        }
        let of = |subject: &str, kind: &str| kinds.get(&(subject.into(), kind.into())).copied().unwrap_or(0);
        assert_eq!((of("elevator", "withdrawn"), of("elevator", "created")), (before, 2), "{kinds:?}");
        assert_eq!(
            anyone.get("/v1/organisations?limit=1&count=exact").await.at("/count/total"),
            0,
            "units of the set are left"
        );
        world.cli(["seed", "--elevators", "5"]).await.exits(65).says("small");
    }
}

journey! {
    /// Nothing is taken out unless something is taken in: an import that is refused, rehearsed or futile leaves the demonstration as it is.
    async fn a_delivery_that_is_not_taken_in_removes_nothing(world) {
        let anyone = world.anyone();
        let (before, at) = (count(&anyone).await, position(&anyone).await);
        let with = |name: &str, table: &str, mapping: &str| {
            import(world, name, table, mapping).args(["--remove-demo"])
        };
        let rejected = format!("{HEADER}\n,620001,500108,路,小区,物业,在用,2027-01-31\n");
        let contradicting = format!("{HEADER}\nA,1,500108,路,小区,物业,在用,\nA,2,500108,路,小区,物业,在用,\n");
        for (name, table) in [("rejected.csv", &rejected), ("contradicting.csv", &contradicting)] {
            let output = with(name, table, MAPPING).run().await;
            output.exits(65).says("every row was rejected").says(&format!("stays: {before} elevators"));
            assert!(!report(&world.file(&format!("{name}.reject.csv"))).is_empty(), "{name} has its report");
        }
        with("header.csv", HEADER, MAPPING).run().await.ok().says("no row of the file can be taken in");
        let filtered = format!(
            "{MAPPING}\n[[filters]]\nname = \"none\"\naction = \"drop\"\nreason = \"nothing is wanted\"\ncolumn = \"状态\"\nempty = false\n"
        );
        with("filtered.csv", &good(), &filtered).run().await.ok().says("no row of the file can be taken in");
        with("mapping.csv", &good(), "[source").run().await.exits(65);
        with("columns.csv", "a,b\n1,2\n", MAPPING).run().await.exits(65);
        with("empty.csv", "", MAPPING).run().await.exits(65);
        let precious = world.write("precious.csv", "a,b\n");
        with("report.csv", &good(), MAPPING).args(["--report"]).args([&precious]).run().await.exits(73);
        let tried = with("dry.csv", &good(), MAPPING).args(["--dry-run"]).run().await;
        tried.ok().says("dry run").says(&format!("would remove {before} elevators"));
        assert_eq!((count(&anyone).await, position(&anyone).await), (before, at), "something was removed");
        let accounts = world.cli(["account", "list"]).await;
        assert!(accounts.ok().stdout.lines().count() > 1, "the accounts of the demonstration stay too");

        with("good.csv", &good(), MAPPING).run().await.ok().says(&format!("removed {before} elevators"));
        assert_eq!(count(&anyone).await, 2);
    }
}

journey! {
    /// A changed fact makes a second version: the first stays in the history with the days of both, and the feed says `updated`, once.
    async fn a_changed_file_makes_a_second_version(world: Options::empty()) {
        world.import("small", &lifts()).await;
        let anyone = world.anyone();
        let at = position(&anyone).await;
        let [first, second] = lifts();
        let changed = [first.with("use_status", "suspended").with("building", "试验小区"), second];
        world.set_clock("2026-11-25T04:00:00Z");
        let output = world.import("small", &changed).await;
        assert_eq!(
            (told(&output, "created"), told(&output, "updated"), told(&output, "unchanged")),
            (0, 1, 1)
        );

        let elevator = anyone.get("/v1/elevators/610001").await;
        assert_eq!((elevator.at("/version"), elevator.at("/status")), (2.into(), "out_of_use".into()));
        let history = anyone.get("/v1/elevators/610001/history").await;
        let versions = history.at("/items").as_array().unwrap().clone();
        let numbers: Vec<_> = versions.iter().map(|version| version["version"].as_i64().unwrap()).collect();
        assert_eq!(numbers, [2, 1], "{history}");
        let text = |at: usize| versions[at].to_string();
        assert!(text(0).contains("suspended") && text(0).contains("试验小区"), "{history}");
        assert!(text(1).contains("in_use") && !text(1).contains("试验小区"), "{history}");
        assert!(text(0).contains("2026-11-25T04:00:00"), "when it became known: {history}");

        let changes = anyone.get(&format!("/v1/changes?after={at}")).await.at("/items");
        let changes = changes.as_array().unwrap();
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(
            (&changes[0]["kind"], &changes[0]["reason"], &changes[0]["version"]),
            (&"updated".into(), &"import".into(), &2.into())
        );
        anyone.get("/zh/e/610001").await.says("停用").says("试验小区");

        // And back: a third version, since what was known in between stays known.
        world.import("small", &lifts()).await;
        assert_eq!(anyone.get("/v1/elevators/610001").await.at("/version"), 3);
        // An elevator that the register is silent about is not removed.
        world.import("small", &lifts()[..1]).await;
        anyone.get("/v1/elevators/610002").await.is(200);
    }
}

journey! {
    /// Each row that cannot be taken is in the report by row, line, column, value and reason; all others are in.
    async fn rejected_rows_are_reported(world: Options::empty()) {
        let table = [
            HEADER,
            "A1,620001,500108,好路 1 号,好小区,好物业,在用,2027-01-31",
            "A2,620002,500108,少一格,小区,物业,在用",
            "A3,620003,500108,多一格,小区,物业,在用,2027-01-31,多",
            ",620004,500108,没有代码,小区,物业,在用,2027-01-31",
            "A5,620005,500108,两回,小区,物业,在用,2027-01-31",
            "A5,620005,500108,不一样,小区,物业,在用,2027-01-31",
            "A6,620006,500108,\"一样的\n两行\",小区,物业,在用,2027-01-31",
            "A6,620006,500108,\"一样的\n两行\",小区,物业,在用,2027-01-31",
            "A7,620007,500108,坏字符\0,小区,物业,在用,2027-01-31",
            "A8,620008,999999,疑点路,小区,13800000000,报废了,二零二七",
            "",
        ]
        .join("\r\n");
        let output = import(world, "bad.csv", table, MAPPING).run().await;
        output.ok();
        assert_eq!(
            (told(&output, "rows read"), told(&output, "created"), told(&output, "rejected")),
            (10, 3, 7),
            "{}",
            output.all()
        );
        let rows = report(&world.file("bad.csv.reject.csv"));
        let reasons: Vec<_> = rows
            .iter()
            .map(|row| (row["row"].as_str(), row["line"].as_str(), row["reason"].as_str()))
            .collect();
        let expected = [
            ("2", "3", "wrong_number_of_fields"),
            ("3", "4", "wrong_number_of_fields"),
            ("4", "5", "identity_missing"),
            ("5", "6", "duplicate_key"),
            ("6", "7", "duplicate_key"),
            ("8", "10", "repeated_row"),
            ("9", "12", "nul_character"),
        ];
        assert_eq!(reasons, expected, "{rows:#?}");
        assert!(rows.iter().all(|row| !row["explanation"].is_empty()), "{rows:#?}");
        let missing = rows.iter().find(|row| row["reason"] == "identity_missing").unwrap();
        assert_eq!(missing["column"], "注册代码");

        let anyone = world.anyone();
        let there = register(&anyone).await;
        assert_eq!(there.keys().map(String::as_str).collect::<Vec<_>>(), ["620001", "620006", "620008"]);
        // What is only doubtful is in, unknown, with the source's words beside it; a person's telephone number is nowhere.
        let doubtful = &there["620008"];
        assert!(doubtful["district"].is_null() && doubtful["use_status"].is_null(), "{doubtful}");
        assert_eq!(doubtful["status"], "not_received");
        assert_eq!(doubtful["raw"]["use_status"], "报废了", "{doubtful}");
        let flags: Vec<_> = doubtful["quality"]
            .as_array()
            .unwrap()
            .iter()
            .map(|note| note["flag"].as_str().unwrap())
            .collect();
        for flag in ["district_unknown", "value_unmapped", "date_unreadable"] {
            assert!(flags.contains(&flag), "no {flag} in {doubtful}");
        }
        for everywhere in [
            doubtful.to_string(),
            output.all(),
            std::fs::read_to_string(world.file("bad.csv.reject.csv")).unwrap(),
        ] {
            assert!(!everywhere.contains("13800000000"), "a mobile number in {everywhere}");
        }
        assert!(!anyone.get("/zh/e/620008").await.text().contains("13800000000"));

        // The report goes elsewhere when asked, over nothing that is no report.
        let other = world.file("elsewhere.csv");
        let again = import(world, "bad.csv", std::fs::read(world.file("bad.csv")).unwrap(), MAPPING);
        again.args(["--report"]).args([&other]).run().await.ok();
        assert_eq!(report(&other).len(), 7);
        let precious = world.write("precious.csv", "a,b\n1,2\n");
        let again = import(world, "bad.csv", std::fs::read(world.file("bad.csv")).unwrap(), MAPPING);
        again
            .args(["--report"])
            .args([&precious])
            .run()
            .await
            .exits(73)
            .says("precious.csv")
            .does_not_say("panicked");
        assert_eq!(std::fs::read_to_string(precious).unwrap(), "a,b\n1,2\n");
    }
}

journey! {
    /// A rehearsal says what would happen and writes nothing; two imports of one register do not run into each other.
    async fn a_rehearsal_writes_nothing(world: Options::empty()) {
        let output = import(world, "good.csv", good(), MAPPING).args(["--dry-run"]).run().await;
        output.ok().says("dry run");
        assert_eq!(told(&output, "created"), 2);
        let anyone = world.anyone();
        assert_eq!((count(&anyone).await, position(&anyone).await), (0, 0));
        assert!(!world.file("good.csv.reject.csv").exists(), "a rehearsal leaves no report unasked");
        anyone.get("/v1/elevators/630001").await.is(404);

        let both = [import(world, "good.csv", good(), MAPPING), import(world, "same.csv", good(), MAPPING)];
        let [one, other] = both.map(|launch| launch.env("RUST_BACKTRACE", "0").start());
        let (one, other) = (one.finish().await, other.finish().await);
        for output in [&one, &other] {
            assert!([0, 69].contains(&output.code()), "{}", output.all());
            output.does_not_say("panicked");
        }
        assert!(one.code() == 0 || other.code() == 0, "neither went in:\n{}\n{}", one.all(), other.all());
        assert_eq!(count(&anyone).await, 2);
        assert_eq!(position(&anyone).await, position(&anyone).await);
        assert_eq!(anyone.get("/v1/elevators/630001").await.at("/version"), 1);
    }
}

journey! {
    /// Two registers may know the same code for two elevators: both are kept, and the code offers the choice.
    async fn two_registers_stand_beside_each_other(world: Options::empty()) {
        world.import("one", &lifts()).await;
        world.import("two", &lifts()).await;
        let anyone = world.anyone();
        assert_eq!(count(&anyone).await, 4);
        let choices = anyone.get("/v1/elevators/610001").await;
        choices.is(300);
        anyone.get("/zh/e/610001").await.is(300);
        let names: Vec<_> = anyone
            .get("/v1/elevators?format=ndjson")
            .await
            .ndjson()
            .into_iter()
            .map(|row| row["source"]["key"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(names.iter().filter(|name| *name == "one").count(), 2, "{names:?}");
        let file = register::file(&lifts());
        assert!(!file.is_empty() && Path::new(&world.file("one.csv")).is_file());
    }
}
