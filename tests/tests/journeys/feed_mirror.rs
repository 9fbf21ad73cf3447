//! Whoever keeps a copy by the feed alone has, at every moment, what a fresh read of everything gives.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use yuti_tests::{Caller, Lift, Options, journey};

use crate::feed::read_on;

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// A copy of everything public, by the id of each thing.
#[derive(Default)]
struct Mirror {
    after: i64,
    things: BTreeMap<String, Value>,
}

impl Mirror {
    /// Does what `docs/API.md` tells a reader to do.
    async fn follow(&mut self, app: &Caller) {
        let (changes, after) = read_on(app, self.after, 500).await;
        self.after = after;
        let mut fetched = BTreeSet::new();
        for change in changes.iter().rev() {
            let id = change["id"].as_str().unwrap().to_owned();
            if !fetched.insert(id.clone()) {
                continue;
            }
            match change["url"].as_str() {
                Some(url) => self.things.insert(id, app.get(url).await.is(200).json()),
                None => self.things.remove(&id),
            };
        }
    }
}

async fn fresh(app: &Caller) -> BTreeMap<String, Value> {
    let mut things = BTreeMap::new();
    for list in ["/v1/elevators", "/v1/organisations"] {
        for thing in app.all(list).await {
            things.insert(thing["id"].as_str().unwrap().to_owned(), thing);
        }
    }
    things
}

/// A delivery: some elevators, each with facts and units that the dice choose.
fn delivery(dice: &mut Dice) -> Vec<Lift> {
    let units = [
        ("青石坎物业管理有限公司", "91500108MADED0012H"),
        ("坎上坎电梯维保有限公司", "91500108MADEMA000G"),
        ("没有代码的物业", ""),
        ("也没有代码的维保公司", ""),
    ];
    let mut keys: Vec<usize> = (0..20).collect();
    keys.truncate(4 + dice.below(16));
    let lift = |key: usize, dice: &mut Dice| {
        let mut lift = Lift::new(&format!("{}", 310_000 + (key * 7) % 20))
            .with("address", &format!("青石坎路 {} 号", dice.below(3)));
        for (name, code) in
            [("using_unit.name", "using_unit.code"), ("maintenance_unit.name", "maintenance_unit.code")]
        {
            if let Some((unit, uscc)) = units.get(dice.below(6)) {
                lift = lift.with(name, unit).with(code, uscc);
            }
        }
        lift
    };
    keys.into_iter().map(|key| lift(key, dice)).collect()
}

#[track_caller]
fn same(mirror: &Mirror, fresh: &BTreeMap<String, Value>, when: &str) {
    for (id, thing) in fresh {
        assert_eq!(mirror.things.get(id), Some(thing), "{id} {when}");
    }
    let left: Vec<&String> = mirror.things.keys().filter(|id| !fresh.contains_key(*id)).collect();
    assert!(left.is_empty(), "{left:?} {when}");
}

journey! {
    /// After each of a dozen random deliveries of two registers the copy is what is there, units and their numbers of elevators included.
    async fn a_copy_by_the_feed_is_what_is_there(world: Options::empty().generous()) {
        let app = world.anyone();
        let (mut mirror, mut dice) = (Mirror::default(), Dice(20_261_123));
        for round in 0..12 {
            world.import(["one", "two"][dice.below(2)], &delivery(&mut dice)).await;
            mirror.follow(&app).await;
            same(&mirror, &fresh(&app).await, &format!("after delivery {round}"));
        }
        // Units without a code are known by their id, and so are their elevators.
        let nameless: Vec<&Value> = mirror.things.values().filter(|thing| thing["uscc"].is_null() && thing["elevators_used"].as_i64() > Some(0)).collect();
        assert!(!nameless.is_empty(), "a using unit without a code");
        for unit in nameless {
            let id = unit["id"].as_str().unwrap();
            let theirs = app.all(&format!("/v1/elevators?using_unit={id}")).await;
            assert_eq!(unit["elevators_used"], theirs.len(), "{unit}");
            assert!(theirs.iter().all(|elevator| elevator["using_unit"]["id"] == id), "{unit}");
        }
    }
}

journey! {
    /// The demonstration goes and a register comes: the copy follows.
    async fn a_copy_follows_the_removal_of_the_demonstration(world: Options::demo().generous()) {
        let app = world.anyone();
        let mut mirror = Mirror { after: 0, things: fresh(&app).await };
        mirror.after = read_on(&app, 0, 500).await.1;
        let mut dice = Dice(7);
        world.importing("one", &delivery(&mut dice)).args(["--remove-demo"]).run().await.ok();
        mirror.follow(&app).await;
        same(&mirror, &fresh(&app).await, "after the demonstration was removed");
        assert!(mirror.things.values().all(|thing| thing["source"]["demonstration"] == false));
    }
}
