//! The whole log, looked through: every entry against its hash, every subtree against what is under it, every head against the
//! tree, every key against its announcement. Constant memory, however long the log is.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, PaginatorTrait as _, QueryFilter,
};
use serde_json::Value;
use yuti_entity::{audit_entry, seal_head, seal_key, seal_node};

use super::canonical::hex;
use super::entry;
use super::notes::{Head, PublicKey};
use super::store::{self, column, number};
use super::tree::{Frontier, Hash, Place, empty_root};

/// Entries that are read at a time.
const PART: u64 = 1_024;
/// More problems than this are not listed: one changed byte is reason enough.
const MOST: usize = 20;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Sealed entries that were looked at.
    pub entries: u64,
    /// Signed heads that were looked at.
    pub heads: u64,
    /// Keys.
    pub keys: usize,
    /// Entries that wait for their seal.
    pub waiting: u64,
    /// What should be known and is no fault.
    pub notes: Vec<String>,
    /// What does not hold, in the order of the log.
    pub problems: Vec<String>,
}

struct Inspection<'a> {
    db: &'a DatabaseConnection,
    origin: &'a str,
    keys: Vec<seal_key::Model>,
    tree: Frontier,
    nodes: u64,
    /// Places at which something is known to be wrong: what lies above them is wrong too and is not said again.
    bad: Vec<(u64, u64)>,
    /// The size of the last head that held.
    good: u64,
    findings: Findings,
}

/// Looks through the log. `progress` gets the number of entries that are done.
///
/// # Errors
/// Whatever the database refuses.
pub async fn log(db: &DatabaseConnection, origin: &str, progress: &dyn Fn(u64)) -> Result<Findings, DbErr> {
    let keys = store::keys(db).await?;
    let mut inspection = Inspection {
        db,
        origin,
        keys,
        tree: Frontier::default(),
        nodes: 0,
        bad: Vec::new(),
        good: 0,
        findings: Findings::default(),
    };
    inspection.beginning().await?;
    while inspection.part().await? {
        progress(inspection.tree.size());
    }
    inspection.end().await?;
    Ok(inspection.findings)
}

