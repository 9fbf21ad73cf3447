//! Divisions, bureaus and categories: from the profile's files into the database, and back as names beside codes.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryOrder};
use yuti_entity::{authority, district, district_earlier_code, functional_zone};
use yuti_openapi::vocabulary::{AuthorityLevel, DistrictKind};
use yuti_openapi::wire::{self, Category, EarlierCode, Named, Zone};

use crate::profile;

/// The reference data of the running service. Small, and the same for every copy.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    districts: Vec<district::Model>,
    by_code: HashMap<String, usize>,
    earlier: Vec<district_earlier_code::Model>,
    zones: Vec<functional_zone::Model>,
    authorities: Vec<authority::Model>,
    categories: HashMap<(String, String), Category>,
    default_catalogue: String,
}

impl Reference {
    /// Reads what [`store`] has put into the database, and the category catalogue of the profile.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn load(db: &impl ConnectionTrait, profile: &profile::Profile) -> Result<Self, DbErr> {
        let districts = district::Entity::find().order_by_asc(district::Column::Code).all(db).await?;
        let by_code = districts.iter().enumerate().map(|(place, row)| (row.code.clone(), place)).collect();
        let categories = profile.reference().categories.iter().map(|row| {
            let category = Category {
                code: row.code.clone(),
                catalogue: row.catalogue.clone(),
                name_zh: row.name_zh.clone(),
                name_en: row.name_en.clone(),
            };
            ((row.catalogue.clone(), row.code.clone()), category)
        });
        Ok(Self {
            by_code,
            districts,
            earlier: district_earlier_code::Entity::find()
                .order_by_asc(district_earlier_code::Column::Id)
                .all(db)
                .await?,
            zones: functional_zone::Entity::find().order_by_asc(functional_zone::Column::Id).all(db).await?,
            authorities: authority::Entity::find().order_by_asc(authority::Column::Id).all(db).await?,
            categories: categories.collect(),
            default_catalogue: profile.default_catalogue.clone(),
        })
    }

    /// The name of a district, also of one that no longer exists. An unknown code stands for itself.
    pub fn district(&self, code: &str) -> Named {
        let row = self.by_code.get(code).and_then(|place| self.districts.get(*place));
        Named {
            code: code.to_owned(),
            name_zh: row.map_or_else(|| code.to_owned(), |row| row.name_zh.clone()),
            name_en: row.map_or_else(|| code.to_owned(), |row| row.name_en.clone()),
        }
    }

    /// Whether the code is a division of this city, existing or past.
    pub fn knows_district(&self, code: &str) -> bool {
        self.by_code.contains_key(code)
    }

    /// The name of a category. An unknown code stands for itself.
    pub fn category(&self, catalogue: &str, code: &str) -> Category {
        self.known_category(catalogue, code).unwrap_or_else(|| Category {
            code: code.to_owned(),
            catalogue: catalogue.to_owned(),
            name_zh: code.to_owned(),
            name_en: code.to_owned(),
        })
    }

    /// A category of the catalogue.
    pub fn known_category(&self, catalogue: &str, code: &str) -> Option<Category> {
        self.categories.get(&(catalogue.to_owned(), code.to_owned())).cloned()
    }

    /// The catalogue that is meant where a register does not say which.
    pub fn default_catalogue(&self) -> &str {
        &self.default_catalogue
    }

    /// The bureau that supervises in a place on a day: the zone's own, else the district's, else the city's.
    pub fn authority(&self, district: Option<&str>, zone: Option<&str>, on: NaiveDate) -> Option<Named> {
        let row = self.supervising(district, zone, on)?;
        Some(Named { code: row.key.clone(), name_zh: row.name_zh.clone(), name_en: row.name_en.clone() })
    }

    /// The key of the bureau that supervises in a place on a day.
    pub fn bureau_of(&self, district: Option<&str>, zone: Option<&str>, on: NaiveDate) -> Option<&str> {
        self.supervising(district, zone, on).map(|row| row.key.as_str())
    }

    /// A bureau by its key, existing or past.
    pub fn bureau(&self, key: &str) -> Option<&authority::Model> {
        self.authorities.iter().find(|row| row.key == key)
    }

    /// The bureaus that exist on a day.
    pub fn bureaus(&self, on: NaiveDate) -> impl Iterator<Item = &authority::Model> {
        self.authorities.iter().filter(move |row| exists(row.valid_from, row.valid_to, on))
    }

    fn supervising(
        &self,
        district: Option<&str>,
        zone: Option<&str>,
        on: NaiveDate,
    ) -> Option<&authority::Model> {
        let standing = |row: &&authority::Model| exists(row.valid_from, row.valid_to, on);
        let of_zone = || {
            let zone = zone?;
            self.authorities.iter().filter(standing).find(|row| row.zone_key.as_deref() == Some(zone))
        };
        let of_district = || {
            let district = self.standing_district(district?, on);
            self.authorities.iter().filter(standing).find(|row| {
                row.level == AuthorityLevel::District && row.district_code.as_deref() == Some(district)
            })
        };
        let of_city =
            || self.authorities.iter().filter(standing).find(|row| row.level == AuthorityLevel::City);
        of_zone().or_else(of_district).or_else(of_city)
    }

    /// The division that a code means on a day: its successor where it no longer exists.
    fn standing_district<'a>(&'a self, code: &'a str, on: NaiveDate) -> &'a str {
        let mut code = code;
        // A chain of successors is short; the bound keeps a wrong file from going round for ever.
        for _ in 0..8 {
            let Some(row) = self.by_code.get(code).and_then(|place| self.districts.get(*place)) else {
                return code;
            };
            match &row.successor {
                Some(successor) if row.valid_to.is_some_and(|last| last < on) => code = successor,
                _ => return code,
            }
        }
        code
    }

    /// The districts as they are published. Counts of elevators are added by the caller.
    pub fn published(&self, elevators: &HashMap<String, i64>) -> Vec<wire::District> {
        self.districts.iter().map(|row| self.publish(row, elevators)).collect()
    }

    fn publish(&self, row: &district::Model, elevators: &HashMap<String, i64>) -> wire::District {
        let earlier = self.earlier.iter().filter(|earlier| earlier.district_code == row.code);
        let zones = self.zones.iter().filter(|zone| zone.district_code == row.code);
        let zone_keys: Vec<&str> = zones.clone().map(|zone| zone.key.as_str()).collect();
        let here = self.authorities.iter().filter(|authority| {
            authority.district_code.as_deref() == Some(row.code.as_str())
                || authority.zone_key.as_deref().is_some_and(|key| zone_keys.contains(&key))
        });
        wire::District {
            code: row.code.clone(),
            name_zh: row.name_zh.clone(),
            name_en: row.name_en.clone(),
            kind: row.kind,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            successor: row.successor.clone(),
            earlier_codes: earlier
                .map(|earlier| EarlierCode {
                    code: earlier.code.clone(),
                    name_zh: earlier.name_zh.clone(),
                    first_seen: earlier.first_seen.clone(),
                    gone_by: earlier.gone_by.clone(),
                })
                .collect(),
            zones: zones
                .map(|zone| Zone {
                    key: zone.key.clone(),
                    name_zh: zone.name_zh.clone(),
                    name_en: zone.name_en.clone(),
                })
                .collect(),
            authorities: here.map(publish_authority).collect(),
            elevators: elevators.get(&row.code).copied().unwrap_or(0),
            note: row.note.clone(),
        }
    }
}

