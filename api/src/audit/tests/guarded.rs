//! What is written stays: the database itself refuses anything else.

use sea_orm::{ConnectionTrait as _, DbBackend};

use super::{World, at, entry, on_both};
use crate::audit::canonical::commitment;
use crate::audit::{Contexts, store, tests};
use crate::db;
use crate::testing::Own;

async fn refuses(world: &World, statement: &str) {
    let outcome = world.db.execute_unprepared(statement).await;
    let Err(refused) = outcome else { panic!("{statement} was done") };
    let said = refused.to_string();
    assert!(said.contains("append only"), "{statement}: {said}");
}

async fn nothing_that_was_written_can_be_changed(world: &World) {
    let sealed = world.write(1, None).await;
    world.seal().await;
    let open = world.write(2, None).await;
    world.write_many(3..9).await;
    world.seal().await;
    let other = world.write(10, None).await;
    let changes = [
        "id = id + 1000",
        "at = '2026-11-23 05:00:00+00:00'",
        "actor = 'account'",
        "actor_id = 1",
        "actor_role = 'decider'",
        "act = 'thing.remove'",
        "subject = 'elevator'",
        "subject_id = 99",
        "from_state = NULL",
        "to_state = 'other'",
        "facts = '{}'",
        "format = 2",
    ];
    for id in [sealed, open, other] {
        for change in changes {
            refuses(world, &format!("UPDATE audit_entry SET {change} WHERE id = {id}")).await;
        }
        let bytes = match world.db.get_database_backend() {
            DbBackend::Postgres => r"'\x00'::bytea",
            _ => "x'00'",
        };
        refuses(world, &format!("UPDATE audit_entry SET commitment = {bytes} WHERE id = {id}")).await;
        refuses(world, &format!("UPDATE audit_entry SET salt = {bytes} WHERE id = {id}")).await;
        refuses(world, &format!("UPDATE audit_entry SET personal = {bytes} WHERE id = {id}")).await;
        refuses(world, &format!("DELETE FROM audit_entry WHERE id = {id}")).await;
    }
    for column in ["leaf_index", "leaf_hash"] {
        refuses(world, &format!("UPDATE audit_entry SET {column} = NULL WHERE id = {sealed}")).await;
    }
    refuses(world, &format!("UPDATE audit_entry SET leaf_index = 77 WHERE id = {sealed}")).await;
    for (table, column) in [("seal_node", "place"), ("seal_head", "size"), ("seal_key", "from_size")] {
        refuses(world, &format!("UPDATE {table} SET {column} = {column} + 1000")).await;
        refuses(world, &format!("DELETE FROM {table}")).await;
    }
    match world.db.get_database_backend() {
        DbBackend::Postgres => {
            for table in ["audit_entry", "seal_node", "seal_head", "seal_key"] {
                refuses(world, &format!("TRUNCATE {table} CASCADE")).await;
            }
        }
        _ => {
            let columns = "id, leaf_index, format, at, actor, act, subject, subject_id, facts, commitment";
            let values = "NULL, 1, at, actor, act, subject, subject_id, '{}', commitment";
            for id in [sealed, other] {
                refuses(
                    world,
                    &format!("INSERT OR REPLACE INTO audit_entry ({columns}) SELECT id, {values} FROM audit_entry WHERE id = {id}"),
                )
                .await;
            }
            refuses(
                world,
                "INSERT OR REPLACE INTO seal_head SELECT size, root, at, 'other', signature FROM seal_head",
            )
            .await;
            refuses(world, "INSERT OR REPLACE INTO seal_node SELECT level, place, x'00' FROM seal_node")
                .await;
        }
    }
}

async fn a_personal_part_can_be_erased_and_the_seal_holds(world: &World) {
    let personal = serde_json::json!({"name": "周演示", "phone": "023-0000-1234"});
    let id = world.write(1, Some(personal.clone())).await;
    world.write_many(2..6).await;
    world.seal().await;
    let row = store::entry(&world.db, id).await.unwrap().unwrap();
    let contexts = Contexts::of(&row.commitment);
    let salt = world.vault.open(&contexts.salt, row.salt.as_ref().unwrap()).unwrap();
    let plain = world.vault.open(&contexts.personal, row.personal.as_ref().unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&plain).unwrap(), personal);
    assert_eq!(commitment(&salt, std::str::from_utf8(&plain).unwrap()).to_vec(), row.commitment);
    for kept in [row.salt.as_ref().unwrap(), row.personal.as_ref().unwrap(), &row.facts.as_bytes().to_vec()] {
        assert!(
            !kept.windows(9).any(|part| part == "周演示".as_bytes())
                && !kept.windows(4).any(|part| part == b"1234")
        );
    }

    let erase = async || {
        let txn = db::begin(&world.db).await.unwrap();
        let done = store::erase(&txn, id).await.unwrap();
        txn.commit().await.unwrap();
        done
    };
    assert!(erase().await);
    assert!(!erase().await, "there is nothing left to erase");
    let erased = store::entry(&world.db, id).await.unwrap().unwrap();
    assert_eq!((&erased.salt, &erased.personal), (&None, &None));
    assert_eq!(crate::audit::entry::leaf(&erased).unwrap().to_vec(), row.leaf_hash.unwrap());
    let findings = crate::audit::inspect::log(&world.db, world.log.origin(), &|_| ()).await.unwrap();
    assert_eq!(findings.problems, Vec::<String>::new());
}

/// The same act twice: neither hash nor commitment tells that they are alike.
async fn equal_acts_have_different_hashes(world: &World) {
    let (one, other) = (world.write(1, None).await, world.write(1, None).await);
    world.seal().await;
    let row = async |id| store::entry(&world.db, id).await.unwrap().unwrap();
    let (one, other) = (row(one).await, row(other).await);
    assert_ne!(one.commitment, other.commitment);
    assert_ne!(one.leaf_hash, other.leaf_hash);
    assert_eq!(one.at, at());
}

async fn an_act_that_is_rolled_back_leaves_no_entry(world: &World) {
    let txn = db::begin(&world.db).await.unwrap();
    crate::audit::append(&txn, &world.vault, entry(1, None)).await.unwrap();
    txn.rollback().await.unwrap();
    assert_eq!(store::waiting(&world.db).await.unwrap(), 0);
    let unfit = [
        crate::audit::Entry { facts: serde_json::json!({"share": 0.5}), ..entry(1, None) },
        crate::audit::Entry { facts: serde_json::json!([]), ..entry(1, None) },
        crate::audit::Entry { from: Some("Neu"), ..entry(1, None) },
        crate::audit::Entry { act: "Thing change", ..entry(1, None) },
        tests::entry(1, Some(serde_json::json!({"Name": "x"}))),
    ];
    for entry in unfit {
        let txn = db::begin(&world.db).await.unwrap();
        let failure = crate::audit::append(&txn, &world.vault, entry).await.unwrap_err();
        assert_eq!(failure.code, yuti_openapi::ProblemCode::Internal);
        txn.rollback().await.unwrap();
    }
}

on_both! {
    nothing_that_was_written_can_be_changed;
    a_personal_part_can_be_erased_and_the_seal_holds;
    equal_acts_have_different_hashes;
    an_act_that_is_rolled_back_leaves_no_entry;
}
