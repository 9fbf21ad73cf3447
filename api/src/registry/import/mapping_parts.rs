//! The parts of a mapping that name columns: identity, identifiers, fields, filters.

use std::collections::BTreeMap;

use super::fields::{FIELDS, Field, Kind};
use super::form::{Problems, Table};
use super::mapping::{Dated, FieldForm, Filter, How, IdentifierForm, Identity};
use super::mapping_fields::{formats, how, not_a_code};
use super::pick::{Columns, Condition, Pick, StandIns, patterns};
use crate::profile::Profile;

/// What reading the parts of a mapping needs.
pub(super) struct Reader<'m> {
    pub(super) columns: &'m mut Columns,
    pub(super) stand_ins: &'m StandIns,
    pub(super) profile: &'m Profile,
}

impl Reader<'_> {
    fn pick(&mut self, table: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<Pick> {
        Pick::read(table, self.columns, self.stand_ins, problems)
    }

    pub(super) fn identity(
        &mut self,
        table: &mut Table<'_>,
        problems: &mut Problems<'_>,
    ) -> Option<Identity> {
        let pick = self.pick(table, problems);
        let patterns = patterns(table, "patterns", problems);
        table.finish(problems);
        let pick = pick?;
        if pick.constant().is_some() {
            problems.add(&table.place, "is a constant, which tells nothing apart; name a column");
        }
        Some(Identity { pick, patterns })
    }

    pub(super) fn identifier(
        &mut self,
        table: &mut Table<'_>,
        problems: &mut Problems<'_>,
    ) -> Option<IdentifierForm> {
        let kind = table.required("kind", problems);
        let known = self.profile.identifier_kind(&kind);
        if known.is_none() && !kind.is_empty() {
            let kinds: Vec<&str> =
                self.profile.identifier_kinds.iter().map(|kind| kind.key.as_str()).collect();
            let problem = format!(
                "is `{kind}`, which is no kind of identifier of the profile `{}`; it has {}",
                self.profile.key,
                kinds.join(", ")
            );
            problems.add(&table.place_of("kind"), problem);
        }
        let pick = self.pick(table, problems);
        let own = patterns(table, "patterns", problems);
        let coding_schemes = table.flag("coding_schemes", problems).is_some_and(|flag| flag.value);
        let since = self.dated(table.table("since", problems), problems);
        let until = self.dated(table.table("until", problems), problems);
        let patterns = if own.is_empty() { known.map(|kind| kind.patterns.clone()) } else { Some(own) };
        let patterns = patterns.unwrap_or_default();
        Some(IdentifierForm { kind, pick: pick?, patterns, coding_schemes, since, until })
    }

    fn dated(&mut self, table: Option<Table<'_>>, problems: &mut Problems<'_>) -> Option<Dated> {
        let mut table = table?;
        let pick = self.pick(&mut table, problems);
        let formats = formats(&mut table, false, problems);
        table.finish(problems);
        Some(Dated { pick: pick?, formats })
    }

    pub(super) fn filter(&mut self, table: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<Filter> {
        let name = table.required("name", problems);
        let action = table.required("action", problems);
        if !action.is_empty() && action != "drop" && action != "reject" {
            problems.add(&table.place_of("action"), "is neither `drop` nor `reject`; write one of them");
        }
        let reason = table.required("reason", problems);
        let condition = Condition::read(table, self.columns, problems)?;
        Some(Filter { name, rejects: action == "reject", reason, condition })
    }

    pub(super) fn fields(
        &mut self,
        table: &mut Table<'_>,
        problems: &mut Problems<'_>,
    ) -> BTreeMap<&'static str, Vec<FieldForm>> {
        let mut fields = BTreeMap::new();
        let mut groups: BTreeMap<&'static str, Table<'_>> = BTreeMap::new();
        for field in FIELDS {
            let tables = match field.group {
                None => table.tables(field.name, problems),
                Some(group) => {
                    if !groups.contains_key(group) {
                        let Some(inner) = table.table(group, problems) else { continue };
                        groups.insert(group, inner);
                    }
                    groups.get_mut(group).map(|inner| inner.tables(field.name, problems)).unwrap_or_default()
                }
            };
            let mut forms = Vec::new();
            for mut inner in tables {
                forms.extend(self.field(field, &mut inner, problems));
                inner.finish(problems);
            }
            if !forms.is_empty() {
                fields.insert(field.path, forms);
            }
        }
        for group in groups.values() {
            group.finish(problems);
        }
        table.finish(problems);
        fields
    }

    fn field(
        &mut self,
        field: &Field,
        table: &mut Table<'_>,
        problems: &mut Problems<'_>,
    ) -> Option<FieldForm> {
        let pick = self.pick(table, problems);
        let how = how(field.kind, table, problems);
        let pick = pick?;
        self.check(field, &pick, &how, table, problems);
        Some(FieldForm { pick, how })
    }

    /// What a constant or the words of a map may mean depends on the closed lists and on the city.
    fn check(&self, field: &Field, pick: &Pick, how: &How, table: &Table<'_>, problems: &mut Problems<'_>) {
        let reference = self.profile.reference();
        let codes: Vec<&str> = match field.kind {
            Kind::Code(list) => list.terms.iter().map(|term| term.code).collect(),
            Kind::Flag => vec!["true", "false"],
            Kind::District => reference.districts.iter().map(|row| row.code.as_str()).collect(),
            Kind::Zone => reference.zones.iter().map(|row| row.key.as_str()).collect(),
            Kind::Category => {
                let How::Category { catalogue, .. } = how else { return };
                let catalogue = catalogue.as_deref().unwrap_or(&self.profile.default_catalogue);
                let of_catalogue = reference.categories.iter().filter(|row| row.catalogue == catalogue);
                let codes: Vec<&str> = of_catalogue.map(|row| row.code.as_str()).collect();
                if codes.is_empty() {
                    let mut known: Vec<&str> =
                        reference.categories.iter().map(|row| row.catalogue.as_str()).collect();
                    known.sort_unstable();
                    known.dedup();
                    problems.add(&table.place_of("catalogue"), not_a_code(catalogue, known.into_iter()));
                    return;
                }
                codes
            }
            _ => return,
        };
        let (How::Code(words) | How::Flag(words) | How::Place(words) | How::Category { words, .. }) = how
        else {
            return;
        };
        let mut unknown: Vec<&str> =
            words.values().map(String::as_str).filter(|ours| !codes.contains(ours)).collect();
        unknown.dedup();
        for ours in unknown {
            problems.add(&table.place_of("map"), not_a_code(ours, codes.iter().copied()));
        }
        if let Some(constant) = pick.constant() {
            let ours = words.get(constant).map_or(constant, String::as_str);
            if !codes.contains(&ours) {
                problems.add(&table.place_of("constant"), not_a_code(ours, codes.iter().copied()));
            }
        }
    }
}
