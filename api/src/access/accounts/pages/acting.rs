//! What is done to accounts of others, each act by a form of the account's page. Whoever may not even know of the account is told that
//! there is none; a form that speaks of an older version is refused, because somebody else changed it meanwhile.

use actix_web::{HttpRequest, web};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use yuti_entity::{account, organisation};
use yuti_openapi::ProblemCode;
use yuti_openapi::vocabulary::Role;
use yuti_portal::{AccountAct, LinkShown};

use super::super::acts;
use super::super::refused::{Flaw, Refused};
use super::super::store;
use super::managing::{Room, known, page_of, scope};
use super::{Back, shown, to};
use crate::access::rights::{Granted, Guarded, can};
use crate::access::session::{Permitted, SignedForm};
use crate::http::answer::Answer;
use crate::http::extract::{Call, Segments};
use crate::http::failure::Failure;
use crate::http::fields::{Fields, FromFields};
use crate::http::form::{self, Typed};
use crate::http::page;
use crate::state::App;

/// What comes with every act: the version that was seen, and a reason where one is asked for.
struct Asked {
    version: Option<i64>,
    reason: Option<String>,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            version: fields.required("version", |fields| fields.number("version", 1, i64::from(i32::MAX))),
            reason: fields.lines("reason", 2_000),
        }
    }
}

/// An act on an account: who does it, to which, and what was typed.
struct Doing<A: Guarded> {
    room: Room,
    permitted: Permitted<A>,
    row: account::Model,
    right: Granted<A>,
}

impl<A: Guarded> Doing<A> {
    /// Whoever may do it to the account of the address, in its present state.
    async fn of(
        app: &App,
        request: &HttpRequest,
        id: &Segments,
        permitted: Permitted<A>,
    ) -> Result<Self, Failure> {
        let room = Room::of(request, permitted.who())?;
        let row = known(app, id, &permitted).await?;
        if row.id == permitted.who().id() {
            return Err(Failure::new(ProblemCode::Forbidden));
        }
        let right = permitted.over(scope(&row), row.state.code())?;
        Ok(Self { room, permitted, row, right })
    }

    /// What was typed, if it is about the account as it is now.
    fn asked(&self, fields: Fields) -> Result<Asked, Refused> {
        let asked: Asked = form::value(fields).map_err(|refused| Failure::unprocessable(refused.errors))?;
        if asked.version == Some(self.row.version.into()) { Ok(asked) } else { Err(Refused::Changed) }
    }

    /// Back to the account's page, which says what was done.
    fn back(&self, call: &Call, done: &str) -> Answer {
        page::redirect(&to(call, &format!("{}/{}?done={done}", self.room.desk().path(), self.row.id)))
    }

    /// The account's page with what was refused.
    async fn refused(
        &self,
        app: &App,
        call: &Call,
        request: &HttpRequest,
        (act, refused, typed): (AccountAct, Refused, Typed),
    ) -> Result<Answer, Failure> {
        self.again(app, call, request, act, &Back::refused(refused, typed, call.language)?).await
    }

    /// The account's page with a form that came back.
    async fn again(
        &self,
        app: &App,
        call: &Call,
        request: &HttpRequest,
        act: AccountAct,
        back: &Back,
    ) -> Result<Answer, Failure> {
        let row = store::by_id(&app.db, self.row.id).await?.ok_or_else(super::not_found)?;
        let mut page = page_of(app, call, self.room, &self.permitted, &row).await?;
        page.refused = Some((act, back.filled.clone()));
        Ok(back.answer(page.render(&page::frame(app, call, request).await?), call))
    }
}

