//! Accounts of others, as pages: all of them for an administrator (`/admin/accounts`), those of the own unit for its owner
//! (`/unit/accounts`). Both addresses have the same handlers; what may be done to which account is the table of rights.

use actix_web::{HttpRequest, web};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use yuti_entity::{account, audit_entry, organisation};
use yuti_openapi::ProblemCode;
use yuti_openapi::vocabulary::{AccountState, Role};
use yuti_portal::{
    AccountAct, AccountFilter, AccountPage, AccountRow, AccountsPage, DeskRoom, Done, Filled, Place,
    TrailRow, told,
};

use super::super::rules;
use super::super::store::{self, Filter};
use super::{desk, done, shown};
use crate::access::rights::{Guarded, can};
use crate::access::session::{Permitted, Scope, SignedIn};
use crate::http::answer::Answer;
use crate::http::extract::{Call, Segments};
use crate::http::failure::Failure;
use crate::http::page;
use crate::state::App;

/// Accounts on a page.
const PAGE: usize = 50;
/// Entries of the trail on a page.
const TRAIL: u64 = 50;

/// Which of the two addresses is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// All accounts.
    Admin,
    /// Those of a unit.
    Unit(i64),
}

impl Room {
    /// The room of an address, for somebody who may enter it.
    pub(super) fn of(request: &HttpRequest, who: &SignedIn) -> Result<Self, Failure> {
        let unit = request.match_pattern().is_some_and(|route| route.contains("/unit/"));
        match (unit, who.role(), who.organisation_id()) {
            (false, Role::Administrator, _) => Ok(Self::Admin),
            (true, Role::UnitOwner, Some(id)) => Ok(Self::Unit(id)),
            _ => Err(Failure::new(ProblemCode::Forbidden)),
        }
    }

    pub(super) fn desk(self) -> DeskRoom {
        match self {
            Self::Admin => DeskRoom::Accounts,
            Self::Unit(_) => DeskRoom::UnitAccounts,
        }
    }

    /// The roles that occur here.
    pub(super) fn roles(self) -> Vec<Role> {
        use yuti_openapi::vocabulary::Vocabulary as _;
        Role::ALL.iter().copied().filter(|role| self == Self::Admin || rules::of_unit(*role)).collect()
    }
}

/// `/admin/accounts`, `/unit/accounts`
///
/// # Errors
/// The role has no such room, or the database refuses.
pub async fn list(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    permitted: Permitted<can::AccountView>,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let room = Room::of(&request, permitted.who())?;
    let wished = |name| page::parameter(&request, name);
    let filter = AccountFilter {
        role: wished("role").and_then(|text| text.parse().ok()).filter(|role| room.roles().contains(role)),
        state: wished("state").and_then(|text| text.parse().ok()),
        login: wished("login").map(|text| rules::plain_login(&text)).unwrap_or_default(),
    };
    let after = wished("after").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut rows = store::list(&app.db, &of(room, &filter, after)).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|last| next_path(room, &filter, last.id));
    let page = AccountsPage {
        desk: desk(&app, &call, permitted.who(), room.desk()).await?,
        roles: room.roles(),
        rows: listed(&app, &call, &rows).await?,
        filter,
        next,
    };
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

fn of(room: Room, filter: &AccountFilter, after: i64) -> Filter {
    Filter {
        role: filter.role,
        state: filter.state,
        organisation_id: match room {
            Room::Admin => None,
            Room::Unit(id) => Some(id),
        },
        login: (!filter.login.is_empty()).then(|| filter.login.clone()),
        after,
        limit: Some(PAGE as u64 + 1),
        ..Filter::default()
    }
}

