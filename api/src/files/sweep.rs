//! What the store holds too much, and whether it holds what it should.

use std::collections::HashSet;
use std::pin::pin;
use std::time::SystemTime;

use chrono::{NaiveDate, TimeDelta};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt as _};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use yuti_entity::{Timestamp, stored_file, unit_request};
use yuti_openapi::vocabulary::{FilePurpose, Vocabulary as _};

use super::{Files, NAME, sealing};
use crate::http::failure::Failure;
use crate::lease::Lease;
use crate::settings;

/// How long what was cut off while it was written may lie there: another process may be writing it.
const GRACE: TimeDelta = TimeDelta::hours(24);
/// Objects and rows looked at in one go.
const BATCH: usize = 500;

/// What was taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects that no row names.
    pub orphans: u64,
    /// Objects of files that were erased long enough ago, with their rows.
    pub erased: u64,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A file's object is not there.
    Missing(i64),
    /// A file's object is not what was put there.
    Damaged(i64),
}

/// Takes away what no row names and what was erased long ago. An object whose name is none of ours stays.
///
/// # Errors
/// The store or the database refuses; what was taken away stays away, and the next run goes on.
pub async fn run(files: &Files, db: &impl ConnectionTrait, now: Timestamp) -> Result<Swept, Failure> {
    files.belongs(db, now).await.map_err(Failure::internal)?;
    forsaken(db, now).await?;
    half_written(files, now).await?;
    Ok(Swept { orphans: orphans(files, db, now).await?, erased: erased(files, db, now).await? })
}

/// The sweep of the day, where it is still to be done. `None`: it is done, or another copy does it.
///
/// # Errors
/// As [`run`].
pub async fn daily(
    files: &Files,
    db: &impl ConnectionTrait,
    today: NaiveDate,
    now: Timestamp,
) -> Result<Option<Swept>, Failure> {
    let day = today.to_string();
    if settings::get(db, settings::FILES_SWEPT).await?.as_deref() == Some(day.as_str()) {
        return Ok(None);
    }
    let Some(lease) = Lease::take(db, "files", now).await? else { return Ok(None) };
    let outcome = run(files, db, now).await;
    if outcome.is_ok() {
        settings::set(db, settings::FILES_SWEPT, &day, now).await?;
    }
    lease.release(db).await?;
    outcome.map(Some)
}

