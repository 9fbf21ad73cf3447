//! Somebody has the database in their hands and takes its guards away: the log says what was changed.

use sea_orm::{ConnectionTrait as _, DbBackend};

use super::{World, on_both};
use crate::audit::inspect;
use crate::audit::store;
use crate::audit::tree;
use crate::audit::{canonical::hex, entry};
use crate::testing::Own;

/// A log of ten entries under three heads (sizes 0, 7, 10), without its guards.
async fn unguarded(world: &World) {
    world.write_many(0..7).await;
    world.seal().await;
    world.write_many(7..10).await;
    world.seal().await;
    assert_eq!(problems(world).await, Vec::<String>::new());
    world.unguard().await;
}

async fn problems(world: &World) -> Vec<String> {
    inspect::log(&world.db, world.log.origin(), &|_| ()).await.unwrap().problems
}

async fn run(world: &World, statement: &str) {
    let done = world.db.execute_unprepared(statement).await.unwrap();
    assert!(done.rows_affected() > 0, "{statement}");
}

fn bytes(world: &World, bytes: &[u8]) -> String {
    match world.db.get_database_backend() {
        DbBackend::Postgres => format!("'\\x{}'::bytea", hex(bytes)),
        _ => format!("x'{}'", hex(bytes)),
    }
}

/// What is said, and that nothing else is.
async fn only(world: &World, parts: &[&str]) {
    let found = problems(world).await;
    assert_eq!(found.len(), 1, "{found:?}");
    for part in parts {
        assert!(found[0].contains(part), "no {part:?} in {found:?}");
    }
}

async fn a_changed_row_is_named(world: &World) {
    unguarded(world).await;
    let id = store::entry_at(&world.db, 3).await.unwrap().unwrap().id;
    run(world, &format!("UPDATE audit_entry SET subject_id = 99 WHERE id = {id}")).await;
    only(world, &[&format!("entry {id} at place 3"), "does not come to its hash"]).await;
}

async fn a_row_that_was_changed_together_with_its_hash_is_found_by_the_subtree_above(world: &World) {
    unguarded(world).await;
    run(world, "UPDATE audit_entry SET subject_id = 99 WHERE leaf_index = 3").await;
    let row = store::entry_at(&world.db, 3).await.unwrap().unwrap();
    let leaf = bytes(world, &entry::leaf(&row).unwrap());
    run(world, &format!("UPDATE audit_entry SET leaf_hash = {leaf} WHERE leaf_index = 3")).await;
    only(world, &["node 1 on level 1", "places 2 to 3"]).await;
}

async fn a_whole_branch_that_was_made_anew_is_found_by_the_head(world: &World) {
    unguarded(world).await;
    // Place 6 has no subtree above it under the head of size 7, and one under that of size 10.
    run(world, "UPDATE audit_entry SET to_state = 'other' WHERE leaf_index = 6").await;
    let row = store::entry_at(&world.db, 6).await.unwrap().unwrap();
    let mut hash = entry::leaf(&row).unwrap();
    run(world, &format!("UPDATE audit_entry SET leaf_hash = {} WHERE leaf_index = 6", bytes(world, &hash)))
        .await;
    let leaf = async |place| {
        store::hash(&store::entry_at(&world.db, place).await.unwrap().unwrap().leaf_hash.unwrap()).unwrap()
    };
    for (level, place) in [(1_u32, 3), (2, 1), (3, 0)] {
        let known = async |level, place| {
            let place = tree::Place { level, place };
            store::hashes(&world.db, &[place]).await.unwrap()[&place]
        };
        hash = match level {
            1 => tree::node(&hash, &leaf(7).await),
            _ => tree::node(&known(level - 1, place * 2).await, &hash),
        };
        let hash = bytes(world, &hash);
        run(world, &format!("UPDATE seal_node SET hash = {hash} WHERE level = {level} AND place = {place}"))
            .await;
    }
    only(world, &["head of size 7", "places 0 to 6"]).await;
}

async fn a_row_that_is_gone_is_missed(world: &World) {
    unguarded(world).await;
    run(world, "DELETE FROM audit_entry WHERE leaf_index = 5").await;
    only(world, &["place 5 is not there"]).await;
}

async fn the_last_rows_are_missed_too(world: &World) {
    unguarded(world).await;
    run(world, "DELETE FROM audit_entry WHERE leaf_index > 6").await;
    let found = problems(world).await;
    assert!(found[0].contains("last head covers 10 entries, but 7"), "{found:?}");
}

async fn a_head_that_was_taken_away_with_its_entries_leaves_its_subtrees(world: &World) {
    unguarded(world).await;
    run(world, "DELETE FROM audit_entry WHERE leaf_index > 6").await;
    run(world, "DELETE FROM seal_head WHERE size > 7").await;
    only(world, &["nodes in the tree"]).await;
}

async fn a_signature_that_was_changed_is_named(world: &World) {
    unguarded(world).await;
    run(
        world,
        "UPDATE seal_head SET signature = (SELECT signature FROM seal_head WHERE size = 0) WHERE size = 7",
    )
    .await;
    only(world, &["signature over the head of size 7"]).await;
}

async fn another_key_in_its_place_is_named(world: &World) {
    unguarded(world).await;
    run(world, &format!("UPDATE seal_key SET public_key = {}", bytes(world, &[7; 32]))).await;
    let found = problems(world).await;
    assert!(found.iter().any(|found| found.contains("has not the name")), "{found:?}");
    assert!(found.iter().any(|found| found.contains("signature over the head of size 10")), "{found:?}");
}

async fn a_missing_and_a_changed_subtree_are_named(world: &World) {
    unguarded(world).await;
    run(world, "DELETE FROM seal_node WHERE level = 1 AND place = 0").await;
    run(
        world,
        &format!("UPDATE seal_node SET hash = {} WHERE level = 2 AND place = 1", bytes(world, &[1; 32])),
    )
    .await;
    let found = problems(world).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("node 0 on level 1 is not there"), "{found:?}");
    assert!(found[1].contains("node 1 on level 2 does not come"), "{found:?}");
}

on_both! {
    a_changed_row_is_named;
    a_row_that_was_changed_together_with_its_hash_is_found_by_the_subtree_above;
    a_whole_branch_that_was_made_anew_is_found_by_the_head;
    a_row_that_is_gone_is_missed;
    the_last_rows_are_missed_too;
    a_head_that_was_taken_away_with_its_entries_leaves_its_subtrees;
    a_signature_that_was_changed_is_named;
    another_key_in_its_place_is_named;
    a_missing_and_a_changed_subtree_are_named;
}
