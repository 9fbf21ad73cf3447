//! Accounts as an administrator looks after them, by the pages.

use yuti_tests::people::{code_elements, totp};
use yuti_tests::{Options, PASSWORD, Person, World, journey};

const NOON: &str = "2026-11-23T04:00:00Z";
const LATER: &str = "2026-11-23T04:01:00Z";

fn patient() -> Options {
    Options::empty().config("[limits.log_in]\nquota = 1000\nwindow_seconds = 60\n[limits.log_in_name]\nquota = 1000\nwindow_seconds = 60\n")
}

/// An administrator with the second factor that the role must have.
async fn administrator(world: &World) -> Person {
    let mut admin = world.person("admin", "administrator", &[]).await;
    admin.enrol(NOON).await;
    admin
}

/// The page of an account, from the list.
async fn page_of(admin: &mut Person, login: &str) -> String {
    let html = admin.get(&format!("/zh/admin/accounts?login={login}")).await.is(200).html();
    let before = html.split(&format!("\">{login}</a>")).next().unwrap();
    before.rsplit("href=\"").next().unwrap().to_owned()
}

/// Sends one of the forms of an account's page.
async fn act(admin: &mut Person, page: &str, form: &str, fields: &[(&str, &str)]) -> yuti_tests::Answer {
    let version = admin.hidden(page, "version").await;
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    admin.act(page, &format!("{page}/{form}"), &all).await
}

journey! {
    /// An account is made, its link shown once; it is used, switched off while signed in, woken, and given another link.
    async fn an_account_from_its_link_to_its_end(world: patient()) {
        let mut admin = administrator(world).await;
        let new = "/zh/admin/accounts/new";
        let bad = admin.act(new, new, &[("login", "a b"), ("name", ""), ("role", "officer")]).await;
        bad.is(422).says("#new-name").says("#new-login").says("value=\"a b\"");
        let bad = admin.act(new, new, &[("login", "a b"), ("name", "李强"), ("role", "officer")]).await;
        bad.is(422).says("#new-login");
        admin.act(new, new, &[("login", "li.qiang"), ("name", "李强"), ("role", "officer")]).await.is(422).says("#new-authority");
        let bad = admin.act(new, new, &[("login", "li.qiang"), ("name", "李强"), ("role", "unit_owner"), ("unit", "91500108MA5QK0017P")]).await;
        bad.is(422).says("#new-unit").says("value=\"91500108MA5QK0017P\"");
        let fields = [("login", "li.qiang"), ("name", "李强"), ("role", "officer"), ("authority", "cq-500108")];
        let made = admin.act(new, new, &fields).await;
        made.is(201).says("只显示这一次").header_is("Cache-Control", "no-store");
        let address = code_elements(&made.html()).into_iter().find(|text| text.contains("/login/link/")).unwrap();
        let link = address[address.find("/login/").unwrap()..].to_owned();
        let page = page_of(&mut admin, "li.qiang").await;
        admin.get(&page).await.is(200).says("发一次性链接").says("admin").does_not_say("/login/link/");

        let mut officer = Person::new(world.anyone());
        officer.submit(&link, &[("new_password", PASSWORD)]).await.is(303);
        officer.get("/zh/account").await.is(200);
        act(&mut admin, &page, "switch-off", &[("reason", "")]).await.is(422).says("原因要写");
        let stale = admin.hidden(&page, "version").await;
        act(&mut admin, &page, "switch-off", &[("reason", "离职")]).await.is(303).header_has("Location", "?done=switched-off");
        officer.get("/zh/account").await.is(303).header_has("Location", "/zh/login");
        Person::new(world.anyone()).sign_in("li.qiang", PASSWORD).await.is(403).says("停用了");
        let shown = admin.get(&format!("{page}?done=switched-off")).await;
        shown.is(200).says("账号停用了").says("启用 → 停用").does_not_say(&format!("{page}/link")).does_not_say("离职");
        admin.act(&page, &format!("{page}/wake"), &[("version", &stale)]).await.is(412).says("已经变了");
        admin.act(&page, &format!("{page}/link"), &[("version", &stale)]).await.is(409);
        act(&mut admin, &page, "wake", &[]).await.is(303);
        officer.sign_in("li.qiang", PASSWORD).await.is(303);
        act(&mut admin, &page, "sign-out", &[]).await.is(303);
        officer.get("/zh/account").await.is(303);

        let again = act(&mut admin, &page, "link", &[]).await;
        again.is(200).says("/login/link/");
        officer.sign_in("li.qiang", PASSWORD).await.is(303);
        let role = act(&mut admin, &page, "role", &[("role", "city_bureau"), ("authority", "cq-500108")]).await;
        role.is(422).says("#role-authority");
        act(&mut admin, &page, "role", &[("role", "reader"), ("authority", "cq")]).await.is(303);
        officer.get("/zh/account").await.is(303);
        admin.get("/zh/admin/accounts?role=reader").await.says("li.qiang").does_not_say(">admin</a>");
        admin.get("/zh/admin/accounts?role=king&after=x&state=").await.is(200).says("li.qiang");
        admin.get("/zh/admin/accounts?login=%25").await.is(200).says("没有这样的账号");
    }
}

