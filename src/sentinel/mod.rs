//! Finds individual numbers where bytes leave memory: 12 digits with a right check digit, half- or full-width, with
//! single hyphens or spaces between, that touch no ASCII letter and no further digit. UUIDs and RFC 3339 times are
//! skipped; base64 text is looked into.
//!
//! Deliberately absent: any knowledge of who may hold one. What is found is masked; what it means is the caller's.

mod base64;
mod body;
mod guard;

pub use body::{Looked, look, look_read};
pub use guard::Guard;

/// What stands in the place of a number.
pub const MASK: &str = "[individual number masked]";
/// What follows it where a body is left out as a whole.
const WHOLE: &str = " (the whole body)";

/// Whether an individual number stands in a text.
pub fn found(text: &str) -> bool {
    !spans(text).is_empty()
}

/// Where individual numbers stand in a text, in bytes.
pub fn places(text: &str) -> Vec<std::ops::Range<usize>> {
    spans(text)
        .into_iter()
        .map(|(start, end)| start..end)
        .collect()
}

/// The text with each individual number replaced.
pub fn mask(text: &str) -> String {
    replace(text, &spans(text))
}

/// Whether an individual number stands in a name, where letters may stand around it too.
pub fn found_in_name(name: &str) -> bool {
    !plain_spans(&apart(name)).is_empty()
}

/// The text with each individual number replaced, whatever letters stand around it.
pub fn mask_names(text: &str) -> String {
    replace(text, &plain_spans(&apart(text)))
}

/// A text of the same length, without the letters that digits may touch.
fn apart(text: &str) -> String {
    text.replace(|c: char| c.is_ascii_alphabetic(), "_")
}

/// A number in the form of an individual number, put together at run time, so that no file holds it.
pub fn specimen() -> String {
    let body = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1];
    body.iter()
        .chain([&check_digit(&body)])
        .map(ToString::to_string)
        .collect()
}

/// The text with its places replaced.
fn replace(text: &str, spans: &[(usize, usize)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for (start, end) in spans {
        out.push_str(text.get(rest..*start).unwrap_or_default());
        out.push_str(MASK);
        rest = *end;
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    out
}

/// Where numbers stand that are none of the values given.
fn spans_but(text: &str, natural: &[String]) -> Vec<(usize, usize)> {
    let mut spans = spans(text);
    spans.retain(|(start, end)| {
        let number = text.get(*start..*end);
        !natural.iter().any(|value| number == Some(value.as_str()))
    });
    spans
}

/// Where the numbers stand, and the base64 text that holds one.
fn spans(text: &str) -> Vec<(usize, usize)> {
    let mut found = plain_spans(text);
    found.extend(base64::tokens(text).filter(|(start, end)| {
        text.get(*start..*end)
            .and_then(packed)
            .is_some_and(|inner| !plain_spans(&inner).is_empty())
    }));
    found.sort_unstable();
    // A later one that begins within an earlier one is a part of it.
    let mut apart: Vec<(usize, usize)> = Vec::new();
    for span in found {
        if apart.last().is_none_or(|(_, end)| span.0 >= *end) {
            apart.push(span);
        }
    }
    apart
}

/// What base64 text says, where that can hold a number.
fn packed(text: &str) -> Option<String> {
    let inner = base64::decode(text).filter(|inner| may_hold(inner))?;
    Some(String::from_utf8_lossy(&inner).into_owned())
}

/// Digits that stand together.
#[derive(Debug)]
struct Group {
    start: usize,
    end: usize,
    digits: usize,
    before: Option<char>,
    after: Option<char>,
}

/// How many digits an individual number has.
const DIGITS: usize = 12;

/// Whether so many digits can stand in a text at all; most have fewer, and need no further look.
fn may_hold(text: &[u8]) -> bool {
    // A full-width digit ends with one of the latter.
    let digit = |byte: &&u8| matches!(**byte, b'0'..=b'9' | 0x90..=0x99);
    text.len() >= DIGITS && text.iter().filter(digit).nth(DIGITS - 1).is_some()
}

fn plain_spans(text: &str) -> Vec<(usize, usize)> {
    if !may_hold(text.as_bytes()) {
        return Vec::new();
    }
    let groups = groups(text);
    let mut found = Vec::new();
    for (first, group) in groups.iter().enumerate() {
        if touches(group.before) {
            continue;
        }
        // A hyphen between digits makes one longer number of them; a space need not.
        let joined_before = first > 0
            && groups
                .get(first - 1)
                .is_some_and(|before| separator(text, before, group) == Some(Separator::Hyphen));
        if joined_before {
            continue;
        }
        let mut digits = 0;
        for (offset, part) in groups.iter().skip(first).enumerate() {
            let previous = (offset > 0)
                .then(|| groups.get(first + offset - 1))
                .flatten();
            if previous.is_some_and(|previous| separator(text, previous, part).is_none()) {
                break;
            }
            digits += part.digits;
            if digits > DIGITS {
                break;
            }
            if digits < DIGITS || touches(part.after) {
                continue;
            }
            let joined_after = groups
                .get(first + offset + 1)
                .is_some_and(|next| separator(text, part, next) == Some(Separator::Hyphen));
            let skipped = in_uuid(text, group.start, part.end) || in_fraction(text, group.start);
            let number = text.get(group.start..part.end).unwrap_or_default();
            if !joined_after && !skipped && is_individual_number(number) {
                found.push((group.start, part.end));
            }
        }
    }
    found
}

fn groups(text: &str) -> Vec<Group> {
    let is_digit = |c: char| digit(c).is_some();
    let mut groups = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_digit) {
        let start = text.len() - rest.len() + at;
        let (before, from) = text.split_at_checked(start).unwrap_or((text, ""));
        rest = from.trim_start_matches(is_digit);
        let end = text.len() - rest.len();
        groups.push(Group {
            start,
            end,
            digits: text
                .get(start..end)
                .map_or(0, |digits| digits.chars().count()),
            before: before.chars().next_back(),
            after: rest.chars().next(),
        });
    }
    groups
}

fn touches(neighbour: Option<char>) -> bool {
    neighbour.is_some_and(|c| c.is_ascii_alphanumeric())
}

fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(u32::from(c) - u32::from('0')),
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Hyphen,
    Space,
}

