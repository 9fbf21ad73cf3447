//! Queries of the audit trail and of the tree over it.

use std::collections::HashMap;
use std::fmt::Write as _;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    PaginatorTrait as _, QueryFilter, QueryOrder, QuerySelect,
};
use yuti_entity::{Timestamp, audit_entry, seal_head, seal_key, seal_node};

use super::canonical::hex;
use super::tree::{Hash, Place, Plan, cover, fold, inclusion};

/// A number of the tree as a column holds it. Trees of more leaves than fit are not made.
pub fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number of a column as the tree has it.
pub fn number(column: i64) -> u64 {
    u64::try_from(column).unwrap_or_default()
}

/// Thirty-two bytes of a column.
///
/// # Errors
/// The column holds another number of bytes.
pub fn hash(bytes: &[u8]) -> Result<Hash, DbErr> {
    bytes.try_into().map_err(|_| DbErr::Custom("a hash of the audit trail has not 32 bytes".to_owned()))
}

/// Whether an entry waits for its place.
///
/// # Errors
/// Whatever the database refuses.
pub async fn waits(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let open = audit_entry::Entity::find()
        .filter(audit_entry::Column::LeafIndex.is_null())
        .select_only()
        .column(audit_entry::Column::Id);
    Ok(open.limit(1).into_tuple::<i64>().one(db).await?.is_some())
}

/// How many entries wait for their place.
///
/// # Errors
/// Whatever the database refuses.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    audit_entry::Entity::find().filter(audit_entry::Column::LeafIndex.is_null()).count(db).await
}

/// The first entries that wait for their place, in the order in which they were written.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_entries(db: &impl ConnectionTrait, most: u64) -> Result<Vec<audit_entry::Model>, DbErr> {
    audit_entry::Entity::find()
        .filter(audit_entry::Column::LeafIndex.is_null())
        .order_by_asc(audit_entry::Column::Id)
        .limit(most)
        .all(db)
        .await
}

/// An entry.
///
/// # Errors
/// Whatever the database refuses.
pub async fn entry(db: &impl ConnectionTrait, id: i64) -> Result<Option<audit_entry::Model>, DbErr> {
    audit_entry::Entity::find_by_id(id).one(db).await
}

/// The entry at a place.
///
/// # Errors
/// Whatever the database refuses.
pub async fn entry_at(db: &impl ConnectionTrait, index: u64) -> Result<Option<audit_entry::Model>, DbErr> {
    audit_entry::Entity::find().filter(audit_entry::Column::LeafIndex.eq(column(index))).one(db).await
}

/// The entry with this hash.
///
/// # Errors
/// Whatever the database refuses.
pub async fn entry_of(db: &impl ConnectionTrait, leaf: &[u8]) -> Result<Option<audit_entry::Model>, DbErr> {
    audit_entry::Entity::find().filter(audit_entry::Column::LeafHash.eq(leaf.to_vec())).one(db).await
}

/// Sealed entries from a place on, in order.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sealed_from(
    db: &impl ConnectionTrait,
    index: u64,
    most: u64,
) -> Result<Vec<audit_entry::Model>, DbErr> {
    audit_entry::Entity::find()
        .filter(audit_entry::Column::LeafIndex.gte(column(index)))
        .order_by_asc(audit_entry::Column::LeafIndex)
        .limit(most)
        .all(db)
        .await
}

/// Which entries are wished.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// About things of this kind.
    pub subject: Option<String>,
    /// About the thing with this number.
    pub subject_id: Option<i64>,
    /// Of this act.
    pub act: Option<String>,
    /// Written at this instant or later.
    pub since: Option<Timestamp>,
    /// Written before this instant.
    pub until: Option<Timestamp>,
}

/// Entries after a number, in the order in which they were written.
///
/// # Errors
/// Whatever the database refuses.
pub async fn trail(
    db: &impl ConnectionTrait,
    wish: &Wish,
    after: i64,
    most: u64,
) -> Result<Vec<audit_entry::Model>, DbErr> {
    use audit_entry::Column;
    let condition = Condition::all()
        .add(Column::Id.gt(after))
        .add_option(wish.subject.as_ref().map(|subject| Column::Subject.eq(subject)))
        .add_option(wish.subject_id.map(|id| Column::SubjectId.eq(id)))
        .add_option(wish.act.as_ref().map(|act| Column::Act.eq(act)))
        .add_option(wish.since.map(|since| Column::At.gte(since)))
        .add_option(wish.until.map(|until| Column::At.lt(until)));
    audit_entry::Entity::find().filter(condition).order_by_asc(Column::Id).limit(most).all(db).await
}

