//! Individual numbers and resident codes within a text, however they are written.
//!
//! A candidate is a run of digits, half- or full-width, with single hyphens or spaces between, that touches no ASCII
//! letter. UUIDs are no candidates. Base64 text is looked into.

use std::ops::Range;

use crate::base64;

/// The text with each individual number and each resident code replaced, so that it can be answered.
pub(crate) fn hide(text: &str) -> String {
    let either = |digits: &[u8]| is_individual_number(digits) || is_resident_code(digits);
    let mut places: Vec<Range<usize>> = runs(text)
        .filter(|run| either(&run.digits))
        .map(|run| run.start..run.end)
        .chain(encoded(text, either))
        .collect();
    places.sort_by_key(|place| place.start);
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for place in places {
        // One that begins within another one says the same once more.
        if place.start >= rest {
            out.push_str(text.get(rest..place.start).unwrap_or_default());
            out.push_str("***");
        }
        rest = rest.max(place.end);
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    out
}

/// Shows the digits of each candidate in a text, also of those that base64 text says.
pub(super) fn each(text: &str, mut look: impl FnMut(&[u8])) {
    runs(text).for_each(|run| look(&run.digits));
    for (_, said) in base64::stretches(text) {
        runs(&said).for_each(|run| look(&run.digits));
    }
}

/// Where base64 text stands that says a number.
fn encoded(text: &str, is_number: impl Fn(&[u8]) -> bool) -> impl Iterator<Item = Range<usize>> {
    base64::stretches(text)
        .into_iter()
        .filter(move |(_, said)| runs(said).any(|run| is_number(&run.digits)))
        .map(|(place, _)| place)
}

/// Whether some neighbouring texts that are all digits make up a number together.
pub(super) fn is_split(texts: &[impl AsRef<str>], is_number: impl Fn(&[u8]) -> bool) -> bool {
    let parts: Vec<Option<Vec<u8>>> = texts
        .iter()
        .map(|text| only_digits(text.as_ref()))
        .collect();
    (0..parts.len()).any(|from| {
        let mut digits = Vec::new();
        for (count, part) in parts.iter().skip(from).enumerate() {
            let Some(part) = part else { return false };
            digits.extend_from_slice(part);
            if digits.len() > 12 {
                return false;
            }
            if count > 0 && is_number(&digits) {
                return true;
            }
        }
        false
    })
}

/// Twelve digits, of which the last checks the others. [L: ordinance 85 of 2014, art. 5]
pub(super) fn is_individual_number(digits: &[u8]) -> bool {
    let Some((check, body)) = digits.split_last() else {
        return false;
    };
    if body.len() != 11 {
        return false;
    }
    // Weights from the right: 2 to 7, then 2 to 6.
    let sum: u32 = (0_u32..)
        .zip(body.iter().rev())
        .map(|(place, digit)| (place % 6 + 2) * u32::from(*digit))
        .sum();
    u32::from(*check) == (11 - sum % 11) % 11 % 10
}

/// Eleven digits. The check digit is not looked at: its text was not found. \[A\]
pub(super) fn is_resident_code(digits: &[u8]) -> bool {
    digits.len() == 11
}

/// A run of digits: where it stands in bytes, and its digits.
struct Run {
    start: usize,
    end: usize,
    digits: Vec<u8>,
}

fn runs(text: &str) -> impl Iterator<Item = Run> {
    let found = if may_hold(text) {
        free(text)
    } else {
        Vec::new()
    };
    let uuids = if found.is_empty() {
        Vec::new()
    } else {
        uuids(text)
    };
    found.into_iter().filter(move |run| {
        !uuids
            .iter()
            .any(|start| *start <= run.start && run.end <= start + UUID)
    })
}

/// Whether a text has digits enough for the shortest number: most have not, and cost one look.
fn may_hold(text: &str) -> bool {
    let may_be_digit = |byte: &u8| byte.is_ascii_digit() || *byte == FULL_WIDTH;
    text.bytes().filter(may_be_digit).count() >= 11
}

/// The first byte of every full-width digit.
const FULL_WIDTH: u8 = 0xEF;

/// The runs that no ASCII letter touches.
fn free(text: &str) -> Vec<Run> {
    let mut found = Vec::new();
    let mut current: Option<Run> = None;
    let mut before = None;
    let mut touches = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if let Some(value) = digit(c) {
            let run = current.get_or_insert_with(|| {
                touches = before.is_some_and(|c: char| c.is_ascii_alphabetic());
                Run {
                    start: at,
                    end: at,
                    digits: Vec::new(),
                }
            });
            run.digits.push(value);
            run.end = at + c.len_utf8();
        } else {
            let goes_on = is_separator(c)
                && before.is_some_and(|before| digit(before).is_some())
                && chars.peek().is_some_and(|(_, next)| digit(*next).is_some());
            if !goes_on {
                let free = !touches && !c.is_ascii_alphabetic();
                found.extend(current.take().filter(|_| free));
            }
        }
        before = Some(c);
    }
    found.extend(current.filter(|_| !touches));
    found
}

