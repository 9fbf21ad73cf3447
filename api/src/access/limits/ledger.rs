//! What this copy has admitted and the shared limiter does not know yet. Pure: no clock, no Redis.

use std::collections::HashMap;
use std::sync::Arc;

use governor::nanos::Nanos;
use yuti_openapi::vocabulary::LimitPolicy;

use super::local::Gate;
use super::policy::{Charge, Subject};

/// How much of a quota a copy may admit before the shared limiter knows of it: a twentieth. Quotas below that are asked for call
/// by call.
pub(super) const CREDIT: u32 = 20;

/// What is reported of one subject of one policy, and asked for it. All in microseconds.
pub(super) struct Item {
    pub(super) gate: Arc<Gate>,
    pub(super) subject: Subject,
    pub(super) charged: u64,
    /// How long ago the first of it was admitted.
    pub(super) age: u64,
    pub(super) asked: u64,
}

struct Account {
    gate: Arc<Gate>,
    /// Admitted and not yet reported.
    unsent: u64,
    /// Reported, with no answer yet.
    sent: u64,
    /// When the first of what is unsent was admitted.
    since: Nanos,
}

/// Everybody with something that is not known yet. Nobody else is in it.
#[derive(Default)]
pub(super) struct Ledger {
    accounts: HashMap<(LimitPolicy, Subject), Account>,
}

impl Ledger {
    /// Notes what was admitted, or nothing and `false` where that would be more than the credit.
    pub(super) fn note(&mut self, charges: &[Charge], now: Nanos) -> bool {
        let covered = charges.iter().all(|charge| {
            let known = self.accounts.get(&(charge.gate.policy, charge.subject));
            let open = known.map_or(0, |account| account.unsent + account.sent);
            open + charge.gate.weight(charge.cost) <= charge.gate.weight(charge.gate.quota.quota / CREDIT)
        });
        if covered {
            self.note_anyway(charges, now);
        }
        covered
    }

    /// Notes what was admitted, however much.
    pub(super) fn note_anyway(&mut self, charges: &[Charge], now: Nanos) {
        for charge in charges {
            let account = self.account(charge);
            if account.unsent == 0 {
                account.since = now;
            }
            // More than a whole quota says no more than a whole quota does.
            let most = charge.gate.tolerance();
            account.unsent = (account.unsent + charge.gate.weight(charge.cost)).min(most);
        }
    }

    fn account(&mut self, charge: &Charge) -> &mut Account {
        let key = (charge.gate.policy, charge.subject);
        let account = self.accounts.entry(key).or_insert_with(|| Account {
            gate: Arc::clone(&charge.gate),
            unsent: 0,
            sent: 0,
            since: Nanos::new(0),
        });
        if !Arc::ptr_eq(&account.gate, &charge.gate) {
            // The holder's quota was raised, or is the usual one again.
            account.gate = Arc::clone(&charge.gate);
        }
        account
    }

    /// What is to be asked with these charges, and on the way what was not yet reported of the same subjects.
    pub(super) fn asking(&mut self, charges: &[Charge], now: Nanos) -> Vec<Item> {
        let item = |charge: &Charge| {
            let asked = charge.gate.weight(charge.cost);
            let account = self.account(charge);
            Item { asked, ..account.send(charge.subject, now) }
        };
        charges.iter().map(item).collect()
    }

    /// Some of what is to be reported. Empty where everything is.
    pub(super) fn reporting(&mut self, most: usize, now: Nanos) -> Vec<Item> {
        let unsent = self.accounts.iter_mut().filter(|(_, account)| account.unsent > 0);
        unsent.take(most).map(|((_, subject), account)| account.send(*subject, now)).collect()
    }

    /// The answer to an item is there, or will never be. Gives what has come to be unsent in the meantime.
    pub(super) fn landed(&mut self, item: &Item) -> u64 {
        let key = (item.gate.policy, item.subject);
        let Some(account) = self.accounts.get_mut(&key) else { return 0 };
        account.sent = account.sent.saturating_sub(item.charged);
        let unsent = account.unsent;
        if account.sent == 0 && unsent == 0 {
            self.accounts.remove(&key);
        }
        unsent
    }

    /// Forgets what time has repaid: while the shared limiter is away, nobody else could learn of it, and memory must not grow.
    pub(super) fn tidy(&mut self, now: Nanos) {
        self.accounts.retain(|_, account| {
            let repaid = account.since.as_u64().saturating_add(account.unsent.saturating_mul(1_000));
            account.sent > 0 || repaid > now.as_u64()
        });
        self.accounts.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.accounts.len()
    }
}

impl Account {
    fn send(&mut self, subject: Subject, now: Nanos) -> Item {
        let charged = std::mem::take(&mut self.unsent);
        self.sent += charged;
        let age = now.saturating_sub(self.since).as_u64().div_ceil(1_000);
        Item { gate: Arc::clone(&self.gate), subject, charged, age, asked: 0 }
    }
}
