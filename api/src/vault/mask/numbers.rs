//! Numbers that belong to persons: where one begins and ends in a text. Each function looks at one place of the text, in which full-width
//! digits are plain ones already, and says how many characters belong to the find.

/// Signs that people put between groups of digits, and what a copied text holds there unseen. No comma and no slash: they part the numbers of a list.
pub(super) fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '-' | '_' | '.' | '~' | '(' | ')' | '·' | '•' | '\u{ad}' | '\u{2212}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{2060}'..='\u{2064}')
}

/// The longest gap between two groups: ` - `, `) `.
const LONGEST_GAP: usize = 3;

fn digit(text: &[char], place: usize) -> Option<u32> {
    text.get(place).and_then(|c| c.to_digit(10))
}

/// Digits from a place on, in whatever groups they are written.
struct Run {
    digits: Vec<u32>,
    /// The lengths of the groups.
    groups: Vec<usize>,
    /// The signs between them.
    gaps: Vec<char>,
    /// The place behind the last digit.
    end: usize,
}

impl Run {
    fn of(text: &[char], from: usize, most: usize) -> Self {
        let mut run =
            Self { digits: Vec::with_capacity(most), groups: Vec::new(), gaps: Vec::new(), end: from };
        let mut place = from;
        while run.digits.len() < most {
            if let Some(digit) = digit(text, place) {
                run.digits.push(digit);
                match run.groups.last_mut().filter(|_| place == run.end) {
                    Some(length) => *length += 1,
                    None => run.groups.push(1),
                }
                place += 1;
                run.end = place;
                continue;
            }
            let gap = text.iter().skip(place).take_while(|c| is_gap(**c)).take(LONGEST_GAP + 1).count();
            if run.digits.is_empty() || gap == 0 || gap > LONGEST_GAP || digit(text, place + gap).is_none() {
                break;
            }
            run.gaps.extend(text.iter().skip(place).take(gap));
            place += gap;
        }
        run
    }

    /// Whether a point in it is that of a decimal: only where all signs between the groups are points, and more than one, they part groups.
    fn is_decimal(&self) -> bool {
        let dots = self.gaps.iter().filter(|gap| **gap == '.').count();
        dots > 0 && (dots == 1 || dots < self.gaps.len())
    }

    /// Whether the groups are those of one mobile number, and not several numbers, a decimal or a day of the last century.
    fn is_one_mobile(&self, text: &[char], apart: bool) -> bool {
        const USUAL: [&[usize]; 6] = [&[11], &[3, 4, 4], &[3, 3, 5], &[4, 4, 3], &[3, 8], &[3, 2, 2, 2, 2]];
        if self.is_decimal() {
            return false;
        }
        // Nothing else is written digit by digit, as far as eleven places go.
        if USUAL.contains(&&*self.groups) || self.groups.len() >= 8 {
            return true;
        }
        // Flats in a row (13-1 14-2 15-3 16), groups that go on behind, and what hangs on a letter (EBN1561-94-2-21-95) are something else.
        let gap = text.iter().skip(self.end).take_while(|c| is_gap(**c)).take(LONGEST_GAP).count();
        let day = self.digits.starts_with(&[1, 9]) && self.groups.starts_with(&[4, 2, 2]);
        apart && self.groups.len() <= 5 && digit(text, self.end + gap).is_none() && !day
    }
}

/// Whether a number may begin here: not within another one, nor behind a decimal point.
fn begins(text: &[char], place: usize) -> bool {
    let before = |back: usize| place.checked_sub(back).and_then(|before| text.get(before)).copied();
    match before(1) {
        Some(c) if c.is_ascii_alphanumeric() => false,
        Some('.') => before(2).is_none_or(|c| !c.is_ascii_digit()),
        _ => true,
    }
}

fn ends(text: &[char], place: usize) -> bool {
    text.get(place).is_none_or(|c| !c.is_ascii_digit())
}

/// A mobile number: eleven digits from 13 to 19, also in groups, also with the code of the country.
pub(super) fn mobile(text: &[char], at: usize) -> Option<usize> {
    let begun = begins(text, at)
        || text.get(at) == Some(&'+')
        || (at > 0 && text.get(at - 1).is_some_and(char::is_ascii_alphabetic));
    if !begun {
        return None;
    }
    let codes: [&[char]; 4] = [&['+', '8', '6'], &['0', '0', '8', '6'], &['8', '6'], &[]];
    codes.iter().find_map(|code| {
        let rest = text.get(at..)?;
        if !rest.starts_with(code) {
            return None;
        }
        let mut from = at + code.len();
        if !code.is_empty() {
            from += text.iter().skip(from).take_while(|c| is_gap(**c)).take(LONGEST_GAP).count();
        }
        let run = Run::of(text, from, 11);
        // Behind the code of the country it is a telephone number, however it is grouped.
        (is_mobile(&run.digits)
            && (!code.is_empty() || run.is_one_mobile(text, begins(text, at)))
            && ends(text, run.end))
        .then_some(run.end - at)
    })
}

/// Whether digits are those of a mobile number: eleven, from 13 to 19.
fn is_mobile(digits: &[u32]) -> bool {
    digits.len() == 11 && digits.first() == Some(&1) && digits.get(1).is_some_and(|second| *second >= 3)
}

