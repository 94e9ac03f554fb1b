//! Individual numbers are masked where a call leaves the mock. An own reading, apart from the runner's sentinel on purpose.
//!
//! A candidate has exactly twelve digits, half- or full-width or as character references, with single spaces or hyphens
//! between, or split over neighbouring elements, a right check digit, and no ASCII letter beside it; the end of a UUID is
//! none. Base64 text that holds one is masked whole.

use std::{borrow::Cow, ops::Range};

use crate::base64;

/// What a masked digit becomes.
const MASK: &str = "*";

/// The text with every individual number masked, and how many there were.
pub(crate) fn masked(text: &str) -> (Cow<'_, str>, usize) {
    let mut found = numbers(text);
    let encoded = encoded(text);
    if found.is_empty() && encoded.is_empty() {
        return (Cow::Borrowed(text), 0);
    }
    let count = found.len() + encoded.len();
    found.extend(encoded);
    let mut places: Vec<_> = found.into_iter().flatten().collect();
    places.sort_by_key(|place: &Range<usize>| (place.start, place.end));
    places.dedup();
    let mut masked = String::with_capacity(text.len());
    let mut rest = 0;
    for place in places {
        if place.start < rest {
            continue;
        }
        masked.push_str(text.get(rest..place.start).unwrap_or_default());
        masked.push_str(MASK);
        rest = place.end;
    }
    masked.push_str(text.get(rest..).unwrap_or_default());
    (Cow::Owned(masked), count)
}

/// Whether an individual number stands in a text.
pub(crate) fn holds(text: &str) -> bool {
    !numbers(text).is_empty() || !encoded(text).is_empty()
}

/// What bytes say as text: in UTF-16 where it is that, else in UTF-8 with what is none replaced.
pub(crate) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let little = match bytes {
        [0xFF, 0xFE, ..] | [_, 0, ..] => true,
        [0xFE, 0xFF, ..] | [0, _, ..] => false,
        _ => return String::from_utf8_lossy(bytes),
    };
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [first, second] if little => u16::from_le_bytes([*first, *second]),
        [first, second] => u16::from_be_bytes([*first, *second]),
        _ => 0,
    });
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Cow::Owned(text.collect())
}

/// The places of each letter of the base64 text that holds a number.
fn encoded(text: &str) -> Vec<Vec<Range<usize>>> {
    let mut stretches: Vec<Range<usize>> = base64::stretches(text)
        .into_iter()
        .filter(|(_, said)| !numbers(said).is_empty())
        .map(|(place, _)| place)
        .collect();
    // Lines that hold one together stand for each line that holds one.
    stretches.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let mut end = 0;
    stretches.retain(|place| {
        let apart = place.start >= end;
        end = end.max(place.end);
        apart
    });
    let letters = |place: Range<usize>| {
        let bytes = text.as_bytes();
        place
            .filter(|at| {
                bytes
                    .get(*at)
                    .is_some_and(|byte| !byte.is_ascii_whitespace())
            })
            .map(|at| at..at + 1)
            .collect()
    };
    stretches.into_iter().map(letters).collect()
}

/// The places of the digits of each individual number.
fn numbers(text: &str) -> Vec<Vec<Range<usize>>> {
    if !may_hold(text) {
        return Vec::new();
    }
    let mut found = numbers_in(text, true);
    found.retain(|places| !ends_uuid(text, places));
    found
}

/// The same; what stands in attributes and comments is no part of the text around, and has no markup of its own.
fn numbers_in(text: &str, with_markup: bool) -> Vec<Vec<Range<usize>>> {
    let mut chains = Chains::default();
    let mut in_markup = Vec::new();
    let mut gap = Gap::Broken;
    let mut last = ' ';
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let (c, end) = match c {
            '<' if with_markup => {
                while rest.next_if(|(_, c)| *c != '>').is_some() {}
                rest.next();
                let end = rest.peek().map_or(text.len(), |(next, _)| *next);
                let inner = numbers_in(text.get(at + 1..end).unwrap_or(""), false);
                in_markup.extend(inner.into_iter().map(|places| moved(places, at + 1)));
                chains.end_piece();
                if gap == Gap::Broken {
                    chains.end_chain();
                }
                gap = Gap::Markup;
                last = ' ';
                continue;
            }
            '&' => match reference(text.get(at..).unwrap_or("")) {
                Some((c, length)) => {
                    while rest.next_if(|(next, _)| *next < at + length).is_some() {}
                    (c, at + length)
                }
                None => (c, at + 1),
            },
            c => (c, at + c.len_utf8()),
        };
        if let Some(digit) = digit(c) {
            if gap == Gap::Broken {
                chains.end_chain();
                chains.piece.touches = last.is_ascii_alphabetic();
            }
            gap = Gap::None;
            chains.piece.digits.push(digit);
            chains.piece.places.push(at..end);
        } else if gap == Gap::None && is_separator(c) {
            gap = Gap::One;
        } else if !(gap == Gap::Markup && c.is_whitespace()) {
            chains.piece.touches |= gap == Gap::None && c.is_ascii_alphabetic();
            gap = Gap::Broken;
        }
        last = c;
    }
    chains.end_chain();
    let mut found = in_markup;
    for chain in &chains.ended {
        for start in 0..chain.len() {
            find(chain.get(start..).unwrap_or(&[]), &mut found);
        }
    }
    found
}

