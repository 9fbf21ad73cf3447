//! Samples of the pages of those who act, as they come and as they come back.

use yuti_openapi::vocabulary::{AccountState, Role};

use crate::samples::Sample;
use crate::*;

fn at(here: DeskRoom) -> Desk {
    let rooms = vec![DeskRoom::Account, DeskRoom::Accounts, DeskRoom::UnitAccounts];
    Desk { who: "王芳 · 南岸区市场监督管理局".to_owned(), csrf: "t0ken".to_owned(), rooms, here }
}

fn refused(field: &str) -> Filled {
    let errors = vec![
        FieldError { field: field.to_owned(), text: "要填。".to_owned() },
        FieldError { field: "elsewhere".to_owned(), text: "没有这个字段。".to_owned() },
    ];
    Filled { errors, ..Filled::with(&[("login", "li.qiang")]) }
}

fn told_off() -> Filled {
    Filled {
        message: Some("登录名或者密码不对。".to_owned()), ..Filled::with(&[("login", "li.qiang")])
    }
}

fn own() -> OwnAccountPage {
    let row = |id, client: &str, current| SessionRow {
        id,
        client: client.to_owned(),
        since: "2026-11-23 09:12".to_owned(),
        last: "2026-11-23 12:00".to_owned(),
        current,
    };
    OwnAccountPage {
        desk: at(DeskRoom::Account),
        name: "王芳".to_owned(),
        login: "wang.fang".to_owned(),
        role: Role::Officer,
        place: Some("南岸区市场监督管理局".to_owned()),
        second_factor: true,
        required: false,
        codes_left: 1,
        sessions: vec![row(1, "Firefox · Windows", true), row(2, "Safari · iOS", false)],
        told: Some("已经结束。".to_owned()),
        refused: None,
    }
}

fn rows() -> Vec<AccountRow> {
    [AccountState::Active, AccountState::Dormant, AccountState::Off]
        .into_iter()
        .zip([Role::Reader, Role::UnitOwner, Role::Administrator])
        .map(|(state, role)| AccountRow {
            id: 7,
            login: "wang.fang".to_owned(),
            name: "王芳".to_owned(),
            role,
            place: (role != Role::Administrator).then(|| "坎上坎电梯有限公司".to_owned()),
            state,
            last: (state == AccountState::Active).then(|| "2026-11-23 09:12".to_owned()),
        })
        .collect()
}

fn one() -> AccountPage {
    AccountPage {
        desk: at(DeskRoom::Accounts),
        id: 7,
        version: 3,
        login: "wang.fang".to_owned(),
        name: "王芳".to_owned(),
        role: Role::Officer,
        place: Some("南岸区市场监督管理局".to_owned()),
        state: AccountState::Active,
        second_factor: true,
        last: None,
        sessions: 2,
        acts: vec![
            AccountAct::Link,
            AccountAct::Wake,
            AccountAct::SignOut,
            AccountAct::ClearSecondFactor,
            AccountAct::Role,
            AccountAct::SwitchOff,
        ],
        change: Place {
            roles: vec![Role::Reader, Role::Officer],
            bureaus: vec![("cq".to_owned(), "重庆市市场监督管理局".to_owned())],
            filled: Filled::with(&[("role", "officer"), ("authority", "cq")]),
        },
        trail: Some(vec![TrailRow {
            at: "2026-11-23 09:12".to_owned(),
            act: "account.create".to_owned(),
            who: "admin".to_owned(),
            states: Some("active".to_owned()),
        }]),
        told: Some("账号建好了。".to_owned()),
        link: Some(LinkShown {
            address: "https://yuti.example/login/link/abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq".to_owned(),
            until: "2026-11-24 12:00".to_owned(),
        }),
        refused: None,
    }
}

