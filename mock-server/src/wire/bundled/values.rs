//! Values that XML Schema has and the contract narrows: days, moments, years and marks. White space around a day, a
//! moment or a mark says nothing, as XML Schema has it.

use jiff::civil::Date;

use crate::{network::moment::Moment, wire::reader::is_space};

/// The form of a day.
pub(super) const DAY: &str = "YYYY-MM-DD, 1800–2999";

/// The form of a moment.
pub(super) const MOMENT: &str = "YYYY-MM-DDThh:mm:ss+09:00";

/// The form of a fiscal year.
pub(super) const YEAR: &str = "YYYY, 1800–2999";

/// The form of a mark.
pub(super) const MARK: &str = "true, false";

/// A day in the calendar.
pub(super) fn day(text: &str) -> Option<Date> {
    let text = trimmed(text);
    if !follows(text, "0000-00-00") {
        return None;
    }
    text.parse().ok().filter(|day: &Date| has_year(day.year()))
}

/// A moment with its zone. A fraction of a second is read, and cut off.
pub(super) fn moment(text: &str) -> Option<Moment> {
    let text = trimmed(text);
    let (start, rest) = text.split_at_checked(19)?;
    let right = follows(start, "0000-00-00T00:00:00")
        && start.get(11..13)? < "24"
        && start.get(17..)? < "60";
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = fraction.len() - zone.len();
            (1..=9).contains(&digits).then_some(zone)?
        }
        None => rest,
    };
    let right_zone = zone == "Z"
        || zone
            .strip_prefix(['+', '-'])
            .is_some_and(|offset| follows(offset, "00:00") && offset <= "14:00");
    let moment: Moment = (right && right_zone).then(|| text.parse().ok()).flatten()?;
    has_year(start.get(..4)?.parse().ok()?).then_some(moment)
}

/// A fiscal year.
pub(super) fn year(text: &str) -> Option<i16> {
    let year = follows(text, "0000").then(|| text.parse().ok()).flatten()?;
    has_year(year).then_some(year)
}

/// Whether something is so.
pub(super) fn mark(text: &str) -> Option<bool> {
    match trimmed(text) {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The years of all who live, and of all that can be asked.
fn has_year(year: i16) -> bool {
    (1800..=2999).contains(&year)
}

/// Whether a text has a digit wherever the pattern has 0, and elsewhere what the pattern has.
fn follows(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(found, expected)| {
            if expected == b'0' {
                found.is_ascii_digit()
            } else {
                found == expected
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_schema_allows_is_read_and_nothing_else() {
        for (text, right) in [
            ("2026-04-01", true),
            (" 2026-04-01\n", true),
            ("2024-02-29", true),
            ("1800-01-01", true),
            ("2999-12-31", true),
            ("2026-02-29", false),
            ("1799-12-31", false),
            ("3000-01-01", false),
            ("2026-4-1", false),
            ("20260401", false),
            ("2026-04-01Z", false),
            ("2026-04-01+09:00", false),
            ("２０２６-04-01", false),
            ("", false),
        ] {
            assert_eq!(day(text).is_some(), right, "{text:?}");
        }
        for (text, right) in [
            ("2026-11-24T09:00:00+09:00", true),
            ("\t2026-11-24T09:00:00+09:00 ", true),
            ("2026-11-24T00:00:00Z", true),
            ("2026-11-24T09:00:00.123456789+09:00", true),
            ("2026-11-24T09:00:00-14:00", true),
            ("2026-11-24T09:00:00.+09:00", false),
            ("2026-11-24T09:00:00.1234567890+09:00", false),
            ("2026-11-24T09:00:00+14:01", false),
            ("2026-11-24T09:00:00+09", false),
            ("2026-11-24T09:00:00+0900", false),
            ("2026-11-24T09:00:00", false),
            ("2026-11-24T24:00:00+09:00", false),
            ("2026-11-24T09:00:60+09:00", false),
            ("2026-11-24t09:00:00+09:00", false),
            ("2026-11-24 09:00:00+09:00", false),
            ("2026-11-24T09:00:00+09:00[Asia/Tokyo]", false),
            ("20261124T090000Z", false),
            ("1799-12-31T23:59:59Z", false),
            ("2026-11-24T09:00:0é+09:00", false),
            ("2026-11-24", false),
        ] {
            assert_eq!(moment(text).is_some(), right, "{text:?}");
        }
        assert_eq!(year("2026"), Some(2026));
        for text in ["1799", "3000", "226", "02026", "+226", " 2026"] {
            assert_eq!(year(text), None, "{text:?}");
        }
        for text in ["true", "1", " true ", "\tfalse\n", "0"] {
            assert!(mark(text).is_some(), "{text:?}");
        }
        for text in ["TRUE", "", "yes", "\u{3000}true"] {
            assert_eq!(mark(text), None, "{text:?}");
        }
    }
}