fn moved(places: Vec<Range<usize>>, by: usize) -> Vec<Range<usize>> {
    let places = places.into_iter();
    places
        .map(|place| place.start + by..place.end + by)
        .collect()
}

/// Digits with at most single separators between.
#[derive(Debug, Default)]
struct Piece {
    digits: Vec<u8>,
    places: Vec<Range<usize>>,
    touches: bool,
}

/// Pieces that only markup and white space part.
#[derive(Debug, Default)]
struct Chains {
    piece: Piece,
    chain: Vec<Piece>,
    ended: Vec<Vec<Piece>>,
}

impl Chains {
    fn end_piece(&mut self) {
        if !self.piece.digits.is_empty() {
            self.chain.push(std::mem::take(&mut self.piece));
        }
    }

    fn end_chain(&mut self) {
        self.end_piece();
        if !self.chain.is_empty() {
            self.ended.push(std::mem::take(&mut self.chain));
        }
    }
}

/// What stands since the last digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// Nothing.
    None,
    /// One separator.
    One,
    /// Markup and white space.
    Markup,
    /// Anything else.
    Broken,
}

/// Adds the number that the first pieces of a chain make together, if they do.
fn find(pieces: &[Piece], found: &mut Vec<Vec<Range<usize>>>) {
    let mut digits: Vec<u8> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        if piece.touches {
            return;
        }
        digits.extend(&piece.digits);
        if digits.len() > 12 {
            return;
        }
        if digits.len() == 12 {
            if is_individual_number(&digits) {
                let taken = pieces.iter().take(index + 1);
                found.push(taken.flat_map(|piece| piece.places.clone()).collect());
            }
            return;
        }
    }
}

/// Whether a text has twelve digits at all; most bodies that have them are looked at closely, the others cost one pass.
fn may_hold(text: &str) -> bool {
    let bytes = text.as_bytes();
    let half = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    half >= 12 || bytes.windows(2).any(|pair| pair == [0xEF, 0xBC])
}

/// Whether digits are the last part of a UUID.
fn ends_uuid(text: &str, places: &[Range<usize>]) -> bool {
    const UUID: usize = 36;
    let uuid = places.last().and_then(|last| {
        let start = last.end.checked_sub(UUID)?;
        text.as_bytes().get(start..last.end)
    });
    uuid.is_some_and(|uuid| {
        uuid.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    })
}

fn digit(c: char) -> Option<u8> {
    let value = match c {
        '0'..='9' => u32::from(c) - u32::from('0'),
        '\u{FF10}'..='\u{FF19}' => u32::from(c) - 0xFF10,
        _ => return None,
    };
    u8::try_from(value).ok()
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{3000}' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | '\u{30FC}'
    )
}

/// The character of a numeric reference at the start of a text, and how long the reference is.
fn reference(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix("&#")?;
    let end = body.find(';').filter(|end| *end <= 8)?;
    let figure = body.get(..end)?;
    let value = match figure.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => figure.parse().ok()?,
    };
    Some((char::from_u32(value)?, end + 3))
}

/// Ordinance 85/2014 art. 5: weights 6,5,4,3,2,7,6,5,4,3,2 over the first eleven digits.
fn is_individual_number(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 11] = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let [body @ .., check] = digits else {
        return false;
    };
    let sum: u32 = body
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    let remainder = sum % 11;
    let right = if remainder <= 1 { 0 } else { 11 - remainder };
    body.len() == WEIGHTS.len() && u32::from(*check) == right
}

#[cfg(test)]
mod tests {
    use ::base64::prelude::{BASE64_STANDARD, Engine as _};

