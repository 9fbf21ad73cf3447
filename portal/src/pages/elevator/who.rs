//! Who answers for an elevator.

use yuti_openapi::wire::Elevator;

use crate::components::{Way, dial};
use crate::text::Text;
use crate::words::Words;

/// Using unit, maintenance unit, duty line: those that are known.
pub(super) fn entries(words: Words, elevator: &Elevator) -> Vec<Way> {
    let facts = &elevator.facts;
    let contract = facts.contract.map(|contract| contract.label(words.0));
    let maintenance = contract.map_or_else(
        || words.who_maintenance_unit().to_owned(),
        |contract| words.who_maintenance_unit_contract(contract),
    );
    let units =
        [(&facts.using_unit, words.who_using_unit().to_owned()), (&facts.maintenance_unit, maintenance)];
    let mut entries: Vec<Way> = units
        .into_iter()
        .filter_map(|(unit, part)| {
            let name = &unit.as_ref()?.name;
            Some(Way::new(None, Text::given(words, name), part))
        })
        .collect();
    entries.extend(
        facts.duty_phone.as_ref().map(|phone| Way::new(dial(phone), phone.as_str(), words.who_duty_phone())),
    );
    entries
}

/// What stands under the entries: the names that have not been received, the contract, the bureau.
pub(super) fn notes(words: Words, elevator: &Elevator) -> Vec<String> {
    let facts = &elevator.facts;
    let missing = match (&facts.using_unit, &facts.maintenance_unit) {
        (None, None) => Some(words.who_neither()),
        (None, Some(_)) => Some(words.who_no_using_unit()),
        (Some(_), None) => Some(words.who_no_maintenance_unit()),
        (Some(_), Some(_)) => None,
    };
    let contract = facts
        .contract
        .filter(|_| facts.maintenance_unit.is_none())
        .map(|contract| words.who_contract(contract.label(words.0)));
    let authority = elevator
        .authority
        .as_ref()
        .map(|authority| words.who_authority(words.0.pick(&authority.name_zh, &authority.name_en)));
    missing.map(str::to_owned).into_iter().chain(contract).chain(authority).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use yuti_openapi::{Language, samples};

    #[test]
    fn what_has_not_been_received_is_said_once() {
        let zh = Words(Language::Zh);
        let full = samples::elevator();
        assert_eq!(entries(zh, &full).len(), 3);
        assert_eq!(notes(zh, &full), ["由南岸区市场监督管理局监管。"]);
        let mut unknown = samples::elevator_unknown();
        unknown.authority = None;
        assert_eq!(entries(zh, &unknown), []);
        assert_eq!(notes(zh, &unknown), ["没收到物业（使用单位）和保养公司（维保单位）的名字。"]);
    }

    #[test]
    fn the_contract_stands_beside_the_unit_or_alone() {
        let en = Words(Language::En);
        let mut elevator = samples::elevator();
        assert!(
            entries(en, &elevator).iter().any(|way| way.reason.plain().ends_with("contract: All-inclusive"))
        );
        elevator.facts.maintenance_unit = None;
        assert!(notes(en, &elevator).contains(&"Maintenance contract: All-inclusive.".to_owned()));
    }
}
