//! Requests byte for byte, for what a polite client would never send: paths with dots, broken encodings, half a header.

use crate::http::Caller;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The answer to a request sent byte for byte.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    /// The status, or nothing where the server just closed the connection.
    pub status: Option<u16>,
    /// Status line and headers.
    pub head: String,
    /// The rest, as it came.
    pub body: Vec<u8>,
}

impl RawAnswer {
    /// A header's value, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// It is a problem with this status and this code. Its body must have come with its length.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> &Self {
        let shown = format!("{}{}", self.head, String::from_utf8_lossy(&self.body));
        assert_eq!(self.status, Some(status), "status of {shown}");
        assert_eq!(self.header("Content-Type"), Some("application/problem+json"), "content type of {shown}");
        let body: serde_json::Value = serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in the body of {shown}"));
        assert_eq!(body["code"], code, "code of {shown}");
        self
    }
}

impl Caller {
    /// Sends these bytes on a connection of its own, and reads until the server closes it (ask for `Connection: close`).
    pub async fn raw(&self, request: &[u8]) -> RawAnswer {
        let server = self.base().trim_start_matches("http://");
        let mut stream = TcpStream::connect(server).await.expect("the server takes connections");
        // A server may well answer and close before it has read everything.
        let _ = stream.write_all(request).await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
        let _ =
            read.unwrap_or_else(|_| panic!("no end of the answer to {:?}", String::from_utf8_lossy(request)));
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
        let body = answer.split_off(end);
        let head = String::from_utf8_lossy(&answer).into_owned();
        let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
        RawAnswer { status, head, body }
    }

    /// Sends the beginning of a request, and gives the first line of what is answered before the rest was sent.
    pub async fn first_line(&self, begin: &[u8]) -> String {
        let server = self.base().trim_start_matches("http://");
        let mut stream = TcpStream::connect(server).await.expect("the server takes connections");
        let _ = stream.write_all(begin).await;
        let mut answer = vec![0; 4_096];
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut answer)).await;
        let length = read.expect("an answer before the end of the request").expect("an answer");
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// GET of a path exactly as written, with nothing put right on the way.
    pub async fn get_verbatim(&self, path: &[u8]) -> RawAnswer {
        let request = [b"GET ", path, b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"].concat();
        self.raw(&request).await
    }
}
