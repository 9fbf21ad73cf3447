//! Files that are handed in: looked at, made anew, sealed, and kept in one store beside the database, a folder or a bucket.
//!
//! The object is written first, and its row with the act that it belongs to. An act that fails, or a process that is killed in between, leaves an
//! object without a row, which [`sweep`] takes away after a day. Objects are never changed, and erasing a file erases its key: so a
//! copy of the store that was made after a copy of the database holds every file of it.

mod belonging;
pub mod kind;
pub mod picture;
pub mod sealing;
mod serving;
pub mod sweep;
#[cfg(test)]
mod tests;

use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _,
    ExprTrait as _, QueryFilter as _, QuerySelect as _,
};
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use yuti_entity::{Timestamp, stored_file};
use yuti_openapi::ProblemCode;
use yuti_openapi::vocabulary::{FilePurpose, FileType};

use self::kind::Kind;
use self::picture::{Bounds, Unfit};
use self::sealing::{Damaged, DataKey};
use crate::chance;
use crate::config::{Config, FilesConfig};
use crate::http::failure::{Failure, Words};
use crate::vault::Vault;

pub use serving::answer;

/// Files that are worked on at a time: each is several times in memory meanwhile.
const AT_ONCE: usize = 2;
/// Files that are opened at a time.
const READERS: usize = 4;
/// How long a file waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);
/// The span of the quota.
const DAY: TimeDelta = TimeDelta::hours(24);
/// Length of an object's name.
const NAME: usize = 16;

/// Forms with files that come in at a time: each may be as long as the longest file, in memory.
const AT_THE_DOOR: usize = 8;

