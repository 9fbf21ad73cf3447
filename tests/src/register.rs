//! Registers of a journey's own: a handful of elevators with exactly the facts that the journey is about, brought in as an
//! administrator would, by `yuti import`. All of it is fictitious.

use crate::process::{Launch, Output};
use crate::world::World;
use std::collections::BTreeMap;

/// The columns of the files, each named as the field that it fills.
const FIELDS: [&str; 19] = [
    "use_status",
    "district",
    "address",
    "building",
    "internal_number",
    "category",
    "using_unit.name",
    "using_unit.code",
    "maintenance_unit.name",
    "maintenance_unit.code",
    "inspection.last_on",
    "inspection.result",
    "inspection.valid_until",
    "insurance.kind",
    "contract",
    "monitoring.equipped",
    "annotation.since",
    "annotation.until",
    "annotation.interval_days",
];
const IDENTIFIERS: [&str; 3] = ["rescue_code", "equipment_code", "factory_number"];

/// One elevator of a register. What is not said stays unknown.
#[derive(Clone, Debug)]
pub struct Lift {
    key: String,
    cells: BTreeMap<&'static str, String>,
}

impl Lift {
    /// An elevator whose rescue code is also what tells it apart from the others of its register.
    pub fn new(rescue_code: &str) -> Self {
        let lift = Self { key: rescue_code.to_owned(), cells: BTreeMap::new() };
        lift.with("rescue_code", rescue_code)
    }

    /// With a fact, by its name in the API, or with an identifier, by its kind.
    pub fn with(mut self, column: &'static str, value: &str) -> Self {
        let known = FIELDS.contains(&column) || IDENTIFIERS.contains(&column);
        assert!(known, "the registers of journeys have no column {column}; add it to FIELDS");
        self.cells.insert(column, value.to_owned());
        self
    }
}

/// The file of a register.
pub fn file(lifts: &[Lift]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let columns = || IDENTIFIERS.iter().chain(&FIELDS);
    csv.write_record(std::iter::once(&"key").chain(columns())).expect("a line of CSV");
    for lift in lifts {
        let cell = |column: &&'static str| lift.cells.get(*column).map(String::as_str).unwrap_or_default();
        csv.write_record(std::iter::once(lift.key.as_str()).chain(columns().map(cell)))
            .expect("a line of CSV");
    }
    csv.into_inner().expect("a file of CSV")
}

/// The mapping of a register with this key.
pub fn mapping(key: &str) -> String {
    let mut text = format!(
        "[source]\nkey = \"{key}\"\nname_zh = \"登记 {key}（虚构）\"\nname_en = \"Register {key}, fictitious\"\n\
         licence = \"CC0-1.0\"\n\n[identity]\ncolumn = \"key\"\n"
    );
    for kind in IDENTIFIERS {
        text.push_str(&format!("\n[[identifiers]]\nkind = \"{kind}\"\ncolumn = \"{kind}\"\n"));
    }
    for field in FIELDS {
        text.push_str(&format!("\n[fields.{field}]\ncolumn = \"{field}\"\n"));
        if field == "inspection.valid_until" {
            text.push_str("formats = [\"YYYY-MM-DD\", \"YYYY-MM\"]\n");
        }
    }
    text
}

impl World {
    /// An import of these elevators as the register `key`, not yet started.
    pub fn importing(&self, key: &str, lifts: &[Lift]) -> Launch {
        let file = self.write(&format!("{key}.csv"), file(lifts));
        let mapping = self.write(&format!("{key}.toml"), mapping(key));
        self.launch(["import", "elevators"]).args([file]).args(["--mapping"]).args([mapping])
    }

    /// Imports these elevators as the register `key`; all of them must be taken.
    pub async fn import(&self, key: &str, lifts: &[Lift]) -> Output {
        let output = self.importing(key, lifts).run().await;
        output.ok();
        output
    }
}
