//! `tests/requirements.txt`: each clause of the pilot notice with the journeys that prove it.

use std::collections::BTreeSet;
use std::process::Command;
use yuti_tests::{environment, journey_once};

/// Every clause of the notice that the product answers.
const CLAUSES: &str = "P1 P2 P3 U1 U2 E1 E2 E3 A1 A2 A3 A4 A5 R1 R2 O1 O2 L1 V1 M1 M2 M3 W1 W2 W3 W4 S1 S2 S3 S4 C1 C2 \
                       G1 G2 G3 G4 G5 I1 I2 I3";

struct Row {
    id: String,
    journeys: Vec<String>,
}

fn rows() -> Vec<Row> {
    let file = environment::repository().join("tests/requirements.txt");
    let text = std::fs::read_to_string(file).expect("tests/requirements.txt is there");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<_> = line.split('|').map(str::trim).collect();
    let [id, description, journeys] = cells.as_slice() else {
        panic!("three cells with | between, not {line:?}")
    };
    assert!(!description.is_empty(), "{id} says nothing");
    assert!(!journeys.is_empty(), "{id}: write `-` where no journey proves it yet");
    let journeys =
        if *journeys == "-" { Vec::new() } else { journeys.split_whitespace().map(str::to_owned).collect() };
    Row { id: (*id).to_owned(), journeys }
}

/// The journeys that this very binary holds, without the database they run on.
fn journeys() -> BTreeSet<String> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--list", "--format", "terse"])
        .output()
        .unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let tests = list.lines().filter_map(|line| line.strip_suffix(": test"));
    tests.map(|test| test.trim_end_matches("::sqlite").trim_end_matches("::postgres").to_owned()).collect()
}

journey_once! {
    /// Every clause has its row, once and in the notice's order.
    async fn every_clause_has_a_row(_folder) {
        let ids: Vec<_> = rows().into_iter().map(|row| row.id).collect();
        assert_eq!(ids, CLAUSES.split_whitespace().collect::<Vec<_>>());
    }
}

journey_once! {
    /// A row names only journeys that exist. Rows without one are printed until they have one.
    async fn every_named_journey_exists(_folder) {
        let known = journeys();
        assert!(known.contains("requirements::every_named_journey_exists"), "the list of journeys can be read");
        let rows = rows();
        let unknown: Vec<_> = rows
            .iter()
            .flat_map(|row| row.journeys.iter().filter(|name| !known.contains(*name)).map(move |name| format!("{}: {name}", row.id)))
            .collect();
        assert!(unknown.is_empty(), "tests/requirements.txt names journeys that do not exist:\n  {}", unknown.join("\n  "));
        let open: Vec<_> = rows.iter().filter(|row| row.journeys.is_empty()).map(|row| row.id.as_str()).collect();
        println!("{} of {} clauses have no journey yet: {}", open.len(), rows.len(), open.join(" "));
    }
}
