//! The command line.

// First: its macros hold for all that follows.
#[macro_use]
mod say;

mod account;
mod audit;
mod calendar;
mod check;
mod exit;
mod files;
mod import;
mod key;
mod migrate;
mod open;
mod openapi;
mod retention;
mod seal;
mod seed;
mod serve;
mod vault;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use exit::{Exit, Refusal};

use crate::config::{Config, DEFAULTS, LogFormat, environment, strangers};

/// Open data and citizen portal for elevator safety.
#[derive(Debug, Parser)]
#[command(
    name = "yuti",
    version,
    after_help = "Without a command it serves.\n\nExamples:\n  yuti\n  yuti serve\n  yuti --config /etc/yuti.toml serve\n  yuti import elevators register.csv --mapping mapping.toml\n\nExit codes: 0 done, 2 wrong words on the command line, 65 input refused, 66 input not there,\n69 database or address not to be had, 70 a fault of the program, 73 output cannot be written, 78 wrong configuration,\n141 nobody reads the output any more."
)]
struct Cli {
    /// A file with settings that differ from the defaults.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal and the API.
    #[command(after_help = "Examples:\n  yuti serve\n  YUTI_LISTEN=0.0.0.0:8080 yuti serve")]
    Serve,
    /// Bring the schema of the database up to date.
    #[command(
        after_help = "Examples:\n  yuti migrate\n  yuti migrate --status\n  YUTI_DATABASE_URL=postgres://yuti@db/yuti yuti migrate"
    )]
    Migrate(migrate::Arguments),
    /// Make a demonstration set: fictitious elevators that look real.
    #[command(
        after_help = "Examples:\n  yuti seed --elevators 2000\n  yuti seed --elevators 100000 --years 5 --seed 7"
    )]
    Seed(seed::Arguments),
    /// Import a register.
    #[command(
        after_help = "Examples:\n  yuti import elevators register.csv --mapping mapping.toml\n  yuti import elevators register.csv.gz --mapping mapping.toml --dry-run"
    )]
    Import(import::Arguments),
    /// Accounts of officers and units: make one, let somebody in who lost the password, list them.
    #[command(
        after_help = "Examples:\n  yuti account create --login admin --role administrator --name 王芳\n  yuti account reset li.qiang\n  yuti account list"
    )]
    Account(account::Arguments),
    /// API keys: list them, decide about wishes for higher quotas, revoke one, issue one to a unit's system.
    #[command(
        after_help = "Examples:\n  yuti key list --asked\n  yuti key grant key-17\n  yuti key revoke key-17\n  yuti key issue --uscc 91500108MADED0012H --scope records:write --name 维保平台"
    )]
    Key(key::Arguments),
    /// The working-day calendar: show it, load a newer one, count days by it.
    #[command(
        after_help = "Examples:\n  yuti calendar show\n  yuti calendar load holidays-2027.json\n  yuti calendar count --from 2026-09-30 --working-days 3"
    )]
    Calendar(calendar::Arguments),
    /// The audit trail: print it.
    #[command(after_help = "Examples:\n  yuti audit list\n  yuti audit list --subject account --id 7")]
    Audit(audit::Arguments),
    /// Check the audit trail: one entry, the whole log, or a proof that somebody was given.
    #[command(
        after_help = "Examples:\n  yuti verify entry 17\n  yuti verify export 17 > entry.json\n  yuti verify file entry.json --key seal.pub\n  yuti verify log"
    )]
    Verify(verify::Arguments),
    /// The seal over the audit trail: show its keys, put another one into use.
    #[command(after_help = "Examples:\n  yuti seal show\n  yuti seal rotate")]
    Seal(seal::Arguments),
    /// Print the OpenAPI document, or compare a file with it.
    #[command(
        after_help = "Examples:\n  yuti openapi > openapi/openapi.json\n  yuti openapi --yaml\n  yuti openapi --check openapi/openapi.json"
    )]
    Openapi(openapi::Arguments),
    /// The keys that personal data is sealed with: show them, change them, go on without them.
    #[command(
        after_help = "Examples:\n  yuti vault status\n  yuti vault rotate && yuti vault reseal\n  yuti vault retire 3fa9c210"
    )]
    Vault(vault::Arguments),
    /// What is kept for how long: erase what is over, show what was erased.
    #[command(after_help = "Examples:\n  yuti retention run --dry-run\n  yuti retention report")]
    Retention(retention::Arguments),
    /// The store of files: check it, take away what is no longer needed.
    #[command(after_help = "Examples:\n  yuti files check --whole\n  yuti files sweep")]
    Files(files::Arguments),
    /// Check configuration, profile and database without serving.
    #[command(
        after_help = "Examples:\n  yuti check\n  yuti --config /etc/yuti.toml check\n  yuti check --print-defaults > yuti.toml"
    )]
    Check(check::Arguments),
}

/// Runs the command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // Before the configuration is read: this is what mends one that cannot be used.
    if let Some(Command::Check(check::Arguments { print_defaults: true })) = cli.command {
        print!("{DEFAULTS}");
        return ended(say::finish());
    }
    for (name, nearest) in strangers() {
        let meant = nearest.map_or_else(String::new, |known| format!("; did you mean {known}?"));
        eprintln!("yuti: {name} is no variable of this service and is ignored{meant}");
    }
    let serves = matches!(cli.command, None | Some(Command::Serve));
    let outcome =
        Config::load(cli.config.as_deref(), &environment).map_err(Refusal::from).and_then(|config| {
            log(&config);
            let work = async {
                match cli.command.unwrap_or(Command::Serve) {
                    Command::Serve => serve::run(config).await,
                    Command::Seed(arguments) => seed::run(config, arguments).await,
                    Command::Import(arguments) => import::run(config, arguments).await,
                    Command::Migrate(arguments) => migrate::run(config, arguments).await,
                    Command::Account(arguments) => account::run(config, arguments).await,
                    Command::Key(arguments) => key::run(config, arguments).await,
                    Command::Calendar(arguments) => calendar::run(config, arguments).await,
                    Command::Audit(arguments) => audit::run(config, arguments).await,
                    Command::Verify(arguments) => verify::run(config, arguments).await,
                    Command::Seal(arguments) => seal::run(config, arguments).await,
                    Command::Openapi(arguments) => openapi::run(arguments),
                    Command::Vault(arguments) => vault::run(config, arguments).await,
                    Command::Retention(arguments) => retention::run(config, arguments).await,
                    Command::Files(arguments) => files::run(config, arguments).await,
                    Command::Check(_) => check::run(config).await,
                }
            };
            actix_web::rt::System::new().block_on(work)
        });
    // A service whose greeting nobody reads is no worse a service.
    ended(if serves { outcome } else { outcome.and_then(|()| say::finish()) })
}

fn ended(outcome: Result<(), Refusal>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            if !refusal.message.is_empty() {
                eprintln!("yuti: {}", refusal.message.trim_end());
            }
            ExitCode::from(refusal.exit as u8)
        }
    }
}

/// Logs go to standard error: standard output belongs to what a command prints.
fn log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log.level).unwrap_or_default();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // It would tell that standard error is closed on standard error, and panic.
        .log_internal_errors(false)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let _ = match config.log.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}
