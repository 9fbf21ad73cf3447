//! `yuti key`: API keys from the machine's own command line: wishes for higher quotas, revocation, keys of units' systems.

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Subcommand};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use yuti_entity::{api_key, organisation};
use yuti_openapi::vocabulary::{KeyEnd, KeyKind, KeyScope, Vocabulary as _};

use super::open::{self, Opened};
use super::{Exit, Refusal};
use crate::access::keys::acts::{self, Act, Decision, New};
use crate::access::keys::{publish, rules, store};
use crate::audit::Actor;
use crate::config::Config;
use crate::db::{self, Purpose};
use crate::http::failure::Failure;

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List keys, with what their holders ask for. Names and addresses are personal data: mind where the list goes.
    #[command(after_help = "Examples:\n  yuti key list\n  yuti key list --asked\n  yuti key list --json")]
    List(List),
    /// Grant the higher quotas that a holder asks for, or others.
    #[command(
        after_help = "Examples:\n  yuti key grant key-17\n  yuti key grant key-17 --daily 500000 --answer '先给一半，看看用量。'"
    )]
    Grant(Grant),
    /// Refuse the higher quotas that a holder asks for.
    #[command(after_help = "Example:\n  yuti key refuse key-17 --answer '整份数据请用 NDJSON，一次取完。'")]
    Refuse(Refuse),
    /// Revoke a key, for good. Running copies see it within a second.
    #[command(after_help = "Example:\n  yuti key revoke key-17")]
    Revoke(Revoke),
    /// Issue a key to a unit's system. It is printed once and only a digest of it is kept.
    #[command(
        after_help = "Example:\n  yuti key issue --uscc 91500108MADED0012H --scope records:write --name 维保平台"
    )]
    Issue(Issue),
}

#[derive(Debug, Args)]
struct List {
    /// Only those whose holders wait for an answer.
    #[arg(long)]
    asked: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Grant {
    /// The key.
    key: String,
    /// The quota in the short window, instead of what was asked for.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=rules::HIGHEST_BURST))]
    burst: Option<u32>,
    /// The quota in a day, instead of what was asked for.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=rules::HIGHEST_DAILY))]
    daily: Option<u32>,
    /// What the holder is told.
    #[arg(long)]
    answer: Option<String>,
}

#[derive(Debug, Args)]
struct Refuse {
    /// The key.
    key: String,
    /// What the holder is told.
    #[arg(long)]
    answer: String,
}

#[derive(Debug, Args)]
struct Revoke {
    /// The key.
    key: String,
}

#[derive(Debug, Args)]
struct Issue {
    /// The unit, by its unified social credit code.
    #[arg(long, value_name = "CODE")]
    uscc: String,
    /// What the key is good for beside reading; may come several times.
    #[arg(long, required = true, value_parser = PossibleValuesParser::new(KeyScope::ALL.iter().map(|scope| scope.code())).try_map(|code| code.parse::<KeyScope>()))]
    scope: Vec<KeyScope>,
    /// The name of the system.
    #[arg(long)]
    name: String,
}

/// Runs the command.
///
/// # Errors
/// What is asked for cannot be, or the database refuses.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    let opened = open::everything(&config, Purpose::Serving).await?;
    match arguments.what {
        What::List(asked) => list(&opened, &asked).await,
        What::Grant(asked) => {
            let granted = Some((asked.burst, asked.daily));
            decide(&opened, &asked.key, Decision { granted, answer: asked.answer.as_deref() }).await
        }
        What::Refuse(asked) => {
            decide(&opened, &asked.key, Decision { granted: None, answer: Some(&asked.answer) }).await
        }
        What::Revoke(asked) => revoke(&opened, &asked.key).await,
        What::Issue(asked) => issue(&opened, &asked).await,
    }
}

fn refused(failure: Failure) -> Refusal {
    match (failure.cause, failure.detail) {
        (Some(cause), _) if failure.code.status() == 503 => {
            Refusal::new(Exit::Unavailable, format!("the database refused: {cause}"))
        }
        (Some(cause), _) => Refusal::new(Exit::Fault, cause.to_string()),
        (None, Some(words)) => Refusal::new(Exit::Data, words.en),
        (None, None) => Refusal::new(Exit::Data, failure.code.code()),
    }
}

fn number(key: &str) -> Result<i64, Refusal> {
    let refused =
        || Refusal::new(Exit::Data, format!("{key}: no key is called so; `yuti key list` names them"));
    publish::number(key).ok_or_else(refused)
}

/// What the holder is told is as long as what the holder may say.
fn answer(text: Option<&str>) -> Result<Option<&str>, Refusal> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) if text.chars().count() > rules::LONGEST_REASON => {
            let most = rules::LONGEST_REASON;
            Err(Refusal::new(Exit::Data, format!("--answer: at most {most} characters")))
        }
        text => Ok(text),
    }
}

