//! One copy of the service does a job: whoever holds the row of its name in `job_lease`, until the time that stands there.

use std::sync::OnceLock;

use chrono::TimeDelta;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _};
use yuti_entity::{Timestamp, job_lease};

use crate::chance;

/// For how long a lease holds after it was kept last. A copy that was killed holds it no longer.
pub const LENGTH: TimeDelta = TimeDelta::minutes(10);

/// What the holders of this process begin with.
fn process() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(chance::request_id)
}

/// Gives back whatever this process still holds, when its jobs have been ended: the next start need not wait.
///
/// # Errors
/// Whatever the database refuses.
pub async fn release_all(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    job_lease::Entity::delete_many()
        .filter(job_lease::Column::Holder.starts_with(format!("{}#", process())))
        .exec(db)
        .await?;
    Ok(())
}

/// A held lease.
#[derive(Clone, Debug)]
pub struct Lease {
    name: &'static str,
    holder: String,
}

impl Lease {
    /// Takes the lease of a job. `None`: another copy holds it.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn take(
        db: &impl ConnectionTrait,
        name: &'static str,
        now: Timestamp,
    ) -> Result<Option<Self>, DbErr> {
        let lease = Self { name, holder: format!("{}#{}", process(), chance::request_id()) };
        let row = job_lease::ActiveModel {
            name: Set(name.to_owned()),
            holder: Set(lease.holder.clone()),
            until: Set(now + LENGTH),
        };
        let absent = OnConflict::column(job_lease::Column::Name).do_nothing().to_owned();
        let entered = job_lease::Entity::insert(row).on_conflict(absent).exec_without_returning(db).await;
        if matches!(entered, Ok(1)) {
            return Ok(Some(lease));
        }
        match entered {
            Ok(_) | Err(DbErr::RecordNotInserted) => {}
            Err(cause) => return Err(cause),
        }
        let taken = job_lease::Entity::update_many()
            .col_expr(job_lease::Column::Holder, Expr::value(lease.holder.as_str()))
            .col_expr(job_lease::Column::Until, Expr::value(now + LENGTH))
            .filter(job_lease::Column::Name.eq(name))
            .filter(job_lease::Column::Until.lte(now))
            .exec(db)
            .await?;
        Ok((taken.rows_affected == 1).then_some(lease))
    }

    /// Holds the lease for longer, as part of a transaction of the job. `false`: somebody else has it, and the transaction must not be committed.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn keep(&self, txn: &impl ConnectionTrait, now: Timestamp) -> Result<bool, DbErr> {
        let kept = job_lease::Entity::update_many()
            .col_expr(job_lease::Column::Until, Expr::value(now + LENGTH))
            .filter(job_lease::Column::Name.eq(self.name))
            .filter(job_lease::Column::Holder.eq(self.holder.as_str()))
            .exec(txn)
            .await?;
        Ok(kept.rows_affected == 1)
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn release(self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        job_lease::Entity::delete_many()
            .filter(job_lease::Column::Name.eq(self.name))
            .filter(job_lease::Column::Holder.eq(self.holder))
            .exec(db)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::testing::Own;

    async fn one_at_a_time(own: Own) {
        let now: Timestamp = "2026-11-23T04:00:00Z".parse().unwrap();
        let first = Lease::take(&own.db, "trial", now).await.unwrap().unwrap();
        assert!(Lease::take(&own.db, "trial", now).await.unwrap().is_none());
        assert!(Lease::take(&own.db, "other", now).await.unwrap().is_some());
        assert!(first.keep(&own.db, now + LENGTH / 2).await.unwrap());
        assert!(Lease::take(&own.db, "trial", now + LENGTH).await.unwrap().is_none());
        // A holder that was killed: its time runs out, and when it wakes up it finds that it holds nothing.
        let second = Lease::take(&own.db, "trial", now + LENGTH * 2).await.unwrap().unwrap();
        assert!(!first.keep(&own.db, now + LENGTH * 2).await.unwrap());
        first.release(&own.db).await.unwrap();
        assert!(second.keep(&own.db, now + LENGTH * 2).await.unwrap());
        second.release(&own.db).await.unwrap();
        assert!(Lease::take(&own.db, "trial", now).await.unwrap().is_some());
        own.drop().await;
    }

    #[tokio::test]
    async fn one_copy_holds_a_lease_on_sqlite() {
        one_at_a_time(Own::sqlite("job_lease").await).await;
    }

    #[tokio::test]
    async fn one_copy_holds_a_lease_on_postgres() {
        one_at_a_time(Own::postgres("job_lease").await).await;
    }
}
