//! To make an account, as a page. Its link is shown in the answer, and nowhere again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use yuti_openapi::vocabulary::Role;
use yuti_portal::{AccountPage, Done, Filled, NewAccountPage, told};

use super::super::acts::{self, Created, New};
use super::super::refused::{Flaw, Refused};
use super::super::{rules, store};
use super::acting::{Wanted, link_shown, unit};
use super::managing::{Room, bureaus, page_of};
use super::{Back, desk};
use crate::access::rights::can;
use crate::access::session::{Permitted, Scope, SignedForm};
use crate::http::answer::Answer;
use crate::http::extract::Call;
use crate::http::failure::Failure;
use crate::http::fields::{Fields, FromFields};
use crate::http::form::{self, Typed};
use crate::http::page;
use crate::state::App;

/// The roles that can be given in a room. A unit's owner invites members and delegates; another owner comes from the bureau.
fn roles(room: Room) -> Vec<Role> {
    match room {
        Room::Admin => room.roles(),
        Room::Unit(_) => vec![Role::UnitMember, Role::UnitDelegate],
    }
}

/// `/admin/accounts/new`, `/unit/accounts/new`
///
/// # Errors
/// The role has no such room, or the database refuses.
pub async fn new_account(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    permitted: Permitted<can::AccountView>,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let room = Room::of(&request, permitted.who())?;
    let desk = desk(&app, &call, permitted.who(), room.desk()).await?;
    let page = new_page(&app, &call, room, desk, Filled::default());
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

fn new_page(app: &App, call: &Call, room: Room, desk: yuti_portal::Desk, filled: Filled) -> NewAccountPage {
    let admin = room == Room::Admin;
    let bureaus = if admin { bureaus(app, call) } else { Vec::new() };
    NewAccountPage { desk, roles: roles(room), bureaus, asks_unit: admin, filled }
}

/// Log-in, name, role and place.
struct Asked {
    login: Option<String>,
    name: Option<String>,
    wanted: Wanted,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            login: fields.required("login", |fields| fields.text("login", 200)),
            name: fields.required("name", |fields| fields.text("name", 200)),
            wanted: Wanted::from_fields(fields),
        }
    }
}

/// `POST /admin/accounts/new`, `POST /unit/accounts/new`
///
/// # Errors
/// The role has no such room, must not make such an account, or the database refuses.
pub async fn create(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    form: SignedForm<can::AccountCreate>,
) -> Result<Answer, Failure> {
    let SignedForm { permitted, fields } = form;
    let room = Room::of(&request, permitted.who())?;
    let back = match form::value::<Asked>(fields) {
        Err(unread) => Back::unread(unread, call.language),
        Ok(asked) => match make(&app, room, &permitted, &asked).await {
            Ok(made) => {
                let page = made_page(&app, &call, room, &permitted, &made).await?;
                return Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call)
                    .status(StatusCode::CREATED));
            }
            Err(refused) => {
                let mut back = Back::refused(refused, Typed::default(), call.language)?;
                back.filled.typed = asked.wanted.typed();
                back.filled.typed.push(("login".to_owned(), asked.login.unwrap_or_default()));
                back.filled.typed.push(("name".to_owned(), asked.name.unwrap_or_default()));
                back
            }
        },
    };
    let desk = desk(&app, &call, permitted.who(), room.desk()).await?;
    let page = new_page(&app, &call, room, desk, back.filled.clone());
    Ok(back.answer(page.render(&page::frame(&app, &call, &request).await?), &call))
}

async fn made_page(
    app: &App,
    call: &Call,
    room: Room,
    permitted: &Permitted<can::AccountCreate>,
    made: &Created,
) -> Result<AccountPage, Failure> {
    let row = store::by_id(&app.db, made.id).await?.ok_or_else(super::not_found)?;
    let mut page = page_of(app, call, room, permitted, &row).await?;
    page.told = Some(told(Done::Made, call.language));
    page.link = Some(link_shown(app, &made.link));
    Ok(page)
}

async fn make(
    app: &App,
    room: Room,
    permitted: &Permitted<can::AccountCreate>,
    asked: &Asked,
) -> Result<Created, Refused> {
    let wanted = &asked.wanted;
    let role = wanted.role.filter(|role| roles(room).contains(role)).ok_or_else(|| {
        Refused::flaw(Flaw::new("role", "not_in_list", "不能给这个角色。", "This role cannot be given here."))
    })?;
    let home_unit = unit(app, "home_unit", wanted.home_unit.as_deref()).await?;
    let (authority, unit) = match room {
        Room::Unit(own) => (None, Some(own)),
        Room::Admin => (wanted.authority.as_deref(), unit(app, "unit", wanted.unit.as_deref()).await?),
    };
    let scope = match unit {
        Some(id) if rules::of_unit(role) => Scope::Unit(id),
        _ => Scope::Service,
    };
    let right = permitted.over(scope, "")?;
    let new = New {
        login: asked.login.as_deref().unwrap_or_default(),
        name: asked.name.as_deref().unwrap_or_default(),
        role,
        authority,
        unit,
        home_unit,
        demonstration: false,
    };
    acts::create(&app.accounts, right, new).await
}
