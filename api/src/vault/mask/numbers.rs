//! Numbers that belong to persons: where one begins and ends in a text. Each function looks at one place of the text, in which full-width
//! digits are plain ones already, and says how many characters belong to the find.

/// Signs that people put between groups of digits.
fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '-' | '·' | '–' | '—' | '\u{3000}')
}

fn digit(text: &[char], place: usize) -> Option<u32> {
    text.get(place).and_then(|c| c.to_digit(10))
}

/// Digits from a place on, with single gaps where `gaps` allows one after so many digits: the digits and the place behind them.
fn run(text: &[char], from: usize, most: usize, gaps: impl Fn(usize) -> bool) -> (Vec<u32>, usize) {
    let (mut digits, mut place) = (Vec::with_capacity(most), from);
    while digits.len() < most {
        if let Some(digit) = digit(text, place) {
            digits.push(digit);
            place += 1;
        } else if text.get(place).copied().is_some_and(is_gap)
            && gaps(digits.len())
            && digit(text, place + 1).is_some()
        {
            place += 1;
        } else {
            break;
        }
    }
    (digits, place)
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
        if !code.is_empty() && text.get(from).copied().is_some_and(is_gap) {
            from += 1;
        }
        let (digits, end) = run(text, from, 11, |before| matches!(before, 3 | 6 | 7));
        let shape = digits.len() == 11
            && digits.first() == Some(&1)
            && digits.get(1).is_some_and(|second| *second >= 3);
        (shape && ends(text, end)).then_some(end - at)
    })
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

/// The number of an identity card: 18 places whose check holds, or the 15 of before 1999.
pub(super) fn identity_card(text: &[char], at: usize) -> Option<usize> {
    if !begins(text, at) {
        return None;
    }
    let (digits, end) = run(text, at, 17, |before| before == 6 || before == 14);
    if digits.len() == 17 {
        let check = match text.get(end)? {
            'X' | 'x' => 10,
            c => c.to_digit(10)?,
        };
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
        let holds = (12 - sum % 11) % 11 == check;
        let born = birthday(number(digits.get(6..10)?), digits.get(10..)?);
        let over = text.get(end + 1).is_none_or(|c| !c.is_ascii_alphanumeric());
        return (holds && born && region(&digits) && over).then_some(end + 1 - at);
    }
    let (digits, end) = run(text, at, 15, |_| false);
    let born = digits.len() == 15 && birthday(1900 + number(digits.get(6..8)?), digits.get(8..)?);
    let over = text.get(end).is_none_or(|c| !c.is_ascii_alphanumeric());
    (born && region(&digits) && over).then_some(end - at)
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
