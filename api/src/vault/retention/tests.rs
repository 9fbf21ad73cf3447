#![allow(clippy::unwrap_used, reason = "tests")]
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait as _, DbBackend, EntityTrait, Statement};
use yuti_entity::{account, audit_entry, retention_run, session};
use yuti_openapi::vocabulary::{AccountState, Role};

use super::rules::{KEPT, RULES};
use super::*;
use crate::testing::Own;

struct World {
    own: Own,
    vault: Vault,
    profile: Profile,
    clock: Clock,
}

impl World {
    fn new(own: Own, now: &str) -> Self {
        let profile = Profile::load("chongqing").unwrap();
        Self { own, vault: Vault::for_test(), profile, clock: Clock::fixed(now.parse().unwrap()) }
    }

    fn parts(&self) -> Parts<'_> {
        Parts { db: &self.own.db, vault: &self.vault, profile: &self.profile, clock: &self.clock }
    }

    async fn account(&self, id: i64, state: AccountState, last: &str) {
        let at: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
        let row = account::ActiveModel {
            id: Set(id),
            login: Set(format!("login{id}")),
            display_name: Set(self.vault.seal(&format!("account.display_name:{id}"), "甲某".as_bytes())),
            role: Set(Role::Officer),
            state: Set(state),
            active_since: Set(at),
            last_signed_in_at: Set(Some(last.parse().unwrap())),
            demonstration: Set(false),
            password_version: Set(1),
            password_hash: Set(Some("hash".to_owned())),
            must_change: Set(false),
            version: Set(1),
            created_at: Set(at),
            ..Default::default()
        };
        account::Entity::insert(row).exec(&self.own.db).await.unwrap();
    }

    async fn session(&self, id: i64, expires: &str) {
        let expires: Timestamp = expires.parse().unwrap();
        let row = session::ActiveModel {
            id: Set(id),
            account_id: Set(1),
            token_hash: Set(id.to_be_bytes().to_vec()),
            password_version: Set(1),
            second_factor_due: Set(false),
            client: Set("test".to_owned()),
            created_at: Set(expires),
            last_seen_at: Set(expires),
            expires_at: Set(expires),
            ..Default::default()
        };
        session::Entity::insert(row).exec(&self.own.db).await.unwrap();
    }

    async fn audit(&self, at: &str) {
        let txn = db::begin(&self.own.db).await.unwrap();
        let entry = Entry {
            at: at.parse().unwrap(),
            actor: Actor::System,
            act: "test.write",
            subject: "test",
            subject_id: 1,
            from: None,
            to: None,
            facts: json!({}),
            personal: Some(json!({ "name": "甲某" })),
        };
        audit::append(&txn, &self.vault, entry).await.unwrap();
        txn.commit().await.unwrap();
    }
}

