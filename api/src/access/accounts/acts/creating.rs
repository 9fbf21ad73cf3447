//! To make an account.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait, QueryFilter as _, SqlErr,
};
use serde_json::json;
use yuti_entity::{account, authority, organisation, source};
use yuti_openapi::vocabulary::{AccountState, Role};

use super::super::Accounts;
use super::super::refused::{Flaw, Refused};
use super::super::rules::{self, LONGEST_NAME, Place};
use super::super::{password, store};
use super::links::{self, Issued};
use super::{Noted, note, passwords};
use crate::access::rights::{Granted, can};
use crate::audit::Actor;
use crate::db;

/// What an account is made of.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// The log-in as it was typed.
    pub login: &'a str,
    /// The person's name.
    pub name: &'a str,
    /// The role.
    pub role: Role,
    /// The key of the bureau.
    pub authority: Option<&'a str>,
    /// The unit for which it acts.
    pub unit: Option<i64>,
    /// The unit of a delegate.
    pub home_unit: Option<i64>,
    /// Whether it comes with the demonstration data and goes with it.
    pub demonstration: bool,
}

/// An account that was made, and the link that opens it.
#[derive(Debug)]
pub struct Created {
    /// Its number.
    pub id: i64,
    /// Its log-in as it is kept.
    pub login: String,
    /// The link.
    pub link: Issued,
}

/// Makes an account and the link with which its holder sets the first password.
///
/// # Errors
/// Every value that cannot be used, or whatever the database refuses.
pub async fn create(
    accounts: &Accounts,
    right: Granted<can::AccountCreate>,
    new: New<'_>,
) -> Result<Created, Refused> {
    let actor = right.actor();
    let now = accounts.now();
    let txn = db::begin(&accounts.db).await?;
    let row = insert(&txn, accounts, actor, new).await?;
    let link = links::issue(&txn, accounts, actor, &row, false, now).await?;
    txn.commit().await?;
    Ok(Created { id: row.id, login: row.login, link })
}

/// Makes an account with a password that somebody else thought of, so that it must be changed at once. Returns the log-in as it is
/// kept.
///
/// # Errors
/// Every value that cannot be used, or whatever the database refuses.
pub async fn create_with_password(
    accounts: &Accounts,
    right: Granted<can::AccountCreate>,
    new: New<'_>,
    typed: &str,
) -> Result<String, Refused> {
    let actor = right.actor();
    let login = rules::plain_login(new.login);
    password::check(typed, &login, accounts.settings.password_min_length)
        .map_err(|unfit| Refused::flaw(Flaw::password("password", unfit)))?;
    let digest = accounts.hasher.digest(typed).await?;
    let txn = db::begin(&accounts.db).await?;
    let mut row = insert(&txn, accounts, actor, new).await?;
    passwords::put(&txn, &mut row, digest, true, accounts.now()).await?;
    txn.commit().await?;
    Ok(row.login)
}

/// Makes an account with a password that somebody gives away, as part of a transaction: for demonstration accounts, which are used as
/// they are.
///
/// # Errors
/// Every value that cannot be used, or whatever the database refuses.
pub(in super::super) async fn insert_with_password(
    txn: &DatabaseTransaction,
    accounts: &Accounts,
    actor: Actor,
    new: New<'_>,
    digest: String,
) -> Result<(), Refused> {
    let mut row = insert(txn, accounts, actor, new).await?;
    passwords::put(txn, &mut row, digest, false, accounts.now()).await
}

