//! How an elevator is called and where it stands, in one way on every page.

use yuti_openapi::Language;
use yuti_openapi::vocabulary::CodeScheme;
use yuti_openapi::wire::{Choice, Elevator, Named};

use crate::text::Text;
use crate::words::{Words, is_han};

/// What names an elevator.
pub(crate) struct Subject<'a> {
    pub(crate) code: &'a str,
    building: Option<&'a str>,
    internal_number: Option<&'a str>,
    address: Option<&'a str>,
    district: Option<&'a Named>,
}

impl<'a> From<&'a Elevator> for Subject<'a> {
    fn from(elevator: &'a Elevator) -> Self {
        let facts = &elevator.facts;
        Self {
            code: &elevator.code,
            building: facts.building.as_deref(),
            internal_number: facts.internal_number.as_deref(),
            address: facts.address.as_deref(),
            district: facts.district.as_ref(),
        }
    }
}

impl<'a> From<&'a Choice> for Subject<'a> {
    fn from(choice: &'a Choice) -> Self {
        Self {
            code: &choice.code,
            building: choice.building.as_deref(),
            internal_number: choice.internal_number.as_deref(),
            address: choice.address.as_deref(),
            district: choice.district.as_ref(),
        }
    }
}

impl Subject<'_> {
    /// Its name: building and internal number, else the address, else the code.
    pub(crate) fn name(&self, words: Words) -> String {
        match (self.building.or(self.address), self.internal_number) {
            (Some(place), Some(number)) => words.bound(&format!("{place} {number}")),
            (Some(place), None) => words.bound(place),
            (None, _) => words.elevator_code(spaced(self.code)),
        }
    }

    /// The name for the title of the window, with the code where the name could be another elevator's too.
    pub(crate) fn title(&self, words: Words) -> String {
        let name = self.name(words);
        if self.internal_number.is_some() || (self.building.is_none() && self.address.is_none()) {
            name
        } else {
            format!("{name} · {}", self.code)
        }
    }

    /// District and street. The street is left out where the name says it already, the district where the street
    /// begins with it.
    pub(crate) fn place(&self, words: Words) -> Text {
        let street = self.address.filter(|_| self.building.is_some());
        let named = self.district.map(|district| words.0.pick(&district.name_zh, &district.name_en));
        let district = named.filter(|name| !street.is_some_and(|street| street.starts_with(name)));
        match (district, street) {
            (None, None) => Text::default(),
            (Some(district), None) => district.into(),
            (None, Some(street)) => Text::given(words, street),
            (Some(district), Some(street)) => match words.0 {
                Language::Zh if street.starts_with(is_han) => Text::from(district).and_given(words, street),
                Language::Zh => Text::from(format!("{district}，")).and_given(words, street),
                Language::En => Text::given(words, street).and(format!(", {district}")),
            },
        }
    }

    /// The place as one line of the page; that there is no address, where there is none.
    pub(crate) fn place_line(&self, words: Words) -> Text {
        let place = self.place(words);
        if place.is_empty() && self.address.is_none() { words.elevator_no_address().into() } else { place }
    }
}

/// A code as it is read out: a run of digits in groups of three, anything else as it is.
pub(crate) fn spaced(code: &str) -> String {
    if !(5..=9).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return code.to_owned();
    }
    let mut text = String::with_capacity(code.len() + 2);
    for (index, digit) in code.chars().enumerate() {
        // A single digit at the end is easily lost: it joins the group before it.
        if index > 0 && index % 3 == 0 && code.len() - index > 1 {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// A code of a known scheme in the groups of which it is made, one that is read out in groups of three, any other as it is written.
pub(crate) fn grouped(value: &str, scheme: Option<CodeScheme>, read_out: bool) -> String {
    let groups: &[usize] = match scheme {
        Some(CodeScheme::EquipmentCode17 | CodeScheme::EquipmentCode18) => &[4, 5, 4, 5],
        Some(CodeScheme::RegistrationCode20) => &[4, 6, 6, 4],
        Some(CodeScheme::LifelongCode21) => &[4, 9, 4, 4],
        None if read_out => return spaced(value),
        None => return value.to_owned(),
    };
    let mut characters = value.chars();
    let groups: Vec<String> =
        groups.iter().map(|length| characters.by_ref().take(*length).collect()).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use yuti_openapi::samples;

    #[test]
    fn codes_are_read_in_groups() {
        let codes = ["502718", "50271", "5027181", "50271812", "1D10028", "123", "1234567890"].map(spaced);
        let expected = ["502 718", "502 71", "502 7181", "502 718 12", "1D10028", "123", "1234567890"];
        assert_eq!(codes.map(|code| code.replace('\u{a0}', " ")), expected);
        assert_eq!(
            grouped("311010500201900127", Some(CodeScheme::EquipmentCode18), true),
            "3110 10500 2019 00127"
        );
        assert_eq!(
            grouped("31105001062011050006", Some(CodeScheme::RegistrationCode20), false),
            "3110 500106 201105 0006"
        );
        assert_eq!(grouped("梯11渝A00127(19)", None, true), "梯11渝A00127(19)");
        assert_eq!(grouped("1008273", None, false), "1008273");
        assert_eq!(grouped("502718", None, true), "502\u{a0}718");
    }

    #[test]
    fn a_name_is_found_for_every_elevator() {
        let (zh, en) = (Words(Language::Zh), Words(Language::En));
        let elevator = samples::elevator();
        let subject = Subject::from(&elevator);
        assert_eq!(subject.name(zh).replace('\u{a0}', " "), "青石坎小区 3 栋 2 单元 左梯");
        assert_eq!(subject.place(zh).plain().replace('\u{a0}', " "), "南岸区青石坎路 18 号");
        assert_eq!(subject.place(en).plain().replace('\u{a0}', " "), "青石坎路 18 号, Nan'an District");
        let unknown = samples::elevator_unknown();
        assert_eq!(Subject::from(&unknown).name(en).replace('\u{a0}', " "), "Number 507 777");
    }

    #[test]
    fn an_address_stands_for_a_building_that_is_not_named() {
        let mut elevator = samples::elevator();
        elevator.facts.building = None;
        elevator.facts.internal_number = None;
        let subject = Subject::from(&elevator);
        let zh = Words(Language::Zh);
        assert_eq!(subject.name(zh).replace('\u{a0}', " "), "青石坎路 18 号");
        assert_eq!(subject.place(zh).plain(), "南岸区");
        assert!(subject.title(zh).ends_with(" · 502718"));
    }
}
