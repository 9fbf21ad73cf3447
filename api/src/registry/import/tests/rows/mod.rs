//! Rows to facts: what is read, what is doubted, what is rejected.

mod fields;
mod judged;
mod persons;

use std::borrow::Cow;

use chrono::NaiveDate;
use yuti_openapi::vocabulary::QualityFlag;
use yuti_openapi::wire::ElevatorFacts;

use super::super::interpret::Interpreter;
use super::super::mapping::Mapping;
use super::super::pick::Cells;
use crate::profile::Profile;
use crate::registry::intake::Incoming;
use crate::registry::reference::Reference;

/// A mapping of one's own under the usual head.
fn mapping(rest: &str) -> Mapping {
    let head = r#"
        source = { key = "trial", name_zh = "试验", name_en = "Trial", licence = "CC0", as_of = 2021-06-30 }
        identity = { column = "key" }
    "#;
    let profile = Profile::load("chongqing").unwrap();
    Mapping::parse(&format!("{head}\n{rest}"), &profile).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The reference data without a database: codes stand for themselves.
async fn reference(profile: &Profile) -> Reference {
    let db = crate::db::open("sqlite::memory:", 1, crate::db::Purpose::Bulk).await.unwrap();
    crate::db::migrate(&db).await.unwrap();
    let txn = crate::db::begin(&db).await.unwrap();
    crate::registry::reference::store(&txn, profile.reference()).await.unwrap();
    txn.commit().await.unwrap();
    Reference::load(&db, profile).await.unwrap()
}

async fn elevator(mapping: &Mapping, header: &[&str], row: &[&str]) -> Incoming {
    let profile = Profile::load("chongqing").unwrap();
    let reference = reference(&profile).await;
    let names: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let columns = mapping.columns.bind(&names).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let fields: Vec<Cow<'_, str>> = row.iter().map(|field| Cow::Borrowed(*field)).collect();
    let today = mapping.source.as_of.unwrap();
    let vault = crate::vault::Vault::for_test();
    let interpreter = Interpreter { mapping, profile: &profile, reference: &reference, vault: &vault, today };
    interpreter.elevator("K1".into(), Cells { fields: &fields, columns: &columns })
}

fn flags(facts: &ElevatorFacts) -> Vec<(QualityFlag, &str)> {
    let always = [QualityFlag::AddressMissing, QualityFlag::CoordinatesMissing, QualityFlag::DistrictUnknown];
    facts
        .quality
        .iter()
        .filter(|note| !(always.contains(&note.flag) && note.raw.is_none()))
        .map(|note| (note.flag, note.field.as_str()))
        .collect()
}

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}
