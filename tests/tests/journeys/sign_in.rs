//! Signing in by the pages: its steps, its cookies, what it tells strangers, and what somebody tries who should not get in.

use yuti_tests::people::{code_elements, totp};
use yuti_tests::{Options, PASSWORD, Person, World, journey};

/// The clock that worlds begin with, and a step of the authenticator later.
const NOON: &str = "2026-11-23T04:00:00Z";
const LATER: &str = "2026-11-23T04:01:00Z";
const DISTRICT: [&str; 2] = ["--district", "500108"];

/// Worlds in which one address may try often: these journeys are about accounts.
fn patient() -> Options {
    Options::empty().config("[limits.log_in]\nquota = 1000\nwindow_seconds = 60\n[limits.log_in_name]\nquota = 1000\nwindow_seconds = 60\n")
}

fn stranger(world: &World) -> Person {
    Person::new(world.anyone())
}

journey! {
    /// Log-in and password lead to the own account, or to where somebody wanted to go; the cookie is the browser's alone.
    async fn a_password_lets_in_and_a_click_out(world: patient()) {
        let first = world.person("li.qiang", "officer", &DISTRICT).await;
        drop(first);
        let mut person = stranger(world);
        let sent = person.get("/zh/account").await;
        sent.is(303).header_is("Location", "/zh/login?next=%2Fzh%2Faccount").header_is("Cache-Control", "no-store");
        let page = person.get("/zh/login?next=%2Fen%2Faccount").await;
        page.is(200).says("登录名").header_is("Cache-Control", "no-store").header_has("Vary", "Cookie");
        assert!(page.html().contains("name=\"next\" value=\"/en/account\""));

        let fields = [("login", " LI.Qiang "), ("password", PASSWORD), ("next", "/en/account")];
        let entered = person.submit("/zh/login", &fields).await;
        entered.is(303).header_is("Location", "/en/account").header_is("Cache-Control", "no-store");
        let cookies: Vec<String> = entered.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
        assert_eq!(cookies.len(), 2, "session and device: {cookies:?}");
        for cookie in &cookies {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
            assert!(!cookie.contains("Domain") && !cookie.contains("Secure"), "{cookie}");
        }
        assert!(cookies.iter().any(|cookie| cookie.starts_with("yuti_session=") && !cookie.contains("Max-Age")));
        let own = person.get("/en/account").await;
        own.is(200).says("li.qiang").says("王芳").says("Nan").header_is("Cache-Control", "no-store").header_has("Vary", "Cookie");
        assert_eq!(person.get("/zh/login").await.is(303).header("Location"), "/zh/account");
        // A page for everybody is the same for somebody who is signed in, and its readers may keep it.
        let (public, theirs) = (world.anyone().get("/zh/").await, person.get("/zh/").await);
        assert_eq!(public.text(), theirs.text());
        theirs.header_is("Cache-Control", "public, no-cache");

        let before = person.clone();
        let out = person.act("/en/account", "/en/logout", &[]).await;
        out.is(303).header_is("Location", "/en/login?done=signed-out");
        assert!(person.session().is_none());
        person.get("/en/login?done=signed-out").await.is(200).says("You are signed out.");
        let mut old = before;
        old.get("/en/account").await.is(303).header_has("Location", "/en/login");
    }
}

