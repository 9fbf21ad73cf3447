//! Units that ask for an account. Whoever asks names the unit by its unified social credit code and hands in proof; a bureau accepts or
//! refuses. The first account is the owner's; the owner invites the others.
//!
//! Whoever asks has no account, so they follow their request by its number and a token that they alone have. With it they open the account
//! when the bureau has accepted: no message has to be sent, and nobody at the bureau ever holds their link.

pub mod acts;
pub mod pages;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;

use super::accounts::Accounts;
use crate::files::Files;

/// What acts on requests work with.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// Accounts, with the database, the vault and the clock.
    pub accounts: &'a Accounts,
    /// The store of files.
    pub files: &'a Files,
}
