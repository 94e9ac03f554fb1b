//! Base64 text within other text, in any of its dialects, with or without its last equals signs, on one line or several.
//!
//! Deliberately absent: any judgement of what it says. Most text that looks like base64 is none, and then says nothing.

use std::ops::Range;

/// Shorter text cannot hold eleven digits.
const SHORTEST: usize = 15;

/// The stretches of a text that may be base64, and what each says as text.
///
/// A stretch is one line of letters of the alphabet, or several that line breaks alone part: a line may be base64 where
/// the lines together are not.
pub(crate) fn stretches(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut lines: Vec<Range<usize>> = Vec::new();
    for run in runs(text) {
        let goes_on = lines.last().is_some_and(|last| {
            text.get(last.end..run.start)
                .is_some_and(|gap| gap.contains('\n') && gap.trim().is_empty())
        });
        if !goes_on {
            together(text, &mut lines, &mut found);
        }
        add(text, run.clone(), &mut found);
        lines.push(run);
    }
    together(text, &mut lines, &mut found);
    found
}

fn together(text: &str, lines: &mut Vec<Range<usize>>, found: &mut Vec<(Range<usize>, String)>) {
    if let [first, .., last] = lines.as_slice() {
        add(text, first.start..last.end, found);
    }
    lines.clear();
}

fn add(text: &str, stretch: Range<usize>, found: &mut Vec<(Range<usize>, String)>) {
    let said = text.get(stretch.clone()).and_then(decode);
    found.extend(said.map(|said| (stretch, said)));
}

/// Letters of the alphabet, and the equals signs after them.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let start = at + rest.iter().position(|byte| value(*byte).is_some())?;
        let count = |from: usize, is: fn(&u8) -> bool| {
            let rest = bytes.get(from..).unwrap_or_default();
            rest.iter().take_while(|byte| is(byte)).count()
        };
        let letters = start + count(start, |byte| value(*byte).is_some());
        at = letters + count(letters, |byte| *byte == b'=').min(2);
        Some(start..at)
    })
}

/// What base64 text says; nothing where it cannot be base64.
fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits, mut count) = (0_u32, 0_u32, 0_usize);
    if text.len() < SHORTEST {
        return None;
    }
    for byte in text.trim_end_matches('=').bytes() {
        if byte.is_ascii_whitespace() {
            continue;
        }
        held = (held << 6) | value(byte)?;
        bits += 6;
        count += 1;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    (count >= SHORTEST && count % 4 != 1).then(|| String::from_utf8_lossy(&out).into_owned())
}

fn value(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
pub(crate) fn encode(bytes: &[u8]) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let held = chunk
            .iter()
            .chain([&0, &0])
            .take(3)
            .fold(0_usize, |held, byte| held << 8 | usize::from(*byte));
        for place in 0..4 {
            if place <= chunk.len() {
                out.push(char::from(letters[held >> (18 - 6 * place) & 63]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_read_on_one_line_or_several_and_in_either_alphabet() {
        for said in [
            "甲乙丙丁戊己庚",
            "abcdefghijklm",
            "abcdefghijklmn~~???",
            "abcdefghijklmno",
        ] {
            let encoded = encode(said.as_bytes());
            let (first, rest) = encoded.split_at(8);
            for written in [
                encoded.clone(),
                encoded.replace('=', ""),
                encoded.replace('+', "-").replace('/', "_"),
                format!("{first}\r\n  {rest}"),
            ] {
                let text = format!("字 ({written})");
                let found = stretches(&text);
                let place = text.find(&written).unwrap();
                let expected = (place..place + written.len(), said.to_owned());
                assert!(found.contains(&expected), "{text}: {found:?}");
            }
        }
    }

    #[test]
    fn a_line_is_read_by_itself_too() {
        let said = "abcdefghijklmno";
        let text = format!("about\n{}", encode(said.as_bytes()));
        assert!(stretches(&text).iter().any(|(_, found)| found == said));
    }

    #[test]
    fn short_text_and_text_of_other_letters_says_nothing() {
        for text in [
            "",
            "=",
            "YWJjZGVmZ2g=",
            "字字字字字字字字字字字字字字字字",
            "a b c d e f g h i j k l m n",
        ] {
            assert_eq!(stretches(text), [], "{text}");
        }
    }
}