fn next_path(room: Room, filter: &AccountFilter, after: i64) -> String {
    let mut path = format!("{}?after={after}", room.desk().path());
    for (name, value) in [
        ("role", filter.role.map(|role| role.to_string())),
        ("state", filter.state.map(|state| state.to_string())),
        ("login", Some(filter.login.clone()).filter(|login| !login.is_empty())),
    ] {
        if let Some(value) = value {
            path.push_str(&format!("&{name}={}", yuti_portal::encoded(&value)));
        }
    }
    path
}

async fn listed(app: &App, call: &Call, rows: &[account::Model]) -> Result<Vec<AccountRow>, Failure> {
    let units = shown::units(app, shown::unit_ids(rows)).await?;
    let row = |row: &account::Model| {
        let of = (row.authority_key.as_deref(), row.organisation_id, row.home_organisation_id);
        AccountRow {
            id: row.id,
            login: row.login.clone(),
            name: store::name(&app.vault, row),
            role: row.role,
            place: shown::place(app, &units, of, call.language),
            state: row.state,
            last: row.last_signed_in_at.map(|at| shown::time(app, at)),
        }
    };
    Ok(rows.iter().map(row).collect())
}

/// Whose an account is: its unit's, or its holder's alone.
pub(super) fn scope(row: &account::Model) -> Scope<'static> {
    row.organisation_id.map_or(Scope::Account(row.id), Scope::Unit)
}

/// The account of an address, for somebody who may know of it.
pub(super) async fn known<A: Guarded>(
    app: &App,
    id: &Segments,
    permitted: &Permitted<A>,
) -> Result<account::Model, Failure> {
    let id: i64 = id.of("id").parse().map_err(|_| super::not_found())?;
    let row = store::by_id(&app.db, id).await?.ok_or_else(super::not_found)?;
    if permitted.could::<can::AccountView>(scope(&row), row.state.code()) {
        Ok(row)
    } else {
        Err(super::not_found())
    }
}

