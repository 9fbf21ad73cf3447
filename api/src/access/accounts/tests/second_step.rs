//! The second factor: asked for, taken once, replaced and taken off.

use super::super::rules::Standing;
use super::*;
use crate::access::rights::Posted;

on_both!(
    without_its_second_factor_a_decider_gets_no_further_than_setting_one_up,
    a_code_is_taken_once_also_by_two_at_a_time,
    recovery_codes_stand_in_once_each,
    wrong_codes_wait_and_a_known_device_does_not_wait_for_others,
    a_new_secret_counts_only_after_its_first_code,
    taking_it_off_needs_the_password_or_an_administrator,
    the_half_session_is_short_and_good_for_nothing_else,
);

fn code(secret: &[u8], after: Duration) -> String {
    totp::code_at(secret, (noon() + after).timestamp())
}

/// Somebody who has passed the password step.
async fn half(accounts: &Accounts, login: &str) -> SignedIn {
    let entered = attempt(accounts, login, PASSWORD, visitor(None, "a")).await.unwrap();
    assert_eq!(entered.standing, Standing::SecondFactorDue);
    assert!(entered.device.is_none(), "no device is known before the whole sign-in");
    holder(accounts, &entered.token).await.unwrap()
}

async fn without_its_second_factor_a_decider_gets_no_further_than_setting_one_up(backend: Backend) {
    let world = World::open(backend).await;
    let person = world.person("wang.fang", Role::Decider).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    assert_eq!(entered.standing, Standing::EnrolmentDue);
    let other = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "b")).await.unwrap();
    let who = holder(&world.accounts, &entered.token).await.unwrap();
    let (_, codes, whole) = world.enrol(&who).await;
    assert_eq!((whole.standing, codes.len()), (Standing::Whole, 10));
    assert_ne!(whole.token.reveal(), entered.token.reveal(), "more rights, another token");
    for ended in [&entered.token, &other.token] {
        assert!(holder(&world.accounts, ended).await.is_none());
    }
    let sealed = world.account(person.id).await.totp_secret.unwrap();
    let secret = world.accounts.vault.open(&store::totp_context(person.id), &sealed).unwrap();
    assert!(!sealed.windows(secret.len()).any(|bytes| bytes == secret.as_slice()));
    // An officer needs none.
    world.person("li.qiang", Role::Officer).await;
    let officer = attempt(&world.accounts, "li.qiang", PASSWORD, visitor(None, "a")).await.unwrap();
    assert_eq!(officer.standing, Standing::Whole);
    world.close().await;
}

async fn a_code_is_taken_once_also_by_two_at_a_time(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Decider).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    let (secret, _, _) = world.enrol(&holder(&world.accounts, &entered.token).await.unwrap()).await;
    // The code with which it was set up is used up, and so is the one before it.
    let at_once = half(&world.accounts, "wang.fang").await;
    for step in [Duration::zero(), Duration::seconds(-30)] {
        let used = acts::pass_second_factor(
            &world.accounts,
            &at_once,
            Posted::for_test(),
            &code(&secret, step),
            visitor(None, "a"),
        )
        .await;
        assert!(matches!(used, Err(Refused::WrongCode)), "{used:?}");
    }
    let later = world.after(Duration::minutes(2));
    let (one, two) = (half(&later, "wang.fang").await, half(&later, "wang.fang").await);
    let now = code(&secret, Duration::minutes(2));
    let (a, b) = tokio::join!(
        acts::pass_second_factor(&later, &one, Posted::for_test(), &now, visitor(None, "x")),
        acts::pass_second_factor(&later, &two, Posted::for_test(), &now, visitor(None, "y")),
    );
    let (passed, refused) = if a.is_ok() { (a, b) } else { (b, a) };
    assert!(matches!(refused, Err(Refused::WrongCode)), "{refused:?}");
    let passed = passed.unwrap();
    assert_eq!(passed.standing, Standing::Whole);
    assert!(holder(&later, &passed.token).await.unwrap().session.second_factor_at.is_some());
    assert!(passed.device.is_some());
    world.close().await;
}

