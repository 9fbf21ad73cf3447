//! What the rules find, and how it goes.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Value,
};
use yuti_entity::{Timestamp, account, retention_run};
use yuti_openapi::vocabulary::AccountState;

use super::rules::{How, Rule};
use crate::access::accounts::rules::FORMER;
use crate::vault::Vault;

/// Rows that go in one transaction.
pub(super) const BATCH: u64 = 2_000;

fn over(rule: Rule, before: Timestamp) -> Condition {
    let mut over = Condition::all();
    for (place, column) in rule.since.iter().enumerate() {
        let column = Expr::col(Alias::new(*column));
        let past = column.clone().lte(before);
        over = over.add(if place == 0 { past } else { past.or(column.is_null()) });
    }
    match rule.only {
        Some(only) => over.add(Expr::cust(only)),
        None => over,
    }
}

fn keys(rule: Rule, before: Timestamp) -> SelectStatement {
    let mut select = Query::select();
    select.column(Alias::new(rule.key)).from(Alias::new(rule.table)).cond_where(over(rule, before));
    select
}

/// How many rows a rule finds.
pub(super) async fn count(db: &impl ConnectionTrait, rule: Rule, before: Timestamp) -> Result<u64, DbErr> {
    let select = Query::select()
        .expr_as(Expr::cust("COUNT(*)"), "number")
        .from(Alias::new(rule.table))
        .cond_where(over(rule, before))
        .take();
    let row = db.query_one(&select).await?;
    let number = row.map(|row| row.try_get_by::<i64, _>("number")).transpose()?;
    Ok(number.unwrap_or_default().unsigned_abs())
}

/// Erases the next rows that a rule finds. Returns how many there were.
pub(super) async fn erase(
    db: &impl ConnectionTrait,
    vault: &Vault,
    rule: Rule,
    before: Timestamp,
) -> Result<u64, DbErr> {
    let mut next = keys(rule, before);
    next.order_by(Alias::new(rule.key), Order::Asc).limit(BATCH);
    let mine = Expr::col(Alias::new(rule.key)).in_subquery(next.clone());
    match rule.how {
        How::Delete => {
            let delete = Query::delete().from_table(Alias::new(rule.table)).and_where(mine).take();
            Ok(db.execute(&delete).await?.rows_affected())
        }
        How::Clear(columns) => {
            let mut update = Query::update();
            update.table(Alias::new(rule.table)).and_where(mine);
            for column in columns {
                update.value(Alias::new(*column), Value::Bytes(None));
            }
            Ok(db.execute(&update).await?.rows_affected())
        }
        How::FormerAccount => {
            let mut number = 0;
            for row in db.query_all(&next).await? {
                number += former_account(db, vault, row.try_get_by("id")?).await?;
            }
            Ok(number)
        }
    }
}

async fn former_account(db: &impl ConnectionTrait, vault: &Vault, id: i64) -> Result<u64, DbErr> {
    use account::Column;
    let name = vault.seal(&format!("account.display_name:{id}"), b"");
    let done = account::Entity::update_many()
        .col_expr(Column::DisplayName, Expr::value(name))
        .col_expr(Column::Login, Expr::value(format!("{FORMER}{id}")))
        .col_expr(Column::PasswordHash, Expr::value(None::<String>))
        .col_expr(Column::TotpSecret, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::TotpPending, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        // Somebody may have switched it on since it was found.
        .filter(Column::State.ne(AccountState::Active))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// The run that was broken off, if one was.
pub(super) async fn open_run(db: &impl ConnectionTrait) -> Result<Option<retention_run::Model>, DbErr> {
    retention_run::Entity::find().filter(retention_run::Column::FinishedAt.is_null()).one(db).await
}

/// The runs before, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn runs(db: &impl ConnectionTrait, most: u64) -> Result<Vec<retention_run::Model>, DbErr> {
    retention_run::Entity::find().order_by_desc(retention_run::Column::Id).limit(most).all(db).await
}

pub(super) async fn begin_run(
    db: &impl ConnectionTrait,
    day: yuti_entity::Day,
    started_by: &str,
    policy_version: &str,
    at: Timestamp,
) -> Result<retention_run::Model, DbErr> {
    let row = retention_run::ActiveModel {
        id: NotSet,
        day: Set(day),
        started_by: Set(started_by.to_owned()),
        policy_version: Set(policy_version.to_owned()),
        started_at: Set(at),
        finished_at: Set(None),
        counts: Set("{}".to_owned()),
    };
    row.insert(db).await
}

pub(super) async fn note(
    db: &impl ConnectionTrait,
    run: i64,
    counts: &str,
    finished_at: Option<Timestamp>,
) -> Result<(), DbErr> {
    use retention_run::Column;
    retention_run::Entity::update_many()
        .col_expr(Column::Counts, Expr::value(counts))
        .col_expr(Column::FinishedAt, Expr::value(finished_at))
        .filter(Column::Id.eq(run))
        .exec(db)
        .await?;
    Ok(())
}
