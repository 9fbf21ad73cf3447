//! The contract: the document is the one that is checked in and served, it is whole, and the service does what it says.

use crate::api_paths::READS;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use yuti_tests::{Launch, Options, environment, journey, journey_once, table};

/// The document, as the binary prints it.
pub async fn printed(folder: &std::path::Path) -> String {
    let output = Launch::yuti(folder).args(["openapi"]).run().await;
    output.ok();
    output.stdout
}

pub async fn document(folder: &std::path::Path) -> Value {
    serde_json::from_str(&printed(folder).await).expect("the document is JSON")
}

/// An operation with where it stands.
pub struct Operation<'d> {
    pub path: &'d str,
    pub method: &'d str,
    pub body: &'d Value,
}

impl Operation<'_> {
    pub fn id(&self) -> &str {
        self.body["operationId"]
            .as_str()
            .unwrap_or_else(|| panic!("{} {} has no operationId", self.method, self.path))
    }

    pub fn parameters(&self, place: &str) -> Vec<&Value> {
        self.body["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == place)
            .collect()
    }

    /// Whether anybody may read it, without a key.
    pub fn is_open_read(&self) -> bool {
        self.method == "get" && self.body.get("security").is_none()
    }

    /// An address of the demonstration set at which it answers 200.
    pub fn address(&self) -> String {
        let address = self.path.replace("{identifier}", "502718").replace("{uscc}", "91500108MADED0012H");
        let address = address.replace("{name}", "elevator-status").replace("{index}", "0");
        assert!(!address.contains('{'), "say what stands for the variable part of {}", self.path);
        address
    }
}

pub fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().expect("the document has paths");
    let mut all = Vec::new();
    for (path, item) in paths {
        let methods =
            item.as_object().unwrap().iter().filter(|(key, _)| {
                !matches!(key.as_str(), "summary" | "description" | "parameters" | "servers")
            });
        all.extend(methods.map(|(method, body)| Operation { path, method, body }));
    }
    assert!(all.len() >= 15, "{} operations", all.len());
    all
}

/// Every value under a key, anywhere in the document.
fn everywhere<'d>(value: &'d Value, key: &str, found: &mut Vec<&'d Value>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            if name == key {
                found.push(member);
            }
            everywhere(member, key, found);
        }),
        Value::Array(members) => members.iter().for_each(|member| everywhere(member, key, found)),
        _ => {}
    }
}

journey_once! {
    /// The checked-in document is the one that the binary makes.
    async fn the_checked_in_document_is_the_one(folder) {
        table::same_as_file("openapi/openapi.json", &printed(folder).await);
        let file = environment::repository().join("openapi/openapi.json");
        Launch::yuti(folder).args(["openapi", "--check"]).args([&file]).run().await.ok();
        let other = folder.join("other.json");
        std::fs::write(&other, std::fs::read_to_string(&file).unwrap().replacen("elevator_list", "elevators_list", 1)).unwrap();
        Launch::yuti(folder).args(["openapi", "--check"]).args([&other]).run().await.exits(65).says("other.json");
    }
}

journey! {
    /// The service hands out the very document, as JSON and as YAML.
    async fn the_served_document_is_the_one(world: Options::empty()) {
        let app = world.anyone();
        let served = app.get("/openapi.json").await;
        assert_eq!(served.is(200).header_is("Content-Type", "application/json").text(), printed(&world.data_folder()).await);
        let yaml = app.get("/openapi.yaml").await;
        yaml.is(200).header_has("Content-Type", "yaml");
        let printed = world.cli(["openapi", "--yaml"]).await;
        assert_eq!(yaml.text(), printed.ok().stdout);
        for operation in operations(&served.json()) {
            assert!(yaml.text().contains(operation.id()) && yaml.text().contains(operation.path), "{}", operation.path);
        }
    }
}

journey_once! {
    /// Every operation, its tag and what it takes from which quota, as a table that is read in review.
    async fn the_operations_are_the_golden_ones(folder) {
        let document = document(folder).await;
        let classes = classes();
        let mut lines = vec!["# operation | method | path | tag | what it takes from the quotas".to_owned()];
        for operation in operations(&document) {
            let tag = operation.body["tags"][0].as_str().unwrap_or("-");
            let class = classes.get(&(operation.method.to_owned(), operation.path.to_owned())).map_or("-", String::as_str);
            lines.push(format!("{} | {} | {} | {tag} | {class}", operation.id(), operation.method.to_uppercase(), operation.path));
        }
        table::same_as_file("tests/endpoints.txt", &(lines.join("\n") + "\n"));
    }
}

