//! Words of a search as conditions of a query.

use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query as SubQuery, SelectStatement};
use sea_orm::{ColumnTrait, Condition};
use yuti_entity::{elevator, elevator_identifier, organisation};

/// Every word must be found: as the beginning of an identifier, or within place or a unit's name.
pub(super) fn searched(text: &str) -> Condition {
    let mut all = Condition::all();
    for word in text.split_whitespace().take(8) {
        all = all.add(word_condition(word));
    }
    all
}

/// What a register says about the place of an elevator, as its page shows it and without blanks: registers write them round
/// figures, people do not.
const PLACE: &str = "replace(lower(coalesce((SELECT district.name_zh FROM district WHERE district.code = elevator.district_code), '') \
     || coalesce(elevator.address, '') || '|' || coalesce(elevator.building, '') || coalesce(elevator.internal_number, '') \
     || '|' || coalesce((SELECT district.name_en FROM district WHERE district.code = elevator.district_code), '')), ' ', '')";
/// A unit's name in the same form.
const UNIT: &str = "replace(lower(organisation.name), ' ', '')";

fn word_condition(word: &str) -> Condition {
    use elevator::Column;
    if !word.chars().any(char::is_alphanumeric) {
        // Signs alone stand in many names and mean none of them.
        return Condition::all().add(Expr::cust("1 = 0"));
    }
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
pub(super) fn beginning_with(identifier: &str) -> SelectStatement {
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
