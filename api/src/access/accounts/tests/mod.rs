//! What accounts do, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod keeping;
mod recovering;
mod rules;
mod second_step;
mod signing_in;

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use prometheus_client::metrics::counter::Counter;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use yuti_entity::{account, audit_entry, organisation, source};
use yuti_openapi::vocabulary::Role;

use super::acts::{self, Entered, New, SignIn, Visitor};
use super::refused::Refused;
use super::session::{self, SignedIn};
use super::token::Token;
use super::{Accounts, store, totp};
use crate::audit::Actor;
use crate::clock::Clock;
use crate::config::AccountsConfig;
use crate::metrics::Metrics;
use crate::profile::Profile;
use crate::registry::reference::{self, Reference};
use crate::testing::Own;
use crate::vault::Vault;
use crate::{chance, db};

/// Writes each test once for each database.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::access::accounts::tests::Backend::Sqlite).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::access::accounts::tests::Backend::Postgres).await; })+
        }
    };
}
pub(super) use on_both;

#[derive(Clone, Copy)]
pub(super) enum Backend {
    Sqlite,
    Postgres,
}

/// A password that can be taken, and another.
pub(super) const PASSWORD: &str = "a quiet afternoon";
pub(super) const OTHER: &str = "seven grey tunnels";
/// A Monday, noon in Chongqing.
pub(super) const NOON: &str = "2026-11-23T04:00:00Z";

pub(super) fn noon() -> DateTime<Utc> {
    NOON.parse().unwrap()
}

pub(super) struct World {
    pub(super) accounts: Accounts,
    pub(super) reference: Reference,
    pub(super) digests: Counter,
    own: Own,
}

impl World {
    pub(super) async fn open(backend: Backend) -> Self {
        let name = format!("accounts_{}", chance::request_id().replace('-', ""));
        let own = match backend {
            Backend::Sqlite => Own::sqlite(&name).await,
            Backend::Postgres => Own::postgres(&name).await,
        };
        let profile = Profile::load("chongqing").unwrap();
        let txn = db::begin(&own.db).await.unwrap();
        reference::store(&txn, profile.reference()).await.unwrap();
        txn.commit().await.unwrap();
        let reference = Reference::load(&own.db, &profile).await.unwrap();
        let metrics = Metrics::default();
        let digests = metrics.password_digests();
        let vault = Arc::new(Vault::for_test());
        let (clock, zone) = (Clock::fixed(noon()), Tz::Asia__Shanghai);
        let settings = AccountsConfig::for_test();
        let accounts = Accounts::new(own.db.clone(), vault, clock, zone, settings, &metrics).unwrap();
        Self { accounts, reference, digests, own }
    }

    pub(super) async fn close(self) {
        self.accounts.db.close().await.unwrap();
        self.own.drop().await;
    }

    /// The same service, later.
    pub(super) fn after(&self, time: Duration) -> Accounts {
        Accounts { clock: Clock::fixed(noon() + time), ..self.accounts.clone() }
    }

    /// An account with the first password, as its holder set it.
    pub(super) async fn person(&self, login: &str, role: Role) -> account::Model {
        let unit = match role {
            Role::UnitOwner | Role::UnitMember => Some(self.unit("91500108MA5QK0017P", false).await),
            _ => None,
        };
        let authority = match role {
            Role::Reader | Role::Officer | Role::Decider => Some("cq-500108"),
            Role::CityBureau => Some("cq"),
            _ => None,
        };
        let new = New { login, name: "王芳", role, authority, unit, home_unit: None, demonstration: false };
        let made = acts::create(&self.accounts, Actor::Operator.into(), new).await.unwrap();
        acts::use_link(&self.accounts, &made.link.token, PASSWORD, visitor(None, "setup")).await.unwrap();
        self.account(made.id).await
    }

