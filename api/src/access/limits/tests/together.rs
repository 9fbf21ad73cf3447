//! Copies together, on one Redis.

use std::sync::Arc;

use super::rule::Time;
use super::*;
use crate::testing::own_redis;

/// Numbers that only look random, so that a run that fails can be played again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// One copy on Redis admits exactly what a copy without it does.
#[tokio::test]
async fn one_copy_admits_exactly_the_quota() {
    for (quota, reports) in [(100, true), (100, false), (5, false), (40, true), (1, false)] {
        let copy = Copy::on(&own_redis().await, &[("burst", quota, 86_400)]).await;
        for left in (0..quota).rev() {
            assert!(copy.passes(&client(1), Class::Lookup).await, "{quota}: {left} left");
            assert_eq!(copy.left(&client(1)).await, left);
            if reports {
                copy.shared().report().await;
                assert_eq!(
                    copy.left(&client(1)).await,
                    left,
                    "a report changes nothing for whoever is alone"
                );
            }
        }
        assert!(!copy.passes(&client(1), Class::Lookup).await);
    }
}

/// What one copy has admitted the other knows when both have reported, and says so in what is left.
#[tokio::test]
async fn copies_know_of_each_other() {
    let copies = copies(&own_redis().await, 2, &[("burst", 100, 86_400)]).await;
    for _ in 0..4 {
        assert!(copies[0].passes(&client(1), Class::Lookup).await);
    }
    assert_eq!(copies[1].left(&client(1)).await, 100, "not reported yet");
    copies[0].shared().report().await;
    assert!(copies[1].passes(&client(1), Class::Lookup).await);
    copies[1].shared().report().await;
    assert_eq!(copies[1].left(&client(1)).await, 95);
    assert_eq!((copies[0].shared().unknown(), copies[1].shared().unknown()), (0, 0));
}

/// However calls and reports fall: all copies together admit the quota, and at most a twentieth of it more for each copy.
#[tokio::test]
async fn together_they_admit_the_quota_and_at_most_a_block_for_each() {
    let mut over = 0;
    for seed in 1..=25 {
        let mut dice = Dice(seed * 0x9E37_79B9);
        let (number, quota) = (2 + dice.below(4), [19, 20, 40, 100, 200][dice.below(5) as usize]);
        let copies = copies(&own_redis().await, number as usize, &[("burst", quota, 864_000)]).await;
        let often = 2 + dice.below(12);
        let (mut passed, mut refused) = (0, 0);
        while refused < 60 {
            let copy = &copies[dice.below(number) as usize];
            if dice.below(often) == 0 {
                copy.shared().report().await;
            } else if copy.passes(&client(1), Class::Lookup).await {
                passed += 1;
            } else {
                refused += 1;
            }
        }
        let block = quota / 20;
        let most = quota + number as u32 * block;
        assert!((quota..=most).contains(&passed), "{number} copies, {quota}: {passed} passed (seed {seed})");
        over += u32::from(passed > quota);
    }
    assert!(over > 3, "the copies were never ahead of each other, so nothing was tested: {over}");
}

/// What was admitted over the quota counts for later: in no window more than twice the quota and a block for each copy pass, and
/// over long not more than the advertised rate.
#[tokio::test]
async fn what_was_too_much_counts_for_later() {
    for seed in 1..=3 {
        let mut dice = Dice(seed * 0x51_7CC1);
        let (number, quota, window) = (3, 40, 40_000);
        let url = own_redis().await;
        let copies = copies(&url, number as usize, &[("burst", quota, window)]).await;
        let mut time = Time::of(&url).await;
        let (mut passed, mut now) = (Vec::new(), 0);
        while now < u64::from(window) * 4 {
            for _ in 0..12 {
                let copy = &copies[dice.below(number) as usize];
                match dice.below(4) {
                    0 => copy.shared().report().await,
                    _ if copy.passes(&client(1), Class::Lookup).await => passed.push(now),
                    _ => {}
                }
            }
            let step = dice.below(4_000);
            now += step;
            time.goes_by(Duration::from_secs(step)).await;
            copies.iter().for_each(|copy| copy.clock.advance(Duration::from_secs(step)));
        }
        let within =
            |from: u64| passed.iter().filter(|at| **at >= from && **at < from + u64::from(window)).count();
        let most = passed.iter().map(|from| within(*from)).max().unwrap();
        let blocks = (number as u32 * (quota / 20)) as usize;
        assert!(most <= 2 * quota as usize + blocks, "{most} in a window (seed {seed})");
        let refilled = (now * u64::from(quota) / u64::from(window)) as usize;
        assert!(
            passed.len() <= quota as usize + refilled + blocks,
            "{} passed in {now} s (seed {seed})",
            passed.len()
        );
        assert!(
            passed.len() >= refilled,
            "nobody gets less than the rate: {} in {now} s (seed {seed})",
            passed.len()
        );
    }
}

