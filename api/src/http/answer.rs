//! Finished answers: body, strong tag for each encoding, cache policy, 304.

use std::io::Write as _;
use std::pin::Pin;

use actix_web::body::{BodyStream, BoxBody};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{Stream, StreamExt as _};
use serde::Serialize;
use sha2::{Digest, Sha256};
use yuti_openapi::Language;

use super::conditional::version_tag;
use super::failure::Failure;
use super::negotiate::{self, Encoding};

/// How long an answer may be kept by others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachePolicy {
    /// Public, asked for again each time by its tag, so that what ended is gone everywhere at once.
    Revalidate,
    /// Never changes under its address.
    Immutable,
    /// Not to be kept: it is about the caller or the moment.
    NoStore,
}

impl CachePolicy {
    /// The value of `Cache-Control`.
    pub fn header(self) -> &'static str {
        match self {
            Self::Revalidate => "public, no-cache",
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::NoStore => "no-store",
        }
    }
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Failure>>>>;

enum Body {
    Whole(Bytes),
    Stream(Chunks),
}

/// An answer before it meets the request's wishes about encoding and freshness.
pub struct Answer {
    status: StatusCode,
    content_type: &'static str,
    body: Body,
    cache: CachePolicy,
    last_modified: Option<DateTime<Utc>>,
    language: Option<Language>,
    negotiated_language: bool,
    version: Option<i32>,
    headers: Vec<(header::HeaderName, String)>,
}

/// JSON.
pub const JSON: &str = "application/json";
/// JSON, one item a line.
pub const NDJSON: &str = "application/x-ndjson";
/// Signed notes.
pub const NOTE: &str = "text/plain; charset=utf-8";
/// Problems.
pub const PROBLEM: &str = "application/problem+json";
/// Pages.
pub const HTML: &str = "text/html; charset=utf-8";

impl Answer {
    /// An answer whose body is finished.
    pub fn whole(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            body: Body::Whole(body.into()),
            cache: CachePolicy::Revalidate,
            last_modified: None,
            language: None,
            negotiated_language: false,
            version: None,
            headers: Vec::new(),
        }
    }

    /// A value as JSON.
    ///
    /// # Errors
    /// A value that cannot be written as JSON: a fault of ours.
    pub fn json(value: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self::whole(JSON, serde_json::to_vec(value).map_err(Failure::internal)?))
    }

    /// An answer that is made while it is sent.
    pub fn stream(
        content_type: &'static str,
        chunks: impl Stream<Item = Result<Bytes, Failure>> + 'static,
    ) -> Self {
        let mut answer = Self::whole(content_type, Bytes::new());
        answer.body = Body::Stream(Box::pin(chunks));
        answer
    }

    /// Another status than 200.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Another cache policy than asking again each time.
    #[must_use]
    pub fn cache(mut self, cache: CachePolicy) -> Self {
        self.cache = cache;
        self
    }

    /// When what it shows last changed.
    #[must_use]
    pub fn last_modified(mut self, at: Option<DateTime<Utc>>) -> Self {
        self.last_modified = at;
        self
    }

    /// The language of the body, and whether the request's headers chose it.
    #[must_use]
    pub fn language(mut self, language: Language, negotiated: bool) -> Self {
        self.language = Some(language);
        self.negotiated_language = negotiated;
        self
    }

    /// Of a thing that its readers may change: the tag names its version, so that `If-Match` can say which was seen.
    #[must_use]
    pub fn version(mut self, version: i32) -> Self {
        self.version = Some(version);
        self
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn head(&self, builder: &mut HttpResponseBuilder) {
        builder.insert_header((header::CACHE_CONTROL, self.cache.header()));
        let mut vary = vec!["Accept-Encoding", "Accept"];
        if self.negotiated_language {
            vary.push("Accept-Language");
        }
        builder.insert_header((header::VARY, vary.join(", ")));
        if let Some(at) = self.last_modified {
            builder
                .insert_header((header::LAST_MODIFIED, at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        }
        if let Some(language) = self.language {
            builder.insert_header((header::CONTENT_LANGUAGE, language.tag()));
        }
        for (name, value) in &self.headers {
            builder.append_header((name.clone(), value.as_str()));
        }
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<BoxBody> {
        let wished = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        let encoding = negotiate::encoding(wished);
        let mut builder = HttpResponse::build(self.status);
        self.head(&mut builder);
        match self.body {
            Body::Whole(body) => {
                // A short body is not worth packing, and its tag must say which bytes were sent.
                let encoding = if body.len() < 256 || is_packed(self.content_type) {
                    Encoding::Identity
                } else {
                    encoding
                };
                let tag = match self.version {
                    Some(version) => format!("\"{}{}\"", version_tag(version), encoding.suffix()),
                    None => tag(&body, encoding),
                };
                let fresh = self.status == StatusCode::OK && matches_tag(request, &tag);
                if self.cache != CachePolicy::NoStore || self.version.is_some() {
                    builder.insert_header((header::ETAG, tag));
                }
                if fresh && self.cache != CachePolicy::NoStore {
                    return builder.status(StatusCode::NOT_MODIFIED).finish();
                }
                builder.insert_header((header::CONTENT_TYPE, self.content_type));
                encoding.note(&mut builder);
                builder.body(encoding.pack(body))
            }
            Body::Stream(chunks) => {
                builder.insert_header((header::CONTENT_TYPE, self.content_type));
                if negotiate::encoding_among(wished, &[Encoding::Gzip]) == Encoding::Identity {
                    return builder.body(BodyStream::new(chunks));
                }
                Encoding::Gzip.note(&mut builder);
                builder.body(BodyStream::new(gzip(chunks)))
            }
        }
    }
}

/// Whether bytes of this type hold nothing that packing could take out.
fn is_packed(content_type: &str) -> bool {
    content_type.starts_with("image/") || content_type == "application/pdf"
}

/// A strong tag: a digest of the bytes before packing and the packing's name.
fn tag(body: &Bytes, encoding: Encoding) -> String {
    let digest = Sha256::digest(body);
    let hex = digest.iter().take(12).fold(String::with_capacity(24), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    });
    format!("\"{hex}{}\"", encoding.suffix())
}

/// `If-None-Match` compares weakly (RFC 9110, 13.1.2).
fn matches_tag(request: &HttpRequest, tag: &str) -> bool {
    let mut given = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    given.any(|value| {
        value.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
    })
}

/// Packs a stream chunk by chunk, so that nothing is held back until the end.
fn gzip(chunks: Chunks) -> impl Stream<Item = Result<Bytes, Failure>> {
    let state = (chunks, Some(GzEncoder::new(Vec::new(), Compression::fast())));
    futures_util::stream::unfold(state, |(mut chunks, encoder)| async move {
        let mut encoder = encoder?;
        match chunks.next().await {
            Some(Ok(chunk)) => {
                let packed = encoder.write_all(&chunk).and_then(|()| encoder.flush());
                match packed {
                    Ok(()) => {
                        let bytes = Bytes::from(std::mem::take(encoder.get_mut()));
                        Some((Ok(bytes), (chunks, Some(encoder))))
                    }
                    Err(cause) => Some((Err(Failure::internal(cause)), (chunks, None))),
                }
            }
            Some(Err(failure)) => Some((Err(failure), (chunks, None))),
            None => Some((encoder.finish().map(Bytes::from).map_err(Failure::internal), (chunks, None))),
        }
    })
}
