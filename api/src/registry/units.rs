//! Units that a register names: found or entered once, then known by number for the rest of a run.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::OnConflict;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use yuti_entity::organisation;
use yuti_openapi::vocabulary::{ChangeKind, ChangeSubject};
use yuti_openapi::wire::{ElevatorFacts, UnitRef};

use super::intake::Batch;
use crate::opendata::feed::{self, Entry};

/// Units known so far in this run, by what identifies them.
#[derive(Debug, Default)]
pub struct Units {
    known: HashMap<String, i64>,
}

/// A unit with a code is that code everywhere; one without is its name within its register.
fn identity(unit: &UnitRef) -> String {
    unit.uscc.clone().unwrap_or_else(|| format!("name:{}", unit.name))
}

impl Units {
    /// The row of a unit that was resolved before.
    pub fn id(&self, unit: &UnitRef) -> Option<i64> {
        self.known.get(&identity(unit)).copied()
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
        let entered: HashSet<String> = match entered {
            Ok(rows) => rows.into_iter().map(|row| row.source_key).collect(),
            Err(DbErr::RecordNotInserted) => HashSet::new(),
            Err(error) => return Err(error),
        };
        self.find(txn, batch, &wanted).await?;
        fresh.retain(|(identity, _)| entered.contains(*identity));
        self.announce(txn, batch, &fresh).await
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

    async fn announce(
        &self,
        txn: &DatabaseTransaction,
        batch: Batch,
        fresh: &[(&String, &&UnitRef)],
    ) -> Result<(), DbErr> {
        let entries = fresh.iter().filter_map(|(identity, unit)| {
            let id = self.known.get(*identity)?;
            let handle = unit.uscc.clone().unwrap_or_else(|| unit.name.clone());
            Some(Entry {
                subject: ChangeSubject::Organisation,
                subject_id: *id,
                code: handle.clone(),
                handle,
                kind: ChangeKind::Created,
                reason: batch.reason,
                version: 1,
            })
        });
        feed::append(txn, batch.at, entries.collect()).await
    }
}
