//! What follows from facts about accounts: names to sign in with, who belongs where, how long sessions last, when an account
//! sleeps, how long a failed attempt waits. Pure: settings and the present instant are arguments.

use chrono::{Duration, NaiveDate};
use unicode_normalization::UnicodeNormalization as _;
use yuti_entity::{Timestamp, account, authority, session};
use yuti_openapi::vocabulary::{AccountState, AuthorityLevel, Role};

use crate::config::{AccountsConfig, DelayConfig, SpanConfig};
use crate::http::failure::Words;

/// The shortest and the longest log-in.
pub const LOGIN_LENGTH: std::ops::RangeInclusive<usize> = 3..=64;
/// What the log-in of an account begins with whose holder was erased. Nobody else's does.
pub const FORMER: &str = "former-";
/// The longest name of a person.
pub const LONGEST_NAME: usize = 60;

/// The form in which log-ins are kept and compared: full-width letters are plain ones, capitals are small.
#[must_use]
pub fn plain_login(typed: &str) -> String {
    typed.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// A log-in that can be given to an account, in its plain form. Letters of other scripts that look like Latin ones are not
/// taken, so that no two log-ins look the same.
#[must_use]
pub fn new_login(typed: &str) -> Option<String> {
    let login = plain_login(typed);
    let inside = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@' | '\u{4e00}'..='\u{9fff}')
    };
    let begins = login.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii());
    let fits = LOGIN_LENGTH.contains(&login.chars().count()) && login.chars().all(inside) && begins;
    (fits && !login.starts_with(FORMER)).then_some(login)
}

/// What an account of a role belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// To a bureau of one of these levels.
    Bureau(&'static [AuthorityLevel]),
    /// To the service itself: a bureau may be named.
    Service,
    /// To a unit.
    Unit,
    /// To a unit, for another one.
    Delegate,
}

/// What an account of the role belongs to. The city bureau has a role of its own, so that nobody decides there by a right that
/// was meant for a district.
#[must_use]
pub fn belongs(role: Role) -> Belongs {
    use AuthorityLevel::{City, District, Zone};
    match role {
        Role::Reader => Belongs::Bureau(&[City, District, Zone]),
        Role::Officer | Role::Decider => Belongs::Bureau(&[District, Zone]),
        Role::CityBureau => Belongs::Bureau(&[City]),
        Role::Administrator => Belongs::Service,
        Role::UnitOwner | Role::UnitMember => Belongs::Unit,
        Role::UnitDelegate => Belongs::Delegate,
    }
}

/// Whether the role is one of a unit.
#[must_use]
pub fn of_unit(role: Role) -> bool {
    matches!(belongs(role), Belongs::Unit | Belongs::Delegate)
}

/// To what somebody wants an account to belong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a> {
    /// The bureau.
    pub bureau: Option<&'a authority::Model>,
    /// The unit for which it acts.
    pub unit: Option<i64>,
    /// The unit of a delegate.
    pub home: Option<i64>,
}

/// Why an account of a role cannot belong there: the field at fault, a code, and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misplaced {
    /// The field.
    pub field: &'static str,
    /// What is wrong, as a code.
    pub code: &'static str,
    /// What is wrong.
    pub words: Words,
}

/// Whether an account of the role can belong there on a day.
///
/// # Errors
/// The first thing that does not fit.
pub fn place(role: Role, place: Place<'_>, today: NaiveDate) -> Result<(), Misplaced> {
    let wrong = |field, code, zh: &str, en: &str| Err(Misplaced { field, code, words: Words::new(zh, en) });
    let belongs = belongs(role);
    match (belongs, place.bureau) {
        (Belongs::Bureau(_), None) => {
            return wrong("authority", "missing", "这个角色要选一个局。", "This role belongs to a bureau.");
        }
        (Belongs::Bureau(levels), Some(bureau)) if !levels.contains(&bureau.level) => {
            return wrong(
                "authority",
                "not_fitting",
                "这个角色不属于这一级的局。",
                "This role does not belong to a bureau of this level.",
            );
        }
        (Belongs::Unit | Belongs::Delegate, Some(_)) => {
            return wrong(
                "authority",
                "not_fitting",
                "单位的账号不属于任何局。",
                "An account of a unit belongs to no bureau.",
            );
        }
        (Belongs::Bureau(_) | Belongs::Service, Some(bureau)) => {
            let begun = bureau.valid_from.is_none_or(|first| first <= today);
            if !begun || bureau.valid_to.is_some_and(|last| last < today) {
                return wrong(
                    "authority",
                    "not_fitting",
                    "这个局现在不存在。",
                    "This bureau does not exist today.",
                );
            }
        }
        (Belongs::Service | Belongs::Unit | Belongs::Delegate, None) => {}
    }
    match (belongs, place.unit, place.home) {
        (Belongs::Bureau(_) | Belongs::Service, None, None) | (Belongs::Unit, Some(_), None) => Ok(()),
        (Belongs::Delegate, Some(unit), Some(home)) if unit != home => Ok(()),
        (Belongs::Unit | Belongs::Delegate, None, _) => {
            wrong("unit", "missing", "这个角色要写明单位。", "This role belongs to a unit.")
        }
        (Belongs::Delegate, Some(_), None) => wrong(
            "home_unit",
            "missing",
            "受托代理人要写明自己的单位。",
            "A delegate has a unit of their own; name it.",
        ),
        (Belongs::Delegate, Some(_), Some(_)) => wrong(
            "home_unit",
            "not_fitting",
            "受托代理人自己的单位不能就是委托的单位。",
            "A delegate's own unit is another one than that for which they act.",
        ),
        (Belongs::Bureau(_) | Belongs::Service, Some(_), _) => {
            wrong("unit", "not_fitting", "这个角色不属于单位。", "This role belongs to no unit.")
        }
        (_, _, Some(_)) => wrong(
            "home_unit",
            "not_fitting",
            "只有受托代理人另有自己的单位。",
            "Only a delegate has another unit of their own.",
        ),
    }
}

