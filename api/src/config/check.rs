//! What settings may be, as far as their types do not say it.

use std::net::SocketAddr;

use actix_web::http::Uri;

use super::errors::error;
use super::{Config, ConfigError};

impl Config {
    pub(super) fn check(&mut self) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        while self.public_url.ends_with('/') {
            self.public_url.pop();
        }
        if !self.public_url.is_empty() && !is_an_origin(&self.public_url) {
            errors.push(error(
                "public_url",
                "is not the address of a server on the web",
                "write it like https://yuti.example or https://yuti.example:8443: no name and password, no path, no ? and #",
            ));
        }
        let url = &self.database_url;
        if !url.is_empty()
            && !["postgres://", "postgresql://", "sqlite:"].iter().any(|known| url.starts_with(known))
        {
            errors.push(error(
                "database_url",
                "is no database this service knows",
                "begin it with postgres:// or sqlite://, or leave it empty",
            ));
        }
        let readable = match url.split_once(':') {
            Some(("sqlite", _)) => url.parse::<sea_orm::sqlx::sqlite::SqliteConnectOptions>().is_ok(),
            Some(("postgres" | "postgresql", _)) => {
                url.parse::<sea_orm::sqlx::postgres::PgConnectOptions>().is_ok()
            }
            _ => true,
        };
        if !readable {
            // Without the driver's own words, which repeat the address and the password in it.
            errors.push(error(
                "database_url",
                "cannot be read",
                "write it like postgres://name:password@host:5432/database, with special characters percent-encoded",
            ));
        }
        if let Err(cause) = crate::profile::Profile::load(&self.profile) {
            errors.push(error(
                "profile",
                cause.to_string(),
                "name a shipped profile (chongqing) or the path of a profile file that is whole",
            ));
        }
        if !self.redis_url.is_empty()
            && redis::IntoConnectionInfo::into_connection_info(self.redis_url.as_str()).is_err()
        {
            errors.push(error(
                "redis_url",
                "cannot be read",
                "write it like redis://127.0.0.1:6379, or rediss:// with TLS, or leave it empty",
            ));
        }
        if !(1..=1000).contains(&self.database_connections) {
            errors.push(error("database_connections", "is out of range", "choose 1 to 1000"));
        }
        if !(1..=1000).contains(&self.scans.connections) {
            errors.push(error("scans.connections", "is out of range", "choose 1 to 1000"));
        }
        if self.scans.wait_seconds > 60 {
            errors.push(error("scans.wait_seconds", "is out of range", "choose 0 to 60"));
        }
        if !(1..=600).contains(&self.scans.seconds) {
            errors.push(error("scans.seconds", "is out of range", "choose 1 to 600"));
        }
        if self.demo_years > 30 {
            errors.push(error("demo_years", "is out of range", "choose 0 to 30"));
        }
        if !(1..=3600).contains(&self.http.body_seconds) {
            errors.push(error("http.body_seconds", "is out of range", "choose 1 to 3600"));
        }
        let metrics = &self.metrics.listen;
        match metrics.parse::<SocketAddr>() {
            _ if metrics.is_empty() => {}
            Err(_) => errors.push(error(
                "metrics.listen",
                format!("`{metrics}` is no address and port"),
                "write it like 127.0.0.1:9091, or leave it empty",
            )),
            Ok(address) if collide(address, self.listen) => errors.push(error(
                "metrics.listen",
                format!("`{metrics}` is taken by `listen` ({})", self.listen),
                "choose another port; metrics are not for everybody",
            )),
            Ok(_) => {}
        }
        if tracing_subscriber::EnvFilter::try_new(&self.log.level).is_err() {
            errors.push(error("log.level", "is no filter", "use error, warn, info, debug or trace"));
        }
        let origin = &self.seal.origin;
        if origin.len() > 100 || !origin.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+') {
            errors.push(error(
                "seal.origin",
                "is no name of a log",
                "write it like log.yuti.example, without spaces and plus signs, or leave it empty",
            ));
        }
        errors.extend(self.check_limits());
        errors.extend(self.files.check());
        errors.extend(self.accounts.check());
        errors
    }
}

/// Whether a text is scheme, host and perhaps port, and nothing else. Pages link from the root, so that a path would lead nowhere; and the address is
/// printed on every page and answer, so that nobody's password may be in it.
fn is_an_origin(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
    let port = authority.as_str().rsplit_once(':').filter(|(_, port)| !port.ends_with(']'));
    let port_holds = port.is_none_or(|(_, port)| port.parse::<u16>().is_ok_and(|port| port > 0));
    let host = authority.host();
    let named = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.[]:".contains(c));
    // What was written, not what was understood: a parser may be kinder than a browser.
    let bare = address.split_once("://").is_some_and(|(_, rest)| rest == authority.as_str());
    bare && named && port_holds && !authority.as_str().contains('@')
}

/// Whether two addresses cannot be listened on at once.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let everywhere = one.ip().is_unspecified() || other.ip().is_unspecified();
    // Port 0 means any that is free.
    one.port() == other.port() && one.port() != 0 && (everywhere || one.ip() == other.ip())
}
