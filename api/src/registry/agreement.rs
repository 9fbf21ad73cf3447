//! The rule about the status and the query about it say the same of every combination of facts, on both databases.
#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::{Days, NaiveDate};
use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};
use yuti_entity::{elevator, source};
use yuti_openapi::samples;
use yuti_openapi::vocabulary::{
    ChangeKind, ChangeReason, ElevatorStatus, InspectionResult, UseStatus, Vocabulary as _,
};
use yuti_openapi::wire::ElevatorFacts;

use super::facts::{self, RowFrame};
use super::store::Filter;
use super::tally;
use super::{assemble, rules};
use crate::testing::Own;

fn today() -> NaiveDate {
    "2026-11-23".parse().unwrap()
}

/// Every combination of what the status depends on, around today.
fn combinations() -> Vec<ElevatorFacts> {
    let uses = UseStatus::ALL.iter().copied().map(Some).chain([None]);
    let results: Vec<_> = InspectionResult::ALL.iter().copied().map(Some).chain([None]).collect();
    let day = today();
    let days =
        [None, Some(day - Days::new(400)), Some(day - Days::new(1)), Some(day), Some(day + Days::new(1))];
    let mut all = Vec::new();
    for use_status in uses {
        for result in &results {
            for valid_until in days {
                let mut facts = samples::facts();
                facts.use_status = use_status;
                facts.inspection.result = *result;
                facts.inspection.valid_until = valid_until;
                all.push(facts);
            }
        }
    }
    all
}

async fn fill(db: &DatabaseConnection) {
    let at = "2026-11-23T04:00:00Z".parse().unwrap();
    let register = source::ActiveModel {
        id: Set(1),
        key: Set("test".into()),
        name_zh: Set("测试".into()),
        name_en: Set("Test".into()),
        licence: Set("CC0".into()),
        url: Set(None),
        as_of: Set(None),
        demonstration: Set(false),
        recorded_at: Set(at),
    };
    source::Entity::insert(register).exec_without_returning(db).await.unwrap();
    for (place, facts) in combinations().iter().enumerate() {
        let frame = RowFrame {
            source_id: 1,
            source_key: place.to_string(),
            code: place.to_string(),
            zone_key: None,
            using_unit_id: None,
            maintenance_unit_id: None,
            version: 1,
            kind: ChangeKind::Created,
            reason: ChangeReason::Import,
            valid_from: None,
            facts_hash: String::new(),
            at,
        };
        elevator::Entity::insert(facts::row(facts, frame)).exec_without_returning(db).await.unwrap();
    }
}

async fn rule_and_query_agree(db: &DatabaseConnection) {
    fill(db).await;
    let all = elevator::Entity::find().order_by_asc(elevator::Column::Id).all(db).await.unwrap();
    assert_eq!(all.len(), combinations().len());
    let tallies = tally::by_district(db, &Filter::default(), today()).await.unwrap();
    let whole = tallies.values().fold(tally::Tally::default(), |sum, one| sum + *one);
    let mut counted = 0;
    for status in ElevatorStatus::ALL {
        let by_rule: Vec<i64> = all
            .iter()
            .filter(|row| rules::status(assemble::status_facts(row), today()).status == *status)
            .map(|row| row.id)
            .collect();
        let by_query: Vec<i64> = elevator::Entity::find()
            .filter(rules::status_condition(*status, today()))
            .order_by_asc(elevator::Column::Id)
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.id)
            .collect();
        assert!(!by_rule.is_empty(), "{status} is among the combinations");
        assert_eq!(by_query, by_rule, "{status}");
        assert_eq!(whole.of(*status), by_rule.len() as u64, "{status} in the tally");
        counted += by_rule.len();
    }
    assert_eq!(counted, all.len(), "every elevator has one status");
}

mod sqlite {
    use super::*;

    #[tokio::test]
    async fn rule_and_query_agree() {
        let own = Own::sqlite("agreement").await;
        super::rule_and_query_agree(&own.db).await;
        own.drop().await;
    }
}

mod postgres {
    use super::*;

    #[tokio::test]
    async fn rule_and_query_agree() {
        let own = Own::postgres("agreement").await;
        super::rule_and_query_agree(&own.db).await;
        own.drop().await;
    }
}
