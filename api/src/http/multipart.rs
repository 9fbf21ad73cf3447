//! Forms with files, from a page of ours: every field and every file, each within its size, all within their time.

use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::{HttpMessage as _, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use yuti_openapi::ProblemCode;

use super::body::{self, ReadToEnd};
use super::failure::Failure;
use super::fields::Fields;
use super::form::of_ours;
use crate::state::App;

/// The type of a form with files.
const FORM: &str = "multipart/form-data";
/// Bytes of a field that is no file.
const LONGEST_FIELD: usize = 20_000;
/// Parts that are no files.
const MOST_FIELDS: usize = 50;

/// A form with files.
#[derive(Debug)]
pub struct Upload {
    /// What was typed.
    pub fields: Fields,
    /// The files that were chosen, in their order. What they were called is not kept.
    pub files: Vec<Bytes>,
}

/// How much is taken.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// Files.
    pub files: usize,
    /// Bytes of all parts together.
    pub bytes: u64,
}

/// The largest form with files that is taken.
#[must_use]
pub fn largest(app: &App) -> u64 {
    app.config.files.max_document_bytes.saturating_add(app.config.http.max_body_bytes)
}

/// Reads a form that comes from a page of ours. `name` is the field of the files.
///
/// # Errors
/// It comes from elsewhere, is no such form, is too large, comes too slowly or breaks off.
pub async fn read(
    app: &App,
    request: &HttpRequest,
    payload: &mut Payload,
    name: &str,
    most: Most,
) -> Result<Upload, Failure> {
    if !of_ours(request.headers(), &app.public_url) {
        return Err(Failure::new(ProblemCode::FormRefused));
    }
    body::of_type(request, FORM)?;
    let multipart = Multipart::new(request.headers(), payload.take());
    let patience = Duration::from_secs(app.config.files.upload_seconds);
    let read = tokio::time::timeout(patience, parts(multipart, name, most)).await;
    let upload = read.map_err(|_| Failure::new(ProblemCode::RequestTimeout))??;
    request.extensions_mut().insert(ReadToEnd);
    Ok(upload)
}

async fn parts(mut multipart: Multipart, name: &str, most: Most) -> Result<Upload, Failure> {
    let broken = || Failure::new(ProblemCode::MalformedRequest);
    let (mut pairs, mut files, mut left) = (Vec::new(), Vec::new(), most.bytes);
    while let Some(part) = multipart.next().await {
        let mut part = part.map_err(|_| broken())?;
        let field = part.name().ok_or_else(broken)?.to_owned();
        let longest = if field == name { left } else { left.min(LONGEST_FIELD as u64) };
        let mut bytes = BytesMut::new();
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|_| broken())?;
            if (bytes.len() + chunk.len()) as u64 > longest {
                return Err(body::too_large(most.bytes));
            }
            bytes.extend_from_slice(&chunk);
        }
        left = left.saturating_sub(bytes.len() as u64);
        if field != name {
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| broken())?;
            pairs.push((field, text));
        } else if !bytes.is_empty() {
            // A field of files in which nothing was chosen comes as one empty file.
            files.push(bytes.freeze());
        }
        if pairs.len() > MOST_FIELDS || files.len() > most.files {
            return Err(Failure::new(ProblemCode::Unprocessable).saying(
                format!("最多 {} 个文件。", most.files),
                format!("At most {} files are taken.", most.files),
            ));
        }
    }
    Ok(Upload { fields: Fields::of_form(pairs), files })
}
