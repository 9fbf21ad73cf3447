//! Secrets planted wherever something can be written, and the places in which none of them may come up again.

use std::collections::BTreeMap;
use std::path::Path;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;

use crate::World;

/// Secrets, each with where it was planted.
#[derive(Debug, Default)]
pub struct Planted {
    places: BTreeMap<String, String>,
}

impl Planted {
    /// A new secret for a place: looks like a mobile number, and is no other's.
    pub fn mobile(&mut self, place: &str) -> String {
        self.keep(format!("1397{:07}", self.places.len() + 1), place)
    }

    /// A new secret for a place: a word that comes up nowhere by chance.
    pub fn word(&mut self, place: &str) -> String {
        self.keep(format!("geheim{:04}xq", self.places.len() + 1), place)
    }

    /// Any text that must not come up again.
    pub fn keep(&mut self, secret: String, place: &str) -> String {
        self.places.insert(secret.clone(), place.to_owned());
        secret
    }

    /// How many were planted.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether none was planted.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// None of them is in these bytes, neither plain nor as a database prints bytes.
    #[track_caller]
    pub fn are_not_in(&self, bytes: &[u8], what: &str) {
        let text = String::from_utf8_lossy(bytes);
        for (secret, place) in &self.places {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            for form in [secret, &hex] {
                if let Some(at) = text.find(form.as_str()) {
                    let from = text[..at].char_indices().rev().nth(80).map_or(0, |(from, _)| from);
                    let near: String = text[from..].chars().take(200).collect();
                    panic!("what was written into {place} comes up in {what}: …{near}…");
                }
            }
        }
    }
}

/// Everything that the world's database holds, as the bytes that are stored (SQLite) or as every row prints (PostgreSQL).
pub async fn stored(world: &World) -> Vec<u8> {
    let Some(url) = world.database_url() else {
        return files(&world.data_folder());
    };
    let db = sea_orm::Database::connect(url).await.expect("the world's database can be opened");
    let ask = async |query: String| {
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await;
        let rows = rows.expect("the database can be read");
        rows.iter().map(|row| row.try_get_by_index::<String>(0).expect("a text")).collect::<Vec<_>>()
    };
    let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
    let mut all = Vec::new();
    for table in ask(tables.to_owned()).await {
        for row in ask(format!("SELECT t::text FROM \"{table}\" t")).await {
            all.extend_from_slice(row.as_bytes());
            all.push(b'\n');
        }
    }
    all
}

/// The bytes of every file in a folder but the keys, which are meant to be secret.
fn files(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the data folder can be read") {
        let path = entry.expect("the data folder can be read").path();
        let keys = path.extension().is_some_and(|ending| ending == "keys");
        if path.is_dir() {
            all.extend(files(&path));
        } else if !keys {
            all.extend(std::fs::read(&path).expect("a file of the data folder can be read"));
        }
    }
    all
}

/// A form of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// How: `get` or `post`.
    pub method: String,
    /// Its fields with what stands in them, buttons apart.
    pub fields: Vec<Field>,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type: of an input, or the element's name.
    pub kind: String,
    /// What stands in it.
    pub value: String,
}

impl Field {
    /// Whether a person can write into it.
    pub fn is_writable(&self) -> bool {
        !matches!(
            self.kind.as_str(),
            "hidden" | "submit" | "button" | "checkbox" | "radio" | "select" | "image" | "reset"
        )
    }
}

/// The forms of a page.
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    for part in html.split("<form").skip(1) {
        let whole = part.split("</form").next().unwrap_or_default();
        let (head, body) = whole.split_once('>').unwrap_or((whole, ""));
        let mut fields = Vec::new();
        for (element, kind) in [("<input", "text"), ("<textarea", "textarea"), ("<select", "select")] {
            for field in body.split(element).skip(1) {
                let head = field.split('>').next().unwrap_or_default();
                let Some(name) = attribute(head, "name") else { continue };
                let kind = attribute(head, "type").unwrap_or_else(|| kind.to_owned());
                fields.push(Field { name, kind, value: attribute(head, "value").unwrap_or_default() });
            }
        }
        let method = attribute(head, "method").unwrap_or_else(|| "get".to_owned()).to_ascii_lowercase();
        forms.push(Form { action: attribute(head, "action").unwrap_or_default(), method, fields });
    }
    forms
}

