//! What pages show of accounts: names of people, of bureaus and units, and instants.

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use yuti_entity::{Timestamp, account, organisation};
use yuti_openapi::Language;

use super::super::store;
use crate::access::session::Present;
use crate::http::failure::Failure;
use crate::state::App;

/// An instant where the elevators stand, to the minute.
pub(super) fn time(app: &App, at: Timestamp) -> String {
    at.with_timezone(&app.profile.time_zone).format("%Y-%m-%d %H:%M").to_string()
}

/// The names of units by their numbers.
pub(super) async fn units(app: &App, ids: Vec<i64>) -> Result<HashMap<i64, String>, DbErr> {
    let rows = organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(&app.db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The numbers of the units to which accounts belong.
pub(super) fn unit_ids(rows: &[account::Model]) -> Vec<i64> {
    rows.iter().flat_map(|row| [row.organisation_id, row.home_organisation_id]).flatten().collect()
}

/// Where an account belongs, in words.
pub(super) fn place(
    app: &App,
    units: &HashMap<i64, String>,
    row: (Option<&str>, Option<i64>, Option<i64>),
    language: Language,
) -> Option<String> {
    let (bureau, unit, home) = row;
    let named = |id: Option<i64>| id.and_then(|id| units.get(&id)).map(String::as_str);
    match (bureau.and_then(|key| app.reference.bureau(key)), named(unit), named(home)) {
        (Some(bureau), _, _) => Some(language.pick(&bureau.name_zh, &bureau.name_en).to_owned()),
        (None, Some(unit), Some(home)) => Some(match language {
            Language::Zh => format!("{home}，代{unit}"),
            Language::En => format!("{home}, for {unit}"),
        }),
        (None, Some(unit), None) => Some(unit.to_owned()),
        (None, None, _) => None,
    }
}

/// Name and place of whoever asks.
pub(super) async fn of_holder(
    app: &App,
    who: &Present,
    language: Language,
) -> Result<(String, Option<String>), Failure> {
    let row = store::by_id(&app.db, who.id()).await?.ok_or_else(super::not_found)?;
    let units = units(app, unit_ids(std::slice::from_ref(&row))).await?;
    let of = (row.authority_key.as_deref(), row.organisation_id, row.home_organisation_id);
    Ok((store::name(&app.vault, &row), place(app, &units, of, language)))
}