/// The last signed head.
///
/// # Errors
/// Whatever the database refuses.
pub async fn last_head(db: &impl ConnectionTrait) -> Result<Option<seal_head::Model>, DbErr> {
    seal_head::Entity::find().order_by_desc(seal_head::Column::Size).one(db).await
}

/// The signed head of a size.
///
/// # Errors
/// Whatever the database refuses.
pub async fn head_of(db: &impl ConnectionTrait, size: u64) -> Result<Option<seal_head::Model>, DbErr> {
    seal_head::Entity::find_by_id(column(size)).one(db).await
}

/// The first signed head larger than a size: the first that covers the entry at that place.
///
/// # Errors
/// Whatever the database refuses.
pub async fn head_after(db: &impl ConnectionTrait, size: u64) -> Result<Option<seal_head::Model>, DbErr> {
    let heads = seal_head::Entity::find().filter(seal_head::Column::Size.gt(column(size)));
    heads.order_by_asc(seal_head::Column::Size).one(db).await
}

/// The last signed head smaller than a size.
///
/// # Errors
/// Whatever the database refuses.
pub async fn head_before(db: &impl ConnectionTrait, size: u64) -> Result<Option<seal_head::Model>, DbErr> {
    let heads = seal_head::Entity::find().filter(seal_head::Column::Size.lt(column(size)));
    heads.order_by_desc(seal_head::Column::Size).one(db).await
}

/// Signed heads larger than a size, in order. Below zero all.
///
/// # Errors
/// Whatever the database refuses.
pub async fn heads(db: &impl ConnectionTrait, after: i64, most: u64) -> Result<Vec<seal_head::Model>, DbErr> {
    let heads = seal_head::Entity::find().filter(seal_head::Column::Size.gt(after));
    heads.order_by_asc(seal_head::Column::Size).limit(most).all(db).await
}

/// The keys, the one in use last.
///
/// # Errors
/// Whatever the database refuses.
pub async fn keys(db: &impl ConnectionTrait) -> Result<Vec<seal_key::Model>, DbErr> {
    seal_key::Entity::find().order_by_asc(seal_key::Column::Id).all(db).await
}

/// The key in use.
///
/// # Errors
/// Whatever the database refuses.
pub async fn key_in_use(db: &impl ConnectionTrait) -> Result<Option<seal_key::Model>, DbErr> {
    seal_key::Entity::find().order_by_desc(seal_key::Column::Id).one(db).await
}

/// The hashes of complete subtrees, read in two questions however many they are.
///
/// # Errors
/// Whatever the database refuses, or one is missing.
pub async fn hashes(db: &impl ConnectionTrait, places: &[Place]) -> Result<HashMap<Place, Hash>, DbErr> {
    let mut found = HashMap::with_capacity(places.len());
    let leaves: Vec<i64> =
        places.iter().filter(|place| place.level == 0).map(|place| column(place.place)).collect();
    if !leaves.is_empty() {
        let rows: Vec<(i64, Vec<u8>)> = audit_entry::Entity::find()
            .select_only()
            .columns([audit_entry::Column::LeafIndex, audit_entry::Column::LeafHash])
            .filter(audit_entry::Column::LeafIndex.is_in(leaves))
            .into_tuple()
            .all(db)
            .await?;
        for (index, leaf) in rows {
            found.insert(Place { level: 0, place: number(index) }, hash(&leaf)?);
        }
    }
    let mut any = Condition::any();
    let mut wanted = false;
    for Place { level, place } in places.iter().filter(|place| place.level > 0) {
        wanted = true;
        let level = i64::from(*level);
        any = any.add(
            Condition::all()
                .add(seal_node::Column::Level.eq(level))
                .add(seal_node::Column::Place.eq(column(*place))),
        );
    }
    if wanted {
        for row in seal_node::Entity::find().filter(any).all(db).await? {
            let level = u32::try_from(row.level).unwrap_or_default();
            found.insert(Place { level, place: number(row.place) }, hash(&row.hash)?);
        }
    }
    match places.iter().find(|place| !found.contains_key(place)) {
        None => Ok(found),
        Some(Place { level, place }) => Err(DbErr::Custom(format!(
            "the tree over the audit trail has no node {place} on level {level}; run `yuti verify log`"
        ))),
    }
}

