//! One import of a register at a time. The lease is a row that its holder touches with every batch; whoever finds it
//! untouched for a while takes it over, because a killed import cannot give it back.
//!
//! Whether the holder lives is judged by the row changing, not by comparing clocks: two machines need not agree on the
//! time, and the service's clock may stand still in a rehearsal.

use std::time::{Duration, Instant};

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, SqlErr,
};
use yuti_entity::{Timestamp, job_lease};

use super::error::ImportError;
use crate::clock::Clock;
use crate::{chance, db};

/// A held lease.
#[derive(Debug)]
pub(super) struct Lease {
    name: String,
    source_key: String,
    id: String,
    beat: u64,
    touched: Instant,
    length: Duration,
}

impl Lease {
    /// Takes the lease of a register, waiting for at most its length to find out whether another holder is alive.
    pub(super) async fn acquire(
        db: &DatabaseConnection,
        clock: &Clock,
        source_key: &str,
        length: Duration,
    ) -> Result<Self, ImportError> {
        let name = format!("import:{source_key}");
        let id = chance::request_id();
        let lease =
            Self { name, source_key: source_key.to_owned(), id, beat: 0, touched: Instant::now(), length };
        let busy = || ImportError::Busy { source_key: source_key.to_owned() };
        let began = Instant::now();
        let mut seen: Option<String> = None;
        loop {
            let standing = job_lease::Entity::find_by_id(&lease.name).one(db).await?;
            let taken = match &standing {
                None => lease.insert(db, clock).await?,
                Some(row) if row.until <= clock.now() || began.elapsed() >= length => {
                    lease.replace(db, clock, &row.holder).await?
                }
                Some(_) => false,
            };
            if taken {
                return Ok(lease);
            }
            if seen.is_none() {
                tracing::info!(
                    register = source_key,
                    seconds = length.as_secs(),
                    "another import holds the lease of this register; waiting to see whether it is alive"
                );
            }
            match (&seen, standing) {
                (Some(before), Some(row)) if *before != row.holder => return Err(busy()),
                (_, row) => seen = row.map(|row| row.holder).or(seen),
            }
            if began.elapsed() > length * 2 {
                return Err(busy());
            }
            tokio::time::sleep((length / 20).max(Duration::from_millis(20))).await;
        }
    }

    fn holder(&self) -> String {
        format!("{}#{}", self.id, self.beat)
    }

    fn until(&self, clock: &Clock) -> Timestamp {
        clock.now()
            + chrono::Duration::from_std(self.length).unwrap_or_else(|_| chrono::Duration::seconds(30))
    }

    async fn insert(&self, db: &DatabaseConnection, clock: &Clock) -> Result<bool, DbErr> {
        let row = job_lease::ActiveModel {
            name: Set(self.name.clone()),
            holder: Set(self.holder()),
            until: Set(self.until(clock)),
        };
        match job_lease::Entity::insert(row).exec_without_returning(db).await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn replace(&self, db: &DatabaseConnection, clock: &Clock, holder: &str) -> Result<bool, DbErr> {
        let done = job_lease::Entity::update_many()
            .col_expr(job_lease::Column::Holder, Expr::value(self.holder()))
            .col_expr(job_lease::Column::Until, Expr::value(self.until(clock)))
            .filter(job_lease::Column::Name.eq(self.name.as_str()))
            .filter(job_lease::Column::Holder.eq(holder))
            .exec(db)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Touches the lease as part of a transaction, which must not be committed if this fails: another import has
    /// taken it over.
    pub(super) async fn touch(
        &mut self,
        txn: &DatabaseTransaction,
        clock: &Clock,
    ) -> Result<(), ImportError> {
        let before = self.holder();
        self.beat += 1;
        let done = job_lease::Entity::update_many()
            .col_expr(job_lease::Column::Holder, Expr::value(self.holder()))
            .col_expr(job_lease::Column::Until, Expr::value(self.until(clock)))
            .filter(job_lease::Column::Name.eq(self.name.as_str()))
            .filter(job_lease::Column::Holder.eq(before))
            .exec(txn)
            .await?;
        if done.rows_affected != 1 {
            return Err(ImportError::Overtaken { source_key: self.source_key.clone() });
        }
        self.touched = Instant::now();
        Ok(())
    }

    /// Touches the lease outside of a batch, where it is time to.
    pub(super) async fn keep(&mut self, db: &DatabaseConnection, clock: &Clock) -> Result<(), ImportError> {
        if self.touched.elapsed() < self.length / 3 {
            return Ok(());
        }
        let txn = db::begin(db).await?;
        self.touch(&txn, clock).await?;
        txn.commit().await?;
        Ok(())
    }

    /// Gives the lease back.
    pub(super) async fn release(self, db: &DatabaseConnection) -> Result<(), DbErr> {
        job_lease::Entity::delete_many()
            .filter(job_lease::Column::Name.eq(self.name.as_str()))
            .filter(job_lease::Column::Holder.starts_with(format!("{}#", self.id)))
            .exec(db)
            .await?;
        Ok(())
    }
}
