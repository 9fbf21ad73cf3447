//! Forms of pages: that they come from a page of ours, and what was typed into them.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use yuti_openapi::ProblemCode;

use super::body;
use super::failure::{BadValue, Failure};
use super::fields::{Fields, FromFields};
use crate::state::App;

/// The type of a form without files.
const FORM: &str = "application/x-www-form-urlencoded";

/// A form that anybody may send from a page of ours. Other sites' forms are refused by what browsers say of where they
/// come from. A form of somebody who is signed in is a `SignedForm` of `access::session`, which asks for a token as well.
#[derive(Debug)]
pub struct PublicForm(pub Fields);

impl FromRequest for PublicForm {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move { read(&request, &mut payload).await.map(Self) })
    }
}

impl PublicForm {
    /// The value that the fields make, or every bad field with what was typed.
    ///
    /// # Errors
    /// At least one field is bad.
    pub fn read<T: FromFields>(self) -> Result<T, Refused> {
        value(self.0)
    }
}

/// A form that was refused: what is bad, and what was typed.
#[derive(Debug)]
pub struct Refused {
    /// Every bad field.
    pub errors: Vec<BadValue>,
    /// What was typed, by the field's name.
    pub typed: Typed,
}

/// What was typed into a form, to be shown again.
#[derive(Clone, Debug, Default)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// What was typed into fields that were not read yet.
    pub fn of_fields(fields: &Fields) -> Self {
        Self(fields.typed())
    }

    /// One field.
    pub fn one(name: &str, value: &str) -> Self {
        Self(vec![(name.to_owned(), value.to_owned())])
    }

    /// What was typed into a field.
    pub fn of(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// All of it, by the fields' names.
    pub fn all(self) -> Vec<(String, String)> {
        self.0
    }
}

/// The value that fields make, or every bad field with what was typed.
///
/// # Errors
/// At least one field is bad.
pub fn value<T: FromFields>(mut fields: Fields) -> Result<T, Refused> {
    let value = T::from_fields(&mut fields);
    let typed = Typed(fields.typed());
    let errors = fields.finish();
    if errors.is_empty() { Ok(value) } else { Err(Refused { errors, typed }) }
}

/// The fields of a form that comes from a page of ours.
///
/// # Errors
/// It comes from elsewhere, is no form, or cannot be read.
pub async fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Fields, Failure> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let app = app.ok_or_else(|| Failure::new(ProblemCode::Internal))?;
    if !of_ours(request.headers(), &app.public_url) {
        return Err(Failure::new(ProblemCode::FormRefused));
    }
    body::of_type(request, FORM)?;
    Fields::form(&body::whole(&app, request, payload).await?)
}

/// Whether a form comes from a page of ours, by what the browser says. `Sec-Fetch-Site` cannot be forged by a page; older
/// browsers send `Origin` with every form. Whoever sends neither is no browser, and carries nobody's cookies.
pub fn of_ours(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => {
            let Ok(origin) = origin.to_str() else { return false };
            let ours = origin_of(public_url);
            let host = text(header::HOST).unwrap_or_default();
            let asked = origin.split_once("://").map_or("", |(_, authority)| authority);
            (!ours.is_empty() && origin.eq_ignore_ascii_case(ours))
                || (!host.is_empty() && asked.eq_ignore_ascii_case(host))
        }
    }
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> &str {
    let Some(begin) = url.find("://").map(|place| place + 3) else { return "" };
    let rest = url.get(begin..).unwrap_or_default();
    let end = rest.find('/').map_or(url.len(), |place| begin + place);
    url.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn ours(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        of_ours(&headers, "https://yuti.example/lifts")
    }

    #[test]
    fn only_pages_of_ours_may_send_forms() {
        for (pairs, taken) in [
            (vec![("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], true),
            (vec![("sec-fetch-site", "none")], true),
            (vec![("sec-fetch-site", "same-site"), ("origin", "https://yuti.example")], false),
            (vec![("sec-fetch-site", "cross-site")], false),
            (vec![("origin", "https://yuti.example")], true),
            (vec![("origin", "https://yuti.example.evil.example")], false),
            (vec![("origin", "https://evil.example")], false),
            (vec![("origin", "null")], false),
            (vec![("origin", "http://10.0.0.7:8080"), ("host", "10.0.0.7:8080")], true),
            (vec![("origin", "http://10.0.0.7:8081"), ("host", "10.0.0.7:8080")], false),
            (vec![("host", "")], true),
            (vec![("origin", "://"), ("host", "")], false),
        ] {
            assert_eq!(ours(&pairs), taken, "{pairs:?}");
        }
    }
}
