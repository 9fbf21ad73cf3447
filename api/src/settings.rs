//! What a database remembers about itself: the profile it was made with, the calendar that was loaded.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use yuti_entity::{Timestamp, setting};

use crate::calendar::Calendar;
use crate::profile::Profile;

/// The profile's key.
pub const PROFILE: &str = "profile";
/// The calendar that was loaded at run time.
pub const CALENDAR: &str = "calendar";
/// That demonstration accounts were made; they are made once.
pub const DEMO_ACCOUNTS: &str = "demo_accounts";
/// The last day for which the day roll has been entered.
pub const DAY_ROLLED: &str = "day_rolled";
/// The day on which the database was made or first heard of retention: the first run comes the day after.
pub const RETENTION_FROM: &str = "retention_from";
/// The name of the database that the store of files carries, so that both are known to belong together.
pub const FILES_STORE: &str = "files_store";
/// The last day on which the store of files was swept.
pub const FILES_SWEPT: &str = "files_swept";
/// The form of what searches look through, and the names of districts in it.
pub const SEARCH_FORM: &str = "search_form";
/// Which keys sealed here, and the sealed key of blind indexes.
pub const VAULT: &str = "vault";

/// The name of the log over the audit trail.
pub const SEAL_ORIGIN: &str = "seal_origin";

/// The value of a setting.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(db: &impl ConnectionTrait, key: &str) -> Result<Option<String>, DbErr> {
    Ok(setting::Entity::find_by_id(key).one(db).await?.map(|row| row.value))
}

/// Sets a setting.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set(db: &impl ConnectionTrait, key: &str, value: &str, at: Timestamp) -> Result<(), DbErr> {
    let row =
        setting::ActiveModel { key: Set(key.to_owned()), value: Set(value.to_owned()), recorded_at: Set(at) };
    let replace = OnConflict::column(setting::Column::Key)
        .update_columns([setting::Column::Value, setting::Column::RecordedAt])
        .to_owned();
    setting::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// Sets a setting that nobody has set. `false` where somebody has, or another transaction was first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn claim(db: &impl ConnectionTrait, key: &str, value: &str, at: Timestamp) -> Result<bool, DbErr> {
    let row =
        setting::ActiveModel { key: Set(key.to_owned()), value: Set(value.to_owned()), recorded_at: Set(at) };
    let leave = OnConflict::column(setting::Column::Key).do_nothing().to_owned();
    let entered = setting::Entity::insert(row).on_conflict(leave).exec_without_returning(db).await;
    match entered {
        Ok(rows) => Ok(rows == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(cause) => Err(cause),
    }
}

/// The calendar in use: the one that was loaded last, else the shipped one.
///
/// # Errors
/// Whatever the database refuses, or a stored calendar that cannot be read.
pub async fn calendar(db: &impl ConnectionTrait, profile: &Profile) -> Result<Calendar, DbErr> {
    match get(db, CALENDAR).await? {
        Some(text) => Calendar::parse(&text).map_err(|cause| DbErr::Custom(cause.to_string())),
        None => Ok(Calendar::clone(profile.calendar())),
    }
}
