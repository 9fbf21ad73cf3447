//! Where files lie and how large they may be.

use std::path::PathBuf;

use serde::Deserialize;

use super::{ConfigError, Secret, error};

/// The store of files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesConfig {
    /// The folder; empty for `files` in the data folder.
    pub folder: PathBuf,
    /// A bucket of an S3-compatible store instead of the folder; empty for none.
    pub bucket: String,
    /// What the names of objects begin with, when the bucket holds other things too.
    pub prefix: String,
    /// The address of an S3-compatible store that is not Amazon's.
    pub endpoint: String,
    /// The region.
    pub region: String,
    /// The access key, from the environment only.
    #[serde(skip)]
    pub access_key: Option<Secret>,
    /// The secret key, from the environment only.
    #[serde(skip)]
    pub secret_key: Option<Secret>,
    /// The largest picture that is taken in, in bytes.
    pub max_picture_bytes: u64,
    /// The largest document that is taken in, in bytes.
    pub max_document_bytes: u64,
    /// Seconds in which files must have come.
    pub upload_seconds: u64,
    /// The most points of a picture that are read.
    pub max_pixels: u64,
    /// The longest side of a picture as it is kept, in points.
    pub longest_side: u32,
    /// What one address or account may hand in within a day, in bytes.
    pub daily_bytes: u64,
    /// What all files together may take, in bytes.
    pub total_bytes: u64,
    /// Days for which the bytes of erased files stay in the store, unreadable, so that a restored backup finds its files.
    pub kept_days: u32,
}

impl FilesConfig {
    /// What is wrong with the values.
    pub(super) fn check(&self) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        let mut within = |key: &str, value: u64, least: u64, most: u64| {
            if !(least..=most).contains(&value) {
                let mend = format!("choose {least} to {most}");
                errors.push(error(format!("files.{key}"), "is out of range", mend));
            }
        };
        // Sealing and making pictures anew happen in memory.
        within("max_picture_bytes", self.max_picture_bytes, 100_000, 100_000_000);
        within("max_document_bytes", self.max_document_bytes, 100_000, 100_000_000);
        within("upload_seconds", self.upload_seconds, 10, 3_600);
        within("max_pixels", self.max_pixels, 1_000_000, 200_000_000);
        within("longest_side", self.longest_side.into(), 500, 20_000);
        within("daily_bytes", self.daily_bytes, self.max_document_bytes, u64::MAX);
        within("total_bytes", self.total_bytes, self.daily_bytes, u64::MAX);
        within("kept_days", self.kept_days.into(), 1, 3_650);
        if !self.bucket.is_empty() {
            self.check_bucket(&mut errors);
        }
        errors
    }

    fn check_bucket(&self, errors: &mut Vec<ConfigError>) {
        if !self.folder.as_os_str().is_empty() {
            let mend = "leave one of files.folder and files.bucket empty";
            errors.push(error("files.folder", "is set beside a bucket", mend));
        }
        let plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte));
        if !plain(&self.bucket) || self.bucket.contains('/') {
            errors.push(error(
                "files.bucket",
                "is no name of a bucket",
                "write only its name, such as yuti-files",
            ));
        }
        if !plain(&self.prefix)
            || self.prefix.starts_with('/')
            || self.prefix.split('/').any(|part| part == "..")
        {
            errors.push(error("files.prefix", "is no beginning of names", "write it like yuti/files"));
        }
        if !self.endpoint.is_empty()
            && !["http://", "https://"].iter().any(|scheme| self.endpoint.starts_with(scheme))
        {
            errors.push(error("files.endpoint", "is no address", "write it like https://s3.example"));
        }
        for (variable, key) in
            [("YUTI_FILES_ACCESS_KEY", &self.access_key), ("YUTI_FILES_SECRET_KEY", &self.secret_key)]
        {
            if key.is_none() {
                let mend = format!("set {variable} in the environment of the service");
                errors.push(error("files.bucket", "needs a key", mend));
            }
        }
    }
}
