//! Packing: the same bytes for everybody, packed as the reader can read them.

use crate::api_paths::READS;
use std::collections::BTreeSet;
use yuti_tests::{Options, journey};

/// What is asked for, and what may come.
const WISHES: [(&str, &str); 12] = [
    ("gzip", "gzip"),
    ("br", "br"),
    ("zstd", "zstd"),
    ("gzip, deflate, br, zstd", "br"),
    ("gzip, deflate", "gzip"),
    ("br;q=0.1, gzip;q=0.9", "gzip"),
    ("identity", ""),
    ("deflate", ""),
    ("", ""),
    ("br;q=0, gzip;q=0, zstd;q=0", ""),
    ("GZIP", "gzip"),
    ("nonsense;;q=x,,", ""),
];

journey! {
    /// Whatever packing is wished for, unpacked it is the same document; each packing has a strong tag of its own.
    async fn every_packing_holds_the_same(world: Options::demo().generous()) {
        let app = world.anyone();
        for path in ["/v1/elevators?limit=20", "/v1/elevators/502718", "/v1/districts", "/openapi.json", "/e/502718"] {
            let plain = app.get(path).await;
            plain.is(200).has_no_header("Content-Encoding").header_has("Vary", "Accept-Encoding");
            let mut tags = BTreeSet::new();
            for (wish, packing) in WISHES {
                let answer = app.with_header("Accept-Encoding", wish).get(path).await;
                assert_eq!(answer.is(200).maybe_header("Content-Encoding").unwrap_or_default(), packing, "{path} {wish:?}");
                if !path.starts_with("/e/") {
                    assert_eq!(answer.decoded(), plain.bytes(), "{path} {wish:?}");
                }
                assert!(packing.is_empty() || answer.bytes().len() * 5 < plain.bytes().len() * 3, "{path} {wish:?}: {} of {}", answer.bytes().len(), plain.bytes().len());
                answer.header_has("Vary", "Accept-Encoding");
                let tag = answer.header("ETag");
                assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag} is strong");
                tags.insert(tag);
            }
            assert_eq!(tags.len(), 4, "{path}: identity, gzip, br and zstd each have a tag of their own: {tags:?}");
        }
    }
}

journey! {
    /// The announced length is that of the bytes that come.
    async fn the_length_is_that_of_the_bytes(world: Options::demo().generous()) {
        let app = world.anyone();
        for path in READS {
            for (wish, _) in WISHES.iter().take(4) {
                let answer = app.with_header("Accept-Encoding", wish).get(path).await;
                assert_eq!(answer.is(200).header("Content-Length"), answer.bytes().len().to_string(), "{path} {wish}");
                assert!(!answer.decoded().is_empty());
            }
        }
    }
}

journey! {
    /// A stream is packed in a way that the reader can read, and is whole when it is unpacked.
    async fn a_stream_is_packed_as_the_reader_can_read(world: Options::demo().generous()) {
        let app = world.anyone();
        let path = "/v1/elevators?format=ndjson&status=attention";
        let plain = app.get(path).await;
        assert!(plain.is(200).ndjson().len() > 10);
        for (wish, _) in WISHES {
            let answer = app.with_header("Accept-Encoding", wish).get(path).await;
            let packing = answer.is(200).maybe_header("Content-Encoding");
            let accepted = |packing: &str| wish.to_lowercase().split(',').any(|part| part.trim().split(';').next() == Some(packing) && !part.contains("q=0,") && !part.ends_with("q=0"));
            assert!(packing.as_deref().is_none_or(accepted), "{wish:?} got {packing:?}");
            assert_eq!(answer.decoded(), plain.bytes(), "{wish:?}");
            answer.header_has("Vary", "Accept-Encoding");
        }
    }
}

journey! {
    /// A stream of everything comes packed, in pieces, and every line of it is whole.
    async fn everything_streams_packed(world: Options::demo().generous()) {
        let app = world.anyone();
        for list in ["/v1/elevators", "/v1/organisations", "/v1/changes"] {
            let packed = app.with_header("Accept-Encoding", "gzip").get(&format!("{list}?format=ndjson")).await;
            packed.is(200).header_is("Content-Encoding", "gzip").has_no_header("Content-Length");
            let lines = packed.ndjson();
            assert_eq!(lines, app.all(list).await, "{list}");
            assert!(packed.bytes().len() * 3 < packed.decoded().len(), "{list}: packed to {} of {}", packed.bytes().len(), packed.decoded().len());
        }
    }
}

journey! {
    /// Refusals are packed as well, and are what they were.
    async fn refusals_are_packed_too(world: Options::empty()) {
        let app = world.anyone().reading("en");
        let path = "/v1/elevators?status=fine&limit=0&pilot=maybe&limt=3";
        for packing in ["gzip", "br", "zstd"] {
            let answer = app.with_header("Accept-Encoding", packing).get(path).await;
            answer.problem(400, "invalid_parameters").names_parameters(&["status", "limit", "pilot", "limt"]);
            answer.header_is("Content-Encoding", packing);
        }
    }
}
