//! Where somebody goes on after they signed in. The wish comes with the address, so that anybody can write it: it is followed to a page
//! of ours or not at all.

use actix_web::HttpRequest;
use actix_web::http::Method;
use yuti_portal::encoded;

use super::can_be_opened;
use crate::http::page;

/// The longest wish that is followed.
const LONGEST: usize = 1_000;

/// A path of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next(String);

impl Next {
    /// A wish, where it is a path of ours. Not followed is what a browser could take for another host: a second slash or a backslash at
    /// the beginning, also behind a language, and anything that is no plain sign.
    #[must_use]
    pub fn wished(text: &str) -> Option<Self> {
        let plain =
            text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let local = path.starts_with('/') && !path.contains("//");
        // Back to the steps themselves would be a way in circles.
        let step = ["/login", "/zh/login", "/en/login"].iter().any(|step| path.starts_with(step));
        (plain && local && !step).then(|| Self(text.to_owned()))
    }

    /// The wish of a request's address.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        Self::wished(&page::parameter(request, "next")?)
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0
    }
}

/// The path of a step, in the request's language, from which it goes on to where the request wanted to go.
pub(super) fn step(request: &HttpRequest, page: &str) -> String {
    let path = request.path();
    let language = ["/zh", "/en"].into_iter().find(|prefix| path.starts_with(&format!("{prefix}/")));
    let to = format!("{}{page}", language.unwrap_or_default());
    match Next::of(request).or_else(|| wanted(request)) {
        Some(next) => format!("{to}?next={}", encoded(next.path())),
        None => to,
    }
}

/// The page that was asked for; of an act that cannot be opened the page above it, on which its button stood.
fn wanted(request: &HttpRequest) -> Option<Next> {
    let path = request.path();
    if *request.method() == Method::GET {
        return Next::wished(request.uri().path_and_query().map_or(path, |whole| whole.as_str()));
    }
    let open =
        if can_be_opened(request) { path } else { path.rsplit_once('/').map_or(path, |(above, _)| above) };
    Next::wished(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_followed() {
        for good in [
            "/",
            "/zh/account",
            "/admin/accounts?role=reader&cursor=x",
            "/e/502718#facts",
            "/zh/search?q=%E6%A2%AF//",
        ] {
            assert_eq!(Next::wished(good).map(|next| next.0).as_deref(), Some(good));
        }
        for bad in [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/zh//evil.example",
            "/\t/evil.example",
            "/x\r\nSet-Cookie: a=b",
            "/梯",
            "/login",
            "/zh/login/second-factor",
            "/ /evil.example",
            "///",
            "data:text/html,x",
        ] {
            assert_eq!(Next::wished(bad), None, "{bad:?}");
        }
        assert_eq!(Next::wished(&format!("/{}", "x".repeat(2_000))), None);
    }
}