/// What is over goes, what is not stays, the report and the audit trail say how many, and the next run of the day finds nothing.
async fn what_is_over_goes(own: Own) {
    let world = World::new(own, "2026-11-23T04:00:00Z");
    world.account(1, AccountState::Active, "2020-01-01T00:00:00Z").await;
    world.account(2, AccountState::Off, "2023-11-23T03:59:59Z").await;
    world.account(3, AccountState::Dormant, "2023-11-24T00:00:00Z").await;
    for (id, expires) in
        [(1, "2026-08-25T04:00:00Z"), (2, "2026-08-25T04:00:01Z"), (3, "2026-12-01T00:00:00Z")]
    {
        world.session(id, expires).await;
    }
    world.audit("2024-11-23T04:00:00Z").await;
    world.audit("2024-11-24T04:00:00Z").await;

    assert!(is_due(world.parts()).await.unwrap());
    let expected = [("session", 1), ("former_account", 1), ("audit_personal", 1), ("one_time_link", 0)];
    let same = |counts: &Counts| expected.iter().all(|(name, number)| counts.get(*name) == Some(number));
    let foretold = rehearse(world.parts()).await.unwrap();
    assert!(same(&foretold), "{foretold:?}");
    assert!(store::runs(&world.own.db, 9).await.unwrap().is_empty(), "a rehearsal leaves nothing behind");

    let counts = run(world.parts(), Actor::System).await.unwrap();
    assert_eq!(counts, foretold);
    let sessions = session::Entity::find().all(&world.own.db).await.unwrap();
    assert_eq!(sessions.len(), 2);
    let gone = account::Entity::find_by_id(2).one(&world.own.db).await.unwrap().unwrap();
    assert_eq!((gone.login.as_str(), gone.password_hash), ("former-2", None));
    assert_eq!(*world.vault.open("account.display_name:2", &gone.display_name).unwrap(), b"");
    let entries = audit_entry::Entity::find().all(&world.own.db).await.unwrap();
    let written: Vec<_> = entries.iter().filter(|row| row.act == "test.write").collect();
    assert_eq!(written.iter().filter(|row| row.personal.is_some() && row.salt.is_some()).count(), 1);
    assert_eq!(written.len(), 2, "the entries themselves stay");
    let told = entries.iter().find(|row| row.act == "retention.run").unwrap();
    assert!(told.facts.contains(r#""session":1"#), "{}", told.facts);

    assert!(!is_due(world.parts()).await.unwrap());
    let tomorrow = Clock::fixed("2026-11-24T04:00:00Z".parse().unwrap());
    assert!(is_due(Parts { clock: &tomorrow, ..world.parts() }).await.unwrap());
    let again = run(world.parts(), Actor::Operator).await.unwrap();
    assert!(again.values().all(|number| *number == 0), "{again:?}");
    let runs = store::runs(&world.own.db, 9).await.unwrap();
    assert_eq!(runs.iter().map(|run| run.started_by.as_str()).collect::<Vec<_>>(), ["operator", "system"]);
    world.own.drop().await;
}

/// More rows than one transaction takes; a run that was broken off is ended by the next one, with the numbers of both.
async fn a_run_broken_off_goes_on(own: Own) {
    let world = World::new(own, "2026-11-23T04:00:00Z");
    world.account(1, AccountState::Active, "2026-11-01T00:00:00Z").await;
    let rows = i64::try_from(store::BATCH).unwrap() + 5;
    for id in 1..=rows {
        world.session(id, "2020-01-01T00:00:00Z").await;
    }
    let started = "2026-11-22T04:00:00Z".parse().unwrap();
    let begun =
        store::begin_run(&world.own.db, "2026-11-22".parse().unwrap(), "system", "v", started).await.unwrap();
    store::note(&world.own.db, begun.id, r#"{"session":7}"#, None).await.unwrap();
    let counts = run(world.parts(), Actor::System).await.unwrap();
    assert_eq!(counts.get("session"), Some(&(store::BATCH + 5 + 7)));
    let runs = retention_run::Entity::find().all(&world.own.db).await.unwrap();
    assert_eq!(runs.len(), 1);
    assert!(runs.first().unwrap().finished_at.is_some());

    let held = crate::lease::Lease::take(&world.own.db, JOB, world.clock.now()).await.unwrap().unwrap();
    assert!(matches!(run(world.parts(), Actor::System).await, Err(RunError::Busy)));
    held.release(&world.own.db).await.unwrap();
    world.own.drop().await;
}

/// A table that nobody has thought of might keep personal data for ever.
async fn every_table_has_a_rule_or_a_reason(own: Own) {
    let query = match own.db.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        _ => "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'",
    };
    let rows =
        own.db.query_all_raw(Statement::from_string(own.db.get_database_backend(), query)).await.unwrap();
    for row in rows {
        let table: String = row.try_get_by_index(0).unwrap();
        let ruled = RULES.iter().any(|rule| rule.table == table);
        let kept = KEPT.iter().any(|(name, _)| *name == table);
        assert!(
            ruled != kept,
            "the table {table} has no rule in retention/rules.rs and no reason to be kept, or both"
        );
    }
    own.drop().await;
}

macro_rules! on_both {
    ($($test:ident, $name:literal;)*) => {$(
        mod $test {
            #[tokio::test]
            async fn sqlite() {
                super::$test(super::Own::sqlite($name).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                super::$test(super::Own::postgres($name).await).await;
            }
        }
    )*};
}

on_both! {
    what_is_over_goes, "retention_over";
    a_run_broken_off_goes_on, "retention_broken";
    every_table_has_a_rule_or_a_reason, "retention_tables";
}
