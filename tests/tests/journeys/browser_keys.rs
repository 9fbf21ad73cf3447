//! Keys as people see their pages: asked for, refused, shown once, looked at.

use crate::browser::{look, look_at};
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
