//! `yuti audit`

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use yuti_entity::audit_entry;
use yuti_openapi::wire::Opened as OpenedPart;

use super::open::{self, Opened};
use super::{Exit, Refusal, say, verify};
use crate::audit::canonical::{hex, instant};
use crate::audit::store::{self, Wish};
use crate::audit::{self, Contexts, Entry};
use crate::config::Config;
use crate::db::{self, Purpose};
use crate::vault::Vault;

/// Entries that are read and printed at a time.
const PART: u64 = 500;

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Print the trail: number, place in the log, instant, actor, act, subject, states, facts.
    #[command(
        after_help = "Examples:\n  yuti audit list\n  yuti audit list --subject account --id 7\n  yuti audit list --act import.finish --since 2026-11-01T00:00:00Z --json"
    )]
    List(ListArguments),
}

#[derive(Debug, Args)]
struct ListArguments {
    /// Only what was done to things of this kind.
    #[arg(long)]
    subject: Option<String>,
    /// Only what was done to the thing with this number.
    #[arg(long, requires = "subject")]
    id: Option<i64>,
    /// Only this act.
    #[arg(long)]
    act: Option<String>,
    /// Only what was done at this instant or later, such as 2026-11-01T00:00:00+08:00.
    #[arg(long)]
    since: Option<DateTime<Utc>>,
    /// Only what was done before this instant.
    #[arg(long)]
    until: Option<DateTime<Utc>>,
    /// At most this many, the first ones.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    limit: u64,
    /// With what is personal about each entry. That look is an entry of the trail itself.
    #[arg(long)]
    personal: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Anything that is wrong with configuration or database.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    let Act::List(arguments) = arguments.act;
    let ListArguments { subject, id, act, since, until, limit, personal, json } = arguments;
    let wish = Wish { subject, subject_id: id, act, since, until };
    if !personal {
        let database = verify::as_it_is(&config).await?;
        return print(&database, &wish, limit, |row| line(row, None, json)).await;
    }
    let opened = open::everything(&config, Purpose::Bulk).await?;
    // What is going to be shown is written down first: a look that is cut off was a look.
    let rows = store::trail(&opened.db, &wish, 0, limit).await?;
    note_look(&opened, &rows).await?;
    for row in rows.iter().take_while(|_| !say::is_closed()) {
        let part = open_personal(&opened.vault, row)?.map(|part| part.personal);
        println!("{}", line(row, Some(part), json)?);
    }
    Ok(())
}

async fn print(
    database: &sea_orm::DatabaseConnection,
    wish: &Wish,
    limit: u64,
    line: impl Fn(&audit_entry::Model) -> Result<String, Refusal>,
) -> Result<(), Refusal> {
    let (mut after, mut left) = (0, limit);
    while left > 0 && !say::is_closed() {
        let rows = store::trail(database, wish, after, left.min(PART)).await?;
        let Some(last) = rows.last() else { break };
        (after, left) = (last.id, left - rows.len() as u64);
        for row in &rows {
            println!("{}", line(row)?);
        }
    }
    Ok(())
}

/// Writes into the trail that the operator looked at what is personal in it.
///
/// # Errors
/// Whatever the database refuses.
pub(super) async fn note_look(opened: &Opened, rows: &[audit_entry::Model]) -> Result<(), Refusal> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
    let one = first.id == last.id;
    let facts = json!({"entries": rows.len(), "first": first.id, "last": last.id});
    let subject_id = if one { first.id } else { 0 };
    let entry = Entry::operator(opened.clock.now(), "audit.look", "audit_entry", subject_id, facts);
    let txn = db::begin(&opened.db).await?;
    audit::record(&txn, &opened.vault, entry).await?;
    txn.commit().await?;
    Ok(())
}

/// Opens the personal part of an entry. `None` where it was erased.
///
/// # Errors
/// The vault does not open it.
pub(super) fn open_personal(vault: &Vault, row: &audit_entry::Model) -> Result<Option<OpenedPart>, Refusal> {
    let refused = |cause: crate::vault::VaultError| {
        Refusal::new(Exit::Data, format!("entry {}: the personal part does not open: {cause}", row.id))
    };
    let Some(salt) = &row.salt else { return Ok(None) };
    let contexts = Contexts::of(&row.commitment);
    let salt = vault.open(&contexts.salt, salt).map_err(refused)?;
    let personal = match &row.personal {
        Some(sealed) => {
            let plain = vault.open(&contexts.personal, sealed).map_err(refused)?;
            serde_json::from_slice(&plain)
                .map_err(|cause| Refusal::new(Exit::Data, format!("entry {}: {cause}", row.id)))?
        }
        None => Value::Null,
    };
    Ok(Some(OpenedPart { salt: hex(&salt), personal }))
}

/// An entry as one line. `personal`: nothing where it was not asked for, none inside where it was erased.
fn line(row: &audit_entry::Model, personal: Option<Option<Value>>, json: bool) -> Result<String, Refusal> {
    let personal = personal.map(|part| part.unwrap_or_else(|| Value::from("erased")));
    if json {
        let sealed = crate::audit::entry::sealed_part(row)
            .map_err(|cause| Refusal::new(Exit::Data, format!("entry {}: {cause}", row.id)))?;
        let mut value = json!({"leaf_index": row.leaf_index, "entry": sealed});
        if let (Some(part), Some(members)) = (personal, value.as_object_mut()) {
            members.insert("personal".to_owned(), part);
        }
        return Ok(value.to_string());
    }
    let place = row.leaf_index.map_or_else(|| "-".to_owned(), |place| place.to_string());
    let mut actor = row.actor.clone();
    for part in [row.actor_id.map(|id| id.to_string()), row.actor_role.clone()].into_iter().flatten() {
        actor.push_str(&format!(" {part}"));
    }
    let states = match (&row.from_state, &row.to_state) {
        (None, None) => String::new(),
        (from, to) => {
            format!("  {} → {}", from.as_deref().unwrap_or("-"), to.as_deref().unwrap_or("-"))
        }
    };
    let personal = personal.map_or_else(String::new, |part| format!("  personal: {part}"));
    Ok(format!(
        "{}  {place}  {}  {actor}  {}  {} {}{states}  {}{personal}",
        row.id,
        instant(row.at),
        row.act,
        row.subject,
        row.subject_id,
        row.facts
    ))
}