/// What single character stands between two groups, if it separates digits of one number.
fn separator(text: &str, left: &Group, right: &Group) -> Option<Separator> {
    let mut between = text.get(left.end..right.start)?.chars();
    match (between.next()?, between.next()) {
        ('-' | '－' | '‐' | '‑' | '–' | '−' | 'ー', None) => Some(Separator::Hyphen),
        (' ' | '\u{3000}' | '\u{a0}', None) => Some(Separator::Space),
        _ => None,
    }
}

/// Whether the place lies in a UUID, whose last part may consist of digits.
fn in_uuid(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let earliest = end.saturating_sub(36);
    (earliest..=start).any(|from| {
        bytes.get(from..from + 36).is_some_and(|candidate| {
            candidate.iter().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
        })
    })
}

/// Whether the place is the fraction of a second of an RFC 3339 time.
fn in_fraction(text: &str, start: usize) -> bool {
    let form = b"0000-00-00T00:00:00.";
    let Some(from) = start.checked_sub(form.len()) else {
        return false;
    };
    text.as_bytes().get(from..start).is_some_and(|before| {
        before.iter().zip(form).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b't' | b' '),
            _ => byte == form,
        })
    })
}

/// Whether the last digit of a text is the check digit of those before; what stands between them does not count.
fn is_individual_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(digit).collect();
    matches!(digits.as_slice(), [body @ .., check] if *check == check_digit(body))
}

/// The check of the ordinance of 2014, article 5: weights 6 5 4 3 2 7 6 5 4 3 2 from the left, modulo 11.
fn check_digit(body: &[u32]) -> u32 {
    let weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let sum: u32 = body
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let remainder = sum % 11;
    if remainder <= 1 { 0 } else { 11 - remainder }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Public specimens and edges; nobody's.
    const SPECIMENS: [&str; 5] = [
        "123456789018",
        "621498320257",
        "983205673214",
        "000000000000",
        "400000000050",
    ];

    fn wide(text: &str) -> String {
        text.chars()
            .filter_map(|c| char::from_u32(u32::from(c) - 48 + u32::from('０')))
            .collect()
    }

    #[test]
    fn each_specimen_is_found_in_every_form_and_masked() {
        for specimen in SPECIMENS {
            let (a, b) = specimen.split_at(4);
            let (b, c) = b.split_at(4);
            for text in [
                specimen.to_owned(),
                format!("<a>{specimen}</a>"),
                format!("番号{a}-{b}-{c}です"),
                format!("{a} {b} {c}"),
                format!("{a}－{b}\u{3000}{c}"),
                wide(specimen),
                format!("No 1 {specimen} 2"),
                format!("x-{specimen}-y"),
                format!("2026-11-02 {specimen}"),
                base64::encode(format!("<a>{specimen}</a>").as_bytes()),
                format!(
                    "data:text/plain;base64,{}",
                    base64::encode(specimen.as_bytes())
                ),
            ] {
                assert!(found(&text), "{text}");
                assert!(!found(&mask(&text)), "{text}");
            }
        }
        assert_eq!(specimen(), SPECIMENS[0]);
    }

    #[test]
    fn other_digits_are_left_alone() {
        for text in [
            "123456789019",
            "A123456789018",
            "123456789018a",
            "1234567890180",
            "1234-5678-9018-5",
            "12345678--9018",
            "12345678  9018",
            "2026-11-02T09:00:00+09:00",
            "2026-11-02T09:00:00.123456789018+09:00",
            "2026-11-02 2026-11-03",
            "550e8400-e29b-41d4-abcd-123456789018",
            "sha256:123456789018ab",
            "",
        ] {
            assert!(!found(text), "{text}");
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn a_field_that_is_twelve_digits_by_nature_is_left_alone() {
        let natural = [SPECIMENS[0].to_owned()];
        let text = format!("{} {}", SPECIMENS[0], SPECIMENS[1]);
        assert_eq!(
            replace(&text, &spans_but(&text, &natural)),
            format!("{} {MASK}", SPECIMENS[0])
        );
    }
}
