//! Where the keys are kept: a file that only its owner reads, or a variable of the environment.

use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use zeroize::Zeroizing;

use super::ring::{Ring, RingError};
use crate::config::VaultConfig;

/// Where the keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// In a file.
    File(PathBuf),
    /// In the variable `YUTI_VAULT_KEY`.
    Environment,
}

/// Why the keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// The file cannot be read or written.
    #[error("{} cannot be {act}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried.
        act: &'static str,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The file's content cannot be used.
    #[error("{} {cause}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: RingError,
    },
    /// The variable's content cannot be used.
    #[error("YUTI_VAULT_KEY: value {0}")]
    Variable(RingError),
}

impl Home {
    /// Where this configuration keeps its keys, and those that are there.
    ///
    /// # Errors
    /// They are there and cannot be used.
    pub fn find(
        config: &VaultConfig,
        data_dir: &Path,
        today: NaiveDate,
    ) -> Result<(Self, Option<Ring>), HomeError> {
        if let Some(given) = &config.key {
            let ring = Ring::parse_plain(given.reveal(), today).map_err(|cause| match cause {
                RingError::Line { line, problem } => HomeError::Variable(RingError::Line { line, problem }),
                RingError::Empty => HomeError::Variable(RingError::Empty),
            })?;
            return Ok((Self::Environment, Some(ring)));
        }
        let path = match config.key_file.as_os_str().is_empty() {
            true => data_dir.join("vault.keys"),
            false => config.key_file.clone(),
        };
        let ring = read(&path)?;
        if ring.is_some() {
            warn_if_open(&path);
        }
        Ok((Self::File(path), ring))
    }

    /// The keys of the file as they are now; `None` where there is no file to read.
    pub(super) fn read_again(&self) -> Result<Option<Ring>, HomeError> {
        match self {
            Self::File(path) => read(path),
            Self::Environment => Ok(None),
        }
    }

    /// Keeps every other process from changing the keys until it is dropped: whoever changes them reads them, thinks, and writes them.
    ///
    /// # Errors
    /// The file beside the keys cannot be made.
    pub(super) fn lock(&self) -> Result<Option<std::fs::File>, HomeError> {
        let Self::File(path) = self else { return Ok(None) };
        let mut beside = path.clone().into_os_string();
        beside.push(".lock");
        let beside = PathBuf::from(beside);
        let failed = |cause| HomeError::File { path: beside.clone(), act: "locked", cause };
        let options =
            std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).clone();
        let file = options.open(&beside).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(Some(file))
    }

    /// Puts a ring in the file's place, whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, ring: &Ring) -> Result<(), HomeError> {
        let Self::File(path) = self else { return Ok(()) };
        let failed = |cause| HomeError::File { path: path.clone(), act: "written", cause };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let mut next = path.clone().into_os_string();
        next.push(".next");
        let next = PathBuf::from(next);
        // What a killed process left behind may have other rights.
        match std::fs::remove_file(&next) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(failed(cause)),
            _ => {}
        }
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&next)
            .map_err(failed)?;
        file.write_all(ring.text().as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        std::fs::rename(&next, path).map_err(failed)?;
        // The rename itself must survive a power cut: values may be sealed with the new key in the next second.
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

impl std::fmt::Display for Home {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment => f.write_str("YUTI_VAULT_KEY"),
        }
    }
}

fn read(path: &Path) -> Result<Option<Ring>, HomeError> {
    let text = match std::fs::read(path) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(HomeError::File { path: path.to_owned(), act: "read", cause }),
    };
    // Bytes that are no text make a line that is no key, which is then told by its number.
    let text = Zeroizing::new(String::from_utf8_lossy(&text).into_owned());
    let content = |cause| HomeError::Content { path: path.to_owned(), cause };
    Ring::parse(&text).map(Some).map_err(content)
}

/// Says when others than the owner can read the keys. Secrets that a container brings along often can be, so it is no refusal.
fn warn_if_open(path: &Path) {
    let mode = |path: &Path| std::fs::metadata(path).map_or(0, |about| about.permissions().mode());
    if mode(path) & 0o077 != 0 {
        tracing::warn!(file = %path.display(), "others than its owner may read the vault's keys; `chmod 600` it");
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
        && mode(folder) & 0o002 != 0
    {
        tracing::warn!(folder = %folder.display(), "anybody may put files in the place of the vault's keys; `chmod 700` the folder");
    }
}
