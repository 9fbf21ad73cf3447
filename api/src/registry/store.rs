//! Queries of the register. Plain functions; what may be asked and what follows from it is elsewhere.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query as SubQuery};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, Order, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use yuti_entity::{annotation, elevator, elevator_identifier, elevator_quality, organisation, past_version};
use yuti_openapi::identifier::LONGEST_IDENTIFIER;
use yuti_openapi::vocabulary::{ChangeSubject, ElevatorStatus, QualityFlag};
use yuti_openapi::{ElevatorId, Uscc};

use super::rules;

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
    /// Code of the using unit.
    pub using_unit: Option<Uscc>,
    /// Code of the maintenance unit.
    pub maintenance_unit: Option<Uscc>,
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
    pub fn condition(&self, today: NaiveDate) -> Condition {
        use elevator::Column;
        let unit = |column: Column, code: &Uscc| {
            let ids = SubQuery::select()
                .column(organisation::Column::Id)
                .from(organisation::Entity)
                .and_where(organisation::Column::Uscc.eq(code.as_str()))
                .take();
            column.in_subquery(ids)
        };
        Condition::all()
            .add_option(self.district.as_ref().map(|code| Column::DistrictCode.eq(code)))
            .add_option(self.pilot.map(|pilot| marked(today, pilot)))
            .add_option(self.status.map(|status| rules::status_condition(status, today)))
            .add_option(self.category.as_ref().map(|code| Column::CategoryCode.eq(code)))
            .add_option(self.using_unit.as_ref().map(|code| unit(Column::UsingUnitId, code)))
            .add_option(self.maintenance_unit.as_ref().map(|code| unit(Column::MaintenanceUnitId, code)))
            .add_option(self.quality.map(doubted))
            .add_option(self.updated_since.map(|since| Column::RecordedAt.gte(since)))
            .add_option(self.search.as_deref().map(searched))
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

/// Every word must be found: as the beginning of an identifier, or within place or a unit's name.
fn searched(text: &str) -> Condition {
    let mut all = Condition::all();
    for word in text.split_whitespace().take(8) {
        all = all.add(word_condition(word));
    }
    all
}

/// What a register writes about the place of an elevator, without blanks: registers write them round figures, people do not.
const PLACE: &str = "replace(lower(coalesce(elevator.address, '') || '|' || coalesce(elevator.building, '') \
     || coalesce(elevator.internal_number, '')), ' ', '')";
/// A unit's name in the same form.
const UNIT: &str = "replace(lower(organisation.name), ' ', '')";

fn word_condition(word: &str) -> Condition {
    use elevator::Column;
    let pattern = format!("%{}%", escaped(&word.to_lowercase()));
    let within = |text: &'static str| Expr::cust(text).like(LikeExpr::new(pattern.clone()).escape('!'));
    let units = SubQuery::select()
        .column(organisation::Column::Id)
        .from(organisation::Entity)
        .and_where(within(UNIT))
        .take();
    let mut any = Condition::any()
        .add(within(PLACE))
        .add(Column::UsingUnitId.in_subquery(units.clone()))
        .add(Column::MaintenanceUnitId.in_subquery(units));
    let identifier = yuti_openapi::normalise_identifier(word);
    if identifier.chars().count() >= 2 {
        any = any.add(Expr::col((elevator::Entity, Column::Id)).in_subquery(beginning_with(&identifier)));
    }
    any
}

/// Elevators with an identifier that begins so, as a range: the column is compared by bytes on both databases, so that its
/// index serves this.
fn beginning_with(identifier: &str) -> sea_orm::sea_query::SelectStatement {
    use elevator_identifier::Column;
    SubQuery::select()
        .column(Column::ElevatorId)
        .from(elevator_identifier::Entity)
        .and_where(Column::ValueNorm.gte(identifier))
        .and_where(Column::ValueNorm.lt(format!("{identifier}\u{10ffff}")))
        .take()
}

fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
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
    let query = elevator::Entity::find().filter(filter.condition(today));
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
    let instant = || -> Result<DateTime<Utc>, DbErr> {
        let micros = value.and_then(|text| text.parse::<i64>().ok()).ok_or_else(wrong)?;
        DateTime::from_timestamp_micros(micros).ok_or_else(wrong)
    };
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
            let day: NaiveDate = value.and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
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
    elevator::Entity::find().filter(filter.condition(today)).count(db).await
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

/// An elevator's row and the kind of identifier by which it was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The row.
    pub row: elevator::Model,
    /// The identifier's kind.
    pub kind: String,
}

