//! Base64 text within other text. By hand, since what is sought is text in any of its dialects, with or without its
//! last equals signs.

/// Shorter text cannot hold twelve digits.
const SHORTEST: usize = 16;

/// The stretches of a text that may be base64.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            if value(*byte).is_none() {
                at += 1;
                continue;
            }
            let start = at;
            let rest = bytes.get(start..).unwrap_or_default();
            at += rest
                .iter()
                .take_while(|byte| value(**byte).is_some())
                .count();
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
pub(super) fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits, mut count) = (0_u32, 0_u32, 0_usize);
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
pub(super) fn encode(bytes: &[u8]) -> String {
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
    fn what_is_encoded_is_decoded_whatever_its_length_and_dialect() {
        for text in [
            "甲乙丙丁戊己",
            "abcdefghijklm",
            "abcdefghijklmn",
            "abcdefghijklmno",
        ] {
            let encoded = encode(text.as_bytes());
            assert_eq!(decode(&encoded).as_deref(), Some(text));
            let broken = format!("{}\n {}", &encoded[..8], &encoded[8..]);
            assert_eq!(decode(&broken).as_deref(), Some(text));
            let url = encoded.replace('+', "-").replace('/', "_").replace('=', "");
            assert_eq!(decode(&url).as_deref(), Some(text));
        }
        assert_eq!(decode("short"), None);
        assert_eq!(tokens("a b <c>YWJjZGVmZ2hpamtsbQ==</c>").count(), 1);
    }
}