/// The store of files.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    vault: Arc<Vault>,
    settings: Arc<FilesConfig>,
    /// The folder, where the store is one.
    folder: Option<PathBuf>,
    turns: Arc<Semaphore>,
    door: Arc<Semaphore>,
    readers: Arc<Semaphore>,
}

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made.
    #[error("files.folder: {folder} cannot be used: {cause}")]
    Folder {
        /// The folder.
        folder: String,
        /// Why.
        cause: std::io::Error,
    },
    /// The store refuses its settings.
    #[error("files: {0}")]
    Settings(#[from] object_store::Error),
    /// The store is another database's, or the database another store's.
    #[error("files: {0}")]
    Foreign(String),
    /// The database refuses.
    #[error("the database refused: {0}")]
    Database(#[from] DbErr),
}

/// Why a file is not taken.
#[derive(Debug)]
pub enum Refused {
    /// The file itself: what is wrong with it, for its field.
    File {
        /// As a code.
        code: &'static str,
        /// In words, with the mend.
        detail: Words,
    },
    /// Something else.
    Failure(Failure),
}

impl<E: Into<Failure>> From<E> for Refused {
    fn from(cause: E) -> Self {
        Self::Failure(cause.into())
    }
}

/// A file that lies in the store and has no row yet.
#[derive(Debug)]
#[must_use = "without its row the file is taken away again"]
pub struct Taken {
    name: [u8; NAME],
    media_type: FileType,
    bytes: i64,
    sha256: Vec<u8>,
    size: Option<(u32, u32)>,
    data_key: Vec<u8>,
}

impl Files {
    /// Opens the store that the settings name.
    ///
    /// # Errors
    /// The folder cannot be made, or the bucket's settings make no sense.
    pub fn open(config: &Config, vault: Arc<Vault>) -> Result<Self, StoreError> {
        let settings = &config.files;
        let mut folder = None;
        let store: Arc<dyn ObjectStore> = if settings.bucket.is_empty() {
            let place = match settings.folder.as_os_str().is_empty() {
                true => config.data_dir.join("files"),
                false => settings.folder.clone(),
            };
            let refused = |cause| StoreError::Folder { folder: place.display().to_string(), cause };
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&place).map_err(refused)?;
            // What is answered has to survive a power cut.
            let store = LocalFileSystem::new_with_prefix(&place)?.with_fsync(true);
            folder = Some(place);
            Arc::new(store)
        } else {
            Arc::new(bucket(settings)?)
        };
        Ok(Self {
            store,
            prefix: Path::parse(&settings.prefix).map_err(object_store::Error::from)?,
            vault,
            settings: Arc::new(settings.clone()),
            folder,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            readers: Arc::new(Semaphore::new(READERS)),
            door: Arc::new(Semaphore::new(AT_THE_DOOR)),
        })
    }

    /// The keyed digest by which whoever hands files in is counted: an account, or an address.
    #[must_use]
    pub fn holder(&self, who: &str) -> [u8; 32] {
        self.vault.blind_index("stored_file.holder", who)
    }

    /// A place for a form with files that begins to come in.
    ///
    /// # Errors
    /// Too many come in, and none of them was done in time.
    pub async fn door(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.door).acquire_owned()).await;
        place.map_err(|_| busy())?.map_err(Failure::internal)
    }

    /// Refuses who has handed in too much, and what no room is left for.
    ///
    /// # Errors
    /// The quota is used up, the store is full, or the database refuses.
    pub async fn room(
        &self,
        db: &impl ConnectionTrait,
        holder: [u8; 32],
        bytes: u64,
        now: Timestamp,
    ) -> Result<(), Failure> {
        use stored_file::Column;
        let recent = Column::Holder.eq(holder.to_vec()).and(Column::CreatedAt.gt(now - DAY));
        if kept(db, recent).await?.saturating_add(bytes) > self.settings.daily_bytes {
            let mut failure = Failure::new(ProblemCode::QuotaExceeded).saying(
                "24 小时里上传的文件太多了，过几个小时再传。",
                "Too much was handed in within 24 hours. Hand the rest in some hours later.",
            );
            failure.retry_after = Some(3_600);
            return Err(failure);
        }
        // What was erased lies there for a while yet.
        if kept(db, Column::Id.is_not_null()).await?.saturating_add(bytes) > self.settings.total_bytes {
            tracing::error!(
                total_bytes = self.settings.total_bytes,
                "the store of files is full: no file is taken in"
            );
            return Err(Failure::new(ProblemCode::Unavailable).saying(
                "文件暂时收不下，请稍后再传，或打监管部门电话。",
                "Files cannot be taken at the moment. Try again later, or call the bureau.",
            ));
        }
        Ok(())
    }

    /// Looks at a file, makes a picture anew, seals it and puts it into the store.
    ///
    /// # Errors
    /// It is nothing that is taken in, or the store refuses.
    pub async fn take(&self, bytes: Bytes) -> Result<Taken, Refused> {
        let kind = kind::of(&bytes).map_err(|detail| Refused::File { code: "wrong_type", detail })?;
        let most = match kind {
            Kind::Pdf => self.settings.max_document_bytes,
            Kind::Jpeg | Kind::Png | Kind::WebP => self.settings.max_picture_bytes,
        };
        if bytes.len() as u64 > most {
            return Err(Refused::File { code: "too_large", detail: too_large(most) });
        }
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(busy().into()) };
        let bounds = Bounds {
            max_pixels: self.settings.max_pixels,
            longest_side: self.settings.longest_side,
            max_bytes: self.settings.max_picture_bytes,
        };
        let worked = tokio::task::spawn_blocking(move || prepared(&bytes, kind, bounds));
        let prepared =
            worked.await.map_err(Failure::internal)?.map_err(|unfit| unfit_words(unfit, bounds))?;
        let Prepared { mut taken, sealed, key } = prepared;
        taken.data_key = self.vault.seal(&context(&taken.name), key.reveal());
        let object = self.object(&taken.name);
        self.store.put(&object, PutPayload::from(sealed)).await.map_err(Failure::internal)?;
        // Until here it is in memory, however slow the store is.
        drop(turn);
        Ok(taken)
    }

    /// Enters a taken file with what it belongs to, in the transaction of the act.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn enter(
        &self,
        txn: &DatabaseTransaction,
        taken: Taken,
        (purpose, subject_id): (FilePurpose, i64),
        holder: [u8; 32],
        now: Timestamp,
    ) -> Result<stored_file::Model, DbErr> {
        let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
        let row = stored_file::ActiveModel {
            id: NotSet,
            name: Set(taken.name.to_vec()),
            purpose: Set(purpose),
            subject_id: Set(subject_id),
            media_type: Set(taken.media_type),
            bytes: Set(taken.bytes),
            sha256: Set(taken.sha256),
            width: Set(taken.size.map(|(width, _)| side(width))),
            height: Set(taken.size.map(|(_, height)| side(height))),
            data_key: Set(Some(taken.data_key)),
            holder: Set(holder.to_vec()),
            created_at: Set(now),
            erased_at: Set(None),
        };
        row.insert(txn).await
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// It was erased (404), or the store does not hold what it should.
    pub async fn read(&self, file: &stored_file::Model) -> Result<Bytes, Failure> {
        self.opened(file).await?.map_err(Failure::internal)
    }

    /// The bytes of a file, or that what lies in the store is not what was put there. A store that does not answer is neither.
    async fn opened(&self, file: &stored_file::Model) -> Result<Result<Bytes, Damaged>, Failure> {
        let Some(sealed_key) = &file.data_key else { return Err(Failure::new(ProblemCode::NotFound)) };
        let key = self.vault.open(&context(&file.name), sealed_key).map_err(Failure::internal)?;
        let Some(key) = DataKey::from_bytes(&key) else { return Ok(Err(Damaged)) };
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.readers).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(busy()) };
        let object = self.store.get(&self.object(&file.name)).await.map_err(Failure::internal)?;
        let sealed = object.bytes().await.map_err(Failure::internal)?;
        let (name, expected) = (file.name.clone(), file.sha256.clone());
        let opened = tokio::task::spawn_blocking(move || {
            let plain = key.open(&name, &sealed)?;
            drop(turn);
            if Sha256::digest(&plain).as_slice() == expected { Ok(Bytes::from(plain)) } else { Err(Damaged) }
        });
        opened.await.map_err(Failure::internal)
    }

    /// Where a file's object lies: two levels of folders, because one folder of a million files is slow to list.
    fn object(&self, name: &[u8]) -> Path {
        let hex = hex(name);
        let (first, rest) = hex.split_at_checked(2).unwrap_or_default();
        self.prefix.clone().join(first).join(rest)
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").field("store", &self.store).finish_non_exhaustive()
    }
}