    use super::*;

    /// A number with a right check digit, put together here so that none stands in a file.
    fn specimen() -> String {
        let body = "12345678901";
        let right = (0..10_u8).find(|check| {
            let digits: Vec<u8> = body.bytes().map(|b| b - b'0').chain([*check]).collect();
            is_individual_number(&digits)
        });
        format!("{body}{}", right.unwrap())
    }

    #[test]
    fn a_number_is_masked_in_every_dress() {
        let number = specimen();
        let wide: String = number
            .chars()
            .map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap())
            .collect();
        let references: Vec<String> = number
            .chars()
            .map(|c| format!("&#{};", u32::from(c)))
            .collect();
        let references = references.concat();
        let (a, b) = number.split_at(5);
        let cases = [
            (format!("<a>{number}</a>"), "<a>************</a>"),
            (format!("<a>{wide}</a>"), "<a>************</a>"),
            (format!("<a>{references}</a>"), "<a>************</a>"),
            (format!("no. {a}-{b}."), "no. *****-*******."),
            (
                format!("<a>{a}</a>\n <a>{b}</a>"),
                "<a>*****</a>\n <a>*******</a>",
            ),
            (
                format!("<n>7</n><a>{number}</a><n>8</n>"),
                "<n>7</n><a>************</a><n>8</n>",
            ),
            (format!("番号{number}です"), "番号************です"),
            (format!("<a b='{number}'/>"), "<a b='************'/>"),
            (format!("<!--{number}-->"), "<!--************-->"),
            (format!("<?a {number}?>"), "<?a ************?>"),
            (format!("<!-- {number}"), "<!-- ************"),
        ];
        for (text, expected) in cases {
            assert_eq!(masked(&text), (Cow::Borrowed(expected), 1), "{text}");
        }
        let twice = format!("<a>{number}</a><a>{number}</a>");
        assert_eq!(masked(&twice).1, 2);
    }

    #[test]
    fn text_is_read_in_utf_16_too() {
        let number = specimen();
        let said = format!("<a>{number}</a>");
        let little: Vec<u8> = said.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = said.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: [u8; 2], bytes: &[u8]| [&mark[..], bytes].concat();
        for bytes in [
            marked([0xFF, 0xFE], &little),
            marked([0xFE, 0xFF], &big),
            little,
            big,
            [&[0x8A][..], said.as_bytes()].concat(),
        ] {
            assert!(holds(&text_of(&bytes)), "{bytes:?}");
        }
        assert!(!holds("<a/>"));
    }

    #[test]
    fn markup_without_an_end_costs_no_stack() {
        let number = specimen();
        let text = "<".repeat(1 << 20) + &number;
        assert!(holds(&text));
        assert!(!holds(&("<".repeat(1 << 20) + "000000000001")));
    }

    #[test]
    fn base64_text_that_holds_a_number_is_masked_whole() {
        let number = specimen();
        for said in [
            number.clone(),
            format!("<a>{number}</a>"),
            format!("番号{number}"),
        ] {
            let encoded = BASE64_STANDARD.encode(said);
            let stars = "*".repeat(encoded.len());
            let text = format!("<a>{encoded}</a>");
            assert_eq!(
                masked(&text),
                (Cow::Borrowed(format!("<a>{stars}</a>").as_str()), 1)
            );
            let (a, b) = encoded.split_at(5);
            let text = format!("<a>{a}\n  {b}</a><b>{number}</b>");
            let (text, count) = masked(&text);
            let (a, b) = stars.split_at(5);
            let expected = format!("<a>{a}\n  {b}</a><b>************</b>");
            assert_eq!((text.as_ref(), count), (expected.as_str(), 2));
        }
        let other = BASE64_STANDARD.encode(b"000000000001 and no more");
        assert_eq!(masked(&other), (Cow::Borrowed(other.as_str()), 0));
    }

    #[test]
    fn what_is_no_number_is_kept() {
        let number = specimen();
        let (a, b) = number.split_at(5);
        for text in [
            format!("{number}1"),
            format!("1{number}"),
            format!("a{number}"),
            format!("{number}f"),
            format!("{a}  {b}"),
            format!("{a}x{b}"),
            format!("0a0b0c0d-0000-4000-800a-{number}"),
            "2026-11-02T09:00:00+09:00 and 20261102 and 000000000001".to_owned(),
        ] {
            assert_eq!(masked(&text), (Cow::Borrowed(text.as_str()), 0));
        }
    }
}