/// Every elevator that carries an identifier, now or in the past. Those that carry it now come alone if there are any:
/// a number that was given to another elevator means that one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_identifier(
    db: &impl ConnectionTrait,
    asked: &str,
    today: NaiveDate,
) -> Result<Vec<Found>, DbErr> {
    if let Ok(ElevatorId(id)) = asked.trim().to_ascii_lowercase().parse::<ElevatorId>()
        && let Some(row) = elevator::Entity::find_by_id(id).one(db).await?
    {
        return Ok(vec![Found { row, kind: "id".to_owned() }]);
    }
    let identifier = yuti_openapi::normalise_identifier(asked);
    if identifier.is_empty() || identifier.chars().count() > LONGEST_IDENTIFIER {
        return Ok(Vec::new());
    }
    let mut carried = elevator_identifier::Entity::find()
        .filter(elevator_identifier::Column::ValueNorm.eq(identifier))
        .order_by_asc(elevator_identifier::Column::ElevatorId)
        .limit(MOST_CHOICES)
        .all(db)
        .await?;
    let now = |one: &elevator_identifier::Model| one.until.is_none_or(|until| until >= today);
    if carried.iter().any(now) {
        carried.retain(now);
    }
    carried.dedup_by_key(|one| one.elevator_id);
    let ids = carried.iter().map(|one| one.elevator_id);
    let rows = elevator::Entity::find().filter(elevator::Column::Id.is_in(ids)).all(db).await?;
    let mut rows: HashMap<i64, elevator::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let found = carried
        .into_iter()
        .filter_map(|one| Some(Found { row: rows.remove(&one.elevator_id)?, kind: one.kind }));
    Ok(found.collect())
}

/// The most choices that are offered for one identifier. A house can have more elevators than anyone reads through.
const MOST_CHOICES: u64 = 200;

/// Elevators whose identifiers are near to one that nobody carries: those that share its beginning.
///
/// # Errors
/// Whatever the database refuses.
pub async fn near(db: &impl ConnectionTrait, asked: &str, most: u64) -> Result<Vec<Found>, DbErr> {
    let mut stem: Vec<char> =
        yuti_openapi::normalise_identifier(asked).chars().take(LONGEST_IDENTIFIER).collect();
    while stem.len() >= 3 {
        stem.pop();
        let beginning: String = stem.iter().collect();
        let rows = elevator::Entity::find()
            .filter(
                Expr::col((elevator::Entity, elevator::Column::Id)).in_subquery(beginning_with(&beginning)),
            )
            .order_by_asc(elevator::Column::Id)
            .limit(most)
            .all(db)
            .await?;
        if !rows.is_empty() {
            return Ok(rows.into_iter().map(|row| Found { row, kind: "near".to_owned() }).collect());
        }
    }
    Ok(Vec::new())
}

/// Versions of an elevator that were superseded, newest first, below a number.
///
/// # Errors
/// Whatever the database refuses.
pub async fn past(
    db: &impl ConnectionTrait,
    id: i64,
    below: i32,
    limit: u64,
) -> Result<Vec<past_version::Model>, DbErr> {
    past_version::Entity::find()
        .filter(past_version::Column::Subject.eq(ChangeSubject::Elevator))
        .filter(past_version::Column::SubjectId.eq(id))
        .filter(past_version::Column::Version.lt(below))
        .order_by_desc(past_version::Column::Version)
        .limit(limit)
        .all(db)
        .await
}

/// What a list of organisations is narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playing {
    /// Units that run elevators.
    Using,
    /// Units that maintain elevators.
    Maintaining,
}

/// A page of organisations after a number.
///
/// # Errors
/// Whatever the database refuses.
pub async fn organisations(
    db: &impl ConnectionTrait,
    role: Option<Playing>,
    after: i64,
    limit: u64,
) -> Result<Vec<organisation::Model>, DbErr> {
    let mut query = organisation::Entity::find().filter(organisation::Column::Id.gt(after));
    if let Some(role) = role {
        query = query.filter(playing(role));
    }
    query.order_by_asc(organisation::Column::Id).limit(limit).all(db).await
}

/// How many organisations match.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count_organisations(db: &impl ConnectionTrait, role: Option<Playing>) -> Result<u64, DbErr> {
    let mut query = organisation::Entity::find();
    if let Some(role) = role {
        query = query.filter(playing(role));
    }
    query.count(db).await
}

fn playing(role: Playing) -> Expr {
    let column = match role {
        Playing::Using => elevator::Column::UsingUnitId,
        Playing::Maintaining => elevator::Column::MaintenanceUnitId,
    };
    let ids = SubQuery::select().column(column).from(elevator::Entity).and_where(column.is_not_null()).take();
    Expr::col((organisation::Entity, organisation::Column::Id)).in_subquery(ids)
}

/// An organisation by its code.
///
/// # Errors
/// Whatever the database refuses.
pub async fn organisation(
    db: &impl ConnectionTrait,
    code: &Uscc,
) -> Result<Option<organisation::Model>, DbErr> {
    organisation::Entity::find().filter(organisation::Column::Uscc.eq(code.as_str())).one(db).await
}

/// How many elevators each of the units uses and maintains.
///
/// # Errors
/// Whatever the database refuses.
pub async fn fleets(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, (i64, i64)>, DbErr> {
    let mut fleets: HashMap<i64, (i64, i64)> = HashMap::new();
    for (id, number) in fleet(db, elevator::Column::UsingUnitId, ids).await? {
        fleets.entry(id).or_default().0 = number;
    }
    for (id, number) in fleet(db, elevator::Column::MaintenanceUnitId, ids).await? {
        fleets.entry(id).or_default().1 = number;
    }
    Ok(fleets)
}

async fn fleet(
    db: &impl ConnectionTrait,
    column: elevator::Column,
    ids: &[i64],
) -> Result<Vec<(i64, i64)>, DbErr> {
    elevator::Entity::find()
        .select_only()
        .column(column)
        .column_as(elevator::Column::Id.count(), "number")
        .filter(column.is_in(ids.iter().copied()))
        .group_by(column)
        .into_tuple()
        .all(db)
        .await
}
