//! Passwords changed and recovered, and links that hold once.

use yuti_openapi::vocabulary::LinkPurpose;

use super::super::rules::Standing;
use super::*;

on_both!(
    changing_the_password_ends_every_other_session,
    a_password_that_somebody_else_thought_of_must_be_changed_first,
    a_link_holds_once_and_looking_at_it_uses_nothing_up,
    a_link_ends_nothing_until_it_is_used,
    a_link_leaves_the_second_factor_unless_it_says_otherwise,
    a_link_lets_in_whoever_is_being_kept_out,
);

const ADMIN: Actor = Actor::Account { id: 999, role: Role::Administrator };

async fn changing_the_password_ends_every_other_session(backend: Backend) {
    let world = World::open(backend).await;
    let at = visitor(None, "a");
    let person = world.person("wang.fang", Role::Officer).await;
    let here = attempt(&world.accounts, "wang.fang", PASSWORD, at).await.unwrap();
    let there = attempt(&world.accounts, "wang.fang", PASSWORD, at).await.unwrap();
    let who = holder(&world.accounts, &here.token).await.unwrap();
    let change =
        async |old, new| acts::change_password(&world.accounts, &who, who.actor().into(), old, new, at).await;
    assert_eq!(flaws(change(OTHER, "a third good one").await), [("password", "wrong")]);
    assert_eq!(flaws(change(PASSWORD, PASSWORD).await), [("new_password", "unchanged")]);
    assert_eq!(flaws(change(PASSWORD, "short").await), [("new_password", "too_short")]);
    assert_eq!(flaws(change(PASSWORD, "wang.fang 2026!").await), [("new_password", "like_login")]);
    assert!(holder(&world.accounts, &there.token).await.is_some());
    let link = acts::issue_link(&world.accounts, ADMIN.into(), person.id, false).await.unwrap();
    let entered = change(PASSWORD, OTHER).await.unwrap();
    for ended in [&here.token, &there.token] {
        assert!(holder(&world.accounts, ended).await.is_none());
    }
    assert_eq!(holder(&world.accounts, &entered.token).await.unwrap().standing, Standing::Whole);
    assert!(acts::look_at_link(&world.accounts, &link.token).await.is_err());
    assert!(attempt(&world.accounts, "wang.fang", PASSWORD, at).await.is_err());
    attempt(&world.accounts, "wang.fang", OTHER, at).await.unwrap();
    // Whoever read the account before the change cannot change it once more.
    let stale =
        acts::change_password(&world.accounts, &who, who.actor().into(), PASSWORD, "a third good one", at)
            .await;
    assert!(matches!(stale, Err(Refused::Changed)), "{stale:?}");
    world.close().await;
}

async fn a_password_that_somebody_else_thought_of_must_be_changed_first(backend: Backend) {
    let world = World::open(backend).await;
    let at = visitor(None, "a");
    let new = New {
        login: "admin",
        name: "王芳",
        role: Role::Administrator,
        authority: None,
        unit: None,
        home_unit: None,
        demonstration: false,
    };
    let weak =
        acts::create_with_password(&world.accounts, Actor::Operator.into(), new, "admin123456789").await;
    assert_eq!(flaws(weak), [("password", "like_login")]);
    acts::create_with_password(&world.accounts, Actor::Operator.into(), new, PASSWORD).await.unwrap();
    let entered = attempt(&world.accounts, "admin", PASSWORD, at).await.unwrap();
    assert_eq!(entered.standing, Standing::PasswordDue);
    let who = holder(&world.accounts, &entered.token).await.unwrap();
    let early = acts::begin_enrolment(&world.accounts, &who, who.actor().into(), None, "渝梯", at).await;
    assert!(matches!(early, Err(Refused::NotSignedIn)));
    let changed =
        acts::change_password(&world.accounts, &who, who.actor().into(), PASSWORD, OTHER, at).await.unwrap();
    assert_eq!(changed.standing, Standing::EnrolmentDue, "an administrator then sets up the second factor");
    world.close().await;
}

