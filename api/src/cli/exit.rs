//! Exit codes that mean something, after sysexits.

use sea_orm::DbErr;

use crate::audit::sealer::SealError;
use crate::config::ConfigErrors;
use crate::profile::ProfileError;
use crate::vault::LockedError;

/// Why the program ended without doing its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The input is there and cannot be used.
    Data = 65,
    /// The input is not there.
    NoInput = 66,
    /// The database or an address cannot be had.
    Unavailable = 69,
    /// A fault of the program.
    Fault = 70,
    /// Output cannot be written.
    CannotCreate = 73,
    /// The configuration is wrong.
    Configuration = 78,
    /// Whoever read the output went away: 128 and the number of SIGPIPE, as shells tell it of other programs. Nothing is said.
    OutputClosed = 141,
}

/// What is said on standard error, and the code to end with.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The code.
    pub exit: Exit,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }
}

impl From<ConfigErrors> for Refusal {
    fn from(errors: ConfigErrors) -> Self {
        Self::new(Exit::Configuration, errors.to_string())
    }
}

impl From<ProfileError> for Refusal {
    fn from(error: ProfileError) -> Self {
        Self::new(Exit::Configuration, format!("the profile cannot be used: {error}"))
    }
}

impl From<LockedError> for Refusal {
    fn from(error: LockedError) -> Self {
        let exit =
            if matches!(error, LockedError::Database(_)) { Exit::Unavailable } else { Exit::Configuration };
        Self::new(exit, error.to_string())
    }
}

impl From<SealError> for Refusal {
    fn from(error: SealError) -> Self {
        let exit = match &error {
            SealError::Key(_) | SealError::Origin { .. } => Exit::Configuration,
            SealError::NotBegun => Exit::NoInput,
            SealError::Changed(_) | SealError::Entry(..) => Exit::Data,
            SealError::Database(_) => Exit::Unavailable,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<DbErr> for Refusal {
    fn from(error: DbErr) -> Self {
        Self::new(Exit::Unavailable, format!("the database refused: {error}"))
    }
}
