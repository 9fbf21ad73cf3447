//! `yuti serve`

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App as Service, HttpResponse, HttpServer, web};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use tokio::sync::Notify;
use yuti_entity::elevator;
use yuti_openapi::Language;

use super::{Exit, Refusal, account, open, openapi};
use crate::access::accounts::{Accounts, demo};
use crate::access::keys::Keys;
use crate::access::limits::Limits;
use crate::audit::sealer;
use crate::closing::Closing;
use crate::config::{Config, Demo};
use crate::db::Purpose;
use crate::files::Files;
use crate::http::floor::floor;
use crate::http::page;
use crate::lanes::Lanes;
use crate::link::Link;
use crate::metrics::{Metrics, SharedLimits};
use crate::opendata::v1::code_lists;
use crate::registry::tally::Figures;
use crate::state::{App, Contract};
use crate::{jobs, lease, routes};

/// Runs the command until the process is told to end.
///
/// # Errors
/// Anything that keeps it from listening.
pub async fn run(mut config: Config) -> Result<(), Refusal> {
    // Both addresses are taken before anything is made: a second copy started by mistake leaves nothing behind.
    let listener = listen("listen", config.listen)?;
    let metrics_listener = match config.metrics.listen.parse::<SocketAddr>() {
        Ok(address) => Some(listen("metrics.listen", address)?),
        Err(_) => None,
    };
    let address =
        listener.local_addr().map_err(|cause| Refusal::new(Exit::Unavailable, cause.to_string()))?;
    if config.public_url.is_empty() {
        config.public_url = format!("http://{address}");
    }
    let (app, shown) = assemble(config).await?;
    let app = Arc::new(app);
    let workers = match app.config.workers {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        number => number,
    };
    let served = web::Data::from(Arc::clone(&app));
    let server = HttpServer::new(move || {
        Service::new().app_data(served.clone()).wrap(from_fn(floor)).configure(routes::configure)
    })
    .workers(workers)
    .shutdown_timeout(app.config.shutdown_seconds)
    .shutdown_signal(app.closing.clone().when_told(Duration::from_secs(app.config.shutdown_seconds)))
    .listen(listener)
    .map_err(|cause| Refusal::new(Exit::Unavailable, format!("listen: {cause}")))?
    .run();
    println!("listening on http://{address}");
    let metrics = metrics_listener.map(|listener| metrics_server(&app, listener)).transpose()?;
    greet(&app, &shown).await?;
    drop(shown);
    let jobs = jobs::start(&app);
    let metrics = metrics.map(tokio::spawn);
    let outcome = server.await;
    for job in jobs {
        job.abort();
        // Ended for sure, so that nothing is taken after it was given back.
        let _ = job.await;
    }
    if let Err(cause) = app.keys.usage.write(&app.db, app.now()).await {
        tracing::warn!(%cause, "the last seconds' use of API keys was not written");
    }
    if let Err(cause) = lease::release_all(&app.db).await {
        tracing::warn!(%cause, "leases of jobs could not be given back; they run out by themselves");
    }
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    println!("stopped");
    outcome.map_err(|cause| Refusal::new(Exit::Fault, format!("the server failed: {cause}")))
}

fn listen(key: &str, address: SocketAddr) -> Result<TcpListener, Refusal> {
    let refused = |cause: std::io::Error| {
        Refusal::new(
            Exit::Unavailable,
            format!(
                "{key}: {address} cannot be listened on: {cause}; choose another address or end what holds it"
            ),
        )
    };
    let listener = TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    Ok(listener)
}