async fn decide(opened: &Opened, key: &str, decision: Decision<'_>) -> Result<(), Refusal> {
    let (id, decision) = (number(key)?, Decision { answer: answer(decision.answer)?, ..decision });
    let txn = db::begin(&opened.db).await?;
    let act = Act { txn: &txn, vault: &opened.vault, actor: Actor::Operator, now: opened.clock.now() };
    let raise = acts::decide_raise(act, id, decision).await.map_err(refused)?;
    txn.commit().await?;
    let shown =
        |number: Option<i32>| number.map_or_else(|| "as it was".to_owned(), |number| number.to_string());
    println!(
        "{}: {} (burst: {}, daily: {})",
        publish::handle(id),
        raise.state,
        shown(raise.burst),
        shown(raise.daily)
    );
    Ok(())
}

async fn revoke(opened: &Opened, key: &str) -> Result<(), Refusal> {
    let id = number(key)?;
    let txn = db::begin(&opened.db).await?;
    let act = Act { txn: &txn, vault: &opened.vault, actor: Actor::Operator, now: opened.clock.now() };
    acts::revoke(act, id, KeyEnd::ByService).await.map_err(refused)?;
    txn.commit().await?;
    println!("{} is revoked", publish::handle(id));
    Ok(())
}

async fn issue(opened: &Opened, asked: &Issue) -> Result<(), Refusal> {
    let code = asked.uscc.trim().to_uppercase();
    let unit =
        organisation::Entity::find().filter(organisation::Column::Uscc.eq(&*code)).one(&opened.db).await?;
    let unit = unit.ok_or_else(|| {
        let message =
            format!("--uscc: no unit with the code {code} is registered; import the register first");
        Refusal::new(Exit::Data, message)
    })?;
    let name = asked.name.trim();
    if name.is_empty() || name.chars().count() > rules::LONGEST_NAME || name.chars().any(char::is_control) {
        let message = format!("--name: 1 to {} characters", rules::LONGEST_NAME);
        return Err(Refusal::new(Exit::Data, message));
    }
    let (now, today) = (opened.clock.now(), opened.clock.today(&opened.profile.time_zone));
    let end = rules::end(opened.profile.policy(), KeyKind::System, today, now);
    let expires_at = end.map_err(|cause| Refusal::new(Exit::Configuration, cause.to_string()))?;
    let mut scopes = asked.scope.clone();
    scopes.sort_unstable();
    scopes.dedup();
    let txn = db::begin(&opened.db).await?;
    let act = Act { txn: &txn, vault: &opened.vault, actor: Actor::Operator, now };
    let new = New { name, contact: None, system: Some((unit.id, &scopes)), expires_at };
    let (row, secret) = acts::create(act, new).await.map_err(refused)?;
    txn.commit().await?;
    println!("{} issued to {}; it is shown this once:", publish::handle(row.id), unit.name);
    println!("  {}", secret.reveal());
    if let Some(end) = row.expires_at {
        let end = end.with_timezone(&opened.profile.time_zone).format("%Y-%m-%d %H:%M %Z");
        println!("  It holds until {end}, and longer if its system replaces it before.");
    }
    Ok(())
}

async fn list(opened: &Opened, asked: &List) -> Result<(), Refusal> {
    let filter = store::Filter { asked: asked.asked, ..store::Filter::default() };
    let mut listed: Vec<(api_key::Model, Option<String>, Option<_>)> = Vec::new();
    for row in store::list(&opened.db, &filter).await? {
        let unit = store::unit(&opened.db, &row).await?.map(|unit| unit.name);
        let raise = store::last_raise(&opened.db, row.id).await?;
        let raise = raise.map(|raise| publish::raise(&opened.vault, &raise));
        listed.push((row, unit, raise));
    }
    if asked.json {
        let items = listed.iter().map(|(row, unit, raise)| {
            json!({
                "id": publish::handle(row.id), "kind": row.kind, "name": publish::name(&opened.vault, row),
                "contact": publish::contact(&opened.vault, row), "unit": unit, "scopes": rules::scopes(&row.scopes),
                "state": row.state, "raised_burst": row.raised_burst, "raised_daily": row.raised_daily, "raise": raise,
                "created_at": row.created_at, "last_used_at": row.last_used_at, "expires_at": row.expires_at,
            })
        });
        println!("{:#}", serde_json::Value::Array(items.collect()));
        return Ok(());
    }
    println!("key\tkind\tname\tunit\tstate\tlast used\tasks for");
    for (row, unit, raise) in &listed {
        let last = row.last_used_at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
        let wish = raise.as_ref().map(|raise| {
            let number =
                |number: Option<u32>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
            let reason = raise.reason.replace(['\n', '\r', '\t'], " ");
            format!("{} burst {} daily {}: {reason}", raise.state, number(raise.burst), number(raise.daily))
        });
        let cells = [
            publish::handle(row.id),
            row.kind.to_string(),
            publish::name(&opened.vault, row),
            unit.clone().unwrap_or_else(|| "-".to_owned()),
            row.state.to_string(),
            last.unwrap_or_else(|| "never".to_owned()),
            wish.unwrap_or_else(|| "-".to_owned()),
        ];
        println!("{}", cells.join("\t"));
    }
    Ok(())
}
