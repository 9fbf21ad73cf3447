//! Personal data: what anybody writes anywhere comes up nowhere that it should not. What can be written is read off the contract and the
//! pages, so that a new field is tried without anybody having thought of it; `tests/writable.txt` shows them for review.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};
use yuti_tests::planted::{self, Form, Planted, stored};
use yuti_tests::{Answer, Caller, Lift, Options, Person, World, journey, table};

use crate::contract::operations;

/// Headers that anybody may send, whatever the operation.
const HEADERS: [&str; 14] = [
    "User-Agent",
    "Referer",
    "Origin",
    "Cookie",
    "Authorization",
    "Accept",
    "Accept-Language",
    "X-Request-Id",
    "X-Forwarded-For",
    "Forwarded",
    "traceparent",
    "If-None-Match",
    "Idempotency-Key",
    "X-Anything",
];

/// Sends a text to where it is to be written.
type Write = Box<dyn Fn(&Caller, &str) -> yuti_tests::http::Ask>;

/// Where something can be written by a request, each with the request that writes a text there.
struct Writable {
    name: String,
    write: Write,
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// `key` is shown to every operation that asks for one.
fn writable(document: &Value, forms: &BTreeMap<String, Form>, key: &str) -> Vec<Writable> {
    let mut all = Vec::new();
    let mut add = |name: String, write: Write| {
        all.push(Writable { name, write });
    };
    for operation in operations(document) {
        let (method, path) = (operation.method.to_ascii_uppercase(), operation.path.to_owned());
        let keyed = operation.body.get("security").is_some().then(|| format!("Bearer {key}"));
        let asked = move |who: &Caller, method: &str, path: &str| match &keyed {
            Some(key) => who.with_header("Authorization", key).ask(method, path),
            None => who.ask(method, path),
        };
        let filled = |path: &str| {
            path.replace("{identifier}", "502718")
                .replace("{uscc}", "91500108MADED0012H")
                .replace("{name}", "elevator-status")
        };
        for parameter in operation.body["parameters"].as_array().into_iter().flatten() {
            let (name, place) =
                (parameter["name"].as_str().unwrap().to_owned(), parameter["in"].as_str().unwrap());
            let shown = format!("{method} {path} {place} {name}");
            let (method, path, asked) = (method.clone(), path.clone(), asked.clone());
            match place {
                "path" => {
                    let hole = format!("{{{name}}}");
                    add(
                        shown,
                        Box::new(move |who, text| asked(who, &method, &path.replace(&hole, &encoded(text)))),
                    );
                }
                "query" => {
                    let path = filled(&path);
                    add(
                        shown,
                        Box::new(move |who, text| {
                            asked(who, &method, &format!("{path}?{name}={}", encoded(text)))
                        }),
                    );
                }
                "header" => {
                    let path = filled(&path);
                    add(shown, Box::new(move |who, text| asked(who, &method, &path).header(&name, text)));
                }
                other => panic!("a parameter in {other}"),
            }
        }
        for (kind, content) in operation.body["requestBody"]["content"].as_object().into_iter().flatten() {
            let (sample, texts) = planted::body(document, &content["schema"]);
            for pointer in texts {
                let (method, path, kind, sample, asked) =
                    (method.clone(), filled(&path), kind.clone(), sample.clone(), asked.clone());
                add(
                    format!("{method} {path} body {pointer}"),
                    Box::new(move |who, text| {
                        let mut body = sample.clone();
                        *body.pointer_mut(&pointer).expect("the pointer is of the sample") =
                            Value::from(text);
                        asked(who, &method, &path).header("Content-Type", &kind).body(body.to_string())
                    }),
                );
            }
        }
    }
    for (address, form) in forms {
        for field in form.fields.iter().filter(|field| field.is_writable()) {
            let (name, form) = (field.name.clone(), form.clone());
            let send = move |who: &Caller, text: &str| {
                let filled = form.fields.iter().map(|field| {
                    let value = if field.name == name { text } else { &field.value };
                    format!("{}={}", encoded(&field.name), encoded(value))
                });
                let query = filled.collect::<Vec<_>>().join("&");
                if form.method == "get" {
                    return who.ask("GET", &format!("{}?{query}", form.action));
                }
                let origin = who.base().to_owned();
                let ask = who
                    .ask("POST", &form.action)
                    .header("Origin", &origin)
                    .header("Sec-Fetch-Site", "same-origin");
                ask.header("Content-Type", "application/x-www-form-urlencoded").body(query)
            };
            add(format!("form {address} {}", field.name), Box::new(send));
        }
    }
    for header in HEADERS {
        for path in ["/v1/elevators/502718", "/e/502718"] {
            add(
                format!("GET {path} header {header}"),
                Box::new(move |who, text| who.ask("GET", path).header(header, text)),
            );
        }
    }
    for (name, path) in [
        ("path of a page", "/e/{}"),
        ("path that is none", "/{}"),
        ("query of a page", "/?a={}"),
        ("name of a query", "/?{}=1"),
        ("path of the API", "/v1/{}"),
    ] {
        add(name.to_owned(), Box::new(move |who, text| who.ask("GET", &path.replace("{}", &encoded(text)))));
    }
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        add(
            format!("{method} where none is taken, body"),
            Box::new(move |who, text| {
                who.ask(method, "/v1/elevators")
                    .header("Content-Type", "application/json")
                    .body(format!("{{\"a\":\"{text}\"}}"))
            }),
        );
    }
    all
}

