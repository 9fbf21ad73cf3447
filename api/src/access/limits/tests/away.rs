//! Copies when Redis goes away, is empty, spoilt or of no use.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::testing::own_redis;

/// A Redis that was emptied forgets, and nothing fails: the script is brought again, and a copy keeps what it knows itself.
#[tokio::test]
async fn an_emptied_redis_is_no_error() {
    let url = own_redis().await;
    let copies = copies(&url, 2, &[("complaint", 6, 86_400)]).await;
    for _ in 0..4 {
        assert!(copies[0].passes(&client(1), Class::Complaint).await);
    }
    let mut redis =
        redis::Client::open(url.as_str()).unwrap().get_multiplexed_async_connection().await.unwrap();
    redis::cmd("FLUSHDB").exec_async(&mut redis).await.unwrap();
    redis::cmd("SCRIPT").arg("FLUSH").exec_async(&mut redis).await.unwrap();
    let mut passed = 0;
    while copies[0].passes(&client(1), Class::Complaint).await {
        passed += 1;
    }
    assert_eq!(passed, 2, "this copy has admitted four and knows it");
    while copies[1].passes(&client(1), Class::Complaint).await {
        passed += 1;
    }
    assert_eq!(passed, 6, "the other one learns only of what came after");
    assert_eq!(copies[0].metrics.fallback.get() + copies[1].metrics.fallback.get(), 0);
}

/// A state that somebody spoilt is as good as none: the next call writes it anew.
#[tokio::test]
async fn a_spoilt_state_is_written_anew() {
    let url = own_redis().await;
    let copy = Copy::on(&url, &[("complaint", 2, 86_400)]).await;
    let mut redis =
        redis::Client::open(url.as_str()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let key = format!("yuti:limit:complaint:address:{}", address(1));
    redis::cmd("SET").arg(&key).arg("spoilt").exec_async(&mut redis).await.unwrap();
    assert!(copy.passes(&client(1), Class::Complaint).await);
    let repaid: u64 = redis::cmd("GET").arg(&key).query_async(&mut redis).await.unwrap();
    assert!(repaid > 1_000_000_000_000_000, "microseconds of our days, all digits of them: {repaid}");
    let kept: i64 = redis::cmd("PTTL").arg(&key).query_async(&mut redis).await.unwrap();
    assert!((43_199_000..=43_200_001).contains(&kept), "kept until it is repaid, and no longer: {kept} ms");
    assert_eq!((copy.metrics.fallback.get(), copy.metrics.up.get()), (0, 1));
}

/// A server that answers, but does not let itself be written to, is of no use, and is not taken for one that is.
#[tokio::test]
async fn a_server_that_refuses_to_write_is_not_used() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut bytes = vec![0; 65_536];
                while let Ok(length @ 1..) = stream.read(&mut bytes).await {
                    let said = String::from_utf8_lossy(&bytes[..length]).into_owned();
                    for command in said.split('*').skip(1) {
                        let answer = if command.contains("PING") { "+PONG\r\n" } else { "-READONLY no\r\n" };
                        stream.write_all(answer.as_bytes()).await.unwrap();
                    }
                }
            });
        }
    });
    let (limits, _) = driven(&[("complaint", 2, 86_400)]);
    let metrics = SharedLimits::default();
    let link = Link::new(&format!("redis://{address}")).unwrap();
    let limits = limits.shared(link.clone(), quotas(&[]).shared, metrics.clone());
    assert!(link.ping().await.is_ok(), "it answers");
    let refused = limits.shared.as_ref().unwrap().find().await.unwrap_err();
    assert!(refused.to_string().contains("ReadOnly"), "{refused}");
    assert_eq!(metrics.up.get(), 0);
    for left in [1, 0] {
        let verdict = limits.take(&client(1), Class::Complaint, false).await;
        assert_eq!((verdict.refused_by, verdict.states[0].remaining), (None, left));
    }
    let refused = limits.take(&client(1), Class::Complaint, false).await;
    assert_eq!(refused.refused_by, Some(LimitPolicy::Complaint), "never unlimited");
}

/// Without Redis a copy has the whole quota and not more; what it admitted is reported when Redis is there again.
#[tokio::test]
async fn without_redis_a_copy_goes_on_alone() {
    let url = own_redis().await;
    let copies = copies(&url, 2, &[("burst", 40, 864_000)]).await;
    let away = &copies[0];
    away.shared().up.store(false, Ordering::Relaxed);
    for _ in 0..40 {
        assert!(away.passes(&client(1), Class::Lookup).await);
    }
    assert!(!away.passes(&client(1), Class::Lookup).await, "never unlimited");
    assert_eq!(away.metrics.fallback.get(), 40, "what the gate refuses needs no Redis");
    away.shared().find().await.unwrap();
    away.shared().report().await;
    let mut passed = 0;
    while copies[1].passes(&client(1), Class::Lookup).await {
        passed += 1;
        copies[1].shared().report().await;
    }
    assert!(passed <= 2, "the other copy learns that nothing is left, but {passed} passed");
}

/// What time has repaid while Redis was away is forgotten, not kept until it comes back.
#[tokio::test]
async fn memory_is_bounded_while_redis_is_away() {
    let copy = Copy::on(&own_redis().await, &[("burst", 100, 100), ("daily", 100, 1_000)]).await;
    copy.shared().up.store(false, Ordering::Relaxed);
    for number in 0..10_000 {
        copy.passes(&client(number), Class::Lookup).await;
    }
    assert_eq!(copy.shared().unknown(), 20_000);
    copy.clock.advance(Duration::from_secs(2));
    copy.limits.tidy();
    assert_eq!(copy.shared().unknown(), 10_000, "the short window has repaid its one cell");
    copy.clock.advance(Duration::from_secs(20));
    copy.limits.tidy();
    assert_eq!((copy.shared().unknown(), copy.limits.policies.remembered()), (0, 0));
}

/// A Redis that nobody can reach costs no time once that is known, and one that comes back is found by itself.
#[tokio::test]
async fn redis_is_found_again_by_itself() {
    let url = own_redis().await;
    let copy = Arc::new(Copy::on(&url, &[("complaint", 5, 86_400)]).await);
    copy.shared().lost(&shared::Silence::Away);
    assert_eq!(copy.metrics.up.get(), 0);
    let running = tokio::spawn({
        let copy = Arc::clone(&copy);
        async move { copy.limits.share().await }
    });
    for _ in 0..500 {
        if copy.metrics.up.get() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(copy.metrics.up.get(), 1);
    copy.passes(&client(1), Class::Complaint).await;
    running.abort();
}
