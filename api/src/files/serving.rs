//! How a file is given out: never as anything that a browser would run.

use actix_web::http::header::{self, HeaderName};
use bytes::Bytes;
use yuti_entity::stored_file;
use yuti_openapi::vocabulary::FileType;

use crate::http::answer::{Answer, CachePolicy};

/// The answer that carries a file. Its name is ours: what people call their files is not kept. A picture may be shown in the page, a
/// document is only ever saved, and neither can load or run anything.
pub fn answer(file: &stored_file::Model, bytes: Bytes) -> Answer {
    let (media_type, ending, disposition) = match file.media_type {
        FileType::Jpeg => ("image/jpeg", "jpg", "inline"),
        FileType::Png => ("image/png", "png", "inline"),
        FileType::Pdf => ("application/pdf", "pdf", "attachment"),
    };
    let disposition = format!("{disposition}; filename=\"{}-{}.{ending}\"", file.purpose, file.id);
    Answer::whole(media_type, bytes)
        .cache(CachePolicy::NoStore)
        .header(header::CONTENT_DISPOSITION, disposition)
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .header(HeaderName::from_static("cross-origin-resource-policy"), "same-origin")
}