impl Inspection<'_> {
    fn problem(&mut self, start: u64, end: u64, text: String) {
        self.bad.push((start, end));
        if self.findings.problems.len() < MOST {
            self.findings.problems.push(text);
        }
    }

    /// Whether a range holds something that was named already.
    fn known(&self, start: u64, end: u64) -> bool {
        self.bad.iter().any(|(bad, until)| *bad >= start && *until <= end)
    }

    async fn beginning(&mut self) -> Result<(), DbErr> {
        self.findings.keys = self.keys.len();
        match store::head_of(self.db, 0).await? {
            Some(head) => self.head(&head),
            None => self.problem(0, 0, "the head of the empty tree is not there".to_owned()),
        }
        Ok(())
    }

    /// One part of the log. False where there is no more of it.
    async fn part(&mut self) -> Result<bool, DbErr> {
        let start = self.tree.size();
        let rows = store::sealed_from(self.db, start, PART).await?;
        if rows.is_empty() {
            return Ok(false);
        }
        let end = start + rows.len() as u64;
        let nodes = self.stored_nodes(start, end).await?;
        let heads = store::heads(self.db, column(start), PART).await?;
        let mut heads = heads.iter().take_while(|head| number(head.size) <= end).peekable();
        for row in &rows {
            let Some(leaf) = self.entry(row) else { return Ok(false) };
            for (place, hash) in self.tree.push(leaf) {
                self.node(place, &hash, nodes.get(&place));
            }
            if let Some(head) = heads.next_if(|head| number(head.size) == self.tree.size()) {
                self.head(head);
            }
        }
        Ok(true)
    }

    /// Holds an entry against its hash. The hash goes into the tree, so that what is above it is looked at for itself.
    fn entry(&mut self, row: &audit_entry::Model) -> Option<Hash> {
        let place = self.tree.size();
        let (index, stored) = (row.leaf_index.map(number), row.leaf_hash.as_deref());
        if index != Some(place) {
            self.problem(place, place + 1, format!("the entry at place {place} is not there"));
            return None;
        }
        self.findings.entries += 1;
        let what =
            format!("entry {} at place {place} ({} of {} {})", row.id, row.act, row.subject, row.subject_id);
        let Some(stored) = stored.and_then(|hash| hash.try_into().ok()) else {
            self.problem(place, place + 1, format!("{what} has no hash"));
            return None;
        };
        match entry::leaf(row) {
            Ok(leaf) if leaf == stored => {}
            Ok(_) => {
                self.problem(
                    place,
                    place + 1,
                    format!("{what}: what is written there does not come to its hash"),
                );
            }
            Err(cause) => self.problem(place, place + 1, format!("{what}: {cause}")),
        }
        Some(stored)
    }

    /// The subtrees that entries of a part complete.
    async fn stored_nodes(&self, start: u64, end: u64) -> Result<HashMap<Place, Hash>, DbErr> {
        use seal_node::Column;
        let mut any = Condition::any();
        for level in 1..=end.ilog2() {
            let (first, after) = (column(start >> level), column(end >> level));
            let places = Condition::all().add(Column::Place.gte(first)).add(Column::Place.lt(after));
            any = any.add(places.add(Column::Level.eq(level)));
        }
        if end < 2 {
            return Ok(HashMap::new());
        }
        let mut found = HashMap::new();
        for row in seal_node::Entity::find().filter(any).all(self.db).await? {
            let level = u32::try_from(row.level).unwrap_or_default();
            found.insert(Place { level, place: number(row.place) }, store::hash(&row.hash)?);
        }
        Ok(found)
    }

    fn node(&mut self, place: Place, hash: &Hash, stored: Option<&Hash>) {
        self.nodes += 1;
        let (start, end) = place.leaves();
        if stored == Some(hash) || self.known(start, end) {
            return;
        }
        let Place { level, place } = place;
        let what = if stored.is_some() { "does not come from what is under it" } else { "is not there" };
        let text = format!(
            "node {place} on level {level} {what}: an entry at places {start} to {} or its hash was changed",
            end - 1
        );
        self.problem(start, end, text);
    }

    fn head(&mut self, row: &seal_head::Model) {
        self.findings.heads += 1;
        let size = number(row.size);
        let root = if size == 0 { empty_root() } else { self.tree.root() };
        if root.as_slice() != row.root && !self.known(0, size) {
            let text = format!(
                "the head of size {size} is not that of the tree: something at places {} to {} was changed",
                self.good,
                size.saturating_sub(1)
            );
            self.problem(self.good, size, text);
        } else {
            self.good = size;
        }
        if let Err(text) = self.signature(row, size) {
            self.problem(size, size, text);
        }
    }

    /// The signature over a head, by the key whose turn it was.
    fn signature(&self, row: &seal_head::Model, size: u64) -> Result<(), String> {
        let after =
            |key: &&seal_key::Model| number(key.from_size) < size || (size == 0 && key.from_size == 0);
        // Of two keys that begin at one size the first signed nothing but, perhaps, the empty tree.
        let turn = if size == 0 { self.keys.first() } else { self.keys.iter().rev().find(after) };
        let Some(key) = turn else { return Err(format!("no key speaks for the head of size {size}")) };
        if key.key_id != row.key_id {
            return Err(format!(
                "the head of size {size} is signed by {}, but it was the turn of {}",
                row.key_id, key.key_id
            ));
        }
        let public = public(self.origin, key)?;
        let root =
            row.root.as_slice().try_into().map_err(|_| format!("the head of size {size} has no root"))?;
        let head = Head { origin: self.origin.to_owned(), size, root };
        if public.signed(head.text().as_bytes(), &row.signature) {
            Ok(())
        } else {
            Err(format!("the signature over the head of size {size} does not hold"))
        }
    }

    async fn end(&mut self) -> Result<(), DbErr> {
        let size = self.tree.size();
        let last = store::last_head(self.db).await?.map_or(0, |head| number(head.size));
        let whole = self.findings.problems.is_empty();
        if last != size && whole {
            self.problem(size, last, format!("the last head covers {last} entries, but {size} have a place"));
        }
        let nodes = seal_node::Entity::find().count(self.db).await?;
        if nodes != self.nodes && whole {
            self.problem(
                0,
                size,
                format!("there are {nodes} nodes in the tree, but {} belong to it", self.nodes),
            );
        }
        let heads = seal_head::Entity::find().count(self.db).await?;
        if heads != self.findings.heads && whole {
            let text = format!("there are {heads} heads, but {} fit the tree", self.findings.heads);
            self.problem(0, size, text);
        }
        self.announcements().await?;
        self.findings.waiting = store::waiting(self.db).await?;
        Ok(())
    }

    /// Each key but the first was announced by an entry that the key before it signed, or came after a loss.
    async fn announcements(&mut self) -> Result<(), DbErr> {
        for key in self.keys.clone() {
            let name = key.key_id.clone();
            match public(self.origin, &key) {
                Ok(public) if public.id() == name => {}
                _ => self.problem(0, 0, format!("the key {name} has not the name it should have")),
            }
            let first = self.keys.first().is_some_and(|first| first.id == key.id);
            let Some(place) = key.announced_by.map(number) else {
                if !first {
                    let note = format!("the key {name} came after a loss: no earlier key vouches for it");
                    self.findings.notes.push(note);
                }
                continue;
            };
            let row = store::entry_at(self.db, place).await?;
            let announced = row.filter(|row| row.act == "seal.rotate").and_then(|row| {
                let facts: Value = serde_json::from_str(&row.facts).ok()?;
                Some(facts.get("new_key")?.as_str()? == hex(&key.public_key))
            });
            if announced != Some(true) || place >= number(key.from_size) {
                self.problem(
                    place,
                    place,
                    format!("the entry at place {place} does not announce the key {name}"),
                );
            }
        }
        Ok(())
    }
}

fn public(origin: &str, key: &seal_key::Model) -> Result<PublicKey, String> {
    let bytes = key
        .public_key
        .as_slice()
        .try_into()
        .map_err(|_| format!("the key {} has not 32 bytes", key.key_id))?;
    Ok(PublicKey { origin: origin.to_owned(), bytes })
}
