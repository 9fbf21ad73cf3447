//! Every column that holds sealed values. What is not in this list is not sealed anew when keys change and would be lost with the old
//! key, so a test holds the list against the columns of the schema.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use super::{KeyId, key_of};

/// What of its row a value is sealed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The row's number.
    Id,
    /// A column of bytes that never changes, in hexadecimal digits.
    Digest(&'static str),
    /// The column of bytes by which the table's rows are known, in hexadecimal digits.
    Key(&'static str),
}

/// What stands in a column after its value was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// Nothing.
    Null,
    /// An empty text, sealed: the column must hold something.
    Empty,
    /// The whole row goes.
    Row,
}

/// A column of sealed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The table; its rows are numbered by `id` unless the place is their key.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// What its values are sealed for: the context is `name:place`.
    pub name: &'static str,
    /// What of the row belongs to the context.
    pub place: Place,
    /// What is left of an erased value.
    pub erased: Erased,
    /// What is lost with the key, in words for the operator.
    pub what: &'static str,
}

const fn sealed(
    table: &'static str,
    column: &'static str,
    name: &'static str,
    place: Place,
    erased: Erased,
    what: &'static str,
) -> Sealed {
    Sealed { table, column, name, place, erased, what }
}

/// All of them.
pub const SEALED: [Sealed; 15] = [
    sealed("account", "display_name", "account.display_name", Place::Id, Erased::Empty, "names of accounts"),
    sealed("account", "totp_secret", "account.totp", Place::Id, Erased::Null, "second factors"),
    sealed(
        "account",
        "totp_pending",
        "account.totp",
        Place::Id,
        Erased::Null,
        "second factors not yet confirmed",
    ),
    sealed("api_key", "name", "api_key.name", Place::Id, Erased::Empty, "what API keys are for"),
    sealed(
        "api_key",
        "contact",
        "api_key.contact",
        Place::Id,
        Erased::Null,
        "addresses of API keys' holders",
    ),
    sealed(
        "api_key_raise",
        "reason",
        "api_key_raise.reason",
        Place::Id,
        Erased::Empty,
        "reasons for which higher quotas were asked for",
    ),
    sealed(
        "api_key_raise",
        "answer",
        "api_key_raise.answer",
        Place::Id,
        Erased::Null,
        "answers to those who asked for higher quotas",
    ),
    sealed(
        "audit_entry",
        "salt",
        "audit_entry.salt",
        Place::Digest("commitment"),
        Erased::Null,
        "salts of the audit trail",
    ),
    sealed(
        "audit_entry",
        "personal",
        "audit_entry.personal",
        Place::Digest("commitment"),
        Erased::Null,
        "personal parts of the audit trail",
    ),
    sealed(
        "kept_answer",
        "answer",
        "kept_answer",
        Place::Key("scope"),
        Erased::Row,
        "answers kept for a repeated request",
    ),
    sealed(
        "stored_file",
        "data_key",
        "stored_file.data_key",
        Place::Digest("name"),
        Erased::Null,
        "files that were handed in",
    ),
    sealed(
        "unit_request",
        "contact_name",
        "unit_request.contact_name",
        Place::Digest("token_hash"),
        Erased::Empty,
        "who asked for units' accounts",
    ),
    sealed(
        "unit_request",
        "contact_phone",
        "unit_request.contact_phone",
        Place::Digest("token_hash"),
        Erased::Empty,
        "telephone numbers of those who asked",
    ),
    sealed(
        "unit_request",
        "note",
        "unit_request.note",
        Place::Digest("token_hash"),
        Erased::Null,
        "what they added",
    ),
    sealed(
        "unit_request",
        "answer",
        "unit_request.answer",
        Place::Digest("token_hash"),
        Erased::Null,
        "what bureaus answered them",
    ),
];

/// Columns of bytes that hold nothing sealed, each with its reason.
pub const PLAIN: [(&str, &str, &str); 19] = [
    ("api_key_secret", "token_hash", "digest of a random key"),
    ("audit_entry", "commitment", "a salted digest"),
    ("audit_entry", "leaf_hash", "a digest over salted digests, public"),
    ("kept_answer", "scope", "digest over a random key"),
    ("kept_answer", "fingerprint", "digest of a body with a random key that is not kept"),
    ("known_device", "token_hash", "digest of a random token"),
    ("one_time_link", "token_hash", "digest of a random token"),
    ("recovery_code", "code_hash", "digest of a random code"),
    ("seal_head", "root", "public"),
    ("seal_head", "signature", "public"),
    ("seal_key", "public_key", "public"),
    ("seal_node", "hash", "public"),
    ("session", "token_hash", "digest of a random token"),
    ("sign_in_failure", "login_digest", "keyed digest"),
    ("sign_in_failure", "origin_digest", "keyed digest"),
    ("stored_file", "name", "random"),
    ("stored_file", "sha256", "digest of a document or picture"),
    ("stored_file", "holder", "keyed digest"),
    ("unit_request", "token_hash", "digest of a random token"),
];

