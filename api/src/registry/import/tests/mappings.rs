//! Mappings that cannot be used, and what is told about them.

use super::super::mapping::Mapping;
use super::world::{Backend, MAPPING, World, example, new_york};
use crate::profile::Profile;
use crate::registry::import::ImportError;

fn problems(text: &str) -> Vec<(String, usize, String)> {
    let profile = Profile::load("chongqing").unwrap();
    match Mapping::parse(text, &profile) {
        Ok(_) => Vec::new(),
        Err(problems) => {
            problems.into_iter().map(|problem| (problem.key, problem.line, problem.problem)).collect()
        }
    }
}

#[test]
fn everything_wrong_is_told_at_once_with_key_line_and_mend() {
    let text = r#"[source]
key = "Not So"
name_zh = "试验"
licence = ""
url = "example.org"
as_of = "2021-06-30"
[file]
encoding = "latin1"
delimiter = "|"
header_row = 0
[identity]
colum = "key"
[[identifiers]]
kind = "equipment_cod"
column = "key"
patterns = ["9{"]
[fields.use_status]
column = "status"
map = { A = "in_use", B = "broken" }
[fields.inspection]
last_on = { column = "date", formats = ["DD"] }
valid_til = { column = "date" }
[fields.parameters.rated_load_kg]
column = "load"
constant = "5"
unit = "stone"
[fields.parameters.travel_m]
column = "travel"
style = "feet-and-inches"
[fields.category]
column = "category"
catalogue = "1999"
[fields.district]
column = "district"
map = { "x" = "750001" }
[[filters]]
name = "a"
action = "delete"
reason = "because"
column = "x"
[bounds]
west = 200
south = 1
east = 2
"#;
    let told = problems(text);
    for (key, line, part) in [
        ("source.key", 2, "small letters"),
        ("source.name_en", 1, "is missing"),
        ("source.licence", 4, "is empty"),
        ("source.url", 5, "https://"),
        ("source.as_of", 6, "is not a day"),
        ("file.encoding", 8, "gb18030"),
        ("file.delimiter", 9, "encoding = \"utf-8\""),
        ("file.header_row", 10, "whole number"),
        ("identity.colum", 12, "did you mean `column`"),
        ("identity", 11, "`column`, `columns` and `constant`"),
        ("identifiers[1].kind", 14, "rescue_code"),
        ("identifiers[1].patterns", 16, "open brace"),
        ("fields.use_status.map", 19, "`broken`"),
        ("fields.inspection.last_on.formats", 21, "year and month"),
        ("fields.inspection.valid_til", 22, "did you mean `valid_until`"),
        ("fields.parameters.rated_load_kg", 23, "only one"),
        ("fields.parameters.rated_load_kg.unit", 26, "kg, lb, t"),
        ("fields.parameters.travel_m.style", 29, "unit = \"ft\""),
        ("fields.category.catalogue", 32, "2014-114"),
        ("fields.district.map", 35, "750001"),
        ("filters[1].action", 38, "drop"),
        ("filters[1]", 36, "needs one test"),
        ("bounds.west", 42, "degrees"),
        ("bounds.north", 41, "is missing"),
    ] {
        let found = told.iter().any(|(k, l, p)| k == key && *l == line && p.contains(part));
        assert!(found, "{key} on line {line}: {part}, of {told:#?}");
    }
    assert_eq!(told.len(), 24, "{told:#?}");
    assert!(told.is_sorted_by_key(|(_, line, _)| *line), "in the order of the file");
}

#[test]
fn the_mappings_that_are_shown_and_shipped_can_be_used() {
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/import.md")).unwrap();
    let shown = docs.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(problems(shown), []);
    let shipped = std::fs::read_to_string(example("mapping.toml")).unwrap();
    assert!(Mapping::parse(&shipped, &new_york()).is_ok());
}

#[test]
fn a_mapping_without_its_parts_says_which() {
    let told: Vec<String> = problems("").into_iter().map(|(key, _, _)| key).collect();
    assert_eq!(told, ["source", "identity"]);
    assert!(
        problems("[source\nkey = 1").iter().all(|(_, line, problem)| *line == 1 && problem.contains("TOML"))
    );
    assert!(problems(&format!("\u{feff}{MAPPING}")).is_empty(), "a byte order mark is no key");
}

#[tokio::test]
async fn columns_that_the_file_does_not_have_are_told_with_the_nearest_ones() {
    let world = World::open(Backend::Sqlite, Profile::load("chongqing").unwrap()).await;
    let file = world.folder.write("a.csv", "Key ,Adress,stops,stops\n1,x,2,3\n");
    let mapping = world.folder.write("m.toml", MAPPING);
    let report = world.folder.0.join("r.csv");
    let error = world.run(world.options(&file, &mapping, &report)).await.unwrap_err();
    let ImportError::Mapping { problems, .. } = &error else { panic!("{error}") };
    let told: Vec<(&str, usize)> =
        problems.iter().map(|problem| (problem.key.as_str(), problem.line)).collect();
    assert_eq!(
        told,
        [("identity.column", 10), ("fields.address.column", 17), ("fields.parameters.stops.column", 20)]
    );
    assert!(problems[0].problem.contains("nearest are `Key`"), "{error}");
    assert!(problems[1].problem.contains("nearest are `Adress`"), "{error}");
    assert!(problems[2].problem.contains("more than once"), "{error}");
    assert!(!report.exists(), "nothing is written before the file is found good");
    world.close().await;
}