/// The addresses on this server that a page leads to.
pub fn links(html: &str) -> Vec<String> {
    let all = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let own = all.filter(|link| link.starts_with('/') && !link.starts_with("//"));
    own.map(|link| unescaped(link.split('#').next().unwrap_or(link))).collect()
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let start = format!(" {name}=\"");
    let rest = head.split_once(start.as_str())?.1;
    Some(unescaped(rest.split('"').next()?))
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// A body that fits a schema, as well as the schema tells, and the pointers of every text in it that a caller may choose.
pub fn body(document: &Value, schema: &Value) -> (Value, Vec<String>) {
    let mut texts = Vec::new();
    let value = sample(document, schema, "", &mut texts, 0);
    (value, texts)
}

fn sample(document: &Value, schema: &Value, pointer: &str, texts: &mut Vec<String>, depth: usize) -> Value {
    if depth > 12 {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str() {
        let target = document.pointer(name.trim_start_matches('#')).expect("a reference leads somewhere");
        return sample(document, target, pointer, texts, depth + 1);
    }
    for list in ["oneOf", "anyOf"] {
        if let Some(first) =
            schema[list].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"))
        {
            return sample(document, first, pointer, texts, depth + 1);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default()
        }
        kind => kind.as_str().unwrap_or_default(),
    };
    let mut object = serde_json::Map::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        if let Value::Object(members) = sample(document, part, pointer, texts, depth + 1) {
            object.extend(members);
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let below = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        object.insert(name.clone(), sample(document, member, &below, texts, depth + 1));
    }
    if !object.is_empty() {
        return Value::Object(object);
    }
    match kind {
        "array" => {
            Value::Array(vec![sample(document, &schema["items"], &format!("{pointer}/0"), texts, depth + 1)])
        }
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(Value::from(1)),
        "boolean" => Value::Bool(false),
        "object" => Value::Object(object),
        _ => {
            texts.push(pointer.to_owned());
            let given =
                schema.get("example").or_else(|| schema["enum"].as_array().and_then(|all| all.first()));
            given.cloned().unwrap_or_else(|| Value::from("text"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn forms_and_links_are_found() {
        let html = r##"<a href="/a?b=1&amp;c=2#d">x</a><a href="https://x/">y</a><form class="f" action="/search" method="GET">
            <input type="hidden" name="csrf" value="t&quot;"><input name="q"><textarea name="t"></textarea><select name="s"></select><button name="b"></button></form>"##;
        assert_eq!(links(html), ["/a?b=1&c=2"]);
        let form = &forms(html)[0];
        assert_eq!((form.action.as_str(), form.method.as_str()), ("/search", "get"));
        let names: Vec<_> =
            form.fields.iter().map(|field| (field.name.as_str(), field.kind.as_str())).collect();
        assert_eq!(names, [("csrf", "hidden"), ("q", "text"), ("t", "textarea"), ("s", "select")]);
        assert_eq!(form.fields[0].value, "t\"");
    }

    #[test]
    fn bodies_fit_their_schema_and_name_every_text() {
        let document = json!({"components": {"schemas": {"A": {"type": "object", "properties": {
            "name": {"type": "string"}, "kind": {"type": "string", "enum": ["x", "y"]}, "n": {"type": "integer", "minimum": 3},
            "more": {"type": "array", "items": {"type": "object", "properties": {"note": {"type": ["string", "null"]}}}}}}}}});
        let (body, texts) = body(&document, &json!({"$ref": "#/components/schemas/A"}));
        assert_eq!(body, json!({"name": "text", "kind": "x", "n": 3, "more": [{"note": "text"}]}));
        assert_eq!(texts, ["/name", "/kind", "/more/0/note"]);
    }

    #[test]
    #[should_panic(expected = "comes up in the log")]
    fn a_secret_that_comes_up_is_told() {
        let mut planted = Planted::default();
        let secret = planted.word("the field");
        planted.are_not_in(format!("… {secret} …").as_bytes(), "the log");
    }
}