/// The hashes that a proof is made of.
///
/// # Errors
/// Whatever the database refuses.
pub async fn proof(db: &impl ConnectionTrait, plan: &Plan) -> Result<Vec<Hash>, DbErr> {
    let places: Vec<Place> = plan.iter().flatten().copied().collect();
    let known = hashes(db, &places).await?;
    let step = |step: &Vec<Place>| {
        fold(&step.iter().filter_map(|place| known.get(place)).copied().collect::<Vec<_>>())
    };
    Ok(plan.iter().map(step).collect())
}

/// The path of an entry in a tree of some size; nothing where it is not in it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn path(db: &impl ConnectionTrait, index: u64, size: u64) -> Result<Vec<Hash>, DbErr> {
    proof(db, &inclusion(index, size).unwrap_or_default()).await
}

/// The complete subtrees of a tree of some size, from the left.
///
/// # Errors
/// Whatever the database refuses.
pub async fn peaks(db: &impl ConnectionTrait, size: u64) -> Result<Vec<Hash>, DbErr> {
    let places = cover(0, size);
    let known = hashes(db, &places).await?;
    Ok(places.iter().filter_map(|place| known.get(place)).copied().collect())
}

/// The root of a tree of some size.
///
/// # Errors
/// Whatever the database refuses.
pub async fn root(db: &impl ConnectionTrait, size: u64) -> Result<Hash, DbErr> {
    Ok(fold(&peaks(db, size).await?))
}

/// Gives entries their places and hashes.
///
/// Written out instead of bound, here and below: each batch has another length, and statements of a thousand lengths would push
/// everything else out of what a connection keeps prepared. Numbers and hexadecimal digits need no binding.
///
/// The plus keeps SQLite from walking all that waits, by the index of open entries, for each of them: they are found by their numbers.
///
/// # Errors
/// Whatever the database refuses.
pub async fn place(txn: &DatabaseTransaction, leaves: &[(i64, u64, Hash)]) -> Result<u64, DbErr> {
    let mut values = String::new();
    for (id, index, leaf) in leaves {
        let comma = if values.is_empty() { "" } else { "," };
        let _ = write!(values, "{comma}({id},{index},{})", literal(txn, leaf));
    }
    let statement = format!(
        "UPDATE audit_entry SET leaf_index = given.column2, leaf_hash = given.column3 \
         FROM (VALUES {values}) AS given WHERE audit_entry.id = given.column1 AND +audit_entry.leaf_index IS NULL"
    );
    Ok(txn.execute_unprepared(&statement).await?.rows_affected())
}

/// Keeps the subtrees that were completed.
///
/// # Errors
/// Whatever the database refuses.
pub async fn keep_nodes(txn: &DatabaseTransaction, nodes: &[(Place, Hash)]) -> Result<(), DbErr> {
    if nodes.is_empty() {
        return Ok(());
    }
    let mut values = String::new();
    for (Place { level, place }, hash) in nodes {
        let comma = if values.is_empty() { "" } else { "," };
        let _ = write!(values, "{comma}({level},{place},{})", literal(txn, hash));
    }
    txn.execute_unprepared(&format!("INSERT INTO seal_node (level, place, hash) VALUES {values}")).await?;
    Ok(())
}

fn literal(txn: &DatabaseTransaction, bytes: &[u8]) -> String {
    match txn.get_database_backend() {
        DbBackend::Postgres => format!("'\\x{}'::bytea", hex(bytes)),
        _ => format!("x'{}'", hex(bytes)),
    }
}

/// Erases the personal part of an entry: with its salt the commitment tells nothing any more, and the seal still holds.
/// Returns whether there was anything to erase.
///
/// # Errors
/// Whatever the database refuses.
pub async fn erase(txn: &DatabaseTransaction, id: i64) -> Result<bool, DbErr> {
    use sea_orm::sea_query::Expr;
    let nothing = Option::<Vec<u8>>::None;
    let done = audit_entry::Entity::update_many()
        .col_expr(audit_entry::Column::Salt, Expr::value(nothing.clone()))
        .col_expr(audit_entry::Column::Personal, Expr::value(nothing))
        .filter(audit_entry::Column::Id.eq(id))
        .filter(audit_entry::Column::Salt.is_not_null())
        .exec(txn)
        .await?;
    Ok(done.rows_affected > 0)
}
