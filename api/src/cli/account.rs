//! `yuti account`: accounts from the machine's own command line, where no session is needed and the trail names the operator.

use std::io::Read as _;

use chrono_tz::Tz;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Subcommand};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use yuti_entity::{Timestamp, account, organisation};
use yuti_openapi::vocabulary::{AccountState, Role, Vocabulary as _};
use zeroize::Zeroizing;

use super::open::{self, Opened};
use super::{Exit, Refusal};
use crate::access::accounts::acts::{self, Issued, New};
use crate::access::accounts::hashing::HashError;
use crate::access::accounts::refused::Refused;
use crate::access::accounts::{Accounts, rules, store};
use crate::access::rights::Granted;
use crate::config::Config;
use crate::db::Purpose;
use crate::metrics::Metrics;

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make an account, and print the link with which its holder sets a password.
    #[command(
        after_help = "Examples:\n  yuti account create --login admin --role administrator --name 王芳\n  yuti account create --login li.qiang --role officer --district 500108 --name 李强\n  yuti account create --login wy --role unit_owner --uscc 91500108MA5QK0017P --name 赵敏\n  yuti account create --login admin --role administrator --password-stdin < password.txt"
    )]
    Create(Create),
    /// Print a link with which somebody who lost the password sets another one. Nothing ends before it is used.
    #[command(
        after_help = "Examples:\n  yuti account reset li.qiang\n  yuti account reset li.qiang --totp\n  yuti account reset admin --wake"
    )]
    Reset(Reset),
    /// List accounts. Names are personal data: mind where the list goes.
    #[command(
        after_help = "Examples:\n  yuti account list\n  yuti account list --role administrator\n  yuti account list --json"
    )]
    List(List),
}

#[derive(Debug, Args)]
struct Create {
    /// The name to sign in with: 3 to 64 letters, figures, Chinese characters or . _ - + @
    #[arg(long)]
    login: String,
    /// The role.
    #[arg(long, value_parser = PossibleValuesParser::new(Role::ALL.iter().map(|role| role.code())).try_map(|code| code.parse::<Role>()))]
    role: Role,
    /// The person's name; else the log-in stands for it.
    #[arg(long)]
    name: Option<String>,
    /// The bureau of an officer, by its key in /v1/authorities.
    #[arg(long, value_name = "KEY")]
    authority: Option<String>,
    /// The bureau of an officer, by its district.
    #[arg(long, value_name = "CODE", conflicts_with = "authority")]
    district: Option<String>,
    /// The unit for which the account acts, by its unified social credit code.
    #[arg(long, value_name = "CODE")]
    uscc: Option<String>,
    /// The unit of a delegate's own.
    #[arg(long, value_name = "CODE")]
    home_uscc: Option<String>,
    /// Read a password from standard input, which must be changed at the first sign-in, and print no link.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
struct Reset {
    /// The log-in.
    login: String,
    /// Let the link take the second factor off as well.
    #[arg(long)]
    totp: bool,
    /// Switch the account on first, if it is off or asleep.
    #[arg(long)]
    wake: bool,
}

#[derive(Debug, Args)]
struct List {
    /// Only of this role.
    #[arg(long, value_parser = PossibleValuesParser::new(Role::ALL.iter().map(|role| role.code())).try_map(|code| code.parse::<Role>()))]
    role: Option<Role>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        let message = refused.to_string();
        match refused {
            Refused::Failed(failure) => {
                let cause =
                    failure.cause.map_or_else(|| failure.code.code().to_owned(), |cause| cause.to_string());
                match failure.code.status() {
                    503 => Self::new(Exit::Unavailable, format!("the database refused: {cause}")),
                    _ => Self::new(Exit::Fault, cause),
                }
            }
            Refused::Busy => Self::new(Exit::Unavailable, message),
            _ => Self::new(Exit::Data, message),
        }
    }
}

impl From<HashError> for Refusal {
    fn from(error: HashError) -> Self {
        Self::new(Exit::Configuration, format!("accounts.hash: {error}"))
    }
}

/// The parts that acts on accounts work with, for a command.
///
/// # Errors
/// The settings are no parameters of Argon2.
pub fn parts(config: &Config, opened: &Opened, metrics: &Metrics) -> Result<Accounts, Refusal> {
    let Opened { clock, profile, db, vault, .. } = opened;
    let settings = config.accounts.clone();
    Ok(Accounts::new(db.clone(), vault.clone(), clock.clone(), profile.time_zone, settings, metrics)?)
}

/// Runs the command.
///
/// # Errors
/// What is asked for cannot be, or the database refuses.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    let opened = open::everything(&config, Purpose::Serving).await?;
    let accounts = parts(&config, &opened, &Metrics::default())?;
    let place = Place { base: base(&config), zone: opened.profile.time_zone };
    match arguments.what {
        What::Create(asked) => create(&accounts, &opened, &place, asked).await,
        What::Reset(asked) => reset(&accounts, &place, asked).await,
        What::List(asked) => list(&accounts, &opened, asked).await,
    }
}

/// Where links lead, and whose time they are told in.
struct Place {
    base: String,
    zone: Tz,
}

/// The address of the service, where the configuration lets it be known before it listens.
fn base(config: &Config) -> String {
    match (config.public_url.is_empty(), config.listen.port()) {
        (false, _) => config.public_url.clone(),
        (true, 0) => String::new(),
        (true, _) => format!("http://{}", config.listen),
    }
}

impl Place {
    fn tell(&self, link: &Issued) {
        println!("  {}{}", self.base, link.path());
        println!("  It holds once, until {}. Give it to nobody else.", self.time(link.expires_at));
    }

    fn time(&self, at: Timestamp) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M %Z").to_string()
    }
}

