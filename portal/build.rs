//! Turns the catalogues `words/*.toml` into the methods of `Words`.
//!
//! Generating code makes every mistake a refusal to compile: a word that does not exist, a placeholder that is
//! not filled, a key one language lacks (here), a key nobody uses (the compiler's `dead_code`).

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

/// The catalogues and the variant of `Language` each one speaks.
const CATALOGUES: [(&str, &str); 2] = [("words/zh-CN.toml", "Zh"), ("words/en.toml", "En")];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=words");
    println!("cargo::rerun-if-changed=build.rs");
    let mut methods: BTreeMap<String, Vec<Variant>> = BTreeMap::new();
    for (file, language) in CATALOGUES {
        let tables: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(&std::fs::read_to_string(file)?).map_err(|error| format!("{file}: {error}"))?;
        for (group, entries) in tables {
            for (key, text) in entries {
                let text = text.replace('~', "\u{a0}");
                let pieces = pieces(&text).map_err(|error| format!("{file}: {group}.{key}: {error}"))?;
                methods.entry(format!("{group}_{key}")).or_default().push(Variant { language, text, pieces });
            }
        }
    }
    let mut code = String::from("impl Words {\n");
    for (name, variants) in &methods {
        method(&mut code, name, variants)?;
    }
    code.push_str("}\n");
    #[allow(
        clippy::disallowed_methods,
        reason = "Cargo names a build script's folder in the environment only"
    )]
    let folder = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    std::fs::write(Path::new(&folder).join("words.rs"), code)?;
    Ok(())
}

/// A text in one language.
struct Variant {
    language: &'static str,
    text: String,
    pieces: Vec<Piece>,
}

/// A stretch of a text: as it stands, a value, or one of two forms by whether the value is one.
enum Piece {
    Text(String),
    Value(String),
    Plural { of: String, one: String, other: String },
}

/// Splits `Due in {days} {days:day|days}.` into its pieces.
fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, behind) = after.split_once('}').ok_or("a brace is not closed")?;
        pieces.push(Piece::Text(before.to_owned()));
        let name = inside.split_once(':').map_or(inside, |(name, _)| name);
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            return Err(format!("{{{inside}}} is not a placeholder"));
        }
        pieces.push(match inside.split_once(':') {
            None => Piece::Value(name.to_owned()),
            Some((_, forms)) => {
                let (one, other) = forms.split_once('|').ok_or("a plural needs two forms: {n:one|other}")?;
                Piece::Plural { of: name.to_owned(), one: one.to_owned(), other: other.to_owned() }
            }
        });
        rest = behind;
    }
    if rest.contains('}') {
        return Err("a brace is not opened".to_owned());
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Ok(pieces)
}

/// The names a text asks for. Their alphabetical order is the order of the arguments, so that rewording a
/// text never swaps them.
fn names(pieces: &[Piece]) -> BTreeSet<&str> {
    pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Value(name) | Piece::Plural { of: name, .. } => Some(name.as_str()),
        })
        .collect()
}

/// The names whose values a text shows. Each must stand in the other language too; a name that only chooses
/// between two forms need not, because Chinese has no plural.
fn shown(pieces: &[Piece]) -> BTreeSet<&str> {
    pieces
        .iter()
        .filter_map(|piece| if let Piece::Value(name) = piece { Some(name.as_str()) } else { None })
        .collect()
}

fn method(code: &mut String, name: &str, variants: &[Variant]) -> Result<(), Box<dyn Error>> {
    if variants.len() != CATALOGUES.len() {
        return Err(format!("{name} stands in one catalogue only").into());
    }
    let arguments: BTreeSet<&str> = variants.iter().flat_map(|variant| names(&variant.pieces)).collect();
    let shown: BTreeSet<&str> = variants.iter().flat_map(|variant| shown(&variant.pieces)).collect();
    if variants.iter().any(|variant| !shown.is_subset(&names(&variant.pieces))) {
        return Err(format!("{name} has different placeholders in the two catalogues").into());
    }
    for Variant { text, .. } in variants {
        writeln!(code, "    /// {text}  ")?;
    }
    if arguments.is_empty() {
        writeln!(code, "    pub(crate) fn {name}(self) -> &'static str {{\n        match self.0 {{")?;
        for Variant { language, text, .. } in variants {
            writeln!(code, "            Language::{language} => {text:?},")?;
        }
    } else {
        let signature: Vec<String> =
            arguments.iter().map(|name| format!("{name}: impl std::fmt::Display")).collect();
        writeln!(code, "    pub(crate) fn {name}(self, {}) -> String {{", signature.join(", "))?;
        for argument in &arguments {
            writeln!(code, "        let {argument} = {argument}.to_string();")?;
        }
        writeln!(code, "        match self.0 {{")?;
        for Variant { language, pieces, .. } in variants {
            writeln!(
                code,
                "            Language::{language} => [{}].concat(),",
                expressions(pieces).join(", ")
            )?;
        }
    }
    writeln!(code, "        }}\n    }}")?;
    Ok(())
}

fn expressions(pieces: &[Piece]) -> Vec<String> {
    pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Text(text) if text.is_empty() => None,
            Piece::Text(text) => Some(format!("{text:?}")),
            Piece::Value(name) => Some(format!("{name}.as_str()")),
            Piece::Plural { of, one, other } => {
                Some(format!("if {of} == \"1\" {{ {one:?} }} else {{ {other:?} }}"))
            }
        })
        .collect()
}
