//! Keys by pages, without a script: asked for, shown once, looked at, replaced, raised, revoked.

use yuti_tests::planted::forms;
use yuti_tests::{Answer, Caller, Options, journey};

use crate::api_keys::{listed, refused, showing};
use crate::limits::quotas;

fn lasting() -> Options {
    Options::empty().generous()
}

/// What stands in a field of a page.
fn value(page: &Answer, field: &str) -> String {
    let all = forms(&page.html());
    let fields = all.iter().flat_map(|form| &form.fields);
    fields
        .filter(|one| one.name == field)
        .map(|one| one.value.clone())
        .next()
        .unwrap_or_else(|| panic!("no field {field} in {page}"))
}

/// The key that a page shows.
fn shown(page: &Answer) -> String {
    let html = page.is(200).html();
    let start = html.find("yuti_ak_").unwrap_or_else(|| panic!("no key in {page}"));
    html[start..start + 44].to_owned()
}

async fn made(app: &Caller, language: &str, name: &str) -> String {
    let form = app.get(&format!("/{language}/keys")).await;
    form.is(200).header_is("Cache-Control", "no-store");
    let once = value(&form, "once");
    let page = app
        .submit(
            &format!("/{language}/keys"),
            &[("once", &once), ("name", name), ("contact", "dev@example.org")],
        )
        .await;
    page.header_is("Cache-Control", "no-store").header_has("Content-Security-Policy", "form-action 'self'");
    shown(&page)
}

async fn mine(app: &Caller, key: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("key", key)];
    fields.extend_from_slice(more);
    app.submit("/en/keys/mine", &fields).await
}

journey! {
    /// A person without a program gets a key, sees it once, and it works.
    async fn a_key_is_made_by_a_form(world: lasting()) {
        for language in ["zh", "en"] {
            let app = world.anyone();
            let key = made(&app, language, "小区公告屏").await;
            let seen = showing(&app, &key).get("/v1/api-keys/current").await;
            assert_eq!(seen.is(200).at("/name"), "小区公告屏");
            assert_eq!(seen.at("/contact"), "dev@example.org");
            app.get(&format!("/{language}/keys")).await.is(200).does_not_say(&key);
        }
        let home = world.anyone().get("/zh/").await;
        assert!(yuti_tests::planted::links(&home.html()).contains(&"/zh/keys".to_owned()), "every page leads here");
    }
}

journey! {
    /// Every bad field is told beside it, and what was typed is still there.
    async fn nothing_typed_is_lost(world: lasting()) {
        let app = world.anyone();
        let page = app.submit("/en/keys", &[("once", ""), ("name", " "), ("contact", "nobody<script>")]).await;
        page.is(422).header_is("Cache-Control", "no-store").says("It is needed.").says("One e-mail address").does_not_say("<script>");
        assert_eq!(value(&page, "contact"), "nobody<script>");
        assert_eq!(value(&page, "name"), " ");
        app.submit("/zh/keys", &[("name", &"梯".repeat(81))]).await.is(422).says("最多 80 个字");
        assert_eq!(listed(world).await.len(), 0);
    }
}

journey! {
    /// A form sent twice makes one key; the same form with other words makes another.
    async fn a_form_sent_twice_makes_one_key(world: lasting()) {
        let app = world.anyone();
        let once = value(&app.get("/en/keys").await, "once");
        let send = async |name: &str| app.submit("/en/keys", &[("once", &once), ("name", name), ("contact", "")]).await;
        let first = shown(&send("看板").await);
        assert_eq!(shown(&send("看板").await), first);
        assert_ne!(shown(&send("另一个").await), first);
        assert_eq!(listed(world).await.len(), 2);
    }
}

