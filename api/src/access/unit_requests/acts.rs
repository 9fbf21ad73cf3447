//! One function for each act on requests: rule, write and entry of the trail in one transaction.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::{Value, json};
use yuti_entity::{Timestamp, account, organisation, source, unit_request};
use yuti_openapi::Uscc;
use yuti_openapi::vocabulary::{
    AccountState, ChangeKind, ChangeReason, ChangeSubject, FilePurpose, Role, UnitRequestState, UnitRole,
};

use super::store::{self, Field};
use super::{Parts, rules};
use crate::access::accounts::acts::{self as account_acts, Issued, New as NewAccount};
use crate::access::accounts::refused::{Flaw, Refused};
use crate::access::accounts::store as account_store;
use crate::access::accounts::token::Token;
use crate::access::rights::{Granted, can};
use crate::audit::{self, Actor, Entry};
use crate::db;
use crate::files::Taken;
use crate::opendata::feed;

/// The register that units come from which no register names.
const SOURCE: &str = "unit-requests";
/// Log-ins of one unit that are tried.
const LOGINS: u32 = 20;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// The unit's code.
    pub uscc: &'a Uscc,
    /// The unit's name.
    pub unit_name: &'a str,
    /// What the unit is for elevators.
    pub role: UnitRole,
    /// The bureau that answers.
    pub authority_key: &'a str,
    /// Who asks.
    pub contact_name: &'a str,
    /// Their telephone number, in its one form.
    pub contact_phone: &'a str,
    /// What they add.
    pub note: Option<&'a str>,
}

/// A request that was filed.
#[derive(Debug)]
pub struct Filed {
    /// Its number.
    pub number: String,
    /// The token with which it is followed. Shown once.
    pub token: Token,
}

/// Files a request with its proof.
///
/// # Errors
/// Too many wait for this unit, or the database refuses.
pub async fn file(
    parts: Parts<'_>,
    new: New<'_>,
    proof: Vec<Taken>,
    holder: [u8; 32],
) -> Result<Filed, Refused> {
    let vault = &parts.accounts.vault;
    let now = parts.accounts.clock.now();
    let (token, number) = (Token::random(), rules::new_number());
    let token_hash = token.digest();
    let txn = db::begin(&parts.accounts.db).await?;
    let waiting = store::Filter {
        uscc: Some(new.uscc.as_str().to_owned()),
        state: Some(UnitRequestState::Received),
        ..store::Filter::default()
    };
    if store::count(&txn, &waiting).await? >= rules::MOST_WAITING {
        return Err(Refused::flaw(Flaw::new(
            "uscc",
            "waiting",
            "这个单位已经有申请在等处理。请等结果，或者打监管部门电话。",
            "Requests for this unit wait already. Wait for the answer, or call the bureau.",
        )));
    }
    let row = unit_request::ActiveModel {
        id: NotSet,
        number: Set(number.clone()),
        uscc: Set(new.uscc.as_str().to_owned()),
        unit_name: Set(new.unit_name.to_owned()),
        role: Set(new.role),
        authority_key: Set(new.authority_key.to_owned()),
        contact_name: Set(Field::ContactName.seal(vault, &token_hash, new.contact_name)),
        contact_phone: Set(Field::ContactPhone.seal(vault, &token_hash, new.contact_phone)),
        note: Set(new.note.map(|note| Field::Note.seal(vault, &token_hash, note))),
        token_hash: Set(token_hash),
        state: Set(UnitRequestState::Received),
        answer: Set(None),
        decided_by: Set(None),
        organisation_id: Set(None),
        account_id: Set(None),
        version: Set(1),
        filed_at: Set(now),
        decided_at: Set(None),
    };
    let row = row.insert(&txn).await?;
    let files = proof.len();
    for taken in proof {
        let of = (FilePurpose::UnitRequestProof, row.id);
        parts.files.enter(&txn, taken, of, holder, now).await?;
    }
    let noted = Noted {
        act: "unit_request.file",
        states: (None, UnitRequestState::Received),
        facts: json!({ "uscc": row.uscc, "role": row.role, "authority": row.authority_key, "files": files }),
        personal: Some(json!({ "name": new.contact_name, "phone": new.contact_phone, "note": new.note })),
    };
    note(&txn, parts, Actor::Anyone, now, row.id, noted).await?;
    txn.commit().await?;
    Ok(Filed { number, token })
}