/// The rows of the table of routes, between `operations {` and `pages {`: method and path, and class.
fn classes() -> BTreeMap<(String, String), String> {
    let table = std::fs::read_to_string(environment::repository().join("api/src/routes.rs")).unwrap();
    let rows = table
        .split("table! {")
        .nth(1)
        .and_then(|rest| rest.split("pages {").next())
        .expect("the table of routes is where it was");
    let mut path = String::new();
    let mut found = BTreeMap::new();
    for line in rows.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix('"') {
            path = rest.split('"').next().unwrap_or_default().to_owned();
        } else if let Some((class, rest)) = line.split_once(' ')
            && let Some((method, _)) = rest.split_once(' ')
            && !path.is_empty()
        {
            found.insert((method.to_owned(), path.clone()), class.to_lowercase());
        }
    }
    assert!(found.len() >= 15, "{found:?}");
    found
}

journey! {
    /// Everything that is served is documented, and everything documented is served.
    async fn served_and_documented_are_the_same(world: Options::demo().generous()) {
        let document = document(&world.data_folder()).await;
        let routed: BTreeSet<(String, String)> = classes().into_keys().collect();
        let documented: BTreeSet<(String, String)> =
            operations(&document).iter().map(|operation| (operation.method.to_owned(), operation.path.to_owned())).collect();
        assert_eq!(documented, routed);
        let app = world.anyone();
        let mut open = 0;
        for operation in operations(&document).iter().filter(|operation| operation.is_open_read()) {
            app.get(&operation.address()).await.is(200);
            open += 1;
        }
        assert_eq!(READS.len(), open, "the other journeys try every operation that anybody may read");
    }
}

journey_once! {
    /// Names follow one law: operation ids are noun_verb and unique, each operation has one tag of the closed list.
    async fn names_follow_one_law(folder) {
        let document = document(folder).await;
        let tags: BTreeSet<&str> = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
        let closed = ["elevators", "maintenance", "pilot", "notices", "organisations", "statistics", "changes", "catalogue", "complaints", "objections",
            "partners", "supervision", "access", "service", "transparency", "open311"];
        assert!(tags.iter().all(|tag| closed.contains(tag)), "{tags:?}");
        let (mut ids, mut used) = (BTreeSet::new(), BTreeSet::new());
        for operation in operations(&document) {
            let verb = operation.id().rsplit('_').next().unwrap();
            assert!(["list", "view", "file", "submit", "decide", "create", "rotate", "revoke"].contains(&verb) && operation.id().contains('_'), "{}", operation.id());
            assert!(operation.id().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", operation.id());
            assert!(ids.insert(operation.id().to_owned()), "{} comes twice", operation.id());
            let own = operation.body["tags"].as_array().unwrap();
            assert!(own.len() == 1 && tags.contains(own[0].as_str().unwrap()), "{}: {own:?}", operation.id());
            used.insert(own[0].as_str().unwrap());
        }
        assert_eq!(used, tags, "no tag without an operation");
        assert!(document["tags"].as_array().unwrap().iter().all(|tag| !tag["description"].as_str().unwrap_or_default().is_empty()));
    }
}

journey_once! {
    /// Every operation says what it is for, and each parameter what it means.
    async fn everything_is_described(folder) {
        let document = document(folder).await;
        for operation in operations(&document) {
            let id = operation.id();
            for key in ["summary", "description"] {
                assert!(operation.body[key].as_str().is_some_and(|text| text.trim().len() > 8), "{id} has no {key}");
            }
            let mut named = BTreeSet::new();
            for parameter in operation.body["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                assert!(parameter["description"].as_str().is_some_and(|text| text.len() > 8), "{id}: {name} is not described");
                assert!(parameter["schema"].is_object() && parameter["schema"] != serde_json::json!({}), "{id}: {name} has no schema");
                assert!(named.insert((name, parameter["in"].as_str().unwrap())), "{id}: {name} comes twice");
                let header = parameter["in"] == "header";
                assert!(header || name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{id}: {name}");
            }
            let variables: BTreeSet<&str> = operation.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
            let declared: BTreeSet<&str> = operation.parameters("path").iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
            assert_eq!(variables, declared, "{id}");
            assert!(operation.parameters("path").iter().all(|parameter| parameter["required"] == true), "{id}");
        }
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            assert!(schema["description"].is_string(), "the schema {name} is not described");
            for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
                // What may be null is one of two schemas, the first of which is described.
                let described = |schema: &Value| schema["description"].is_string();
                assert!(described(schema) || described(&schema["oneOf"][0]), "{name}.{property} is not described");
            }
        }
    }
}

