//! Defaults, file and variables laid over each other, and every wrong setting found.

use toml::{Table, Value};

use super::errors::error;
use super::{Config, ConfigError, ConfigErrors, DEFAULTS};

pub(super) fn parse(name: &str, text: &str) -> Result<Table, ConfigErrors> {
    text.parse::<Table>().map_err(|cause| {
        ConfigErrors(vec![error(name, cause.to_string().trim_end().replace('\n', " "), "mend the TOML")])
    })
}

/// Puts `own` over the defaults and notes every key that no setting has.
pub(super) fn overlay(settings: &mut Table, own: Table, path: &str, errors: &mut Vec<ConfigError>) {
    for (key, value) in own {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (settings.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(own)) => overlay(inner, own, &full, errors),
            (Some(Value::Table(_)), _) => {
                errors.push(error(&full, "is a table", format!("write its keys under [{full}]")));
            }
            (Some(slot), value) => *slot = value,
            (None, _) => {
                let nearest = crate::nearest::nearest(&key, settings.keys().map(String::as_str));
                let mend = nearest.map_or_else(
                    || "remove it; `yuti check --print-defaults` names every setting".to_owned(),
                    |known| {
                        format!("did you mean `{known}`? `yuti check --print-defaults` names every setting")
                    },
                );
                errors.push(error(&full, "is not a setting", mend));
            }
        }
    }
}

/// Sets one key from a variable. Variables are text; so are all settings that have one.
pub(super) fn set(settings: &mut Table, key: &str, value: String) {
    let (table, last) = match key.split_once('.') {
        Some((table, last)) => (settings.get_mut(table).and_then(Value::as_table_mut), last),
        None => (Some(settings), key),
    };
    if let Some(table) = table {
        table.insert(last.to_owned(), Value::String(value));
    }
}

/// The typed settings. Wrong ones are named, and their defaults stand in, so that the rest can be checked too.
pub(super) fn typed(mut settings: Table) -> Result<(Config, Vec<ConfigError>), ConfigErrors> {
    if let Ok(config) = Value::Table(settings.clone()).try_into::<Config>() {
        return Ok((config, Vec::new()));
    }
    let defaults = parse("config.default.toml", DEFAULTS)?;
    let mut errors = Vec::new();
    mend(&mut settings, &defaults, &defaults, "", &mut errors);
    match Value::Table(settings).try_into::<Config>() {
        Ok(config) => Ok((config, errors)),
        Err(whole) => {
            errors.push(error(
                "configuration",
                whole.to_string(),
                "compare it with `yuti check --print-defaults`",
            ));
            Err(ConfigErrors(errors))
        }
    }
}

/// Finds the wrong settings by trying each one alone over the defaults, and puts the default in the place of a wrong one.
fn mend(settings: &mut Table, defaults: &Table, whole: &Table, path: &str, errors: &mut Vec<ConfigError>) {
    for (key, value) in settings.iter_mut() {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (value, defaults.get(key)) {
            (Value::Table(inner), Some(Value::Table(known))) => mend(inner, known, whole, &full, errors),
            (value, Some(known)) => {
                if let Err(cause) = alone(whole, &full, value).try_into::<Config>() {
                    let problem = format!("{value} does not fit: {}", cause.message());
                    errors.push(error(
                        &full,
                        problem,
                        "`yuti check --print-defaults` shows the form and says what it means",
                    ));
                    *value = known.clone();
                }
            }
            (_, None) => {}
        }
    }
}

/// The defaults with one other value.
fn alone(whole: &Table, full: &str, value: &Value) -> Value {
    let mut settings = whole.clone();
    let (table, last) = match full.rsplit_once('.') {
        Some((path, last)) => {
            let mut place = Some(&mut settings);
            for step in path.split('.') {
                place = place.and_then(|table| table.get_mut(step)).and_then(Value::as_table_mut);
            }
            (place, last)
        }
        None => (Some(&mut settings), full),
    };
    if let Some(table) = table {
        table.insert(last.to_owned(), value.clone());
    }
    Value::Table(settings)
}
