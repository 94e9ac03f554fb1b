//! Base64 text within other text, in any of its dialects, with or without its last equals signs.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Shorter text cannot hold twelve digits.
const SHORTEST: usize = 16;

/// Either alphabet once its last two letters are those of the first, with or without the last equals signs, also where
/// the last letter says more bits than are whole bytes.
const ANY: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The stretches of a text that may be base64.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            if !is_letter(*byte) {
                at += 1;
                continue;
            }
            let start = at;
            let rest = bytes.get(start..).unwrap_or_default();
            at += rest.iter().take_while(|byte| is_letter(**byte)).count();
            let end = at;
            if end - start >= SHORTEST {
                let padding = bytes.get(end..).unwrap_or_default();
                at += padding
                    .iter()
                    .take(2)
                    .take_while(|byte| **byte == b'=')
                    .count();
                return Some((start, at));
            }
        }
        None
    })
}

/// What base64 text says, white space in it left out; nothing where it is no base64.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
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
    (letters.len() >= SHORTEST).then(|| ANY.decode(letters).ok())?
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

#[cfg(test)]
pub(super) fn encode(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_whatever_its_length_and_dialect() {
        for text in [
            "甲乙丙丁戊己",
            "abcdefghijklm",
            "abcdefghijklmn",
            "abcdefghijklmno",
        ] {
            let encoded = encode(text.as_bytes());
            assert_eq!(decode(&encoded).as_deref(), Some(text.as_bytes()));
            let broken = format!("{}\n {}", &encoded[..8], &encoded[8..]);
            assert_eq!(decode(&broken).as_deref(), Some(text.as_bytes()));
            let url = encoded.replace('+', "-").replace('/', "_").replace('=', "");
            assert_eq!(decode(&url).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(decode("short"), None);
        assert_eq!(tokens("a b <c>YWJjZGVmZ2hpamtsbQ==</c>").count(), 1);
    }
}
