//! The demonstration set, as whoever tries Yuti for the first time makes it.

use crate::import_reading::{count, position, register};
use crate::pages_reading::is_a_page;
use yuti_tests::{Options, World, journey};

/// With tables and nothing else, not started.
fn unseeded() -> Options {
    Options::unprepared().env("YUTI_DEMO", "none").stopped()
}

journey! {
    /// The same words make the same city, to the last letter; another seed makes another one.
    async fn a_set_is_the_same_for_the_same_seed(world: unseeded()) {
        let mut sets = Vec::new();
        for (name, seed) in [("again", "7"), ("other", "8")] {
            let mut twin = World::new(&format!("seed_{name}"), world.database(), unseeded()).await;
            twin.cli(["seed", "--elevators", "150", "--years", "2", "--seed", seed])
                .await
                .ok()
                .says("150 elevators");
            twin.start().await;
            let anyone = twin.anyone();
            sets.push((
                register(&anyone).await,
                position(&anyone).await,
                anyone.get("/v1/organisations?format=ndjson").await.text().replace(&twin.url("/"), "/"),
            ));
        }
        world
            .cli(["seed", "--elevators", "150", "--years", "2", "--seed", "7"])
            .await
            .ok()
            .says("fictitious");
        world.start().await;
        let anyone = world.anyone();
        let here = (
            register(&anyone).await,
            position(&anyone).await,
            anyone.get("/v1/organisations?format=ndjson").await.text().replace(&world.url("/"), "/"),
        );
        assert_eq!(here.0.len(), 150);
        assert_eq!(here, sets[0], "the same seed made another city");
        assert_ne!(here.0, sets[1].0, "another seed made the same city");
        // The fixed cast stands in each.
        for code in ["502718", "506035", "507777"] {
            assert!(here.0.contains_key(code) && sets[1].0.contains_key(code), "{code} is missing");
        }
    }
}

journey! {
    /// One database holds one set: a second one is refused, in words, and nothing is changed.
    async fn a_second_set_is_refused(world: unseeded()) {
        world.cli(["seed", "--elevators", "40"]).await.ok().says("40 elevators");
        for again in [&["seed", "--elevators", "40"][..], &["seed", "--elevators", "60", "--seed", "2"]] {
            world
                .cli(again.iter().copied())
                .await
                .exits(65)
                .says("already holds demonstration data (40")
                .does_not_say("panicked");
        }
        world.start().await;
        assert_eq!(count(&world.anyone()).await, 40);
    }
}

journey! {
    /// Numbers out of range are mistakes of usage: told with the range, and nothing is made.
    async fn numbers_out_of_range_are_usage_errors(world: unseeded()) {
        let wrong: [&[&str]; 8] = [
            &["seed"],
            &["seed", "--elevators", "0"],
            &["seed", "--elevators", "-5"],
            &["seed", "--elevators", "many"],
            &["seed", "--elevators", "99999999999"],
            &["seed", "--elevators", "10", "--years", "500"],
            &["seed", "--elevators", "10", "--years", "-1"],
            &["seed", "--elevators", "10", "--seed", "x"],
        ];
        for words in wrong {
            world.cli(words.iter().copied()).await.exits(2).says("--help").does_not_say("panicked");
        }
        world.cli(["seed", "--elevators", "0"]).await.says("1..");
        world.cli(["seed", "--elevators", "1", "--years", "0"]).await.ok();
        world.start().await;
        assert_eq!(count(&world.anyone()).await, 1);
    }
}

journey! {
    /// The set says of itself that it is made up: in the provenance of each answer, at each elevator, on each page, and in the feed.
    async fn made_up_data_says_so_everywhere(world) {
        let anyone = world.anyone();
        for path in [
            "/v1/elevators?limit=1",
            "/v1/organisations?limit=1",
            "/v1/changes?limit=1",
            "/v1/districts",
            "/v1/elevators/502718/history",
        ] {
            let answer = anyone.get(path).await;
            let provenance = answer.at("/provenance").to_string();
            assert!(
                provenance.contains("\"demonstration\":true"),
                "{path} does not say that it is made up: {answer}"
            );
        }
        assert_eq!(anyone.get("/v1/elevators/502718").await.at("/source/demonstration"), true);
        let rows = anyone.get("/v1/elevators?format=ndjson").await.ndjson();
        assert!(
            rows.iter().all(|row| row["source"]["demonstration"] == true),
            "an elevator of the set does not say so"
        );
        for change in anyone.get("/v1/changes?limit=20").await.at("/items").as_array().unwrap() {
            assert_eq!(change["reason"], "demonstration", "{change}");
        }
        for path in [
            "/zh/",
            "/zh/e/502718",
            "/zh/e/B7NL2041",
            "/zh/search?q=502",
            "/zh/e/0",
            "/zh/problems/internal",
            "/zh/nowhere",
        ] {
            is_a_page(&anyone.get(path).await, "zh-CN", true);
        }
    }
}

journey! {
    /// A set that a power cut broke off is finished by the same command, and is the set it would have been.
    async fn a_broken_off_set_is_finished(world: unseeded()) {
        world.cli(["migrate"]).await.ok();
        world.start().await;
        let words = ["seed", "--elevators", "2500", "--years", "0"];
        let running = world.launch(words).start();
        let anyone = world.anyone();
        let begun = std::time::Instant::now();
        while count(&world.anyone()).await == 0 {
            assert!(begun.elapsed().as_secs() < 60, "the set does not begin");
        }
        running.kill9().await;
        let left = count(&anyone).await;
        assert!((1..2500).contains(&left), "{left} elevators after the power cut");
        let another = world.cli(["seed", "--elevators", "9"]).await;
        another.exits(65).does_not_say("panicked");
        let finished = world.cli(words).await;
        finished.ok().says("2500 elevators");
        assert_eq!(count(&anyone).await, 2500);
        let here = register(&anyone).await;
        let mut twin = World::new("seed_whole", world.database(), unseeded()).await;
        let at_once = twin.cli(words).await;
        assert_eq!(finished.stdout, at_once.ok().stdout, "what is told of the two sets differs");
        twin.start().await;
        let (there, whole) = (twin.anyone(), twin.anyone());
        assert_eq!(here, register(&there).await, "the two sets differ");
        assert_eq!(position(&anyone).await, position(&whole).await, "the two feeds differ in length");
    }
}
