//! What is sent about keys, by programs and by forms alike.

use chrono::TimeDelta;
use yuti_entity::api_key;

use super::rules;
use crate::config::LimitsConfig;
use crate::http::failure::{BadValue, Place, Words};
use crate::http::fields::{Fields, FromFields};

/// What a key is made of.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// The holder's address.
    pub contact: Option<String>,
}

impl FromFields for NewKey {
    fn from_fields(fields: &mut Fields) -> Self {
        let name = fields.required("name", |fields| fields.text("name", rules::LONGEST_NAME));
        let contact = fields.text("contact", rules::LONGEST_CONTACT);
        if contact.as_deref().is_some_and(|contact| !rules::is_address(contact)) {
            fields.refuse(
                "contact",
                "malformed",
                "要写一个电子邮箱，例如 dev@example.org；也可以不填。",
                "One e-mail address, such as dev@example.org; or leave it out.",
            );
        }
        Self { name: name.unwrap_or_default(), contact }
    }
}

/// How a key is to be replaced.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// How long the old one holds, if its holder wishes less than the policy allows.
    pub overlap_minutes: Option<i64>,
}

impl FromFields for Rotation {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { overlap_minutes: fields.number("overlap_minutes", 0, i64::from(u32::MAX)) }
    }
}

impl Rotation {
    /// How long the old key holds.
    ///
    /// # Errors
    /// Longer than the policy allows.
    pub fn overlap(self, longest: TimeDelta) -> Result<TimeDelta, BadValue> {
        let most = longest.num_minutes();
        match self.overlap_minutes {
            None => Ok(longest),
            Some(minutes) if minutes <= most => Ok(TimeDelta::minutes(minutes)),
            Some(_) => Err(bad(
                "overlap_minutes",
                Words::new(format!("要填 0 到 {most} 的整数。"), format!("A whole number from 0 to {most}.")),
            )),
        }
    }
}

/// What a holder wants instead of the usual quotas.
#[derive(Clone, Debug)]
pub struct Raise {
    /// In the short window.
    pub burst: Option<u32>,
    /// In a day.
    pub daily: Option<u32>,
    /// What for.
    pub reason: String,
}

impl FromFields for Raise {
    fn from_fields(fields: &mut Fields) -> Self {
        let number = |number: i64| u32::try_from(number).ok();
        let burst = fields.number("burst", 1, rules::HIGHEST_BURST).and_then(number);
        let daily = fields.number("daily", 1, rules::HIGHEST_DAILY).and_then(number);
        let reason = fields.required("reason", |fields| fields.lines("reason", rules::LONGEST_REASON));
        Self { burst, daily, reason: reason.unwrap_or_default() }
    }
}

impl Raise {
    /// What cannot be wished for: nothing at all, and what the key has already.
    #[must_use]
    pub fn flaws(&self, key: &api_key::Model, limits: &LimitsConfig) -> Vec<BadValue> {
        if self.burst.is_none() && self.daily.is_none() {
            return vec![bad(
                "daily",
                Words::new(
                    "写明要多少：daily（每天）、burst（短时），或者两个都写。",
                    "Say how much: `daily`, `burst` (the short window), or both.",
                ),
            )];
        }
        let (burst, daily) = rules::quotas(key, limits);
        let low = |field, wished: Option<u32>, has: u32| {
            wished.filter(|wished| *wished <= has).map(|_| {
                bad(
                    field,
                    Words::new(
                        format!("现在已经有 {has}，要更多才用申请。"),
                        format!("It is {has} already; ask for more."),
                    ),
                )
            })
        };
        [low("burst", self.burst, burst), low("daily", self.daily, daily)].into_iter().flatten().collect()
    }
}

fn bad(field: &str, detail: Words) -> BadValue {
    BadValue { place: Place::Pointer(format!("#/{field}")), code: "out_of_range", detail }
}
