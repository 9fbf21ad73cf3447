//! People who sign in: a browser's cookies, the token of its forms, and accounts made as an operator makes them.

use std::collections::BTreeMap;

use totp_rs::{Builder, Secret};

use crate::planted;
use crate::{Answer, Caller, World};

/// A password that can be taken.
pub const PASSWORD: &str = "a quiet afternoon";

/// Somebody with a browser: it keeps cookies and sends them back.
#[derive(Clone, Debug)]
pub struct Person {
    caller: Caller,
    /// The cookies, by name.
    pub cookies: BTreeMap<String, String>,
}

impl Person {
    /// Somebody who has never been here.
    pub fn new(caller: Caller) -> Self {
        Self { caller, cookies: BTreeMap::new() }
    }

    /// The same browser, as another one would be that has its cookies.
    fn with_cookies(&self) -> Caller {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() {
            self.caller.clone()
        } else {
            self.caller.with_header("Cookie", &cookies.join("; "))
        }
    }

    fn keep(&mut self, answer: &Answer) {
        for value in answer.headers().get_all("set-cookie") {
            let value = value.to_str().expect("a cookie is text");
            let (name, rest) = value.split_once('=').expect("a cookie has a name");
            let content = rest.split(';').next().unwrap_or_default();
            if content.is_empty() || rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), content.to_owned());
            }
        }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        let answer = self.with_cookies().get(path).await;
        self.keep(&answer);
        answer
    }

    /// Sends a form as it is, without the token of any page.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.with_cookies().submit(path, fields).await;
        self.keep(&answer);
        answer
    }

    /// The token that the forms of a page carry.
    pub async fn token(&mut self, page: &str) -> String {
        let html = self.get(page).await.is(200).html();
        let field =
            planted::forms(&html).into_iter().flat_map(|form| form.fields).find(|field| field.name == "csrf");
        field.unwrap_or_else(|| panic!("{page} has no form with a token")).value
    }

    /// Opens a page and sends a form with the token of its forms.
    pub async fn act(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token(page).await;
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.submit(action, &all).await
    }

    /// The value of a hidden field of a page.
    pub async fn hidden(&mut self, page: &str, name: &str) -> String {
        let html = self.get(page).await.is(200).html();
        let field =
            planted::forms(&html).into_iter().flat_map(|form| form.fields).find(|field| field.name == name);
        field.unwrap_or_else(|| panic!("{page} has no field {name}")).value
    }

    /// Signs in with a password.
    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.submit("/zh/login", &[("login", login), ("password", password)]).await
    }

    /// The session's token.
    pub fn session(&self) -> Option<&str> {
        self.cookies.get("yuti_session").map(String::as_str)
    }

    /// Sets a second factor up, and gives its secret and the recovery codes.
    pub async fn enrol(&mut self, clock: &str) -> (String, Vec<String>) {
        let page = "/zh/account/second-factor";
        self.act(page, page, &[]).await.is(303);
        let html = self.get(page).await.is(200).html();
        let secret = code_elements(&html).into_iter().next().expect("the secret is shown").replace(' ', "");
        let code = totp(&secret, clock);
        let shown = self.act(page, "/zh/account/second-factor/confirm", &[("code", &code)]).await;
        let codes = code_elements(&shown.is(200).html());
        assert_eq!(codes.len(), 10, "recovery codes");
        (secret, codes)
    }
}

/// What stands in the `code` elements of a page.
pub fn code_elements(html: &str) -> Vec<String> {
    html.split("<code>").skip(1).filter_map(|rest| rest.split("</code>").next()).map(str::to_owned).collect()
}

/// The code that an authenticator shows at an instant.
pub fn totp(secret: &str, clock: &str) -> String {
    let secret = Secret::try_from_base32(secret).expect("the secret is base32");
    let at: chrono::DateTime<chrono::Utc> = clock.parse().expect("an instant");
    let totp = Builder::new().with_secret(secret.to_vec()).build().expect("a secret of 160 bits");
    totp.generate(at.timestamp().try_into().expect("after 1970")).to_string()
}

impl World {
    /// A unit that asks for an account at a bureau, with a PDF as proof. The path of the page on which it is followed.
    pub async fn unit_request(&self, uscc: &str, name: &str, authority: &str) -> String {
        let fields = [
            ("uscc", uscc),
            ("unit_name", name),
            ("role", "maintenance_unit"),
            ("authority", authority),
            ("contact_name", "王芳"),
            ("contact_phone", "023-6789 0123"),
            ("note", "一共 12 台"),
        ];
        let proof: &[u8] = b"%PDF-1.7\nlicence\n%%EOF\n";
        let filed = self.anyone().upload("/zh/unit/request", &fields, ("proof", &[proof])).await;
        let location = filed.is(303).header("Location");
        location.split('?').next().unwrap_or_default().to_owned()
    }

    /// Makes an account as the operator does, and gives the path of its link.
    pub async fn link_of(&self, login: &str, role: &str, place: &[&str]) -> String {
        let mut words = vec!["account", "create", "--login", login, "--role", role, "--name", "王芳"];
        words.extend_from_slice(place);
        let made = self.cli(words).await;
        let said = &made.ok().stdout;
        let at = said.find("/login/link/").expect("a link is printed");
        said[at..].split_whitespace().next().expect("a link is a word").to_owned()
    }

    /// Somebody with an account of this role, signed in: the link was used with [`PASSWORD`].
    pub async fn person(&self, login: &str, role: &str, place: &[&str]) -> Person {
        let link = self.link_of(login, role, place).await;
        let mut person = Person::new(self.anyone());
        person.submit(&link, &[("new_password", PASSWORD)]).await.is(303);
        assert!(person.session().is_some(), "{login} has a session");
        person
    }
}
