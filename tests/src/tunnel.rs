//! A way to a server that can be slow, and that can be cut and opened again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A way from an address of its own to a server.
#[derive(Debug)]
pub struct Tunnel {
    server: String,
    address: SocketAddr,
    delay: Arc<AtomicU64>,
    work: Option<JoinHandle<()>>,
}

impl Tunnel {
    /// An open way to a server, `host:port`.
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free address");
        let address = listener.local_addr().expect("a bound address");
        let mut tunnel =
            Self { server: server.to_owned(), address, delay: Arc::new(AtomicU64::new(0)), work: None };
        tunnel.dig(listener);
        tunnel
    }

    /// The same URL, by this way.
    pub async fn through(url: &str) -> (Self, String) {
        let server = host_of(url);
        let tunnel = Self::to(server).await;
        let through = url.replacen(server, &tunnel.address.to_string(), 1);
        (tunnel, through)
    }

    /// Cuts every connection; nobody answers at the address any more.
    pub async fn cut(&mut self) {
        if let Some(work) = self.work.take() {
            work.abort();
            let _ = work.await;
        }
    }

    /// Opens it again at the same address.
    pub async fn open(&mut self) {
        self.cut().await;
        let listener = TcpListener::bind(self.address).await.expect("the address that was cut is free");
        self.dig(listener);
    }

    /// From now on every answer takes so much longer.
    pub fn delay(&self, by: Duration) {
        self.delay.store(u64::try_from(by.as_millis()).expect("not for ever"), Ordering::Relaxed);
    }

    fn dig(&mut self, listener: TcpListener) {
        let (server, delay) = (self.server.clone(), Arc::clone(&self.delay));
        self.work = Some(tokio::spawn(async move {
            let mut ways = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let (server, delay) = (server.clone(), Arc::clone(&delay));
                ways.spawn(async move {
                    if let Ok(far) = TcpStream::connect(server).await {
                        carry(near, far, &delay).await;
                    }
                });
            }
        }));
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        if let Some(work) = &self.work {
            work.abort();
        }
    }
}

/// Carries bytes both ways until one side has ended.
async fn carry(near: TcpStream, far: TcpStream, delay: &AtomicU64) {
    let (mut asking, mut answered) = near.into_split();
    let (mut answering, mut asked) = far.into_split();
    let there = async {
        let _ = tokio::io::copy(&mut asking, &mut asked).await;
    };
    let back = async {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = answering.read(&mut bytes).await {
            let late = delay.load(Ordering::Relaxed);
            if late > 0 {
                tokio::time::sleep(Duration::from_millis(late)).await;
            }
            if answered.write_all(&bytes[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}

/// The host and port within a URL.
fn host_of(url: &str) -> &str {
    let rest = url.split("://").nth(1).unwrap_or_else(|| panic!("{url} is no URL"));
    let rest = rest.rsplit('@').next().expect("a host");
    rest.split('/').next().expect("a host")
}
