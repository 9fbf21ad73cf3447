//! Queries of the register. Plain functions; what may be asked and what follows from it is elsewhere.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query as SubQuery};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use yuti_entity::{annotation, elevator, elevator_quality, organisation};
use yuti_openapi::OrganisationKey;
use yuti_openapi::vocabulary::{ElevatorStatus, QualityFlag};

mod lookup;
mod units;
mod words;

pub use lookup::{Found, by_identifier, near, past};
pub use units::{Playing, count_organisations, fleets, one_organisation, organisations};

use super::rules;
use crate::moment;

/// What a list of elevators is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// District code.
    pub district: Option<String>,
    /// Whether a mark 维保试点 is in force.
    pub pilot: Option<bool>,
    /// Status of today.
    pub status: Option<ElevatorStatus>,
    /// Category code.
    pub category: Option<String>,
    /// The using unit.
    pub using_unit: Option<OrganisationKey>,
    /// The maintenance unit.
    pub maintenance_unit: Option<OrganisationKey>,
    /// A doubt that is noted.
    pub quality: Option<QualityFlag>,
    /// Recorded at or after this instant.
    pub updated_since: Option<DateTime<Utc>>,
    /// Words of a search: identifiers by prefix, text of address, building and units.
    pub search: Option<String>,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By number, which never changes: no row is skipped or repeated while others change.
    #[default]
    Id,
    /// The same backwards.
    IdDescending,
    /// By the instant of recording: at least once.
    UpdatedAt,
    /// The newest first.
    UpdatedAtDescending,
    /// By the end of the inspection's validity; unknown ones last.
    InspectionValidUntil,
}

/// The words of `sort`.
pub const SORTS: [(&str, Sort); 5] = [
    ("id", Sort::Id),
    ("-id", Sort::IdDescending),
    ("updated_at", Sort::UpdatedAt),
    ("-updated_at", Sort::UpdatedAtDescending),
    ("inspection_valid_until", Sort::InspectionValidUntil),
];

/// A place in a list: after this row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The row's number.
    pub id: i64,
    /// The value of the sorted column.
    pub value: Option<String>,
}

impl Filter {
    /// The filter as a condition of a query on elevators.
    pub fn condition(&self, today: NaiveDate, backend: DbBackend) -> Condition {
        use elevator::Column;
        let unit = |column: Column, key: &OrganisationKey| {
            let ids = SubQuery::select()
                .column(organisation::Column::Id)
                .from(organisation::Entity)
                .and_where(units::is_unit(key))
                .take();
            column.in_subquery(ids)
        };
        Condition::all()
            .add_option(self.district.as_ref().map(|code| Column::DistrictCode.eq(code)))
            .add_option(self.pilot.map(|pilot| marked(today, pilot)))
            .add_option(self.status.map(|status| rules::status_condition(status, today)))
            .add_option(self.category.as_ref().map(|code| Column::CategoryCode.eq(code)))
            .add_option(self.using_unit.as_ref().map(|key| unit(Column::UsingUnitId, key)))
            .add_option(self.maintenance_unit.as_ref().map(|key| unit(Column::MaintenanceUnitId, key)))
            .add_option(self.quality.map(doubted))
            .add_option(self.updated_since.map(|since| Column::RecordedAt.gte(since)))
            .add_option(self.search.as_deref().map(|text| words::searched(text, backend)))
    }
}

/// Elevators on which a mark is in force, or those on which none is.
pub(super) fn marked(today: NaiveDate, pilot: bool) -> Expr {
    use annotation::Column;
    let in_force = SubQuery::select()
        .column(Column::ElevatorId)
        .from(annotation::Entity)
        .and_where(Column::SupersededAt.is_null())
        .and_where(Column::ValidFrom.lte(today))
        .cond_where(Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gte(today)))
        .take();
    let id = Expr::col((elevator::Entity, elevator::Column::Id));
    if pilot { id.in_subquery(in_force) } else { id.not_in_subquery(in_force) }
}

fn doubted(flag: QualityFlag) -> Expr {
    let noted = SubQuery::select()
        .column(elevator_quality::Column::ElevatorId)
        .from(elevator_quality::Entity)
        .and_where(elevator_quality::Column::Flag.eq(flag))
        .take();
    Expr::col((elevator::Entity, elevator::Column::Id)).in_subquery(noted)
}

/// A page of elevators' rows after a place.
///
/// # Errors
/// A place whose value is not of the sorted column, as a [`DbErr::Type`], or whatever the database refuses.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &Filter,
    sort: Sort,
    after: Option<&Place>,
    limit: u64,
    today: NaiveDate,
) -> Result<Vec<elevator::Model>, DbErr> {
    let query = elevator::Entity::find().filter(filter.condition(today, db.get_database_backend()));
    if sort == Sort::InspectionValidUntil {
        return by_validity(db, query, after, limit).await;
    }
    let query = match after {
        Some(place) => query.filter(beyond(sort, place)?),
        None => query,
    };
    ordered(query, sort).limit(limit).all(db).await
}

