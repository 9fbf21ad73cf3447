//! What is wrong with a configuration, every setting at once.

use std::fmt;

/// Everything that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

/// One wrong setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The key, and the variable where it came from one.
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// How to mend it.
    pub mend: String,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration cannot be used:")?;
        for ConfigError { key, problem, mend } in &self.0 {
            writeln!(f, "  {key}: {problem}; {mend}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

pub(super) fn error(
    key: impl Into<String>,
    problem: impl Into<String>,
    mend: impl Into<String>,
) -> ConfigError {
    ConfigError { key: key.into(), problem: problem.into(), mend: mend.into() }
}
