//! Changes of existing things say which version they are about (RFC 9110, 13.1.1): nobody overwrites what they have not seen.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use yuti_openapi::ProblemCode;

use super::failure::Failure;

/// The strong tag of a version of a thing, before the name of a packing.
pub fn version_tag(version: i32) -> String {
    format!("v{version}")
}

/// `If-Match` of a change. Without the header the change is refused (428), with another version's tag as well (412).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(Vec<String>);

impl IfMatch {
    /// Refuses a change that is about another version than the present one. The tag of any packing of it holds: who read
    /// it packed has seen the same.
    ///
    /// # Errors
    /// The thing has changed since it was read.
    pub fn fits(&self, version: i32) -> Result<(), Failure> {
        let present = version_tag(version);
        let same = |tag: &String| tag == "*" || tag.split('-').next() == Some(present.as_str());
        if self.0.iter().any(same) {
            return Ok(());
        }
        Err(Failure::new(ProblemCode::PreconditionFailed))
    }

    fn read(request: &HttpRequest) -> Result<Self, Failure> {
        let given = request.headers().get_all(header::IF_MATCH).filter_map(|value| value.to_str().ok());
        let tags: Vec<String> = given
            .flat_map(|value| value.split(','))
            .map(str::trim)
            // A weak tag never matches here.
            .filter(|tag| !tag.is_empty() && !tag.starts_with("W/"))
            .map(|tag| tag.trim_matches('"').to_owned())
            .collect();
        if request.headers().contains_key(header::IF_MATCH) {
            return Ok(Self(tags));
        }
        Err(Failure::new(ProblemCode::PreconditionRequired))
    }
}

impl FromRequest for IfMatch {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use actix_web::test::TestRequest;

    use super::*;

    fn outcome(values: &[&str], version: i32) -> Result<(), ProblemCode> {
        let mut request = TestRequest::default();
        for value in values {
            request = request.append_header((header::IF_MATCH, *value));
        }
        IfMatch::read(&request.to_http_request())
            .and_then(|known| known.fits(version))
            .map_err(|failure| failure.code)
    }

    #[test]
    fn a_change_is_about_the_version_that_was_read() {
        for (values, holds) in [
            (vec!["\"v7\""], Ok(())),
            (vec!["\"v7-gzip\""], Ok(())),
            (vec!["\"v6\", \"v7-br\""], Ok(())),
            (vec!["\"v6\"", "\"v7\""], Ok(())),
            (vec!["*"], Ok(())),
            (vec!["\"v70\""], Err(ProblemCode::PreconditionFailed)),
            (vec!["W/\"v7\""], Err(ProblemCode::PreconditionFailed)),
            (vec![""], Err(ProblemCode::PreconditionFailed)),
            (vec![], Err(ProblemCode::PreconditionRequired)),
        ] {
            assert_eq!(outcome(&values, 7), holds, "{values:?}");
        }
    }
}
