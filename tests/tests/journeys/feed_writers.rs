//! The feed under many writers at once: a transaction that began first can commit last, and still nothing is missed.

use crate::feed::seq;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use yuti_tests::{Caller, Lift, Options, journey};

const WRITERS: usize = 16;
const LIFTS: usize = 60;

/// Reads on from where it stands, as an app does, until it is told that the writers have ended and nothing more comes.
async fn follow(app: Caller, ended: Arc<AtomicBool>) -> Vec<Value> {
    let (mut seen, mut after, mut quiet) = (Vec::new(), 0, 0);
    while quiet < 20 {
        let over = ended.load(Ordering::SeqCst);
        let page = app.get(&format!("/v1/changes?after={after}&limit=37")).await;
        let items = page.is(200).at("/items").as_array().unwrap().clone();
        after = page.at("/next_after").as_i64().unwrap();
        if items.is_empty() {
            quiet += i32::from(over);
            tokio::time::sleep(Duration::from_millis(15)).await;
        } else {
            quiet = 0;
        }
        seen.extend(items);
    }
    seen
}

/// The elevators of one writer. All writers name the same units, so that each finds another just entering them.
fn lifts(writer: usize) -> Vec<Lift> {
    let lift = |number: usize| {
        Lift::new(&format!("{}", 300_000 + writer * 1_000 + number))
            .with("using_unit.name", "青石坎物业管理有限公司")
            .with("using_unit.code", "91500108MADED0012H")
            .with("maintenance_unit.name", "坎上坎电梯维保有限公司")
            .with("maintenance_unit.code", "91500108MADEMA000G")
    };
    (0..LIFTS).map(lift).collect()
}

journey! {
    /// Sixteen imports at once while an app follows the feed: it sees every elevator, each once, in growing numbers; and
    /// whoever reads it all again later sees the very same.
    async fn a_reader_misses_nothing_under_sixteen_writers(world: Options::empty().generous()) {
        let ended = Arc::new(AtomicBool::new(false));
        let reader = tokio::spawn(follow(world.anyone(), Arc::clone(&ended)));
        let imports: Vec<_> = (0..WRITERS).map(|writer| world.importing(&format!("writer-{writer}"), &lifts(writer)).start()).collect();
        for import in imports {
            import.finish().await.ok();
        }
        ended.store(true, Ordering::SeqCst);
        let seen = reader.await.unwrap();
        assert!(seen.windows(2).all(|pair| seq(&pair[0]) < seq(&pair[1])), "the numbers grow as they are read");
        let elevators: Vec<&str> = seen.iter().filter(|change| change["subject"] == "elevator").map(|change| change["code"].as_str().unwrap()).collect();
        let distinct: BTreeSet<&str> = elevators.iter().copied().collect();
        assert_eq!((elevators.len(), distinct.len()), (WRITERS * LIFTS, WRITERS * LIFTS), "seen, and seen once");
        let mut units: Vec<&str> = seen.iter().filter(|change| change["subject"] == "organisation" && change["kind"] == "created").map(|change| change["code"].as_str().unwrap()).collect();
        units.sort_unstable();
        assert_eq!(units, ["91500108MADED0012H", "91500108MADEMA000G"], "each unit is announced by the first who enters it");
        let unit = world.anyone().get("/v1/organisations/91500108MADED0012H").await;
        assert_eq!(unit.is(200).at("/elevators_used"), WRITERS * LIFTS);
        assert_eq!(world.anyone().all("/v1/changes").await, seen, "what is read later is what was read live");
    }
}