/// `/admin/accounts/{id}`, `/unit/accounts/{id}`
///
/// # Errors
/// There is none that this person may know of, or the database refuses.
pub async fn view(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    id: Segments,
    permitted: Permitted<can::AccountView>,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let room = Room::of(&request, permitted.who())?;
    let row = known(&app, &id, &permitted).await?;
    let mut page = page_of(&app, &call, room, &permitted, &row).await?;
    page.told = done(&request).and_then(|done| said(&done)).map(|done| told(done, call.language));
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

/// What an address says was done: words of a closed list.
fn said(done: &str) -> Option<Done> {
    Some(match done {
        "switched-off" => Done::SwitchedOff,
        "woken" => Done::Woken,
        "signed-out" => Done::SignedOut,
        "cleared" => Done::Cleared,
        "role" => Done::RoleChanged,
        _ => return None,
    })
}

/// What can be done about an account by somebody.
fn offered<A: Guarded>(permitted: &Permitted<A>, row: &account::Model) -> Vec<AccountAct> {
    let (scope, state) = (scope(row), row.state.code());
    // Nobody does to themselves what would leave them outside, or let in whoever finds their session open.
    if row.id == permitted.who().id() {
        return Vec::new();
    }
    let mut acts = Vec::new();
    let mut offer = |may: bool, act| {
        if may {
            acts.push(act);
        }
    };
    offer(permitted.could::<can::AccountLink>(scope, state), AccountAct::Link);
    offer(permitted.could::<can::AccountWake>(scope, state), AccountAct::Wake);
    offer(permitted.could::<can::AccountSignOut>(scope, state), AccountAct::SignOut);
    let factor = row.totp_secret.is_some();
    offer(factor && permitted.could::<can::SecondFactorClear>(scope, state), AccountAct::ClearSecondFactor);
    offer(permitted.could::<can::AccountRole>(scope, state), AccountAct::Role);
    offer(permitted.could::<can::AccountSwitchOff>(scope, state), AccountAct::SwitchOff);
    acts
}

/// The page of an account.
pub(super) async fn page_of<A: Guarded>(
    app: &App,
    call: &Call,
    room: Room,
    permitted: &Permitted<A>,
    row: &account::Model,
) -> Result<AccountPage, Failure> {
    let units = shown::units(app, shown::unit_ids(std::slice::from_ref(row))).await?;
    let of = (row.authority_key.as_deref(), row.organisation_id, row.home_organisation_id);
    let acts = offered(permitted, row);
    let reads = permitted.could::<can::TrailView>(scope(row), row.state.code());
    let trail = if reads { Some(trail(app, row.id).await?) } else { None };
    let change = match acts.contains(&AccountAct::Role) {
        true => Place { roles: room.roles(), bureaus: bureaus(app, call), filled: present(app, row).await? },
        false => Place::default(),
    };
    Ok(AccountPage {
        desk: desk(app, call, permitted.who(), room.desk()).await?,
        id: row.id,
        version: row.version,
        login: row.login.clone(),
        name: store::name(&app.vault, row),
        role: row.role,
        place: shown::place(app, &units, of, call.language),
        state: row.state,
        second_factor: row.totp_secret.is_some(),
        last: row.last_signed_in_at.map(|at| shown::time(app, at)),
        sessions: match row.state {
            AccountState::Active => store::sessions(&app.db, row, app.now()).await?.len(),
            AccountState::Off | AccountState::Dormant => 0,
        },
        acts,
        change,
        trail,
        told: None,
        link: None,
        refused: None,
    })
}

/// The bureaus that exist today, by their keys.
pub(super) fn bureaus(app: &App, call: &Call) -> Vec<(String, String)> {
    let name = |row: &yuti_entity::authority::Model| {
        (row.key.clone(), call.language.pick(&row.name_zh, &row.name_en).to_owned())
    };
    app.reference.bureaus(app.today()).map(name).collect()
}

/// What stands in the form of role and place to begin with.
async fn present(app: &App, row: &account::Model) -> Result<Filled, Failure> {
    let ids: Vec<i64> = shown::unit_ids(std::slice::from_ref(row));
    let units = organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(&app.db).await?;
    let code = |id: Option<i64>| {
        let unit = units.iter().find(|unit| Some(unit.id) == id);
        unit.and_then(|unit| unit.uscc.as_ref()).map(ToString::to_string).unwrap_or_default()
    };
    Ok(Filled::with(&[
        ("role", row.role.code()),
        ("authority", row.authority_key.as_deref().unwrap_or_default()),
        ("unit", &code(row.organisation_id)),
        ("home_unit", &code(row.home_organisation_id)),
    ]))
}

/// The last entries of an account's trail. What is personal in them stays closed here: opening it is an act of its own.
async fn trail(app: &App, id: i64) -> Result<Vec<TrailRow>, Failure> {
    use audit_entry::Column;
    let rows = audit_entry::Entity::find()
        .filter(Column::Subject.eq("account"))
        .filter(Column::SubjectId.eq(id))
        .order_by_desc(Column::Id)
        .limit(TRAIL)
        .all(&app.db)
        .await?;
    let actors = rows.iter().filter(|row| row.actor == "account").filter_map(|row| row.actor_id);
    let actors = account::Entity::find().filter(account::Column::Id.is_in(actors)).all(&app.db).await?;
    let who = |row: &audit_entry::Model| {
        let known = actors.iter().find(|actor| row.actor == "account" && Some(actor.id) == row.actor_id);
        known.map_or_else(|| row.actor.clone(), |actor| actor.login.clone())
    };
    let states = |row: &audit_entry::Model| match (&row.from_state, &row.to_state) {
        (Some(from), Some(to)) if from != to => Some(format!("{from} → {to}")),
        (_, Some(to)) => Some(to.clone()),
        _ => None,
    };
    let shown = rows.iter().map(|row| TrailRow {
        at: shown::time(app, row.at),
        act: row.act.clone(),
        who: who(row),
        states: states(row),
    });
    Ok(shown.collect())
}
