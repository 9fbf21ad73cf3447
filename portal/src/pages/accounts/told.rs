//! What a page at the desk says of what has just been done there.

use yuti_openapi::Language;

use crate::words::Words;

/// Something that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The own password was changed.
    Password,
    /// The own second factor was taken off.
    FactorRemoved,
    /// One of the own sessions was ended.
    SessionEnded,
    /// So many of the own sessions were ended.
    SessionsEnded(u64),
    /// An account was made.
    Made,
    /// It was switched off.
    SwitchedOff,
    /// It was switched on.
    Woken,
    /// Its sessions were ended.
    SignedOut,
    /// Its second factor was taken off.
    Cleared,
    /// Role and place were changed.
    RoleChanged,
}

/// The sentence for it.
#[must_use]
pub fn told(done: Done, language: Language) -> String {
    let words = Words(language);
    let sentence = match done {
        Done::Password => words.account_password_done(),
        Done::FactorRemoved => words.account_factor_removed(),
        Done::SessionEnded => words.account_session_ended(),
        Done::SessionsEnded(count) => return words.account_sessions_ended(count),
        Done::Made => words.accounts_made(),
        Done::SwitchedOff => words.accounts_switched_off(),
        Done::Woken => words.accounts_woken(),
        Done::SignedOut => words.accounts_signed_out(),
        Done::Cleared => words.accounts_cleared(),
        Done::RoleChanged => words.accounts_role_changed(),
    };
    sentence.to_owned()
}
