//! Registers that hold what must not come out: numbers of persons in every disguise, and identifiers that are none.

use yuti_tests::planted::{Planted, stored};
use yuti_tests::{Options, World, journey};

use crate::import_reading::{count, report, told};
use crate::privacy::{everything_public, nothing_in};

/// Every field of a mapping that a register can fill.
const FIELDS: [&str; 42] = [
    "use_status",
    "use_status_since",
    "district",
    "zone",
    "address",
    "building",
    "internal_number",
    "postal_code",
    "location.longitude",
    "location.latitude",
    "category",
    "manufacture.manufacturer",
    "manufacture.model",
    "manufacture.manufactured_on",
    "in_service_since",
    "parameters.rated_load_kg",
    "parameters.rated_speed_m_s",
    "parameters.stops",
    "parameters.lowest_floor",
    "parameters.highest_floor",
    "parameters.travel_m",
    "using_unit.name",
    "using_unit.code",
    "maintenance_unit.name",
    "maintenance_unit.code",
    "duty_phone",
    "inspection.last_on",
    "inspection.kind",
    "inspection.result",
    "inspection.valid_until",
    "insurance.kind",
    "insurance.insurer",
    "insurance.valid_from",
    "insurance.valid_until",
    "contract",
    "monitoring.equipped",
    "monitoring.since",
    "annotation.since",
    "annotation.until",
    "annotation.ended_because",
    "annotation.interval_days",
    "annotation.basis",
];
const IDENTIFIERS: [&str; 6] = [
    "rescue_code",
    "equipment_code",
    "registration_code",
    "certificate_number",
    "platform_code",
    "factory_number",
];

/// A mapping in which everything is joined of two cells with nothing between.
fn mapping() -> String {
    let mut text = "[source]\nkey = \"hostile\"\nname_zh = \"虚构\"\nname_en = \"Fictitious\"\nlicence = \"CC0-1.0\"\n\n[identity]\ncolumn = \"key\"\n".to_owned();
    for kind in IDENTIFIERS {
        text.push_str(&format!(
            "\n[[identifiers]]\nkind = \"{kind}\"\ncolumns = [\"{kind} 1\", \"{kind} 2\"]\nseparator = \"\"\n"
        ));
    }
    for field in FIELDS {
        text.push_str(&format!(
            "\n[fields.{field}]\ncolumns = [\"{field} 1\", \"{field} 2\"]\nseparator = \"\"\n"
        ));
    }
    text
}

fn columns() -> impl Iterator<Item = &'static str> {
    IDENTIFIERS.into_iter().chain(FIELDS)
}

/// A line of the table: one field filled, in two cells.
fn line(key: &str, filled: &str, cells: &(String, String)) -> Vec<String> {
    let mut line = vec![key.to_owned()];
    for column in columns() {
        let (one, two) = if column == filled { cells.clone() } else { <(String, String)>::default() };
        line.extend([one, two]);
    }
    line
}

fn table(lines: &[Vec<String>]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let header = columns().flat_map(|column| [format!("{column} 1"), format!("{column} 2")]);
    csv.write_record(std::iter::once("key".to_owned()).chain(header)).unwrap();
    lines.iter().for_each(|line| csv.write_record(line).unwrap());
    csv.into_inner().unwrap()
}

async fn import(world: &World, lines: &[Vec<String>]) -> yuti_tests::Output {
    let (file, mapping) = (world.write("hostile.csv", table(lines)), world.write("hostile.toml", mapping()));
    let output =
        world.launch(["import", "elevators"]).args([file]).args(["--mapping"]).args([mapping]).run().await;
    output.ok();
    output
}

fn wide(text: &str) -> String {
    text.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect()
}

fn spelt(digits: &str) -> String {
    digits
        .bytes()
        .map(|digit| "〇一二三四五六七八九".chars().nth(usize::from(digit - b'0')).unwrap())
        .collect()
}

/// A number of an identity card; `wrong` spoils the last place.
fn card(number: usize, wrong: bool) -> String {
    let first = format!("50010319570229{:03}", number % 1000).replace("0229", "0228");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"];
    format!("{first}{}", check[(sum as usize + usize::from(wrong)) % 11])
}