journey_once! {
    /// Every operation names every way in which it can refuse, each as a problem with an example of its code.
    async fn every_refusal_is_documented(folder) {
        let document = document(folder).await;
        for operation in operations(&document) {
            let responses = operation.body["responses"].as_object().unwrap();
            let mut wanted = vec!["400", "405", "406", "413", "414", "415", "429", "500", "503"];
            if operation.path.contains('{') {
                wanted.push("404");
            }
            for status in wanted {
                let problem = &responses.get(status).unwrap_or_else(|| panic!("{} does not document {status}", operation.id()))["content"];
                if operation.id() == "readiness_view" && status == "503" {
                    assert!(problem["application/json"].is_object(), "{problem}");
                    continue;
                }
                let content = &problem["application/problem+json"];
                assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem", "{} {status}", operation.id());
                assert_eq!(content["example"]["status"].to_string(), status, "{}", operation.id());
            }
            for (status, response) in responses {
                assert!(response["description"].as_str().is_some_and(|text| text.len() > 3), "{} {status}", operation.id());
            }
        }
    }
}

journey_once! {
    /// Every reference leads to something within the document.
    async fn every_reference_resolves(folder) {
        let document = document(folder).await;
        let mut references = Vec::new();
        everywhere(&document, "$ref", &mut references);
        assert!(references.len() > 100, "{} references", references.len());
        for reference in references {
            let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads out of the document"));
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
        assert_eq!(document["openapi"], "3.1.0");
    }
}

journey! {
    /// Whatever parameter is documented is taken, with its example, or with each word of its list.
    async fn documented_parameters_are_taken(world: Options::demo().generous()) {
        let app = world.anyone();
        let document = document(&world.data_folder()).await;
        for operation in operations(&document).iter().filter(|operation| operation.is_open_read()) {
            for parameter in operation.parameters("query") {
                let name = parameter["name"].as_str().unwrap();
                let mut values: Vec<String> = parameter["schema"]["enum"].as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect();
                for example in [&parameter["example"], &parameter["schema"]["example"]] {
                    values.extend(example.as_str().map(str::to_owned).or_else(|| example.as_i64().map(|number| number.to_string())));
                }
                if parameter["schema"]["type"] == "boolean" || parameter["schema"]["type"][0] == "boolean" {
                    values.extend(["true".to_owned(), "false".to_owned()]);
                }
                if name == "leaf" {
                    // The hash of an entry is made anew with each log.
                    let entry = app.get("/v1/transparency/entries/0").await;
                    values.extend(entry.is(200).at("/leaf_hash").as_str().map(str::to_owned));
                }
                if name == "cursor" {
                    let page = app.get(&format!("{}?limit=1", operation.address())).await;
                    values.extend(page.is(200).at("/next_cursor").as_str().map(str::to_owned));
                }
                assert!(!values.is_empty(), "{}: {name} has neither an example nor a list of words", operation.id());
                for value in values {
                    let answer = app.get(&format!("{}?{name}={value}", operation.address())).await;
                    assert_eq!(answer.status(), 200, "{name}={value} is documented and refused: {answer}");
                }
            }
        }
    }
}

journey! {
    /// A parameter that is documented nowhere is refused by every operation that anybody may read.
    async fn unknown_parameters_are_refused_everywhere(world: Options::demo().generous()) {
        let app = world.anyone();
        let document = document(&world.data_folder()).await;
        for operation in operations(&document).iter().filter(|operation| operation.is_open_read()) {
            for name in ["zzz", "page", "callback", "utm_source"] {
                let answer = app.get(&format!("{}?{name}=1", operation.address())).await;
                let problem = answer.problem(400, "invalid_parameters");
                assert_eq!(problem.names_parameters(&[name]).code_of(name), "unknown_parameter", "{}", operation.id());
            }
        }
        app.get("/e/502718?utm_source=wechat&zzz=1").await.is(200);
    }
}

journey! {
    /// No operation gives a format that it does not have, and each gives its own to whoever takes anything.
    async fn no_operation_gives_a_format_that_it_has_not(world: Options::demo().generous()) {
        let app = world.anyone();
        let document = document(&world.data_folder()).await;
        for operation in operations(&document).iter().filter(|operation| operation.is_open_read()) {
            for refused in ["image/png", "text/csv, text/css", "*/*;q=0", "application/json;q=0, text/html"] {
                app.with_header("Accept", refused).get(&operation.address()).await.problem(406, "not_acceptable");
            }
            let kinds: Vec<&String> = operation.body["responses"]["200"]["content"].as_object().unwrap().keys().collect();
            for taken in kinds.iter().map(|kind| kind.as_str()).chain(["*/*", "text/html, */*;q=0.1"]) {
                let answer = app.with_header("Accept", taken).get(&operation.address()).await;
                let kind = answer.is(200).header("Content-Type");
                assert!(taken.contains('*') || kind == taken, "{}: {taken} gave {kind}", operation.id());
            }
        }
    }
}

journey! {
    /// The documentation stands in the portal's frame, in both languages, with the way back, and says that the data is for demonstration.
    async fn the_documentation_is_a_page_of_the_portal(world: Options::demo()) {
        let app = world.anyone();
        for (language, tag, heading, mark) in [("zh", "zh-CN", "开放接口", "演示数据"), ("en", "en", "Open API", "Demo data")] {
            let page = app.get(&format!("/{language}/docs/")).await;
            let html = page.is(200).header_is("Content-Language", tag).html();
            for part in [heading, mark, &format!("href=\"/{language}/\""), "href=\"/openapi.json\"", "href=\"/openapi.yaml\""] {
                assert!(html.contains(part), "{part} is not on {html}");
            }
            app.get(&format!("/{language}/docs")).await.is(303).header_is("Location", &format!("/{language}/docs/"));
            assert!(app.get(&format!("/{language}/")).await.html().contains(&format!("href=\"/{language}/docs/\"")), "a way to it");
        }
        app.reading("en").get("/docs/").await.is(200).header_is("Content-Language", "en");
        assert!(app.get("/zh/e/B7NL2041").await.is(300).html().contains("演示数据"), "choices are marked, too");
    }
}

journey! {
    /// The viewer of the document is served whole from within: it loads nothing from elsewhere.
    async fn the_viewer_loads_nothing_from_elsewhere(world: Options::empty()) {
        let app = world.anyone();
        app.get("/docs").await.is(303).header_is("Location", "/docs/");
        let framed = app.get("/docs/").await;
        assert!(framed.is(200).html().contains("src=\"/docs/viewer/\""), "the page shows the viewer");
        framed.header_has("Content-Security-Policy", "frame-src 'self'");
        let page = app.get("/docs/viewer/").await;
        let html = page.is(200).html();
        let policy = page.header("Content-Security-Policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'") && !policy.contains("http"), "{policy}");
        let parts: Vec<&str> = html.split(['"', '\'']).filter(|part| part.ends_with(".js") || part.ends_with(".css") || part.ends_with(".png")).collect();
        assert!(parts.len() >= 4, "{parts:?}");
        for part in parts {
            assert!(!part.contains("//"), "{part}");
            app.get(&format!("/docs/viewer/{}", part.trim_start_matches("./"))).await.is(200);
        }
        assert!(app.get("/docs/viewer/swagger-initializer.js").await.is(200).text().contains("/openapi.json"));
        app.get("/docs/viewer/nothing.js").await.is(404);
        app.get("/docs/nothing.js").await.is(404);
        // Nobody else may show it within a page of theirs.
        page.header_has("Content-Security-Policy", "frame-ancestors 'self'");
    }
}