/// Accepts a unit: enters it where no register names it, and makes its owner's account, which whoever asked opens with their token.
///
/// # Errors
/// Somebody else has decided or changed it, the unit has an owner's account, or the database refuses.
pub async fn accept(
    parts: Parts<'_>,
    right: Granted<can::UnitRequestDecide>,
    id: i64,
    version: i32,
) -> Result<(), Refused> {
    let now = parts.accounts.clock.now();
    let txn = db::begin(&parts.accounts.db).await?;
    let row = waiting(&txn, id, Some(version)).await?;
    let unit = unit(&txn, &row, now).await?;
    if has_owner(&txn, unit).await? {
        return Err(Refused::conflict(
            "这个单位已经有负责人账号了。请申请人联系本单位的负责人，由他邀请。",
            "This unit has an owner's account already. Whoever asks is to be invited by that owner.",
        ));
    }
    let name = Field::ContactName.open(&parts.accounts.vault, &row)?;
    let login = free_login(&txn, &row.uscc).await?;
    let new = NewAccount {
        login: &login,
        name: &name,
        role: Role::UnitOwner,
        authority: None,
        unit: Some(unit),
        home_unit: None,
        demonstration: false,
    };
    let account = account_acts::insert(&txn, parts.accounts, right.actor(), new).await?;
    let changed = unit_request::ActiveModel {
        organisation_id: Set(Some(unit)),
        account_id: Set(Some(account.id)),
        ..decided(&row, UnitRequestState::Accepted, right.actor(), now)
    };
    changed.update(&txn).await?;
    let noted = Noted {
        act: "unit_request.accept",
        states: (Some(row.state), UnitRequestState::Accepted),
        facts: json!({ "unit": unit, "account": account.id }),
        personal: None,
    };
    note(&txn, parts, right.actor(), now, row.id, noted).await?;
    txn.commit().await?;
    Ok(())
}

/// Refuses a unit. Whoever asked reads the reason.
///
/// # Errors
/// Somebody else has decided or changed it, or the database refuses.
pub async fn refuse(
    parts: Parts<'_>,
    right: Granted<can::UnitRequestDecide>,
    id: i64,
    version: i32,
    reason: &str,
) -> Result<(), Refused> {
    let now = parts.accounts.clock.now();
    let txn = db::begin(&parts.accounts.db).await?;
    let row = waiting(&txn, id, Some(version)).await?;
    let changed = unit_request::ActiveModel {
        answer: Set(Some(Field::Answer.seal(&parts.accounts.vault, &row.token_hash, reason))),
        ..decided(&row, UnitRequestState::Refused, right.actor(), now)
    };
    changed.update(&txn).await?;
    let noted = Noted {
        act: "unit_request.refuse",
        states: (Some(row.state), UnitRequestState::Refused),
        facts: Value::Object(serde_json::Map::new()),
        personal: Some(json!({ "reason": reason })),
    };
    note(&txn, parts, right.actor(), now, row.id, noted).await?;
    txn.commit().await?;
    Ok(())
}

/// Takes a request back, by whoever asked. The proof is erased at once: nobody has to look at it any more.
///
/// # Errors
/// It is not there for this token, it is decided, or the database refuses.
pub async fn withdraw(parts: Parts<'_>, number: &str, token: &Token) -> Result<(), Refused> {
    let now = parts.accounts.clock.now();
    let txn = db::begin(&parts.accounts.db).await?;
    let found = store::of_token(&txn, number, token).await?.ok_or(Refused::NotThere)?;
    let row = waiting(&txn, found.id, None).await?;
    decided(&row, UnitRequestState::Withdrawn, Actor::Anyone, now).update(&txn).await?;
    crate::files::erase(&txn, (FilePurpose::UnitRequestProof, row.id), now).await?;
    let noted = Noted {
        act: "unit_request.withdraw",
        states: (Some(row.state), UnitRequestState::Withdrawn),
        facts: Value::Object(serde_json::Map::new()),
        personal: None,
    };
    note(&txn, parts, Actor::Anyone, now, row.id, noted).await?;
    txn.commit().await?;
    Ok(())
}

/// Gives whoever asked the link with which they set the first password of the accepted account. As long as none is set a new one can be
/// had, and ends the one before; afterwards a lost password is a matter for the administrator.
///
/// # Errors
/// It is not there for this token, it is not accepted, the account was opened already or is off, or the database refuses.
pub async fn open_account(parts: Parts<'_>, number: &str, token: &Token) -> Result<Issued, Refused> {
    let now = parts.accounts.clock.now();
    let txn = db::begin(&parts.accounts.db).await?;
    let row = store::of_token(&txn, number, token).await?.ok_or(Refused::NotThere)?;
    let account = match (row.state, row.account_id) {
        (UnitRequestState::Accepted, Some(account)) => account_store::held(&txn, account).await?,
        _ => return Err(Refused::conflict("这个申请还没有通过。", "This request is not accepted.")),
    };
    if account.password_hash.is_some() {
        return Err(Refused::conflict(
            "账号已经开通了，直接登录就行。忘了密码，请联系监管部门的系统管理员。",
            "The account is open already: sign in. Whoever lost the password turns to the bureau's administrator.",
        ));
    }
    if account.state != AccountState::Active {
        return Err(Refused::conflict(
            "账号停用了，请联系监管部门。",
            "The account is switched off. Turn to the bureau.",
        ));
    }
    let issued = account_acts::issue(&txn, parts.accounts, Actor::Anyone, &account, false, now).await?;
    txn.commit().await?;
    Ok(issued)
}

/// A request that waits for its answer, held.
async fn waiting(
    txn: &DatabaseTransaction,
    id: i64,
    version: Option<i32>,
) -> Result<unit_request::Model, Refused> {
    let row = store::held(txn, id).await?.ok_or(Refused::NotThere)?;
    if version.is_some_and(|version| version != row.version) {
        return Err(Refused::Changed);
    }
    if row.state == UnitRequestState::Received {
        return Ok(row);
    }
    Err(Refused::conflict("这个申请已经有结果了。", "This request is decided already."))
}

