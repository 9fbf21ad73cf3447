//! What every page shares: the frame it is rendered in, the reader's choices, and its headers.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use yuti_entity::source;
use yuti_portal::{City, Frame, IdentifierKind, Rendered, RescueLine, TextSize, Theme};

use super::answer::{Answer, CachePolicy, HTML};
use super::extract::Call;
use super::failure::Failure;
use super::headers::page_policy;
use super::params::decode;
use crate::profile::Profile;
use crate::state::App;

/// The cookie of a reader who chose a size of text or colours. There is none for anybody else.
const CHOICES: &str = "yuti_view";

/// What the pages take from the profile.
pub fn city(profile: &Profile, today: chrono::NaiveDate, public_url: &str) -> City {
    let line = &profile.rescue_line;
    let kind = |kind: &crate::profile::IdentifierKind| IdentifierKind {
        key: kind.key.clone(),
        label_zh: kind.label_zh.clone(),
        label_en: kind.label_en.clone(),
        description_zh: kind.searchable.then(|| kind.description_zh.clone()),
        description_en: kind.searchable.then(|| kind.description_en.clone()),
    };
    let interval = profile.policy().number("maintenance_interval", today).ok();
    City {
        name_zh: profile.name_zh.clone(),
        name_en: profile.name_en.clone(),
        rescue_line: RescueLine {
            number: line.number.clone(),
            code_identifier_kind: line.code_identifier_kind.clone(),
            beside_code: (line.beside_code_zh.clone(), line.beside_code_en.clone()),
            without_code: (line.without_code_zh.clone(), line.without_code_en.clone()),
        },
        identifier_kinds: profile.identifier_kinds.iter().map(kind).collect(),
        pilot: profile.policy().pilot().is_some(),
        maintenance_interval_days: interval.and_then(|days| u32::try_from(days).ok()),
        inspection_binds_use: profile.inspection_binds_use,
        public_url: public_url.to_owned(),
    }
}

/// The reader's choices, from the cookie.
fn choices(request: &HttpRequest) -> (TextSize, Theme) {
    let Some(cookie) = request.cookie(CHOICES) else { return Default::default() };
    let part =
        |name: &str| cookie.value().split('.').find_map(|part| part.strip_prefix(name)).map(str::to_owned);
    let text = part("text-").and_then(|key| TextSize::from_key(&key)).unwrap_or_default();
    let theme = part("theme-").and_then(|key| Theme::from_key(&key)).unwrap_or_default();
    (text, theme)
}

/// A parameter of a page's query. Pages ignore what they do not know and what cannot be read: messengers append their own.
pub fn parameter(request: &HttpRequest, name: &str) -> Option<String> {
    let mut pairs = request.query_string().split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.find(|(key, _)| *key == name).and_then(|(_, value)| decode(value))?;
    let value: String = value.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    (!value.is_empty()).then_some(value)
}

/// The frame of a page.
///
/// # Errors
/// Whatever the database refuses.
pub async fn frame(app: &App, call: &Call, request: &HttpRequest) -> Result<Frame, Failure> {
    let demonstration = source::Entity::find().filter(source::Column::Demonstration.eq(true)).count(&app.db);
    Ok(plain_frame(app, call, request, demonstration.await? > 0))
}

/// The frame of a page that must come even where the database does not answer.
pub fn plain_frame(app: &App, call: &Call, request: &HttpRequest, demo: bool) -> Frame {
    let (text, theme) = choices(request);
    let path = request.uri().path_and_query().map_or("/", |text| text.as_str());
    // An over-long address must not come back in every link of the page that refuses it.
    let path = if path.len() > app.config.http.max_uri_bytes { "/" } else { path };
    let path = match (call.language_in_path, path.get(3..)) {
        (true, Some(rest)) if rest.starts_with('/') => rest.to_owned(),
        (true, _) => "/".to_owned(),
        (false, _) => path.to_owned(),
    };
    Frame {
        language: call.language,
        text,
        theme,
        path,
        demo,
        as_of: app.now().with_timezone(&app.profile.time_zone).naive_local(),
        city: Arc::clone(&app.city),
    }
}

/// A rendered page as an answer.
pub fn answer(rendered: Rendered, call: &Call) -> Answer {
    let policy = page_policy(&rendered.style_hashes);
    Answer::whole(HTML, rendered.html)
        .language(call.language, !call.language_in_path)
        .header(header::CONTENT_SECURITY_POLICY, policy)
        .header(header::VARY, "Cookie")
}

/// A rendered page that is about whoever asks, or leads to such: nobody keeps it, and its address is told to no other site. Not
/// `no-referrer`: browsers would then also hide where our own forms come from.
pub fn private(rendered: Rendered, call: &Call) -> Answer {
    answer(rendered, call).cache(CachePolicy::NoStore).header(header::REFERRER_POLICY, "strict-origin")
}

/// The links to large text and to other colours: remembers the choice and leads back to the page without the parameter.
pub fn chosen(app: &App, request: &HttpRequest) -> Option<Answer> {
    let text = parameter(request, "text").and_then(|key| TextSize::from_key(&key));
    let theme = parameter(request, "theme").and_then(|key| Theme::from_key(&key));
    if text.is_none() && theme.is_none() {
        return None;
    }
    let (known_text, known_theme) = choices(request);
    let (text, theme) = (text.unwrap_or(known_text), theme.unwrap_or(known_theme));
    let mut cookie = Cookie::build(CHOICES, format!("text-{}.theme-{}", text.key(), theme.key()))
        .path("/")
        .max_age(Duration::days(365))
        .same_site(SameSite::Lax)
        .secure(app.public_url.starts_with("https://"))
        .http_only(true)
        .finish();
    if (text, theme) == Default::default() {
        // Whoever goes back to the defaults has chosen nothing, and needs no cookie.
        cookie.set_value("");
        cookie.set_max_age(Duration::ZERO);
    }
    let query: Vec<&str> = request
        .query_string()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("text=") && !pair.starts_with("theme="))
        .collect();
    let joint = if query.is_empty() { "" } else { "?" };
    let back = format!("{}{joint}{}", request.uri().path(), query.join("&"));
    Some(redirect(&back).header(header::SET_COOKIE, cookie.to_string()))
}

/// Leads on to a path of ours.
pub fn redirect(path: &str) -> Answer {
    // Two slashes at the beginning would name another host.
    let path = format!("/{}", path.trim_start_matches('/'));
    Answer::whole(HTML, "")
        .status(StatusCode::SEE_OTHER)
        .cache(CachePolicy::NoStore)
        .header(header::LOCATION, path)
}

/// Leads from a folder's name to the folder.
pub async fn with_slash(request: HttpRequest) -> Answer {
    redirect(&format!("{}/", request.path().trim_end_matches('/')))
}