/// The pages.
pub(crate) fn pages() -> Vec<Sample> {
    let login = LoginPage { next: Some("/zh/account".to_owned()), signed_out: true, ..LoginPage::default() };
    let again = LoginPage { filled: told_off(), ..LoginPage::default() };
    let bad = LoginPage { filled: refused("login"), ..LoginPage::default() };
    let code = SecondFactorPage {
        login: "wang.fang".to_owned(),
        csrf: "t0ken".to_owned(),
        ..SecondFactorPage::default()
    };
    let link = LinkPage {
        path: "/login/link/abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq".to_owned(),
        login: "wang.fang".to_owned(),
        first: true,
        clears_second_factor: true,
        until: "2026-11-24 12:00".to_owned(),
        least: 12,
        filled: refused("new_password"),
    };
    let over = NoticePage { text: "这个链接用过了。".to_owned() };
    let password = PasswordPage {
        desk: Desk { rooms: Vec::new(), ..at(DeskRoom::Account) },
        forced: true,
        least: 12,
        next: None,
        filled: refused("password"),
    };
    let enrolment = EnrolmentPage {
        desk: at(DeskRoom::Account),
        forced: false,
        replaces: true,
        waiting: None,
        next: Some("/zh/account".to_owned()),
        filled: Filled::default(),
    };
    let picture = "<svg viewBox=\"0 0 8 8\"><path d=\"M0 0h4v4h-4\"></path></svg>".to_owned();
    let waiting =
        EnrolmentPage { waiting: Some((picture, "ABCD EFGH".to_owned())), forced: true, ..enrolment.clone() };
    let codes = |frame: &Frame| RecoveryCodesPage {
        desk: at(DeskRoom::Account),
        codes: vec!["K7QM-4T0Z-9XHB-2CVE".to_owned(); 10],
        next: frame.link("/account"),
    };
    let own_refused =
        OwnAccountPage { refused: Some((OwnForm::Remove, refused("password"))), told: None, ..own() };
    let own_plain = OwnAccountPage {
        second_factor: false,
        sessions: own().sessions.into_iter().take(1).collect(),
        ..own()
    };
    let list = AccountsPage {
        desk: at(DeskRoom::Accounts),
        roles: vec![Role::Reader, Role::UnitOwner],
        filter: AccountFilter { role: Some(Role::Reader), ..AccountFilter::default() },
        rows: rows(),
        next: Some("/admin/accounts?after=7".to_owned()),
    };
    let nobody =
        AccountsPage { desk: at(DeskRoom::UnitAccounts), rows: Vec::new(), next: None, ..list.clone() };
    let new = NewAccountPage {
        desk: at(DeskRoom::Accounts),
        roles: vec![Role::Reader],
        bureaus: vec![("cq".to_owned(), "重庆市市场监督管理局".to_owned())],
        asks_unit: true,
        filled: refused("role"),
    };
    let one_refused = AccountPage {
        refused: Some((AccountAct::SwitchOff, refused("reason"))),
        link: None,
        told: None,
        trail: None,
        ..one()
    };
    vec![
        ("login".to_owned(), Box::new(move |frame| login.render(frame))),
        ("login-wrong".to_owned(), Box::new(move |frame| again.render(frame))),
        ("login-refused".to_owned(), Box::new(move |frame| bad.render(frame))),
        ("login-code".to_owned(), Box::new(move |frame| code.render(frame))),
        ("login-link".to_owned(), Box::new(move |frame| link.render(frame))),
        ("login-over".to_owned(), Box::new(move |frame| over.render(frame))),
        ("desk-password".to_owned(), Box::new(move |frame| password.render(frame))),
        ("desk-factor".to_owned(), Box::new(move |frame| enrolment.render(frame))),
        ("desk-factor-waiting".to_owned(), Box::new(move |frame| waiting.render(frame))),
        ("desk-codes".to_owned(), Box::new(move |frame| codes(frame).render(frame))),
        ("desk-account".to_owned(), Box::new(|frame| own().render(frame))),
        ("desk-account-refused".to_owned(), Box::new(move |frame| own_refused.render(frame))),
        ("desk-account-plain".to_owned(), Box::new(move |frame| own_plain.render(frame))),
        ("desk-accounts".to_owned(), Box::new(move |frame| list.render(frame))),
        ("desk-accounts-none".to_owned(), Box::new(move |frame| nobody.render(frame))),
        ("desk-accounts-new".to_owned(), Box::new(move |frame| new.render(frame))),
        ("desk-accounts-one".to_owned(), Box::new(|frame| one().render(frame))),
        ("desk-accounts-one-refused".to_owned(), Box::new(move |frame| one_refused.render(frame))),
    ]
}