fn decided(
    row: &unit_request::Model,
    state: UnitRequestState,
    actor: Actor,
    now: Timestamp,
) -> unit_request::ActiveModel {
    let by = match actor {
        Actor::Account { id, .. } => Some(id),
        Actor::Anyone | Actor::Key { .. } | Actor::Operator | Actor::System => None,
    };
    unit_request::ActiveModel {
        id: Set(row.id),
        state: Set(state),
        decided_by: Set(by),
        version: Set(row.version + 1),
        decided_at: Set(Some(now)),
        ..Default::default()
    }
}

/// The unit of a request: the one that the register knows by its code, or a new one under the name that was given.
async fn unit(txn: &DatabaseTransaction, row: &unit_request::Model, now: Timestamp) -> Result<i64, Refused> {
    if let Some(known) = store::registered(txn, &row.uscc).await? {
        return Ok(known.id);
    }
    let fresh = organisation::ActiveModel {
        id: NotSet,
        source_id: Set(source(txn, now).await?),
        source_key: Set(row.uscc.clone()),
        uscc: Set(Some(row.uscc.clone())),
        name: Set(row.unit_name.clone()),
        version: Set(1),
        valid_from: Set(None),
        recorded_at: Set(now),
    };
    // A register's import may enter the same unit at this moment; whoever comes second finds it.
    let skip = OnConflict::new().do_nothing().to_owned();
    let entered = organisation::Entity::insert(fresh).on_conflict(skip).exec_without_returning(txn).await;
    let known = store::registered(txn, &row.uscc).await?.ok_or(Refused::NotThere)?;
    if matches!(entered, Ok(1)) {
        let entry = feed::Entry {
            subject: ChangeSubject::Organisation,
            subject_id: known.id,
            handle: row.uscc.clone(),
            code: row.uscc.clone(),
            kind: ChangeKind::Created,
            reason: ChangeReason::UnitAccepted,
            version: 1,
        };
        feed::append(txn, now, vec![entry]).await?;
    }
    Ok(known.id)
}

async fn source(txn: &DatabaseTransaction, now: Timestamp) -> Result<i64, Refused> {
    let row = source::ActiveModel {
        id: NotSet,
        key: Set(SOURCE.to_owned()),
        name_zh: Set("单位账号申请".to_owned()),
        name_en: Set("Units that asked for an account".to_owned()),
        licence: Set("CC-BY-4.0".to_owned()),
        url: Set(None),
        as_of: Set(None),
        demonstration: Set(false),
        recorded_at: Set(now),
    };
    let skip = OnConflict::column(source::Column::Key).do_nothing().to_owned();
    match source::Entity::insert(row).on_conflict(skip).exec_without_returning(txn).await {
        Ok(_) | Err(sea_orm::DbErr::RecordNotInserted) => {}
        Err(cause) => return Err(cause.into()),
    }
    let found = source::Entity::find().filter(source::Column::Key.eq(SOURCE)).one(txn).await?;
    found.map(|row| row.id).ok_or(Refused::NotThere)
}

/// Whether somebody of the unit can let others in.
async fn has_owner(txn: &DatabaseTransaction, unit: i64) -> Result<bool, Refused> {
    use account::Column;
    // Held, so that two requests for one unit are not accepted at the same time.
    organisation::Entity::find_by_id(unit).lock_exclusive().one(txn).await?;
    let owners = account::Entity::find()
        .filter(Column::OrganisationId.eq(unit))
        .filter(Column::Role.eq(Role::UnitOwner))
        .filter(Column::State.ne(AccountState::Off));
    Ok(owners.count(txn).await? > 0)
}

async fn free_login(txn: &DatabaseTransaction, uscc: &str) -> Result<String, Refused> {
    for place in 1..=LOGINS {
        let login = rules::login(uscc, place);
        if account_store::by_login(txn, &login).await?.is_none() {
            return Ok(login);
        }
    }
    Err(Refused::conflict(
        "这个单位的账号太多了，请系统管理员建账号。",
        "This unit has too many accounts. Ask the administrator to make one.",
    ))
}

/// What the trail says of an act on a request.
struct Noted {
    act: &'static str,
    states: (Option<UnitRequestState>, UnitRequestState),
    facts: Value,
    personal: Option<Value>,
}

async fn note(
    txn: &DatabaseTransaction,
    parts: Parts<'_>,
    actor: Actor,
    at: Timestamp,
    request: i64,
    noted: Noted,
) -> Result<(), Refused> {
    let Noted { act, states: (from, to), facts, personal } = noted;
    let entry = Entry {
        at,
        actor,
        act,
        subject: "unit_request",
        subject_id: request,
        from: from.map(UnitRequestState::code),
        to: Some(to.code()),
        facts,
        personal,
    };
    audit::append(txn, &parts.accounts.vault, entry).await?;
    Ok(())
}
