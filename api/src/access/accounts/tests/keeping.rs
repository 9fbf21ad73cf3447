//! Sessions that end, accounts that sleep, rights that change, and the accounts of the demonstration.

use sea_orm::PaginatorTrait as _;
use yuti_entity::{elevator, known_device, recovery_code, session as session_row, sign_in_failure};
use yuti_openapi::vocabulary::{AccountState, SessionEnd};

use super::super::rules::Standing;
use super::super::{demo, upkeep};
use super::*;
use crate::registry::demo::Options;
use crate::registry::{demo as set, demo_removal};

on_both!(
    a_session_ends_unused_and_in_any_case,
    sessions_are_ended_one_by_one_and_all_at_once,
    an_account_that_nobody_uses_falls_asleep_and_is_woken,
    the_query_for_sleepers_and_the_rule_agree,
    other_rights_need_another_session,
    failures_are_forgotten_when_it_was_quiet,
    demonstration_accounts_are_made_once_and_go_with_their_data,
);

const ADMIN: Actor = Actor::Account { id: 999, role: Role::Administrator };

async fn a_session_ends_unused_and_in_any_case(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Officer).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    let id = holder(&world.accounts, &entered.token).await.unwrap().session_id();
    let seen = async || {
        session_row::Entity::find_by_id(id).one(&world.accounts.db).await.unwrap().unwrap().last_seen_at
    };
    // Noted once a minute, not at every request.
    assert!(holder(&world.after(Duration::seconds(59)), &entered.token).await.is_some());
    assert_eq!(seen().await, noon());
    assert!(holder(&world.after(Duration::minutes(1)), &entered.token).await.is_some());
    assert_eq!(seen().await, noon() + Duration::minutes(1));
    assert!(holder(&world.after(Duration::minutes(31)), &entered.token).await.is_none());
    let mut time = Duration::minutes(1);
    while time < Duration::hours(12) - Duration::minutes(20) {
        time += Duration::minutes(20);
        assert!(holder(&world.after(time), &entered.token).await.is_some(), "{time}");
    }
    assert!(holder(&world.after(Duration::hours(12)), &entered.token).await.is_none());
    // Units have longer.
    world.person("zhao.min", Role::UnitOwner).await;
    let unit = attempt(&world.accounts, "zhao.min", PASSWORD, visitor(None, "a")).await.unwrap();
    assert!(holder(&world.after(Duration::minutes(119)), &unit.token).await.is_some());
    world.close().await;
}

async fn sessions_are_ended_one_by_one_and_all_at_once(backend: Backend) {
    let world = World::open(backend).await;
    let at = visitor(None, "a");
    let person = world.person("wang.fang", Role::Officer).await;
    world.person("li.qiang", Role::Officer).await;
    let mut tokens = Vec::new();
    for _ in 0..4 {
        tokens.push(attempt(&world.accounts, "wang.fang", PASSWORD, at).await.unwrap());
    }
    let stranger = attempt(&world.accounts, "li.qiang", PASSWORD, at).await.unwrap();
    let stranger = holder(&world.accounts, &stranger.token).await.unwrap();
    let who = holder(&world.accounts, &tokens[0].token).await.unwrap();
    let second = holder(&world.accounts, &tokens[1].token).await.unwrap();
    let foreign =
        acts::end_session(&world.accounts, &stranger, stranger.actor().into(), second.session_id()).await;
    assert!(matches!(foreign, Err(Refused::NotThere)), "somebody else's session does not exist");
    acts::end_session(&world.accounts, &who, who.actor().into(), second.session_id()).await.unwrap();
    assert!(holder(&world.accounts, &tokens[1].token).await.is_none());
    let (device, _) = tokens[0].device.as_ref().unwrap();
    let ended =
        acts::end_other_sessions(&world.accounts, &who, who.actor().into(), visitor(Some(device), "a"))
            .await
            .unwrap();
    assert_eq!(ended, 3, "two others and the one of the first link");
    assert!(holder(&world.accounts, &tokens[0].token).await.is_some());
    let devices = known_device::Entity::find().filter(known_device::Column::AccountId.eq(person.id));
    assert_eq!(devices.count(&world.accounts.db).await.unwrap(), 1);
    assert_eq!(acts::end_all_sessions(&world.accounts, ADMIN.into(), person.id).await.unwrap(), 1);
    assert!(holder(&world.accounts, &tokens[0].token).await.is_none());
    assert!(holder(&world.accounts, &tokens[2].token).await.is_none());
    let rows = session_row::Entity::find()
        .filter(session_row::Column::EndedBecause.eq(SessionEnd::EndedByAdministrator))
        .count(&world.accounts.db);
    assert_eq!(rows.await.unwrap(), 1);
    world.close().await;
}

