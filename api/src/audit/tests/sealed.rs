//! The sealer: every committed entry once, heads that follow from each other, however many write and seal.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection};

use super::{World, at, entry, on_both};
use crate::audit::notes::{Head, PublicKey};
use crate::audit::sealer::{self, SealError};
use crate::audit::signer::{self, Log};
use crate::audit::store::{self, number};
use crate::audit::tree::{self, is_consistent};
use crate::audit::{inspect, proof, publish};
use crate::db;
use crate::testing::Own;

const WRITERS: usize = 16;
const COMMITS: usize = 12;

/// Everything holds: entries, subtrees, heads; each head follows from the one before; each entry is proved.
async fn whole(db: &DatabaseConnection, log: &Log, entries: u64) {
    let findings = inspect::log(db, log.origin(), &|_| ()).await.unwrap();
    assert_eq!(findings.problems, Vec::<String>::new());
    assert_eq!((findings.entries, findings.waiting), (entries, 0));
    let heads = store::heads(db, -1, 10_000).await.unwrap();
    for pair in heads.windows(2) {
        let (from, to) = (number(pair[0].size), number(pair[1].size));
        let path = store::proof(db, &tree::consistency(from, to).unwrap()).await.unwrap();
        let (older, newer) = (store::hash(&pair[0].root).unwrap(), store::hash(&pair[1].root).unwrap());
        assert!(is_consistent(from, to, &older, &newer, &path), "{from} of {to}");
    }
    let key = store::key_in_use(db).await.unwrap().unwrap();
    let key = log.public(store::hash(&key.public_key).unwrap());
    let step = usize::try_from(entries / 40).unwrap().max(1);
    for place in (0..entries).step_by(step) {
        let row = store::entry_at(db, place).await.unwrap().unwrap();
        let proof = proof::of(db, log.origin(), &row).await.unwrap().unwrap();
        proof::check(&proof, &key).unwrap();
    }
}

