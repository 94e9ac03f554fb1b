//! Dates as officials write them, by era (和暦): 平成31年4月30日, 令和1年5月1日.
//!
//! Each era begins on a day in the middle of a year, and what is written before it or after its end is no date. The
//! first year is written 1, not 元 \[A\].

use jiff::civil::{Date, date};

/// The eras and their first days, the latest first.
const ERAS: [(&str, Date); 4] = [
    ("令和", date(2019, 5, 1)),
    ("平成", date(1989, 1, 8)),
    ("昭和", date(1926, 12, 25)),
    ("大正", date(1912, 7, 30)),
];

/// The day that a text names, if it lies in the era that it names.
pub(super) fn read(text: &str) -> Option<Date> {
    let (place, (name, first)) = ERAS
        .iter()
        .enumerate()
        .find(|(_, (name, _))| text.starts_with(name))?;
    let (year, rest) = text.strip_prefix(name)?.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let day = rest.strip_suffix('日')?;
    let year = first.year().checked_add(number(year)?)?.checked_sub(1)?;
    let month = i8::try_from(number(month)?).ok()?;
    let found = Date::new(year, month, i8::try_from(number(day)?).ok()?).ok()?;
    let next = place.checked_sub(1).and_then(|next| ERAS.get(next));
    let in_era = found >= *first && next.is_none_or(|(_, end)| found < *end);
    in_era.then_some(found)
}

/// One or two digits, not beginning with 0.
fn number(text: &str) -> Option<i16> {
    let right = (1..=2).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_digit())
        && !text.starts_with('0');
    right.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_era_ends_on_the_day_before_the_next_begins() {
        for (text, day) in [
            ("令和1年5月1日", Some(date(2019, 5, 1))),
            ("平成31年4月30日", Some(date(2019, 4, 30))),
            ("平成31年1月1日", Some(date(2019, 1, 1))),
            ("平成31年5月1日", None),
            ("令和1年4月30日", None),
            ("平成1年1月8日", Some(date(1989, 1, 8))),
            ("昭和64年1月7日", Some(date(1989, 1, 7))),
            ("昭和64年1月8日", None),
            ("昭和1年12月25日", Some(date(1926, 12, 25))),
            ("大正15年12月24日", Some(date(1926, 12, 24))),
            ("令和8年2月29日", None),
            ("令和6年2月29日", Some(date(2024, 2, 29))),
            ("令和元年5月1日", None),
            ("令和01年5月1日", None),
            ("令和8年12月1", None),
            ("2019年5月1日", None),
        ] {
            assert_eq!(read(text), day, "{text}");
        }
    }
}