journey! {
    /// The quota for making keys holds for forms too; the form comes back with what was typed.
    async fn the_quota_for_making_keys_holds_for_forms(world: Options::empty().config(&quotas(&[("key_creation", 1, 86_400)]))) {
        let app = world.anyone();
        made(&app, "en", "看板").await;
        let page = app.submit("/en/keys", &[("name", "第二个")]).await;
        page.is(429).says("key_creation");
        assert!(page.header("Retry-After").parse::<u32>().unwrap() > 80_000);
        assert_eq!(value(&page, "name"), "第二个");
    }
}

journey! {
    /// Whoever types the key sees what it is and its use, replaces it, asks for more, and revokes it.
    async fn a_holder_does_everything_by_pages(world: lasting()) {
        let app = world.anyone();
        let key = made(&app, "en", "看板").await;
        for _ in 0..3 {
            showing(&app, &key).get("/v1/policy").await.is(200);
        }
        let page = mine(&app, &format!(" {key} "), &[("act", "show")]).await;
        page.is(200).header_is("Cache-Control", "no-store").says("看板").says("key-1").says("Calls: 3.").says("dev@example.org");
        let once = value(&page, "once");

        let bad = mine(&app, &key, &[("act", "raise"), ("once", &once), ("daily", "lots"), ("burst", ""), ("reason", "")]).await;
        bad.is(422).says("A whole number from 1 to 100000000").says("It is needed.");
        assert_eq!(value(&bad, "daily"), "lots");
        let asked = mine(&app, &key, &[("act", "raise"), ("once", &once), ("daily", "5000000"), ("burst", ""), ("reason", "每小时一张图")]).await;
        asked.is(200).says("Your wish has arrived");
        mine(&app, &key, &[("act", "raise"), ("once", "x"), ("daily", "6000000"), ("burst", ""), ("reason", "再来")]).await.is(422).says("still to be decided");
        world.cli(["key", "grant", "key-1", "--answer", "可以。"]).await.ok();
        mine(&app, &key, &[]).await.is(200).says("Granted").says("可以。").says("5,000,000");

        let rotated = mine(&app, &key, &[("act", "rotate"), ("once", &once), ("overlap_minutes", "60")]).await;
        let new = shown(&rotated);
        assert_ne!(new, key);
        rotated.says("13:00");
        mine(&app, &key, &[("act", "rotate"), ("once", "x"), ("overlap_minutes", "")]).await.is(422).says("replaced by");
        mine(&app, &new, &[("act", "rotate"), ("once", "x"), ("overlap_minutes", "9999")]).await.is(422).says("from 0 to 1440");

        let gone = mine(&app, &new, &[("act", "revoke")]).await;
        gone.is(200).says("revoked").does_not_say(&new);
        for key in [&key, &new] {
            refused(&showing(&app, key).get("/v1/policy").await, "revoked");
            mine(&app, key, &[]).await.is(422).says("was revoked by its holder").does_not_say(key.get(12..).unwrap());
        }
    }
}

journey! {
    /// A key that does not hold is refused beside its field; a key never stands in an address, and other sites send no forms.
    async fn what_is_no_key_is_refused_by_the_page(world: lasting()) {
        let app = world.anyone();
        for (typed, says) in [("", "44 characters"), ("yuti_ak_x", "44 characters"), ("yuti_ak_0000000000000000000000000000000Z3tyG", "no such key"), ("yuti_ak_0000000000000000000000000000000Z3tyH", "is wrong")] {
            mine(&app, typed, &[("act", "revoke")]).await.is(422).says(says);
        }
        app.get("/en/keys/mine").await.is(303).header_is("Location", "/en/keys");
        app.get("/keys/mine").await.is(303).header_is("Location", "/keys");
        let key = made(&app, "en", "看板").await;
        for path in ["/keys", "/keys/mine"] {
            let foreign = app.with_headers([("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")]);
            foreign.submit(path, &[("name", "x"), ("key", &key), ("act", "revoke")]).await.is(403);
        }
        showing(&app, &key).get("/v1/policy").await.is(200);
        assert_eq!(listed(world).await.len(), 1);
    }
}