async fn orphans(files: &Files, db: &impl ConnectionTrait, now: Timestamp) -> Result<u64, Failure> {
    let prefix = (!files.settings.prefix.is_empty()).then_some(&files.prefix);
    // As long as what was erased: to a database that was restored, everything that came in since is an orphan.
    let before = now - TimeDelta::days(files.settings.kept_days.into());
    let old = files.store.list(prefix).try_filter(move |object| {
        let old = object.last_modified < before;
        async move { old }
    });
    let mut batches = pin!(old.try_chunks(BATCH));
    let mut gone = 0;
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|broken| Failure::internal(broken.1))?;
        let ours: Vec<(Vec<u8>, ObjectMeta)> =
            batch.into_iter().filter_map(|object| Some((name(files, &object.location)?, object))).collect();
        let known: HashSet<Vec<u8>> = stored_file::Entity::find()
            .select_only()
            .column(stored_file::Column::Name)
            .filter(stored_file::Column::Name.is_in(ours.iter().map(|(name, _)| name.clone())))
            .into_tuple::<Vec<u8>>()
            .all(db)
            .await?
            .into_iter()
            .collect();
        for (_, object) in ours.iter().filter(|(name, _)| !known.contains(name)) {
            take_away(files, &object.location).await?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// Erases what belonged to something that was erased.
async fn forsaken(db: &impl ConnectionTrait, now: Timestamp) -> Result<(), Failure> {
    use stored_file::Column;
    // Their key was lost with a key of the vault.
    stored_file::Entity::update_many()
        .col_expr(Column::ErasedAt, Expr::value(now))
        .filter(Column::DataKey.is_null())
        .filter(Column::ErasedAt.is_null())
        .exec(db)
        .await?;
    // The quota is over; who handed it in is nobody's matter any more.
    stored_file::Entity::update_many()
        .col_expr(Column::Holder, Expr::value(Vec::<u8>::new()))
        .filter(Column::CreatedAt.lt(now - super::DAY))
        .filter(Column::Holder.ne(Vec::<u8>::new()))
        .exec(db)
        .await?;
    for purpose in FilePurpose::ALL {
        let owners = match purpose {
            FilePurpose::UnitRequestProof => {
                unit_request::Entity::find().select_only().column(unit_request::Column::Id).into_query()
            }
        };
        stored_file::Entity::update_many()
            .col_expr(Column::DataKey, Expr::value(None::<Vec<u8>>))
            .col_expr(Column::Sha256, Expr::value(Vec::<u8>::new()))
            .col_expr(Column::ErasedAt, Expr::value(now))
            .filter(Column::Purpose.eq(*purpose))
            .filter(Column::ErasedAt.is_null())
            .filter(Column::SubjectId.not_in_subquery(owners))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Takes away what a folder holds of files that were cut off while they were written. A bucket drops such by itself, and the listing of the
/// store does not show them.
async fn half_written(files: &Files, now: Timestamp) -> Result<(), Failure> {
    let Some(folder) = files.folder.clone() else { return Ok(()) };
    let before = SystemTime::from(now - GRACE);
    let walked = tokio::task::spawn_blocking(move || -> std::io::Result<()> {
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let about = entry.metadata()?;
                if about.is_dir() {
                    folders.push(entry.path());
                } else if is_half(&entry.file_name()) && about.modified()? < before {
                    std::fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    });
    walked.await.map_err(Failure::internal)?.map_err(Failure::internal)
}

/// Whether it is the name under which one of our objects is written: the last part of its place, a sign, a number.
fn is_half(name: &std::ffi::OsStr) -> bool {
    let Some((object, number)) = name.to_str().and_then(|name| name.split_once('#')) else { return false };
    let ours = object.len() == NAME * 2 - 2 && object.bytes().all(|sign| sign.is_ascii_hexdigit());
    ours && number.bytes().all(|sign| sign.is_ascii_digit())
}

async fn erased(files: &Files, db: &impl ConnectionTrait, now: Timestamp) -> Result<u64, Failure> {
    use stored_file::Column;
    let before = now - TimeDelta::days(files.settings.kept_days.into());
    let mut gone = 0;
    loop {
        let rows = stored_file::Entity::find()
            .filter(Column::ErasedAt.lte(before))
            .order_by_asc(Column::Id)
            .limit(BATCH as u64)
            .all(db)
            .await?;
        if rows.is_empty() {
            return Ok(gone);
        }
        for row in &rows {
            take_away(files, &files.object(&row.name)).await?;
        }
        let ids = rows.iter().map(|row| row.id);
        gone +=
            stored_file::Entity::delete_many().filter(Column::Id.is_in(ids)).exec(db).await?.rows_affected;
    }
}

async fn take_away(files: &Files, object: &Path) -> Result<(), Failure> {
    match files.store.delete(object).await {
        // Another copy was first.
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(cause) => Err(Failure::internal(cause)),
    }
}

/// The name in an object's place, where it is one of ours.
fn name(files: &Files, object: &Path) -> Option<Vec<u8>> {
    let hex: String = object.prefix_match(&files.prefix)?.map(|part| part.as_ref().to_owned()).collect();
    let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    let name: Vec<u8> = digits.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect::<Option<_>>()?;
    (name.len() == NAME && files.object(&name) == *object).then_some(name)
}

/// Looks whether every file that was not erased lies in the store; with `whole`, whether it opens and is what was put there. `seen` is told
/// after each file.
///
/// # Errors
/// The store or the database refuses.
pub async fn check(
    files: &Files,
    db: &impl ConnectionTrait,
    whole: bool,
    seen: &dyn Fn(),
) -> Result<Vec<Wrong>, Failure> {
    use stored_file::Column;
    let mut wrong = Vec::new();
    let mut after = 0;
    loop {
        let rows = stored_file::Entity::find()
            .filter(Column::DataKey.is_not_null())
            .filter(Column::Id.gt(after))
            .order_by_asc(Column::Id)
            .limit(BATCH as u64)
            .all(db)
            .await?;
        let Some(last) = rows.last() else { return Ok(wrong) };
        after = last.id;
        for row in &rows {
            match files.store.head(&files.object(&row.name)).await {
                Ok(object) if object.size != sealing::sealed_length(row.bytes.unsigned_abs()) => {
                    wrong.push(Wrong::Damaged(row.id));
                }
                Ok(_) if whole && files.opened(row).await?.is_err() => wrong.push(Wrong::Damaged(row.id)),
                Ok(_) => {}
                Err(object_store::Error::NotFound { .. }) => wrong.push(Wrong::Missing(row.id)),
                Err(cause) => return Err(Failure::internal(cause)),
            }
            seen();
        }
    }
}
