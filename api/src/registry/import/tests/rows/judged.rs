//! Rows that cannot be taken, and the report of them.

use csv::ByteRecord;

use super::super::super::mapping::{Encoding, Mapping};
use super::super::super::report;
use super::super::super::row::{Judge, Verdict};
use super::mapping;
use crate::profile::Profile;

/// The reasons for which a row is rejected, with their columns.
fn judged(
    mapping: &Mapping,
    encoding: Encoding,
    header: &[&str],
    row: &[&[u8]],
) -> Vec<(&'static str, String)> {
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let columns = mapping.columns.bind(&header).unwrap();
    let record = ByteRecord::from(row.to_vec());
    let judge = Judge { mapping, columns: &columns, header: &header, encoding };
    match judge.judge(&record) {
        Verdict::Kept { .. } => vec![("kept", String::new())],
        Verdict::Skipped(filter) => vec![("skipped", filter.to_string())],
        Verdict::Rejected { rejects, .. } => {
            rejects.into_iter().map(|reject| (reject.reason.code(), reject.column)).collect()
        }
    }
}

#[test]
fn a_broken_row_tells_everything_that_is_wrong_with_it() {
    let head = r#"
        source = { key = "trial", name_zh = "试验", name_en = "Trial", licence = "CC0" }
        identity = { columns = ["a", "b"], separator = "/", patterns = ["9{1,3}/A{1,3}"] }
        filters = [
            { name = "gone", action = "drop", reason = "no longer there", column = "c", equals = "gone" },
            { name = "test", action = "reject", reason = "a test entry", column = "c", matches = ["TEST9"] },
        ]
        file = { limits = { field_characters = 100 } }
    "#;
    let mapping = Mapping::parse(head, &Profile::load("chongqing").unwrap()).unwrap();
    let header = ["a", "b", "c"];
    let told = |row: &[&[u8]]| judged(&mapping, Encoding::Utf8, &header, row);
    let one = |code, column: &str| vec![(code, column.to_owned())];
    assert_eq!(told(&[b"1", b"X", b""]), one("kept", ""));
    assert_eq!(told(&[b"1", b"X", b" gone "]), one("skipped", "0"));
    assert_eq!(told(&[b"1", b"X", b"TEST1"]), one("filter", "c"));
    assert_eq!(told(&[b"1", b"X"]), one("wrong_number_of_fields", ""));
    assert_eq!(told(&[b"1", b"X", b"", b""]), one("wrong_number_of_fields", ""));
    assert_eq!(told(&[b"", b" ", b""]), one("identity_missing", "a + b"));
    assert_eq!(told(&[b"1", b"9", b""]), one("identity_malformed", "a + b"));
    assert_eq!(told(&[b"1", b"X", "渝".repeat(101).as_bytes()]), one("field_too_long", "c"));
    let many = told(&[b"x", b"N\0L", b"\xff\xfe"]);
    let codes: Vec<&str> = many.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["nul_character", "undecodable", "identity_malformed"]);
}

#[test]
fn bytes_that_are_not_of_the_encoding_reject_the_row() {
    let mapping = mapping("");
    let gb = encoding_rs::GB18030.encode("渝中区").0.into_owned();
    assert_eq!(judged(&mapping, Encoding::Gb18030, &["key"], &[&gb])[0].0, "kept");
    assert_eq!(judged(&mapping, Encoding::Utf8, &["key"], &[&gb])[0].0, "undecodable");
    assert_eq!(judged(&mapping, Encoding::Gb18030, &["key"], &[b"\xff\xff"])[0].0, "undecodable");
}

#[test]
fn the_report_does_no_harm_in_a_spreadsheet() {
    let reject = report::Reject {
        column: "=cmd".into(),
        value: "@SUM(A1) 13812345678".into(),
        reason: report::Reason::IdentityMalformed,
        explanation: "why, \"so\"".into(),
    };
    let mut bytes = Vec::new();
    report::lines(3, 4, "-1+2", &[reject], &mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text, "3,4,'-1+2,'=cmd,'@SUM(A1) ***********,identity_malformed,\"why, \"\"so\"\"\"\r\n");
}
