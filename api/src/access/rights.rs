//! Who may do what: one table of acts, with the roles that may do each on what is their own and on what is another's, and
//! the states of the thing in which it can be done. `tests/authz.txt` is this table as it is read in review.
//!
//! A handler asks for the right in its signature: to look by `session::Permitted<can::AccountView>`, to change something by
//! `session::SignedForm<can::AccountCreate>`, which has checked the form's token as well. Either gives it for one thing by `over`;
//! acts take the [`Granted`] that comes out of it, which nobody else can make.

use std::marker::PhantomData;

use yuti_openapi::vocabulary::Role;

use crate::audit::Actor;

use Role::{Administrator, CityBureau, Decider, Officer, Reader, UnitDelegate, UnitMember, UnitOwner};

/// Whose the thing is, seen from who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Their own: the account itself, their unit, their bureau's district.
    Own,
    /// Another's.
    Other,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Right {
    /// The act.
    pub act: Act,
    /// The states of the thing in which it can be done; none where it has no states, or they do not matter.
    pub states: &'static [&'static str],
    /// Who may do it on what is their own.
    pub own: &'static [Role],
    /// Who may do it on what is another's.
    pub other: &'static [Role],
}

/// What asks for a right: a type for each act, for the signatures of handlers and acts.
pub trait Guarded: 'static {
    /// The act.
    const ACT: Act;
}

/// An act that changes nothing: only to such a one a right comes without a form.
pub trait Reads: Guarded {}

impl Reads for can::AccountView {}
impl Reads for can::UnitRequestView {}
impl Reads for can::TrailView {}
impl Reads for can::KeyView {}

/// The right of somebody to do one act on one thing, checked.
#[derive(Clone, Copy, Debug)]
pub struct Granted<A: Guarded> {
    act: PhantomData<A>,
    actor: Actor,
}

impl<A: Guarded> Granted<A> {
    /// The right of an account, where the table gives it.
    pub(super) fn check(id: i64, role: Role, state: &str, relation: Relation) -> Result<Self, Denied> {
        may(role, A::ACT, state, relation)?;
        Ok(Self { act: PhantomData, actor: Actor::Account { id, role } })
    }

    /// The right of whoever has the command line of the machine: they can do everything.
    pub(crate) fn operator() -> Self {
        Self { act: PhantomData, actor: Actor::Operator }
    }

    /// Who has it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.actor
    }
}

#[cfg(test)]
impl<A: Guarded> From<Actor> for Granted<A> {
    fn from(actor: Actor) -> Self {
        Self { act: PhantomData, actor }
    }
}

/// That a form with the session's token was sent. Only `access::session` makes it.
#[derive(Clone, Copy, Debug)]
pub struct Posted(());

impl Posted {
    pub(super) fn checked() -> Self {
        Self(())
    }

    #[cfg(test)]
    pub(crate) fn for_test() -> Self {
        Self(())
    }
}

/// Why the table does not give a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The role does not include the act on such a thing.
    Role,
    /// The thing is in a state in which nobody can do it.
    State,
}