const UUID: usize = 36;

/// Where UUIDs begin, in bytes. One without a letter is none: a number could hide in it.
fn uuids(text: &str) -> Vec<usize> {
    if text.len() < UUID {
        return Vec::new();
    }
    let bytes = text.as_bytes();
    (0..=bytes.len() - UUID)
        .filter(|start| {
            let Some(part) = bytes.get(*start..start + UUID) else {
                return false;
            };
            part.iter().any(u8::is_ascii_alphabetic)
                && part.iter().enumerate().all(|(index, byte)| match index {
                    8 | 13 | 18 | 23 => *byte == b'-',
                    _ => byte.is_ascii_hexdigit(),
                })
        })
        .collect()
}

fn only_digits(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let run = free(text).into_iter().next()?;
    (run.start == 0 && run.end == text.len()).then_some(run.digits)
}

fn digit(c: char) -> Option<u8> {
    let value = match c {
        '0'..='9' => u32::from(c) - u32::from('0'),
        '０'..='９' => u32::from(c) - u32::from('０'),
        _ => return None,
    };
    u8::try_from(value).ok()
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        '-' | ' ' | '－' | '‐' | '‑' | '–' | '—' | '―' | '−' | 'ー' | '\u{3000}'
    )
}

#[cfg(test)]
mod tests {
    use ::base64::prelude::{BASE64_STANDARD, Engine as _};

    use super::*;

    fn has(text: &str, is_number: fn(&[u8]) -> bool) -> bool {
        let mut found = false;
        each(text, |digits| found |= is_number(digits));
        found
    }

    fn has_individual_number(text: &str) -> bool {
        has(text, is_individual_number)
    }

    fn has_resident_code(text: &str) -> bool {
        has(text, is_resident_code)
    }

    /// Twelve digits with a right check digit, made here so that none stands in this file.
    fn specimens() -> Vec<String> {
        [
            "12345678901",
            "62149832025",
            "98320567321",
            "00000000000",
            "40000000005",
        ]
        .map(|body| {
            let right = |check: &u8| {
                let digits: Vec<u8> = body
                    .bytes()
                    .map(|byte| byte - b'0')
                    .chain([*check])
                    .collect();
                is_individual_number(&digits)
            };
            let checks: Vec<u8> = (0..10).filter(right).collect();
            assert_eq!(checks.len(), 1, "{body}");
            format!("{body}{}", checks[0])
        })
        .to_vec()
    }

    #[test]
    fn the_check_digit_is_that_of_the_public_specimens() {
        let checks: Vec<char> = specimens()
            .iter()
            .filter_map(|specimen| specimen.chars().last())
            .collect();
        assert_eq!(checks, ['8', '7', '4', '0', '0']);
    }

