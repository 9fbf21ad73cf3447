//! A key as its holder sees it: its use, and what can be done with it.

use chrono::{DateTime, FixedOffset, Utc};
use leptos::prelude::*;
use yuti_openapi::vocabulary::LimitPolicy;
use yuti_openapi::wire::{ApiKey, KeyRaise, KeySecret, QuotaState};

use crate::components::{Field, Filled, Kind, Look, Particular, Particulars, form, problems, section};
use crate::document::{Document, Layout, Opening, Rendered};
use crate::frame::Frame;
use crate::style::Part;
use crate::text::Text;
use crate::words::Words;

/// The page `/keys/mine`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyKeyPage {
    /// The key itself, which its holder just typed: it goes with each form of the page.
    pub key: String,
    /// What is known about it.
    pub api_key: ApiKey,
    /// The longest time for which a replaced key holds, in minutes.
    pub overlap_minutes: u32,
    /// The form that came back, if one did.
    pub filled: Filled,
    /// Whether a wish has just arrived.
    pub asked: bool,
    /// The token by which a form that is sent twice is known.
    pub once: String,
    /// How far the city's clocks are from UTC.
    pub offset: FixedOffset,
}

impl MyKeyPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        Document {
            title: words.page_title(match self.filled.is_refused() {
                true => words.form_title(words.keys_mine()),
                false => words.keys_mine().to_owned(),
            }),
            layout: Layout::Column,
            parts: &[Part::Core, Part::Forms, Part::Desk],
            opening: Opening::Line,
            canonical: None,
            data: None,
        }
        .render(frame, || self.main(frame))
    }

    fn facts(&self) -> KeyFacts<'_> {
        KeyFacts { api_key: &self.api_key, offset: self.offset }
    }

    fn main(&self, frame: &Frame) -> impl IntoView + use<> {
        let (words, facts) = (frame.words(), self.facts());
        let asked = self.asked.then(|| view! { <p class="told" role="status">{words.keys_raise_done()}</p> });
        let (daily, burst) = self.raise_labels(words);
        let fields = [
            ("daily", daily.as_str()),
            ("burst", burst.as_str()),
            ("reason", words.keys_raise_reason()),
            ("overlap_minutes", words.keys_rotate_overlap()),
        ];
        view! {
            <div class="subject"><p>{words.keys_mine()}</p><h1>{Text::given(words, &self.api_key.name).view()}</h1></div>
            {problems(words, "act", &fields, &self.filled)}
            {asked}
            <Particulars rows=facts.rows(words)/>
            {section("quotas", words.keys_quotas(), view! { <Particulars rows=facts.quotas(words)/> })}
            {section("usage", words.keys_usage(), facts.usage(frame))}
            {section("rotate", words.keys_rotate(), self.rotate(frame))}
            {section("raise", words.keys_raise(), self.raise(frame))}
            {section("revoke", words.keys_revoke(), view! {
                <p>{words.keys_revoke_lead()}</p>
                {self.form(frame, "revoke", words.keys_revoke_button(), ().into_any())}
            })}
        }
    }

    fn rotate(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let choice = overlap(words, self.overlap_minutes).view(&self.filled);
        view! {
            <p>{words.keys_rotate_lead()}</p>
            {self.form(frame, "rotate", words.keys_rotate_button(), choice)}
        }
    }

    /// The labels of the fields by which more is asked for: they say what there is.
    fn raise_labels(&self, words: Words) -> (String, String) {
        let quota = |policy: LimitPolicy| {
            let state = self.api_key.quotas.iter().find(|state| state.policy == policy);
            state.map_or((String::new(), 0), |state| (words.count(state.quota.into()), state.window_seconds))
        };
        let ((burst, window), (daily, _)) = (quota(LimitPolicy::Burst), quota(LimitPolicy::Daily));
        (words.keys_raise_daily(daily), words.keys_raise_burst(burst, window))
    }

    fn raise(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let last = self.api_key.raise.as_ref().map(|raise| self.facts().last_raise(words, raise));
        let (daily, burst) = self.raise_labels(words);
        let reason = Field { kind: Kind::Lines, ..Field::line("act", "reason", words.keys_raise_reason()) };
        let fields = view! {
            {Field::line("act", "daily", daily).view(&self.filled)}
            {Field::line("act", "burst", burst).view(&self.filled)}
            {reason.view(&self.filled)}
        };
        view! {
            <p>{words.keys_raise_lead()}</p>
            {last}
            {self.form(frame, "raise", words.keys_raise_button(), fields.into_any())}
        }
    }

    /// A form of this page: each carries the key, because nobody is signed in.
    fn form(&self, frame: &Frame, act: &'static str, button: &'static str, inside: AnyView) -> AnyView {
        let hidden = [("act", act.to_owned()), ("key", self.key.clone()), ("once", self.once.clone())];
        form(frame.link("/keys/mine"), None, &hidden, inside, button, Look::Quiet)
    }
}

