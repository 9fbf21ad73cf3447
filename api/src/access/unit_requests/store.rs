//! Rows of requests, and what is sealed in them.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use yuti_entity::{organisation, unit_request};
use yuti_openapi::vocabulary::UnitRequestState;

use crate::access::accounts::token::Token;
use crate::vault::{Vault, VaultError};

/// A sealed field of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Who asks.
    ContactName,
    /// Their telephone number.
    ContactPhone,
    /// What they add.
    Note,
    /// What the bureau says.
    Answer,
}

impl Field {
    fn context(self, token_hash: &[u8]) -> String {
        let name = match self {
            Self::ContactName => "contact_name",
            Self::ContactPhone => "contact_phone",
            Self::Note => "note",
            Self::Answer => "answer",
        };
        let hex = token_hash.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        format!("unit_request.{name}:{hex}")
    }

    /// Seals a text for a request, which its token's digest names.
    #[must_use]
    pub fn seal(self, vault: &Vault, token_hash: &[u8], text: &str) -> Vec<u8> {
        vault.seal(&self.context(token_hash), text.as_bytes())
    }

    /// Opens it. Empty where there is none.
    ///
    /// # Errors
    /// Its key is not there, or it is not what was sealed.
    pub fn open(self, vault: &Vault, row: &unit_request::Model) -> Result<String, VaultError> {
        let sealed = match self {
            Self::ContactName => Some(&row.contact_name),
            Self::ContactPhone => Some(&row.contact_phone),
            Self::Note => row.note.as_ref(),
            Self::Answer => row.answer.as_ref(),
        };
        let Some(sealed) = sealed else { return Ok(String::new()) };
        let plain = vault.open(&self.context(&row.token_hash), sealed)?;
        Ok(String::from_utf8_lossy(&plain).into_owned())
    }
}

/// A request by its number, for whoever shows its token. Whether the number or the token is wrong cannot be told.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_token(
    db: &impl ConnectionTrait,
    number: &str,
    token: &Token,
) -> Result<Option<unit_request::Model>, DbErr> {
    unit_request::Entity::find()
        .filter(unit_request::Column::Number.eq(number))
        .filter(unit_request::Column::TokenHash.eq(token.digest()))
        .one(db)
        .await
}

/// A request, held until the transaction ends.
///
/// # Errors
/// Whatever the database refuses.
pub async fn held(txn: &DatabaseTransaction, id: i64) -> Result<Option<unit_request::Model>, DbErr> {
    unit_request::Entity::find_by_id(id).lock_exclusive().one(txn).await
}

/// Which requests are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of one bureau.
    pub authority_key: Option<String>,
    /// In one state.
    pub state: Option<UnitRequestState>,
    /// For one unit.
    pub uscc: Option<String>,
    /// With numbers above this one.
    pub after: i64,
}

/// Requests, the oldest first: who waits longest comes first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<unit_request::Model>, DbErr> {
    narrowed(filter)
        .filter(unit_request::Column::Id.gt(filter.after))
        .order_by_asc(unit_request::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// How many there are.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, DbErr> {
    narrowed(filter).count(db).await
}

fn narrowed(filter: &Filter) -> sea_orm::Select<unit_request::Entity> {
    use unit_request::Column;
    let mut find = unit_request::Entity::find();
    if let Some(key) = &filter.authority_key {
        find = find.filter(Column::AuthorityKey.eq(key.as_str()));
    }
    if let Some(state) = filter.state {
        find = find.filter(Column::State.eq(state));
    }
    if let Some(uscc) = &filter.uscc {
        find = find.filter(Column::Uscc.eq(uscc.as_str()));
    }
    find
}

/// The unit that the register knows by this code.
///
/// # Errors
/// Whatever the database refuses.
pub async fn registered(db: &impl ConnectionTrait, uscc: &str) -> Result<Option<organisation::Model>, DbErr> {
    organisation::Entity::find().filter(organisation::Column::Uscc.eq(uscc)).one(db).await
}
