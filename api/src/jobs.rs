//! Background work of one copy: numbering the feed, entering what the day's change brings, sealing the audit trail, erasing what
//! is no longer to be kept, writing the use of keys, forgetting whole quotas, keeping limits together with other copies.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use tokio::task::JoinHandle;
use tracing::{error, info};
use yuti_entity::{Timestamp, annotation, elevator, setting};
use yuti_openapi::vocabulary::{ChangeKind, ChangeReason};

use crate::access::accounts::upkeep;
use crate::access::keys::usage;
use crate::audit::sealer;
use crate::files::sweep;
use crate::http::failure::Failure;
use crate::opendata::feed::{self, Entry};
use crate::state::App;
use crate::vault::retention::{self, Parts};
use crate::{db, settings, vault};

/// How long a committed change waits for its number at most.
const SEQUENCE: Duration = Duration::from_millis(200);
/// How often the day is looked at.
const DAY: Duration = Duration::from_millis(if cfg!(feature = "driven-clock") { 200 } else { 5_000 });
/// How often whole quotas are forgotten.
const TIDY: Duration = Duration::from_secs(60);
/// How long an entry of the audit trail waits for its seal at most.
const SEAL: Duration = Duration::from_secs(1);
/// How long the sealer pauses where much waits.
const BREATH: Duration = Duration::from_millis(50);
/// How long the sealer waits between tries that fail.
const SEAL_PATIENCE: Duration = Duration::from_secs(if cfg!(feature = "driven-clock") { 2 } else { 30 });
/// Lapsed elevators entered at a time.
const LAPSES: u64 = 5_000;

/// How often it is asked which accounts sleep and which failures are forgotten, by the service's own clock.
const UPKEEP: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

/// Starts the work. It ends when the handles are aborted.
pub fn start(app: &Arc<App>) -> Vec<JoinHandle<()>> {
    vec![
        tokio::spawn(sequencing(Arc::clone(app))),
        tokio::spawn(days(Arc::clone(app))),
        tokio::spawn(tidying(Arc::clone(app))),
        tokio::spawn(accounts(Arc::clone(app))),
        tokio::spawn(keys(Arc::clone(app))),
        tokio::spawn(usage(Arc::clone(app))),
        tokio::spawn(erasing(Arc::clone(app))),
        tokio::spawn(sealing(Arc::clone(app))),
        tokio::spawn(sweeping(Arc::clone(app))),
        tokio::spawn(sharing(Arc::clone(app))),
    ]
}

async fn sequencing(app: Arc<App>) {
    loop {
        let _ = tokio::time::timeout(SEQUENCE, app.committed.notified()).await;
        let outcome = async {
            let given = feed::sequence(&app.db).await?;
            if given > 0 {
                app.metrics.sequenced(given, feed::last(&app.db).await?);
            }
            Ok::<(), DbErr>(())
        };
        note(&app, "sequencer", outcome.await);
    }
}

async fn days(app: Arc<App>) {
    loop {
        let outcome = roll(&app.db, app.today(), app.now()).await;
        if let Ok(entered) = &outcome
            && *entered > 0
        {
            info!(entered, "the day changed: what it changed was entered into the feed");
            app.committed.notify_one();
        }
        note(&app, "day roll", outcome.map(|_| ()));
        tokio::time::sleep(DAY).await;
    }
}

async fn tidying(app: Arc<App>) {
    loop {
        tokio::time::sleep(TIDY).await;
        app.limits.tidy();
    }
}

async fn accounts(app: Arc<App>) {
    let mut last = None;
    loop {
        let now = app.now();
        if last.is_none_or(|last| now - last >= UPKEEP) {
            match upkeep::run(&app.accounts).await {
                Ok(done) if done.asleep > 0 => {
                    info!(accounts = done.asleep, "accounts that nobody uses fell asleep");
                }
                Ok(_) => {}
                Err(refused) => {
                    app.metrics.job_failed();
                    let cause = Failure::from(refused).cause.map(|cause| cause.to_string());
                    error!(job = "accounts", ?cause, "background work failed; it is tried again");
                }
            }
            last = Some(now);
        }
        tokio::time::sleep(DAY).await;
    }
}

/// A key that `yuti vault rotate` adds must be in use before the old one can be retired.
async fn keys(app: Arc<App>) {
    loop {
        tokio::time::sleep(vault::RELOAD).await;
        app.vault.reload();
    }
}

/// What keys were used for is written now and then.
async fn usage(app: Arc<App>) {
    loop {
        tokio::time::sleep(usage::WRITE).await;
        note(&app, "use of keys", app.keys.usage.write(&app.db, app.now()).await);
    }
}

/// Once a day what is no longer to be kept goes.
async fn erasing(app: Arc<App>) {
    let parts = Parts { db: &app.db, vault: &app.vault, profile: &app.profile, clock: &app.clock };
    loop {
        let outcome = retention::daily(parts).await;
        if let Ok(Some(counts)) = &outcome {
            let erased: u64 = counts.values().sum();
            info!(erased, "what is no longer to be kept was erased");
        }
        note(&app, "retention", outcome.map(|_| ()));
        tokio::time::sleep(DAY).await;
    }
}

