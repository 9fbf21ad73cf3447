//! Single values: a text in, a day or a number out, or the reason why not.

use chrono::{Datelike, Months, NaiveDate};
use yuti_openapi::vocabulary::Precision;

use super::text::plain_digits;

/// How a source writes its dates, such as `YYYYMMDD`, `YYYY-M-D` or `YYYY年M月`. `MM` and `DD` are two digits, `M` and
/// `D` one or two; `hh`, `mm`, `ss` are read over; anything else stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DateFormat(Vec<Token>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Year,
    Month { least: usize },
    Day { least: usize },
    Time,
    Sign(char),
}

impl DateFormat {
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let mut tokens = Vec::new();
        let mut rest = written;
        while let Some(first) = rest.chars().next() {
            let known = [
                ("YYYY", Token::Year),
                ("MM", Token::Month { least: 2 }),
                ("M", Token::Month { least: 1 }),
                ("DD", Token::Day { least: 2 }),
                ("D", Token::Day { least: 1 }),
                ("hh", Token::Time),
                ("mm", Token::Time),
                ("ss", Token::Time),
            ];
            let token = known.iter().find_map(|(name, token)| Some((*token, rest.strip_prefix(name)?)));
            let (token, others) = token
                .unwrap_or_else(|| (Token::Sign(first), rest.get(first.len_utf8()..).unwrap_or_default()));
            tokens.push(token);
            rest = others;
        }
        let count = |wanted: fn(&Token) -> bool| tokens.iter().filter(|token| wanted(token)).count();
        let years = count(|token| *token == Token::Year);
        let months = count(|token| matches!(token, Token::Month { .. }));
        let days = count(|token| matches!(token, Token::Day { .. }));
        if years == 1 && months == 1 && days <= 1 {
            return Ok(Self(tokens));
        }
        Err(format!(
            "has `{written}`, which does not name year and month once each; write it like YYYYMMDD, YYYY-MM-DD, YYYY/M/D or YYYY-MM"
        ))
    }

    pub(super) fn precision(&self) -> Precision {
        let day = self.0.iter().any(|token| matches!(token, Token::Day { .. }));
        if day { Precision::Day } else { Precision::Month }
    }

    /// The day; where only the month is written, its last one: a validity given by month lasts to the month's end.
    fn read(&self, text: &str) -> Option<NaiveDate> {
        let (mut year, mut month, mut day) = (None, None, None);
        let mut rest = text;
        for token in &self.0 {
            match token {
                Token::Year => year = Some(digits(&mut rest, 4, 4)?),
                Token::Month { least } => month = Some(digits(&mut rest, *least, 2)?),
                Token::Day { least } => day = Some(digits(&mut rest, *least, 2)?),
                Token::Time => {
                    digits(&mut rest, 2, 2)?;
                }
                Token::Sign(sign) => rest = rest.strip_prefix(*sign)?,
            }
        }
        let year = i32::try_from(year?).ok()?;
        if !rest.is_empty() {
            return None;
        }
        match day {
            Some(day) => NaiveDate::from_ymd_opt(year, month?, day),
            None => NaiveDate::from_ymd_opt(year, month?, 1)?.checked_add_months(Months::new(1))?.pred_opt(),
        }
    }
}

fn digits(rest: &mut &str, least: usize, most: usize) -> Option<u32> {
    let length = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if length < least {
        return None;
    }
    let (digits, others) = rest.split_at_checked(length)?;
    *rest = others;
    digits.parse().ok()
}

/// A day in the first format that fits, and how exactly it was written.
pub(super) fn date(text: &str, formats: &[DateFormat]) -> Option<(NaiveDate, Precision)> {
    let text = plain_digits(text);
    formats.iter().find_map(|format| Some((format.read(&text)?, format.precision())))
}

/// How a source writes a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberStyle {
    /// `1800`, `1,800.5`
    Decimal,
    /// `16'4"`, `16'4`, `16'`, `16-4`, `16.5`: feet, and inches below twelve.
    FeetAndInches,
}

/// A number as it is written, in the source's own unit. Nothing that merely looks like a number is one: no exponents, no
/// words such as `inf`.
pub(super) fn number(text: &str, style: NumberStyle) -> Option<f64> {
    let text = plain_digits(text);
    match style {
        NumberStyle::Decimal => decimal(&text),
        NumberStyle::FeetAndInches => feet(&text),
    }
}

fn decimal(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let grouped = whole.contains(',');
    let groups_hold = !grouped
        || whole
            .split(',')
            .enumerate()
            .all(|(place, group)| if place == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 });
    let plain = whole.replace(',', "");
    let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if plain.is_empty() || plain.len() > 15 || !groups_hold || !only_digits(&plain) || !only_digits(fraction)
    {
        return None;
    }
    format!("{plain}.{fraction}0").parse::<f64>().ok().map(|number| sign * number)
}

fn feet(text: &str) -> Option<f64> {
    let text = text.replace(['’', '′'], "'").replace(['”', '″'], "\"");
    if let Some(feet) = decimal(text.strip_suffix('\'').unwrap_or(&text)).filter(|feet| *feet >= 0.0) {
        return Some(feet);
    }
    let (feet, inches) = match text.split_once('\'') {
        Some((feet, inches)) => {
            let inches = inches.trim_start_matches([' ', '-']);
            (feet, inches.strip_suffix('"').unwrap_or(inches))
        }
        None => {
            let (feet, inches) = text.split_once('-')?;
            (feet, inches.strip_suffix('"').unwrap_or(inches))
        }
    };
    let whole = |part: &str| -> Option<f64> {
        let digits = !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse().ok() } else { None }
    };
    let (feet, inches) = (whole(feet.trim())?, whole(inches.trim())?);
    (inches < 12.0).then_some(feet + inches / 12.0)
}

