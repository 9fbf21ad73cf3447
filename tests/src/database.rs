//! The two databases. Every journey about behaviour runs on both, each time in a database of its own.

use crate::environment;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};

/// The database a journey runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file in the data folder, as `cargo run` has it.
    Sqlite,
    /// A database of its own on the server that `./test` started.
    Postgres,
}

impl Database {
    /// The word in test names, folders and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A PostgreSQL database of one journey, dropped with this.
#[derive(Debug)]
pub(crate) struct Own {
    name: String,
}

impl Own {
    /// Copies the template `from`, which nobody may be connected to, or makes an empty database.
    pub(crate) async fn create(name: String, from: Option<&str>) -> Self {
        let template = from.map(|from| format!(" TEMPLATE {from}")).unwrap_or_default();
        administer(&format!("CREATE DATABASE {name}{template}")).await;
        Self { name }
    }

    pub(crate) fn url(&self) -> String {
        url_of(&self.name)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let name = self.name.clone();
        // A thread of its own, since a runtime cannot be entered from within another one.
        let dropped = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        });
        if dropped.join().is_err() && !std::thread::panicking() {
            panic!("the database {} could not be dropped", self.name);
        }
    }
}

/// The address of a database on the test server.
pub(crate) fn url_of(name: &str) -> String {
    let mut url = reqwest::Url::parse(&environment::postgres()).expect("YUTI_TEST_DATABASE_URL is a URL");
    url.set_path(name);
    url.into()
}

async fn connect(url: String) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options)
        .await
        .expect("the server of YUTI_TEST_DATABASE_URL answers; run ./test, which starts one")
}

/// Runs a statement in the database that YUTI_TEST_DATABASE_URL itself names.
pub(crate) async fn administer(statement: &str) {
    let connection = connect(environment::postgres()).await;
    let outcome = connection.execute_unprepared(statement).await;
    connection.close().await.expect("the connection closes");
    outcome.unwrap_or_else(|error| panic!("`{statement}` failed: {error}"));
}

/// Whether the test server has a database of this name.
pub(crate) async fn exists(name: &str) -> bool {
    let connection = connect(environment::postgres()).await;
    let row = connection
        .query_one_raw(Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT 1 FROM pg_database WHERE datname = $1",
            [name.into()],
        ))
        .await
        .expect("pg_database can be read");
    connection.close().await.expect("the connection closes");
    row.is_some()
}
