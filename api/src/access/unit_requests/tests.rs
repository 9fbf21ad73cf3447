#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
//! Requests on both databases: filed, followed, decided, opened.

use std::path::PathBuf;

use bytes::Bytes;
use chrono::Duration;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, PaginatorTrait as _, QueryOrder as _};
use yuti_entity::{account, audit_entry, change, organisation, stored_file, unit_request};
use yuti_openapi::Uscc;
use yuti_openapi::vocabulary::{AccountState, ChangeReason, FilePurpose, Role, UnitRequestState, UnitRole};

use super::acts::{self, Filed, New};
use super::store::{self, Field, Filter};
use super::{Parts, rules};
use crate::access::accounts::acts as account_acts;
use crate::access::accounts::refused::Refused;
use crate::access::accounts::rules::Standing;
use crate::access::accounts::tests::{Backend, PASSWORD, World, attempt, on_both, visitor};
use crate::access::accounts::token::Token;
use crate::audit::Actor;
use crate::config::Config;
use crate::files::{self, Files, sweep};

on_both!(
    a_unit_asks_is_accepted_and_opens_its_account,
    a_refused_unit_reads_why,
    what_is_taken_back_leaves_no_proof,
    only_one_of_many_is_accepted,
    nobody_else_follows_a_request,
    what_is_over_goes_with_its_proof,
);

const OFFICER: Actor = Actor::Account { id: 1, role: Role::Officer };
const CODE: &str = "91500108MA5QK0017P";
const OTHER_CODE: &str = "91500000MA5ABCDE";

struct Desk {
    world: World,
    files: Files,
    folder: PathBuf,
}

impl Desk {
    async fn open(backend: Backend) -> Self {
        let world = World::open(backend).await;
        // Decisions name the account that made them.
        world.person("the.officer", Role::Officer).await;
        let folder = std::env::temp_dir().join(format!("yuti-requests-{}", crate::chance::request_id()));
        let mut config = Config::load(None, &|_| None).unwrap();
        config.files.folder = folder.clone();
        let files = Files::open(&config, world.accounts.vault.clone()).unwrap();
        files.belongs(&world.accounts.db, world.accounts.clock.now()).await.unwrap();
        Self { world, files, folder }
    }

    fn parts(&self) -> Parts<'_> {
        Parts { accounts: &self.world.accounts, files: &self.files }
    }

    async fn file(&self, code: &str, name: &str) -> Filed {
        let uscc: Uscc = code.parse().unwrap();
        let new = New {
            uscc: &uscc,
            unit_name: name,
            role: UnitRole::MaintenanceUnit,
            authority_key: "cq-500108",
            contact_name: "王芳",
            contact_phone: "13800138000",
            note: Some("一共 12 台"),
        };
        let proof = self.files.take(Bytes::from_static(b"%PDF-1.7\nlicence\n%%EOF\n")).await.unwrap();
        acts::file(self.parts(), new, vec![proof], self.files.holder("127.0.0.1")).await.unwrap()
    }

    async fn row(&self, filed: &Filed) -> unit_request::Model {
        let found = store::of_token(&self.world.accounts.db, &filed.number, &filed.token).await;
        found.unwrap().unwrap()
    }

    async fn proof(&self, filed: &Filed) -> Vec<stored_file::Model> {
        let id = self.row(filed).await.id;
        files::of(&self.world.accounts.db, (FilePurpose::UnitRequestProof, id)).await.unwrap()
    }

    async fn close(self) {
        self.world.close().await;
        let _ = std::fs::remove_dir_all(self.folder);
    }
}

/// A code with right check characters that no register names.
fn unknown_code() -> String {
    Uscc::complete("91500000", &OTHER_CODE[8..16]).unwrap().as_str().to_owned()
}

