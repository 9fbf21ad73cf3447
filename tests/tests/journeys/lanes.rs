//! Who waits for whom: searches and whole lists have bounds of their own, and an elevator's page never waits for them.

use sea_orm::{ConnectionTrait, Database as Connect, DatabaseConnection, TransactionTrait};
use yuti_tests::{Answer, Database, Options, World, journey};

const QUOTAS: &str = "[limits.pages]\nquota = 100000\nwindow_seconds = 60\n[limits.export]\nquota = 100000\nwindow_seconds = 60\n[limits.burst]\nquota = 100000\nwindow_seconds = 60\n";

fn narrow() -> Options {
    Options::demo().config(&format!("[scans]\nconnections = 4\nwait_seconds = 1\nseconds = 2\n{QUOTAS}"))
}

/// The world's database, by a connection of the journey's own.
pub async fn by_hand(world: &World) -> DatabaseConnection {
    let file = world.data_folder().join("yuti.sqlite");
    let url = world.database_url().unwrap_or_else(|| format!("sqlite://{}", file.display()));
    Connect::connect(url).await.expect("the world's database can be opened")
}

journey! {
    /// However many people search, and however long their searches take, the elevator's page opens and the probes of health are
    /// answered; who is not let in, or asks for too much, is told when to come back.
    async fn nobody_in_an_elevator_waits_for_searches(world: narrow()) {
        let db = by_hand(world).await;
        let held = match world.database() {
            // Nobody can look through the texts until this is over.
            Database::Postgres => {
                let held = db.begin().await.unwrap();
                held.execute_unprepared("LOCK TABLE elevator_search IN ACCESS EXCLUSIVE MODE").await.unwrap();
                Some(held)
            }
            // There is so much to look through that it takes its time.
            Database::Sqlite => {
                db.execute_unprepared("UPDATE elevator_search SET text = text || replace(hex(zeroblob(60000)), '0', 'a')").await.unwrap();
                None
            }
        };
        let mut searches = tokio::task::JoinSet::new();
        for number in 0..24 {
            let anyone = world.anyone();
            searches.spawn(async move { anyone.reading("en").get(&format!("/search?q=nowhere{number}")).await });
        }
        // The searches are on their way; each of these is asked while they are.
        let (neighbour, probe) = (world.anyone(), world.anyone());
        let mut asked = 0;
        let mut searched: Vec<Answer> = Vec::new();
        while searched.len() < 24 {
            neighbour.get("/e/502718").await.is(200);
            neighbour.get("/v1/elevators/502718").await.is(200);
            probe.get("/readyz").await.is(200);
            asked += 1;
            while let Some(answer) = searches.try_join_next() {
                searched.push(answer.unwrap());
            }
        }
        assert!(asked > 3, "asked {asked} times while 24 searches were under way");
        for answer in &searched {
            assert!([200, 503].contains(&answer.status()), "{answer}");
        }
        let refused: Vec<&Answer> = searched.iter().filter(|answer| answer.status() == 503).collect();
        assert!(!refused.is_empty(), "24 searches at once are more than are let in");
        for answer in refused {
            answer.html();
            assert!(answer.header("Retry-After").parse::<u32>().unwrap() > 0);
        }
        let Some(held) = held else { return };
        held.rollback().await.unwrap();
        world.anyone().get("/search?q=%E9%9D%92%E7%9F%B3%E5%9D%8E").await.is(200);
    }
}

journey! {
    /// A search that is refused says so in words that a resident understands, and that pages of elevators still open.
    async fn who_is_not_let_in_is_told_in_plain_words(world: Options::demo().config(&format!("[scans]\nconnections = 1\nwait_seconds = 0\nseconds = 2\n{QUOTAS}"))) {
        let mut refused = None;
        // Made before: making one takes longer than a count.
        let callers: Vec<_> =
            (0..16).map(|_| world.anyone().with_header("Accept", "application/json").reading("en")).collect();
        for _ in 0..100 {
            let mut searches = tokio::task::JoinSet::new();
            for (number, app) in callers.iter().cloned().enumerate() {
                searches.spawn(async move { app.get(&format!("/v1/elevators?count=exact&limit={}", number + 1)).await });
            }
            while let Some(answer) = searches.join_next().await {
                let answer = answer.unwrap();
                if answer.status() == 503 {
                    refused = Some(answer);
                }
            }
            if refused.is_some() {
                break;
            }
        }
        let refused = refused.expect("of sixteen counts at once one is not let in where only one may count");
        refused.problem(503, "unavailable").says("Too many people").says("open by their code as always");
        assert_eq!(refused.header("Retry-After"), "5");
    }
}

journey! {
    /// A search finds what the pages show, whatever the width and case of the letters, across the end of the district's name, and
    /// finds the new text after a register has changed it and no longer the old one.
    async fn what_is_searched_follows_what_is_registered(world: Options::empty()) {
        use yuti_tests::Lift;
        let lift = |address: &str| {
            Lift::new("70010001").with("district", "500103").with("address", address).with("building", "Ｂ 座").with("using_unit.name", "云梯 Property 物业")
        };
        world.import("search-one", &[lift("石板坡正街 8 号"), Lift::new("70010002").with("address", "别处 1 号")]).await;
        let anyone = world.anyone();
        let finds = async |words: &str| {
            let page = anyone.get(&format!("/zh/search?q={}", crate::pages_reading::encoded(words))).await;
            page.is(200).html().contains("/zh/e/el-1\"")
        };
        for words in ["石板坡正街8号", "渝中区石板坡", "石板坡正街８号", "b座", "ｂ座", "云梯property", "PROPERTY 石板坡", "7001 石板"] {
            assert!(finds(words).await, "{words}");
        }
        for words in ["石板坡 别处", "%", "_", "石%街", "8号b座"] {
            assert!(!finds(words).await, "{words}");
        }
        world.import("search-one", &[lift("凤天路 3 号")]).await;
        assert!(finds("凤天路3").await && !finds("石板坡").await, "after the change");
    }
}

journey! {
    /// A database that an older binary wrote to, with elevators that have no text yet or an old one, is brought up to date by the
    /// next start.
    async fn the_next_start_makes_the_texts_that_are_missing(world: Options::demo().stopped()) {
        let db = by_hand(world).await;
        for statement in [
            "DELETE FROM elevator_search WHERE elevator_id % 2 = 0",
            "UPDATE elevator_search SET version = 0, text = 'old' WHERE elevator_id % 3 = 0",
        ] {
            db.execute_unprepared(statement).await.unwrap();
        }
        db.close().await.unwrap();
        world.start().await;
        let page = world.anyone().get("/zh/search?q=%E9%9D%92%E7%9F%B3%E5%9D%8E").await;
        assert!(page.is(200).html().contains("/zh/e/el-"), "the elevators of the estate are found");
        let db = by_hand(world).await;
        let left = "SELECT CAST(count(*) AS bigint) FROM elevator WHERE NOT EXISTS (SELECT 1 FROM elevator_search s WHERE s.elevator_id = elevator.id AND s.version = elevator.version AND s.text <> 'old')";
        let left = db.query_one_raw(sea_orm::Statement::from_string(db.get_database_backend(), left)).await.unwrap().unwrap();
        assert_eq!(left.try_get_by_index::<i64>(0).unwrap(), 0);
    }
}
