//! Units that a register names: found or entered once, then known by number for the rest of a run.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::OnConflict;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder};
use yuti_entity::organisation;
use yuti_openapi::vocabulary::{ChangeKind, ChangeReason};
use yuti_openapi::wire::{ElevatorFacts, UnitRef};

use super::intake::Batch;
use crate::opendata::feed::{self, Entry};

/// Units known so far in this run, by what identifies them.
#[derive(Debug, Default)]
pub struct Units {
    known: HashMap<String, i64>,
    /// Those that the transaction at hand entered, and so announced already.
    announced: BTreeSet<i64>,
}

/// Rows that one query asks for.
const ASKED: usize = 1000;

/// A unit with a code is that code everywhere; one without is its name within its register.
fn identity(unit: &UnitRef) -> String {
    unit.uscc.clone().unwrap_or_else(|| format!("name:{}", unit.name))
}

impl Units {
    /// The row of a unit that was resolved before.
    fn id(&self, unit: &UnitRef) -> Option<i64> {
        self.known.get(&identity(unit)).copied()
    }

    /// The rows of an elevator's using unit and maintenance unit.
    pub fn of(&self, facts: &ElevatorFacts) -> [Option<i64>; 2] {
        [&facts.using_unit, &facts.maintenance_unit].map(|unit| self.id(unit.as_ref()?))
    }

    /// Finds or enters every unit that the facts name. The name under which a unit was first entered stays: two
    /// spellings in one register are no change of a name.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn resolve(
        &mut self,
        txn: &DatabaseTransaction,
        batch: Batch,
        facts: impl Iterator<Item = &ElevatorFacts>,
    ) -> Result<(), DbErr> {
        self.announced.clear();
        let mut wanted: HashMap<String, &UnitRef> = HashMap::new();
        for unit in facts.flat_map(|facts| facts.using_unit.iter().chain(&facts.maintenance_unit)) {
            let identity = identity(unit);
            if !self.known.contains_key(&identity) {
                wanted.entry(identity).or_insert(unit);
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        self.find(txn, batch, &wanted).await?;
        wanted.retain(|identity, _| !self.known.contains_key(identity));
        if wanted.is_empty() {
            return Ok(());
        }
        let mut fresh: Vec<(&String, &&UnitRef)> = wanted.iter().collect();
        fresh.sort();
        let rows = fresh.iter().map(|(identity, unit)| organisation::ActiveModel {
            id: NotSet,
            source_id: Set(batch.source_id),
            source_key: Set((*identity).clone()),
            uscc: Set(unit.uscc.clone()),
            name: Set(unit.name.clone()),
            version: Set(1),
            valid_from: Set(None),
            recorded_at: Set(batch.at),
        });
        // Another import may enter the same unit at this moment: whoever comes second finds it, and only the first announces it.
        let entered = organisation::Entity::insert_many(rows)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_with_returning(txn)
            .await;
        let entered = match entered {
            Ok(rows) => rows,
            Err(DbErr::RecordNotInserted) => Vec::new(),
            Err(error) => return Err(error),
        };
        self.find(txn, batch, &wanted).await?;
        self.announced.extend(entered.iter().map(|unit| unit.id));
        let announce = |unit| Entry::organisation(unit, ChangeKind::Created, batch.reason);
        feed::append(txn, batch.at, entered.iter().map(announce).collect()).await
    }

    /// Enters into the feed that units have more or fewer elevators. The numbers are counted when they are read, so that the unit gets no new version;
    /// but whoever keeps a copy has to read it again.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn assigned(
        &self,
        txn: &DatabaseTransaction,
        batch: Batch,
        units: BTreeSet<i64>,
    ) -> Result<(), DbErr> {
        let others: Vec<i64> = units.difference(&self.announced).copied().collect();
        for ids in others.chunks(ASKED) {
            let rows = organisation::Entity::find()
                .filter(organisation::Column::Id.is_in(ids.iter().copied()))
                .order_by_asc(organisation::Column::Id)
                .all(txn)
                .await?;
            let entry =
                |unit| Entry::organisation(unit, ChangeKind::Updated, ChangeReason::ElevatorsAssigned);
            feed::append(txn, batch.at, rows.iter().map(entry).collect()).await?;
        }
        Ok(())
    }

    async fn find(
        &mut self,
        txn: &DatabaseTransaction,
        batch: Batch,
        wanted: &HashMap<String, &UnitRef>,
    ) -> Result<(), DbErr> {
        let codes = wanted.values().filter_map(|unit| unit.uscc.clone());
        let by_code =
            organisation::Entity::find().filter(organisation::Column::Uscc.is_in(codes)).all(txn).await?;
        let names =
            wanted.iter().filter(|(_, unit)| unit.uscc.is_none()).map(|(identity, _)| identity.clone());
        let by_name = organisation::Entity::find()
            .filter(organisation::Column::SourceId.eq(batch.source_id))
            .filter(organisation::Column::SourceKey.is_in(names))
            .all(txn)
            .await?;
        for row in by_code {
            if let Some(code) = row.uscc {
                self.known.insert(code, row.id);
            }
        }
        for row in by_name {
            self.known.insert(row.source_key, row.id);
        }
        Ok(())
    }
}