journey! {
    /// Behind https the cookies are named and marked so that browsers take them from this host alone, by https alone.
    async fn behind_https_cookies_are_bound_to_the_host(world: patient().env("YUTI_PUBLIC_URL", "https://yuti.example")) {
        let link = world.link_of("li.qiang", "officer", &DISTRICT).await;
        let mut person = stranger(world);
        let entered = person.submit(&link, &[("new_password", PASSWORD)]).await;
        for value in entered.is(303).headers().get_all("set-cookie") {
            let cookie = value.to_str().unwrap();
            assert!(cookie.starts_with("__Host-yuti_") && cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");
        }
        person.get("/zh/account").await.is(200);
        // The plain name means nothing here.
        let token = person.cookies["__Host-yuti_session"].clone();
        person.cookies.clear();
        person.cookies.insert("yuti_session".to_owned(), token);
        person.get("/zh/account").await.is(303);
    }
}

journey! {
    /// Nobody learns from words or answers whether there is an account; what was typed stays, but never a password.
    async fn strangers_learn_nothing(world: patient()) {
        world.person("li.qiang", "officer", &DISTRICT).await;
        let mut shown = Vec::new();
        for login in ["li.qiang", "no.body"] {
            let answer = stranger(world).sign_in(login, "wrong password zzz").await;
            answer.is(422).says("登录名或者密码不对").does_not_say("zzz");
            assert!(answer.html().contains(&format!("value=\"{login}\"")));
            assert!(answer.html().contains("role=\"alert\""));
            assert_eq!(answer.maybe_header("Set-Cookie"), None);
            shown.push(answer.html().replace(login, "LOGIN"));
        }
        assert_eq!(shown[0], shown[1]);
        let empty = stranger(world).sign_in("", "").await;
        empty.is(422).says("有\u{a0}2\u{a0}处要改").says("#login-login").says("#login-password");
        let long = stranger(world).sign_in("li.qiang", &"x".repeat(5_000)).await;
        long.is(422).does_not_say("xxxxx");
        let more = stranger(world).submit("/zh/login", &[("login", "li.qiang"), ("password", PASSWORD), ("role", "administrator")]).await;
        more.is(422).says("没有这个字段");
        let twice = stranger(world).submit("/zh/login", &[("login", "a"), ("login", "b"), ("password", PASSWORD)]).await;
        twice.is(422).says("只能出现一次");
    }
}

journey! {
    /// Wrong attempts wait, alike for accounts that are none, in minutes and with `Retry-After`; a known device still gets in.
    async fn waiting_is_told_and_holds_for_no_known_device(world: patient()) {
        let mut known = world.person("li.qiang", "officer", &DISTRICT).await;
        known.act("/zh/account", "/zh/logout", &[]).await.is(303);
        for login in ["li.qiang", "no.body"] {
            let mut guesser = stranger(world);
            let mut waits = None;
            for _ in 0..8 {
                let answer = guesser.sign_in(login, "wrong password").await;
                if answer.status() == 429 {
                    waits = Some(answer);
                    break;
                }
            }
            let waits = waits.expect("attempts come to wait");
            waits.says("请过 1 分钟再试").says("没有被锁");
            assert!(waits.header("Retry-After").parse::<u64>().unwrap() >= 1);
        }
        known.sign_in("li.qiang", PASSWORD).await.is(303).header_is("Location", "/zh/account");
    }
}

journey! {
    /// The quota of an address is told as a page with what was typed; a device that is known to the account is not asked for it.
    async fn the_quota_of_an_address_keeps_no_known_device_out(world: Options::empty().config("[limits.log_in]\nquota = 2\nwindow_seconds = 3600\n")) {
        let address = world.fresh_address();
        let link = world.link_of("li.qiang", "officer", &DISTRICT).await;
        let mut known = Person::new(world.anyone_at(address));
        known.submit(&link, &[("new_password", PASSWORD)]).await.is(303);
        known.act("/zh/account", "/zh/logout", &[]).await.is(303);
        let mut other = Person::new(world.anyone_at(address));
        let mut last = other.sign_in("no.body", "wrong password").await;
        for _ in 0..3 {
            last = other.sign_in("no.body", "wrong password").await;
        }
        last.is(429).says("分钟再试").says("no.body");
        assert!(last.header("Retry-After").parse::<u64>().unwrap() > 1);
        known.sign_in("li.qiang", PASSWORD).await.is(303);
    }
}

journey! {
    /// A token that somebody planted, or had before a step, is worth nothing after it.
    async fn each_step_makes_a_new_token(world: patient()) {
        let mut person = world.person("li.qiang", "officer", &DISTRICT).await;
        let planted = "A".repeat(43);
        let mut victim = stranger(world);
        victim.cookies.insert("yuti_session".to_owned(), planted.clone());
        victim.sign_in("li.qiang", PASSWORD).await.is(303);
        assert_ne!(victim.session(), Some(planted.as_str()));
        let mut attacker = stranger(world);
        attacker.cookies.insert("yuti_session".to_owned(), planted);
        attacker.get("/zh/account").await.is(303);

        let before_enrolment = person.clone();
        let (secret, _) = person.enrol(NOON).await;
        assert_ne!(person.session(), before_enrolment.session());
        before_enrolment.clone().get("/zh/account").await.is(303);
        person.get("/zh/account").await.is(200);

        world.set_clock(LATER);
        let mut again = stranger(world);
        again.sign_in("li.qiang", PASSWORD).await.is(303).header_is("Location", "/zh/login/second-factor");
        let half = again.clone();
        half.clone().get("/zh/account").await.is(303).header_has("Location", "/zh/login/second-factor?next=");
        half.clone().get("/zh/account/password").await.is(303).header_is("Location", "/zh/login/second-factor");
        let code = totp(&secret, LATER);
        again.act("/zh/login/second-factor", "/zh/login/second-factor", &[("code", &code)]).await.is(303).header_is("Location", "/zh/account");
        assert_ne!(again.session(), half.session());
        half.clone().get("/zh/account").await.is(303).header_has("Location", "/zh/login");
        again.get("/zh/account").await.is(200);
    }
}

journey! {
    /// A code is taken once, a recovery code is taken once, and a wrong one tells no more than that.
    async fn codes_are_taken_once(world: patient()) {
        let mut person = world.person("li.qiang", "officer", &DISTRICT).await;
        let (secret, recovery) = person.enrol(NOON).await;
        let page = "/zh/login/second-factor";
        let step = async |code: &str| {
            let mut fresh = Person::new(world.anyone());
            fresh.sign_in("li.qiang", PASSWORD).await.is(303);
            fresh.act(page, page, &[("code", code)]).await
        };
        step(&totp(&secret, NOON)).await.is(422).says("已经用过");
        step("000000").await.is(422).says("验证码不对").does_not_say("000000");
        step(&recovery[0]).await.is(303).header_is("Location", "/zh/account");
        step(&recovery[0]).await.is(422).says("已经用过");
        world.set_clock(LATER);
        let code = totp(&secret, LATER);
        step(&code).await.is(303);
        step(&code).await.is(422).says("已经用过");
        person.get("/zh/account").await.is(200).says("还有\u{a0}9\u{a0}个没用过");
    }
}

journey! {
    /// A link sets the password once, ends with its time or when it is withdrawn, and looking at it changes nothing.
    async fn a_link_holds_once_and_for_its_time(world: patient()) {
        let link = world.link_of("li.qiang", "officer", &DISTRICT).await;
        let mut person = stranger(world);
        for _ in 0..3 {
            let seen = person.get(&link).await;
            seen.is(200).says("li.qiang").says("至少\u{a0}12\u{a0}个字").header_is("Referrer-Policy", "strict-origin").header_is("Cache-Control", "no-store");
        }
        person.submit(&link, &[("new_password", "short")]).await.is(422).says("12").does_not_say("value=\"short\"");
        person.submit(&link, &[("new_password", PASSWORD), ("role", "administrator")]).await.is(422);
        let used = person.submit(&link, &[("new_password", PASSWORD)]).await;
        used.is(303).header_is("Location", "/account").header_is("Referrer-Policy", "strict-origin");
        stranger(world).get(&link).await.is(404).says("用过了");
        stranger(world).submit(&link, &[("new_password", PASSWORD)]).await.is(404);
        stranger(world).get("/zh/login/link/nonsense").await.is(404).says("不能用了");
        let second = world.link_of("zhao.min", "officer", &DISTRICT).await;
        world.set_clock("2027-01-23T04:00:00Z");
        stranger(world).submit(&second, &[("new_password", PASSWORD)]).await.is(404).says("过期");
        let log = world.log();
        for link in [&link, &second] {
            assert!(!log.contains(link.rsplit('/').next().unwrap()), "a link is in the log");
        }
    }
}

journey! {
    /// Where somebody goes on is a page of ours, however the address was written.
    async fn nobody_is_led_to_another_site(world: patient()) {
        world.person("li.qiang", "officer", &DISTRICT).await;
        for wish in ["//evil.example", "/\\evil.example", "https://evil.example/x", "/zh//evil.example", "\\\\evil.example", "/\tevil", "javascript:alert(1)", "/x\r\nSet-Cookie: a=b"] {
            let mut person = stranger(world);
            let entered = person.submit("/zh/login", &[("login", "li.qiang"), ("password", PASSWORD), ("next", wish)]).await;
            entered.is(303).header_is("Location", "/zh/account");
            assert!(!entered.headers().contains_key("a"));
            assert!(person.cookies.keys().all(|name| name.starts_with("yuti_")), "{:?}", person.cookies);
            let encoded: String = wish.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let shown = stranger(world).get(&format!("/zh/login?next={encoded}")).await;
            shown.does_not_say("evil.example").does_not_say("javascript:");
        }
    }
}

journey! {
    /// A form that comes from elsewhere, without its token or with another session's, changes nothing.
    async fn forms_of_others_change_nothing(world: patient()) {
        let mut person = world.person("li.qiang", "officer", &DISTRICT).await;
        let mut other = world.person("zhao.min", "officer", &DISTRICT).await;
        let theirs = other.token("/zh/account").await;
        let own = person.token("/zh/account").await;
        let fields = |token: &str| vec![("csrf".to_owned(), token.to_owned()), ("password".to_owned(), PASSWORD.to_owned()), ("new_password".to_owned(), "seven grey tunnels".to_owned())];
        let short = own[..own.len() - 1].to_owned();
        for token in ["", "x", theirs.as_str(), short.as_str()] {
            let fields = fields(token);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            person.submit("/zh/account/password", &fields).await.is(403).says("表单没有收下");
            person.submit("/zh/logout", &fields[..1]).await.is(403);
        }
        // Two tokens, one of them right: the first is looked at.
        person.submit("/zh/logout", &[("csrf", "x"), ("csrf", &own)]).await.is(403);
        let cookies = format!("yuti_session={}", person.session().unwrap());
        let body = format!("csrf={own}");
        for (name, value) in [("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site")] {
            let sent = world.anyone().ask("POST", "/zh/logout").header("Cookie", &cookies).header(name, value)
                .header("Content-Type", "application/x-www-form-urlencoded").body(body.clone()).send().await;
            sent.is(403);
        }
        let login = world.anyone().ask("POST", "/zh/login").header("Origin", "https://evil.example").header("Content-Type", "application/x-www-form-urlencoded")
            .body(format!("login=li.qiang&password={PASSWORD}")).send().await;
        login.is(403);
        let json = world.anyone().ask("POST", "/zh/logout").header("Cookie", &cookies).json(&serde_json::json!({"csrf": own})).send().await;
        json.is(415);
        person.get("/zh/account").await.is(200);
        // The API looks at no cookie, and a page at no key.
        let api = world.anyone().ask("GET", "/v1/quota").header("Cookie", &cookies).send().await;
        api.is(200).has_no_header("Set-Cookie");
    }
}

journey! {
    /// A password that somebody else thought of, and a second factor that the role must have, come before anything else.
    async fn what_is_due_comes_first(world: patient()) {
        let made = world.launch(["account", "create", "--role", "decider", "--district", "500108", "--login", "boss", "--password-stdin"]).input(format!("{PASSWORD}\n")).run().await;
        made.ok();
        let mut person = stranger(world);
        let wish = [("login", "boss"), ("password", PASSWORD), ("next", "/en/account")];
        person.submit("/zh/login", &wish).await.is(303).header_is("Location", "/zh/account/password?next=%2Fen%2Faccount");
        for page in ["/zh/account", "/zh/admin/accounts", "/zh/account/second-factor"] {
            person.get(page).await.is(303).header_has("Location", "/zh/account/password");
        }
        let page = "/zh/account/password?next=%2Fen%2Faccount";
        let shown = person.get(page).await;
        shown.is(200).says("先换成您自己的").does_not_say("href=\"/zh/account\"");
        let token = person.token(page).await;
        person.submit("/zh/account/sessions/end-others", &[("csrf", &token)]).await.is(303).header_has("Location", "/zh/account/password");
        let same = person.act(page, "/zh/account/password", &[("password", PASSWORD), ("new_password", PASSWORD)]).await;
        same.is(422).does_not_say(PASSWORD);
        let wrong = person.act(page, "/zh/account/password", &[("password", "not this one"), ("new_password", "seven grey tunnels")]).await;
        wrong.is(422).says("现在的密码不对");
        let changed = person.act(page, "/zh/account/password", &[("password", PASSWORD), ("new_password", "seven grey tunnels"), ("next", "/en/account")]).await;
        changed.is(303).header_is("Location", "/zh/account/second-factor?next=%2Fen%2Faccount");
        for page in ["/zh/account", "/zh/account/password"] {
            person.get(page).await.is(303).header_has("Location", "/zh/account/second-factor");
        }
        let page = "/zh/account/second-factor";
        person.get(page).await.is(200).says("您的角色必须有第二验证");
        person.act(page, page, &[]).await.is(303);
        let secret = code_elements(&person.get(page).await.html())[0].replace(' ', "");
        person.act(page, "/zh/account/second-factor/confirm", &[("code", "000000")]).await.is(422).says("验证码不对").says("<svg");
        let shown = person.act(page, "/zh/account/second-factor/confirm", &[("code", &totp(&secret, NOON)), ("next", "/en/account")]).await;
        shown.is(200).says("只显示这一次").says("href=\"/en/account\"").header_is("Cache-Control", "no-store");
        person.get("/en/account").await.is(200).says("10 are left");
    }
}
