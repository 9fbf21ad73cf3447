//! Keys as people see their pages: asked for, refused, shown once, looked at.

use crate::api_keys::made;
use crate::browser::{look, look_at};
use crate::desk_keys::{UNIT, desks, link};
use serde_json::json;
use yuti_tests::{Browser, Options, World};

async fn press(browser: &Browser, act: &str) {
    browser.click(&format!("form:has(input[name=act][value={act}]) button[type=submit]")).await;
}

async fn the_way_of_a_key(world: &World, language: &str, words: [&str; 4]) {
    let [ready, wrong, mine, gone] = words;
    let browser = world.browser().await;
    browser.open(&format!("/{language}/keys")).await;
    look_at(&browser, &format!("keys-{language}"), language == "zh").await;
    browser.click("form:has(input[name=name]) button[type=submit]").await.shows(wrong).await;
    look_at(&browser, &format!("keys-refused-{language}"), false).await;
    browser.fill("#new-name", "小区公告屏").await.fill("#new-contact", "dev@example.org").await;
    browser.click("form:has(input[name=name]) button[type=submit]").await.shows(ready).await;
    let key = browser.find("#issued").await.prop("value").await.unwrap().unwrap();
    assert!(key.starts_with("yuti_ak_") && key.len() == 44, "{key}");
    look_at(&browser, &format!("keys-issued-{language}"), language == "zh").await;
    browser.open(&format!("/{language}/keys")).await;
    browser.fill("#mine-key", &key).await;
    press(&browser, "show").await;
    browser.shows(mine).await.shows("小区公告屏").await;
    look_at(&browser, &format!("keys-mine-{language}"), language == "zh").await;
    press(&browser, "raise").await;
    look_at(&browser, &format!("keys-mine-refused-{language}"), false).await;
    press(&browser, "rotate").await;
    browser.shows(ready).await;
    browser.open(&format!("/{language}/keys")).await;
    browser.fill("#mine-key", &key).await;
    press(&browser, "show").await;
    press(&browser, "revoke").await;
    browser.shows(gone).await;
    look_at(&browser, &format!("keys-revoked-{language}"), false).await;
    browser.was_quiet().await;
}

look! {
    /// The way of a key in Chinese.
    async fn keys_in_chinese(world: Options::demo()) {
        the_way_of_a_key(world, "zh", ["密钥做好了", "要填", "最近 30 天", "密钥已经作废"]).await;
    }
}

look! {
    /// The way of a key in English.
    async fn keys_in_english(world: Options::demo()) {
        the_way_of_a_key(world, "en", ["Your key is ready", "It is needed", "The last 30 days", "The key is revoked"]).await;
    }
}

async fn enter(browser: &Browser, language: &str, link: &str) {
    browser.open(&format!("/{language}{link}")).await;
    browser.fill("input[name=new_password]", "a quiet afternoon").await;
    browser.click("form:has(input[name=new_password]) button[type=submit]").await;
}

async fn keys_at_the_desk(world: &World, language: &str) {
    let (_, holder) = made(&world.anyone(), "小区公告屏").await;
    holder
        .post("/v1/api-keys/current/raise", &json!({"daily": 5_000_000, "reason": "每小时画一张图"}))
        .await
        .is(201);
    let browser = world.browser().await;
    enter(&browser, language, &link(world, "chief", &["--role", "administrator"]).await).await;
    for (name, path) in [
        ("desk-keys", "/admin/keys"),
        ("desk-keys-none", "/admin/keys?wish=asked&before=1"),
        ("desk-key", "/admin/keys/key-1"),
    ] {
        browser.open(&format!("/{language}{path}")).await;
        look_at(&browser, &format!("{name}-{language}"), false).await;
    }
    browser.click("form[action$=raise] button[type=submit]").await;
    look_at(&browser, &format!("desk-key-refused-{language}"), false).await;
    browser.was_quiet().await;
    let browser = world.browser().await;
    enter(&browser, language, &link(world, "owner", &["--role", "unit_owner", "--uscc", UNIT]).await).await;
    browser.open(&format!("/{language}/unit/keys")).await;
    look_at(&browser, &format!("unit-keys-{language}"), false).await;
    browser.fill("#issue-name", "维保平台").await;
    browser.click("#issue-scopes option:last-child").await;
    browser.click("form:has(#issue-name) button[type=submit]").await;
    look_at(&browser, &format!("unit-keys-issued-{language}"), false).await;
    browser.open(&format!("/{language}/unit/keys/key-2")).await;
    look_at(&browser, &format!("unit-key-{language}"), false).await;
    browser.was_quiet().await;
}

look! {
    /// Keys at the desk in Chinese.
    async fn keys_at_the_desk_in_chinese(world: desks()) {
        keys_at_the_desk(world, "zh").await;
    }
}

look! {
    /// Keys at the desk in English.
    async fn keys_at_the_desk_in_english(world: desks()) {
        keys_at_the_desk(world, "en").await;
    }
}