/// Once a day what the store of files holds too much goes.
async fn sweeping(app: Arc<App>) {
    loop {
        let outcome = sweep::daily(&app.files, &app.db, app.today(), app.now()).await;
        if let Ok(Some(swept)) = &outcome {
            info!(orphans = swept.orphans, erased = swept.erased, "the store of files was swept");
        }
        let cause = |failure: Failure| {
            failure.cause.map_or_else(|| failure.code.code().to_owned(), |cause| cause.to_string())
        };
        let broken = outcome.is_err();
        note(&app, "files", outcome.map(|_| ()).map_err(cause));
        tokio::time::sleep(if broken { SEAL_PATIENCE } else { DAY }).await;
    }
}

async fn sealing(app: Arc<App>) {
    let mut pause = SEAL;
    loop {
        let outcome = sealer::seal(&app.db, &app.log, app.now()).await;
        if let Ok(sealed) = outcome {
            app.metrics.sealed(sealed);
            pause = SEAL;
            if sealed == sealer::BATCH {
                // Whoever writes gets a turn between two batches.
                tokio::time::sleep(BREATH).await;
                continue;
            }
        } else {
            // A key that is not there does not come within a second.
            pause = (pause * 2).min(SEAL_PATIENCE);
        }
        note(&app, "sealer", outcome.map(|_| ()));
        tokio::time::sleep(pause).await;
    }
}

async fn sharing(app: Arc<App>) {
    app.limits.share().await;
}

fn note<E: std::fmt::Display>(app: &App, job: &str, outcome: Result<(), E>) {
    if let Err(cause) = outcome {
        app.metrics.job_failed();
        error!(job, %cause, "background work failed; it is tried again");
    }
}

/// Elevators about which something else is true since a day than before, with no new fact: the inspection's last day is over,
/// a mark's first day has come or its last is over.
fn turned(rolled: NaiveDate, today: NaiveDate) -> Condition {
    use annotation::Column as Mark;
    let begun = Condition::all().add(Mark::ValidFrom.gt(rolled)).add(Mark::ValidFrom.lte(today));
    let ended = Condition::all().add(Mark::ValidTo.gte(rolled)).add(Mark::ValidTo.lt(today));
    let marked = Query::select()
        .column(Mark::ElevatorId)
        .from(annotation::Entity)
        .and_where(Mark::SupersededAt.is_null())
        .cond_where(Condition::any().add(begun).add(ended))
        .take();
    let until = elevator::Column::InspectionValidUntil;
    Condition::any()
        .add(Condition::all().add(until.gte(rolled)).add(until.lt(today)))
        .add(elevator::Column::Id.in_subquery(marked))
}

/// Enters into the feed what changed by the mere passing of time since the last day that was entered: see `turned`. However many copies run, each change is entered once. Returns how many were.
///
/// # Errors
/// Whatever the database refuses.
pub async fn roll(database: &DatabaseConnection, today: NaiveDate, at: Timestamp) -> Result<u64, DbErr> {
    let Some(known) = settings::get(database, settings::DAY_ROLLED).await? else {
        settings::set(database, settings::DAY_ROLLED, &today.to_string(), at).await?;
        return Ok(0);
    };
    let rolled: NaiveDate = known
        .parse()
        .map_err(|_| DbErr::Custom(format!("the setting {} is no day: {known}", settings::DAY_ROLLED)))?;
    if rolled >= today {
        return Ok(0);
    }
    let txn = db::begin(database).await?;
    // Whoever moves the day does the work; another copy waits here and then finds that the day has been moved.
    let moved = setting::Entity::update_many()
        .col_expr(setting::Column::Value, Expr::value(today.to_string()))
        .filter(setting::Column::Key.eq(settings::DAY_ROLLED))
        .filter(setting::Column::Value.eq(known))
        .exec(&txn)
        .await?;
    if moved.rows_affected == 0 {
        txn.rollback().await?;
        return Ok(0);
    }
    let mut entered = 0;
    let mut last = 0;
    loop {
        let lapsed: Vec<(i64, String, i32)> = elevator::Entity::find()
            .select_only()
            .columns([elevator::Column::Id, elevator::Column::Code, elevator::Column::Version])
            .filter(turned(rolled, today))
            .filter(elevator::Column::Id.gt(last))
            .order_by_asc(elevator::Column::Id)
            .limit(LAPSES)
            .into_tuple()
            .all(&txn)
            .await?;
        let Some((id, _, _)) = lapsed.last() else { break };
        last = *id;
        entered += lapsed.len() as u64;
        let entries = lapsed.into_iter().map(|(id, code, version)| {
            Entry::elevator(id, &code, ChangeKind::Updated, ChangeReason::ValidityEnded, version)
        });
        feed::append(&txn, at, entries.collect()).await?;
    }
    txn.commit().await?;
    Ok(entered)
}
