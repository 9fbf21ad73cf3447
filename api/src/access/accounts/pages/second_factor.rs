//! The second factor of the own account, as pages.

use actix_web::{HttpRequest, web};
use yuti_openapi::Language;
use yuti_portal::{DeskRoom, EnrolmentPage, Filled, OwnForm, RecoveryCodesPage};
use zeroize::Zeroizing;

use super::super::acts::{self, Codes};
use super::super::refused::Refused;
use super::super::rules::Standing;
use super::own::{ACTIVE, own_page};
use super::signing_in::{Code, LONGEST_SECRET};
use super::{Back, desk, next_of, onwards, rooms, to};
use crate::access::rights::can;
use crate::access::session::{self, Browser, Next, Permitted, Present, Scope, SignedForm};
use crate::http::answer::Answer;
use crate::http::extract::Call;
use crate::http::failure::Failure;
use crate::http::fields::{Fields, FromFields};
use crate::http::form::{self, Typed};
use crate::http::page;
use crate::state::App;

/// Under which name an authenticator lists the account.
fn issuer(language: Language) -> &'static str {
    language.pick("渝梯", "Yuti")
}

/// `/account/second-factor`
///
/// # Errors
/// Whatever the database refuses.
pub async fn second_factor(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    who: Present,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let next = Next::of(&request);
    if !matches!(who.standing, Standing::Whole | Standing::EnrolmentDue) {
        return Ok(onwards(&call, who.standing, next.as_ref()));
    }
    let page = enrolment_page(&app, &call, &who, Filled::default(), next).await?;
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

async fn enrolment_page(
    app: &App,
    call: &Call,
    who: &Present,
    filled: Filled,
    next: Option<Next>,
) -> Result<EnrolmentPage, Failure> {
    let waiting = match acts::waiting_enrolment(&app.accounts, who, issuer(call.language)) {
        Ok(enrolment) => Some((enrolment.picture.to_string(), enrolment.secret.to_string())),
        Err(Refused::NotThere) => None,
        Err(refused) => return Err(refused.into()),
    };
    Ok(EnrolmentPage {
        desk: desk(app, call, who, DeskRoom::Account).await?,
        forced: who.standing == Standing::EnrolmentDue,
        replaces: who.has_second_factor(),
        waiting,
        next: next.map(|next| next.path().to_owned()),
        filled,
    })
}

/// The password, where it is asked for.
struct Asked {
    password: Option<Zeroizing<String>>,
    next: Option<Next>,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { password: fields.secret("password", LONGEST_SECRET), next: next_of(fields) }
    }
}

/// `POST /account/second-factor`: makes a secret, which counts once a code of it was given.
///
/// # Errors
/// Whatever the database refuses.
pub async fn begin(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    browser: Browser,
    form: SignedForm<can::SecondFactorChange>,
) -> Result<Answer, Failure> {
    let SignedForm { permitted, fields } = form;
    let who = permitted.who();
    let right = permitted.over(Scope::Account(who.id()), ACTIVE)?;
    let next = Next::wished(fields.peek("next"));
    let back = match form::value::<Asked>(fields) {
        Err(unread) => Back::unread(unread, call.language),
        Ok(asked) => {
            let password = asked.password.as_ref().map(|password| password.as_str());
            let issuer = issuer(call.language);
            let begun = acts::begin_enrolment(&app.accounts, who, right, password, issuer, browser.visitor());
            match begun.await {
                Ok(_) => {
                    let query = asked.next.map(|next| format!("?next={}", yuti_portal::encoded(next.path())));
                    let path = format!("/account/second-factor{}", query.unwrap_or_default());
                    return Ok(page::redirect(&to(&call, &path)));
                }
                Err(refused) => Back::refused(refused, Typed::default(), call.language)?,
            }
        }
    };
    let page = enrolment_page(&app, &call, who, back.filled.clone(), next).await?;
    Ok(back.answer(page.render(&page::frame(&app, &call, &request).await?), &call))
}