/// How long sessions and accounts of a role last.
#[must_use]
pub fn span(role: Role, settings: &AccountsConfig) -> SpanConfig {
    if of_unit(role) { settings.units } else { settings.officers }
}

/// Whether the account must have a second factor. Demonstration accounts are used at once, by whoever started the service, and
/// need none.
#[must_use]
pub fn second_factor_required(account: &account::Model, settings: &AccountsConfig) -> bool {
    settings.second_factor_roles.contains(&account.role) && !account.demonstration
}

/// What is still to be done before a session is good for anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Whole,
    /// The code of the second factor.
    SecondFactorDue,
    /// A new password.
    PasswordDue,
    /// A second factor must be set up.
    EnrolmentDue,
}

/// What a session is good for. `None`: nothing any more.
#[must_use]
pub fn standing(
    account: &account::Model,
    session: &session::Model,
    settings: &AccountsConfig,
    now: Timestamp,
) -> Option<Standing> {
    let ended = session.ended_at.is_some()
        || account.state != AccountState::Active
        || session.password_version != account.password_version
        || now >= session.expires_at
        || now - session.last_seen_at >= idle(account.role, settings);
    if ended {
        return None;
    }
    Some(if session.second_factor_due {
        Standing::SecondFactorDue
    } else if account.must_change {
        Standing::PasswordDue
    } else if account.totp_secret.is_none() && second_factor_required(account, settings) {
        Standing::EnrolmentDue
    } else {
        Standing::Whole
    })
}

/// How long a session lasts without use.
#[must_use]
pub fn idle(role: Role, settings: &AccountsConfig) -> Duration {
    Duration::minutes(span(role, settings).idle_minutes.into())
}

/// When a session that begins now ends at the latest. Before the second factor it is a short one.
#[must_use]
pub fn session_end(
    role: Role,
    second_factor_due: bool,
    settings: &AccountsConfig,
    now: Timestamp,
) -> Timestamp {
    now + match second_factor_due {
        true => Duration::minutes(settings.second_factor_minutes.into()),
        false => Duration::hours(span(role, settings).hours.into()),
    }
}

/// The instant at or before which accounts must have been used last to fall asleep now.
#[must_use]
pub fn sleeps_before(span: SpanConfig, now: Timestamp) -> Timestamp {
    now - Duration::days(span.dormant_days.into())
}

/// Whether nobody has used the account for so long that it falls asleep. Demonstration accounts do not.
#[must_use]
pub fn sleeps(account: &account::Model, settings: &AccountsConfig, now: Timestamp) -> bool {
    let last = account.last_signed_in_at.map_or(account.active_since, |at| at.max(account.active_since));
    account.state == AccountState::Active
        && !account.demonstration
        && last <= sleeps_before(span(account.role, settings), now)
}

/// From where an attempt is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From one known device or one network.
    One,
    /// From all unknown devices together.
    All,
}

/// How long after so many failures nothing is tried. It grows to a bound and never to a lock: a stranger who keeps failing on
/// purpose must not be able to keep somebody out.
#[must_use]
pub fn wait_after(failures: u32, origin: Origin, settings: DelayConfig) -> Duration {
    let free = match origin {
        Origin::One => settings.free,
        Origin::All => settings.free_all,
    };
    let Some(beyond) = failures.checked_sub(free) else { return Duration::zero() };
    let seconds = 1_i64.checked_shl(beyond.min(40)).unwrap_or(i64::MAX);
    Duration::seconds(seconds.min(settings.longest_seconds.into()))
}

/// Whether failures are counted anew because it was quiet for long enough.
#[must_use]
pub fn forgotten(last_at: Timestamp, settings: DelayConfig, now: Timestamp) -> bool {
    now - last_at >= Duration::minutes(settings.quiet_minutes.into())
}

/// The way a session was made, told to its holder: the family of browser and system, nothing that tells two machines apart.
#[must_use]
pub fn client(user_agent: &str) -> String {
    let first = |known: &[(&'static str, &'static str)]| {
        known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("MicroMessenger/", "WeChat"),
        ("Edg", "Edge"),
        ("HuaweiBrowser/", "Huawei Browser"),
        ("MiuiBrowser/", "Mi Browser"),
        ("UCBrowser/", "UC Browser"),
        ("QQBrowser/", "QQ Browser"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("HarmonyOS", "HarmonyOS"),
        ("OpenHarmony", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

/// Where somebody is led after signing in: a path of this service, and nothing that a browser could read as another host.
#[must_use]
pub fn next_page(asked: &str) -> Option<&str> {
    let rest = asked.strip_prefix('/')?;
    let plain =
        asked.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'#'));
    let own = !rest.starts_with('/') && asked.len() <= 2_000 && plain;
    own.then_some(asked)
}