fn publish_authority(row: &authority::Model) -> wire::Authority {
    wire::Authority {
        key: row.key.clone(),
        level: row.level,
        name_zh: row.name_zh.clone(),
        name_en: row.name_en.clone(),
        district: row.district_code.clone(),
        zone: row.zone_key.clone(),
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    }
}

fn exists(from: Option<NaiveDate>, to: Option<NaiveDate>, on: NaiveDate) -> bool {
    from.is_none_or(|from| from <= on) && to.is_none_or(|to| on <= to)
}

/// Puts the profile's reference data into the database in place of what is there.
///
/// # Errors
/// A kind or level that the vocabulary does not have, or whatever the database refuses.
pub async fn store(txn: &DatabaseTransaction, shipped: &profile::Reference) -> Result<(), DbErr> {
    authority::Entity::delete_many().exec(txn).await?;
    functional_zone::Entity::delete_many().exec(txn).await?;
    district_earlier_code::Entity::delete_many().exec(txn).await?;
    district::Entity::delete_many().exec(txn).await?;
    let unknown = |error: yuti_openapi::vocabulary::NotInList| DbErr::Custom(error.to_string());
    let mut districts = Vec::new();
    for row in &shipped.districts {
        districts.push(district::ActiveModel {
            id: NotSet,
            code: Set(row.code.clone()),
            name_zh: Set(row.name_zh.clone()),
            name_en: Set(row.name_en.clone()),
            kind: Set(row.kind.parse::<DistrictKind>().map_err(unknown)?),
            valid_from: Set(row.valid_from),
            valid_to: Set(row.valid_to),
            successor: Set(row.successor.clone()),
            note: Set(row.note.clone()),
        });
    }
    let mut authorities = Vec::new();
    for row in &shipped.authorities {
        authorities.push(authority::ActiveModel {
            id: NotSet,
            key: Set(row.key.clone()),
            level: Set(row.level.parse::<AuthorityLevel>().map_err(unknown)?),
            name_zh: Set(row.name_zh.clone()),
            name_en: Set(row.name_en.clone()),
            district_code: Set(row.district_code.clone()),
            zone_key: Set(row.zone_key.clone()),
            valid_from: Set(row.valid_from),
            valid_to: Set(row.valid_to),
        });
    }
    insert(txn, districts).await?;
    insert(txn, authorities).await?;
    let month = |day: NaiveDate| Some(day.format("%Y-%m").to_string());
    let earlier = shipped.district_history.iter().map(|row| district_earlier_code::ActiveModel {
        id: NotSet,
        district_code: Set(row.successor_code.clone()),
        code: Set(row.old_code.clone()),
        name_zh: Set(row.old_name_zh.clone()),
        first_seen: Set(month(row.first_seen)),
        gone_by: Set(month(row.gone_by)),
    });
    insert(txn, earlier.collect()).await?;
    let zones = shipped.zones.iter().flat_map(|zone| {
        zone.lies_in.iter().map(|district| functional_zone::ActiveModel {
            id: NotSet,
            key: Set(zone.key.clone()),
            district_code: Set(district.clone()),
            name_zh: Set(zone.name_zh.clone()),
            name_en: Set(zone.name_en.clone()),
            note: Set(zone.note.clone()),
        })
    });
    insert(txn, zones.collect()).await
}

async fn insert<A>(txn: &DatabaseTransaction, rows: Vec<A>) -> Result<(), DbErr>
where
    A: sea_orm::ActiveModelTrait + Send + 'static,
{
    if rows.is_empty() {
        return Ok(());
    }
    <A::Entity as EntityTrait>::insert_many(rows).exec_without_returning(txn).await?;
    Ok(())
}