/// Sixteen writers commit in another order than they insert; two sealers with connections of their own run beside them. Every
/// entry gets a place, each one, without a gap.
async fn every_entry_is_sealed_once(world: &World) {
    let writing = Arc::new(AtomicUsize::new(WRITERS));
    let vault = Arc::new(crate::vault::Vault::for_test());
    let mut tasks = Vec::new();
    for writer in 0..WRITERS {
        let (db, writing, vault) = (world.db.clone(), Arc::clone(&writing), Arc::clone(&vault));
        tasks.push(tokio::spawn(async move {
            for commit in 0..COMMITS {
                let txn = db::begin(&db).await.unwrap();
                let number = i64::try_from(writer * COMMITS + commit).unwrap();
                crate::audit::record(&txn, &vault, entry(number, None)).await.unwrap();
                // Those who insert first commit last; some change their mind.
                tokio::time::sleep(Duration::from_millis(((WRITERS - writer) % 5) as u64)).await;
                if commit % 6 == 5 {
                    txn.rollback().await.unwrap();
                } else {
                    txn.commit().await.unwrap();
                }
            }
            writing.fetch_sub(1, Ordering::SeqCst);
        }));
    }
    for _ in 0..2 {
        let (db, writing) = (world.db.clone(), Arc::clone(&writing));
        let log = Log::new(world.log.origin().to_owned(), world.log.file().to_owned());
        tasks.push(tokio::spawn(async move {
            while writing.load(Ordering::SeqCst) > 0 {
                sealer::seal(&db, &log, at()).await.unwrap();
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            sealer::seal_all(&db, &log, at()).await.unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let committed = (WRITERS * COMMITS / 6 * 5) as u64;
    let rows = store::sealed_from(&world.db, 0, 10_000).await.unwrap();
    let mut numbers: Vec<i64> = rows.iter().map(|row| row.subject_id).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len() as u64, committed);
    whole(&world.db, &world.log, committed).await;
}

/// More entries than one batch takes: as many heads as batches, and no head where there was nothing to seal.
async fn a_batch_has_one_head(world: &World) {
    world.write_many(0..2_300).await;
    for sealed in [1_000, 1_000, 300, 0, 0] {
        assert_eq!(world.seal().await, sealed);
    }
    let sizes: Vec<i64> =
        store::heads(&world.db, -1, 100).await.unwrap().iter().map(|head| head.size).collect();
    assert_eq!(sizes, [0, 1_000, 2_000, 2_300]);
    whole(&world.db, &world.log, 2_300).await;
}

/// A sealer that is cut off anywhere leaves a batch that is there or one that is not.
async fn a_sealer_that_is_cut_off_leaves_nothing_half_done(world: &World) {
    world.write_many(0..600).await;
    let log = Arc::new(Log::new(world.log.origin().to_owned(), world.log.file().to_owned()));
    let mut done = 0;
    for round in 0..40_u64 {
        world
            .write_many(600 + 20 * i64::try_from(round).unwrap()..620 + 20 * i64::try_from(round).unwrap())
            .await;
        let (db, log) = (world.db.clone(), Arc::clone(&log));
        let task = tokio::spawn(async move { sealer::seal(&db, &log, at()).await.unwrap() });
        tokio::time::sleep(Duration::from_micros(300 * round)).await;
        task.abort();
        done += u64::from(task.await.is_ok());
        let last = number(store::last_head(&world.db).await.unwrap().unwrap().size);
        let placed = store::sealed_from(&world.db, 0, 10_000).await.unwrap().len() as u64;
        assert!(placed == last, "{placed} entries have places, the head covers {last}");
    }
    assert!(done < 40, "some were cut off");
    sealer::seal_all(&world.db, &world.log, at()).await.unwrap();
    whole(&world.db, &world.log, 600 + 40 * 20).await;
}

/// The log begins once, with the signed head of the empty tree, however many copies open it; its name stays.
async fn a_log_begins_once(world: &World) {
    let again = sealer::open(&world.db, &world.config, "chongqing", at()).await.unwrap();
    assert_eq!(again.origin(), world.log.origin());
    assert!(again.origin().starts_with("yuti/chongqing/"));
    let heads = store::heads(&world.db, -1, 10).await.unwrap();
    assert_eq!(heads.len(), 1);
    let key = store::key_in_use(&world.db).await.unwrap().unwrap();
    let key = world.log.public(store::hash(&key.public_key).unwrap());
    let note = publish::head(world.log.origin(), &heads[0]).unwrap().checkpoint;
    let head = Head::open(&note, &key).unwrap();
    assert_eq!((head.size, head.root), (0, tree::empty_root()));
    let mut other = world.config.clone();
    other.seal.origin = "log.example".to_owned();
    let refused = sealer::open(&world.db, &other, "chongqing", at()).await.unwrap_err();
    assert!(matches!(&refused, SealError::Origin { given, .. } if given == "log.example"), "{refused}");
}

/// A copy with another key than the database knows seals nothing, and says which key it wants.
async fn a_copy_with_another_key_seals_nothing(world: &World) {
    world.write(1, None).await;
    let folder = world.config.data_dir.join("other");
    let file = folder.join("seal.key");
    let other = Log::new(world.log.origin().to_owned(), file.clone());
    let said = sealer::seal(&world.db, &other, at()).await.unwrap_err().to_string();
    assert!(said.contains(&file.display().to_string()), "{said}");
    signer::write_key(&file, &signer::new_key()).unwrap();
    let known = store::key_in_use(&world.db).await.unwrap().unwrap().key_id;
    let said = sealer::seal(&world.db, &other, at()).await.unwrap_err().to_string();
    assert!(said.contains(&known) && said.contains("nothing is signed"), "{said}");
    assert_eq!(store::waiting(&world.db).await.unwrap(), 1);
    assert_eq!(world.seal().await, 1, "the copy with the key goes on");
}

/// Another key comes into use: the old one signs the entry that announces it, the new one everything after.
async fn a_key_is_replaced_in_public(world: &World) {
    world.write_many(0..5).await;
    let new = signer::new_key();
    let public = PublicKey::of(world.log.origin(), &new);
    let size = sealer::rotate(&world.db, &world.log, &world.vault, &public, false, at()).await.unwrap();
    assert_eq!(size, 6);
    world.write_many(5..9).await;
    let refused = sealer::seal(&world.db, &world.log, at()).await.unwrap_err();
    assert!(matches!(refused, SealError::Key(_)), "the old key signs nothing more: {refused}");
    signer::write_key(&world.log.next_file(), &new).unwrap();
    assert_eq!(world.seal().await, 4, "the new key is found beside the old one");
    whole(&world.db, &world.log, 10).await;
    let keys = publish::keys(world.log.origin(), &store::keys(&world.db).await.unwrap()).unwrap().items;
    assert_eq!(keys.len(), 2);
    assert_eq!((keys[0].from_size, keys[0].to_size, keys[0].announced_by), (0, Some(6), None));
    assert_eq!((keys[1].from_size, keys[1].to_size, keys[1].announced_by), (6, None, Some(5)));
    let announcement = store::entry_at(&world.db, 5).await.unwrap().unwrap();
    assert_eq!(announcement.act, "seal.rotate");
    assert!(announcement.facts.contains(&crate::audit::canonical::hex(&public.bytes)));
}

/// A key that is lost is replaced without its signature, and the log says that nothing vouches for the new one.
async fn a_lost_key_is_replaced_and_the_log_says_so(world: &World) {
    world.write_many(0..3).await;
    world.seal().await;
    world.write(3, None).await;
    std::fs::remove_file(world.log.file()).unwrap();
    let new = signer::new_key();
    let public = PublicKey::of(world.log.origin(), &new);
    let fresh = Log::new(world.log.origin().to_owned(), world.log.file().to_owned());
    let refused = sealer::rotate(&world.db, &fresh, &world.vault, &public, false, at()).await.unwrap_err();
    assert!(matches!(refused, SealError::Key(_)), "{refused}");
    assert_eq!(sealer::rotate(&world.db, &fresh, &world.vault, &public, true, at()).await.unwrap(), 3);
    signer::write_key(world.log.file(), &new).unwrap();
    assert_eq!(sealer::seal(&world.db, &fresh, at()).await.unwrap(), 2);
    whole(&world.db, &fresh, 5).await;
    let findings = inspect::log(&world.db, fresh.origin(), &|_| ()).await.unwrap();
    assert_eq!(findings.notes.len(), 1, "{:?}", findings.notes);
    assert!(findings.notes[0].contains(&public.id()), "{:?}", findings.notes);
    assert_eq!(store::entry_at(&world.db, 4).await.unwrap().unwrap().act, "seal.replace");
}

/// Where what is stored does not come to the last head, the sealer signs nothing on top of it.
async fn nothing_is_signed_on_top_of_a_changed_tree(world: &World) {
    world.write_many(0..4).await;
    world.seal().await;
    world.unguard().await;
    world
        .db
        .execute_unprepared(
            "UPDATE seal_node SET hash = (SELECT root FROM seal_head WHERE size = 0) WHERE level = 2",
        )
        .await
        .unwrap();
    world.write(4, None).await;
    let refused = sealer::seal(&world.db, &world.log, at()).await.unwrap_err();
    assert!(matches!(refused, SealError::Changed(4)), "{refused}");
    assert_eq!(store::waiting(&world.db).await.unwrap(), 1);
}

on_both! {
    every_entry_is_sealed_once;
    a_batch_has_one_head;
    a_sealer_that_is_cut_off_leaves_nothing_half_done;
    a_log_begins_once;
    a_copy_with_another_key_seals_nothing;
    a_key_is_replaced_in_public;
    a_lost_key_is_replaced_and_the_log_says_so;
    nothing_is_signed_on_top_of_a_changed_tree;
}