/// Erases files, as part of an act: nobody can read them any more. Their bytes go later, see [`sweep`].
///
/// # Errors
/// Whatever the database refuses.
pub async fn erase(
    txn: &DatabaseTransaction,
    (purpose, subject_id): (FilePurpose, i64),
    now: Timestamp,
) -> Result<u64, DbErr> {
    use stored_file::Column;
    let erased = stored_file::Entity::update_many()
        .col_expr(Column::DataKey, Expr::value(None::<Vec<u8>>))
        // Whoever has the same file could tell by its digest that it was here.
        .col_expr(Column::Sha256, Expr::value(Vec::<u8>::new()))
        .col_expr(Column::Holder, Expr::value(Vec::<u8>::new()))
        .col_expr(Column::ErasedAt, Expr::value(now))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::SubjectId.eq(subject_id))
        .filter(Column::ErasedAt.is_null())
        .exec(txn)
        .await?;
    Ok(erased.rows_affected)
}

/// What is handed in for one thing.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of(
    db: &impl ConnectionTrait,
    (purpose, subject_id): (FilePurpose, i64),
) -> Result<Vec<stored_file::Model>, DbErr> {
    use stored_file::Column;
    stored_file::Entity::find()
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::SubjectId.eq(subject_id))
        .filter(Column::DataKey.is_not_null())
        .all(db)
        .await
}

