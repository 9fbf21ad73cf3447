//! Requests of units as pages: the form, the page on which whoever asked follows it, and the bureau's side.

mod asking;
mod deciding;
mod following;

pub use asking::{ask, asking};
pub use deciding::{accept, file, list, refuse, view};
pub use following::{follow, open, withdraw};

use yuti_openapi::Language;

use super::Parts;
use crate::state::App;

fn parts(app: &App) -> Parts<'_> {
    Parts { accounts: &app.accounts, files: &app.files }
}

/// The name of a bureau. One that is gone stands for itself.
fn bureau(app: &App, key: &str, language: Language) -> String {
    let known = app.reference.bureau(key);
    known.map_or_else(|| key.to_owned(), |row| language.pick(&row.name_zh, &row.name_en).to_owned())
}