/// Makes an account without a link, as part of a transaction.
async fn insert(
    txn: &DatabaseTransaction,
    accounts: &Accounts,
    actor: Actor,
    new: New<'_>,
) -> Result<account::Model, Refused> {
    let now = accounts.now();
    let mut flaws = Vec::new();
    let login = rules::new_login(new.login);
    if login.is_none() {
        flaws.push(Flaw::new(
            "login",
            "malformed",
            "登录名要 3 到 64 个字，可以用字母、数字、汉字和 . _ - + @，用字母、数字或汉字开头。",
            "A log-in has 3 to 64 letters, figures, Chinese characters or . _ - + @ and begins with none of these signs.",
        ));
    }
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        flaws.push(Flaw::new(
            "name",
            if name.is_empty() { "missing" } else { "malformed" },
            "姓名要填，最多 60 个字。",
            "A name is needed, of at most 60 characters.",
        ));
    }
    let placed = place(txn, accounts, new.role, new.authority, new.unit, new.home_unit).await?;
    let placed = match placed {
        Ok(placed) => Some(placed),
        Err(flaw) => {
            flaws.push(flaw);
            None
        }
    };
    let (Some(login), Some(placed), true) = (login, placed, flaws.is_empty()) else {
        return Err(Refused::Flaws(flaws));
    };
    let row = account::ActiveModel {
        id: NotSet,
        login: Set(login),
        display_name: Set(Vec::new()),
        role: Set(new.role),
        authority_key: Set(placed.authority_key),
        district_code: Set(placed.district_code),
        organisation_id: Set(new.unit),
        home_organisation_id: Set(new.home_unit),
        state: Set(AccountState::Active),
        active_since: Set(now),
        demonstration: Set(new.demonstration || placed.demonstration),
        password_hash: Set(None),
        password_version: Set(0),
        password_changed_at: Set(None),
        must_change: Set(false),
        totp_secret: Set(None),
        totp_pending: Set(None),
        totp_last_step: Set(None),
        last_signed_in_at: Set(None),
        version: Set(1),
        created_at: Set(now),
    };
    let mut row = row.insert(txn).await.map_err(taken)?;
    // Sealed for its place, which has a number only now.
    row.display_name = store::sealed_name(&accounts.vault, row.id, name);
    account::Entity::update_many()
        .col_expr(account::Column::DisplayName, Expr::value(row.display_name.clone()))
        .filter(account::Column::Id.eq(row.id))
        .exec(txn)
        .await?;
    let facts = json!({
        "role": row.role, "authority": row.authority_key, "district": row.district_code,
        "unit": row.organisation_id, "home_unit": row.home_organisation_id, "demonstration": row.demonstration,
    });
    let personal = Some(json!({ "login": row.login, "name": name }));
    let noted = Noted { to: Some(row.state.code()), personal, ..Noted::new("account.create", row.id, facts) };
    note(txn, &accounts.vault, actor, now, noted).await?;
    Ok(row)
}

fn taken(cause: sea_orm::DbErr) -> Refused {
    match cause.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Refused::flaw(Flaw::new(
            "login",
            "taken",
            "这个登录名已经有人用了。",
            "Somebody has this log-in already.",
        )),
        _ => cause.into(),
    }
}

/// Where an account belongs, as it is kept.
pub(super) struct Placed {
    pub(super) authority_key: Option<String>,
    pub(super) district_code: Option<String>,
    /// A unit of the demonstration data: its accounts go with it.
    pub(super) demonstration: bool,
}

/// Whether bureau and units exist and an account of the role can belong there.
pub(super) async fn place(
    txn: &DatabaseTransaction,
    accounts: &Accounts,
    role: Role,
    authority: Option<&str>,
    unit: Option<i64>,
    home: Option<i64>,
) -> Result<Result<Placed, Flaw>, Refused> {
    let bureau = match authority {
        Some(key) => authority::Entity::find().filter(authority::Column::Key.eq(key)).one(txn).await?,
        None => None,
    };
    if authority.is_some() && bureau.is_none() {
        return Ok(Err(Flaw::new("authority", "unknown", "没有这个局。", "There is no such bureau.")));
    }
    let mut demonstration = false;
    for (field, id) in [("unit", unit), ("home_unit", home)] {
        let Some(id) = id else { continue };
        let found = organisation::Entity::find_by_id(id).one(txn).await?;
        let Some(found) = found else {
            return Ok(Err(Flaw::new(
                field,
                "unknown",
                "登记里没有这个单位。",
                "No such unit is registered.",
            )));
        };
        let register = source::Entity::find_by_id(found.source_id).one(txn).await?;
        demonstration |= register.is_some_and(|register| register.demonstration);
    }
    let asked = Place { bureau: bureau.as_ref(), unit, home };
    if let Err(misplaced) = rules::place(role, asked, accounts.today()) {
        return Ok(Err(misplaced.into()));
    }
    Ok(Ok(Placed {
        district_code: bureau.as_ref().and_then(|row| row.district_code.clone()),
        authority_key: bureau.map(|row| row.key),
        demonstration,
    }))
}
