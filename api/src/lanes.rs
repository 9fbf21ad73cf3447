//! Who waits for whom. Questions that look through the whole register (searches by words, counts, whole lists) have connections of
//! their own, and only so many are asked at a time. However many people search, an elevator's page never waits for them.

use std::time::Duration;

use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::{Semaphore, SemaphorePermit};
use yuti_openapi::ProblemCode;

use crate::config::ScansConfig;
use crate::db;
use crate::http::failure::Failure;

/// After how many seconds somebody who was not let in may try again.
const COME_BACK: u64 = 5;

/// The lane of the questions that look through everything.
#[derive(Debug)]
pub struct Lanes {
    /// Its connections. For pages of lists, which are read along an index; whatever takes longer takes a turn first.
    pub scans: DatabaseConnection,
    searches: Semaphore,
    exports: Semaphore,
    patience: Duration,
}

/// A turn. Given back when it is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    /// The connections to ask by.
    pub db: &'a DatabaseConnection,
    _permit: SemaphorePermit<'a>,
}

impl Lanes {
    /// Opens the lane's connections.
    ///
    /// # Errors
    /// The database cannot be opened.
    pub async fn open(url: &str, settings: &ScansConfig) -> Result<Self, DbErr> {
        let connections = settings.connections;
        let limit = Duration::from_secs(settings.seconds);
        Ok(Self {
            scans: db::open_bounded(url, connections, limit).await?,
            // Neither kind can take all: lists are read by the same connections.
            searches: Semaphore::new(share(connections, 3)),
            exports: Semaphore::new(share(connections, 2)),
            patience: Duration::from_secs(settings.wait_seconds),
        })
    }

    /// Waits for something, but no longer than one waits for a turn.
    ///
    /// # Errors
    /// It took longer.
    pub async fn patiently<T>(&self, wait: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::time::timeout(self.patience, wait).await.map_err(|_| busy())
    }

    /// A turn for a search or a count, after a short wait.
    ///
    /// # Errors
    /// Too many ask already.
    pub async fn search(&self) -> Result<Turn<'_>, Failure> {
        self.turn(self.patiently(self.searches.acquire()).await?)
    }

    /// A turn for the first part of a whole list, after a short wait.
    ///
    /// # Errors
    /// Too many ask already.
    pub async fn export(&self) -> Result<Turn<'_>, Failure> {
        self.turn(self.patiently(self.exports.acquire()).await?)
    }

    /// A turn for a further part: whoever has begun a list gets all of it, however long the others take.
    ///
    /// # Errors
    /// None in practice: the lane is never closed.
    pub async fn export_on(&self) -> Result<Turn<'_>, Failure> {
        self.turn(self.exports.acquire().await)
    }

    fn turn<'a>(
        &'a self,
        permit: Result<SemaphorePermit<'a>, tokio::sync::AcquireError>,
    ) -> Result<Turn<'a>, Failure> {
        Ok(Turn { db: &self.scans, _permit: permit.map_err(Failure::internal)? })
    }
}

/// So many quarters of the connections, at least one.
fn share(connections: u32, quarters: usize) -> usize {
    (connections as usize * quarters / 4).max(1)
}

fn busy() -> Failure {
    let mut failure = Failure::new(ProblemCode::Unavailable).saying(
        format!("现在查的人太多，没有排到。请过 {COME_BACK} 秒再试。按编号打开电梯的页面不受影响。"),
        format!(
            "Too many people are searching just now. Try again in {COME_BACK} s. Pages of elevators open by their code as always."
        ),
    );
    failure.retry_after = Some(COME_BACK);
    failure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_takes_every_connection_but_the_only_one() {
        assert_eq!((share(1, 3), share(1, 2)), (1, 1));
        assert_eq!((share(4, 3), share(4, 2)), (3, 2));
        assert_eq!((share(8, 3), share(8, 2)), (6, 4));
    }
}
