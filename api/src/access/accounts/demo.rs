//! Accounts that come with the demonstration data: one of each role, with passwords that are shown once. They are made once, in the
//! database's first start with such data, and go with it.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait, QueryFilter as _, QueryOrder as _};
use sea_orm::{ConnectionTrait, PaginatorTrait as _};
use serde_json::json;
use yuti_entity::{Timestamp, account, elevator, source};
use yuti_openapi::vocabulary::Role;
use zeroize::Zeroizing;

use super::acts::{self, New};
use super::refused::Refused;
use super::{Accounts, store, token};
use crate::audit::{self, Actor, Entry};
use crate::http::failure::Failure;
use crate::registry::reference::Reference;
use crate::vault::Vault;
use crate::{db, settings};

/// An account that was made, with the password that is shown once.
pub struct Shown {
    /// Its log-in.
    pub login: &'static str,
    /// Its role.
    pub role: Role,
    /// Its password.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown").field("login", &self.login).finish_non_exhaustive()
    }
}

/// The units of the elevator at which a visitor of the demonstration looks first, and where it stands.
struct Scene {
    using: i64,
    maintaining: i64,
    district: Option<String>,
    zone: Option<String>,
}

/// Makes the accounts where the database holds demonstration data and never had them. All in one transaction, so that a start that
/// is broken off makes none.
///
/// # Errors
/// Whatever the database refuses.
pub async fn first_start(accounts: &Accounts, reference: &Reference) -> Result<Vec<Shown>, Refused> {
    if settings::get(&accounts.db, settings::DEMO_ACCOUNTS).await?.is_some() {
        return Ok(Vec::new());
    }
    let Some(scene) = scene(&accounts.db).await? else { return Ok(Vec::new()) };
    let cast = cast(&scene, reference, accounts.today());
    let mut shown = Vec::new();
    for (new, login) in &cast {
        let password = token::password();
        shown.push((new, login, accounts.hasher.digest(&password).await?, password));
    }
    let now = accounts.now();
    let txn = db::begin(&accounts.db).await?;
    // Another copy may have been here while passwords were digested.
    if !settings::claim(&txn, settings::DEMO_ACCOUNTS, "made", now).await? {
        txn.rollback().await?;
        return Ok(Vec::new());
    }
    let mut made = Vec::new();
    for (new, login, digest, password) in shown {
        acts::insert_with_password(&txn, accounts, Actor::System, *new, digest).await?;
        made.push(Shown { login, role: new.role, password });
    }
    txn.commit().await?;
    Ok(made)
}

async fn scene(db: &impl ConnectionTrait) -> Result<Option<Scene>, DbErr> {
    let register = source::Entity::find().filter(source::Column::Demonstration.eq(true)).one(db).await?;
    let Some(register) = register else { return Ok(None) };
    let first = elevator::Entity::find()
        .filter(elevator::Column::SourceId.eq(register.id))
        .filter(elevator::Column::UsingUnitId.is_not_null())
        .filter(elevator::Column::MaintenanceUnitId.is_not_null())
        .order_by_asc(elevator::Column::Id)
        .one(db)
        .await?;
    Ok(first.and_then(|row| {
        Some(Scene {
            using: row.using_unit_id?,
            maintaining: row.maintenance_unit_id?,
            district: row.district_code,
            zone: row.zone_key,
        })
    }))
}

/// Whom the accounts stand for. All names are invented.
fn cast<'a>(scene: &Scene, reference: &'a Reference, today: NaiveDate) -> Vec<(New<'a>, &'static str)> {
    let district = reference.bureau_of(scene.district.as_deref(), scene.zone.as_deref(), today);
    let city = reference.bureau_of(None, None, today);
    let person = |login: &'static str, name: &'static str, role: Role| {
        let new =
            New { login, name, role, authority: None, unit: None, home_unit: None, demonstration: true };
        (new, login)
    };
    let officer = |login, name, role, authority: Option<&'a str>| {
        authority.map(|key| {
            let (new, login) = person(login, name, role);
            (New { authority: Some(key), ..new }, login)
        })
    };
    let of_unit = |login, name, role, unit: i64, home_unit: Option<i64>| {
        let (new, login) = person(login, name, role);
        Some((New { unit: Some(unit), home_unit, ..new }, login))
    };
    let delegate = (scene.using != scene.maintaining).then_some(scene.maintaining);
    let cast = [
        officer("demo-reader", "演示·查阅员", Role::Reader, district),
        officer("demo-officer", "演示·经办员", Role::Officer, district),
        officer("demo-decider", "演示·审批员", Role::Decider, district),
        officer("demo-city", "演示·市局人员", Role::CityBureau, city),
        Some(person("demo-admin", "演示·管理员", Role::Administrator)),
        of_unit("demo-using", "演示·使用单位负责人", Role::UnitOwner, scene.using, None),
        of_unit("demo-maintenance", "演示·维保单位负责人", Role::UnitOwner, scene.maintaining, None),
        of_unit("demo-member", "演示·维保单位成员", Role::UnitMember, scene.maintaining, None),
        delegate.and_then(|home| {
            of_unit("demo-delegate", "演示·受托代理人", Role::UnitDelegate, scene.using, Some(home))
        }),
    ];
    cast.into_iter().flatten().collect()
}

/// How many demonstration accounts there are.
///
/// # Errors
/// Whatever the database refuses.
pub async fn standing(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    account::Entity::find().filter(account::Column::Demonstration.eq(true)).count(db).await
}

/// Removes all demonstration accounts. Returns how many there were.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove(txn: &DatabaseTransaction, vault: &Vault, now: Timestamp) -> Result<u64, DbErr> {
    let rows = account::Entity::find()
        .filter(account::Column::Demonstration.eq(true))
        .order_by_asc(account::Column::Id)
        .all(txn)
        .await?;
    for row in &rows {
        let entry = Entry {
            at: now,
            actor: Actor::Operator,
            act: "account.remove",
            subject: "account",
            subject_id: row.id,
            from: Some(row.state.code()),
            to: None,
            facts: json!({ "role": row.role, "demonstration": true }),
            personal: Some(json!({ "login": row.login, "name": store::name(vault, row) })),
        };
        audit::append(txn, vault, entry).await.map_err(|failure: Failure| {
            let cause = failure.cause.map(|cause| cause.to_string());
            DbErr::Custom(cause.unwrap_or_else(|| failure.code.code().to_owned()))
        })?;
        // Sessions, codes, links and devices go with it.
        account::Entity::delete_by_id(row.id).exec(txn).await?;
    }
    Ok(rows.len() as u64)
}
