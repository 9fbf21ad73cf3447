//! Files to import, and reading what an import left.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use yuti_tests::{Caller, Output};

/// The register of New York as it stands in the examples.
pub mod new_york {
    use flate2::read::MultiGzDecoder;
    use std::fs::File;
    use std::io::{BufRead, BufReader};
    use std::path::{Path, PathBuf};
    use yuti_tests::{Launch, Options, World, environment};

    /// A file of the example.
    pub fn example(name: &str) -> PathBuf {
        environment::repository().join("examples/new-york").join(name)
    }

    /// A world of the city, empty and not started: the journey begins on the command line.
    pub fn options() -> Options {
        let profile = example("profile.toml");
        Options::unprepared()
            .env("YUTI_PROFILE", &profile.to_string_lossy())
            .env("YUTI_DEMO", "none")
            .stopped()
    }

    /// The released file.
    pub fn whole() -> PathBuf {
        example("nyc-elevators-2015.csv.gz")
    }

    /// The first rows of the released file, as a file of the world.
    pub fn beginning(world: &World, rows: usize) -> PathBuf {
        let packed = File::open(whole()).expect("the example is there");
        let lines = BufReader::new(MultiGzDecoder::new(packed)).lines().take(rows + 1);
        let text: String = lines.map(|line| line.expect("the example is text") + "\n").collect();
        world.write(&format!("first-{rows}.csv"), text)
    }

    /// The import of a file by the example's mapping, not yet started.
    pub fn import(world: &World, file: &Path) -> Launch {
        world.launch(["import", "elevators"]).args([file]).args(["--mapping"]).args([example("mapping.toml")])
    }
}

/// A small table of Chongqing, all of it fictitious.
pub mod table {
    use yuti_tests::{Launch, World};

    /// The mapping of a small table of Chongqing.
    pub const MAPPING: &str = r#"
[source]
key = "table"
name_zh = "区里的表（虚构）"
name_en = "A district's table, fictitious"
licence = "CC0-1.0"

[identity]
column = "注册代码"

[[identifiers]]
kind = "rescue_code"
column = "识别码"

[fields.district]
column = "区县"

[fields.address]
column = "地址"

[fields.building]
column = "小区"

[fields.using_unit]
name = { column = "物业" }

[fields.use_status]
column = "状态"
map = { "在用" = "in_use", "停用" = "suspended" }

[fields.inspection]
valid_until = { column = "有效期", formats = ["YYYY-MM-DD", "YYYY年M月"] }
"#;

    pub const HEADER: &str = "注册代码,识别码,区县,地址,小区,物业,状态,有效期";

    /// The import of a file by a mapping, both written into the world first.
    pub fn import(world: &World, name: &str, table: impl AsRef<[u8]>, mapping: &str) -> Launch {
        let file = world.write(name, table);
        let mapping = world.write(&format!("{name}.toml"), mapping);
        world.launch(["import", "elevators"]).args([file]).args(["--mapping"]).args([mapping])
    }

    /// The small table in a Chinese that needs four bytes a character as well (U+20BB7, 𠮷).
    pub fn good() -> String {
        format!(
            "{HEADER}\r\n630001,630001,南岸区,𠮷庆路 1 号,渝梯小区,好物业,在用,2027年6月\r\n630002,630002,渝中区,码头巷 2 号,江边楼,好物业,停用,2027-06-30\r\n"
        )
    }
}

/// A number of the summary that a command printed: `created   12`.
#[track_caller]
pub fn told(output: &Output, name: &str) -> u64 {
    let line = output.stdout.lines().find(|line| line.trim_start().starts_with(name));
    let line = line.unwrap_or_else(|| panic!("no line {name:?} in\n{}", output.all()));
    let number = line.trim_start().trim_start_matches(name).trim();
    number.parse().unwrap_or_else(|_| panic!("{number:?} is no number in {line:?}"))
}

/// Every elevator of the register by the code it is known by, without what differs between two databases: internal numbers and
/// the instants of recording.
pub async fn register(anyone: &Caller) -> BTreeMap<String, Value> {
    let rows = anyone.get("/v1/elevators?format=ndjson").await.ndjson();
    let count = rows.len();
    let mut register = BTreeMap::new();
    for mut row in rows {
        let code = row["code"].as_str().expect("an elevator has a code").to_owned();
        let fields = row.as_object_mut().expect("a row is an object");
        fields.remove("id");
        fields.remove("recorded_at");
        for unit in ["using_unit", "maintenance_unit"] {
            if let Some(unit) = fields.get_mut(unit).and_then(Value::as_object_mut) {
                unit.remove("id");
            }
        }
        register.insert(code, row);
    }
    assert_eq!(register.len(), count, "a code stands twice");
    register
}

/// How many elevators there are.
pub async fn count(anyone: &Caller) -> u64 {
    anyone.get("/v1/elevators?limit=1&count=exact").await.at("/count/total").as_u64().expect("a number")
}

/// The number of the last change of the feed.
pub async fn position(anyone: &Caller) -> i64 {
    let changes = anyone.get("/v1/changes?format=ndjson").await.ndjson();
    changes.last().map_or(0, |change| change["seq"].as_i64().expect("a change has a number"))
}

/// The rows of a report of rejected rows, each with its columns by name.
pub fn report(file: &Path) -> Vec<BTreeMap<String, String>> {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let text = String::from_utf8(bytes).expect("a report is UTF-8");
    let text = text.strip_prefix('\u{feff}').expect("a report begins with the mark that spreadsheets know");
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.expect("a report is CSV")).collect()
}

/// Packs bytes with gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).expect("packing in memory");
    packer.finish().expect("packing in memory")
}
