//! The rows: one file per table. They hold no rules.
//!
//! The schema's history is in the crate `migration`; a test holds these rows equal to what it makes.

pub mod annotation;
pub mod authority;
pub mod change;
pub mod district;
pub mod district_earlier_code;
pub mod elevator;
pub mod elevator_identifier;
pub mod elevator_quality;
pub mod functional_zone;
pub mod import_run;
pub mod job_lease;
pub mod organisation;
pub mod past_version;
pub mod setting;
pub mod source;

/// An instant, UTC, cut to microseconds (PostgreSQL keeps no more).
pub type Timestamp = chrono::DateTime<chrono::Utc>;
/// A day in the time zone of the profile.
pub type Day = chrono::NaiveDate;
