//! A real register goes in: whole, once, and in spite of a power cut.

use crate::import_reading::{count, new_york, position, register, report, told};
use std::time::{Duration, Instant};
use yuti_tests::{Options, World, journey};

/// What the example's README says of the whole file: rows, and doubts by kind.
const ROWS: u64 = 76_088;
const DOUBTS: [(&str, u64); 9] = [
    ("address_missing", 14),
    ("coordinates_missing", 20),
    ("coordinates_implausible", 1),
    ("date_unreadable", 1),
    ("district_unknown", 27),
    ("number_unreadable", 831),
    ("number_implausible", 102),
    ("stand_in_value", 35_147),
    ("value_unmapped", 6_027),
];

/// The most memory the program may take, whatever the size of the file, in kilobytes. The file unpacks to 14 MB; the rest of the
/// program takes about 150 MB unoptimised.
const MOST_MEMORY: u64 = 400_000;

/// The most memory a process has taken so far, in kilobytes.
fn memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

journey! {
    /// The whole register of New York goes in once, with the numbers that its README gives; once more it changes nothing: no version,
    /// no change of the feed.
    async fn the_whole_register_goes_in_once(world: new_york::options()) {
        let mut running = new_york::import(world, &new_york::whole()).start();
        let mut most = 0;
        while running.runs() {
            most = most.max(memory(running.pid()).unwrap_or(0));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let first = running.finish().await;
        first.ok();
        assert!((1..MOST_MEMORY).contains(&most), "the import took {most} kB");
        for (name, expected) in
            [("rows read", ROWS), ("created", ROWS), ("updated", 0), ("unchanged", 0), ("rejected", 0)]
        {
            assert_eq!(told(&first, name), expected, "{name} of\n{}", first.all());
        }
        for (flag, times) in DOUBTS {
            assert_eq!(told(&first, flag), times, "{flag} of\n{}", first.all());
        }
        assert_eq!(told(&first, "doubts noted"), DOUBTS.iter().map(|(_, times)| times).sum::<u64>());
        let rejected = report(&world.file("nyc-elevators-2015.csv.gz.reject.csv"));
        assert!(rejected.is_empty(), "{rejected:?}");

        world.start().await;
        let anyone = world.anyone();
        assert_eq!(count(&anyone).await, ROWS);
        // One change for each elevator at least, so that reading the feed's end is enough.
        let end = anyone.get(&format!("/v1/changes?after={}&format=ndjson", ROWS - 50)).await.ndjson();
        let before = end.last().expect("a change for each elevator")["seq"].as_i64().expect("a number");
        let device = anyone.get("/v1/elevators/1D10028").await;
        assert_eq!(device.at("/version"), 1);
        let tag = device.header("ETag");
        // A list filters by each doubt that was noted.
        let doubtful = anyone.get("/v1/elevators?quality=date_unreadable&count=exact&limit=5").await;
        assert_eq!(doubtful.at("/count/total"), 1);

        let again = new_york::import(world, &new_york::whole()).run().await;
        again.ok();
        for (name, expected) in
            [("rows read", ROWS), ("created", 0), ("updated", 0), ("unchanged", ROWS), ("rejected", 0)]
        {
            assert_eq!(told(&again, name), expected, "{name} of\n{}", again.all());
        }
        assert_eq!(count(&anyone).await, ROWS);
        assert_eq!(
            anyone.get(&format!("/v1/changes?after={before}")).await.at("/next_after"),
            before,
            "the feed moved"
        );
        anyone.with_header("If-None-Match", &tag).get("/v1/elevators/1D10028").await.is(304);
        let history = anyone.get("/v1/elevators/1D10028/history").await;
        assert_eq!(history.at("/items").as_array().map(Vec::len), Some(1), "one version: {history}");
    }
}

/// Waits until an import has committed something and is not done, told by the register as anybody reads it.
async fn in_the_middle(world: &World, rows: u64) -> u64 {
    let anyone = world.anyone();
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let there = anyone.get("/v1/quota").await.status() == 200;
        let done = count(&world.anyone()).await;
        assert!(there && done < rows, "the import was over before it could be killed");
        if done > 0 {
            return done;
        }
        assert!(Instant::now() < deadline, "the import does not begin");
    }
}

journey! {
    /// A power cut in the middle of an import, then the same command again: the register, the report and the totals are those of an
    /// import that nothing ever disturbed.
    async fn a_killed_import_is_finished_by_the_next(world: new_york::options()) {
        const ROWS: u64 = 4_000;
        let file = new_york::beginning(world, ROWS as usize);
        world.start().await;
        let running = new_york::import(world, &file).start();
        in_the_middle(world, ROWS).await;
        running.kill9().await;
        let left = count(&world.anyone()).await;
        assert!((1..ROWS).contains(&left), "{left} elevators after the power cut");

        let second = new_york::import(world, &file).run().await;
        second.ok();
        assert_eq!(
            told(&second, "went on after row"),
            left,
            "every row up to there is in, none behind it:\n{}",
            second.all()
        );
        let mut undisturbed =
            World::new("an_undisturbed_import", world.database(), new_york::options()).await;
        let file = new_york::beginning(&undisturbed, ROWS as usize);
        let whole = new_york::import(&undisturbed, &file).run().await;
        whole.ok();
        for name in ["rows read", "created", "updated", "unchanged", "rejected", "doubts noted"] {
            assert_eq!(told(&second, name), told(&whole, name), "{name}:\n{}\n{}", second.all(), whole.all());
        }
        undisturbed.start().await;
        let (here, there) = (world.anyone(), undisturbed.anyone());
        assert_eq!(register(&here).await, register(&there).await, "the two registers differ");
        assert_eq!(position(&here).await, position(&there).await, "the two feeds differ in length");
        let name = format!("first-{ROWS}.csv.reject.csv");
        assert_eq!(report(&world.file(&name)), report(&undisturbed.file(&name)), "the two reports differ");
        let third = new_york::import(world, &world.file(&format!("first-{ROWS}.csv"))).run().await;
        assert_eq!((told(&third, "created"), told(&third, "unchanged")), (0, ROWS));
    }
}

journey! {
    /// Ctrl-C ends an import after the batch it is at, says how far it came, and the next one goes on.
    async fn an_interrupted_import_says_how_far_it_came(world: new_york::options()) {
        const ROWS: u64 = 4_000;
        let file = new_york::beginning(world, ROWS as usize);
        world.start().await;
        let running = new_york::import(world, &file).start();
        in_the_middle(world, ROWS).await;
        running.interrupt();
        let output = running.finish().await;
        output.exits(69).says("start it again").does_not_say("panicked");
        let left = count(&world.anyone()).await;
        output.says(&format!("stopped after {left} rows"));
        let second = new_york::import(world, &file).run().await;
        assert_eq!(told(&second, "went on after row"), left);
        assert_eq!(count(&world.anyone()).await, ROWS);
    }
}

journey! {
    /// A profile and its register belong together: the database of one city is not opened as another's.
    async fn a_database_keeps_its_city(world: Options::demo().stopped()) {
        let file = new_york::beginning(world, 5);
        let other =
            new_york::import(world, &file).env("YUTI_PROFILE", new_york::example("profile.toml")).run().await;
        other.exits(78).says("chongqing").says("new-york").does_not_say("panicked");
        new_york::import(world, &file).run().await.exits(65).says("profile").does_not_say("panicked");
    }
}
