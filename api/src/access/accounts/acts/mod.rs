//! One function for each act on accounts: rule, write and entry of the trail in one transaction. Whoever calls one has seen to it that
//! the actor may.

mod creating;
mod links;
mod passwords;
mod second_factor;
mod sessions;
mod signing_in;
mod switching;

pub(in crate::access) use creating::insert;
pub(super) use creating::insert_with_password;
pub use creating::{Created, New, create, create_with_password};
pub(in crate::access) use links::issue;
pub use links::{Issued, LinkSeen, issue_link, look_at_link, use_link};
pub use passwords::{change_password, set_password};
pub use second_factor::{
    Codes, begin_enrolment, clear_second_factor, confirm_enrolment, new_recovery_codes, remove_second_factor,
    waiting_enrolment,
};
pub use sessions::{end_all_sessions, end_other_sessions, end_session, sign_out};
pub use signing_in::{Entered, SignIn, Visitor, pass_second_factor, sign_in};
pub use switching::{change_role, switch_off, wake};

use sea_orm::DatabaseTransaction;
use serde_json::Value;
use yuti_entity::Timestamp;

use crate::audit::{self, Actor, Entry};
use crate::http::failure::Failure;
use crate::vault::Vault;

/// What the trail says of an act on an account.
struct Noted<'a> {
    act: &'static str,
    account: i64,
    from: Option<&'a str>,
    to: Option<&'a str>,
    facts: Value,
    personal: Option<Value>,
}

impl Noted<'_> {
    fn new(act: &'static str, account: i64, facts: Value) -> Self {
        Self { act, account, from: None, to: None, facts, personal: None }
    }
}

/// Writes an act into the trail.
async fn note(
    txn: &DatabaseTransaction,
    vault: &Vault,
    actor: Actor,
    at: Timestamp,
    noted: Noted<'_>,
) -> Result<(), Failure> {
    let Noted { act, account, from, to, facts, personal } = noted;
    let entry = Entry { at, actor, act, subject: "account", subject_id: account, from, to, facts, personal };
    audit::append(txn, vault, entry).await.map(|_| ())
}