async fn a_link_holds_once_and_looking_at_it_uses_nothing_up(backend: Backend) {
    let world = World::open(backend).await;
    let at = visitor(None, "a");
    let person = world.person("wang.fang", Role::Officer).await;
    let first = acts::issue_link(&world.accounts, ADMIN.into(), person.id, false).await.unwrap();
    let second = acts::issue_link(&world.accounts, ADMIN.into(), person.id, false).await.unwrap();
    assert_eq!((second.purpose, second.expires_at), (LinkPurpose::Recovery, noon() + Duration::hours(24)));
    assert!(second.path().ends_with(second.token.reveal()));
    let over = acts::look_at_link(&world.accounts, &first.token).await;
    assert!(matches!(over, Err(Refused::LinkOver)), "a newer one took its place");
    for _ in 0..3 {
        let seen = acts::look_at_link(&world.accounts, &second.token).await.unwrap();
        assert_eq!(seen.login, "wang.fang");
    }
    let weak = acts::use_link(&world.accounts, &second.token, "123456789012", at).await;
    assert_eq!(flaws(weak), [("new_password", "too_common")]);
    let late = world.after(Duration::hours(24));
    assert!(matches!(acts::use_link(&late, &second.token, OTHER, at).await, Err(Refused::LinkOver)));
    let (a, b) = tokio::join!(
        acts::use_link(&world.accounts, &second.token, OTHER, at),
        acts::use_link(&world.accounts, &second.token, "a third good one", at),
    );
    assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1, "{a:?} {b:?}");
    assert!(acts::look_at_link(&world.accounts, &second.token).await.is_err());
    assert!(matches!(
        acts::use_link(&world.accounts, &Token::random(), OTHER, at).await,
        Err(Refused::LinkOver)
    ));
    // An account that is off is opened by no link, and gets none.
    let third = acts::issue_link(&world.accounts, ADMIN.into(), person.id, false).await.unwrap();
    acts::switch_off(&world.accounts, ADMIN.into(), person.id, None, "离职").await.unwrap();
    assert!(matches!(acts::use_link(&world.accounts, &third.token, OTHER, at).await, Err(Refused::LinkOver)));
    let none = acts::issue_link(&world.accounts, ADMIN.into(), person.id, false).await;
    assert!(matches!(none, Err(Refused::Conflict(_))));
    let nobody = acts::issue_link(&world.accounts, ADMIN.into(), person.id + 1, false).await;
    assert!(matches!(nobody, Err(Refused::NotThere)));
    world.close().await;
}

async fn a_link_ends_nothing_until_it_is_used(backend: Backend) {
    let world = World::open(backend).await;
    let at = visitor(None, "a");
    let person = world.person("wang.fang", Role::Officer).await;
    let before = attempt(&world.accounts, "wang.fang", PASSWORD, at).await.unwrap();
    let link = acts::issue_link(&world.accounts, ADMIN.into(), person.id, false).await.unwrap();
    assert!(holder(&world.accounts, &before.token).await.is_some());
    attempt(&world.accounts, "wang.fang", PASSWORD, at).await.unwrap();
    let entered = acts::use_link(&world.accounts, &link.token, OTHER, at).await.unwrap();
    assert!(holder(&world.accounts, &before.token).await.is_none());
    assert!(attempt(&world.accounts, "wang.fang", PASSWORD, at).await.is_err());
    assert_eq!(holder(&world.accounts, &entered.token).await.unwrap().login(), "wang.fang");
    world.close().await;
}

async fn a_link_leaves_the_second_factor_unless_it_says_otherwise(backend: Backend) {
    let world = World::open(backend).await;
    let at = visitor(None, "a");
    let person = world.person("wang.fang", Role::Decider).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, at).await.unwrap();
    world.enrol(&holder(&world.accounts, &entered.token).await.unwrap()).await;
    let link = acts::issue_link(&world.accounts, ADMIN.into(), person.id, false).await.unwrap();
    let half = acts::use_link(&world.accounts, &link.token, OTHER, at).await.unwrap();
    assert_eq!(half.standing, Standing::SecondFactorDue);
    let link = acts::issue_link(&world.accounts, Actor::Operator.into(), person.id, true).await.unwrap();
    assert!(world.account(person.id).await.totp_secret.is_some(), "not before it is used");
    assert!(acts::look_at_link(&world.accounts, &link.token).await.unwrap().clears_second_factor);
    let bare = acts::use_link(&world.accounts, &link.token, PASSWORD, at).await.unwrap();
    assert_eq!(bare.standing, Standing::EnrolmentDue);
    assert_eq!(store::codes_left(&world.accounts.db, person.id).await.unwrap(), 0);
    world.close().await;
}

async fn a_link_lets_in_whoever_is_being_kept_out(backend: Backend) {
    let world = World::open(backend).await;
    let person = world.person("wang.fang", Role::Officer).await;
    // Strangers from everywhere, who never stop.
    let fail = async |from: u32| {
        for number in from..from + 55 {
            let network = format!("network {number}");
            let _ = attempt(&world.accounts, "wang.fang", OTHER, visitor(None, &network)).await;
        }
    };
    fail(0).await;
    let kept_out = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "holder")).await;
    assert!(waits(&kept_out).is_some());
    let link = acts::issue_link(&world.accounts, ADMIN.into(), person.id, false).await.unwrap();
    let entered = acts::use_link(&world.accounts, &link.token, OTHER, visitor(None, "holder")).await.unwrap();
    let (device, _) = entered.device.unwrap();
    fail(100).await;
    attempt(&world.accounts, "wang.fang", OTHER, visitor(Some(&device), "holder")).await.unwrap();
    world.close().await;
}