fn bucket(settings: &FilesConfig) -> Result<object_store::aws::AmazonS3, object_store::Error> {
    let secret = |key: &Option<crate::config::Secret>| {
        key.as_ref().map_or_else(String::new, |key| key.reveal().to_owned())
    };
    // The client takes the process's provider of cryptography. One that is there already is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&settings.bucket)
        // One at a time: not every store of the kind knows how to take away many.
        .with_disable_bulk_delete(true)
        .with_region(&settings.region)
        .with_access_key_id(secret(&settings.access_key))
        .with_secret_access_key(secret(&settings.secret_key));
    if !settings.endpoint.is_empty() {
        builder = builder
            .with_endpoint(&settings.endpoint)
            .with_allow_http(settings.endpoint.starts_with("http://"));
    }
    builder.build()
}

async fn kept(db: &impl ConnectionTrait, which: Expr) -> Result<u64, DbErr> {
    let sum = Expr::expr(Func::sum(Expr::col(stored_file::Column::Bytes))).cast_as("bigint");
    let bytes: Option<Option<i64>> = stored_file::Entity::find()
        .select_only()
        .expr_as(sum, "bytes")
        .filter(which)
        .into_tuple()
        .one(db)
        .await?;
    Ok(bytes.flatten().unwrap_or_default().unsigned_abs())
}

struct Prepared {
    taken: Taken,
    sealed: Vec<u8>,
    key: DataKey,
}

fn prepared(bytes: &Bytes, kind: Kind, bounds: Bounds) -> Result<Prepared, Unfit> {
    let made;
    let (media_type, plain, size) = match kind {
        Kind::Pdf => (FileType::Pdf, bytes.as_ref(), None),
        Kind::Jpeg | Kind::Png | Kind::WebP => {
            made = picture::remade(bytes, kind, bounds)?;
            (made.media_type, made.bytes.as_slice(), Some((made.width, made.height)))
        }
    };
    let name: [u8; NAME] = chance::random_bytes();
    let key = DataKey::random();
    let taken = Taken {
        name,
        media_type,
        bytes: i64::try_from(plain.len()).unwrap_or(i64::MAX),
        sha256: Sha256::digest(plain).to_vec(),
        size,
        data_key: Vec::new(),
    };
    Ok(Prepared { taken, sealed: key.seal(&name, plain), key })
}

fn context(name: &[u8]) -> String {
    format!("stored_file.data_key:{}", hex(name))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |text, byte| text + &format!("{byte:02x}"))
}

fn too_large(most: u64) -> Words {
    let most =
        if most < 1_000_000 { format!("{} KB", most / 1_000) } else { format!("{} MB", most / 1_000_000) };
    Words::new(
        format!("文件太大，最大 {most}。"),
        format!("The file is too large; it may have {most} at most."),
    )
}

fn unfit_words(unfit: Unfit, bounds: Bounds) -> Refused {
    let detail = match unfit {
        Unfit::Broken => Words::new(
            "图片打不开，可能没有传完整。请重新上传。",
            "The picture cannot be read; perhaps it did not come whole. Send it again.",
        ),
        Unfit::TooManyPoints { width, height } => {
            let most = bounds.max_pixels / 1_000_000;
            Words::new(
                format!("图片太大（{width} × {height}），最多 {most} 百万像素。请缩小后再传。"),
                format!(
                    "The picture has too many points ({width} × {height}); {most} million are read at most. Make it smaller."
                ),
            )
        }
    };
    Refused::File { code: "unreadable", detail }
}

fn busy() -> Failure {
    let mut failure = Failure::new(ProblemCode::Unavailable).saying(
        "正在处理的文件太多，请一分钟后再试。",
        "Too many files are being worked on. Try again in a minute.",
    );
    failure.retry_after = Some(60);
    failure
}
