//! The way down: what is under way when the service is told to end may finish, but not for ever. Whoever is not done shortly before
//! the deadline is told so, and a list that is still being sent is broken off, so that nobody takes the part that came for the whole.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long before the deadline what is under way is ended: enough to say so.
const MARGIN: Duration = Duration::from_secs(2);

/// Rung when what is under way has to end.
#[derive(Clone, Debug, Default)]
pub struct Closing(CancellationToken);

impl Closing {
    /// Waits until what is under way has to end.
    pub async fn now(&self) {
        self.0.cancelled().await;
    }

    /// Waits until the process is told to end, and from then on measures the time of what is under way. SIGTERM leaves it nearly
    /// all of `limit`; who sits at the keyboard (SIGINT, SIGQUIT) does not wait.
    pub async fn when_told(self, limit: Duration) {
        let patient = tokio::select! {
            () = told(SignalKind::terminate()) => true,
            () = told(SignalKind::interrupt()) => false,
            () = told(SignalKind::quit()) => false,
        };
        let left = if patient { limit.saturating_sub(MARGIN.min(limit / 2)) } else { Duration::ZERO };
        tokio::spawn(async move {
            tokio::time::sleep(left).await;
            self.0.cancel();
        });
    }
}

async fn told(kind: SignalKind) {
    match signal(kind) {
        Ok(mut signals) => {
            let _ = signals.recv().await;
        }
        Err(cause) => {
            tracing::error!(%cause, "a signal cannot be listened for");
            std::future::pending::<()>().await;
        }
    }
}
