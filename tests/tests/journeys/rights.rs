//! Who may do what, tried through every page of `tests/pages.txt`: without a session, as each role that may not, with what is another
//! unit's, and without a form's token.

use std::collections::BTreeMap;

use yuti_tests::{Answer, Options, Person, World, journey};

const ROLES: [&str; 8] = [
    "reader",
    "officer",
    "decider",
    "city_bureau",
    "administrator",
    "unit_owner",
    "unit_member",
    "unit_delegate",
];

struct Row {
    method: String,
    path: String,
    who: Vec<&'static str>,
}

/// The pages that need a session.
fn guarded() -> Vec<Row> {
    let text =
        std::fs::read_to_string(yuti_tests::environment::repository().join("tests/pages.txt")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let cells: Vec<&str> = line.split(" | ").collect();
        let who = match cells[2] {
            "anyone" => Vec::new(),
            "every role" => ROLES.to_vec(),
            named => ROLES.into_iter().filter(|role| named.split(", ").any(|one| one == *role)).collect(),
        };
        Row { method: cells[0].to_owned(), path: cells[1].to_owned(), who }
    });
    rows.filter(|row| !row.who.is_empty()).collect()
}

/// Nobody must have a second factor here: these journeys are about rights.
fn plain() -> Options {
    Options::demo().config(
        "[accounts]\nsecond_factor_roles = []\n[limits.pages]\nquota = 100000\nwindow_seconds = 60\n[limits.log_in]\nquota = 1000\nwindow_seconds = 60\n",
    )
}

/// The codes of two units of the register.
async fn two_units(world: &World) -> [String; 2] {
    let units = world.anyone().get("/v1/organisations?limit=50").await.json();
    let mut codes =
        units["items"].as_array().unwrap().iter().filter_map(|unit| unit["uscc"].as_str().map(str::to_owned));
    [codes.next().unwrap(), codes.next().unwrap()]
}

/// Somebody of each role; those of units belong to the first unit.
async fn everybody(world: &World, [own, other]: &[String; 2]) -> BTreeMap<&'static str, Person> {
    let mut people = BTreeMap::new();
    for role in ROLES {
        let place: Vec<&str> = match role {
            "reader" | "officer" | "decider" => vec!["--district", "500108"],
            "city_bureau" => vec!["--authority", "cq"],
            "administrator" => vec![],
            "unit_delegate" => vec!["--uscc", own, "--home-uscc", other],
            _ => vec!["--uscc", own],
        };
        people.insert(role, world.person(&format!("the.{role}"), role, &place).await);
    }
    people
}

/// The number of an account, from the administrator's list.
async fn number(admin: &mut Person, login: &str) -> String {
    let html = admin.get(&format!("/zh/admin/accounts?login={login}")).await.is(200).html();
    let before = html.split(&format!("\">{login}</a>")).next().unwrap();
    before.rsplit('/').next().unwrap().to_owned()
}

async fn send(person: &mut Person, row: &Row, path: &str, token: Option<&str>) -> Answer {
    if row.method == "GET" {
        return person.get(path).await;
    }
    let fields: Vec<(&str, &str)> = token.iter().map(|token| ("csrf", *token)).collect();
    person.submit(path, &fields).await
}