async fn recovery_codes_stand_in_once_each(backend: Backend) {
    let world = World::open(backend).await;
    let person = world.person("wang.fang", Role::Decider).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    let (_, codes, _) = world.enrol(&holder(&world.accounts, &entered.token).await.unwrap()).await;
    let (one, two) = (half(&world.accounts, "wang.fang").await, half(&world.accounts, "wang.fang").await);
    let (a, b) = tokio::join!(
        acts::pass_second_factor(&world.accounts, &one, Posted::for_test(), &codes[0], visitor(None, "x")),
        acts::pass_second_factor(&world.accounts, &two, Posted::for_test(), &codes[0], visitor(None, "y")),
    );
    assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1, "{a:?} {b:?}");
    assert_eq!(store::codes_left(&world.accounts.db, person.id).await.unwrap(), 9);
    let typed = codes[1].to_lowercase().replace('-', " ");
    let three = half(&world.accounts, "wang.fang").await;
    let whole =
        acts::pass_second_factor(&world.accounts, &three, Posted::for_test(), &typed, visitor(None, "x"))
            .await
            .unwrap();
    // New ones make the old ones worthless.
    let who = holder(&world.accounts, &whole.token).await.unwrap();
    let wrong =
        acts::new_recovery_codes(&world.accounts, &who, who.actor().into(), OTHER, visitor(None, "x")).await;
    assert_eq!(flaws(wrong), [("password", "wrong")]);
    let fresh =
        acts::new_recovery_codes(&world.accounts, &who, who.actor().into(), PASSWORD, visitor(None, "x"))
            .await
            .unwrap();
    let four = half(&world.accounts, "wang.fang").await;
    let old =
        acts::pass_second_factor(&world.accounts, &four, Posted::for_test(), &codes[2], visitor(None, "x"))
            .await;
    assert!(matches!(old, Err(Refused::WrongCode)));
    acts::pass_second_factor(&world.accounts, &four, Posted::for_test(), &fresh[0], visitor(None, "x"))
        .await
        .unwrap();
    world.close().await;
}

async fn wrong_codes_wait_and_a_known_device_does_not_wait_for_others(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Decider).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    let (secret, codes, _) = world.enrol(&holder(&world.accounts, &entered.token).await.unwrap()).await;
    let first = half(&world.accounts, "wang.fang").await;
    let whole =
        acts::pass_second_factor(&world.accounts, &first, Posted::for_test(), &codes[0], visitor(None, "a"))
            .await
            .unwrap();
    let (device, _) = whole.device.unwrap();
    // Somebody who knows the password tries codes.
    let thief = half(&world.accounts, "wang.fang").await;
    for number in 0..5 {
        let guess = format!("{number:06}");
        let wrong =
            acts::pass_second_factor(&world.accounts, &thief, Posted::for_test(), &guess, visitor(None, "t"))
                .await;
        assert!(matches!(wrong, Err(Refused::WrongCode)));
    }
    let mut time = Duration::minutes(2);
    let mut longest = 0;
    for _ in 0..30 {
        let at = world.after(time);
        let thief = half(&at, "wang.fang").await;
        let tried =
            acts::pass_second_factor(&at, &thief, Posted::for_test(), "000000", visitor(None, "t")).await;
        if let Some(seconds) = waits(&tried) {
            longest = longest.max(seconds);
            time += Duration::seconds(seconds.try_into().unwrap());
        }
    }
    assert_eq!(longest, 900);
    let now = world.after(time - Duration::seconds(1));
    let stranger = half(&now, "wang.fang").await;
    let tried =
        acts::pass_second_factor(&now, &stranger, Posted::for_test(), "000000", visitor(None, "t")).await;
    assert_eq!(waits(&tried), Some(1));
    let owner = half(&now, "wang.fang").await;
    let right = code(&secret, time - Duration::seconds(1));
    acts::pass_second_factor(&now, &owner, Posted::for_test(), &right, visitor(Some(&device), "t"))
        .await
        .unwrap();
    world.close().await;
}

async fn a_new_secret_counts_only_after_its_first_code(backend: Backend) {
    let world = World::open(backend).await;
    world.person("wang.fang", Role::Officer).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, visitor(None, "a")).await.unwrap();
    let who = holder(&world.accounts, &entered.token).await.unwrap();
    let at = visitor(None, "a");
    let none = acts::confirm_enrolment(&world.accounts, &who, who.actor().into(), "123456", at).await;
    assert!(matches!(none, Err(Refused::Conflict(_))));
    let begun =
        acts::begin_enrolment(&world.accounts, &who, who.actor().into(), None, "渝梯", at).await.unwrap();
    assert!(begun.uri.contains("wang.fang"));
    // Left half-way it changes nothing.
    let again = attempt(&world.accounts, "wang.fang", PASSWORD, at).await.unwrap();
    assert_eq!(again.standing, Standing::Whole);
    let who = holder(&world.accounts, &again.token).await.unwrap();
    let waiting = acts::waiting_enrolment(&world.accounts, &who, "渝梯").unwrap();
    assert_eq!(*waiting.uri, *begun.uri);
    let wrong = acts::confirm_enrolment(&world.accounts, &who, who.actor().into(), "000000", at).await;
    assert_eq!(flaws(wrong), [("code", "wrong")]);
    let (old, _, whole) = world.enrol(&who).await;
    // Replacing it asks for the password, and the old one holds until the new one has given a code.
    let who = holder(&world.accounts, &whole.token).await.unwrap();
    let unasked = acts::begin_enrolment(&world.accounts, &who, who.actor().into(), None, "渝梯", at).await;
    assert_eq!(flaws(unasked), [("password", "wrong")]);
    acts::begin_enrolment(&world.accounts, &who, who.actor().into(), Some(PASSWORD), "渝梯", at)
        .await
        .unwrap();
    let later = world.after(Duration::minutes(2));
    let step = half(&later, "wang.fang").await;
    let still =
        acts::pass_second_factor(&later, &step, Posted::for_test(), &code(&old, Duration::minutes(2)), at)
            .await;
    still.unwrap();
    world.close().await;
}

