//! Names of places and units, made of words, and the codes of the units. The same name always has the same code.

use yuti_openapi::Uscc;
use yuti_openapi::wire::UnitRef;

use super::chance::Chance;
use super::lists::{Lists, SiteKind};

/// Characters that may stand in an organisation number.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The districts in which the using units are registered.
const REGISTERED_IN: [&str; 6] = ["500103", "500106", "500107", "500108", "500113", "500101"];

/// A road with a number.
pub(super) fn address(lists: &Lists, toponym: u64, chance: &mut Chance) -> String {
    // Most sites stand on the road that bears their name.
    let of_road = if chance.permille(700) { toponym } else { chance.below(lists.toponyms()) };
    let road = chance.pick(lists.roads()).map_or("路", String::as_str);
    format!("{}{road} {} 号", lists.toponym(of_road), chance.range(1, 268))
}

/// The name of a site: an estate, a hospital, …
pub(super) fn site(lists: &Lists, kind: SiteKind, toponym: u64, chance: &mut Chance) -> String {
    let word = chance.pick(lists.buildings(kind)).map_or("", String::as_str);
    format!("{}{word}", lists.toponym(toponym))
}

/// The using unit of a site. An estate is managed by one of two hundred and forty companies, all else answers for itself.
pub(super) fn using_unit(lists: &Lists, kind: SiteKind, toponym: u64, chance: &mut Chance) -> UnitRef {
    let number = match kind {
        SiteKind::Residential | SiteKind::Office => chance.below(240) * 3 % lists.toponyms().max(1),
        SiteKind::Metro => chance.below(3),
        _ => toponym,
    };
    unit(lists, kind, number)
}

/// The using unit of a kind with a number.
fn unit(lists: &Lists, kind: SiteKind, number: u64) -> UnitRef {
    let words = lists.using_units(kind);
    let which = number.checked_rem(words.len() as u64).and_then(|place| usize::try_from(place).ok());
    let word = which.and_then(|place| words.get(place)).map_or("", String::as_str);
    let name = match kind {
        SiteKind::School => format!("{}{word}", lists.toponym(number)),
        _ => format!("重庆{}{word}", lists.toponym(number)),
    };
    UnitRef { id: None, name, uscc: unit_code(kind, number) }
}

/// A valid code. `12` is a public institution, `91` a company.
fn unit_code(kind: SiteKind, number: u64) -> Option<String> {
    let (registrar, letter) = match kind {
        SiteKind::Residential => ("91", 'P'),
        SiteKind::Office => ("91", 'Q'),
        SiteKind::Hospital => ("12", 'H'),
        SiteKind::Mall => ("91", 'M'),
        SiteKind::Metro => ("91", 'R'),
        SiteKind::Hotel => ("91", 'G'),
        SiteKind::School => ("12", 'E'),
        SiteKind::Factory => ("91", 'F'),
    };
    let place = number.checked_rem(REGISTERED_IN.len() as u64).and_then(|place| usize::try_from(place).ok());
    let region = REGISTERED_IN.get(place?)?;
    let organisation = format!("MADE{letter}{}", three(number)?);
    Uscc::complete(&format!("{registrar}{region}"), &organisation).map(|code| code.as_str().to_owned())
}

/// A number below 29 791 in three places of the alphabet.
fn three(number: u64) -> Option<String> {
    let base = ALPHABET.len() as u64;
    let digit = |part: u64| {
        let place = usize::try_from(part % base).ok()?;
        ALPHABET.get(place).map(|byte| char::from(*byte))
    };
    Some([digit(number / base / base)?, digit(number / base)?, digit(number)?].iter().collect())
}

/// Brands of makers, developers, property companies and insurers, and well-known names of this city.
#[cfg(test)]
pub(super) const REAL: &[&str] = &[
    "日立",
    "奥的斯",
    "三菱",
    "通力",
    "迅达",
    "蒂森",
    "富士达",
    "东芝",
    "西奥",
    "快意",
    "康力",
    "江南嘉捷",
    "广日",
    "永大",
    "巨人",
    "远大",
    "博林特",
    "梅轮",
    "现代",
    "西子",
    "万科",
    "龙湖",
    "金科",
    "华润",
    "碧桂园",
    "恒大",
    "融创",
    "保利",
    "中海",
    "绿地",
    "招商",
    "绿城",
    "世茂",
    "协信",
    "东原",
    "鲁能",
    "长安",
    "平安",
    "人保",
    "太平洋",
    "国寿",
    "观音桥",
    "解放碑",
    "洪崖洞",
    "磁器口",
    "沙坪坝",
    "杨家坪",
    "南坪",
    "龙头寺",
    "石桥铺",
    "黄桷坪",
    "弹子石",
    "朝天门",
    "重百",
    "新世纪",
    "永辉",
    "华西",
    "西南",
    "巴蜀",
    "育才",
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::collections::BTreeMap;

    use super::super::tests::lists;
    use super::*;

    #[test]
    fn a_name_has_one_code_and_a_code_one_name_and_all_codes_hold() {
        let lists = lists();
        let kinds = [
            SiteKind::Residential,
            SiteKind::Office,
            SiteKind::Hospital,
            SiteKind::Mall,
            SiteKind::Metro,
            SiteKind::Hotel,
            SiteKind::School,
            SiteKind::Factory,
        ];
        let mut by_code = BTreeMap::new();
        for kind in kinds {
            for number in 0..lists.toponyms() {
                let unit = unit(&lists, kind, number);
                let code = unit.uscc.unwrap();
                assert_eq!(code.parse::<Uscc>().unwrap().as_str(), code);
                assert_eq!(by_code.insert(code, unit.name), None);
            }
        }
        for keeper in &lists.keepers {
            let code = keeper.unit.uscc.clone().unwrap();
            assert!(code.parse::<Uscc>().is_ok());
            assert_eq!(by_code.insert(code, keeper.unit.name.clone()), None);
        }
    }

    #[test]
    fn no_toponym_maker_unit_or_insurer_bears_a_name_that_is_taken() {
        let lists = lists();
        let names = (0..lists.toponyms())
            .map(|number| lists.toponym(number))
            .chain(lists.makers.iter().map(|maker| maker.name.clone()))
            .chain(lists.keepers.iter().map(|keeper| keeper.unit.name.clone()))
            .chain(lists.insurers().iter().cloned());
        let mut seen = 0;
        for name in names {
            for taken in REAL {
                assert!(!name.contains(taken), "{name} contains {taken}");
            }
            seen += 1;
        }
        assert!(seen > 500, "only {seen} names: too few to look like a city");
    }

    #[test]
    fn every_duty_line_is_of_the_numbers_kept_for_examples() {
        for keeper in &lists().keepers {
            let last = keeper.duty_line.strip_prefix("023-0000-").unwrap();
            assert!(last.len() == 4 && last.bytes().all(|byte| byte.is_ascii_digit()), "{last}");
        }
    }
}
