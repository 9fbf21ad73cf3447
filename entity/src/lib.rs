//! The rows: one file per table. They hold no rules.
//!
//! The schema's history is in the crate `migration`; a test holds these rows equal to what it makes.

pub mod account;
pub mod annotation;
pub mod api_key;
pub mod api_key_raise;
pub mod api_key_secret;
pub mod api_key_usage;
pub mod audit_entry;
pub mod authority;
pub mod change;
pub mod district;
pub mod district_earlier_code;
pub mod elevator;
pub mod elevator_identifier;
pub mod elevator_quality;
pub mod elevator_search;
pub mod functional_zone;
pub mod import_run;
pub mod job_lease;
pub mod kept_answer;
pub mod known_device;
pub mod one_time_link;
pub mod organisation;
pub mod past_version;
pub mod recovery_code;
pub mod retention_run;
pub mod seal_head;
pub mod seal_key;
pub mod seal_node;
pub mod session;
pub mod setting;
pub mod sign_in_failure;
pub mod source;
pub mod stored_file;
pub mod unit_request;

use sea_orm::Iterable as _;

/// An instant, UTC, cut to microseconds (PostgreSQL keeps no more).
pub type Timestamp = chrono::DateTime<chrono::Utc>;
/// A day in the time zone of the profile.
pub type Day = chrono::NaiveDate;

/// Every table with the columns that its rows know, sorted: what a test compares with the migrated schema.
pub fn columns() -> Vec<(&'static str, Vec<String>)> {
    fn of<E: sea_orm::EntityTrait + sea_orm::EntityName + Default>(
        name: &'static str,
    ) -> (&'static str, Vec<String>) {
        let mut names: Vec<String> =
            E::Column::iter().map(|column| sea_orm::IdenStatic::as_str(&column).to_owned()).collect();
        names.sort();
        (name, names)
    }
    vec![
        of::<account::Entity>("account"),
        of::<annotation::Entity>("annotation"),
        of::<api_key::Entity>("api_key"),
        of::<api_key_raise::Entity>("api_key_raise"),
        of::<api_key_secret::Entity>("api_key_secret"),
        of::<api_key_usage::Entity>("api_key_usage"),
        of::<audit_entry::Entity>("audit_entry"),
        of::<authority::Entity>("authority"),
        of::<change::Entity>("change"),
        of::<district::Entity>("district"),
        of::<district_earlier_code::Entity>("district_earlier_code"),
        of::<elevator::Entity>("elevator"),
        of::<elevator_identifier::Entity>("elevator_identifier"),
        of::<elevator_quality::Entity>("elevator_quality"),
        of::<elevator_search::Entity>("elevator_search"),
        of::<functional_zone::Entity>("functional_zone"),
        of::<import_run::Entity>("import_run"),
        of::<job_lease::Entity>("job_lease"),
        of::<known_device::Entity>("known_device"),
        of::<one_time_link::Entity>("one_time_link"),
        of::<kept_answer::Entity>("kept_answer"),
        of::<organisation::Entity>("organisation"),
        of::<past_version::Entity>("past_version"),
        of::<recovery_code::Entity>("recovery_code"),
        of::<retention_run::Entity>("retention_run"),
        of::<seal_head::Entity>("seal_head"),
        of::<seal_key::Entity>("seal_key"),
        of::<seal_node::Entity>("seal_node"),
        of::<session::Entity>("session"),
        of::<setting::Entity>("setting"),
        of::<sign_in_failure::Entity>("sign_in_failure"),
        of::<source::Entity>("source"),
        of::<stored_file::Entity>("stored_file"),
        of::<unit_request::Entity>("unit_request"),
    ]
}
