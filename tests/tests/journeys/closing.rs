//! The way down while something is under way.

use std::time::Duration;

use sea_orm::{ConnectionTrait, TransactionTrait};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use yuti_tests::{Database, Options, journey};

use crate::lanes::by_hand;

journey! {
    /// A whole list that is still being sent when the service must end is broken off: its reader can tell that it is not whole. A
    /// request that is still being worked on is told that it was not done. Nothing panics.
    async fn a_list_under_way_is_broken_off_and_never_cut_short_in_silence(world: Options::demo().config("shutdown_seconds = 2\n")) {
        let db = by_hand(world).await;
        // So much of each elevator that the list does not fit into what lies between the two ends.
        let filler = "{\"filler\":\"";
        let fill = match world.database() {
            Database::Sqlite => format!("UPDATE elevator SET raw = '{filler}' || replace(hex(zeroblob(15000)), '0', 'a') || '\"}}'"),
            Database::Postgres => format!("UPDATE elevator SET raw = '{filler}' || repeat('a', 30000) || '\"}}'"),
        };
        db.execute_unprepared(&fill).await.unwrap();
        let server = world.anyone().base().trim_start_matches("http://").to_owned();
        let mut list = TcpStream::connect(&server).await.unwrap();
        list.write_all(b"GET /v1/elevators?format=ndjson HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut received = vec![0; 65_536];
        let length = list.read(&mut received).await.unwrap();
        received.truncate(length);
        assert!(String::from_utf8_lossy(&received).starts_with("HTTP/1.1 200"));
        let held = match world.database() {
            Database::Postgres => {
                let held = db.begin().await.unwrap();
                held.execute_unprepared("LOCK TABLE elevator IN ACCESS EXCLUSIVE MODE").await.unwrap();
                Some(held)
            }
            Database::Sqlite => None,
        };
        let waiting = held.is_some().then(|| {
            let anyone = world.anyone();
            tokio::spawn(async move { anyone.get("/v1/elevators/502718").await })
        });
        // Where the database holds it up, the reader takes all there is, so that the next stretch is being asked for.
        let asks_on = held.is_some();
        let reading = tokio::spawn(async move {
            if !asks_on {
                // Nothing more is read until the time is over, so that it cannot all have been sent.
                tokio::time::sleep(Duration::from_millis(1_500)).await;
            }
            let mut rest = Vec::new();
            let outcome = list.read_to_end(&mut rest).await;
            received.extend(rest);
            (received, outcome.is_ok())
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        let output = world.term().await;
        output.ok().does_not_say("panicked").does_not_say("Tokio 1.x context");
        let (received, _) = reading.await.unwrap();
        assert!(!received.ends_with(b"0\r\n\r\n"), "a list of {} bytes that was broken off ends as a whole one does", received.len());
        if let Some(waiting) = waiting {
            let answer = waiting.await.unwrap();
            answer.problem(503, "unavailable");
            assert!(answer.header("Retry-After").parse::<u32>().unwrap() > 0);
        }
        if let Some(held) = held {
            held.rollback().await.unwrap();
        }
        assert!(output.all().contains("a list broke off") || world.database() == Database::Sqlite, "{}", output.all());
    }
}
