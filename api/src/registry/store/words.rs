//! Words of a search as conditions of a query.

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query as SubQuery, SelectStatement};
use sea_orm::{ColumnTrait, Condition, DbBackend};
use yuti_entity::{elevator, elevator_identifier, elevator_search};

use crate::registry::search_text::plain;

/// The most words that are looked for.
const MOST_WORDS: usize = 8;

/// Every word must be found: as the beginning of an identifier, or within place or a unit's name. One pass over the texts answers
/// for all words.
pub(super) fn searched(text: &str, backend: DbBackend) -> Condition {
    let words: Vec<&str> = text.split_whitespace().take(MOST_WORDS).collect();
    if words.is_empty() {
        return Condition::all();
    }
    let mut all = Condition::all();
    for word in words {
        all = all.add(word_condition(word, backend));
    }
    let found = SubQuery::select()
        .column(elevator_search::Column::ElevatorId)
        .from(elevator_search::Entity)
        .cond_where(all)
        .take();
    Condition::all().add(Expr::col((elevator::Entity, elevator::Column::Id)).in_subquery(found))
}

fn word_condition(word: &str, backend: DbBackend) -> Condition {
    if !word.chars().any(char::is_alphanumeric) {
        // Signs alone stand in many names and mean none of them.
        return Condition::all().add(Expr::cust("1 = 0"));
    }
    // Both compare bytes from a place on and need no pattern, so that no sign of the word means anything else than itself.
    let place = match backend {
        DbBackend::Postgres => "strpos",
        _ => "instr",
    };
    let text = Expr::col((elevator_search::Entity, elevator_search::Column::Text));
    let within = Expr::from(Func::cust(place).arg(text).arg(plain(word))).gt(0);
    let mut any = Condition::any().add(within);
    let identifier = yuti_openapi::normalise_identifier(word);
    if identifier.chars().count() >= 2 {
        let id = Expr::col((elevator_search::Entity, elevator_search::Column::ElevatorId));
        any = any.add(id.in_subquery(beginning_with(&identifier)));
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
