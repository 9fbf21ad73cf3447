//! Keys at the desk: the administrator decides about wishes and revokes, the owner of a unit issues keys to its systems, and nobody sees
//! what is another's.

use serde_json::json;
use yuti_tests::planted::forms;
use yuti_tests::{Answer, Caller, Options, World, journey};

use crate::api_keys::{made, refused, showing};

pub const UNIT: &str = "91500108MADED0012H";

/// With accounts that need no second factor: that is another journey's subject.
pub fn desks() -> Options {
    let config = ["burst", "daily", "pages", "log_in"]
        .map(|name| format!("[limits.{name}]\nquota = 1000000\nwindow_seconds = 60\n"));
    Options::demo().config(&format!("[accounts]\nsecond_factor_roles = []\n{}", config.concat()))
}

/// The path of the link with which the holder of a new account sets a password.
pub async fn link(world: &World, login: &str, more: &[&str]) -> String {
    let mut words = vec!["account", "create", "--login", login];
    words.extend_from_slice(more);
    let said = world.cli(words).await.ok().stdout.clone();
    let token =
        said.split("/login/link/").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    format!("/login/link/{token}")
}

/// Somebody who has just set a password by the link of a new account, and is signed in.
async fn signed_in(world: &World, login: &str, more: &[&str]) -> Caller {
    let link = link(world, login, more).await;
    let who = world.anyone();
    let entered = who.submit(&link, &[("new_password", "a quiet afternoon")]).await;
    let cookies = entered.is(303).header("Set-Cookie");
    let session = cookies
        .split([';', ','])
        .map(str::trim)
        .find(|part| part.starts_with("yuti_session="))
        .expect("a session")
        .to_owned();
    who.with_header("Cookie", &session)
}

async fn administrator(world: &World) -> Caller {
    signed_in(world, "chief", &["--role", "administrator"]).await
}

async fn owner(world: &World, login: &str, uscc: &str) -> Caller {
    signed_in(world, login, &["--role", "unit_owner", "--uscc", uscc]).await
}

fn csrf(page: &Answer) -> String {
    let all = forms(&page.html());
    all.iter()
        .flat_map(|form| &form.fields)
        .find(|field| field.name == "csrf")
        .map(|field| field.value.clone())
        .expect("a token")
}

/// Sends a form of a page with its token.
async fn send(who: &Caller, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let token = csrf(&who.get(page).await);
    let mut all = vec![("csrf", token.as_str())];
    all.extend_from_slice(fields);
    who.submit(action, &all).await
}

fn issued(page: &Answer) -> String {
    let html = page.is(200).header_is("Cache-Control", "no-store").html();
    let start = html.find("yuti_sk_").unwrap_or_else(|| panic!("no key in {page}"));
    html[start..start + 44].to_owned()
}

journey! {
    /// The administrator sees who waits, grants with words, refuses only with a reason, and revokes.
    async fn the_administrator_decides(world: desks()) {
        let app = world.anyone();
        let (_, holder) = made(&app, "地图").await;
        let (_, quiet) = made(&app, "看板").await;
        let chief = administrator(world).await;
        chief.get("/en/admin/keys").await.is(200).header_is("Cache-Control", "no-store").says("地图").says("看板");
        chief.get("/en/admin/keys?wish=asked").await.is(200).does_not_say("地图");
        holder.post("/v1/api-keys/current/raise", &json!({"daily": 5_000_000, "reason": "每小时画一张图"})).await.is(201);
        chief.get("/en/admin/keys?wish=asked").await.is(200).says("地图").does_not_say("看板");
        let page = "/en/admin/keys/key-1";
        chief.get(page).await.is(200).says("每小时画一张图").says("5,000,000");
        let bad = send(&chief, page, "/en/admin/keys/key-1/raise", &[("decision", "refuse"), ("daily", "many"), ("burst", ""), ("answer", "")]).await;
        bad.is(422).says("It is needed.").says("A whole number");
        send(&chief, page, "/en/admin/keys/key-1/raise", &[("decision", ""), ("daily", ""), ("burst", ""), ("answer", "x")]).await.is(422);
        let done = send(&chief, page, "/en/admin/keys/key-1/raise", &[("decision", "grant"), ("daily", "3000000"), ("burst", ""), ("answer", "先给三百万。")]).await;
        done.is(303).header_is("Location", page);
        let seen = holder.get("/v1/api-keys/current").await;
        assert_eq!((seen.at("/raise/state"), seen.at("/raise/answer")), (json!("granted"), json!("先给三百万。")));
        assert!(seen.at("/quotas").as_array().unwrap().iter().any(|quota| quota["policy"] == "daily" && quota["quota"] == 3_000_000), "{seen}");
        chief.get("/en/admin/keys?wish=asked").await.is(200).does_not_say("地图");
        // It is decided: the form is gone, and one that was kept open is told so.
        send(&chief, page, "/en/admin/keys/key-1/raise", &[("decision", "refuse"), ("daily", ""), ("burst", ""), ("answer", "x")]).await.is(422).says("No wish");
        send(&chief, "/en/admin/keys/key-2", "/en/admin/keys/key-2/revoke", &[]).await.is(303);
        let gone = quiet.reading("en").get("/v1/policy").await;
        refused(&gone, "revoked");
        gone.says("by whoever runs the service");
        send(&chief, "/en/admin/keys/key-1", "/en/admin/keys/key-2/revoke", &[]).await.is(409);
        world.cli(["audit", "list"]).await.ok().says("key.raise_grant").says("key.revoke");
    }
}