/// Every page that can be reached from the first one, and every open read of the contract.
pub async fn everything_public(world: &World, who: &Caller, document: &Value) -> Vec<Answer> {
    let mut answers = Vec::new();
    let (mut seen, mut queue) = (BTreeSet::new(), VecDeque::new());
    queue.extend(["/".to_owned(), "/en/".to_owned()]);
    let first = who.get("/v1/elevators?limit=3").await;
    for item in first.is(200).json()["items"].as_array().unwrap() {
        let code = item["code"].as_str().unwrap();
        queue.push_back(format!("/e/{}", encoded(code)));
        for path in ["", "/history"] {
            answers.push(who.get(&format!("/v1/elevators/{}{path}", encoded(code))).await);
        }
    }
    for operation in operations(document)
        .iter()
        .filter(|operation| operation.is_open_read() && !operation.path.contains('{'))
    {
        answers.push(who.get(operation.path).await);
    }
    for list in
        ["/v1/elevators?format=ndjson", "/v1/changes?format=ndjson", "/v1/organisations?format=ndjson"]
    {
        answers.push(who.get(list).await);
    }
    while let Some(path) = queue.pop_front() {
        if !seen.insert(path.clone())
            || seen.len() > 150
            || path.starts_with("/v1")
            || path.starts_with("/docs")
        {
            continue;
        }
        let answer = who.get(&path).await;
        let html = answer.maybe_header("Content-Type").is_some_and(|kind| kind.starts_with("text/html"));
        if html {
            queue.extend(planted::links(&answer.html()));
        }
        answers.push(answer);
    }
    answers.push(world.operator().get("/metrics").await);
    answers
}

/// The forms of every page that can be reached, by page and action; pages of one kind have the same ones.
async fn forms(who: &Caller) -> BTreeMap<String, Form> {
    let mut found = BTreeMap::new();
    let (mut seen, mut queue) = (BTreeSet::new(), VecDeque::from(["/".to_owned()]));
    while let Some(path) = queue.pop_front() {
        if seen.len() > 60
            || !seen.insert(path.clone())
            || path.starts_with("/v1")
            || path.starts_with("/docs")
        {
            continue;
        }
        let answer = who.get(&path).await;
        if answer.maybe_header("Content-Type").is_some_and(|kind| kind.starts_with("text/html")) {
            let html = answer.html();
            for form in planted::forms(&html) {
                let fields: Vec<&str> = form.fields.iter().map(|field| field.name.as_str()).collect();
                found
                    .entry(format!("{} {} ({})", form.method, form.action, fields.join(" ")))
                    .or_insert(form);
            }
            queue.extend(planted::links(&html));
        }
    }
    found
}

#[track_caller]
pub fn nothing_in(planted: &Planted, answers: &[Answer]) {
    for answer in answers {
        planted.are_not_in(answer.to_string().as_bytes(), "an answer's head");
        planted.are_not_in(
            &answer.decoded(),
            &format!(
                "an answer to somebody else ({})",
                answer.to_string().lines().next().unwrap_or_default()
            ),
        );
    }
}