journey! {
    /// Every page that needs a right refuses whoever has none, in the way that tells least, and serves whoever has it.
    async fn every_page_refuses_who_must_not(world: plain()) {
        let units = two_units(world).await;
        let mut people = everybody(world, &units).await;
        world.link_of("foreign", "unit_member", &["--uscc", &units[1]]).await;
        world.link_of("colleague", "unit_member", &["--uscc", &units[0]]).await;
        let admin = people.get_mut("administrator").unwrap();
        let (foreign, colleague) = (number(admin, "foreign").await, number(admin, "colleague").await);
        world.unit_request("91500000MA5ABCDE5L", "colleague", "cq-500108").await;
        let made = world.anyone().post("/v1/api-keys", &serde_json::json!({ "name": "colleague" })).await;
        let key = made.is(201).json()["api_key"]["id"].as_str().unwrap().trim_start_matches("key-").to_owned();
        let issued = people.get_mut("unit_owner").unwrap();
        issued.act("/zh/unit/keys", "/zh/unit/keys", &[("name", "colleague"), ("scopes", "records:write")]).await.is(200);
        let own_key = (key.parse::<i64>().unwrap() + 1).to_string();
        // The row that a page is tried with, by the room that it stands in.
        let thing = |path: &str| match path {
            _ if path.starts_with("/desk/unit-requests/") => "1".to_owned(),
            _ if path.starts_with("/admin/keys/") => key.clone(),
            _ if path.starts_with("/unit/keys/") => own_key.clone(),
            _ => colleague.clone(),
        };
        let rows = guarded();
        assert!(rows.len() > 25);
        for row in &rows {
            let path = format!("/zh{}", row.path.replace("{id}", &thing(&row.path)).replace("{file}", "1"));
            let nobody = send(&mut Person::new(world.anyone()), row, &path, None).await;
            nobody.is(303).header_has("Location", "/zh/login");
            for role in ROLES {
                let person = people.get_mut(role).unwrap();
                let token = person.token("/zh/account").await;
                if row.method == "POST" {
                    send(person, row, &path, None).await.is(403).says("表单没有收下");
                    send(person, row, &path, Some("x")).await.is(403).says("表单没有收下");
                }
                if row.path == "/logout" {
                    continue;
                }
                let answer = send(person, row, &path, Some(&token)).await;
                if row.who.contains(&role) {
                    assert!(![401, 403, 404, 500].contains(&answer.status()), "{role} at {path}: {answer}");
                } else {
                    assert_eq!(answer.status(), 403, "{role} at {path}: {answer}");
                    answer.does_not_say("colleague");
                }
                answer.header_is("Cache-Control", "no-store");
            }
            // Another unit's: not even that it exists.
            if row.path.starts_with("/unit/") && row.path.contains("{id}") {
                let owner = people.get_mut("unit_owner").unwrap();
                let token = owner.token("/zh/account").await;
                for id in [foreign.as_str(), "999999", "0", "-1", "x", "99999999999999999999"] {
                    let path = format!("/zh{}", row.path.replace("{id}", id));
                    send(owner, row, &path, Some(&token)).await.is(404).does_not_say("foreign");
                }
            }
        }
        for person in people.values_mut() {
            person.act("/zh/account", "/zh/logout", &[]).await.is(303);
        }
    }
}

journey! {
    /// An owner sees and makes accounts of the own unit alone, whatever a form is made to say.
    async fn an_owner_stays_in_the_own_unit(world: plain()) {
        let [own, other] = two_units(world).await;
        let mut owner = world.person("owner", "unit_owner", &["--uscc", &own]).await;
        world.link_of("foreign", "unit_member", &["--uscc", &other]).await;
        let page = "/zh/unit/accounts/new";
        owner.get("/zh/unit/accounts").await.is(200).says("owner").does_not_say("foreign");
        owner.get(page).await.is(200).says("单位成员").does_not_say("系统管理员").does_not_say("单位负责人");
        let base = [("login", "helper"), ("name", "李强")];
        for role in ["administrator", "unit_owner", "officer", "king", ""] {
            let made = owner.act(page, page, &[base[0], base[1], ("role", role)]).await;
            made.is(422).says("value=\"helper\"");
        }
        for (name, value) in [("organisation_id", "2"), ("state", "active"), ("demonstration", "true"), ("password_hash", "x")] {
            owner.act(page, page, &[base[0], base[1], ("role", "unit_member"), (name, value)]).await.is(422).says("没有这个字段");
        }
        // A unit that the form names is not asked for, and not used.
        let made = owner.act(page, page, &[base[0], base[1], ("role", "unit_member"), ("unit", &other)]).await;
        made.is(201).says("只显示这一次").says("/login/link/").does_not_say("留痕");
        let listed = world.cli(["account", "list", "--json"]).await;
        let listed: Vec<serde_json::Value> = serde_json::from_str(&listed.ok().stdout).unwrap();
        let helper = listed.iter().find(|row| row["login"] == "helper").unwrap();
        assert_eq!(helper["unit"], own.as_str());
        let delegate = owner.act(page, page, &[("login", "deputy"), ("name", "赵敏"), ("role", "unit_delegate"), ("home_unit", &other)]).await;
        delegate.is(201);
        owner.act(page, page, &[("login", "deputy"), ("name", "赵敏"), ("role", "unit_member")]).await.is(422).says("已经有人用了");
    }
}
