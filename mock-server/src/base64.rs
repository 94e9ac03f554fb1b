//! Base64 text within other text, in any of its dialects, with or without its last equals signs, on one line or several.
//!
//! Deliberately absent: any judgement of what it says. Most text that looks like base64 is none, and then says nothing.

use std::ops::Range;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Shorter text cannot hold eleven digits.
const SHORTEST: usize = 15;

/// Either alphabet once its last two letters are those of the first, with or without the last equals signs, also where
/// the last letter says more bits than are whole bytes.
const ANY: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

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
        let start = at + rest.iter().position(|byte| is_letter(*byte))?;
        let count = |from: usize, is: fn(&u8) -> bool| {
            let rest = bytes.get(from..).unwrap_or_default();
            rest.iter().take_while(|byte| is(byte)).count()
        };
        let letters = start + count(start, |byte| is_letter(*byte));
        at = letters + count(letters, |byte| *byte == b'=').min(2);
        Some(start..at)
    })
}

/// What base64 text says; nothing where it cannot be base64.
fn decode(text: &str) -> Option<String> {
    if text.len() < SHORTEST {
        return None;
    }
    let letters: Vec<u8> = text
        .trim_end_matches('=')
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte => byte,
        })
        .collect();
    let said = (letters.len() >= SHORTEST).then(|| ANY.decode(letters).ok())?;
    said.map(|said| String::from_utf8_lossy(&said).into_owned())
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    #[test]
    fn what_was_encoded_is_read_on_one_line_or_several_and_in_either_alphabet() {
        for said in [
            "甲乙丙丁戊己庚",
            "abcdefghijklm",
            "abcdefghijklmn~~???",
            "abcdefghijklmno",
        ] {
            let encoded = BASE64_STANDARD.encode(said);
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
        let text = format!("about\n{}", BASE64_STANDARD.encode(said));
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
