//! Files that cannot be taken as a whole, and files that are written otherwise.

use std::path::Path;

use super::super::error::{Content, ImportError};
use super::super::mapping::Encoding;
use super::world::{Backend, MAPPING, World, gzip, table};
use crate::profile::Profile;

async fn world() -> World {
    World::open(Backend::Sqlite, Profile::load("chongqing").unwrap()).await
}

async fn content(world: &World, bytes: &[u8], mapping: &str) -> Content {
    let file = world.folder.write("file", bytes);
    let mapping = world.folder.write("mapping.toml", mapping);
    let report = world.folder.0.join("report.csv");
    let refused = world.run(world.options(&file, &mapping, &report)).await.unwrap_err();
    let ImportError::Content { problem, .. } = refused else { panic!("{refused}") };
    assert!(!report.exists() && world.facts().await.is_empty(), "nothing was written");
    problem
}

#[tokio::test]
async fn what_is_no_table_is_called_by_its_name() {
    let world = world().await;
    for (bytes, part) in [
        (&b"PK\x03\x04\x14\x00"[..], "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"<!doctype html>", "web page"),
        (b"{\"a\": 1}", "JSON"),
        (b"\xff\xfek\x00", "UTF-16"),
    ] {
        let problem = content(&world, bytes, MAPPING).await;
        assert!(matches!(problem, Content::NotCsv(what) if what.contains(part)), "{problem}");
        let packed = content(&world, &gzip(bytes), MAPPING).await;
        assert!(matches!(packed, Content::NotCsv(what) if what.contains(part)), "{packed}");
    }
    let twice = content(&world, &gzip(&gzip(b"key")), MAPPING).await;
    assert!(twice.to_string().contains("packed twice"), "{twice}");
    world.close().await;
}

#[tokio::test]
async fn an_empty_file_and_one_without_its_header_are_refused() {
    let world = world().await;
    assert_eq!(content(&world, b"", MAPPING).await, Content::Empty);
    assert_eq!(content(&world, &gzip(b""), MAPPING).await, Content::Empty);
    for blank in [&b"\n\r\n\n"[..], b" \n", b" , \n\n ,\n"] {
        assert_eq!(content(&world, blank, MAPPING).await, Content::Blank);
    }
    let third = format!("file.header_row = 3\n{MAPPING}");
    assert_eq!(content(&world, b"a\nb\n", &third).await, Content::NoHeader(3));
    world.close().await;
}

#[tokio::test]
async fn a_gz_bomb_is_refused_before_it_unpacks() {
    let world = world().await;
    let bomb = gzip(&vec![b'\n'; 80 << 20]);
    assert!(bomb.len() < 200_000);
    assert_eq!(content(&world, &bomb, MAPPING).await, Content::Bomb { ratio: 200 });
    let small = format!("file.limits.unpacked_bytes = 1000\n{MAPPING}");
    let rows = table(100, "街");
    assert_eq!(content(&world, rows.as_bytes(), &small).await, Content::TooLarge { bytes: 1000 });
    assert_eq!(content(&world, &gzip(rows.as_bytes()), &small).await, Content::TooLarge { bytes: 1000 });
    world.close().await;
}

#[tokio::test]
async fn a_packed_file_that_was_cut_off_or_damaged_is_refused() {
    let world = world().await;
    let whole = gzip(table(5000, "街").as_bytes());
    let cut = content(&world, &whole[..whole.len() / 2], MAPPING).await;
    assert!(matches!(cut, Content::Damaged(_)), "{cut}");
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    let damaged = content(&world, &damaged, MAPPING).await;
    assert!(matches!(damaged, Content::Damaged(_)), "{damaged}");
    world.close().await;
}

#[tokio::test]
async fn a_quotation_mark_that_is_never_closed_names_its_line() {
    let world = world().await;
    let mut text = table(3, "街");
    text.push_str("K9,\"open");
    text.push_str(&",街,2\n".repeat(300_000));
    let problem = content(&world, text.as_bytes(), MAPPING).await;
    assert_eq!(problem, Content::EndlessRow { line: 5, bytes: 1 << 20 });
    world.close().await;
}

async fn addresses(world: &World, name: &str, bytes: &[u8], mapping: &str) -> (Encoding, Vec<String>) {
    let file = world.folder.write(name, bytes);
    let mapping = world.folder.write("mapping.toml", mapping);
    let report = world.folder.0.join(format!("{name}.report.csv"));
    let summary = world.run(world.options(&file, &mapping, &report)).await.unwrap();
    let facts = world.facts().await;
    (summary.encoding, facts.into_iter().filter_map(|(_, facts)| facts.address).collect())
}

#[tokio::test]
async fn utf8_with_and_without_its_mark_and_gb18030_give_the_same() {
    let text = table(3, "解放碑，㐀");
    let gb = encoding_rs::GB18030.encode(&text).0.into_owned();
    let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    let gb_marked = [b"\x84\x31\x95\x33".as_slice(), &gb].concat();
    let expected: Vec<String> = (1..=3).map(|row| format!("解放碑，㐀 {row} 号")).collect();
    for (name, bytes, encoding) in [
        ("plain", text.as_bytes().to_vec(), Encoding::Utf8),
        ("marked", marked.clone(), Encoding::Utf8),
        ("gb", gb.clone(), Encoding::Gb18030),
        ("gb-marked", gb_marked, Encoding::Gb18030),
        ("packed", gzip(&gb), Encoding::Gb18030),
    ] {
        let world = world().await;
        assert_eq!(addresses(&world, name, &bytes, MAPPING).await, (encoding, expected.clone()), "{name}");
        world.close().await;
    }
    let world = world().await;
    let said = format!("file.encoding = \"gb18030\"\n{MAPPING}");
    assert_eq!(addresses(&world, "said", &gb, &said).await, (Encoding::Gb18030, expected));
    assert_eq!(content_of(&world, &marked, &said).await, Content::OtherEncoding);
    world.close().await;
}

async fn content_of(world: &World, bytes: &[u8], mapping: &str) -> Content {
    let file = world.folder.write("other", bytes);
    let mapping = world.folder.write("mapping.toml", mapping);
    let refused = world.run(world.options(&file, &mapping, Path::new("unused.csv"))).await.unwrap_err();
    let ImportError::Content { problem, .. } = refused else { panic!("{refused}") };
    problem
}

#[tokio::test]
async fn one_broken_row_does_not_turn_a_file_into_another_encoding() {
    let world = world().await;
    let mut bytes = table(3, "解放碑").into_bytes();
    bytes.extend_from_slice(b"K00009,\xff\xfe,4\n");
    let (encoding, addresses) = addresses(&world, "mixed", &bytes, MAPPING).await;
    assert_eq!((encoding, addresses.len()), (Encoding::Utf8, 3));
    let report = std::fs::read_to_string(world.folder.0.join("mixed.report.csv")).unwrap();
    assert!(report.contains("\r\n4,5,K00009,address,"), "{report}");
    assert!(report.contains(",undecodable,the bytes are not UTF-8\r\n"), "{report}");
    world.close().await;
}

#[tokio::test]
async fn another_delimiter_and_lines_before_the_header() {
    let world = world().await;
    let mapping = format!("file.delimiter = \"\\t\"\nfile.header_row = 2\n{MAPPING}");
    let text = "电梯登记\nkey\taddress\tstops\nK1\t\"多行\n地址\"\t3\n";
    let (_, addresses) = addresses(&world, "tabs", text.as_bytes(), &mapping).await;
    assert_eq!(addresses, ["多行 地址"]);
    world.close().await;
}

#[tokio::test]
async fn missing_files_and_a_report_that_is_something_else_are_refused() {
    let world = world().await;
    let file = world.folder.write("a.csv", table(1, "街"));
    let mapping = world.folder.write("m.toml", MAPPING);
    let report = world.folder.0.join("r.csv");
    let gone = world.folder.0.join("gone.csv");
    let error = world.run(world.options(&gone, &mapping, &report)).await.unwrap_err();
    assert!(matches!(error, ImportError::Missing { what: "file to import", .. }), "{error}");
    let error = world.run(world.options(&file, &gone, &report)).await.unwrap_err();
    assert!(matches!(error, ImportError::Missing { what: "mapping", .. }), "{error}");
    let error = world.run(world.options(&world.folder.0, &mapping, &report)).await.unwrap_err();
    assert!(matches!(error, ImportError::Unreadable { .. }), "{error}");
    for taken in [&file, &mapping] {
        let error = world.run(world.options(&file, &mapping, taken)).await.unwrap_err();
        assert!(matches!(error, ImportError::ReportInTheWay { .. }), "{error}");
    }
    let notes = world.folder.write("notes.csv", "my own notes, not to be lost, please");
    let error = world.run(world.options(&file, &mapping, &notes)).await.unwrap_err();
    assert!(matches!(error, ImportError::ReportInTheWay { .. }), "{error}");
    assert!(std::fs::read_to_string(&notes).unwrap().starts_with("my own"));
    let nowhere = world.folder.0.join("no/such/folder/r.csv");
    let error = world.run(world.options(&file, &mapping, &nowhere)).await.unwrap_err();
    assert!(matches!(error, ImportError::Report { .. }), "{error}");
    world.close().await;
}
