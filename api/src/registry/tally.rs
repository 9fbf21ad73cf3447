//! Counting elevators by district and status in one pass.

use std::collections::BTreeMap;
use std::ops::Add;

use chrono::NaiveDate;
use sea_orm::sea_query::{CaseStatement, Expr, Func, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use tokio::sync::Mutex;
use yuti_entity::elevator;
use yuti_openapi::vocabulary::{ElevatorStatus, Vocabulary as _};

use super::rules;
use super::store::{self, Filter};
use crate::http::failure::Failure;
use crate::opendata::feed;
use crate::state::App;

/// How many elevators there are, in each status, and with a mark in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All.
    pub total: u64,
    /// In each status, in the order of the vocabulary.
    statuses: [u64; 4],
    /// With a mark 维保试点 in force.
    pub pilot: u64,
}

impl Tally {
    /// How many are in a status.
    pub fn of(&self, status: ElevatorStatus) -> u64 {
        let place = ElevatorStatus::ALL.iter().position(|known| *known == status);
        place.and_then(|place| self.statuses.get(place)).copied().unwrap_or(0)
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let mut statuses = self.statuses;
        for (mine, theirs) in statuses.iter_mut().zip(other.statuses) {
            *mine += theirs;
        }
        Self { total: self.total + other.total, statuses, pilot: self.pilot + other.pilot }
    }
}

fn number_of(condition: Condition) -> SimpleExpr {
    Func::sum(CaseStatement::new().case(condition, 1).finally(0)).into()
}

/// The tally of the whole city, which the front page shows to everybody: counted anew only where the change feed has gone on or
/// another day has begun, because nothing else changes it.
#[derive(Debug, Default)]
pub struct Figures(Mutex<Option<(NaiveDate, i64, Tally)>>);

impl Figures {
    /// The tally as it stands on a day. Whoever comes while it is being counted waits and does not count again.
    ///
    /// # Errors
    /// Whatever the database refuses, or too many people search at the same time.
    pub async fn of(&self, app: &App) -> Result<Tally, Failure> {
        let today = app.today();
        let mut known = app.lanes.patiently(self.0.lock()).await?;
        // Asked before it is counted: a change meanwhile makes it be counted once too often, never once too seldom.
        let place = feed::last(&app.db).await?;
        if let Some((day, at, tally)) = *known
            && (day, at) == (today, place)
        {
            return Ok(tally);
        }
        let turn = app.lanes.search().await?;
        let tallies = by_district(turn.db, &Filter::default(), today).await?;
        let whole = tallies.values().fold(Tally::default(), |sum, one| sum + *one);
        *known = Some((today, place, whole));
        Ok(whole)
    }
}

/// District, all, the four statuses, marked.
type Row = (Option<String>, i64, i64, i64, i64, i64, i64);

/// The tallies of the elevators that match, by district; those without one under the empty code.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_district(
    db: &impl ConnectionTrait,
    filter: &Filter,
    today: NaiveDate,
) -> Result<BTreeMap<String, Tally>, DbErr> {
    let mut query = elevator::Entity::find()
        .select_only()
        .column(elevator::Column::DistrictCode)
        .column_as(elevator::Column::Id.count(), "total");
    for status in ElevatorStatus::ALL {
        query = query.expr_as(number_of(rules::status_condition(*status, today)), status.code());
    }
    let pilot = Condition::all().add(store::marked(today, true));
    let rows: Vec<Row> = query
        .expr_as(number_of(pilot), "pilot")
        .filter(filter.condition(today, db.get_database_backend()))
        .group_by(Expr::col(elevator::Column::DistrictCode))
        .into_tuple()
        .all(db)
        .await?;
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let tallies = rows.into_iter().map(|(code, total, a, b, c, d, pilot)| {
        let tally = Tally { total: count(total), statuses: [a, b, c, d].map(count), pilot: count(pilot) };
        (code.unwrap_or_default(), tally)
    });
    Ok(tallies.collect())
}
