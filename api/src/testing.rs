//! Databases for tests of this crate: an empty one of either kind, its schema up to date, gone when it is dropped.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests, which are told of their server by the environment"
)]

use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::db::{self, Purpose};

/// A database of one test.
pub struct Own {
    /// The database.
    pub db: DatabaseConnection,
    /// Its address.
    pub url: String,
    server: Option<(String, String)>,
    folder: Option<std::path::PathBuf>,
}

impl Own {
    /// An SQLite file, as a service has it: in memory there would be one connection and no concurrency to test.
    pub async fn sqlite(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("yuti-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let url = db::embedded_url(&folder);
        let db = db::open(&url, 8, Purpose::Serving).await.unwrap();
        db::migrate(&db).await.unwrap();
        Self { db, url, server: None, folder: Some(folder) }
    }

    /// A database on the server that `./test` started. A missing server is an error, never a skip.
    pub async fn postgres(test: &str) -> Self {
        let server = std::env::var("YUTI_TEST_DATABASE_URL")
            .unwrap_or_else(|_| panic!("YUTI_TEST_DATABASE_URL is not set: run ./test"));
        let name = format!("yuti_{}_{test}", std::process::id());
        let admin = db::open(&server, 1, Purpose::Bulk).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (host, _) = server.rsplit_once('/').unwrap();
        let url = format!("{host}/{name}");
        let db = db::open(&url, 24, Purpose::Serving).await.unwrap();
        db::migrate(&db).await.unwrap();
        Self { db, url, server: Some((server, name)), folder: None }
    }

    /// Removes the database.
    pub async fn drop(self) {
        self.db.close().await.unwrap();
        if let Some((server, name)) = self.server {
            let admin = db::open(&server, 1, Purpose::Bulk).await.unwrap();
            admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
        }
        if let Some(folder) = self.folder {
            std::fs::remove_dir_all(folder).unwrap();
        }
    }
}

/// The URL of a numbered Redis database that no other test has, empty. A missing server is an error, never a skip.
pub async fn own_redis() -> String {
    let server = std::env::var("YUTI_TEST_REDIS_URL")
        .unwrap_or_else(|_| panic!("YUTI_TEST_REDIS_URL is not set: run ./test"));
    let connect =
        async |url: &str| redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap();
    // The counter of the journeys, so that both get different ones.
    let mut counter = connect(&server).await;
    let taken: u32 = redis::cmd("INCR").arg("yuti_test_databases").query_async(&mut counter).await.unwrap();
    let url = format!("{server}/{}", 1 + taken % 4095);
    redis::cmd("FLUSHDB").exec_async(&mut connect(&url).await).await.unwrap();
    url
}
