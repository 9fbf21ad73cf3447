//! Forms of somebody who has a session. Each carries a token that follows from the session's: a page of another site cannot know it, so
//! that it cannot make a browser send one (CSRF). It is looked at before any field is read.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use yuti_openapi::ProblemCode;

use super::{Permitted, Present, SignedIn, Stopped, next, page_of, present};
use crate::access::accounts::rules::Standing;
use crate::access::rights::{Act, Guarded, Posted};
use crate::http::failure::Failure;
use crate::http::fields::Fields;
use crate::http::form;

/// The field that carries the token.
const TOKEN: &str = "csrf";

/// A form that does an act. Nothing else gives the right to one that changes something.
#[derive(Debug)]
pub struct SignedForm<A: Guarded> {
    /// Who sent it, of a role that may do the act at all.
    pub permitted: Permitted<A>,
    /// What was typed. A field that is not asked for is refused.
    pub fields: Fields,
}

/// A form of a step of signing in, or of signing out.
#[derive(Debug)]
pub struct StepForm {
    /// Who sent it.
    pub who: Present,
    /// That its token was right.
    pub posted: Posted,
    /// What was typed. A field that is not asked for is refused.
    pub fields: Fields,
}

impl<A: Guarded> FromRequest for SignedForm<A> {
    type Error = Stopped;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stopped>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (who, fields) = read(&request, &mut payload).await?;
            if !suffices(who.standing, A::ACT) {
                return Err(match page_of(who.standing) {
                    Some(page) => Stopped::Elsewhere(next::step(&request, page)),
                    None => Failure::new(ProblemCode::Forbidden).into(),
                });
            }
            Ok(Self { permitted: Permitted::of(SignedIn(who))?, fields })
        })
    }
}

impl FromRequest for StepForm {
    type Error = Stopped;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stopped>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (who, fields) = read(&request, &mut payload).await?;
            Ok(Self { who, posted: Posted::checked(), fields })
        })
    }
}

async fn read(request: &HttpRequest, payload: &mut Payload) -> Result<(Present, Fields), Stopped> {
    let who = present(request).await?;
    let mut fields = form::read(request, payload).await?.strict();
    let given = fields.take(TOKEN).unwrap_or_default();
    if !same(given.as_bytes(), who.csrf().as_bytes()) {
        return Err(Failure::new(ProblemCode::FormRefused).into());
    }
    Ok((who, fields))
}

/// Whether two texts are the same, in a time that does not tell from where on they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// Whether a session at this step is good for the act. What is due can be done, and nothing else.
fn suffices(standing: Standing, act: Act) -> bool {
    match standing {
        Standing::Whole => true,
        Standing::PasswordDue => act == Act::PasswordChange,
        Standing::EnrolmentDue => act == Act::SecondFactorChange,
        Standing::SecondFactorDue => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_is_not_whole_is_good_for_what_is_due_alone() {
        for (standing, act, good) in [
            (Standing::Whole, Act::AccountCreate, true),
            (Standing::PasswordDue, Act::PasswordChange, true),
            (Standing::PasswordDue, Act::SecondFactorChange, false),
            (Standing::EnrolmentDue, Act::SecondFactorChange, true),
            (Standing::EnrolmentDue, Act::PasswordChange, false),
            (Standing::SecondFactorDue, Act::PasswordChange, false),
            (Standing::SecondFactorDue, Act::SecondFactorChange, false),
        ] {
            assert_eq!(suffices(standing, act), good, "{standing:?} {act:?}");
        }
    }

    #[test]
    fn texts_are_compared_whole() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd") && !same(b"abc", b"ab") && !same(b"", b"a"));
    }
}
