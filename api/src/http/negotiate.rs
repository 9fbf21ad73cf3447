//! What the request's headers wish for: encoding, format, language.

use std::io::Write as _;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponseBuilder};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use yuti_openapi::{Language, ProblemCode};

use super::failure::Failure;
use super::params::Params;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstd,
}

impl Encoding {
    /// What the tag of a body packed this way ends with.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "-gz",
            Self::Brotli => "-br",
            Self::Zstd => "-zs",
        }
    }

    /// Writes `Content-Encoding`.
    pub fn note(self, builder: &mut HttpResponseBuilder) {
        let name = match self {
            Self::Identity => return,
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        };
        builder.insert_header((header::CONTENT_ENCODING, name));
    }

    /// Packs a body. Writing into memory does not fail; should it, the empty body shows it at once.
    pub fn pack(self, body: Bytes) -> Bytes {
        match self {
            Self::Identity => body,
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::new(6));
                let written = encoder.write_all(&body).and_then(|()| encoder.finish());
                Bytes::from(written.unwrap_or_default())
            }
            Self::Brotli => {
                let params = brotli::enc::BrotliEncoderParams { quality: 5, lgwin: 20, ..Default::default() };
                let mut packed = Vec::with_capacity(body.len() / 3);
                let written = brotli::BrotliCompress(&mut body.as_ref(), &mut packed, &params);
                Bytes::from(if written.is_ok() { packed } else { Vec::new() })
            }
            Self::Zstd => Bytes::from(zstd::encode_all(body.as_ref(), 3).unwrap_or_default()),
        }
    }
}

/// The encoding to use for an `Accept-Encoding` header: the client's best, Brotli before Zstandard before gzip where it
/// has no favourite.
pub fn encoding(header: Option<&str>) -> Encoding {
    encoding_among(header, &[Encoding::Gzip, Encoding::Zstd, Encoding::Brotli])
}

/// The same where only some encodings are offered.
pub fn encoding_among(header: Option<&str>, offered: &[Encoding]) -> Encoding {
    let Some(header) = header else { return Encoding::Identity };
    let mut best: Option<(f32, u8, Encoding)> = None;
    let mut any = None;
    let mut named: Vec<Encoding> = Vec::new();
    for part in header.split(',') {
        let (name, quality) = weighted(part);
        let encoding = match name.as_str() {
            "br" => Encoding::Brotli,
            "zstd" => Encoding::Zstd,
            "gzip" | "x-gzip" => Encoding::Gzip,
            "identity" => Encoding::Identity,
            "*" => {
                any = Some(quality);
                continue;
            }
            _ => continue,
        };
        named.push(encoding);
        if encoding == Encoding::Identity || offered.contains(&encoding) {
            consider(&mut best, quality, encoding);
        }
    }
    if let Some(quality) = any {
        for encoding in offered {
            if !named.contains(encoding) {
                consider(&mut best, quality, *encoding);
            }
        }
    }
    best.map_or(Encoding::Identity, |(_, _, encoding)| encoding)
}

fn consider(best: &mut Option<(f32, u8, Encoding)>, quality: f32, encoding: Encoding) {
    let favour = match encoding {
        Encoding::Identity => 0,
        Encoding::Gzip => 1,
        Encoding::Zstd => 2,
        Encoding::Brotli => 3,
    };
    if quality > 0.0 && best.is_none_or(|(known, rank, _)| (quality, favour) > (known, rank)) {
        *best = Some((quality, favour, encoding));
    }
}

fn weighted(part: &str) -> (String, f32) {
    let mut pieces = part.split(';');
    let name = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
    let quality =
        pieces.find_map(|piece| piece.trim().strip_prefix("q=").and_then(|q| q.parse().ok())).unwrap_or(1.0);
    (name, quality)
}

/// The format of an answer of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON document.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// A signed note: plain text.
    Note,
}

/// The formats that a thing is offered in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// JSON only.
    Json,
    /// JSON, and NDJSON for all of a list.
    List,
    /// JSON, and a signed note.
    Note,
}

/// Reads `format` and `Accept`. The parameter wins.
///
/// # Errors
/// 406 where nothing that is offered was asked for. A wrong `format` is a bad parameter.
pub fn format(request: &HttpRequest, params: &mut Params, offered: Offered) -> Result<Format, Failure> {
    let words: &[(&str, Format)] = match offered {
        Offered::Json => &[("json", Format::Json)],
        Offered::List => &[("json", Format::Json), ("ndjson", Format::Ndjson)],
        Offered::Note => &[("json", Format::Json), ("note", Format::Note)],
    };
    if let Some(format) = params.word("format", words) {
        return Ok(format);
    }
    accepted(request, offered)
}

