//! To sign in with a password: who is let in, what is told, and who waits.

use super::super::rules::Standing;
use super::*;
use crate::access::rights::Posted;

on_both!(
    a_new_account_is_opened_by_its_link_and_signed_in_to,
    an_unknown_log_in_is_told_and_costs_like_a_wrong_password,
    a_guesser_waits_ever_longer_and_never_for_ever,
    a_clock_that_was_ahead_keeps_nobody_out,
    a_stranger_delays_themselves_and_not_the_holder,
    many_networks_delay_new_devices_and_never_a_known_one,
    many_attempts_at_once_are_not_tried_for_the_price_of_one,
    a_session_that_was_planted_is_worth_nothing,
    a_digest_of_earlier_settings_is_made_anew,
    an_account_that_is_off_tells_so_only_to_its_holder,
    what_cannot_be_an_account_is_refused_at_once,
);

async fn a_new_account_is_opened_by_its_link_and_signed_in_to(backend: Backend) {
    let world = World::open(backend).await;
    let person = world.person("Wang.Fang", Role::Officer).await;
    assert_eq!((person.login.as_str(), person.district_code.as_deref()), ("wang.fang", Some("500108")));
    assert_eq!(store::name(&world.accounts.vault, &person), "王芳");
    assert!(!person.display_name.windows(3).any(|bytes| bytes == "王".as_bytes()));
    let entered =
        attempt(&world.accounts, " WANG.fang ", PASSWORD, visitor(None, "203.0.113.7")).await.unwrap();
    assert_eq!((entered.standing, entered.account), (Standing::Whole, person.id));
    assert_eq!(entered.expires_at, noon() + Duration::hours(12));
    assert!(entered.device.is_some());
    let who = holder(&world.accounts, &entered.token).await.unwrap();
    assert_eq!((who.id(), who.role(), who.authority_key()), (person.id, Role::Officer, Some("cq-500108")));
    assert_eq!(who.session.client, "Chrome · Windows");
    acts::sign_out(&world.accounts, &who, Posted::for_test()).await.unwrap();
    assert!(holder(&world.accounts, &entered.token).await.is_none());
    let acts = world.acts_on(person.id).await;
    assert_eq!(
        acts,
        ["account.create", "account.link", "account.link_use", "account.sign_in", "account.sessions"]
    );
    for entry in world.trail(person.id).await {
        for personal in ["wang", "王芳", "203.0.113", "Chrome", PASSWORD, entered.token.reveal()] {
            assert!(!entry.facts.contains(personal), "{} {}", entry.act, entry.facts);
        }
    }
    world.close().await;
}

async fn an_unknown_log_in_is_told_and_costs_like_a_wrong_password(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Officer).await;
    let mut told = Vec::new();
    for login in ["wang.fang", "nobody.here", "", "x'; drop table account; --"] {
        let before = world.digests.get();
        for round in 0..7 {
            let outcome = attempt(&world.accounts, login, OTHER, visitor(None, "a")).await;
            let said = outcome.unwrap_err().words();
            told.push((round, said, world.digests.get() - before));
        }
    }
    for (place, one) in told.iter().enumerate() {
        assert_eq!(*one, told[place % 7], "every log-in is answered alike");
    }
    assert_eq!(told[4].2, 5);
    assert_eq!(told[6].2, 5, "an attempt that must wait costs nothing");
    world.close().await;
}

async fn a_guesser_waits_ever_longer_and_never_for_ever(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Officer).await;
    let from = visitor(None, "203.0.113.7");
    let mut waited = Vec::new();
    let mut time = Duration::zero();
    while waited.len() < 40 {
        let outcome = attempt(&world.after(time), "wang.fang", OTHER, from).await;
        if let Some(seconds) = waits(&outcome) {
            let early = attempt(&world.after(time), "wang.fang", PASSWORD, from).await;
            assert_eq!(waits(&early), Some(seconds), "the right password waits too, or it would be told");
            waited.push(seconds);
            time += Duration::seconds(seconds.try_into().unwrap());
        }
    }
    assert_eq!(waited[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
    assert_eq!(waited.iter().max(), Some(&60));
    attempt(&world.after(time), "wang.fang", PASSWORD, from).await.unwrap();
    let outcome = attempt(&world.after(time), "wang.fang", OTHER, from).await;
    assert!(matches!(outcome, Err(Refused::NotRecognised)), "who succeeds begins anew");
    world.close().await;
}

async fn a_clock_that_was_ahead_keeps_nobody_out(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Officer).await;
    let ahead = world.after(Duration::days(30));
    for _ in 0..9 {
        let _ = attempt(&ahead, "wang.fang", OTHER, visitor(None, "a")).await;
    }
    assert!(waits(&attempt(&ahead, "wang.fang", PASSWORD, visitor(None, "a")).await).is_some());
    attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    world.close().await;
}

