//! What time brings: accounts that nobody uses fall asleep, and failures to sign in are forgotten after a while.

use chrono::Duration;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use yuti_entity::{Timestamp, account};
use yuti_openapi::vocabulary::{AccountState, Role, SessionEnd, Vocabulary as _};

use super::refused::Refused;
use super::{Accounts, gate, rules, store};
use crate::audit::{self, Actor, Entry};
use crate::config::SpanConfig;
use crate::db;
use crate::http::failure::Failure;
use crate::vault::Vault;

/// Accounts looked at in one go.
const BATCH: u64 = 500;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Accounts that fell asleep.
    pub asleep: u64,
    /// Failures that were forgotten.
    pub forgotten: u64,
}

/// Does what time has brought. However many copies run, each account falls asleep once.
///
/// # Errors
/// Whatever the database refuses.
pub async fn run(accounts: &Accounts) -> Result<Done, Refused> {
    Ok(Done { asleep: sleepers(accounts).await?, forgotten: forget(accounts).await? })
}

async fn sleepers(accounts: &Accounts) -> Result<u64, Refused> {
    let now = accounts.now();
    let mut asleep = 0;
    let mut after = 0;
    loop {
        let ids: Vec<i64> = account::Entity::find()
            .select_only()
            .column(account::Column::Id)
            .filter(unused(accounts, now))
            .filter(account::Column::Id.gt(after))
            .order_by_asc(account::Column::Id)
            .limit(BATCH)
            .into_tuple()
            .all(&accounts.db)
            .await?;
        let Some(last) = ids.last() else { return Ok(asleep) };
        after = *last;
        for id in ids {
            let txn = db::begin(&accounts.db).await?;
            // Somebody may have signed in, or another copy been here, since the list was made.
            let account = store::held(&txn, id).await?;
            if rules::sleeps(&account, &accounts.settings, now) {
                put_to_sleep(&txn, &accounts.vault, &account, now).await?;
                asleep += 1;
            }
            txn.commit().await?;
        }
    }
}

/// [`rules::sleeps`] as a condition of the database; a test holds them equal.
fn unused(accounts: &Accounts, now: Timestamp) -> Condition {
    use account::Column;
    let roles =
        |of_unit: bool| Role::ALL.iter().copied().filter(move |role| rules::of_unit(*role) == of_unit);
    let before = |span: SpanConfig| rules::sleeps_before(span, now);
    let kind = |of_unit: bool, span: SpanConfig| {
        Condition::all()
            .add(Column::Role.is_in(roles(of_unit)))
            .add(Column::ActiveSince.lte(before(span)))
            .add(Column::LastSignedInAt.is_null().or(Column::LastSignedInAt.lte(before(span))))
    };
    Condition::all().add(Column::State.eq(AccountState::Active)).add(Column::Demonstration.eq(false)).add(
        Condition::any()
            .add(kind(false, accounts.settings.officers))
            .add(kind(true, accounts.settings.units)),
    )
}

/// Puts an account to sleep, as part of a transaction that holds it. Its devices are forgotten with it.
pub(super) async fn put_to_sleep(
    txn: &DatabaseTransaction,
    vault: &Vault,
    account: &account::Model,
    now: Timestamp,
) -> Result<(), Failure> {
    account::Entity::update_many()
        .col_expr(account::Column::State, Expr::value(AccountState::Dormant))
        .col_expr(account::Column::Version, Expr::col(account::Column::Version).add(1))
        .filter(account::Column::Id.eq(account.id))
        .exec(txn)
        .await?;
    store::end_sessions(txn, account.id, None, SessionEnd::AccountOff, now).await?;
    store::forget_devices(txn, account.id, None).await?;
    store::withdraw_links(txn, account.id, now).await?;
    let entry = Entry {
        at: now,
        actor: Actor::System,
        act: "account.sleep",
        subject: "account",
        subject_id: account.id,
        from: Some(account.state.code()),
        to: Some(AccountState::Dormant.code()),
        facts: json!({ "last_signed_in_at": account.last_signed_in_at, "active_since": account.active_since }),
        personal: None,
    };
    audit::append(txn, vault, entry).await?;
    Ok(())
}

/// Forgets failures after which it was quiet: strangers make such rows with every log-in they guess, and the erasing by policy comes
/// once a day.
async fn forget(accounts: &Accounts) -> Result<u64, Refused> {
    let settings = &accounts.settings;
    let quiet = std::cmp::max(settings.password_delay.quiet_minutes, settings.code_delay.quiet_minutes);
    Ok(gate::tidy(&accounts.db, Duration::minutes(quiet.into()), accounts.now()).await?)
}
