//! The database: opened once, the same functions for SQLite and PostgreSQL.

use std::path::Path;
use std::time::{Duration, Instant};

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, RuntimeErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use yuti_migration::Migrator;

/// How long a writer waits for another one on SQLite before it gives up.
const SQLITE_BUSY: Duration = Duration::from_secs(60);
/// After how many of its steps the engine looks whether a question has taken too long: some ten thousand a millisecond.
const SQLITE_STEPS: i32 = 10_000;

/// The address of the embedded database in a data folder.
pub fn embedded_url(data_dir: &Path) -> String {
    format!("sqlite://{}?mode=rwc", data_dir.join("yuti.sqlite").display())
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Many small questions: every one is kept prepared.
    Serving,
    /// Long statements that seldom come twice: kept prepared, they would only fill memory.
    Bulk,
}

impl Purpose {
    /// How long a question waits for a connection: people are told soon that the service is away, an import can wait.
    fn patience(self) -> Duration {
        match self {
            Self::Serving => Duration::from_secs(5),
            Self::Bulk => Duration::from_secs(30),
        }
    }

    fn prepared(self) -> usize {
        match self {
            Self::Serving => 128,
            Self::Bulk => 4,
        }
    }
}

/// Opens the database.
///
/// # Errors
/// The address cannot be used, or nothing answers there.
pub async fn open(url: &str, connections: u32, purpose: Purpose) -> Result<DatabaseConnection, DbErr> {
    Database::connect(options(url, connections, purpose)).await
}

fn options(url: &str, connections: u32, purpose: Purpose) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    options
        .max_connections(connections)
        .connect_timeout(Duration::from_secs(10))
        .acquire_timeout(purpose.patience())
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| sqlite(options).statement_cache_capacity(purpose.prepared()))
        .map_sqlx_postgres_opts(move |options| options.statement_cache_capacity(purpose.prepared()));
    options
}

/// Opens connections for questions that may look through everything: one that takes longer than `limit` is broken off, by the
/// server on PostgreSQL, by the engine itself on SQLite.
///
/// # Errors
/// The address cannot be used, or nothing answers there.
pub async fn open_bounded(url: &str, connections: u32, limit: Duration) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(url, connections, Purpose::Serving);
    options.statement_timeout(limit).map_sqlx_sqlite_before_acquire(move |connection, _| {
        Box::pin(async move {
            bound(connection, limit).await?;
            Ok(true)
        })
    });
    options.map_sqlx_sqlite_pool_opts(move |pool| {
        pool.after_connect(move |connection, _| Box::pin(bound(connection, limit)))
    });
    Database::connect(options).await
}

/// A connection is handed out for one question, so its time begins now.
async fn bound(
    connection: &mut sea_orm::sqlx::sqlite::SqliteConnection,
    limit: Duration,
) -> Result<(), sea_orm::sqlx::Error> {
    let began = Instant::now();
    let mut handle = connection.lock_handle().await?;
    handle.set_progress_handler(SQLITE_STEPS, move || began.elapsed() < limit);
    Ok(())
}

/// Whether a question was broken off because it took too long.
pub fn took_too_long(cause: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(cause)) | DbErr::Exec(RuntimeErr::SqlxError(cause))) = cause
    else {
        return false;
    };
    let code = cause.as_database_error().and_then(DatabaseError::code);
    // query_canceled of PostgreSQL, SQLITE_INTERRUPT.
    matches!(code.as_deref(), Some("57014" | "9"))
}

/// Whether the connection was lost while a question was asked.
pub fn was_lost(cause: &DbErr) -> bool {
    match cause {
        DbErr::Query(RuntimeErr::SqlxError(cause)) | DbErr::Exec(RuntimeErr::SqlxError(cause)) => {
            match &**cause {
                sea_orm::sqlx::Error::Io(_)
                | sea_orm::sqlx::Error::PoolTimedOut
                | sea_orm::sqlx::Error::PoolClosed => true,
                // The server is being ended, or its administrator ends the connection.
                cause => {
                    let code = cause.as_database_error().and_then(DatabaseError::code);
                    code.is_some_and(|code| code.starts_with("57P") || code.starts_with("08"))
                }
            }
        }
        _ => false,
    }
}

