//! One copy alone.

use super::*;
use crate::access::caller::{Holder, Raised};

fn key(id: i64, raised: Raised) -> Caller {
    client(1).with(Holder::Key { id, raised })
}

fn system(id: i64) -> Caller {
    client(1).with(Holder::System { id, raised: Raised::default() })
}

async fn passes(limits: &Limits, caller: &Caller, class: Class, export: bool) -> u32 {
    let mut passed = 0;
    while limits.take(caller, class, export).await.refused_by.is_none() {
        passed += 1;
        assert!(passed < 10_000, "{class:?} is never refused");
    }
    passed
}

/// For every policy, as configured for whoever it is about: what is advertised passes, and not one more.
#[tokio::test]
async fn exactly_the_advertised_number_of_each_policy_passes() {
    let named = [
        ("burst", 10, 36_000),
        ("daily", 1_000, 86_400),
        ("export", 2, 3_600),
        ("pages", 6, 3_600),
        ("key_burst", 30, 36_000),
        ("system_burst", 60, 36_000),
        ("log_in", 7, 900),
        ("log_in_name", 4, 900),
        ("key_creation", 3, 86_400),
        ("complaint", 5, 3_600),
        ("unit_request", 4, 86_400),
    ];
    let (limits, _) = driven(&named);
    let usual = Raised::default();
    for (caller, class, export, policy, quota, window) in [
        (client(1), Class::Lookup, false, LimitPolicy::Burst, 10, 36_000),
        (key(1, usual), Class::Lookup, false, LimitPolicy::Burst, 30, 36_000),
        (system(1), Class::Lookup, false, LimitPolicy::Burst, 60, 36_000),
        (client(1), Class::List, true, LimitPolicy::Export, 2, 3_600),
        (key(1, usual), Class::List, true, LimitPolicy::Export, 2, 3_600),
        (client(1), Class::Page, false, LimitPolicy::Pages, 6, 3_600),
        (client(1), Class::LogIn, false, LimitPolicy::LogIn, 7, 900),
        (client(1), Class::KeyCreation, false, LimitPolicy::KeyCreation, 3, 86_400),
        (client(1), Class::Complaint, false, LimitPolicy::Complaint, 5, 3_600),
        (client(1), Class::UnitRequest, false, LimitPolicy::UnitRequest, 4, 86_400),
    ] {
        let advertised = limits.take(&client(77), class, export).await;
        assert_eq!(advertised.states[0].policy, policy);
        assert_eq!(passes(&limits, &caller, class, export).await, quota, "{policy} of {caller:?}");
        let refused = limits.take(&caller, class, export).await;
        assert_eq!(refused.refused_by, Some(policy));
        let state = refused.states.iter().find(|state| state.policy == policy).unwrap();
        assert_eq!((state.quota, state.window_seconds, state.remaining), (quota, window, 0));
        assert_eq!(refused.retry_after(), Some(window.div_ceil(quota)));
    }
    let mut tried = 0;
    while limits.take_name("cao.min").await.refused_by.is_none() {
        tried += 1;
    }
    assert_eq!(tried, 4);
    assert_eq!(
        limits.take_name("cao.min").await.retry_after(),
        Some(225),
        "locked for minutes, not for ever"
    );
    assert_eq!(limits.take_name("cao.ming").await.refused_by, None, "other names are not touched");
}

/// Whoever gets in is counted by address, whatever key is shown: a new key brings no new attempts.
#[tokio::test]
async fn ways_in_are_counted_by_address() {
    let (limits, _) =
        driven(&[("key_creation", 3, 86_400), ("log_in", 3, 900), ("complaint", 3, 900), ("pages", 3, 60)]);
    for class in [Class::KeyCreation, Class::LogIn, Class::Complaint, Class::Page] {
        for id in 1..=3 {
            assert_eq!(limits.take(&key(id, Raised::default()), class, false).await.refused_by, None);
        }
        assert!(
            limits.take(&key(4, Raised::default()), class, false).await.refused_by.is_some(),
            "{class:?}"
        );
        assert!(limits.take(&client(1), class, false).await.refused_by.is_some(), "{class:?}");
        assert_eq!(limits.take(&client(2), class, false).await.refused_by, None, "{class:?}");
    }
}

/// A key is counted apart from the address that shows it, and a unit's system apart from a key of the same number.
#[tokio::test]
async fn a_key_has_its_own() {
    let (limits, _) = driven(&[("burst", 5, 36_000), ("key_burst", 9, 36_000), ("system_burst", 12, 36_000)]);
    let usual = Raised::default();
    assert_eq!(passes(&limits, &client(1), Class::Lookup, false).await, 5);
    assert_eq!(passes(&limits, &key(1, usual), Class::Lookup, false).await, 9);
    assert_eq!(passes(&limits, &key(2, usual), Class::Lookup, false).await, 9);
    assert_eq!(passes(&limits, &system(1), Class::Lookup, false).await, 12);
    let elsewhere = Caller::at(address(9)).with(Holder::Key { id: 1, raised: usual });
    assert_eq!(
        passes(&limits, &elsewhere, Class::Lookup, false).await,
        0,
        "a key is one caller wherever it calls from"
    );
}