async fn a_unit_asks_is_accepted_and_opens_its_account(backend: Backend) {
    let desk = Desk::open(backend).await;
    let db = &desk.world.accounts.db;
    let code = unknown_code();
    let filed = desk.file(&code, "坎下坎电梯维保有限公司").await;
    assert_eq!(rules::number(&filed.number), Some(filed.number.clone()));
    let row = desk.row(&filed).await;
    assert_eq!(row.state, UnitRequestState::Received);
    for (field, text) in [
        (Field::ContactName, "王芳"),
        (Field::ContactPhone, "13800138000"),
        (Field::Note, "一共 12 台"),
        (Field::Answer, ""),
    ] {
        assert_eq!(field.open(&desk.world.accounts.vault, &row).unwrap(), text);
    }
    assert_eq!(desk.proof(&filed).await.len(), 1);
    let early = acts::open_account(desk.parts(), &filed.number, &filed.token).await;
    assert!(matches!(early, Err(Refused::Conflict(_))), "nothing to open before it is accepted");

    acts::accept(desk.parts(), OFFICER.into(), row.id, row.version).await.unwrap();
    let row = desk.row(&filed).await;
    assert_eq!((row.state, row.decided_by), (UnitRequestState::Accepted, Some(1)));
    let unit = organisation::Entity::find_by_id(row.organisation_id.unwrap()).one(db).await.unwrap().unwrap();
    assert_eq!((unit.uscc.as_deref(), unit.name.as_str()), (Some(code.as_str()), "坎下坎电梯维保有限公司"));
    let entered = change::Entity::find().order_by_desc(change::Column::Id).one(db).await.unwrap().unwrap();
    assert_eq!((entered.reason, entered.subject_id), (ChangeReason::UnitAccepted, unit.id));

    let first = acts::open_account(desk.parts(), &filed.number, &filed.token).await.unwrap();
    let link = acts::open_account(desk.parts(), &filed.number, &filed.token).await.unwrap();
    let accounts = &desk.world.accounts;
    let over = account_acts::use_link(accounts, &first.token, PASSWORD, visitor(None, "a")).await;
    assert!(matches!(over, Err(Refused::LinkOver)), "a new link ends the one before");
    account_acts::use_link(accounts, &link.token, PASSWORD, visitor(None, "a")).await.unwrap();
    let entered = attempt(accounts, &code, PASSWORD, visitor(None, "a")).await.unwrap();
    assert_eq!(entered.standing, Standing::Whole, "the log-in is the unit's code, in capitals or not");
    let owner = account::Entity::find_by_id(row.account_id.unwrap()).one(db).await.unwrap().unwrap();
    assert_eq!((owner.role, owner.organisation_id), (Role::UnitOwner, Some(unit.id)));
    let again = acts::open_account(desk.parts(), &filed.number, &filed.token).await;
    assert!(matches!(again, Err(Refused::Conflict(_))), "an open account is not opened again by the request");

    let trail = audit_entry::Entity::find().order_by_asc(audit_entry::Column::Id).all(db).await.unwrap();
    let acts: Vec<&str> =
        trail.iter().filter(|entry| entry.subject == "unit_request").map(|e| e.act.as_str()).collect();
    assert_eq!(acts, ["unit_request.file", "unit_request.accept"]);
    for entry in &trail {
        assert!(!entry.facts.contains("13800138000") && !entry.facts.contains("王芳"), "{}", entry.facts);
    }
    desk.close().await;
}

async fn a_refused_unit_reads_why(backend: Backend) {
    let desk = Desk::open(backend).await;
    let filed = desk.file(CODE, "坎上坎电梯维保有限公司").await;
    let row = desk.row(&filed).await;
    let stale = acts::refuse(desk.parts(), OFFICER.into(), row.id, row.version + 1, "x").await;
    assert!(matches!(stale, Err(Refused::Changed)));
    acts::refuse(desk.parts(), OFFICER.into(), row.id, row.version, "营业执照看不清").await.unwrap();
    let row = desk.row(&filed).await;
    assert_eq!(row.state, UnitRequestState::Refused);
    assert_eq!(Field::Answer.open(&desk.world.accounts.vault, &row).unwrap(), "营业执照看不清");
    for outcome in [
        acts::accept(desk.parts(), OFFICER.into(), row.id, row.version).await,
        acts::refuse(desk.parts(), OFFICER.into(), row.id, row.version, "y").await,
        acts::withdraw(desk.parts(), &filed.number, &filed.token).await,
    ] {
        assert!(matches!(outcome, Err(Refused::Conflict(_))), "decided once");
    }
    assert!(acts::open_account(desk.parts(), &filed.number, &filed.token).await.is_err());
    let missing = acts::refuse(desk.parts(), OFFICER.into(), row.id + 1, 1, "x").await;
    assert!(matches!(missing, Err(Refused::NotThere)));
    desk.close().await;
}