    /// A registered unit.
    pub(super) async fn unit(&self, uscc: &str, demonstration: bool) -> i64 {
        let db = &self.accounts.db;
        let key = if demonstration { "demonstration" } else { "real" };
        if let Some(row) =
            organisation::Entity::find().filter(organisation::Column::Uscc.eq(uscc)).one(db).await.unwrap()
        {
            return row.id;
        }
        let known = source::Entity::find().filter(source::Column::Key.eq(key)).one(db).await.unwrap();
        let source_id = match known {
            Some(row) => row.id,
            None => {
                let row = source::ActiveModel {
                    id: NotSet,
                    key: Set(key.to_owned()),
                    name_zh: Set(key.to_owned()),
                    name_en: Set(key.to_owned()),
                    licence: Set("CC BY 4.0".to_owned()),
                    url: Set(None),
                    as_of: Set(None),
                    demonstration: Set(demonstration),
                    recorded_at: Set(noon()),
                };
                row.insert(db).await.unwrap().id
            }
        };
        let row = organisation::ActiveModel {
            id: NotSet,
            source_id: Set(source_id),
            source_key: Set(uscc.to_owned()),
            uscc: Set(Some(uscc.to_owned())),
            name: Set("试验维保有限公司".to_owned()),
            version: Set(1),
            valid_from: Set(None),
            recorded_at: Set(noon()),
        };
        row.insert(db).await.unwrap().id
    }

    pub(super) async fn account(&self, id: i64) -> account::Model {
        store::by_id(&self.accounts.db, id).await.unwrap().unwrap()
    }

    /// The acts of the trail on an account, in their order.
    pub(super) async fn trail(&self, id: i64) -> Vec<audit_entry::Model> {
        audit_entry::Entity::find()
            .filter(audit_entry::Column::Subject.eq("account"))
            .filter(audit_entry::Column::SubjectId.eq(id))
            .order_by_asc(audit_entry::Column::Id)
            .all(&self.accounts.db)
            .await
            .unwrap()
    }

    pub(super) async fn acts_on(&self, id: i64) -> Vec<String> {
        self.trail(id).await.into_iter().map(|entry| entry.act).collect()
    }

    /// Gives an account a second factor, at noon. Its secret comes back, and the recovery codes.
    pub(super) async fn enrol(&self, who: &SignedIn) -> (Vec<u8>, acts::Codes, Entered) {
        let at = visitor(None, "setup");
        acts::begin_enrolment(&self.accounts, who, who.actor().into(), None, "渝梯", at).await.unwrap();
        let pending = self.account(who.id()).await.totp_pending.unwrap();
        let secret = self.accounts.vault.open(&store::totp_context(who.id()), &pending).unwrap();
        let code = totp::code_at(&secret, noon().timestamp());
        let (entered, codes) =
            acts::confirm_enrolment(&self.accounts, who, who.actor().into(), &code, at).await.unwrap();
        (secret.to_vec(), codes, entered)
    }
}

pub(super) fn visitor<'a>(device: Option<&'a Token>, network: &'a str) -> Visitor<'a> {
    let user_agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0.0.0 Safari/537.36";
    Visitor { device, network, user_agent }
}

/// One attempt with a password.
pub(super) async fn attempt(
    accounts: &Accounts,
    login: &str,
    password: &str,
    from: Visitor<'_>,
) -> Result<Entered, Refused> {
    acts::sign_in(accounts, SignIn { login, password, before: None }, from).await
}

/// Whoever holds the token.
pub(super) async fn holder(accounts: &Accounts, token: &Token) -> Option<SignedIn> {
    session::find(&accounts.db, &accounts.settings, token, accounts.now()).await.unwrap()
}

/// Seconds to wait, where an attempt came too early.
pub(super) fn waits(outcome: &Result<Entered, Refused>) -> Option<u64> {
    match outcome {
        Err(Refused::Wait { seconds }) => Some(*seconds),
        _ => None,
    }
}

/// The codes of what is wrong with each field.
pub(super) fn flaws<T: std::fmt::Debug>(outcome: Result<T, Refused>) -> Vec<(&'static str, &'static str)> {
    match outcome {
        Err(Refused::Flaws(flaws)) => flaws.into_iter().map(|flaw| (flaw.field, flaw.code)).collect(),
        other => panic!("no flaws: {other:?}"),
    }
}