/// A person's number in a new disguise, as two cells. What must not come up is planted in the form in which it is written, and plain.
fn disguised(planted: &mut Planted, disguise: usize, place: &str) -> (String, String) {
    let number = planted.len();
    let mobile = planted.mobile(place);
    let (a, b, c) = (&mobile[..3], &mobile[3..7], &mobile[7..]);
    let identity = planted.keep(card(number, disguise == 8), place);
    let written = match disguise {
        0 => format!("{a}-{b}-{c}"),
        1 => wide(&mobile),
        2 => format!("{a} {b} {c}"),
        3 => return (format!("{a}{b}"), c.to_owned()),
        4 => return ("5".to_owned(), mobile),
        5 => format!("{a}.{b}.{c}"),
        6 => format!("{a}\u{200b}{b}\u{a0}{c}"),
        7 | 8 => identity,
        9 => wide(&identity),
        10 => spelt(&mobile),
        11 => format!("({a}){b}_{c}"),
        12 => return (identity[..9].to_owned(), identity[9..].to_owned()),
        _ => format!(
            "+86 {a} {}",
            format!("{b}{c}").split_inclusive(|_: char| true).collect::<Vec<_>>().join(" ")
        ),
    };
    (planted.keep(written, place), String::new())
}

const DISGUISES: usize = 14;

journey! {
    /// No number of a person comes out of a register, whatever the field, the disguise and the cells it is spread over; not even an identifier may be one.
    async fn no_disguise_brings_a_number_of_a_person_through(world: Options::empty().generous()) {
        let (mut planted, mut lines) = (Planted::default(), Vec::new());
        for column in columns() {
            for disguise in 0..DISGUISES {
                let cells = disguised(&mut planted, disguise, &format!("{column} ({disguise})"));
                lines.push(line(&format!("H{:05}", lines.len()), column, &cells));
            }
        }
        let taken = lines.len() as u64;
        // A person's number as what tells the elevator apart: the row is rejected, and the report does not tell the number either.
        for disguise in 0..DISGUISES {
            let (one, two) = disguised(&mut planted, disguise, "the identity");
            lines.push(line(&if two.len() > 9 { two } else { format!("{one}{two}") }, "address", &("虚构路 1 号".to_owned(), String::new())));
        }
        // A broken row is told by its values.
        let (one, two) = disguised(&mut planted, 0, "a row that is too long");
        let mut long = line(&one, "address", &(one.clone(), two));
        long[1] = format!("{}\0", wide(&planted.mobile("a cell with NUL")));
        lines.push(long);

        let output = import(world, &lines).await;
        assert_eq!((told(&output, "created"), told(&output, "rejected")), (taken, DISGUISES as u64 + 1), "{}", output.all());
        planted.are_not_in(output.all().as_bytes(), "what the import says");
        let rows = report(&world.file("hostile.csv.reject.csv"));
        assert!(rows.iter().filter(|row| row["reason"] == "identity_malformed").count() >= DISGUISES, "{rows:#?}");
        planted.are_not_in(&std::fs::read(world.file("hostile.csv.reject.csv")).unwrap(), "the report");
        planted.are_not_in(&stored(world).await, "the database");

        let who = world.anyone();
        let flagged = who.get("/v1/elevators?quality=personal_data_hidden&count=exact&limit=1").await;
        assert_eq!(flagged.at("/count/total"), taken, "every row says that something was hidden");
        let elevators = who.all("/v1/elevators").await;
        assert!(elevators.iter().all(|elevator| elevator["code"].as_str().unwrap().starts_with('H')), "a code that nobody gave");
        assert!(elevators.iter().all(|elevator| elevator["identifiers"] == serde_json::json!([])), "an identifier that is a person's number");
        let document = who.get("/openapi.json").await.json();
        nothing_in(&planted, &everything_public(world, &who, &document).await);
        planted.are_not_in(world.log().as_bytes(), "the log");
        for sought in ["13970000001", "139-7000-0001"] {
            who.get(&format!("/v1/elevators/{sought}")).await.problem(404, "elevator_not_found");
        }
        // The same file again changes nothing: what is hidden is hidden in the same way.
        let again = import(world, &lines).await;
        assert_eq!((told(&again, "created"), told(&again, "updated"), told(&again, "unchanged")), (0, 0, taken));
    }
}

