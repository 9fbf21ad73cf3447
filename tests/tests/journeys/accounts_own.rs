//! The own account, by its pages: password, second factor, sessions.

use yuti_tests::people::{code_elements, totp};
use yuti_tests::{Options, PASSWORD, Person, journey};

const NOON: &str = "2026-11-23T04:00:00Z";
const LATER: &str = "2026-11-23T04:01:00Z";
const DISTRICT: [&str; 2] = ["--district", "500108"];
const OTHER: &str = "seven grey tunnels";

fn patient() -> Options {
    Options::empty().config("[limits.log_in]\nquota = 1000\nwindow_seconds = 60\n[limits.log_in_name]\nquota = 1000\nwindow_seconds = 60\n")
}

journey! {
    /// Somebody sees where they are signed in, ends one, ends all others, and ends them all by another password.
    async fn sessions_are_seen_and_ended(world: patient()) {
        let mut person = world.person("li.qiang", "officer", &DISTRICT).await;
        let mut phone = Person::new(world.anyone().with_header("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1"));
        phone.sign_in("li.qiang", PASSWORD).await.is(303);
        let mut third = Person::new(world.anyone());
        third.sign_in("li.qiang", PASSWORD).await.is(303);
        let mut stranger = world.person("zhao.min", "officer", &DISTRICT).await;
        let page = "/zh/account";
        let shown = person.get(page).await;
        shown.is(200).says("Safari").says("就是这里").does_not_say("127.0.1.").does_not_say("Mozilla");
        let id = person.hidden(page, "session").await;
        stranger.act(page, "/zh/account/sessions/end", &[("session", &id)]).await.is(404);
        for bad in ["0", "x", "", "99999999999999999999"] {
            person.act(page, "/zh/account/sessions/end", &[("session", bad)]).await.is(422);
        }
        person.act(page, "/zh/account/sessions/end", &[("session", &id)]).await.is(303).header_is("Location", "/zh/account?done=session-ended");
        let ended = [phone.get(page).await.status(), third.get(page).await.status()];
        assert_eq!(ended.iter().filter(|status| **status == 303).count(), 1, "{ended:?}");
        person.act(page, "/zh/account/sessions/end-others", &[]).await.is(303).header_is("Location", "/zh/account?done=sessions-ended-1");
        person.get("/zh/account?done=sessions-ended-1").await.says("结束了\u{a0}1\u{a0}个登录");
        person.get("/zh/account?done=%3Cb%3E").await.is(200).does_not_say("role=\"status\"");
        phone.get(page).await.is(303);
        third.get(page).await.is(303);
        stranger.get(page).await.is(200);
        phone.sign_in("li.qiang", PASSWORD).await.is(303);
        let fields = [("password", PASSWORD), ("new_password", OTHER)];
        person.act("/zh/account/password", "/zh/account/password", &fields).await.is(303).header_is("Location", "/zh/account?done=password");
        phone.get(page).await.is(303);
        person.get(page).await.is(200);
        Person::new(world.anyone()).sign_in("li.qiang", PASSWORD).await.is(422);
        Person::new(world.anyone()).sign_in("li.qiang", OTHER).await.is(303);
    }
}

journey! {
    /// A second factor is set up, replaced and taken off; each of it asks for the password once there is one to protect.
    async fn a_second_factor_comes_changes_and_goes(world: patient()) {
        let mut person = world.person("li.qiang", "officer", &DISTRICT).await;
        let page = "/zh/account/second-factor";
        person.get("/zh/account").await.is(200).says("没有开启").does_not_say("recovery-codes");
        person.enrol(NOON).await;
        person.get("/zh/account").await.says("已经开启").says("还有\u{a0}10\u{a0}个没用过");
        person.act(page, page, &[("password", "not this one")]).await.is(422).says("现在的密码不对").does_not_say("not this one");
        person.act(page, page, &[("password", PASSWORD)]).await.is(303);
        world.set_clock(LATER);
        let secret = code_elements(&person.get(page).await.html())[0].replace(' ', "");
        person.act(page, &format!("{page}/confirm"), &[("code", &totp(&secret, LATER))]).await.is(200).says("恢复码");
        person.act("/zh/account", "/zh/account/recovery-codes", &[("password", "")]).await.is(422).says("#codes-password");
        let fresh = person.act("/zh/account", "/zh/account/recovery-codes", &[("password", PASSWORD)]).await;
        assert_eq!(code_elements(&fresh.is(200).html()).len(), 10);
        person.act("/zh/account", "/zh/account/second-factor/remove", &[("password", "not this one")]).await.is(422).says("#remove-password");
        let gone = person.act("/zh/account", "/zh/account/second-factor/remove", &[("password", PASSWORD)]).await;
        gone.is(303).header_is("Location", "/zh/account?done=factor-removed");
        person.get("/zh/account").await.says("没有开启");
        person.act("/zh/account", "/zh/account/second-factor/remove", &[("password", PASSWORD)]).await.is(409).says("没有第二验证");
    }
}

journey! {
    /// A session ends when it is not used, and in any case after its hours.
    async fn a_session_that_is_not_used_ends(world: patient()) {
        let mut person = world.person("li.qiang", "officer", &DISTRICT).await;
        world.set_clock("2026-11-23T04:29:00Z");
        person.get("/zh/account").await.is(200);
        world.set_clock("2026-11-23T04:58:00Z");
        person.get("/zh/account").await.is(200);
        world.set_clock("2026-11-23T05:29:00Z");
        person.get("/zh/account").await.is(303).header_is("Location", "/zh/login?next=%2Fzh%2Faccount");
    }
}