async fn a_stranger_delays_themselves_and_not_the_holder(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Officer).await;
    for _ in 0..20 {
        let _ = attempt(&world.accounts, "wang.fang", OTHER, visitor(None, "198.51.100.1")).await;
    }
    let stranger = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "198.51.100.1")).await;
    assert_eq!(waits(&stranger), Some(1));
    let holder = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "203.0.113.7")).await;
    holder.unwrap();
    let quiet = world.after(Duration::minutes(15));
    for _ in 0..5 {
        let outcome = attempt(&quiet, "wang.fang", OTHER, visitor(None, "198.51.100.1")).await;
        assert!(matches!(outcome, Err(Refused::NotRecognised)), "after a quiet while it is counted anew");
    }
    world.close().await;
}

async fn many_networks_delay_new_devices_and_never_a_known_one(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Officer).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "home")).await.unwrap();
    let (device, _) = entered.device.unwrap();
    for number in 0..60 {
        let network = format!("network {number}");
        let _ = attempt(&world.accounts, "wang.fang", OTHER, visitor(None, &network)).await;
    }
    let fresh = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "elsewhere")).await;
    assert!(waits(&fresh).is_some_and(|seconds| (1..=60).contains(&seconds)), "{fresh:?}");
    let known = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(Some(&device), "elsewhere")).await;
    let known = known.unwrap();
    assert!(known.device.is_none(), "it is known already");
    // The device of one account opens nothing at another.
    world.person("zhao.min", Role::Officer).await;
    for _ in 0..5 {
        let _ = attempt(&world.accounts, "zhao.min", OTHER, visitor(Some(&device), "x")).await;
    }
    let other = attempt(&world.accounts, "zhao.min", PASSWORD, visitor(Some(&device), "x")).await;
    assert_eq!(waits(&other), Some(1));
    // Nor does a device open a door to guessing.
    for _ in 0..5 {
        let wrong = attempt(&world.accounts, "wang.fang", OTHER, visitor(Some(&device), "y")).await;
        assert!(matches!(wrong, Err(Refused::NotRecognised)));
    }
    let guesser = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(Some(&device), "z")).await;
    assert_eq!(waits(&guesser), Some(1));
    world.close().await;
}

async fn many_attempts_at_once_are_not_tried_for_the_price_of_one(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Officer).await;
    let before = world.digests.get();
    let mut running = Vec::new();
    for _ in 0..20 {
        let accounts = world.accounts.clone();
        running.push(tokio::spawn(async move {
            attempt(&accounts, "wang.fang", OTHER, visitor(None, "203.0.113.7")).await
        }));
    }
    let mut tried = 0;
    for one in running {
        tried += u32::from(matches!(one.await.unwrap(), Err(Refused::NotRecognised)));
    }
    assert_eq!((tried, world.digests.get() - before), (5, 5));
    world.close().await;
}

async fn a_session_that_was_planted_is_worth_nothing(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Officer).await;
    // A session of the attacker's own, planted into the victim's browser before the victim signs in.
    world.person("mallory", Role::UnitMember).await;
    let planted = attempt(&world.accounts, "mallory", PASSWORD, visitor(None, "m")).await.unwrap();
    let what = SignIn { login: "wang.fang", password: PASSWORD, before: Some(&planted.token) };
    let entered = acts::sign_in(&world.accounts, what, visitor(None, "v")).await.unwrap();
    assert_ne!(entered.token.reveal(), planted.token.reveal());
    assert!(holder(&world.accounts, &planted.token).await.is_none());
    assert_eq!(holder(&world.accounts, &entered.token).await.unwrap().login(), "wang.fang");
    // A token that nobody gave out is nobody's.
    assert!(holder(&world.accounts, &Token::random()).await.is_none());
    world.close().await;
}