/// Write-ahead log, so that readers never wait for a writer. `NORMAL` would lose the last commits on a power cut; what
/// has been answered must be there afterwards.
fn sqlite(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(SQLITE_BUSY)
        .pragma("cache_size", "-32768")
        .pragma("mmap_size", "268435456")
}

/// Begins a transaction that is going to write. On SQLite it takes the write lock at once: a reader that wants to become
/// a writer later can be refused.
///
/// # Errors
/// Whatever the database refuses.
pub async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    match db.get_database_backend() {
        DbBackend::Sqlite => {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            db.begin_with_options(options).await
        }
        _ => db.begin().await,
    }
}

/// Brings the schema up to date. Returns how many steps were taken.
///
/// # Errors
/// Whatever the database refuses.
pub async fn migrate(db: &DatabaseConnection) -> Result<usize, DbErr> {
    let pending = Migrator::get_pending_migrations(db).await?.len();
    if pending > 0 {
        Migrator::up(db, None).await?;
    }
    Ok(pending)
}

/// How many steps of the schema have not been taken. Reads only.
///
/// # Errors
/// Whatever the database refuses.
pub async fn pending(db: &DatabaseConnection) -> Result<usize, DbErr> {
    Ok(Migrator::get_pending_migrations_read_only(db).await?.len())
}

/// The advisory lock of those who prepare a database: the letters YUTP.
const PREPARATION_LOCK: i64 = 0x5955_5450;

/// A turn in preparing a database, held by one process at a time.
#[derive(Debug)]
pub struct Turn {
    server: Option<DatabaseTransaction>,
    file: Option<std::fs::File>,
}

impl Turn {
    /// Waits for the turn: by an advisory lock on PostgreSQL, by a locked file beside an SQLite file.
    ///
    /// # Errors
    /// The database cannot be reached, or the file not be locked.
    pub async fn take(url: &str, data_dir: &Path) -> Result<Self, DbErr> {
        if url.starts_with("sqlite") {
            let locked = (|| {
                std::fs::create_dir_all(data_dir)?;
                let file = std::fs::File::create(data_dir.join("yuti.lock"))?;
                file.lock()?;
                Ok::<_, std::io::Error>(file)
            })();
            let file = locked.map_err(|cause| {
                DbErr::Custom(format!("{} cannot be locked: {cause}", data_dir.display()))
            })?;
            return Ok(Self { server: None, file: Some(file) });
        }
        // A connection of its own: the lock belongs to one session, and the pool hands out any.
        let own = open(url, 1, Purpose::Bulk).await?;
        let txn = own.begin().await?;
        txn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({PREPARATION_LOCK})")).await?;
        Ok(Self { server: Some(txn), file: None })
    }

    /// Ends the turn.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn end(self) -> Result<(), DbErr> {
        if let Some(txn) = self.server {
            txn.commit().await?;
        }
        drop(self.file);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::testing::Own;

    /// Asks what takes for ever, and then something small, by connections whose questions may take a fifth of a second.
    async fn is_broken_off(url: &str, endless: &str) {
        let db = open_bounded(url, 1, Duration::from_millis(200)).await.unwrap();
        for _ in 0..2 {
            let cause = db.execute_unprepared(endless).await.unwrap_err();
            assert!(took_too_long(&cause), "{cause}");
            assert!(!was_lost(&cause), "{cause}");
            // The connection is as good as before, and its time begins anew.
            db.execute_unprepared("SELECT 1").await.unwrap();
        }
        db.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_question_that_takes_too_long_is_broken_off_on_sqlite() {
        let own = Own::sqlite("bounded").await;
        let endless =
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
        is_broken_off(&own.url, endless).await;
        own.drop().await;
    }

    #[tokio::test]
    async fn a_question_that_takes_too_long_is_broken_off_on_postgres() {
        let own = Own::postgres("bounded").await;
        is_broken_off(&own.url, "SELECT pg_sleep(600)").await;
        own.drop().await;
    }
}
