//! What came back, and what a journey asks of it. Every check names the request and shows the answer when it fails.

use flate2::read::MultiGzDecoder;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use std::io::Read;

/// An answer, with its body as it was sent.
#[derive(Clone, Debug)]
pub struct Answer {
    request: String,
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} → {}", self.request, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        let body = String::from_utf8_lossy(&self.body);
        let shown: String = body.chars().take(2_000).collect();
        write!(f, "\n{shown}")?;
        if shown.len() < body.len() { write!(f, " … ({} bytes in all)", self.body.len()) } else { Ok(()) }
    }
}

impl Answer {
    pub(crate) fn new(request: String, status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { request, status, headers, body }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// It has this status.
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "status of {self}");
        self
    }

    // --- Headers ---

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header's value, if it is there. Several of one name are joined as RFC 9110 joins them.
    pub fn maybe_header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self
            .headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// A header's value.
    #[track_caller]
    pub fn header(&self, name: &str) -> String {
        self.maybe_header(name).unwrap_or_else(|| panic!("no header {name} in {self}"))
    }

    /// A header has exactly this value.
    #[track_caller]
    pub fn header_is(&self, name: &str, value: &str) -> &Self {
        assert_eq!(self.header(name), value, "header {name} of {self}");
        self
    }

    /// A header names this among other things.
    #[track_caller]
    pub fn header_has(&self, name: &str, part: &str) -> &Self {
        let value = self.header(name);
        assert!(
            value.to_ascii_lowercase().contains(&part.to_ascii_lowercase()),
            "header {name} lacks {part:?} in {self}"
        );
        self
    }

    /// A header is absent.
    #[track_caller]
    pub fn has_no_header(&self, name: &str) -> &Self {
        assert!(self.maybe_header(name).is_none(), "there is a header {name} in {self}");
        self
    }

    /// The address behind a relation of the `Link` header (RFC 8288).
    pub fn link(&self, relation: &str) -> Option<String> {
        let wanted = format!("rel=\"{relation}\"");
        // A comma may stand inside an address, so the list is split where the next `<` begins.
        self.maybe_header("Link")?.split('<').skip(1).find_map(|link| {
            let (address, parameters) = link.split_once('>')?;
            parameters
                .split([';', ','])
                .any(|parameter| parameter.trim() == wanted)
                .then(|| address.to_owned())
        })
    }

    // --- Body ---

    /// The body as it was sent.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body with its `Content-Encoding` undone.
    #[track_caller]
    pub fn decoded(&self) -> Vec<u8> {
        let mut plain = Vec::new();
        match self.maybe_header("Content-Encoding").as_deref() {
            None | Some("identity") => plain.clone_from(&self.body),
            Some("gzip") => {
                MultiGzDecoder::new(self.body.as_slice()).read_to_end(&mut plain).expect("the body is gzip");
            }
            Some("br") => {
                brotli::Decompressor::new(self.body.as_slice(), 4096)
                    .read_to_end(&mut plain)
                    .expect("the body is brotli");
            }
            Some("zstd") => plain = zstd::decode_all(self.body.as_slice()).expect("the body is zstd"),
            Some(other) => panic!("no reader for Content-Encoding {other} in {self}"),
        }
        plain
    }

    /// The body as text, which must be UTF-8.
    #[track_caller]
    pub fn text(&self) -> String {
        String::from_utf8(self.decoded()).unwrap_or_else(|error| panic!("{error} in the body of {self}"))
    }

    /// It says this.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.text().contains(words), "no {words:?} in {self}");
        self
    }

    /// It does not say this.
    #[track_caller]
    pub fn does_not_say(&self, words: &str) -> &Self {
        assert!(!self.text().contains(words), "{words:?} is in {self}");
        self
    }

    /// The body is a page.
    #[track_caller]
    pub fn html(&self) -> String {
        self.header_is("Content-Type", "text/html; charset=utf-8");
        self.text()
    }

    /// The body is JSON of any kind (`application/json`, `application/problem+json`, …).
    #[track_caller]
    pub fn json(&self) -> Value {
        let kind = self.header("Content-Type");
        let kind = kind.split(';').next().unwrap_or_default().trim();
        assert!(
            kind == "application/json" || kind.ends_with("+json"),
            "the content type is not JSON in {self}"
        );
        serde_json::from_slice(&self.decoded())
            .unwrap_or_else(|error| panic!("{error} in the body of {self}"))
    }

    /// One value of the JSON body, by JSON pointer.
    #[track_caller]
    pub fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_else(|| panic!("nothing at {pointer} in {self}"))
    }

    /// The JSON body as a wire type of the contract.
    #[track_caller]
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.json()).unwrap_or_else(|error| {
            panic!("the body is no {}: {error} in {self}", std::any::type_name::<T>())
        })
    }

    /// The lines of an NDJSON body.
    #[track_caller]
    pub fn ndjson(&self) -> Vec<Value> {
        self.header_has("Content-Type", "application/x-ndjson");
        let text = self.text();
        assert!(
            text.is_empty() || text.ends_with('\n'),
            "the last line is not ended, so it may be cut, in {self}"
        );
        text.lines()
            .map(|line| {
                serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("{error} in the line {line:?} of {self}"))
            })
            .collect()
    }

    // --- Problems ---

    /// It is a problem (RFC 9457) with this status and this code, complete as the contract says.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Problem {
        self.is(status).header_is("Content-Type", "application/problem+json");
        let body = self.json();
        let text =
            |key: &str| body[key].as_str().unwrap_or_else(|| panic!("the problem has no {key}: {self}"));
        assert_eq!(text("code"), code, "code of {self}");
        assert_eq!(body["status"], status, "status in the body of {self}");
        // The one type that is not ours: the rate-limit draft registers it.
        let kind = match code {
            "quota_exceeded" => "https://iana.org/assignments/http-problem-types#quota-exceeded".to_owned(),
            code => format!("/problems/{code}"),
        };
        assert!(text("type").ends_with(&kind), "the type leads to no page about {code}: {self}");
        for key in ["title", "detail", "instance"] {
            assert!(!text(key).trim().is_empty(), "the problem's {key} is empty: {self}");
        }
        Problem { body, shown: self.to_string() }
    }
}