    #[test]
    fn a_number_is_found_however_it_is_written_and_hidden() {
        for specimen in specimens() {
            let (a, b) = specimen.split_at(4);
            let (b, c) = b.split_at(4);
            let wide: String = specimen
                .chars()
                .filter_map(|c| char::from_u32(u32::from(c) - 48 + u32::from('０')))
                .collect();
            for text in [
                specimen.clone(),
                format!("番号は{specimen}です"),
                format!("{a}-{b}-{c}"),
                format!("{a} {b} {c}"),
                format!("{a}ー{b}－{c}"),
                format!("({specimen})"),
                wide,
            ] {
                assert!(has_individual_number(&text), "{text}");
                assert!(!has_individual_number(&hide(&text)), "{text}");
            }
        }
    }

    #[test]
    fn other_digits_are_none() {
        let specimen = specimens().remove(0);
        let (a, b) = specimen.split_at(4);
        for text in [
            format!("A{specimen}"),
            format!("{specimen}x"),
            format!("{specimen}0"),
            format!("{a}--{b}"),
            format!("{a}/{b}"),
            format!("0a0b0c0d-0000-4000-8000-{specimen}"),
            "123456789019".to_owned(),
            "2026-11-02T09:00:00+09:00".to_owned(),
        ] {
            assert!(!has_individual_number(&text), "{text}");
            assert_eq!(hide(&text), text);
        }
    }

    #[test]
    fn a_number_in_base64_is_found_and_hidden() {
        for specimen in specimens() {
            for said in [
                specimen.clone(),
                format!("番号 {specimen}。"),
                format!("<n>{specimen}</n>"),
            ] {
                let encoded = BASE64_STANDARD.encode(said);
                let (first, rest) = encoded.split_at(7);
                for text in [
                    encoded.clone(),
                    encoded.replace('=', ""),
                    format!("添付: {encoded} です"),
                    format!("{first}\n{rest}"),
                ] {
                    assert!(has_individual_number(&text), "{text}");
                    assert!(!has_resident_code(&text), "{text}");
                    let hidden = hide(&text);
                    assert!(hidden.contains("***"), "{hidden}");
                    assert!(!has_individual_number(&hidden), "{hidden}");
                }
            }
        }
        let code = BASE64_STANDARD.encode(b"code 30000000011");
        assert!(has_resident_code(&code) && !has_individual_number(&code));
        assert_eq!(hide(&format!("a {code} b")), "a *** b");
        let neither = BASE64_STANDARD.encode(b"123456789019 and 2026-11-02T09:00:00+09:00");
        assert!(!has_individual_number(&neither) && !has_resident_code(&neither));
        assert_eq!(hide(&neither), neither);
    }

    #[test]
    fn a_number_split_over_neighbours_is_found() {
        let specimen = specimens().remove(0);
        let split = |places: &[usize]| -> Vec<String> {
            let mut parts = vec![];
            let mut from = 0;
            for place in places {
                parts.push(specimen[from..*place].to_owned());
                from = *place;
            }
            parts.push(specimen[from..].to_owned());
            parts
        };
        for places in [&[6][..], &[4, 8], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]] {
            let mut parts = split(places);
            assert!(is_split(&parts, is_individual_number), "{parts:?}");
            parts.insert(0, "7".to_owned());
            assert!(is_split(&parts, is_individual_number), "{parts:?}");
            parts.insert(2, "x".to_owned());
            assert!(!is_split(&parts, is_individual_number), "{parts:?}");
        }
        assert!(!is_split(&[specimen], is_individual_number));
    }

    #[test]
    fn eleven_digits_are_a_resident_code() {
        for (text, is_code) in [
            ("30000000011", true),
            ("3000-0000-011", true),
            ("３００００００００１１", true),
            ("300000000111", false),
            ("3000000001", false),
            ("A30000000011", false),
        ] {
            assert_eq!(has_resident_code(text), is_code, "{text}");
            assert_eq!(hide(text) == "***", is_code, "{text}");
        }
    }
}