/// The choice of how long a replaced key holds.
pub(super) fn overlap(words: Words, longest_minutes: u32) -> Field {
    let mut choices = vec![(String::new(), words.keys_rotate_longest(longest_minutes / 60))];
    if longest_minutes > 60 {
        choices.push(("60".to_owned(), words.keys_rotate_hour().to_owned()));
    }
    choices.push(("0".to_owned(), words.keys_rotate_now().to_owned()));
    Field {
        kind: Kind::Choice(choices),
        ..Field::line("act", "overlap_minutes", words.keys_rotate_overlap())
    }
}

/// What is known of a key, as every page about one shows it.
pub(super) struct KeyFacts<'a> {
    /// The key.
    pub(super) api_key: &'a ApiKey,
    /// How far the city's clocks are from UTC.
    pub(super) offset: FixedOffset,
}

impl KeyFacts<'_> {
    fn day(&self, words: Words, at: DateTime<Utc>) -> String {
        words.full_date(at.with_timezone(&self.offset).date_naive())
    }

    pub(super) fn rows(&self, words: Words) -> Vec<Particular> {
        let key = self.api_key;
        let mut rows = vec![
            Particular::new(words.keys_number(), key.id.clone()),
            Particular::new(words.keys_made(), self.day(words, key.created_at)),
        ];
        rows.extend(key.contact.clone().map(|contact| Particular::new(words.keys_contact_row(), contact)));
        if let Some(unit) = &key.organisation {
            rows.push(Particular::new(key.kind.label(words.0), words.keys_of_system(&unit.name)));
            let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.label(words.0)).collect();
            rows.push(Particular::new(words.keys_scopes(), scopes.join(words.0.pick("、", ", "))));
        }
        rows.extend(key.expires_at.map(|end| Particular::new(words.keys_expires(), self.day(words, end))));
        let secret = |secret: &KeySecret| match secret.valid_until {
            None => words.keys_secret_newest(self.day(words, secret.created_at), &secret.prefix),
            Some(until) => words.keys_secret_until(
                &secret.prefix,
                words.instant(until.with_timezone(&self.offset).naive_local()),
            ),
        };
        rows.extend(key.secrets.iter().map(|one| Particular::new(words.keys_secrets(), secret(one))));
        rows
    }

    pub(super) fn quotas(&self, words: Words) -> Vec<Particular> {
        let row = |state: &QuotaState| {
            let (left, quota) = (words.count(state.remaining.into()), words.count(state.quota.into()));
            let value = match state.window_seconds {
                86_400 => words.keys_quota_left_day(left, quota),
                3_600 => words.keys_quota_left_hour(left, quota),
                window => words.keys_quota_left(left, quota, words.count(window.into())),
            };
            Particular::new(state.policy.label(words.0), value)
        };
        self.api_key.quotas.iter().map(row).collect()
    }

    pub(super) fn usage(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        let days = &self.api_key.usage;
        if days.is_empty() {
            return view! { <p>{words.keys_usage_none()}</p> }.into_any();
        }
        let sum = |of: fn(&yuti_openapi::wire::KeyUsage) -> u64| words.count(days.iter().map(of).sum());
        let lead =
            words.keys_usage_lead(sum(|day| day.calls), words.instant(frame.as_of), sum(|day| day.refused));
        let rows = days
            .iter()
            .map(|day| {
                view! {
                    <tr><th scope="row"><time>{words.compared_date(day.day)}</time></th><td data-name=words.keys_usage_calls()>{words.count(day.calls)}</td><td data-name=words.keys_usage_refused()>{words.count(day.refused)}</td></tr>
                }
            })
            .collect_view();
        view! {
            <p>{lead}</p>
            <table class="table">
                <thead><tr><th scope="col">{words.keys_usage_day()}</th><th scope="col">{words.keys_usage_calls()}</th><th scope="col">{words.keys_usage_refused()}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    }

    pub(super) fn last_raise(&self, words: Words, raise: &KeyRaise) -> AnyView {
        let wished = [
            raise.daily.map(|number| words.keys_raise_wish_daily(words.count(number.into()))),
            raise.burst.map(|number| words.keys_raise_wish_burst(words.count(number.into()))),
            Some(words.keys_raise_asked(self.day(words, raise.asked_at))),
            raise.decided_at.map(|at| words.keys_raise_decided(self.day(words, at))),
        ];
        let wished: Vec<String> = wished.into_iter().flatten().collect();
        let answer = raise.answer.clone().map(|answer| view! { <p>{Text::given(words, &answer).view()}</p> });
        view! {
            <p><b>{words.keys_raise_last(raise.state.label(words.0))}</b></p>
            <p class="small">{wished.join(" · ")}</p>
            {answer}
        }
        .into_any()
    }
}
