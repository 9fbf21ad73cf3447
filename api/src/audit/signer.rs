//! The log as this copy of the service knows it: its name, and the key that signs its heads.

use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use super::notes::PublicKey;
use crate::chance;

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the seal's key file {path}: {problem}", path = .path.display())]
pub struct KeyFileError {
    path: PathBuf,
    problem: String,
}

fn refuse(path: &Path, problem: impl ToString) -> KeyFileError {
    KeyFileError { path: path.to_path_buf(), problem: problem.to_string() }
}

/// A new key.
pub fn new_key() -> SigningKey {
    let seed = Zeroizing::new(chance::random_bytes());
    SigningKey::from_bytes(&seed)
}

/// Reads a key: one line with 32 bytes in base64. Lines that begin with # are passed over.
///
/// # Errors
/// It cannot be read, or holds no key.
pub fn read_key(path: &Path) -> Result<SigningKey, KeyFileError> {
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|cause| refuse(path, cause))?);
    let open = std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0);
    if open {
        tracing::warn!(file = %path.display(), "others than its owner can read the seal's key; chmod 600 it");
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return Err(refuse(path, "it holds not exactly one line with a key"));
    };
    let seed = Zeroizing::new(STANDARD.decode(line).unwrap_or_default());
    let seed: &[u8; 32] =
        seed.as_slice().try_into().map_err(|_| refuse(path, "its line is not 32 bytes in base64"))?;
    Ok(SigningKey::from_bytes(seed))
}

/// Writes a key into a new file that only its owner can read. It is on disk before this returns.
///
/// # Errors
/// There is a file, or it cannot be written.
pub fn write_key(path: &Path, key: &SigningKey) -> Result<(), KeyFileError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|cause| refuse(path, cause))?;
    }
    let seed = Zeroizing::new(key.to_bytes());
    let line = Zeroizing::new(STANDARD.encode(seed.as_slice()));
    let text = Zeroizing::new(format!(
        "# The key with which this service signs its audit trail. Secret: keep a copy where the database's copies are not.\n{}\n",
        line.as_str()
    ));
    let written = (|| {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    })();
    written.map_err(|cause: std::io::Error| refuse(path, cause))
}

/// The log as this copy knows it.
pub struct Log {
    origin: String,
    file: PathBuf,
    key: RwLock<Option<Arc<SigningKey>>>,
}

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Log").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl Log {
    /// A log of this name, whose key is in this file.
    pub fn new(origin: String, file: PathBuf) -> Self {
        Self { origin, file, key: RwLock::new(None) }
    }

    /// Its name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The file of its key.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Where a new key lies between the moment it is made and the moment it is in use.
    pub fn next_file(&self) -> PathBuf {
        let mut name = self.file.clone().into_os_string();
        name.push(".next");
        name.into()
    }

    /// The public key with these bytes.
    pub fn public(&self, bytes: [u8; 32]) -> PublicKey {
        PublicKey { origin: self.origin.clone(), bytes }
    }

    /// The key whose public half the database knows. The file is read again where the one at hand is another: it may have been
    /// rotated.
    ///
    /// # Errors
    /// The file cannot be used, or holds another key.
    pub fn key(&self, wanted: &[u8; 32]) -> Result<Arc<SigningKey>, KeyFileError> {
        let fits = |key: &SigningKey| key.verifying_key().as_bytes() == wanted;
        let known = self.key.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|key| fits(key)) {
            return Ok(known);
        }
        let found = match read_key(&self.file) {
            Ok(key) if fits(&key) => Ok(key),
            other => match read_key(&self.next_file()) {
                // A rotation that was cut off between the database and the file.
                Ok(next) if fits(&next) => Ok(next),
                _ => other,
            },
        }?;
        if !fits(&found) {
            let has = self.public(found.verifying_key().to_bytes()).id();
            let wants = self.public(*wanted).id();
            let problem = format!(
                "it holds the key {has}, but this database's log is signed by {wants}; nothing is signed until the file holds that key"
            );
            return Err(refuse(&self.file, problem));
        }
        let found = Arc::new(found);
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&found));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("yuti-seal-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_key_comes_back_and_only_its_owner_reads_it() {
        let folder = folder("back");
        let file = folder.join("deep/seal.key");
        let key = new_key();
        write_key(&file, &key).unwrap();
        assert_eq!(read_key(&file).unwrap().to_bytes(), key.to_bytes());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(write_key(&file, &new_key()).is_err(), "an old key is never written over");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
        let folder = folder("bad");
        let file = folder.join("seal.key");
        for text in ["", "# nothing\n", "c2VjcmV0\n", "not base64 at all\n", "QUFB\nQUFB\n"] {
            std::fs::write(&file, text).unwrap();
            let said = read_key(&file).unwrap_err().to_string();
            assert!(said.contains("seal.key") && !said.contains("c2VjcmV0"), "{said}");
        }
        assert!(read_key(&folder.join("none")).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn another_key_than_the_known_one_signs_nothing_until_the_file_is_mended() {
        let folder = folder("other");
        let file = folder.join("seal.key");
        let (ours, theirs) = (new_key(), new_key());
        write_key(&file, &theirs).unwrap();
        let log = Log::new("yuti/test".into(), file.clone());
        let wanted = ours.verifying_key().to_bytes();
        let said = log.key(&wanted).unwrap_err().to_string();
        assert!(said.contains(&log.public(wanted).id()), "{said}");
        write_key(&log.next_file(), &ours).unwrap();
        assert_eq!(log.key(&wanted).unwrap().to_bytes(), ours.to_bytes());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
