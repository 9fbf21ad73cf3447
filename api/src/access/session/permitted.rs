//! The right to an act in a handler's signature, and over one thing.

use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use yuti_openapi::ProblemCode;
use yuti_openapi::vocabulary::Role;

use super::{SignedIn, Stopped, whole};
use crate::access::rights::{self, Denied, Granted, Guarded, Reads, Relation};
use crate::http::failure::Failure;

/// Whose a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// One account's: the person's own affairs.
    Account(i64),
    /// A unit's.
    Unit(i64),
    /// A district's bureau's.
    District(&'a str),
    /// The service's.
    Service,
}

/// Somebody signed in, of a role that may do the act at all. As an extractor only for acts that change nothing: the others come with a
/// `SignedForm`.
#[derive(Debug)]
pub struct Permitted<A: Guarded> {
    who: SignedIn,
    act: PhantomData<A>,
}

impl<A: Guarded> Permitted<A> {
    /// Of somebody signed in.
    pub(super) fn of(who: SignedIn) -> Result<Self, Failure> {
        if rights::ever(who.role(), A::ACT) {
            return Ok(Self { who, act: PhantomData });
        }
        Err(Failure::new(ProblemCode::Forbidden))
    }

    /// Who it is.
    #[must_use]
    pub fn who(&self) -> &SignedIn {
        &self.who
    }

    /// The right to do it to one thing.
    ///
    /// # Errors
    /// Of somebody else's thing, to a role that has no right on such: not even that it exists. Else that the role must not, or that the
    /// thing's state does not allow it.
    pub fn over(&self, scope: Scope<'_>, state: &str) -> Result<Granted<A>, Failure> {
        let relation = self.relation(scope);
        Granted::check(self.who.id(), self.who.role(), state, relation).map_err(|denied| {
            Failure::new(match (denied, relation) {
                (Denied::Role, Relation::Other) => ProblemCode::NotFound,
                (Denied::Role, Relation::Own) => ProblemCode::Forbidden,
                (Denied::State, _) => ProblemCode::Conflict,
            })
        })
    }

    /// Whether it could be done to one thing: what cannot is not offered on its page.
    #[must_use]
    pub fn could<B: Guarded>(&self, scope: Scope<'_>, state: &str) -> bool {
        rights::may(self.who.role(), B::ACT, state, self.relation(scope)).is_ok()
    }

    fn relation(&self, scope: Scope<'_>) -> Relation {
        let own = match scope {
            Scope::Account(id) => id == self.who.id(),
            Scope::Unit(id) => self.who.organisation_id() == Some(id),
            Scope::District(code) => self.who.district_code() == Some(code),
            Scope::Service => self.who.role() == Role::Administrator,
        };
        if own { Relation::Own } else { Relation::Other }
    }
}

impl<A: Reads> FromRequest for Permitted<A> {
    type Error = Stopped;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stopped>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self::of(whole(&request).await?)?) })
    }
}