/// `POST /account/second-factor/confirm`
///
/// # Errors
/// Whatever the database refuses.
pub async fn confirm(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    browser: Browser,
    form: SignedForm<can::SecondFactorChange>,
) -> Result<Answer, Failure> {
    let SignedForm { permitted, fields } = form;
    let who = permitted.who();
    let right = permitted.over(Scope::Account(who.id()), ACTIVE)?;
    let next = Next::wished(fields.peek("next"));
    let back = match form::value::<Code>(fields) {
        Err(unread) => Back::unread(unread, call.language),
        Ok(typed) => {
            let code = typed.code.unwrap_or_default();
            match acts::confirm_enrolment(&app.accounts, who, right, &code, browser.visitor()).await {
                Ok((entered, codes)) => {
                    let mut page = codes_page(&app, &call, who, &codes, typed.next).await?;
                    // From here on the forms are those of the new session.
                    page.desk.csrf = entered.token.csrf();
                    page.desk.rooms = rooms(who, entered.standing);
                    let rendered = page.render(&page::frame(&app, &call, &request).await?);
                    return Ok(session::enter(page::private(rendered, &call), &app, &entered));
                }
                Err(Refused::NotSignedIn) => return Ok(page::redirect(&to(&call, "/login"))),
                Err(refused) => Back::refused(refused, Typed::default(), call.language)?,
            }
        }
    };
    let page = enrolment_page(&app, &call, who, back.filled.clone(), next).await?;
    Ok(back.answer(page.render(&page::frame(&app, &call, &request).await?), &call))
}

async fn codes_page(
    app: &App,
    call: &Call,
    who: &Present,
    codes: &Codes,
    next: Option<Next>,
) -> Result<RecoveryCodesPage, Failure> {
    Ok(RecoveryCodesPage {
        desk: desk(app, call, who, DeskRoom::Account).await?,
        codes: codes.iter().map(|code| code.to_string()).collect(),
        next: next
            .map_or_else(|| format!("/{}/account", call.language.segment()), |next| next.path().to_owned()),
    })
}

/// The password, which is always asked for.
struct Confirmed(Option<Zeroizing<String>>);

impl FromFields for Confirmed {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(fields.required("password", |fields| fields.secret("password", LONGEST_SECRET)))
    }
}

/// `POST /account/recovery-codes`
///
/// # Errors
/// Whatever the database refuses.
pub async fn codes(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    browser: Browser,
    form: SignedForm<can::SecondFactorChange>,
) -> Result<Answer, Failure> {
    let SignedForm { permitted, fields } = form;
    let who = permitted.who();
    let right = permitted.over(Scope::Account(who.id()), ACTIVE)?;
    let back = match form::value::<Confirmed>(fields) {
        Err(unread) => Back::unread(unread, call.language),
        Ok(Confirmed(password)) => {
            let password = password.unwrap_or_default();
            match acts::new_recovery_codes(&app.accounts, who, right, &password, browser.visitor()).await {
                Ok(codes) => {
                    let page = codes_page(&app, &call, who, &codes, None).await?;
                    return Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call));
                }
                Err(refused) => Back::refused(refused, Typed::default(), call.language)?,
            }
        }
    };
    own_again(&app, &call, &request, &permitted, OwnForm::Codes, back).await
}

/// `POST /account/second-factor/remove`
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    browser: Browser,
    form: SignedForm<can::SecondFactorChange>,
) -> Result<Answer, Failure> {
    let SignedForm { permitted, fields } = form;
    let who = permitted.who();
    let right = permitted.over(Scope::Account(who.id()), ACTIVE)?;
    let back = match form::value::<Confirmed>(fields) {
        Err(unread) => Back::unread(unread, call.language),
        Ok(Confirmed(password)) => {
            let password = password.unwrap_or_default();
            match acts::remove_second_factor(&app.accounts, who, right, &password, browser.visitor()).await {
                Ok(()) => return Ok(page::redirect(&to(&call, "/account?done=factor-removed"))),
                Err(refused) => Back::refused(refused, Typed::default(), call.language)?,
            }
        }
    };
    own_again(&app, &call, &request, &permitted, OwnForm::Remove, back).await
}

/// The own account's page with a form that came back.
async fn own_again(
    app: &App,
    call: &Call,
    request: &HttpRequest,
    permitted: &Permitted<can::SecondFactorChange>,
    form: OwnForm,
    back: Back,
) -> Result<Answer, Failure> {
    let page = own_page(app, call, request, permitted.who(), Some((form, back.filled.clone()))).await?;
    Ok(back.answer(page.render(&page::frame(app, call, request).await?), call))
}