/// A sealed value where it stands.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) row: Value,
    pub(super) context: String,
    pub(super) value: Vec<u8>,
}

impl Sealed {
    /// What a value of this column is sealed for.
    #[must_use]
    pub fn context(&self, place: &str) -> String {
        format!("{}:{place}", self.name)
    }

    fn col(&self) -> Alias {
        Alias::new(self.column)
    }

    /// The column by which rows are known.
    fn key(&self) -> Alias {
        Alias::new(match self.place {
            Place::Id | Place::Digest(_) => "id",
            Place::Key(column) => column,
        })
    }

    /// What is before every row.
    pub(super) fn before_all(&self) -> Value {
        match self.place {
            Place::Id | Place::Digest(_) => Value::from(0_i64),
            Place::Key(_) => Value::from(Vec::<u8>::new()),
        }
    }

    /// The beginning of each value: its form and its key.
    fn head(&self) -> Expr {
        Expr::cust(format!("substr({}, 1, 5)", self.column))
    }

    /// How many values there are for each key; `None` counts what is no sealed value.
    pub(super) async fn by_key(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<BTreeMap<Option<KeyId>, u64>, DbErr> {
        let select = Query::select()
            .expr_as(self.head(), "head")
            .expr_as(Expr::cust("COUNT(*)"), "number")
            .from(Alias::new(self.table))
            .and_where(Expr::col(self.col()).is_not_null())
            .add_group_by([Expr::cust("1")])
            .take();
        let mut counts = BTreeMap::new();
        for row in db.query_all(&select).await? {
            let mut head: Vec<u8> = row.try_get_by("head")?;
            // Only the beginning was asked for; a whole one is made long enough to be taken for a sealed value.
            if head.len() == 5 {
                head.resize(64, 0);
            }
            let number: i64 = row.try_get_by("number")?;
            *counts.entry(key_of(&head).ok()).or_insert(0) += number.unsigned_abs();
        }
        Ok(counts)
    }

    /// The next values after a row that are not sealed with this key.
    pub(super) async fn next(
        &self,
        db: &impl ConnectionTrait,
        after: Value,
        newest: KeyId,
        limit: u64,
    ) -> Result<Vec<Found>, DbErr> {
        let newest = [&[super::FORM][..], &newest.0].concat();
        let mut select = self.select();
        select
            .and_where(Expr::col(self.key()).gt(after))
            .and_where(self.head().ne(newest))
            .order_by(self.key(), Order::Asc)
            .limit(limit);
        self.found(db.query_all(&select).await?)
    }

    fn select(&self) -> SelectStatement {
        let mut select = Query::select();
        select.column(self.key()).column(self.col()).from(Alias::new(self.table));
        if let Place::Digest(column) = self.place {
            select.column(Alias::new(column));
        }
        select.and_where(Expr::col(self.col()).is_not_null());
        select
    }

    fn found(&self, rows: Vec<QueryResult>) -> Result<Vec<Found>, DbErr> {
        rows.iter()
            .map(|row| {
                let bytes = |column| row.try_get_by::<Vec<u8>, _>(column);
                let (key, place) = match self.place {
                    Place::Id => {
                        let id: i64 = row.try_get_by("id")?;
                        (Value::from(id), id.to_string())
                    }
                    Place::Digest(column) => {
                        (Value::from(row.try_get_by::<i64, _>("id")?), hex(&bytes(column)?))
                    }
                    Place::Key(column) => {
                        let key = bytes(column)?;
                        let place = hex(&key);
                        (Value::from(key), place)
                    }
                };
                Ok(Found { row: key, context: self.context(&place), value: row.try_get_by(self.column)? })
            })
            .collect()
    }

    /// Puts another value in the place of one that is still there. False: somebody else has changed it meanwhile.
    pub(super) async fn replace(
        &self,
        db: &impl ConnectionTrait,
        found: &Found,
        value: Option<Vec<u8>>,
    ) -> Result<bool, DbErr> {
        let update = Query::update()
            .table(Alias::new(self.table))
            .value(self.col(), value)
            .and_where(Expr::col(self.key()).eq(found.row.clone()))
            .and_where(Expr::col(self.col()).eq(found.value.clone()))
            .take();
        Ok(db.execute(&update).await?.rows_affected() == 1)
    }

    /// Takes the whole row of a value away.
    pub(super) async fn delete(&self, db: &impl ConnectionTrait, found: &Found) -> Result<(), DbErr> {
        let delete = Query::delete()
            .from_table(Alias::new(self.table))
            .and_where(Expr::col(self.key()).eq(found.row.clone()))
            .take();
        db.execute(&delete).await.map(|_| ())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