/// A raised quota holds at once and for its key alone. What was used before stays used; less than usual is no raise.
#[tokio::test]
async fn a_quota_can_be_raised_while_it_is_in_use() {
    let (limits, clock) = driven(&[("key_burst", 10, 3_600), ("key_daily", 20, 86_400)]);
    assert_eq!(passes(&limits, &key(1, Raised::default()), Class::Lookup, false).await, 10);
    let more = Raised { burst: Some(100), daily: Some(1_000) };
    let verdict = limits.take(&key(1, more), Class::Lookup, false).await;
    assert_eq!(verdict.refused_by, Some(LimitPolicy::Burst), "the hour that was used up is used up");
    assert_eq!((verdict.states[0].quota, verdict.states[1].quota), (100, 1_000));
    clock.advance(Duration::from_secs(3_600));
    assert_eq!(passes(&limits, &key(1, more), Class::Lookup, false).await, 100);
    assert_eq!(passes(&limits, &key(2, Raised::default()), Class::Lookup, false).await, 10);
    let less = Raised { burst: Some(1), daily: None };
    assert_eq!(passes(&limits, &key(3, less), Class::Lookup, false).await, 10);
}

/// The bound of GCRA: a whole quota at once and what comes back in the window, so twice the quota over an edge; never more,
/// in whichever window and however the caller times it; and over long the advertised rate.
#[tokio::test]
async fn at_most_twice_the_quota_passes_in_a_window() {
    for (quota, window) in [(10, 10), (7, 60), (100, 10), (3, 86_400), (1, 5)] {
        let (limits, clock) = driven(&[("burst", quota, window)]);
        let step = Duration::from_secs(u64::from(window)) / (quota * 4 + 1);
        let mut passed = Vec::new();
        let mut now = Duration::ZERO;
        while now < Duration::from_secs(u64::from(window)) * 4 {
            while limits.take(&client(1), Class::Lookup, false).await.refused_by.is_none() {
                passed.push(now);
            }
            clock.advance(step);
            now += step;
        }
        let window_long = Duration::from_secs(u64::from(window));
        let most = passed
            .iter()
            .map(|from| passed.iter().filter(|at| **at >= *from && **at < *from + window_long).count())
            .max();
        assert!(most.unwrap() <= 2 * quota as usize, "{quota} in {window} s: {most:?} passed in one window");
        assert!(
            most.unwrap() >= 2 * quota as usize - 1,
            "{quota} in {window} s: the bound is reached, but {most:?}"
        );
        assert!(passed.len() <= 5 * quota as usize, "a burst and four windows' refill");
    }
}

/// Where a window does not divide by its quota, less comes back rather than more.
#[tokio::test]
async fn never_more_comes_back_than_is_advertised() {
    for (quota, window) in [(600_000, 1), (999_999, 1), (700_000, 3), (7, 60)] {
        let clock = FakeRelativeClock::default();
        let costs = CostsConfig { lookup: quota, list: quota };
        let limits = quotas(&[("burst", quota, window)]);
        let limits = Limits::begun(&limits, costs, Uptime::Driven(clock.clone()));
        assert_eq!(limits.take(&client(1), Class::Lookup, false).await.refused_by, None);
        clock.advance(Duration::from_millis(u64::from(window) * 500));
        let back = limits.look(&client(1), &[Class::Lookup])[0].remaining;
        assert!(back <= quota / 2, "{back} of {quota} came back in half of {window} s");
    }
}

/// Waiting as long as is told helps, to the second.
#[tokio::test]
async fn waiting_as_told_helps() {
    for (quota, window) in [(10, 10), (7, 60), (3, 86_400), (1_000_000, 86_400), (999, 31_536_000)] {
        let (limits, clock) = driven(&[("burst", quota, window), ("daily", 2_000_000, 86_400)]);
        let (limits, clock) = if quota > 1_000 { driven(&[("burst", 100, window)]) } else { (limits, clock) };
        passes(&limits, &client(1), Class::List, false).await;
        for _ in 0..20 {
            let refused = limits.take(&client(1), Class::List, false).await;
            clock.advance(Duration::from_secs(u64::from(refused.retry_after().unwrap())));
            assert_eq!(
                limits.take(&client(1), Class::List, false).await.refused_by,
                None,
                "{quota} in {window} s"
            );
            passes(&limits, &client(1), Class::List, false).await;
        }
    }
}