async fn create(accounts: &Accounts, opened: &Opened, place: &Place, asked: Create) -> Result<(), Refusal> {
    let password = if asked.password_stdin { Some(password_of_stdin()?) } else { None };
    let authority = match (&asked.authority, &asked.district) {
        (Some(key), _) => Some(key.clone()),
        (None, Some(code)) => Some(bureau_of(opened, code)?),
        (None, None) => None,
    };
    let unit = unit(accounts, "--uscc", asked.uscc.as_deref()).await?;
    let home_unit = self::unit(accounts, "--home-uscc", asked.home_uscc.as_deref()).await?;
    let new = New {
        login: &asked.login,
        name: asked.name.as_deref().unwrap_or(&asked.login),
        role: asked.role,
        authority: authority.as_deref(),
        unit,
        home_unit,
        demonstration: false,
    };
    if let Some(password) = &password {
        let made = acts::create_with_password(accounts, Granted::operator(), new, password).await?;
        println!("account {made} made; the password must be changed at the first sign-in");
        return Ok(());
    }
    let made = acts::create(accounts, Granted::operator(), new).await?;
    println!("account {} made; its holder sets a password with this link:", made.login);
    place.tell(&made.link);
    Ok(())
}

/// One line, without its end. A password never stands on the command line, where every user of the machine can read it.
fn password_of_stdin() -> Result<Zeroizing<String>, Refusal> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(|cause| Refusal::new(Exit::NoInput, format!("standard input cannot be read: {cause}")))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(Refusal::new(Exit::NoInput, "no password came on standard input; give it as one line"));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

fn bureau_of(opened: &Opened, district: &str) -> Result<String, Refusal> {
    let today = opened.clock.today(&opened.profile.time_zone);
    let refused = || {
        Refusal::new(
            Exit::Data,
            format!(
                "--district: no bureau is responsible for {district} today; /v1/districts names the codes"
            ),
        )
    };
    let mut bureaus = opened.reference.bureaus(today);
    let found = bureaus.find(|row| row.zone_key.is_none() && row.district_code.as_deref() == Some(district));
    found.map(|row| row.key.clone()).ok_or_else(refused)
}

async fn unit(accounts: &Accounts, word: &str, uscc: Option<&str>) -> Result<Option<i64>, Refusal> {
    let Some(uscc) = uscc else { return Ok(None) };
    let code = uscc.trim().to_uppercase();
    let found =
        organisation::Entity::find().filter(organisation::Column::Uscc.eq(&*code)).one(&accounts.db).await?;
    match found {
        Some(row) => Ok(Some(row.id)),
        None => Err(Refusal::new(
            Exit::Data,
            format!("{word}: no unit with the code {code} is registered; import the register first"),
        )),
    }
}

async fn found(accounts: &Accounts, login: &str) -> Result<account::Model, Refusal> {
    let plain = rules::plain_login(login);
    store::by_login(&accounts.db, &plain).await?.ok_or_else(|| {
        Refusal::new(Exit::Data, format!("there is no account {plain}; `yuti account list` names them"))
    })
}

async fn reset(accounts: &Accounts, place: &Place, asked: Reset) -> Result<(), Refusal> {
    let account = found(accounts, &asked.login).await?;
    if asked.wake && account.state != AccountState::Active {
        acts::wake(accounts, Granted::operator(), account.id, None).await?;
        println!("account {} is on again", account.login);
    }
    if !asked.wake && account.state == AccountState::Off {
        return Err(Refusal::new(
            Exit::Data,
            format!("the account {} is switched off; add --wake to switch it on", account.login),
        ));
    }
    let link = acts::issue_link(accounts, Granted::operator(), account.id, asked.totp).await?;
    println!("the holder of {} sets another password with this link:", account.login);
    place.tell(&link);
    if asked.totp {
        println!("  Its use takes the second factor off.");
    }
    Ok(())
}

async fn list(accounts: &Accounts, opened: &Opened, asked: List) -> Result<(), Refusal> {
    let filter = store::Filter { role: asked.role, ..store::Filter::default() };
    let rows = store::list(&accounts.db, &filter).await?;
    let mut listed = Vec::new();
    for row in &rows {
        let unit = match row.organisation_id {
            Some(id) => organisation::Entity::find_by_id(id).one(&accounts.db).await?,
            None => None,
        };
        let bureau = row.authority_key.as_deref().and_then(|key| opened.reference.bureau(key));
        listed.push((row, bureau, unit));
    }
    if asked.json {
        let items: Vec<_> = listed
            .iter()
            .map(|(row, _, unit)| {
                json!({
                    "login": row.login, "name": store::name(&accounts.vault, row), "role": row.role, "state": row.state,
                    "authority": row.authority_key, "district": row.district_code,
                    "unit": unit.as_ref().and_then(|unit| unit.uscc.clone()),
                    "second_factor": row.totp_secret.is_some(), "demonstration": row.demonstration,
                    "last_signed_in_at": row.last_signed_in_at, "created_at": row.created_at,
                })
            })
            .collect();
        println!("{:#}", serde_json::Value::Array(items));
        return Ok(());
    }
    println!("login\tname\trole\tof\tstate\tsecond factor\tlast signed in");
    for (row, bureau, unit) in &listed {
        let of = bureau.map(|row| row.name_zh.clone()).or_else(|| unit.as_ref().map(|row| row.name.clone()));
        let last = row.last_signed_in_at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
        let cells = [
            row.login.clone(),
            store::name(&accounts.vault, row),
            row.role.to_string(),
            of.unwrap_or_else(|| "-".to_owned()),
            row.state.to_string(),
            if row.totp_secret.is_some() { "yes" } else { "no" }.to_owned(),
            last.unwrap_or_else(|| "never".to_owned()),
        ];
        println!("{}", cells.join("\t"));
    }
    Ok(())
}
