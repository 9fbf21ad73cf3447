//! Roles as receivers: who asks stands before what they ask. `anyone.get("/v1/elevators").await`.

use crate::answer::Answer;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::net::IpAddr;
use std::time::Duration;

/// Somebody who sends requests: with an address, and with headers that go with each request.
#[derive(Clone, Debug)]
pub struct Caller {
    base: String,
    client: reqwest::Client,
    headers: HeaderMap,
}

impl Caller {
    /// A caller of this server, from this address. It follows no redirect and undoes no compression: what it gives is what was sent.
    pub fn new(base: &str, from: Option<IpAddr>) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .local_address(from)
            .timeout(Duration::from_secs(60))
            .build()
            .expect("a client");
        Self { base: base.to_owned(), client, headers: HeaderMap::new() }
    }

    /// The same caller, who also sends this header with each request.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        self.with_headers([(name, value)])
    }

    /// The same caller, who also sends these headers with each request.
    pub fn with_headers<'a>(&self, headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut caller = self.clone();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("the name of a header");
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("the value of a header");
            caller.headers.insert(name, value);
        }
        caller
    }

    /// The same caller, who reads this language.
    pub fn reading(&self, language: &str) -> Self {
        self.with_header("Accept-Language", language)
    }

    /// The server's address, `http://host:port`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request not yet sent, for what the shorter forms do not cover.
    pub fn ask(&self, method: &str, path: &str) -> Ask {
        let method = Method::from_bytes(method.as_bytes()).expect("an HTTP method");
        let shown = format!("{method} {path}");
        // What `links` give are full addresses, and paths otherwise.
        let url = if path.starts_with("http://") { path.to_owned() } else { format!("{}{path}", self.base) };
        Ask { builder: self.client.request(method, url).headers(self.headers.clone()), shown }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).send().await
    }

    /// HEAD.
    pub async fn head(&self, path: &str) -> Answer {
        self.ask("HEAD", path).send().await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path).send().await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path).json(body).send().await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path).json(body).send().await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask("PATCH", path).json(body).send().await
    }

    /// POST of a form, as a page without a script sends it.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut encoded = reqwest::Url::parse("http://form").expect("a URL");
        encoded.query_pairs_mut().extend_pairs(fields);
        let body = encoded.query().unwrap_or_default().to_owned();
        self.ask("POST", path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
    }

    /// POST of a form with files, as a page without a script sends it. Every file goes into the same field.
    pub async fn upload(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        (name, files): (&str, &[&[u8]]),
    ) -> Answer {
        const BOUNDARY: &str = "----a-boundary-that-no-file-holds";
        let mut body = Vec::new();
        for (field, value) in fields {
            let part = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        for file in files {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(file);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.ask("POST", path)
            .header("Content-Type", &format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body)
            .send()
            .await
    }

    /// All items of a list, streamed.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let answer = self.get(&format!("{path}{joint}format=ndjson")).await;
        answer.is(200).ndjson()
    }

    /// All items of a list, page by page along `next`.
    pub async fn walked(&self, path: &str) -> Vec<Value> {
        let pages = self.pages(path).await;
        pages.iter().flat_map(|page| page["items"].as_array().cloned().expect("a page has items")).collect()
    }

    /// Follows `next` of a list's `Link` header to its end, and gives each page's body in turn.
    pub async fn pages(&self, path: &str) -> Vec<Value> {
        let mut pages = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            assert!(pages.len() < 5_000, "the list {path} does not end");
            let answer = self.get(&path).await;
            answer.is(200);
            pages.push(answer.json());
            next = answer.link("next");
        }
        pages
    }
}

/// A request not yet sent.
#[derive(Debug)]
#[must_use = "a request is sent by `.send().await`"]
pub struct Ask {
    builder: RequestBuilder,
    shown: String,
}

impl Ask {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// With JSON as the body.
    pub fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json").body(body.to_string())
    }

    /// With any body.
    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.body(body);
        self
    }

    /// Sends it. No answer at all is a panic.
    pub async fn send(self) -> Answer {
        let Self { builder, shown } = self;
        let failed = |error: reqwest::Error| -> ! { panic!("{shown} got no answer: {error:?}") };
        let response = builder.send().await.unwrap_or_else(|error| failed(error));
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.unwrap_or_else(|error| failed(error));
        Answer::new(shown, status.as_u16(), headers, body.to_vec())
    }
}