#[tokio::test]
async fn a_refused_call_takes_nothing() {
    let (limits, _) = driven(&[("burst", 10, 36_000), ("daily", 5, 86_400)]);
    for _ in 0..2 {
        assert_eq!(limits.take(&client(1), Class::List, false).await.refused_by, None);
    }
    for _ in 0..3 {
        let refused = limits.take(&client(1), Class::List, false).await;
        assert_eq!(refused.refused_by, Some(LimitPolicy::Daily));
        assert_eq!(
            (refused.states[0].remaining, refused.states[1].remaining),
            (6, 1),
            "burst gets back what daily refuses"
        );
    }
    assert_eq!(limits.take(&client(1), Class::Lookup, false).await.refused_by, None);
}

#[tokio::test]
async fn looking_takes_nothing() {
    let (limits, _) = driven(&[("burst", 5, 36_000), ("daily", 50, 864_000)]);
    let left = || limits.look(&client(1), &[Class::Lookup])[0].remaining;
    for _ in 0..100 {
        assert_eq!(left(), 5);
    }
    assert_eq!(limits.policies.remembered(), 0, "whoever only looks is not remembered");
    limits.take(&client(1), Class::Lookup, false).await;
    assert_eq!(left(), 4);
    passes(&limits, &client(1), Class::Lookup, false).await;
    assert_eq!(left(), 0);
}

#[tokio::test]
async fn what_is_looked_at_is_what_the_classes_take() {
    let (limits, _) = driven(&[]);
    let names = |classes: &[Class]| {
        limits.look(&client(1), classes).iter().map(|state| state.policy).collect::<Vec<_>>()
    };
    assert_eq!(names(&[Class::Free, Class::Lookup]), [LimitPolicy::Burst, LimitPolicy::Daily]);
    assert_eq!(names(&[Class::List]), [LimitPolicy::Burst, LimitPolicy::Daily, LimitPolicy::Export]);
    assert_eq!(names(&[Class::Always, Class::Page, Class::LogIn]), [LimitPolicy::Pages, LimitPolicy::LogIn]);
    assert_eq!(names(&Class::ALL).len(), 8, "all but what is counted by name");
}

#[tokio::test]
async fn the_elevator_page_is_never_refused_and_takes_nothing() {
    let (limits, _) = driven(&[("pages", 2, 3_600)]);
    for _ in 0..50 {
        assert_eq!(limits.take(&client(1), Class::Always, false).await.refused_by, None);
    }
    assert_eq!(passes(&limits, &client(1), Class::Page, false).await, 2);
    assert_eq!(limits.take(&client(1), Class::Always, false).await.refused_by, None);
}

#[tokio::test]
async fn a_household_of_ipv6_is_one_caller() {
    let (limits, _) = driven(&[("burst", 3, 36_000)]);
    let at = |text: &str| Caller::at(text.parse().unwrap());
    assert_eq!(passes(&limits, &at("2001:db8:1:2::1"), Class::Lookup, false).await, 3);
    assert_eq!(passes(&limits, &at("2001:db8:1:2:ffff::9"), Class::Lookup, false).await, 0);
    assert_eq!(passes(&limits, &at("2001:db8:1:3::1"), Class::Lookup, false).await, 3);
}

/// Ten thousand callers at once, from many threads: everybody gets exactly their own, and is forgotten when it is whole again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_callers_are_counted_apart_and_forgotten() {
    let (limits, clock) = driven(&[("burst", 5, 3_600), ("daily", 100, 86_400)]);
    let limits = std::sync::Arc::new(limits);
    let mut tasks = tokio::task::JoinSet::new();
    for part in 0..8u32 {
        let limits = std::sync::Arc::clone(&limits);
        // Each caller is asked for by two tasks at the same time.
        tasks.spawn(async move {
            let mut passed = vec![0u32; 10_000];
            for _ in 0..4 {
                for number in (0..10_000u32).filter(|number| number % 4 == part % 4) {
                    let verdict = limits.take(&client(number), Class::Lookup, false).await;
                    passed[number as usize] += u32::from(verdict.refused_by.is_none());
                }
            }
            passed
        });
    }
    let mut passed = vec![0; 10_000];
    while let Some(some) = tasks.join_next().await {
        passed.iter_mut().zip(some.unwrap()).for_each(|(all, some)| *all += some);
    }
    assert!(passed.iter().all(|passed| *passed == 5), "eight attempts each, five passed");
    assert_eq!(limits.policies.remembered(), 20_000);
    clock.advance(Duration::from_secs(3_601));
    limits.tidy();
    assert_eq!(limits.policies.remembered(), 10_000, "the hour is whole again, the day is not");
    clock.advance(Duration::from_secs(86_400));
    limits.tidy();
    assert_eq!(limits.policies.remembered(), 0);
}

#[tokio::test]
async fn headers_are_structured_lists() {
    let (limits, _) = driven(&[("burst", 100, 10), ("daily", 10_000, 86_400)]);
    let states = limits.take(&client(1), Class::List, false).await.states;
    assert_eq!(policy_header(&states), "\"burst\";q=100;w=10, \"daily\";q=10000;w=86400");
    assert_eq!(state_header(&states), "\"burst\";r=98;t=1, \"daily\";r=9998;t=9");
}
