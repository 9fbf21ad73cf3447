//! Bodies that nobody reads, that never end, or that never come: the answer comes, and the connection is closed.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use yuti_tests::{Caller, Options, journey};

/// What a connection on which `chunk` is sent again and again gives back before the server closes it, and whether it did.
async fn sends_for_ever(app: &Caller, head: &str, chunk: &[u8], pause: Duration) -> (String, bool) {
    let server = app.base().trim_start_matches("http://");
    let stream = TcpStream::connect(server).await.unwrap();
    let (mut reads, mut writes) = stream.into_split();
    writes.write_all(head.as_bytes()).await.unwrap();
    let chunk = chunk.to_vec();
    let sending = tokio::spawn(async move {
        // Ends only when the server no longer takes it.
        while writes.write_all(&chunk).await.is_ok() {
            tokio::time::sleep(pause).await;
        }
    });
    let mut answer = Vec::new();
    let read = async {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = reads.read(&mut bytes).await {
            answer.extend_from_slice(&bytes[..length]);
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(20), read).await.is_ok();
    drop(reads);
    let refused = tokio::time::timeout(Duration::from_secs(20), sending).await.is_ok();
    (String::from_utf8_lossy(&answer).into_owned(), ended && refused)
}

fn status(answer: &str) -> &str {
    answer.split_whitespace().nth(1).unwrap_or_default()
}

journey! {
    /// A body without an end on an address that takes none, or not by this method, is refused at once and the connection closed,
    /// however fast or slowly it comes.
    async fn a_body_without_an_end_is_not_read_for_ever(world: Options::empty().config("[http]\nbody_seconds = 2\n")) {
        let app = world.anyone();
        let chunked = "Host: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n";
        for (request, expected) in [("GET /v1/elevators", "415"), ("POST /v1/elevators", "405"), ("POST /v1/nothing", "404"), ("DELETE /e/502718", "415")] {
            for (size, pause) in [(16_384, Duration::ZERO), (1, Duration::from_millis(50))] {
                let chunk = [format!("{size:x}\r\n").into_bytes(), vec![b'x'; size], b"\r\n".to_vec()].concat();
                let head = format!("{request} HTTP/1.1\r\n{chunked}");
                let (answer, closed) = sends_for_ever(&app, &head, &chunk, pause).await;
                assert_eq!(status(&answer), expected, "{request}: {answer}");
                assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
                assert!(closed, "{request}, {size} bytes at a time: the connection stays open");
            }
        }
    }
}

journey! {
    /// The same for a body whose announced length never comes.
    async fn a_body_that_never_comes_is_not_waited_for(world: Options::empty()) {
        let app = world.anyone();
        for (request, expected) in [("GET /v1/elevators", "415"), ("POST /v1/elevators", "405")] {
            let head = format!("{request} HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n");
            let (answer, closed) = sends_for_ever(&app, &head, b"x", Duration::from_millis(100)).await;
            assert_eq!(status(&answer), expected, "{answer}");
            assert!(closed, "{request}: the connection stays open");
        }
    }
}

journey! {
    /// A connection on which nothing is left to be read serves the next request.
    async fn a_request_without_a_body_keeps_its_connection(world: Options::empty()) {
        let server = world.anyone().base().trim_start_matches("http://").to_owned();
        let mut stream = TcpStream::connect(server).await.unwrap();
        for _ in 0..3 {
            stream.write_all(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
            let mut answer = vec![0; 4096];
            let length = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut answer)).await.unwrap().unwrap();
            assert_eq!(status(&String::from_utf8_lossy(&answer[..length])), "200");
        }
    }
}