async fn an_account_that_nobody_uses_falls_asleep_and_is_woken(backend: Backend) {
    let world = World::open(backend).await;
    let at = visitor(None, "a");
    let person = world.person("wang.fang", Role::Officer).await;
    let link = acts::issue_link(&world.accounts, ADMIN.into(), person.id, false).await.unwrap();
    assert_eq!(upkeep::run(&world.after(Duration::days(89))).await.unwrap().asleep, 0);
    // The sign-in itself finds out, if it comes before the job.
    let late = world.after(Duration::days(90));
    assert!(matches!(attempt(&late, "wang.fang", OTHER, at).await, Err(Refused::NotRecognised)));
    assert!(matches!(attempt(&late, "wang.fang", PASSWORD, at).await, Err(Refused::Dormant)));
    assert_eq!(world.account(person.id).await.state, AccountState::Dormant);
    assert!(acts::look_at_link(&late, &link.token).await.is_err());
    acts::wake(&late, ADMIN.into(), person.id, None).await.unwrap();
    attempt(&late, "wang.fang", PASSWORD, at).await.unwrap();
    // Otherwise the job does it, once, and a session that still ran is over.
    let entered = attempt(&late, "wang.fang", PASSWORD, at).await.unwrap();
    let later = world.after(Duration::days(180));
    let (one, two) = tokio::join!(upkeep::run(&later), upkeep::run(&later));
    assert_eq!(one.unwrap().asleep + two.unwrap().asleep, 1);
    assert!(holder(&late, &entered.token).await.is_none());
    let sleeps = world.acts_on(person.id).await.into_iter().filter(|act| act == "account.sleep").count();
    assert_eq!(sleeps, 2);
    // A link from somebody who may wake it wakes it too.
    let link = acts::issue_link(&later, ADMIN.into(), person.id, false).await.unwrap();
    let entered = acts::use_link(&later, &link.token, OTHER, at).await.unwrap();
    assert_eq!(entered.standing, Standing::Whole);
    assert_eq!(upkeep::run(&later).await.unwrap().asleep, 0);
    world.close().await;
}

async fn the_query_for_sleepers_and_the_rule_agree(backend: Backend) {
    let world = World::open(backend).await;
    let officer = world.person("o.0", Role::Officer).await;
    let member = world.person("u.0", Role::UnitMember).await;
    let mut expected = 0;
    let now = Duration::days(400);
    for (number, model) in [officer, member].into_iter().enumerate() {
        for (place, days) in [0_i64, 34, 35, 36, 309, 310, 311, 399].into_iter().enumerate() {
            for (turn, signed) in [None, Some(days), Some(399)].into_iter().enumerate() {
                for (state, demonstration) in
                    [(AccountState::Active, false), (AccountState::Off, false), (AccountState::Active, true)]
                {
                    let mut row = model.clone();
                    row.active_since = noon() + Duration::days(days);
                    row.last_signed_in_at = signed.map(|days| noon() + Duration::days(days));
                    (row.state, row.demonstration) = (state, demonstration);
                    let rule = super::super::rules::sleeps(&row, &world.accounts.settings, noon() + now);
                    expected += u64::from(rule);
                    row.login = format!("{number}.{place}.{turn}.{state}.{demonstration}");
                    let mut row: account::ActiveModel = row.into();
                    row.id = NotSet;
                    row.insert(&world.accounts.db).await.unwrap();
                }
            }
        }
    }
    // The two that were made first sleep as well.
    assert_eq!(upkeep::run(&world.after(now)).await.unwrap().asleep, expected + 2);
    assert!((10..90).contains(&expected), "{expected}");
    world.close().await;
}

async fn other_rights_need_another_session(backend: Backend) {
    let world = World::open(backend).await;
    let person = world.person("wang.fang", Role::Officer).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    let own = Actor::Account { id: person.id, role: Role::Officer };
    let place = (Some("cq-500108"), None, None);
    let itself = acts::change_role(&world.accounts, own.into(), person.id, None, Role::Decider, place).await;
    assert!(matches!(itself, Err(Refused::Conflict(_))));
    let wrong =
        acts::change_role(&world.accounts, ADMIN.into(), person.id, None, Role::CityBureau, place).await;
    assert_eq!(flaws(wrong), [("authority", "not_fitting")]);
    let version = Some(world.account(person.id).await.version);
    let changed = acts::change_role(&world.accounts, ADMIN.into(), person.id, version, Role::Decider, place)
        .await
        .unwrap();
    assert_eq!(changed.role, Role::Decider);
    assert!(holder(&world.accounts, &entered.token).await.is_none());
    let stale =
        acts::change_role(&world.accounts, ADMIN.into(), person.id, version, Role::Officer, place).await;
    assert!(matches!(stale, Err(Refused::Changed)));
    let again = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    assert_eq!(again.standing, Standing::EnrolmentDue, "a decider needs a second factor");
    world.close().await;
}