/// Quotas too small to have twentieths are exact over all copies: log-in, keys, complaints.
#[tokio::test]
async fn strict_quotas_are_exact_over_all_copies() {
    let named = [
        ("log_in", 7, 86_400),
        ("key_creation", 5, 86_400),
        ("complaint", 19, 86_400),
        ("log_in_name", 4, 86_400),
    ];
    let copies = copies(&own_redis().await, 3, &named).await;
    for (class, quota) in [(Class::LogIn, 7), (Class::KeyCreation, 5), (Class::Complaint, 19)] {
        let mut passed = 0;
        for attempt in 0..60 {
            passed += u32::from(copies[attempt % 3].passes(&client(1), class).await);
        }
        assert_eq!(passed, quota, "{class:?}");
    }
    let mut tried = 0;
    for attempt in 0..30 {
        tried += u32::from(copies[attempt % 3].limits.take_name("cao.min").await.refused_by.is_none());
    }
    assert_eq!(tried, 4);
}

/// A refusal of Redis takes nothing, names the quota, and tells how long to wait as the other copies' calls have it.
#[tokio::test]
async fn a_refusal_by_redis_takes_nothing() {
    let copies = copies(&own_redis().await, 2, &[("burst", 10, 36_000), ("daily", 1_000, 86_400)]).await;
    for _ in 0..9 {
        assert!(copies[0].passes(&client(1), Class::Lookup).await);
    }
    copies[0].shared().report().await;
    let refused = copies[1].limits.take(&client(1), Class::List, false).await;
    assert_eq!(refused.refused_by, Some(LimitPolicy::Burst));
    assert_eq!((refused.states[0].remaining, refused.states[1].remaining), (1, 991), "{refused:?}");
    assert!((3_595..=3_600).contains(&refused.retry_after().unwrap()), "{refused:?}");
    assert!(copies[1].passes(&client(1), Class::Lookup).await, "one is left");
    assert!(!copies[0].passes(&client(1), Class::Lookup).await);
}

/// What Redis refuses is given back to the gate: what is cheap enough still passes.
#[tokio::test]
async fn what_redis_refuses_is_given_back() {
    let copies = copies(&own_redis().await, 2, &[("burst", 10, 36_000)]).await;
    for _ in 0..4 {
        assert!(copies[0].passes(&client(1), Class::List).await);
    }
    assert!(copies[1].passes(&client(1), Class::Lookup).await);
    // The gate would admit two more: it knows of eight. Redis knows of nine.
    assert!(!copies[0].passes(&client(1), Class::List).await);
    assert_eq!(copies[0].left(&client(1)).await, 1);
    assert!(copies[0].passes(&client(1), Class::Lookup).await);
    assert_eq!(copies[0].left(&client(1)).await, 0);
}

/// Ten thousand callers at once, by three copies: none is counted for another, and Redis has counted every call.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_callers_are_counted_right() {
    let named = [("burst", 40, 864_000), ("daily", 1_000, 864_000), ("complaint", 2, 864_000)];
    let url = own_redis().await;
    let copies: Vec<Arc<Copy>> = copies(&url, 3, &named).await.into_iter().map(Arc::new).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for copy in &copies {
        for part in 0..20u32 {
            let copy = Arc::clone(copy);
            tasks.spawn(async move {
                for number in (0..10_000).filter(|number| number % 20 == part) {
                    // As many as their number says, so that a mix-up shows.
                    for _ in 0..number % 3 {
                        assert!(copy.passes(&client(number), Class::Lookup).await);
                    }
                    if number % 100 == 0 {
                        copy.shared().report().await;
                    }
                }
            });
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    for copy in &copies {
        copy.shared().report().await;
        assert_eq!(copy.shared().unknown(), 0);
        assert_eq!(copy.metrics.fallback.get(), 0, "Redis was there all the time");
    }
    let fresh = Copy::on(&url, &named).await;
    for number in 0..10_000 {
        assert!(fresh.passes(&client(number), Class::List).await);
        if number % 128 == 127 || number == 9_999 {
            fresh.shared().report().await;
        }
    }
    for number in 0..10_000 {
        assert_eq!(fresh.left(&client(number)).await, 40 - 3 * (number % 3) - 2, "caller {number}");
    }
    // Call by call as well: three copies ask at once for two that there are.
    let mut tasks = tokio::task::JoinSet::new();
    for copy in &copies {
        for part in 0..10u32 {
            let copy = Arc::clone(copy);
            tasks.spawn(async move {
                let mut passed = Vec::new();
                for number in (0..10_000).filter(|number| number % 10 == part) {
                    if copy.passes(&client(number), Class::Complaint).await {
                        passed.push(number as usize);
                    }
                }
                passed
            });
        }
    }
    let mut passed = vec![0; 10_000];
    while let Some(some) = tasks.join_next().await {
        some.unwrap().into_iter().for_each(|number| passed[number] += 1);
    }
    assert!(passed.iter().all(|passed| *passed == 2));
}

/// Whoever hangs up while Redis is asked leaves nothing behind that would count for ever.
#[tokio::test]
async fn hanging_up_while_waiting_leaves_nothing_open() {
    let copy = Copy::on(&own_redis().await, &[("complaint", 5, 86_400)]).await;
    let caller = client(1);
    {
        let mut call = Box::pin(copy.limits.take(&caller, Class::Complaint, false));
        let polled = futures_util::poll!(call.as_mut());
        assert!(polled.is_pending(), "it waits for Redis");
        assert_eq!(copy.shared().unknown(), 1);
    }
    assert_eq!(copy.shared().unknown(), 0);
    assert!(copy.passes(&caller, Class::Complaint).await);
}