/// Makes the acts and their table.
macro_rules! rights {
    ($($(#[$meta:meta])* $act:ident = $code:literal, in [$($state:literal),*], own [$($own:ident),*], other [$($other:ident),*];)+) => {
        /// Something that can be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Act {
            $($(#[$meta])* $act,)+
        }

        impl Act {
            /// The name under which the trail and the table know it.
            pub fn code(self) -> &'static str {
                match self { $(Self::$act => $code,)+ }
            }
        }

        /// A type for each act.
        pub mod can {
            $($(#[$meta])* #[derive(Clone, Copy, Debug)] pub struct $act;
            impl super::Guarded for $act { const ACT: super::Act = super::Act::$act; })+
        }

        /// The table.
        pub const TABLE: &[Right] = &[
            $(Right { act: Act::$act, states: &[$($state),*], own: &[$($own),*], other: &[$($other),*] },)+
        ];
    };
}

rights! {
    /// To change the own password.
    PasswordChange = "account.password", in ["active"],
        own [Reader, Officer, Decider, CityBureau, Administrator, UnitOwner, UnitMember, UnitDelegate], other [];
    /// To add, change or take off the own second factor.
    SecondFactorChange = "account.second_factor", in ["active"],
        own [Reader, Officer, Decider, CityBureau, Administrator, UnitOwner, UnitMember, UnitDelegate], other [];
    /// To see the own sessions and end them.
    SessionEnd = "account.sessions", in ["active"],
        own [Reader, Officer, Decider, CityBureau, Administrator, UnitOwner, UnitMember, UnitDelegate], other [];
    /// To see accounts. A unit's owner sees those of the own unit.
    AccountView = "account.view", in [],
        own [UnitOwner, Administrator], other [Administrator];
    /// To make an account. A unit's owner invites into the own unit.
    AccountCreate = "account.create", in [],
        own [UnitOwner, Administrator], other [Administrator];
    /// To give somebody a link with which they set a password.
    AccountLink = "account.link", in ["active", "dormant"],
        own [UnitOwner], other [Administrator];
    /// To switch an account off. Nobody does that to themselves.
    AccountSwitchOff = "account.switch_off", in ["active", "dormant"],
        own [UnitOwner], other [Administrator];
    /// To switch an account on again.
    AccountWake = "account.wake", in ["off", "dormant"],
        own [UnitOwner], other [Administrator];
    /// To end all sessions of somebody else.
    AccountSignOut = "account.sign_out", in [],
        own [UnitOwner], other [Administrator];
    /// To take off a second factor that somebody lost.
    SecondFactorClear = "account.second_factor_clear", in ["active", "dormant"],
        own [], other [Administrator];
    /// To change what an account may do.
    AccountRole = "account.role", in ["active", "dormant", "off"],
        own [], other [Administrator];
    /// To see which units ask for an account.
    UnitRequestView = "unit_request.view", in [],
        own [Reader, Officer, Decider, CityBureau], other [CityBureau, Administrator];
    /// To accept or refuse a unit that asks for an account.
    UnitRequestDecide = "unit_request.decide", in ["received"],
        own [Officer, Decider, CityBureau], other [CityBureau];
    /// To read the audit trail.
    TrailView = "trail.view", in [],
        own [Decider, CityBureau, Administrator], other [CityBureau, Administrator];
    /// To see keys of others and what they were used for.
    KeyView = "key.view", in [],
        own [UnitOwner, Administrator], other [Administrator];
    /// To issue a key to a system of the own unit.
    KeyIssue = "key.issue", in [],
        own [UnitOwner], other [];
    /// To replace a key of the own unit's system.
    KeyRotate = "key.rotate", in ["active"],
        own [UnitOwner], other [];
    /// To grant a key more than the shipped quota, or refuse it.
    KeyRaise = "key.raise", in ["active"],
        own [Administrator], other [Administrator];
    /// To revoke somebody else's key.
    KeyRevoke = "key.revoke", in ["active"],
        own [UnitOwner, Administrator], other [Administrator];
}

/// Whether a role may do an act on a thing.
///
/// # Errors
/// It may not, with the reason.
pub fn may(role: Role, act: Act, state: &str, relation: Relation) -> Result<(), Denied> {
    let row = TABLE.iter().find(|right| right.act == act).ok_or(Denied::Role)?;
    let roles = match relation {
        Relation::Own => row.own,
        Relation::Other => row.other,
    };
    if !roles.contains(&role) {
        return Err(Denied::Role);
    }
    if row.states.is_empty() || row.states.contains(&state) { Ok(()) } else { Err(Denied::State) }
}

/// Whether a role may do an act on anything at all.
pub fn ever(role: Role, act: Act) -> bool {
    TABLE.iter().any(|right| right.act == act && (right.own.contains(&role) || right.other.contains(&role)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use yuti_openapi::vocabulary::Vocabulary as _;

    use super::*;

    /// The table as it is read in review: what each role may do, on what is its own and on what is another's.
    fn printed() -> String {
        let mut text = String::from(
            "# Who may do what. own: on what is theirs (their account, unit, bureau); all: on others' too; other: on others' only; -: never.\n# act | in the states |",
        );
        let roles: Vec<String> = Role::ALL.iter().map(|role| format!(" {role}")).collect();
        writeln!(text, "{}", roles.join(" |")).unwrap();
        for right in TABLE {
            let states = if right.states.is_empty() { "any".to_owned() } else { right.states.join(", ") };
            write!(text, "{} | {states} |", right.act.code()).unwrap();
            let cells =
                Role::ALL.iter().map(|role| match (right.own.contains(role), right.other.contains(role)) {
                    (true, true) => " all",
                    (true, false) => " own",
                    (false, true) => " other",
                    (false, false) => " -",
                });
            writeln!(text, "{}", cells.collect::<Vec<_>>().join(" |")).unwrap();
        }
        text
    }

    #[test]
    fn the_table_is_the_reviewed_one() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/authz.txt");
        let known = std::fs::read_to_string(file).unwrap_or_default();
        if known != printed() {
            let made = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/authz.txt");
            std::fs::write(made, printed()).unwrap();
        }
        assert_eq!(
            known,
            printed(),
            "read the difference; if it is meant: cp target/authz.txt tests/authz.txt"
        );
    }

    #[test]
    fn each_act_stands_once_and_somebody_may_do_it() {
        let codes: BTreeSet<&str> = TABLE.iter().map(|right| right.act.code()).collect();
        assert_eq!(codes.len(), TABLE.len());
        for right in TABLE {
            assert!(Role::ALL.iter().any(|role| ever(*role, right.act)), "{}", right.act.code());
        }
    }

    #[test]
    fn what_the_table_does_not_give_nobody_may() {
        assert_eq!(may(Reader, Act::AccountView, "", Relation::Own), Err(Denied::Role));
        assert_eq!(may(UnitOwner, Act::AccountLink, "active", Relation::Other), Err(Denied::Role));
        assert_eq!(may(UnitOwner, Act::AccountLink, "off", Relation::Own), Err(Denied::State));
        assert_eq!(may(UnitOwner, Act::AccountLink, "active", Relation::Own), Ok(()));
        assert_eq!(may(Administrator, Act::AccountLink, "active", Relation::Own), Err(Denied::Role));
        assert!(Granted::<can::AccountLink>::check(1, Administrator, "active", Relation::Other).is_ok());
    }
}