/// Writes the handlers of the acts that lead back to the account's page.
macro_rules! handlers {
    ($($(#[$meta:meta])* $name:ident: $right:ident, $act:ident, $done:literal, |$app:ident, $doing:ident, $asked:ident| $run:expr;)+) => {
        $($(#[$meta])*
        ///
        /// # Errors
        /// There is no such account that this person may know of, they must not do it, or the database refuses.
        pub async fn $name(
            $app: web::Data<App>,
            call: Call,
            request: HttpRequest,
            id: Segments,
            form: SignedForm<can::$right>,
        ) -> Result<Answer, Failure> {
            let $doing = Doing::of(&$app, &request, &id, form.permitted).await?;
            let reason = form.fields.peek("reason").to_owned();
            let outcome: Result<(), Refused> = match $doing.asked(form.fields) {
                Ok($asked) => $run,
                Err(refused) => Err(refused),
            };
            match outcome {
                Ok(()) => Ok($doing.back(&call, $done)),
                Err(refused) => {
                    let refused = (AccountAct::$act, refused, Typed::one("reason", &reason));
                    $doing.refused(&$app, &call, &request, refused).await
                }
            }
        })+
    };
}

handlers! {
    /// `POST …/{id}/switch-off`
    act_switch_off: AccountSwitchOff, SwitchOff, "switched-off", |app, doing, asked| {
        let (version, reason) = (Some(doing.row.version), asked.reason.unwrap_or_default());
        acts::switch_off(&app.accounts, doing.right, doing.row.id, version, &reason).await.map(|_| ())
    };
    /// `POST …/{id}/wake`
    act_wake: AccountWake, Wake, "woken", |app, doing, _asked| {
        acts::wake(&app.accounts, doing.right, doing.row.id, Some(doing.row.version)).await.map(|_| ())
    };
    /// `POST …/{id}/sign-out`
    act_sign_out: AccountSignOut, SignOut, "signed-out", |app, doing, _asked| {
        acts::end_all_sessions(&app.accounts, doing.right, doing.row.id).await.map(|_| ())
    };
    /// `POST …/{id}/second-factor`
    act_clear: SecondFactorClear, ClearSecondFactor, "cleared", |app, doing, asked| {
        let reason = asked.reason.unwrap_or_default();
        acts::clear_second_factor(&app.accounts, doing.right, doing.row.id, &reason).await
    };
}

/// `POST …/{id}/link`: the link is shown in the answer, and nowhere again.
///
/// # Errors
/// There is no such account that this person may know of, they must not do it, or the database refuses.
pub async fn act_link(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    id: Segments,
    form: SignedForm<can::AccountLink>,
) -> Result<Answer, Failure> {
    let doing = Doing::of(&app, &request, &id, form.permitted).await?;
    let issued = match doing.asked(form.fields) {
        Ok(_) => acts::issue_link(&app.accounts, doing.right, doing.row.id, false).await,
        Err(refused) => Err(refused),
    };
    match issued {
        Ok(issued) => {
            let mut page = page_of(&app, &call, doing.room, &doing.permitted, &doing.row).await?;
            page.link = Some(link_shown(&app, &issued));
            Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
        }
        Err(refused) => {
            doing.refused(&app, &call, &request, (AccountAct::Link, refused, Typed::default())).await
        }
    }
}

/// A link as it is handed on.
pub(super) fn link_shown(app: &App, issued: &acts::Issued) -> LinkShown {
    LinkShown { address: app.url(&issued.path()), until: shown::time(app, issued.expires_at) }
}

/// Role and place of an account.
pub(super) struct Wanted {
    pub(super) role: Option<Role>,
    pub(super) authority: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) home_unit: Option<String>,
    version: Option<i64>,
}

impl FromFields for Wanted {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            role: fields.required("role", |fields| fields.code("role")),
            authority: fields.text("authority", 100),
            unit: fields.text("unit", 40),
            home_unit: fields.text("home_unit", 40),
            version: fields.number("version", 1, i64::from(i32::MAX)),
        }
    }
}

/// A unit by its code.
pub(super) async fn unit(app: &App, field: &'static str, code: Option<&str>) -> Result<Option<i64>, Refused> {
    let Some(code) = code else { return Ok(None) };
    let plain = code.trim().to_uppercase();
    let found =
        organisation::Entity::find().filter(organisation::Column::Uscc.eq(plain)).one(&app.db).await?;
    match found {
        Some(row) => Ok(Some(row.id)),
        None => Err(Refused::flaw(Flaw::new(
            field,
            "unknown",
            "登记里没有这个统一社会信用代码。",
            "No unit in the register has this code.",
        ))),
    }
}

/// `POST …/{id}/role`
///
/// # Errors
/// There is no such account that this person may know of, they must not do it, or the database refuses.
pub async fn act_role(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    id: Segments,
    form: SignedForm<can::AccountRole>,
) -> Result<Answer, Failure> {
    let doing = Doing::of(&app, &request, &id, form.permitted).await?;
    let wanted: Wanted = match form::value(form.fields) {
        Ok(wanted) => wanted,
        Err(refused) => {
            let back = Back::unread(refused, call.language);
            return doing.again(&app, &call, &request, AccountAct::Role, &back).await;
        }
    };
    match change(&app, &doing, &wanted).await {
        Ok(()) => Ok(doing.back(&call, "role")),
        Err(refused) => {
            let mut back = Back::refused(refused, Typed::default(), call.language)?;
            back.filled.typed = wanted.typed();
            doing.again(&app, &call, &request, AccountAct::Role, &back).await
        }
    }
}

async fn change(app: &App, doing: &Doing<can::AccountRole>, wanted: &Wanted) -> Result<(), Refused> {
    if wanted.version != Some(doing.row.version.into()) {
        return Err(Refused::Changed);
    }
    let role = wanted.role.unwrap_or(doing.row.role);
    let unit_id = unit(app, "unit", wanted.unit.as_deref()).await?;
    let home = unit(app, "home_unit", wanted.home_unit.as_deref()).await?;
    let place = (wanted.authority.as_deref(), unit_id, home);
    let version = Some(doing.row.version);
    acts::change_role(&app.accounts, doing.right, doing.row.id, version, role, place).await.map(|_| ())
}

impl Wanted {
    /// As it was typed.
    pub(super) fn typed(&self) -> Vec<(String, String)> {
        let value = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            ("role".to_owned(), self.role.map(|role| role.to_string()).unwrap_or_default()),
            ("authority".to_owned(), value(&self.authority)),
            ("unit".to_owned(), value(&self.unit)),
            ("home_unit".to_owned(), value(&self.home_unit)),
        ]
    }
}
