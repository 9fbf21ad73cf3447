//! That store and database belong together. A sweep takes away what the database does not know: with a database that was named by mistake
//! it would be everything.

use futures_util::TryStreamExt as _;
use object_store::{ObjectStoreExt as _, PutPayload};
use sea_orm::{ConnectionTrait, EntityTrait as _, PaginatorTrait as _};
use yuti_entity::{Timestamp, stored_file};

use super::{Files, StoreError};
use crate::{chance, settings};

/// The object that names the database.
const MARK: &str = "yuti-store";

impl Files {
    /// Makes sure that the store is this database's. The first database that opens an empty store takes it.
    ///
    /// # Errors
    /// It is another's, it is empty though the database knows files, or it holds files and no mark.
    pub async fn belongs(&self, db: &impl ConnectionTrait, now: Timestamp) -> Result<(), StoreError> {
        let own = match settings::get(db, settings::FILES_STORE).await? {
            Some(own) => own,
            None => {
                settings::claim(db, settings::FILES_STORE, &chance::request_id(), now).await?;
                settings::get(db, settings::FILES_STORE).await?.unwrap_or_default()
            }
        };
        let place = self.prefix.clone().join(MARK);
        match self.store.get(&place).await {
            Ok(mark) => {
                let mark = mark.bytes().await?;
                if mark.as_ref() == own.as_bytes() { Ok(()) } else { Err(StoreError::Foreign(foreign())) }
            }
            Err(object_store::Error::NotFound { .. }) => {
                self.is_untouched(db).await?;
                self.store.put(&place, PutPayload::from(own.into_bytes())).await?;
                Ok(())
            }
            Err(cause) => Err(cause.into()),
        }
    }

    /// Whether a store without a mark can be taken.
    async fn is_untouched(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let known = stored_file::Entity::find().count(db).await?;
        if known > 0 {
            return Err(StoreError::Foreign(format!(
                "the store is empty, but the database knows {known} files: is the folder mounted, and are folder, bucket and prefix right? Where the files are lost for good, put an object {MARK} there that holds the setting files_store of the database"
            )));
        }
        let prefix = (!self.settings.prefix.is_empty()).then_some(&self.prefix);
        if self.store.list(prefix).try_next().await?.is_some() {
            return Err(StoreError::Foreign(format!(
                "the store holds something already, and no {MARK}: choose an empty folder or another prefix"
            )));
        }
        Ok(())
    }
}

fn foreign() -> String {
    "the store belongs to another database: choose another folder, or another prefix in the bucket. A copy of a database needs a copy of its store".to_owned()
}