/// Rounds to so many decimals: a conversion must not pretend to know more than the source.
pub(super) fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    let rounded = (value * scale).round() / scale;
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// A day that no register of elevators can mean: before there were any, or generations ahead.
pub(super) fn implausible(day: NaiveDate, today: NaiveDate) -> bool {
    day.year() < FIRST_ELEVATORS || day.year() > today.year() + 60
}

/// The year of the first passenger elevator in a public building.
const FIRST_ELEVATORS: i32 = 1857;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn read(text: &str, formats: &[&str]) -> Option<(String, Precision)> {
        let formats: Vec<DateFormat> =
            formats.iter().map(|format| DateFormat::parse(format).unwrap()).collect();
        date(text, &formats).map(|(day, precision)| (day.to_string(), precision))
    }

    #[test]
    fn dates_are_read_as_written_and_not_otherwise() {
        for (text, format, day) in [
            ("20140325", "YYYYMMDD", Some("2014-03-25")),
            ("20140230", "YYYYMMDD", None),
            ("2014325", "YYYYMMDD", None),
            ("201403251", "YYYYMMDD", None),
            ("2014-3-5", "YYYY-M-D", Some("2014-03-05")),
            ("2014-03-05", "YYYY-M-D", Some("2014-03-05")),
            ("2014-3-5", "YYYY-MM-DD", None),
            ("2021年9月1日", "YYYY年M月D日", Some("2021-09-01")),
            ("２０２１年９月１日", "YYYY年M月D日", Some("2021-09-01")),
            ("2021/09/01 00:00:00", "YYYY/MM/DD hh:mm:ss", Some("2021-09-01")),
            ("03/25/2014", "MM/DD/YYYY", Some("2014-03-25")),
            ("9O0719", "YYYYMMDD", None),
            ("-014-03-25", "YYYY-MM-DD", None),
            ("", "YYYYMMDD", None),
        ] {
            let found = read(text, &[format]);
            assert_eq!(found, day.map(|day| (day.to_owned(), Precision::Day)), "{text} as {format}");
        }
    }

    #[test]
    fn a_month_lasts_to_its_last_day() {
        assert_eq!(read("2024-02", &["YYYY-MM"]), Some(("2024-02-29".into(), Precision::Month)));
        assert_eq!(read("2023年12月", &["YYYY年M月"]), Some(("2023-12-31".into(), Precision::Month)));
        let both = ["YYYY-MM-DD", "YYYY-MM"];
        assert_eq!(read("2024-02-03", &both), Some(("2024-02-03".into(), Precision::Day)));
    }

    #[test]
    fn a_format_needs_year_and_month() {
        for wrong in ["", "DD", "YYYY", "MMDD", "YYYYYYYYMM", "YYYY-MM-DD-DD"] {
            assert!(DateFormat::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_digits_and_nothing_that_looks_like_one() {
        for (text, value) in [
            ("2000.0", Some(2000.0)),
            ("1,800.5", Some(1800.5)),
            ("-73.95", Some(-73.95)),
            ("１８００", Some(1800.0)),
            ("0", Some(0.0)),
            ("5.", Some(5.0)),
            ("1E1002", None),
            ("1e3", None),
            ("inf", None),
            ("NaN", None),
            ("18,00", None),
            (",800", None),
            ("12a", None),
            ("", None),
            ("-", None),
            (".5", None),
            ("1.2.3", None),
            ("+5", None),
        ] {
            assert_eq!(number(text, NumberStyle::Decimal), value, "{text}");
        }
    }

    #[test]
    fn feet_and_inches_come_in_several_forms() {
        for (text, value) in [
            ("16'4\"", Some(16.0 + 4.0 / 12.0)),
            ("15'6", Some(15.5)),
            ("60'", Some(60.0)),
            ("60", Some(60.0)),
            ("0111'", Some(111.0)),
            ("46.5'", Some(46.5)),
            ("57-6", Some(57.5)),
            ("66-5\"", Some(66.0 + 5.0 / 12.0)),
            ("60'-2", Some(60.0 + 2.0 / 12.0)),
            ("16’4”", Some(16.0 + 4.0 / 12.0)),
            ("24'10", Some(24.0 + 10.0 / 12.0)),
            ("24'12", None),
            ("13'3'", None),
            ("20\"8\"", None),
            ("258\"", None),
            ("2015-11-06", None),
            ("17-", None),
            ("15/4", None),
            ("ABOVE", None),
            ("-6", None),
        ] {
            assert_eq!(number(text, NumberStyle::FeetAndInches), value, "{text}");
        }
    }

    #[test]
    fn rounding_leaves_no_tail_and_no_minus_nought() {
        assert_eq!(round(2000.0 * 0.453_592_37, 2), 907.18);
        assert_eq!(round(100.0 * 0.00508, 3), 0.508);
        assert_eq!(round(-0.001, 2).to_string(), "0");
    }
}
