//! Headers that go with every answer of a kind.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// What a page of ours may load: nothing but the styles whose digests are named. Built line by line from nothing.
pub fn page_policy(style_hashes: &[&str]) -> String {
    let mut styles = String::new();
    for hash in style_hashes {
        styles.push_str(" 'sha256-");
        styles.push_str(hash);
        styles.push('\'');
    }
    let styles = if styles.is_empty() { " 'none'".to_owned() } else { styles };
    [
        "default-src 'none'".to_owned(),
        // Inline styles by digest: one request shows the whole page.
        format!("style-src{styles}"),
        // The icon stands in the page itself.
        "img-src data:".to_owned(),
        // Search forms come back to us.
        "form-action 'self'".to_owned(),
        "base-uri 'none'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
    ]
    .join("; ")
}

/// The embedded viewer of the contract is a program with styles of its own; it still talks to nobody else, and only our own page
/// shows it.
pub const VIEWER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/// An answer that is no page loads nothing.
pub const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Headers of every answer.
pub fn guard(headers: &mut HeaderMap) {
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(headers, header::CONTENT_SECURITY_POLICY, DATA_POLICY);
    set(headers, HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
}

/// Headers with which any page of the web may read public data, the limits among it. Never with credentials.
pub fn share(headers: &mut HeaderMap) {
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(
        headers,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "RateLimit, RateLimit-Policy, Retry-After, ETag, Last-Modified, Link, Location, X-Request-Id, Content-Language, Content-Location, WWW-Authenticate",
    );
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
}

/// Headers of the answer to a preflight.
pub fn preflight(headers: &mut HeaderMap) {
    set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS");
    set(
        headers,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        // A key is no credential of the browser's: whoever sends it holds it.
        "Accept, Accept-Language, Authorization, If-None-Match, X-Request-Id, traceparent",
    );
    set(headers, header::ACCESS_CONTROL_MAX_AGE, "86400");
}