journey! {
    /// A second factor that was lost is taken off with a reason. Nobody does to themselves what an administrator does to others.
    async fn a_lost_second_factor_is_taken_off(world: patient()) {
        let mut admin = administrator(world).await;
        let mut person = world.person("li.qiang", "officer", &["--district", "500108"]).await;
        let page = page_of(&mut admin, "li.qiang").await;
        admin.get(&page).await.does_not_say(&format!("{page}/second-factor"));
        let (secret, _) = person.enrol(NOON).await;
        act(&mut admin, &page, "second-factor", &[("reason", "手机丢了")]).await.is(303);
        person.get("/zh/account").await.is(303);
        world.set_clock(LATER);
        person.sign_in("li.qiang", PASSWORD).await.is(303).header_is("Location", "/zh/account");
        assert!(!totp(&secret, LATER).is_empty());
        let own = page_of(&mut admin, "admin").await;
        admin.get(&own).await.is(200).does_not_say(&format!("action=\"{own}/"));
        for form in ["link", "switch-off", "sign-out", "role", "second-factor"] {
            let token = admin.token("/zh/account").await;
            admin.submit(&format!("{own}/{form}"), &[("csrf", &token), ("version", "1")]).await.is(403);
        }
        admin.get("/zh/account").await.is(200);
    }
}

journey! {
    /// An account that nobody used sleeps, says so to whoever knows its password, and is woken by an administrator.
    async fn a_sleeping_account_is_woken(world: patient()) {
        world.person("li.qiang", "officer", &["--district", "500108"]).await;
        let later = "2027-03-01T04:00:00Z";
        world.set_clock(later);
        Person::new(world.anyone()).sign_in("li.qiang", PASSWORD).await.is(403).says("休眠");
        Person::new(world.anyone()).sign_in("li.qiang", "not this one").await.is(422).does_not_say("已经休眠");
        let mut admin = world.person("admin", "administrator", &[]).await;
        admin.enrol(later).await;
        let page = page_of(&mut admin, "li.qiang").await;
        admin.get(&page).await.says("休眠");
        act(&mut admin, &page, "wake", &[]).await.is(303);
        Person::new(world.anyone()).sign_in("li.qiang", PASSWORD).await.is(303);
    }
}

journey! {
    /// A list that is long goes on from page to page and loses nobody.
    async fn a_long_list_loses_nobody(world: patient()) {
        let mut admin = administrator(world).await;
        let new = "/zh/admin/accounts/new";
        for number in 0..52 {
            let login = format!("person.{number:02}");
            let fields = [("login", login.as_str()), ("name", "李强"), ("role", "reader"), ("authority", "cq")];
            admin.act(new, new, &fields).await.is(201);
        }
        let mut path = "/zh/admin/accounts".to_owned();
        let mut seen = 0;
        loop {
            let html = admin.get(&path).await.is(200).html();
            seen += html.matches(">person.").count();
            match html.split("rel=\"next\"").next().filter(|_| html.contains("rel=\"next\"")) {
                Some(before) => {
                    let link = before.rsplit("href=\"").next().unwrap();
                    path = link.split('"').next().unwrap().replace("&amp;", "&");
                }
                None => break,
            }
        }
        assert_eq!(seen, 52);
    }
}