/// A mobile number spelt in Chinese numerals, as people write it who know that digits are hidden.
pub(super) fn spelt_mobile(text: &[char], at: usize) -> Option<usize> {
    if at.checked_sub(1).and_then(|before| text.get(before)).is_some_and(|c| numeral(*c).is_some()) {
        return None;
    }
    let digits: Vec<u32> = text.iter().skip(at).map_while(|c| numeral(*c)).take(12).collect();
    is_mobile(&digits).then_some(digits.len())
}

/// The digit that a Chinese numeral stands for when a number is read out place by place.
pub(super) fn numeral(c: char) -> Option<u32> {
    const NUMERALS: [&str; 10] =
        ["〇零", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"];
    let place = NUMERALS.iter().position(|same| same.contains(c))?;
    u32::try_from(place).ok()
}

/// Regions in which numbers of identity cards begin.
fn region(digits: &[u32]) -> bool {
    let [a, b, c, d, ..] = digits else { return false };
    let (province, city) = (a * 10 + b, c * 10 + d);
    match province {
        // Municipalities have districts and counties only: lets codes of equipment such as 3110… pass.
        11 | 12 | 31 => matches!(city, 0..=2),
        50 => city <= 3,
        13..=15 | 21..=23 | 32..=37 | 41..=46 | 51..=54 | 61..=65 | 71 | 81 | 82 | 83 => {
            city != 0 && city <= 90
        }
        _ => false,
    }
}

fn number(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |sum, digit| sum * 10 + digit)
}

fn birthday(year: u32, rest: &[u32]) -> bool {
    let [a, b, c, d, ..] = rest else { return false };
    let year = i32::try_from(year).unwrap_or_default();
    (1900..2100).contains(&year) && chrono::NaiveDate::from_ymd_opt(year, a * 10 + b, c * 10 + d).is_some()
}

/// The number of an identity card: 18 places, or the 15 of before 1999. Region and birthday tell it; its check is not asked for, because one that
/// was typed wrongly in one place still says whose it is.
pub(super) fn identity_card(text: &[char], at: usize) -> Option<usize> {
    if !begins(text, at) {
        return None;
    }
    let run = Run::of(text, at, 17);
    if let Some(check) = check_behind(text, &run) {
        let born = birthday(number(run.digits.get(6..10)?), run.digits.get(10..)?);
        let over = text.get(check + 1).is_none_or(|c| !c.is_ascii_alphanumeric());
        let card = born
            && region(&run.digits)
            && over
            && !run.is_decimal()
            && !is_code_of_a_unit(text.get(at..=check)?, &run.digits);
        return card.then_some(check + 1 - at);
    }
    let run = Run::of(text, at, 15);
    let born = run.digits.len() == 15 && birthday(1900 + number(run.digits.get(6..8)?), run.digits.get(8..)?);
    let over = text.get(run.end).is_none_or(|c| !c.is_ascii_alphanumeric());
    // The fifteen are old and were written in one piece; in groups they are rather something else.
    (born && run.groups.len() == 1 && region(&run.digits) && over).then_some(run.end - at)
}

/// Whether eighteen places are the public code of an organisation and not a card: its checks hold and the card's does not.
fn is_code_of_a_unit(text: &[char], digits: &[u32]) -> bool {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
    let last = text.last().and_then(|c| if matches!(c, 'X' | 'x') { Some(10) } else { c.to_digit(10) });
    let card = last == Some((12 - sum % 11) % 11);
    !card && text.iter().collect::<String>().parse::<yuti_openapi::Uscc>().is_ok()
}

/// The place of the check character behind seventeen digits.
fn check_behind(text: &[char], run: &Run) -> Option<usize> {
    if run.digits.len() != 17 {
        return None;
    }
    let gap = text.iter().skip(run.end).take_while(|c| is_gap(**c)).take(LONGEST_GAP).count();
    [run.end, run.end + gap]
        .into_iter()
        .find(|place| text.get(*place).is_some_and(|c| c.is_ascii_digit() || matches!(c, 'X' | 'x')))
}

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// A vehicle's plate: 渝A·12345, 渝AD12345. A certificate of use (梯11渝A12345) is none.
pub(super) fn plate(text: &[char], at: usize) -> Option<usize> {
    if !text.get(at).is_some_and(|c| PROVINCES.contains(*c)) || !text.get(at + 1)?.is_ascii_alphabetic() {
        return None;
    }
    let certificate = at >= 3 && text.get(at - 3) == Some(&'梯');
    if certificate {
        return None;
    }
    let mut place = at + 2;
    if text.get(place).is_some_and(|c| matches!(c, '·' | '•' | '.' | '-' | ' ' | '・')) {
        place += 1;
    }
    let letter = |c: &&char| c.is_ascii_alphanumeric() && !matches!(c, 'I' | 'O' | 'i' | 'o');
    let signs: Vec<char> = text.iter().skip(place).take_while(letter).take(7).copied().collect();
    let special = text.get(place + signs.len()).is_some_and(|c| "挂学警港澳领使".contains(*c));
    let length = signs.len() + usize::from(special);
    let digits = signs.iter().filter(|c| c.is_ascii_digit()).count();
    // A plate has at most two letters behind the first.
    let shape = matches!(length, 5 | 6) && digits + 2 >= signs.len() && digits >= 3;
    shape.then_some(place + length - at)
}