async fn assemble(config: Config) -> Result<(App, Vec<demo::Shown>), Refusal> {
    let opened = open::everything(&config, Purpose::Serving).await?;
    let today = opened.clock.today(&opened.profile.time_zone);
    super::seed::first_start(&config, &opened).await?;
    let log = sealer::open(&opened.db, &config, &opened.profile.key, opened.clock.now()).await?;
    // What was written while nothing served is sealed before anybody can ask for it. Without the key it waits, and the job says so.
    if let Err(cause) = sealer::seal(&opened.db, &log, opened.clock.now()).await {
        tracing::error!(%cause, "the audit trail was not sealed");
    }
    let files = Files::open(&config, Arc::clone(&opened.vault))?;
    files.belongs(&opened.db, opened.clock.now()).await?;
    let (json, yaml) = openapi::document()?;
    let redis = redis_link(&config)?;
    let mut limits = Limits::new(&config.limits, config.costs);
    let mut metrics = Metrics::default();
    if let Some(redis) = &redis {
        let shared = SharedLimits::default();
        metrics = metrics.with_shared_limits(&shared);
        limits = limits.shared(redis.clone(), config.limits.shared, shared);
    }
    let accounts = account::parts(&config, &opened, &metrics)?;
    let shown = match config.demo {
        Demo::Auto => demo::first_start(&accounts, &opened.reference).await?,
        Demo::None => Vec::new(),
    };
    warn_of_demo_accounts(&config, &accounts).await?;
    let lanes = Lanes::open(&config.database(), &config.scans).await?;
    let demonstration = AtomicBool::new(page::demonstrates(&opened.db).await?);
    let app = App {
        accounts,
        code_lists: code_lists::all(&opened.profile),
        lanes,
        figures: Figures::default(),
        demonstration,
        closing: Closing::default(),
        keys: Keys::new(opened.db.clone(), Arc::clone(&opened.vault)),
        public_url: config.public_url.clone(),
        city: Arc::new(page::city(&opened.profile, today, &config.public_url)),
        limits,
        files,
        vault: opened.vault,
        log,
        redis,
        profile: opened.profile,
        reference: opened.reference,
        clock: opened.clock,
        db: opened.db,
        metrics,
        contract: Contract { json: json.into(), yaml: yaml.into() },
        committed: Arc::new(Notify::new()),
        config,
    };
    Ok((app, shown))
}

/// Demonstration accounts need no second factor and their passwords were shown on a screen: nothing for a service that others reach.
async fn warn_of_demo_accounts(config: &Config, accounts: &Accounts) -> Result<(), Refusal> {
    let standing = demo::standing(&accounts.db).await?;
    if standing > 0 && !is_loopback(&config.public_url) {
        tracing::warn!(
            accounts = standing,
            public_url = config.public_url,
            "there are demonstration accounts, and public_url is not of this machine alone; they go with the demonstration data: yuti import … --remove-demo"
        );
    }
    Ok(())
}

/// Whether an address leads to this machine and no other.
fn is_loopback(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Redis may be away when the service starts; it is then shown as degraded and found again later.
fn redis_link(config: &Config) -> Result<Option<Link>, Refusal> {
    if config.redis_url.is_empty() {
        return Ok(None);
    }
    // Without the client's own words, which may repeat the address and the password in it.
    let refused = |_| Refusal::new(Exit::Configuration, "redis_url: cannot be read".to_owned());
    Link::new(&config.redis_url).map(Some).map_err(refused)
}

fn metrics_server(app: &Arc<App>, listener: TcpListener) -> Result<actix_web::dev::Server, Refusal> {
    let refused = |cause: std::io::Error| Refusal::new(Exit::Unavailable, format!("metrics.listen: {cause}"));
    let address = listener.local_addr().map_err(refused)?;
    let served = web::Data::from(Arc::clone(app));
    let server = HttpServer::new(move || {
        Service::new()
            .app_data(served.clone())
            .service(web::resource("/metrics").route(web::get().to(metrics)))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .map_err(refused)?
    .run();
    println!("metrics on http://{address}/metrics");
    Ok(server)
}

async fn metrics(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(app.metrics.text())
}

/// Says where to click.
async fn greet(app: &App, shown: &[demo::Shown]) -> Result<(), Refusal> {
    let url = &app.public_url;
    let first = elevator::Entity::find().order_by_asc(elevator::Column::Id).one(&app.db).await?;
    println!();
    println!("  渝梯 Yuti {} · {} · {}", env!("CARGO_PKG_VERSION"), app.profile.name_zh, app.profile.name_en);
    println!("  portal         {url}/");
    if let Some(first) = first {
        println!("  an elevator    {url}/e/{}", yuti_portal::encoded(&first.code));
    }
    println!("  API            {url}/v1/elevators");
    println!("  documentation  {url}/docs/");
    println!("  health         {url}/readyz");
    println!();
    if !shown.is_empty() {
        println!("  demonstration accounts, shown this once:");
        for account in shown {
            let (zh, en) = (account.role.label(Language::Zh), account.role.label(Language::En));
            println!("    {:<17}{}   {zh} · {en}", account.login, *account.password);
        }
        println!();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machine_is_loopback() {
        for url in
            ["http://127.0.0.1:8080", "http://localhost:8080/lifts", "https://[::1]:8443", "http://127.9.9.9"]
        {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "https://yuti.example",
            "http://0.0.0.0:8080",
            "http://localhost.example",
            "http://10.0.0.1",
            "http://[::]:80",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
