//! What a search looks through: a row of its own for each elevator with all that words are looked for in, so that a search reads
//! one narrow table once. Kept up with the elevator in the same transaction; the name of a unit never changes, and the names of
//! districts change only when the service starts.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization as _;
use yuti_entity::{Timestamp, district, elevator, elevator_search, organisation};

use crate::settings;

/// Grows with every change of [`plain`] or [`text`], so that what is stored is made anew.
const FORM: u32 = 1;
/// Elevators at a time.
const BATCH: usize = 2000;

/// The form in which texts are compared: width and case do not matter, and blanks are left out, because registers write them
/// round figures and people do not.
pub fn plain(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|sign| !sign.is_whitespace()).collect()
}

/// Names of districts in both languages, by code.
type Districts = HashMap<String, (String, String)>;
/// What of an elevator's row is looked through: number, version, district, address, building, internal number, units.
type Row =
    (i64, i32, Option<String>, Option<String>, Option<String>, Option<String>, Option<i64>, Option<i64>);

/// Makes the texts of these elevators anew, as part of the transaction that wrote them.
///
/// # Errors
/// Whatever the database refuses.
pub async fn refresh(txn: &DatabaseTransaction, ids: &[i64]) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let districts = districts(txn).await?;
    for ids in ids.chunks(BATCH) {
        write(txn, &districts, ids).await?;
    }
    Ok(())
}

/// Brings every text up to date: of elevators that have none or one of an older version, and of all where the form or the name of
/// a district is another one than before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn keep_up(txn: &DatabaseTransaction, at: Timestamp) -> Result<(), DbErr> {
    let districts = districts(txn).await?;
    let form = form(&districts);
    if settings::get(txn, settings::SEARCH_FORM).await?.as_deref() != Some(form.as_str()) {
        elevator_search::Entity::delete_many().exec(txn).await?;
        settings::set(txn, settings::SEARCH_FORM, &form, at).await?;
    }
    let mut last = 0;
    loop {
        let ids = outdated(txn, last).await?;
        let Some(highest) = ids.last() else { return Ok(()) };
        last = *highest;
        write(txn, &districts, &ids).await?;
    }
}

async fn outdated(db: &impl ConnectionTrait, after: i64) -> Result<Vec<i64>, DbErr> {
    use elevator::Column;
    use elevator_search::Column as Kept;
    let current = Query::select()
        .expr(Expr::val(1))
        .from(elevator_search::Entity)
        .and_where(
            Expr::col((elevator_search::Entity, Kept::ElevatorId)).equals((elevator::Entity, Column::Id)),
        )
        .and_where(
            Expr::col((elevator_search::Entity, Kept::Version)).equals((elevator::Entity, Column::Version)),
        )
        .take();
    elevator::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.gt(after))
        .filter(Condition::all().not().add(Expr::exists(current)))
        .order_by_asc(Column::Id)
        .limit(BATCH as u64)
        .into_tuple()
        .all(db)
        .await
}

async fn districts(db: &impl ConnectionTrait) -> Result<Districts, DbErr> {
    let rows = district::Entity::find().order_by_asc(district::Column::Code).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.code, (row.name_zh, row.name_en))).collect())
}

fn form(districts: &Districts) -> String {
    let mut names: Vec<_> = districts.iter().collect();
    names.sort_unstable();
    let digest = Sha256::digest(format!("{FORM}|{names:?}"));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

async fn write(txn: &DatabaseTransaction, districts: &Districts, ids: &[i64]) -> Result<(), DbErr> {
    use elevator::Column;
    let rows: Vec<Row> = elevator::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Version, Column::DistrictCode, Column::Address, Column::Building])
        .columns([Column::InternalNumber, Column::UsingUnitId, Column::MaintenanceUnitId])
        .filter(Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(txn)
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut units: Vec<i64> = rows.iter().flat_map(|row| [row.6, row.7]).flatten().collect();
    units.sort_unstable();
    units.dedup();
    let units: HashMap<i64, String> = organisation::Entity::find()
        .select_only()
        .columns([organisation::Column::Id, organisation::Column::Name])
        .filter(organisation::Column::Id.is_in(units))
        .into_tuple::<(i64, String)>()
        .all(txn)
        .await?
        .into_iter()
        .collect();
    let made = rows.iter().map(|row| elevator_search::ActiveModel {
        elevator_id: Set(row.0),
        version: Set(row.1),
        text: Set(text(row, districts, &units)),
    });
    let replace = OnConflict::column(elevator_search::Column::ElevatorId)
        .update_columns([elevator_search::Column::Version, elevator_search::Column::Text])
        .to_owned();
    elevator_search::Entity::insert_many(made).on_conflict(replace).exec_without_returning(txn).await?;
    Ok(())
}

/// What belongs together stands together, as its page shows it: a word can run over the end of the district into the address. No
/// word runs over the end of a line.
fn text(row: &Row, districts: &Districts, units: &HashMap<i64, String>) -> String {
    let (_, _, district, address, building, number, using, maintaining) = row;
    let (zh, en) = district.as_ref().and_then(|code| districts.get(code)).cloned().unwrap_or_default();
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let unit = |id: &Option<i64>| id.and_then(|id| units.get(&id)).cloned().unwrap_or_default();
    [
        format!("{zh}{}", part(address)),
        format!("{}{}", part(building), part(number)),
        en,
        unit(using),
        unit(maintaining),
    ]
    .map(|line| plain(&line))
    .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_blanks_do_not_matter() {
        assert_eq!(plain("Ｂ 座 ２ 单元"), "b座2单元");
        assert_eq!(plain("渝中区　青石坎 路"), plain("渝中区青石坎路"));
        assert_eq!(plain("ÉCOLE"), plain("école"));
    }

    #[test]
    fn a_word_runs_from_the_district_into_the_address_and_no_further() {
        let districts = Districts::from([("1".to_owned(), ("渝中区".to_owned(), "Yuzhong".to_owned()))]);
        let units = HashMap::from([(7, "青石 物业".to_owned())]);
        let row: Row = (
            1,
            1,
            Some("1".to_owned()),
            Some("人民路 3 号".to_owned()),
            Some("B 座".to_owned()),
            None,
            Some(7),
            None,
        );
        assert_eq!(text(&row, &districts, &units), "渝中区人民路3号\nb座\nyuzhong\n青石物业\n");
    }

    #[test]
    fn another_name_of_a_district_is_another_form() {
        let named = |name: &str| Districts::from([("1".to_owned(), (name.to_owned(), String::new()))]);
        assert_eq!(form(&named("渝中区")), form(&named("渝中区")));
        assert_ne!(form(&named("渝中区")), form(&named("渝中新区")));
    }
}