journey! {
    /// The owner of a unit issues a key to a system, sees its use, replaces it, and revokes it; it is shown once.
    async fn an_owner_has_keys_for_the_units_systems(world: desks()) {
        let owner = owner(world, "owner", UNIT).await;
        owner.get("/en/unit/keys").await.is(200).says("There is no key.");
        let bad = send(&owner, "/en/unit/keys", "/en/unit/keys", &[("name", ""), ("scopes", "records:write everything")]).await;
        bad.is(422).says("It is needed.").says("There is no such scope.");
        let page = send(&owner, "/en/unit/keys", "/en/unit/keys", &[("name", "维保平台"), ("scopes", "records:write")]).await;
        let key = issued(&page);
        let system = showing(&world.anyone(), &key);
        let seen = system.get("/v1/api-keys/current").await;
        assert_eq!((seen.is(200).at("/kind"), seen.at("/organisation/uscc"), seen.at("/scopes")), (json!("system"), json!(UNIT), json!(["records:write"])));
        owner.get("/en/unit/keys").await.is(200).says("维保平台").does_not_say(&key);
        owner.get("/en/unit/keys/key-1").await.is(200).says("维保平台").says("Calls: 1.").does_not_say(&key);
        let bad = send(&owner, "/en/unit/keys/key-1", "/en/unit/keys/key-1/rotate", &[("overlap_minutes", "99999")]).await;
        bad.is(422).says("from 0 to 1440");
        let new = issued(&send(&owner, "/en/unit/keys/key-1", "/en/unit/keys/key-1/rotate", &[("overlap_minutes", "0")]).await);
        refused(&system.get("/v1/policy").await, "replaced");
        let system = showing(&world.anyone(), &new);
        system.get("/v1/policy").await.is(200);
        send(&owner, "/en/unit/keys/key-1", "/en/unit/keys/key-1/revoke", &[]).await.is(303);
        refused(&system.get("/v1/policy").await, "revoked");
        owner.get("/en/unit/keys/key-1").await.is(200).says("Revoked").does_not_say("/revoke\"");
    }
}

journey! {
    /// Nobody sees or touches what is another's: another unit's keys are not even there, and other roles have no such room.
    async fn what_is_anothers_is_not_there(world: desks()) {
        let app = world.anyone();
        made(&app, "读者的").await;
        let units = app.get("/v1/organisations?role=maintenance_unit&limit=50").await.is(200).json();
        let other = units["items"].as_array().unwrap().iter().filter_map(|unit| unit["uscc"].as_str()).find(|uscc| *uscc != UNIT).unwrap().to_owned();
        let (mine, theirs) = (owner(world, "mine", UNIT).await, owner(world, "theirs", &other).await);
        let key = issued(&send(&theirs, "/en/unit/keys", "/en/unit/keys", &[("name", "别家的平台"), ("scopes", "monitoring:write")]).await);
        mine.get("/en/unit/keys").await.is(200).does_not_say("别家的平台").does_not_say("读者的");
        for id in ["key-1", "key-2", "key-99", "2", "x"] {
            mine.get(&format!("/en/unit/keys/{id}")).await.is(404).does_not_say("别家的平台");
            for (act, fields) in [("revoke", vec![]), ("rotate", vec![("overlap_minutes", "0")])] {
                send(&mine, "/en/unit/keys", &format!("/en/unit/keys/{id}/{act}"), &fields).await.is(404);
            }
        }
        for path in ["/en/admin/keys", "/en/admin/keys/key-2"] {
            mine.get(path).await.is(403);
        }
        send(&mine, "/en/unit/keys", "/en/admin/keys/key-1/revoke", &[]).await.is(403);
        send(&mine, "/en/unit/keys", "/en/admin/keys/key-1/raise", &[("decision", "grant")]).await.is(403);
        let reader = signed_in(world, "clerk", &["--role", "reader", "--district", "500108"]).await;
        for path in ["/en/admin/keys", "/en/unit/keys", "/en/admin/keys/key-2"] {
            reader.get(path).await.is(403);
            app.get(path).await.is(303);
        }
        // Without the token of the session no form is taken, and a key is no session.
        for (path, fields) in [("/en/unit/keys/key-2/revoke", vec![]), ("/en/unit/keys", vec![("name", "x"), ("scopes", "records:write")])] {
            theirs.submit(path, &fields).await.is(403);
            let mut forged = fields.clone();
            forged.push(("csrf", "0000"));
            theirs.submit(path, &forged).await.is(403);
            showing(&app, &key).submit(path, &fields).await.is(303);
        }
        showing(&app, &key).get("/v1/policy").await.is(200);
    }
}