async fn failures_are_forgotten_when_it_was_quiet(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::UnitOwner).await;
    let _ = attempt(&world.accounts, "wang.fang", OTHER, visitor(None, "a")).await;
    let db = &world.accounts.db;
    let left = async || sign_in_failure::Entity::find().count(db).await.unwrap();
    assert_eq!(left().await, 2, "counted for the network and for all of them");
    upkeep::run(&world.after(Duration::minutes(59))).await.unwrap();
    assert_eq!(left().await, 2);
    upkeep::run(&world.after(Duration::minutes(60))).await.unwrap();
    assert_eq!(left().await, 0);
    world.close().await;
}

async fn demonstration_accounts_are_made_once_and_go_with_their_data(backend: Backend) {
    let world = World::open(backend).await;
    let accounts = &world.accounts;
    // Without demonstration data there are none.
    assert!(demo::first_start(accounts, &world.reference).await.unwrap().is_empty());
    let profile = Profile::load("chongqing").unwrap();
    let options = Options { elevators: 30, years: 0, seed: 1 };
    let silent = |_: u64, _: u64| ();
    set::seed(&accounts.db, &profile, &world.reference, &accounts.clock, &accounts.vault, options, &silent)
        .await
        .unwrap();
    let (one, two) = tokio::join!(
        demo::first_start(accounts, &world.reference),
        demo::first_start(accounts, &world.reference)
    );
    let shown: Vec<demo::Shown> = one.unwrap().into_iter().chain(two.unwrap()).collect();
    let roles: std::collections::BTreeSet<Role> = shown.iter().map(|shown| shown.role).collect();
    assert_eq!((shown.len(), roles.len()), (9, 8), "made once, one of each role");
    assert!(demo::first_start(accounts, &world.reference).await.unwrap().is_empty());
    for one in &shown {
        let entered = attempt(accounts, one.login, &one.password, visitor(None, "a")).await.unwrap();
        assert_eq!(entered.standing, Standing::Whole, "{}: usable at once", one.login);
        let who = holder(accounts, &entered.token).await.unwrap();
        assert!(who.demonstration());
        let place = (who.authority_key().is_some(), who.organisation_id().is_some());
        let expected = match one.role {
            Role::Administrator => (false, false),
            Role::UnitOwner | Role::UnitMember | Role::UnitDelegate => (false, true),
            _ => (true, false),
        };
        assert_eq!(place, expected, "{}", one.login);
    }
    let using = elevator::Entity::find().order_by_asc(elevator::Column::Id).one(&accounts.db).await.unwrap();
    let owner = store::by_login(&accounts.db, "demo-using").await.unwrap().unwrap();
    assert_eq!(owner.organisation_id, using.unwrap().using_unit_id);
    // An account for a unit of the demonstration is one of the demonstration; any other stays.
    let new = New {
        login: "real.admin",
        name: "王芳",
        role: Role::Administrator,
        authority: None,
        unit: None,
        home_unit: None,
        demonstration: false,
    };
    acts::create(accounts, Actor::Operator.into(), new).await.unwrap();
    let theirs = New { login: "theirs", role: Role::UnitMember, unit: owner.organisation_id, ..new };
    let theirs = acts::create(accounts, Actor::Operator.into(), theirs).await.unwrap();
    assert!(world.account(theirs.id).await.demonstration);
    assert_eq!(demo::standing(&accounts.db).await.unwrap(), 10);
    demo_removal::remove(&accounts.db, &accounts.vault, &accounts.clock, &|_| ()).await.unwrap();
    let left = store::list(&accounts.db, &store::Filter::default()).await.unwrap();
    assert_eq!(left.iter().map(|row| row.login.as_str()).collect::<Vec<_>>(), ["real.admin"]);
    assert_eq!(session_row::Entity::find().count(&accounts.db).await.unwrap(), 0);
    assert_eq!(recovery_code::Entity::find().count(&accounts.db).await.unwrap(), 0);
    assert_eq!(world.acts_on(owner.id).await.last().map(String::as_str), Some("account.remove"));
    // They do not come back.
    assert!(demo::first_start(accounts, &world.reference).await.unwrap().is_empty());
    world.close().await;
}