async fn a_digest_of_earlier_settings_is_made_anew(backend: Backend) {
    let world = World::open(backend).await;
    let person = world.person("wang.fang", Role::Officer).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    let mut settings = world.accounts.settings.hash;
    settings.passes = 2;
    let hasher = super::super::hashing::Hasher::new(settings, Counter::default()).unwrap();
    let dearer = Accounts { hasher, ..world.accounts.clone() };
    attempt(&dearer, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    let digest = world.account(person.id).await.password_hash.unwrap();
    assert!(digest.contains("m=64,t=2,p=1"), "{digest}");
    assert!(holder(&world.accounts, &entered.token).await.is_some(), "it is the same password");
    attempt(&dearer, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    world.close().await;
}

async fn an_account_that_is_off_tells_so_only_to_its_holder(backend: Backend) {
    let world = World::open(backend).await;
    let person = world.person("wang.fang", Role::Officer).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    let version = world.account(person.id).await.version;
    let admin = Actor::Account { id: 999, role: Role::Administrator };
    let itself = Actor::Account { id: person.id, role: Role::Officer };
    let stale = acts::switch_off(&world.accounts, admin.into(), person.id, Some(version - 1), "离职").await;
    assert!(matches!(stale, Err(Refused::Changed)));
    let unsaid = acts::switch_off(&world.accounts, admin.into(), person.id, Some(version), " ").await;
    assert_eq!(flaws(unsaid), [("reason", "missing")]);
    let own = acts::switch_off(&world.accounts, itself.into(), person.id, None, "x").await;
    assert!(matches!(own, Err(Refused::Conflict(_))));
    acts::switch_off(&world.accounts, admin.into(), person.id, Some(version), "离职").await.unwrap();
    assert!(holder(&world.accounts, &entered.token).await.is_none());
    let right = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await;
    assert!(matches!(right, Err(Refused::Off)), "{right:?}");
    let wrong = attempt(&world.accounts, "wang.fang", OTHER, visitor(None, "a")).await;
    assert!(matches!(wrong, Err(Refused::NotRecognised)), "{wrong:?}");
    let again = acts::switch_off(&world.accounts, admin.into(), person.id, None, "离职").await;
    assert!(matches!(again, Err(Refused::Conflict(_))));
    acts::wake(&world.accounts, admin.into(), person.id, None).await.unwrap();
    attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    let trail = world.trail(person.id).await;
    let off = trail.iter().find(|entry| entry.act == "account.switch_off").unwrap();
    assert_eq!((off.from_state.as_deref(), off.to_state.as_deref()), (Some("active"), Some("off")));
    assert!(!off.facts.contains("离职") && off.personal.is_some());
    world.close().await;
}

async fn what_cannot_be_an_account_is_refused_at_once(backend: Backend) {
    let world = World::open(backend).await;
    let unit = world.unit("91500108MA5QK0017P", false).await;
    let new = New {
        login: "a b",
        name: " ",
        role: Role::Officer,
        authority: Some("cq"),
        unit: None,
        home_unit: None,
        demonstration: false,
    };
    let create = async |new| acts::create(&world.accounts, Actor::Operator.into(), new).await;
    let expected = [("login", "malformed"), ("name", "missing"), ("authority", "not_fitting")];
    assert_eq!(flaws(create(new).await), expected);
    let officer = New { login: "li.qiang", name: "李强", authority: Some("cq-500108"), ..new };
    create(officer).await.unwrap();
    assert_eq!(flaws(create(officer).await), [("login", "taken")]);
    assert_eq!(flaws(create(New { login: "ＬＩ.Qiang", ..officer }).await), [("login", "taken")]);
    let elsewhere = New { login: "b.b", authority: Some("cq-1"), ..officer };
    assert_eq!(flaws(create(elsewhere).await), [("authority", "unknown")]);
    let nowhere =
        New { login: "c.c", role: Role::UnitOwner, authority: None, unit: Some(unit + 1), ..officer };
    assert_eq!(flaws(create(nowhere).await), [("unit", "unknown")]);
    let delegate =
        New { login: "d.d", role: Role::UnitDelegate, unit: Some(unit), home_unit: Some(unit), ..nowhere };
    assert_eq!(flaws(create(delegate).await), [("home_unit", "not_fitting")]);
    // What was refused left nothing behind.
    let rows = store::list(&world.accounts.db, &store::Filter::default()).await.unwrap();
    assert_eq!(rows.len(), 1);
    world.close().await;
}