async fn what_is_taken_back_leaves_no_proof(backend: Backend) {
    let desk = Desk::open(backend).await;
    let filed = desk.file(CODE, "x").await;
    acts::withdraw(desk.parts(), &filed.number, &filed.token).await.unwrap();
    assert_eq!(desk.row(&filed).await.state, UnitRequestState::Withdrawn);
    assert!(desk.proof(&filed).await.is_empty());
    desk.close().await;
}

async fn only_one_of_many_is_accepted(backend: Backend) {
    let desk = Desk::open(backend).await;
    let db = &desk.world.accounts.db;
    let code = unknown_code();
    let mut filed = Vec::new();
    for _ in 0..rules::MOST_WAITING {
        filed.push(desk.file(&code, "同一个单位").await);
    }
    let uscc: Uscc = code.parse().unwrap();
    let new = New {
        uscc: &uscc,
        unit_name: "同一个单位",
        role: UnitRole::UsingUnit,
        authority_key: "cq-500108",
        contact_name: "x",
        contact_phone: "02367890123",
        note: None,
    };
    let one_more = acts::file(desk.parts(), new, Vec::new(), desk.files.holder("x")).await;
    assert!(matches!(one_more, Err(Refused::Flaws(flaws)) if flaws[0].code == "waiting"));
    let (one, two) = (desk.row(&filed[0]).await, desk.row(&filed[1]).await);
    let (first, second) = tokio::join!(
        acts::accept(desk.parts(), OFFICER.into(), one.id, one.version),
        acts::accept(desk.parts(), OFFICER.into(), two.id, two.version),
    );
    assert_eq!([first, second].iter().filter(|outcome| outcome.is_ok()).count(), 1, "one owner for one unit");
    assert_eq!(organisation::Entity::find().count(db).await.unwrap(), 1);
    // An owner who was switched off can be followed by another, under another log-in.
    let owner = account::Entity::find().order_by_desc(account::Column::Id).one(db).await.unwrap().unwrap();
    let off = account::ActiveModel { id: Set(owner.id), state: Set(AccountState::Off), ..Default::default() };
    off.update(db).await.unwrap();
    let three = desk.row(&filed[2]).await;
    acts::accept(desk.parts(), OFFICER.into(), three.id, three.version).await.unwrap();
    let next = account::Entity::find().order_by_desc(account::Column::Id).one(db).await.unwrap().unwrap();
    assert_eq!(next.login, rules::login(&code, 2));
    desk.close().await;
}

async fn nobody_else_follows_a_request(backend: Backend) {
    let desk = Desk::open(backend).await;
    let db = &desk.world.accounts.db;
    let (mine, theirs) = (desk.file(CODE, "x").await, desk.file(CODE, "x").await);
    assert!(store::of_token(db, &mine.number, &theirs.token).await.unwrap().is_none());
    assert!(store::of_token(db, &mine.number, &Token::random()).await.unwrap().is_none());
    for outcome in [
        acts::withdraw(desk.parts(), &mine.number, &theirs.token).await,
        acts::open_account(desk.parts(), &mine.number, &theirs.token).await.map(|_| ()),
    ] {
        assert!(matches!(outcome, Err(Refused::NotThere)));
    }
    let filter = |key: &str| Filter { authority_key: Some(key.to_owned()), ..Filter::default() };
    assert_eq!(store::count(db, &filter("cq-500108")).await.unwrap(), 2);
    assert_eq!(store::list(db, &filter("cq-500112"), 9).await.unwrap().len(), 0);
    desk.close().await;
}

async fn what_is_over_goes_with_its_proof(backend: Backend) {
    let desk = Desk::open(backend).await;
    let db = &desk.world.accounts.db;
    let (gone, kept) = (desk.file(CODE, "x").await, desk.file(CODE, "x").await);
    let row = desk.row(&gone).await;
    unit_request::Entity::delete_by_id(row.id).exec(db).await.unwrap();
    let later = desk.world.accounts.clock.now() + Duration::hours(1);
    sweep::run(&desk.files, db, later).await.unwrap();
    let left = files::of(db, (FilePurpose::UnitRequestProof, row.id)).await.unwrap();
    assert!(left.is_empty(), "its key is erased, so that nobody can read it any more");
    assert_eq!(desk.proof(&kept).await.len(), 1);
    desk.close().await;
}
