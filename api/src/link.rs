//! The connection to Redis: made when it is wanted, thrown away when it fails.
//!
//! The client's own connection manager is not used: it keeps for ever what a server said that was still loading its data when it
//! was reached, and a connection to a machine that vanished until the network gives it up.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, AsyncTypedCommands as _, Client, RedisError};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(1);
/// After which a command is given up. Whoever is in a hurry gives up earlier.
const ANSWER: Duration = Duration::from_secs(2);

/// A way to Redis that all who use it share.
#[derive(Clone)]
pub struct Link(Arc<Inner>);

struct Inner {
    client: Client,
    connection: RwLock<Option<MultiplexedConnection>>,
}

impl Link {
    /// A link that is not connected yet: Redis may be away when the service starts.
    ///
    /// # Errors
    /// An address that cannot be read.
    pub fn new(url: &str) -> Result<Self, RedisError> {
        Ok(Self(Arc::new(Inner { client: Client::open(url)?, connection: RwLock::default() })))
    }

    /// The connection, where there is one. Never waits.
    pub fn connection(&self) -> Option<MultiplexedConnection> {
        self.0.connection.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Throws the connection away.
    pub fn forget(&self) {
        *self.0.connection.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Asks whether Redis is there, and connects where that is not done yet.
    ///
    /// # Errors
    /// It is not. The connection is thrown away.
    pub async fn ping(&self) -> Result<(), RedisError> {
        let outcome = async {
            let mut connection = match self.connection() {
                Some(connection) => connection,
                None => self.connect().await?,
            };
            connection.ping().await.map(|_| ())
        };
        let outcome = outcome.await;
        if outcome.is_err() {
            self.forget();
        }
        outcome
    }

    async fn connect(&self) -> Result<MultiplexedConnection, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        let connection = self.0.client.get_multiplexed_async_connection_with_config(&config).await?;
        *self.0.connection.write().unwrap_or_else(PoisonError::into_inner) = Some(connection.clone());
        Ok(connection)
    }
}