journey! {
    /// What somebody sends in whatever field of whatever request reaches nobody else, no log, no metric and no row.
    async fn what_is_sent_comes_up_nowhere(world: Options::demo().generous()) {
        let who = world.anyone();
        let document = who.get("/openapi.json").await.json();
        let forms = forms(&who).await;
        let key = who.post("/v1/api-keys", &json!({"name": "看板"})).await.is(201).at("/key").as_str().unwrap().to_owned();
        let writable = writable(&document, &forms, &key);
        let mut names: Vec<&str> = writable.iter().map(|field| field.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        table::same_as_file("tests/writable.txt", &format!("# Where a request can write something; each is tried by the journeys `privacy`.\n{}\n", names.join("\n")));

        let mut planted = Planted::default();
        planted.keep(key, "Authorization");
        for field in &writable {
            let mut texts = vec![planted.mobile(&field.name)];
            // A caller's own id of a request is there to be found in the log. What looks personal is not taken for one.
            if !field.name.ends_with("X-Request-Id") {
                texts.push(planted.word(&field.name));
            }
            for text in texts {
                let answer = (field.write)(&who, &text).send().await;
                assert!(answer.status() < 500, "{} with {text}: {answer}", field.name);
            }
        }
        assert!(planted.len() > 150, "{} secrets", planted.len());
        nothing_in(&planted, &everything_public(world, &world.anyone(), &document).await);
        planted.are_not_in(world.log().as_bytes(), "the log");
        planted.are_not_in(&stored(world).await, "the database");
        // Also what was still in memory is written by now.
        let said = world.term().await;
        planted.are_not_in(said.all().as_bytes(), "the log");
        planted.are_not_in(&stored(world).await, "the database");
    }
}

/// The forms of the pages of somebody who is signed in, by their action; accounts of one kind have the same ones.
async fn signed_in_forms(who: &mut Person) -> BTreeMap<String, (String, Form)> {
    let mut found = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut queue =
        VecDeque::from(["/zh/account", "/zh/admin/accounts", "/zh/unit/accounts"].map(str::to_owned));
    while let Some(path) = queue.pop_front() {
        let inside = ["/zh/account", "/zh/admin", "/zh/unit"].iter().any(|start| path.starts_with(start));
        if seen.len() > 60
            || !inside
            || path.contains("text=")
            || path.contains("theme=")
            || !seen.insert(path.clone())
        {
            continue;
        }
        let answer = who.get(&path).await;
        if answer.status() != 200 {
            continue;
        }
        let html = answer.html();
        for form in planted::forms(&html) {
            let named: String = form
                .action
                .split('/')
                .map(|part| if part.parse::<u64>().is_ok() { "{id}" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            found.entry(format!("{} {named}", form.method)).or_insert((path.clone(), form));
        }
        queue.extend(planted::links(&html));
    }
    found
}

journey! {
    /// What people write at the desk, into whatever field, reaches no page for everybody, no log, no metric and, where it was refused or is
    /// personal, no row.
    async fn what_is_written_at_the_desk_comes_up_nowhere(world: Options::demo().generous()) {
        let document = world.anyone().get("/openapi.json").await.json();
        let mut admin = world.person("root", "administrator", &[]).await;
        admin.enrol("2026-11-23T04:00:00Z").await;
        world.link_of("victim", "reader", &["--authority", "cq"]).await;
        let mut planted = Planted::default();
        let mut names = BTreeSet::new();
        for (name, (page, form)) in signed_in_forms(&mut admin).await {
            for field in form.fields.iter().filter(|field| field.is_writable()) {
                let place = format!("{name} {}", field.name);
                names.insert(place.clone());
                for text in [planted.mobile(&place), planted.word(&place)] {
                    let filled: Vec<(&str, &str)> = form
                        .fields
                        .iter()
                        .filter(|other| other.name != "csrf")
                        .map(|other| (other.name.as_str(), if other.name == field.name { text.as_str() } else { other.value.as_str() }))
                        .collect();
                    let answer = match form.method.as_str() {
                        "get" => admin.get(&format!("{}?{}={text}", form.action, field.name)).await,
                        _ => admin.act(&page, &form.action, &filled).await,
                    };
                    assert!(answer.status() < 500, "{place}: {answer}");
                }
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        table::same_as_file("tests/writable_signed_in.txt", &format!("# Where somebody who is signed in can write something; each is tried by the journeys `privacy`.\n{}\n", names.join("\n")));
        // What is taken: the person's name and a reason are sealed, and shown to those alone who look after accounts.
        let (person, reason) = (planted.word("the name of an account"), planted.word("the reason of an act"));
        let new = "/zh/admin/accounts/new";
        let made = admin.act(new, new, &[("login", "made"), ("name", &person), ("role", "reader"), ("authority", "cq")]).await;
        let html = made.is(201).says(&person).html();
        let link = html.split("/login/link/").nth(1).unwrap().chars().take(43).collect();
        planted.keep(link, "a link");
        let action = planted::forms(&html).into_iter().find(|form| form.action.ends_with("/switch-off")).unwrap().action;
        let page = action.trim_end_matches("/switch-off").to_owned();
        let version = admin.hidden(&page, "version").await;
        admin.act(&page, &action, &[("version", &version), ("reason", &reason)]).await.is(303);
        admin.get(&page).await.is(200).does_not_say(&reason);
        planted.keep(admin.session().unwrap().to_owned(), "the cookie of a session");
        nothing_in(&planted, &everything_public(world, &world.anyone(), &document).await);
        let said = world.term().await;
        planted.are_not_in(said.all().as_bytes(), "the log");
        planted.are_not_in(&stored(world).await, "the database");
    }
}

/// A cell that holds everything personal that anybody has ever written into a register.
fn personal(planted: &mut Planted, column: &str) -> String {
    let mobile = planted.mobile(column);
    let number = planted.len();
    let card = planted.keep(identity_card(number), column);
    let plate = planted.keep(format!("D{number:05}"), column);
    let mail = planted.keep(format!("mail{number:04}xq@geheim.example"), column);
    let account = planted.keep(format!("wx_{number:04}xq"), column);
    planted.keep("三丰".to_owned(), column);
    format!("联系人：张三丰，{mobile}，身份证{card}，渝A·{plate}，{mail}，微信号{account}")
}

/// A number of an identity card whose check holds; nobody was born on that day of that year.
fn identity_card(number: usize) -> String {
    let first = format!("50010319010101{:03}", number % 1000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{first}{}", ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][sum as usize % 11])
}

journey! {
    /// What a register holds of persons is hidden before it is stored: it is in no row, no answer, no log and no report.
    async fn what_a_register_tells_of_persons_is_not_stored(world: Options::empty().generous()) {
        let columns = [
            "equipment_code", "factory_number",
            "use_status", "district", "address", "building", "internal_number", "category", "using_unit.name", "using_unit.code", "maintenance_unit.name",
            "maintenance_unit.code", "inspection.last_on", "inspection.result", "inspection.valid_until", "insurance.kind", "contract",
            "monitoring.equipped", "annotation.since", "annotation.until", "annotation.interval_days",
        ];
        let mut planted = Planted::default();
        let mut lifts = Vec::new();
        for (number, column) in columns.into_iter().enumerate() {
            let cell = personal(&mut planted, column);
            lifts.push(Lift::new(&format!("5{number:05}")).with("address", "虚构路 1 号").with(column, &cell));
        }
        // A person who uses an elevator at home, with the number of the identity card for a code.
        let (name, card) = (planted.keep("冉小红".to_owned(), "using_unit.name"), planted.keep(identity_card(999), "using_unit.code"));
        lifts.push(Lift::new("599999").with("address", "虚构路 2 号").with("using_unit.name", &name).with("using_unit.code", &card));
        let output = world.import("privacy", &lifts).await;
        planted.are_not_in(output.all().as_bytes(), "what the import says");
        planted.are_not_in(&stored(world).await, "the database");
        for entry in std::fs::read_dir(world.file("")).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().ends_with(".reject.csv") {
                planted.are_not_in(&std::fs::read(&path).unwrap(), "the report of the import");
            }
        }
        let who = world.anyone();
        let shown = who.get("/v1/elevators/599999").await;
        assert!(shown.is(200).json()["using_unit"]["name"].as_str().unwrap().starts_with("冉**（个人 "), "{shown}");
        shown.says("personal_data_hidden");
        let document = who.get("/openapi.json").await.json();
        nothing_in(&planted, &everything_public(world, &who, &document).await);
        planted.are_not_in(world.log().as_bytes(), "the log");
    }
}

journey! {
    /// What is kept for how long can be read, rehearsed and done by hand; the service does it by itself when the day changes.
    async fn what_is_over_goes_by_itself(world: Options::empty()) {
        world.cli(["retention", "report"]).await.ok().says("audit_personal").says("24 months").says("setting of this service").does_not_say("by system");
        world.cli(["retention", "run", "--dry-run"]).await.ok().says("0 would be erased: session");
        world.cli(["retention", "run"]).await.ok().says("0 erased: session");
        world.cli(["retention", "report", "--runs", "1"]).await.ok().says("by operator");
        world.set_clock("2026-11-24T04:00:00Z");
        for _ in 0..100 {
            if world.cli(["retention", "report", "--runs", "1"]).await.ok().stdout.contains("2026-11-24 done       by system") {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the day changed and nothing was erased\n{}", world.log());
    }
}
