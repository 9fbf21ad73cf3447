//! The pages of those who act, as people see and use them: on a phone and on a desk, in both languages, by day and by night, with keys
//! alone and without a script.

use crate::browser::{look, look_at, still};
use yuti_tests::people::totp;
use yuti_tests::{Browser, Media, Options, PASSWORD, World};

const NOON: &str = "2026-11-23T04:00:00Z";
const LATER: &str = "2026-11-23T04:01:00Z";

/// Clicks, and waits for what is only on the page that it leads to: a form that is sent is answered when the server is done.
async fn arrive(browser: &Browser, by: &str, at: &str) {
    browser.click(by).await;
    for _ in 0..200 {
        if browser.count(at).await > 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{by} does not lead to {at} but to {}", browser.path().await);
}

/// Opens a link and sets the first password.
async fn enter_by(browser: &Browser, link: &str) {
    browser.open(link).await;
    browser.fill("#password-new_password", PASSWORD).await;
    arrive(browser, "main form button", ".desk-bar").await;
}

/// Sets up the second factor that the open page asks for, and leaves the page of the recovery codes open.
async fn enrol(browser: &Browser) -> String {
    let secret = browser.text_of("code").await.replace(' ', "");
    browser.fill("#factor-code", &totp(&secret, NOON)).await;
    arrive(browser, "main form button", "ul.once").await;
    secret
}

async fn look_through(world: &World, language: &str, full: bool) {
    let name = |page: &str| format!("{page}-{language}");
    let units = world.anyone().get("/v1/organisations?limit=50").await.json();
    let unit =
        units["items"].as_array().unwrap().iter().find_map(|unit| unit["uscc"].as_str()).unwrap().to_owned();
    let admin = world.link_of("admin", "administrator", &[]).await;
    let officer = world.link_of("wang.fang", "officer", &["--district", "500108"]).await;
    let owner = world.link_of("zhao.min", "unit_owner", &["--uscc", &unit]).await;
    world.link_of("li.qiang", "unit_member", &["--uscc", &unit]).await;
    let browser = world.browser().await;
    browser.language(if language == "zh" { "zh-CN" } else { "en" }).await;
    browser.media(still(Media::LIGHT)).await;
    let open = async |path: &str| browser.open(&format!("/{language}{path}")).await.path().await;

    open("/login").await;
    look_at(&browser, &name("login"), full).await;
    browser.fill("#login-login", "wang.fang").await;
    arrive(&browser, "main form button", ".problems").await;
    look_at(&browser, &name("login-refused"), full).await;
    open(&format!("/login/link/{}", "A".repeat(43))).await;
    look_at(&browser, &name("link-over"), false).await;
    open(&admin).await;
    look_at(&browser, &name("link"), full).await;
    browser.fill("#password-new_password", "short").await;
    arrive(&browser, "main form button", ".problems").await;
    look_at(&browser, &name("link-refused"), false).await;
    enter_by(&browser, &format!("/{language}{admin}")).await;
    look_at(&browser, &name("factor-due"), false).await;
    arrive(&browser, "main form button", "#factor-code").await;
    look_at(&browser, &name("factor"), full).await;
    let secret = enrol(&browser).await;
    look_at(&browser, &name("codes"), full).await;
    arrive(&browser, "main .ways a", "form[action$='/account/recovery-codes']").await;
    look_at(&browser, &name("account"), full).await;
    arrive(&browser, "form[action$='/account/recovery-codes'] button", ".problems").await;
    look_at(&browser, &name("account-refused"), false).await;
    open("/account/password").await;
    look_at(&browser, &name("password"), false).await;

    open("/admin/accounts").await;
    look_at(&browser, &name("accounts"), full).await;
    open("/admin/accounts?login=nobody").await;
    look_at(&browser, &name("accounts-none"), false).await;
    open("/admin/accounts/new").await;
    look_at(&browser, &name("accounts-new"), full).await;
    browser.fill("#new-login", "a b").await;
    arrive(&browser, "main form button", ".problems").await;
    look_at(&browser, &name("accounts-new-refused"), false).await;
    open("/admin/accounts?login=wang").await;
    arrive(&browser, "tbody a", "form[action$='/switch-off']").await;
    look_at(&browser, &name("accounts-one"), full).await;
    arrive(&browser, "form[action$='/switch-off'] button", ".problems").await;
    look_at(&browser, &name("accounts-one-refused"), false).await;
    arrive(&browser, "form[action$='/link'] button", "#link").await;
    look_at(&browser, &name("accounts-link"), false).await;
    arrive(&browser, ".desk-me button", "#login-login").await;
    look_at(&browser, &name("signed-out"), false).await;

    world.set_clock(LATER);
    browser.fill("#login-login", "admin").await.fill("#login-password", PASSWORD).await;
    arrive(&browser, "main form button", "#code-code").await;
    look_at(&browser, &name("second-factor"), full).await;
    browser.fill("#code-code", "000000").await;
    arrive(&browser, "main form button", ".problems").await;
    look_at(&browser, &name("second-factor-refused"), false).await;
    browser.fill("#code-code", &totp(&secret, LATER)).await;
    arrive(&browser, "main form button", ".desk-bar").await;
    arrive(&browser, ".desk-me button", "#login-login").await;

    enter_by(&browser, &format!("/{language}{owner}")).await;
    open("/unit/accounts").await;
    look_at(&browser, &name("unit-accounts"), full).await;
    open("/unit/accounts/new").await;
    look_at(&browser, &name("unit-accounts-new"), false).await;
    open("/account?text=large").await;
    browser.width(360).await;
    browser.is_sound().await.screenshot(&name("account-360-large")).await;
    assert!(!officer.is_empty());
    browser.was_quiet().await;
}

look! {
    /// Every page of those who act, in Chinese.
    async fn pages_of_accounts_in_chinese(world: Options::demo()) {
        look_through(world, "zh", true).await;
    }
}

look! {
    /// Every page of those who act, in English.
    async fn pages_of_accounts_in_english(world: Options::demo()) {
        look_through(world, "en", false).await;
    }
}

look! {
    /// With keys alone and without a script somebody signs in, comes to the own account, and signs out.
    async fn signing_in_needs_keys_alone(world: Options::empty()) {
        let link = world.link_of("wang.fang", "officer", &["--district", "500108"]).await;
        let browser = world.browser().await;
        enter_by(&browser, &format!("/zh{link}")).await;
        arrive(&browser, ".desk-me button", "#login-login").await;
        browser.scripts(false).await;
        browser.open("/zh/login?next=%2Fzh%2Faccount%2Fpassword").await;
        let to = async |wanted: &str| {
            for _ in 0..30 {
                if browser.tab().await.contains(wanted) {
                    return;
                }
            }
            panic!("no key leads to {wanted}");
        };
        to("login-login").await;
        browser.press("wang.fang").await;
        assert!(browser.tab().await.contains("login-password"), "the password follows");
        browser.press("wrong").await.press(thirtyfour::Key::Enter).await;
        browser.wait_for("登录名或者密码不对").await;
        to("login-password").await;
        browser.press(PASSWORD).await.press(thirtyfour::Key::Enter).await;
        browser.wait_for("更改密码").await;
        assert_eq!(browser.path().await, "/zh/account/password");
        to("我的账号").await;
        browser.press(thirtyfour::Key::Enter).await;
        browser.wait_for("基本情况").await;
        to("退出").await;
        browser.press(thirtyfour::Key::Enter).await;
        browser.wait_for("已经退出").await;
    }
}
