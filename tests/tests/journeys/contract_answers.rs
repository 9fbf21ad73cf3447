//! What is answered is what is documented: examples, and real answers, each against its schema (JSON Schema 2020-12).

use crate::contract::{document, operations};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use yuti_tests::{Options, journey, journey_once};

/// The document with every object closed: a member that no schema names is a failure.
fn closed(document: &Value) -> Value {
    let mut closed = document.clone();
    let schemas = closed["components"]["schemas"].as_object_mut().unwrap();
    let mut parts = BTreeSet::new();
    for schema in schemas.values() {
        let joined = schema["allOf"].as_array().into_iter().flatten();
        parts.extend(joined.filter_map(|part| part["$ref"].as_str()?.rsplit('/').next().map(str::to_owned)));
    }
    for (name, schema) in schemas {
        let open = schema.get("additionalProperties").is_some() || parts.contains(name);
        if !open && (schema.get("properties").is_some() || schema.get("allOf").is_some()) {
            schema["unevaluatedProperties"] = json!(false);
        }
    }
    closed
}

/// A validator of a schema of the document.
fn validator(document: &Value, schema: &Value) -> Validator {
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema],
        "components": document["components"],
    });
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(&whole).unwrap_or_else(|error| panic!("{schema} is no schema: {error}"))
}

#[track_caller]
fn holds(validator: &Validator, value: &Value, what: &str) {
    let errors: Vec<String> = validator
        .iter_errors(value)
        .take(8)
        .map(|error| format!("  {} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what} is not what is documented:\n{}", errors.join("\n"));
}

journey_once! {
    /// Every example holds against its schema.
    async fn examples_are_what_the_schema_says(folder) {
        let document = closed(&document(folder).await);
        let mut tried = 0;
        for operation in operations(&document) {
            for (status, response) in operation.body["responses"].as_object().unwrap() {
                for (kind, content) in response["content"].as_object().into_iter().flatten() {
                    let what = format!("the example of {} {status} {kind}", operation.id());
                    assert!(content.get("schema").is_some(), "{what} has no schema");
                    let example = content.get("example").unwrap_or_else(|| panic!("{what} is missing"));
                    holds(&validator(&document, &content["schema"]), example, &what);
                    tried += 1;
                }
            }
            for parameter in operation.body["parameters"].as_array().into_iter().flatten() {
                if let Some(example) = parameter.get("example") {
                    holds(&validator(&document, &parameter["schema"]), example, &format!("the example of {} {}", operation.id(), parameter["name"]));
                    tried += 1;
                }
            }
        }
        assert!(tried > 150, "{tried} examples");
    }
}

journey_once! {
    /// The examples tell of elevators that the codes and the handles of the service allow; a wrong one would not pass.
    async fn the_validator_can_say_no(folder) {
        let document = closed(&document(folder).await);
        let elevator = validator(&document, &json!({"$ref": "#/components/schemas/Elevator"}));
        let operations = operations(&document);
        let view = operations.iter().find(|operation| operation.id() == "elevator_view").unwrap();
        let good = &view.body["responses"]["200"]["content"]["application/json"]["example"];
        holds(&elevator, good, "the example");
        for (pointer, wrong) in [("/status", json!("InOrder")), ("/id", json!("1024")), ("/version", json!(0)), ("/recorded_at", json!("yesterday")),
            ("/location/longitude", json!(200)), ("/identifiers/0/kind", json!(7)), ("/inspection/valid_until", json!("2026-11"))] {
            let mut bad = good.clone();
            *bad.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer} in the example")) = wrong;
            assert!(!elevator.is_valid(&bad), "a wrong {pointer} is documented as right");
        }
        let mut more = good.clone();
        more["colour"] = json!("blue");
        assert!(!elevator.is_valid(&more), "a member that nobody documented");
    }
}

journey! {
    /// Real answers of every operation hold against the document, hundreds of elevators among them.
    async fn real_answers_are_what_is_documented(world: Options::demo().generous()) {
        let app = world.anyone();
        let document = closed(&document(&world.data_folder()).await);
        for operation in operations(&document).iter().filter(|operation| operation.is_open_read()) {
            let content = &operation.body["responses"]["200"]["content"];
            if content.get("application/json").is_none() || operation.path == "/openapi.json" {
                continue;
            }
            let schema = validator(&document, &content["application/json"]["schema"]);
            let limits = if operation.parameters("query").iter().any(|parameter| parameter["name"] == "limit") { vec!["?limit=1", "?limit=500"] } else { vec![""] };
            for limit in limits {
                let answer = app.get(&format!("{}{limit}", operation.address())).await;
                holds(&schema, &answer.is(200).json(), operation.id());
            }
        }
        let elevator = validator(&document, &json!({"$ref": "#/components/schemas/Elevator"}));
        for item in app.all("/v1/elevators").await {
            holds(&elevator, &item, item["id"].as_str().unwrap());
        }
    }
}

journey! {
    /// Lines of a stream hold against the schema of an item; choices and histories of odd elevators too.
    async fn lines_and_choices_are_what_is_documented(world: Options::demo().generous()) {
        let app = world.anyone();
        let document = closed(&document(&world.data_folder()).await);
        for (list, schema) in [("/v1/organisations", "Organisation"), ("/v1/changes", "Change")] {
            let schema = validator(&document, &json!({"$ref": format!("#/components/schemas/{schema}")}));
            for line in app.all(list).await {
                holds(&schema, &line, list);
            }
        }
        let choices = validator(&document, &json!({"$ref": "#/components/schemas/Choices"}));
        holds(&choices, &app.get("/v1/elevators/B7NL2041").await.is(300).json(), "choices");
        let history = validator(&document, &json!({"$ref": "#/components/schemas/Page_ElevatorVersion"}));
        for code in ["502718", "502719", "506035", "503466", "507777", "504404"] {
            holds(&history, &app.get(&format!("/v1/elevators/{code}/history")).await.is(200).json(), code);
        }
        for name in app.get("/v1/code-lists").await.at("/items").as_array().unwrap() {
            let list = app.get(name["url"].as_str().unwrap()).await.is(200).json();
            holds(&validator(&document, &json!({"$ref": "#/components/schemas/CodeList"})), &list, name["name"].as_str().unwrap());
        }
    }
}

journey! {
    /// Real refusals hold against the schema of problems, the refusal of a quota with its own member among them.
    async fn real_refusals_are_what_is_documented(world: Options::empty().config("[limits.burst]\nquota = 9\nwindow_seconds = 86400\n")) {
        let app = world.anyone();
        let document = closed(&document(&world.data_folder()).await);
        let problem = validator(&document, &json!({"$ref": "#/components/schemas/Problem"}));
        let mut statuses = BTreeSet::new();
        for path in ["/v1/elevators?limit=0&x=1", "/v1/elevators/nobody", "/v1/nothing", "/v1/organisations/x", "/v1/code-lists/x", "/v1/changes?after=x", "/v1/policy", "/v1/policy", "/v1/policy"] {
            let answer = app.get(path).await;
            if answer.status() != 200 {
                holds(&problem, &answer.json(), path);
                statuses.insert(answer.status());
            }
        }
        assert_eq!(statuses.into_iter().collect::<Vec<_>>(), [400, 404, 429]);
    }
}