journey! {
    /// A header that is none tells of persons; the error that says so does not.
    async fn a_table_without_a_header_tells_nobody(world: Options::empty()) {
        let mut planted = Planted::default();
        let (mobile, wide) = (planted.mobile("the first row"), wide(&planted.mobile("the first row")));
        let file = world.write("bare.csv", format!("500001,张三,{mobile},{wide}\n500002,李四,,\n"));
        let mapping = world.write("bare.toml", mapping());
        let output = world.launch(["import", "elevators"]).args([file]).args(["--mapping"]).args([mapping]).run().await;
        output.exits(65).says("which the file does not have");
        planted.are_not_in(output.all().as_bytes(), "what the import says");
    }
}

journey! {
    /// What is no rescue code is never read out as one: it stays beside as it was written, and the elevator is known by what is left.
    async fn what_is_no_code_is_no_code(world: Options::empty().generous()) {
        let harmful = ["=HYPERLINK(\"http://evil.example\",\"502718\")", "+502718", "@SUM(1)", "-502718", "<b>502718</b>", "5027\u{202e}18x", "12", "五〇二七一八"];
        let mut lines: Vec<_> = harmful.iter().enumerate()
            .map(|(place, value)| line(&format!("K{place}"), "rescue_code", &((*value).to_owned(), String::new())))
            .collect();
        // Of another kind a value of another shape leads to its elevator still, but a formula does not.
        lines.push(line("K8", "equipment_code", &("31101020620190012345".to_owned(), "999".to_owned())));
        lines.push(line("K9", "factory_number", &("=1+1".to_owned(), String::new())));
        lines.push(line("K10", "rescue_code", &("５０２ ７１８".to_owned(), String::new())));
        lines.push(line("=cmd|' /C calc'!A0", "rescue_code", &("502719".to_owned(), String::new())));
        let output = import(world, &lines).await;
        assert_eq!((told(&output, "created"), told(&output, "rejected")), (11, 1), "{}", output.all());
        let rejected = report(&world.file("hostile.csv.reject.csv"));
        assert_eq!((rejected[0]["reason"].as_str(), &rejected[0]["value"][..2]), ("identity_malformed", "'="));

        let who = world.anyone();
        for (place, value) in harmful.iter().enumerate() {
            let elevator = who.get(&format!("/v1/elevators/el-{}", place + 1)).await;
            assert_eq!(elevator.is(200).at("/code"), format!("K{place}"), "{elevator}");
            assert_eq!(elevator.at("/identifiers"), serde_json::json!([]), "{elevator}");
            let raw = elevator.at("/raw");
            assert_eq!(raw["identifiers.rescue_code"].as_str(), Some(*value), "{elevator}");
            elevator.says("identifier_malformed");
            who.get(&format!("/zh/e/el-{}", place + 1)).await.is(200).says("接通后报轿厢里贴的识别码");
        }
        assert_eq!(who.get("/v1/elevators/31101020620190012345999").await.is(200).at("/code"), "K8");
        assert_eq!(who.get("/v1/elevators/el-10").await.at("/identifiers"), serde_json::json!([]));
        assert_eq!(who.get("/v1/elevators/502718").await.is(200).at("/code"), "５０２ ７１８");
        assert_eq!(count(&who).await, 11);
    }
}

journey! {
    /// A unit without a code is told apart from a unit whose code is wrong.
    async fn a_missing_code_is_not_a_wrong_one(world: Options::empty()) {
        let mut named = line("U1", "using_unit.name", &("没有代码的物业".to_owned(), String::new()));
        let mut wrong = line("U2", "using_unit.name", &("代码写错的物业".to_owned(), String::new()));
        let code = 1 + 2 * columns().position(|column| column == "using_unit.code").unwrap();
        wrong[code] = "91500108MADED0012X".to_owned();
        named[0] = "U1".to_owned();
        import(world, &[named, wrong]).await;
        let who = world.anyone();
        for (key, flag) in [(1, "unit_code_missing"), (2, "unit_code_invalid")] {
            let elevator = who.get(&format!("/v1/elevators/el-{key}")).await;
            let notes = elevator.is(200).at("/quality");
            let flags: Vec<&str> = notes.as_array().unwrap().iter().filter(|note| note["field"] == "using_unit").map(|note| note["flag"].as_str().unwrap()).collect();
            assert_eq!(flags, [flag], "{elevator}");
        }
        who.reading("zh").get("/v1/code-lists/quality-flag").await.says("没有给单位代码").says("单位代码校验不过");
        who.reading("en").get("/v1/code-lists/quality-flag").await.says("Unit code not given");
        assert_eq!(who.get("/v1/elevators?quality=unit_code_missing&count=exact").await.at("/count/total"), 1);
    }
}