async fn taking_it_off_needs_the_password_or_an_administrator(backend: Backend) {
    let world = World::open(backend).await;
    let at = visitor(None, "a");
    let officer = world.person("li.qiang", Role::Officer).await;
    let entered = attempt(&world.accounts, "li.qiang", PASSWORD, at).await.unwrap();
    let (_, _, whole) = world.enrol(&holder(&world.accounts, &entered.token).await.unwrap()).await;
    let who = holder(&world.accounts, &whole.token).await.unwrap();
    let wrong = acts::remove_second_factor(&world.accounts, &who, who.actor().into(), OTHER, at).await;
    assert_eq!(flaws(wrong), [("password", "wrong")]);
    acts::remove_second_factor(&world.accounts, &who, who.actor().into(), PASSWORD, at).await.unwrap();
    assert!(world.account(officer.id).await.totp_secret.is_none());
    assert!(holder(&world.accounts, &whole.token).await.is_some());
    // A decider must have one; an administrator takes off what was lost, with a reason, and then it is due again.
    let decider = world.person("wang.fang", Role::Decider).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, at).await.unwrap();
    let (_, _, whole) = world.enrol(&holder(&world.accounts, &entered.token).await.unwrap()).await;
    let who = holder(&world.accounts, &whole.token).await.unwrap();
    let own = acts::remove_second_factor(&world.accounts, &who, who.actor().into(), PASSWORD, at).await;
    assert!(matches!(own, Err(Refused::Conflict(_))));
    let admin = Actor::Account { id: 999, role: Role::Administrator };
    let unsaid = acts::clear_second_factor(&world.accounts, admin.into(), decider.id, "").await;
    assert_eq!(flaws(unsaid), [("reason", "missing")]);
    acts::clear_second_factor(&world.accounts, admin.into(), decider.id, "手机丢了").await.unwrap();
    assert!(holder(&world.accounts, &whole.token).await.is_none());
    assert_eq!(store::codes_left(&world.accounts.db, decider.id).await.unwrap(), 0);
    let after = attempt(&world.accounts, "wang.fang", PASSWORD, at).await.unwrap();
    assert_eq!(after.standing, Standing::EnrolmentDue);
    world.close().await;
}

async fn the_half_session_is_short_and_good_for_nothing_else(backend: Backend) {
    let world = World::open(backend).await;
    let at = visitor(None, "a");
    world.person("wang.fang", Role::Decider).await;
    let entered = attempt(&world.accounts, "wang.fang", PASSWORD, at).await.unwrap();
    let (secret, codes, _) = world.enrol(&holder(&world.accounts, &entered.token).await.unwrap()).await;
    let who = half(&world.accounts, "wang.fang").await;
    let enrol =
        acts::begin_enrolment(&world.accounts, &who, who.actor().into(), Some(PASSWORD), "渝梯", at).await;
    assert!(matches!(enrol, Err(Refused::NotSignedIn)));
    let more = acts::new_recovery_codes(&world.accounts, &who, who.actor().into(), PASSWORD, at).await;
    assert!(matches!(more, Err(Refused::NotSignedIn)));
    let off = acts::remove_second_factor(&world.accounts, &who, who.actor().into(), PASSWORD, at).await;
    assert!(off.is_err());
    let change = acts::change_password(&world.accounts, &who, who.actor().into(), PASSWORD, OTHER, at).await;
    assert!(matches!(change, Err(Refused::NotSignedIn)), "{change:?}");
    // A whole session is not stepped up again.
    let step = half(&world.accounts, "wang.fang").await;
    let whole =
        acts::pass_second_factor(&world.accounts, &step, Posted::for_test(), &codes[0], at).await.unwrap();
    let who = holder(&world.accounts, &whole.token).await.unwrap();
    let again = acts::pass_second_factor(&world.accounts, &who, Posted::for_test(), &codes[1], at).await;
    assert!(matches!(again, Err(Refused::NotSignedIn)));
    // And the half one is gone.
    let replay = acts::pass_second_factor(&world.accounts, &step, Posted::for_test(), &codes[2], at).await;
    assert!(matches!(replay, Err(Refused::NotSignedIn)), "{replay:?}");
    let late = world.after(Duration::minutes(10));
    let right = code(&secret, Duration::minutes(10));
    let over = acts::pass_second_factor(&late, &who, Posted::for_test(), &right, at).await;
    assert!(matches!(over, Err(Refused::NotSignedIn)), "{over:?}");
    world.close().await;
}