/// Those with a validity first, by its end, then those without one: two ranges, each served by an index, where one order with
/// the unknown last would have to sort everything.
async fn by_validity(
    db: &impl ConnectionTrait,
    query: Select<elevator::Entity>,
    after: Option<&Place>,
    limit: u64,
) -> Result<Vec<elevator::Model>, DbErr> {
    use elevator::Column;
    let sort = Sort::InspectionValidUntil;
    let mut rows = Vec::new();
    let among_unknown = after.filter(|place| place.value.is_none());
    if among_unknown.is_none() {
        let mut known = query.clone().filter(Column::InspectionValidUntil.is_not_null());
        if let Some(place) = after {
            known = known.filter(beyond(sort, place)?);
        }
        rows = ordered(known, sort).limit(limit).all(db).await?;
    }
    let left = limit.saturating_sub(rows.len() as u64);
    if left > 0 {
        let mut unknown = query.filter(Column::InspectionValidUntil.is_null());
        if let Some(place) = among_unknown {
            unknown = unknown.filter(Column::Id.gt(place.id));
        }
        rows.extend(unknown.order_by_asc(Column::Id).limit(left).all(db).await?);
    }
    Ok(rows)
}

/// Whether a place can be one of this order: what a client sends back may have been made up.
pub fn fits(sort: Sort, place: &Place) -> bool {
    match sort {
        Sort::InspectionValidUntil if place.value.is_none() => true,
        _ => beyond(sort, place).is_ok(),
    }
}

fn ordered(query: Select<elevator::Entity>, sort: Sort) -> Select<elevator::Entity> {
    use elevator::Column;
    match sort {
        Sort::Id => query.order_by_asc(Column::Id),
        Sort::IdDescending => query.order_by_desc(Column::Id),
        Sort::UpdatedAt => query.order_by_asc(Column::RecordedAt).order_by_asc(Column::Id),
        Sort::UpdatedAtDescending => query.order_by_desc(Column::RecordedAt).order_by_desc(Column::Id),
        Sort::InspectionValidUntil => {
            query.order_by_asc(Column::InspectionValidUntil).order_by_asc(Column::Id)
        }
    }
}

fn beyond(sort: Sort, place: &Place) -> Result<Condition, DbErr> {
    use elevator::Column;
    let wrong = || DbErr::Type("the cursor's value is not of the sorted column".to_owned());
    let value = place.value.as_deref();
    let instant =
        || -> Result<DateTime<Utc>, DbErr> { value.and_then(moment::instant_of_micros).ok_or_else(wrong) };
    let pair = |column: Column, value: sea_orm::Value, order: Order| {
        let (past, id) = match order {
            Order::Desc => (column.lt(value.clone()), Column::Id.lt(place.id)),
            _ => (column.gt(value.clone()), Column::Id.gt(place.id)),
        };
        Condition::any().add(past).add(Condition::all().add(column.eq(value)).add(id))
    };
    Ok(match sort {
        Sort::Id => Condition::all().add(Column::Id.gt(place.id)),
        Sort::IdDescending => Condition::all().add(Column::Id.lt(place.id)),
        Sort::UpdatedAt => pair(Column::RecordedAt, instant()?.into(), Order::Asc),
        Sort::UpdatedAtDescending => pair(Column::RecordedAt, instant()?.into(), Order::Desc),
        Sort::InspectionValidUntil => {
            let day: NaiveDate = value.and_then(moment::day).ok_or_else(wrong)?;
            pair(Column::InspectionValidUntil, day.into(), Order::Asc)
        }
    })
}

/// The place of a row in an order.
pub fn place_of(row: &elevator::Model, sort: Sort) -> Place {
    let value = match sort {
        Sort::Id | Sort::IdDescending => None,
        Sort::UpdatedAt | Sort::UpdatedAtDescending => Some(row.recorded_at.timestamp_micros().to_string()),
        Sort::InspectionValidUntil => row.inspection_valid_until.map(|day| day.to_string()),
    };
    Place { id: row.id, value }
}

/// How many elevators match.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter, today: NaiveDate) -> Result<u64, DbErr> {
    elevator::Entity::find().filter(filter.condition(today, db.get_database_backend())).count(db).await
}

/// How many elevators stand in each district.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count_by_district(db: &impl ConnectionTrait) -> Result<HashMap<String, i64>, DbErr> {
    let rows: Vec<(Option<String>, i64)> = elevator::Entity::find()
        .select_only()
        .column(elevator::Column::DistrictCode)
        .column_as(elevator::Column::Id.count(), "number")
        .group_by(elevator::Column::DistrictCode)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(code, number)| Some((code?, number))).collect())
}

/// When the newest fact was recorded.
///
/// # Errors
/// Whatever the database refuses.
pub async fn data_as_of(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    elevator::Entity::find()
        .select_only()
        .column(elevator::Column::RecordedAt)
        .order_by_desc(elevator::Column::RecordedAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await
}