/// A problem (RFC 9457).
#[derive(Clone, Debug)]
pub struct Problem {
    body: Value,
    shown: String,
}

impl Problem {
    /// The whole body.
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// What it says, for a reader.
    pub fn detail(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }

    /// The detail says this.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        let whole = self.body.to_string();
        assert!(whole.contains(words), "no {words:?} in {}", self.shown);
        self
    }

    /// The code of what is wrong with a parameter.
    #[track_caller]
    pub fn code_of(&self, parameter: &str) -> String {
        self.names_parameter(parameter);
        let error = self.errors().find(|error| error["parameter"] == parameter);
        error.and_then(|error| error["code"].as_str()).unwrap_or_default().to_owned()
    }

    /// What it says about a parameter.
    #[track_caller]
    pub fn words_on(&self, parameter: &str) -> String {
        self.names_parameter(parameter);
        let error = self.errors().find(|error| error["parameter"] == parameter);
        error.and_then(|error| error["detail"].as_str()).unwrap_or_default().to_owned()
    }

    /// The query and path parameters it complains about.
    pub fn parameters(&self) -> BTreeSet<String> {
        self.named("parameter")
    }

    /// The places in the body it complains about, as JSON pointers.
    pub fn pointers(&self) -> BTreeSet<String> {
        self.named("pointer")
    }

    fn named(&self, kind: &str) -> BTreeSet<String> {
        self.errors().filter_map(|error| error[kind].as_str()).map(str::to_owned).collect()
    }

    fn errors(&self) -> impl Iterator<Item = &Value> {
        self.body["errors"].as_array().into_iter().flatten()
    }

    /// It names this parameter, with a code and a detail.
    #[track_caller]
    pub fn names_parameter(&self, name: &str) -> &Self {
        self.names("parameter", name)
    }

    /// It names this place of the body, with a code and a detail.
    #[track_caller]
    pub fn names_pointer(&self, pointer: &str) -> &Self {
        self.names("pointer", pointer)
    }

    /// It names exactly these parameters: all the bad ones at once, and none of the good ones.
    #[track_caller]
    pub fn names_parameters(&self, names: &[&str]) -> &Self {
        let wanted: BTreeSet<_> = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(self.parameters(), wanted, "parameters named by {}", self.shown);
        names.iter().for_each(|name| {
            self.names_parameter(name);
        });
        self
    }

    #[track_caller]
    fn names(&self, kind: &str, name: &str) -> &Self {
        let error = self.errors().find(|error| error[kind] == name);
        let error = error.unwrap_or_else(|| panic!("no {kind} {name:?} is named by {}", self.shown));
        for key in ["code", "detail"] {
            let text = error[key].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "the error about {name:?} has no {key} in {}", self.shown);
        }
        self
    }
}