fn accepted(request: &HttpRequest, offered: Offered) -> Result<Format, Failure> {
    let mut any = false;
    let mut best: Option<(f32, Format)> = None;
    for value in request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok()) {
        for part in value.split(',') {
            any = true;
            let (name, quality) = weighted(part);
            let format = match name.as_str() {
                "application/json" | "application/*" | "*/*" => Format::Json,
                "application/x-ndjson" | "application/ndjson" | "application/jsonl"
                    if offered == Offered::List =>
                {
                    Format::Ndjson
                }
                "text/plain" if offered == Offered::Note => Format::Note,
                _ => continue,
            };
            if quality > 0.0 && best.is_none_or(|(known, _)| quality > known) {
                best = Some((quality, format));
            }
        }
    }
    match (best, any) {
        (Some((_, format)), _) => Ok(format),
        (None, false) => Ok(Format::Json),
        (None, true) => Err(Failure::new(ProblemCode::NotAcceptable)),
    }
}

/// Whether the request takes any of these types. One that says nothing takes everything.
pub fn accepts(request: &HttpRequest, types: &[&str]) -> bool {
    let mut wishes =
        request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok()).peekable();
    if wishes.peek().is_none() {
        return true;
    }
    wishes.flat_map(|value| value.split(',')).any(|part| {
        let (name, quality) = weighted(part);
        quality > 0.0 && types.contains(&name.as_str())
    })
}

/// Whether the request wishes NDJSON, before anything else about it is known. Used to charge streams to their own quota.
pub fn wants_stream(request: &HttpRequest) -> bool {
    // Read as the operation will read it: however it is written, a stream is a stream.
    match Params::of(request).text("format", 100) {
        Some(format) => format == "ndjson",
        None => accepted(request, Offered::List).is_ok_and(|format| format == Format::Ndjson),
    }
}

/// The language that the headers wish for.
pub fn language(request: &HttpRequest, otherwise: Language) -> Language {
    let header = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    header.and_then(Language::from_accept_language).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_clients_favourite_encoding_is_used() {
        for (header, expected) in [
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip, deflate", Encoding::Gzip),
            ("br;q=0.1, gzip;q=0.9", Encoding::Gzip),
            ("zstd", Encoding::Zstd),
            ("br;q=0, *", Encoding::Zstd),
            ("identity", Encoding::Identity),
            ("deflate", Encoding::Identity),
            ("", Encoding::Identity),
        ] {
            assert_eq!(encoding(Some(header)), expected, "{header}");
        }
        assert_eq!(encoding(None), Encoding::Identity);
        assert_eq!(encoding_among(Some("br, gzip;q=0.5"), &[Encoding::Gzip]), Encoding::Gzip);
        assert_eq!(encoding_among(Some("br, zstd"), &[Encoding::Gzip]), Encoding::Identity);
    }

    #[test]
    fn packed_bodies_unpack_to_the_same() {
        let body = Bytes::from("电梯 elevator ".repeat(500));
        let mut gunzipped = Vec::new();
        let packed = Encoding::Gzip.pack(body.clone());
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed.as_ref()), &mut gunzipped)
            .unwrap();
        assert_eq!(gunzipped, body);
        assert_eq!(zstd::decode_all(Encoding::Zstd.pack(body.clone()).as_ref()).unwrap(), body);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut Encoding::Brotli.pack(body.clone()).as_ref(), &mut unpacked).unwrap();
        assert_eq!(unpacked, body);
    }

    #[test]
    fn a_format_that_is_not_offered_is_406() {
        let ask = |accept: &str, offered| {
            let request = TestRequest::default().insert_header(("Accept", accept)).to_http_request();
            format(&request, &mut Params::default(), offered).map_err(|failure| failure.code)
        };
        assert_eq!(ask("text/csv", Offered::List), Err(ProblemCode::NotAcceptable));
        assert_eq!(ask("application/x-ndjson", Offered::Json), Err(ProblemCode::NotAcceptable));
        assert_eq!(ask("application/x-ndjson", Offered::List), Ok(Format::Ndjson));
        assert_eq!(ask("text/html,*/*;q=0.8", Offered::List), Ok(Format::Json));
        assert_eq!(ask("text/plain", Offered::Note), Ok(Format::Note));
        assert_eq!(ask("text/plain, */*;q=0.1", Offered::Json), Ok(Format::Json));
        assert_eq!(ask("application/json;q=0", Offered::List), Err(ProblemCode::NotAcceptable));
    }
}
