//! What one side sends to the other, looked through before it is sent or kept.

use crate::{
    encoding,
    sentinel::{MASK, WHOLE, packed, plain_spans, replace, spans_but},
    xml::Document,
};

/// A body that was looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Whether an individual number stands in it.
    pub found: bool,
    /// The bytes as they may be kept: as they are where none was found.
    pub kept: Vec<u8>,
}

/// Looks through a body. `natural` are the values of fields that have twelve digits by nature.
///
/// A number that can be seen in the text is masked in place. One that shows only when references are resolved, base64
/// is decoded or neighbouring elements are joined cannot be, so nothing of that body is kept.
pub fn look(bytes: &[u8], document: Option<&Document>, natural: &[String]) -> Looked {
    let text = String::from_utf8_lossy(bytes);
    let spans = spans_but(&text, natural);
    let masked = (!spans.is_empty()).then(|| replace(&text, &spans));
    let holds = |text: &str| !spans_but(text, natural).is_empty();
    // In UTF-16 every other byte of a digit is zero.
    let narrow = || text.contains('\0') && holds(&text.replace('\0', ""));
    // What the text shows as it stands is masked in place; here is sought what it does not show.
    let hides = |value: &String| {
        let left = masked.as_deref().unwrap_or(&text);
        holds(value) && !text.contains(value.as_str())
            || packed(value).is_some_and(|inner| holds(&inner))
                && (!text.contains(value.as_str()) || left.contains(value.as_str()))
    };
    let hidden = narrow()
        || document.is_some_and(|document| {
            document.values().iter().any(hides)
                || document.sibling_values().iter().any(|group| split(group))
        });
    if hidden {
        return Looked {
            found: true,
            kept: format!("{MASK}{WHOLE}").into_bytes(),
        };
    }
    Looked {
        found: masked.is_some(),
        kept: masked.map_or_else(|| bytes.to_vec(), String::into_bytes),
    }
}

/// The same of bytes that were read as a text, in whatever encoding. A number that shows there is masked there, and the
/// text is kept in the place of the bytes.
pub fn look_read(bytes: &[u8], text: &str) -> Looked {
    let looked = look(bytes, None, &[]);
    let same = || std::str::from_utf8(bytes).is_ok_and(|plain| plain.replace("\r\n", "\n") == text);
    if !super::found(text) || looked.found && same() {
        return looked;
    }
    Looked {
        found: true,
        kept: encoding::shown(&super::mask(text)).into_bytes(),
    }
}

/// Whether neighbours of one name, each with fewer digits, make up a number together.
fn split(values: &[String]) -> bool {
    let digits: Vec<Option<String>> = values.iter().map(|value| only_digits(value)).collect();
    (0..digits.len()).any(|first| {
        let mut joined = String::new();
        for part in digits.iter().skip(first) {
            let Some(part) = part else { break };
            if part.len() >= 12 {
                break;
            }
            joined.push_str(part);
            if joined.len() == 12 && !plain_spans(&joined).is_empty() {
                return true;
            }
            if joined.len() > 12 {
                break;
            }
        }
        false
    })
}

/// The digits of a value that has nothing but digits and what separates them.
fn only_digits(value: &str) -> Option<String> {
    let mut digits = String::new();
    for c in value.trim().chars() {
        match (super::digit(c), c) {
            (Some(digit), _) => digits.push(char::from_digit(digit, 10)?),
            (None, '-' | '－' | '‐' | '‑' | '–' | '−' | 'ー' | ' ' | '\u{3000}' | '\u{a0}') =>
                {}
            (None, _) => return None,
        }
    }
    (!digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(xml: &str, natural: &[String]) -> Looked {
        let document = Document::parse(xml.as_bytes()).ok();
        look(xml.as_bytes(), document.as_ref(), natural)
    }

    #[test]
    fn a_number_is_found_however_it_hides() {
        let number = super::super::specimen();
        let (a, b) = number.split_at(5);
        let each = |form: &dyn Fn(char) -> String| -> String {
            let parts: Vec<String> = number.chars().map(form).collect();
            parts.concat()
        };
        let spread = each(&|c| format!("<d>{c}</d>"));
        let references = each(&|c| format!("&#{};", u32::from(c)));
        let packed = super::super::base64::encode(format!("no. {number}").as_bytes());
        let (front, back) = packed.split_at(10);
        for xml in [
            format!("<a>{number}</a>"),
            format!("<a b='{number}'/>"),
            format!("<a><d>{a}</d><d>{b}</d></a>"),
            format!("<a><d>{a}</d><e>x</e><d> {b} </d></a>"),
            format!("<a><d>2026</d>{spread}</a>"),
            format!("<a>{references}</a>"),
            format!("<a>{packed}</a>"),
            format!("<a>{front}\n  {back}</a>"),
            format!("<a>{number}"),
        ] {
            let looked = looked(&xml, &[]);
            assert!(looked.found, "{xml}");
            let kept = String::from_utf8(looked.kept).unwrap();
            assert!(!kept.contains(&number) && !kept.contains(&packed), "{kept}");
            assert!(kept.contains(MASK), "{kept}");
        }
        let utf16: Vec<u8> = number.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(look(&utf16, None, &[]).found);
    }

    #[test]
    fn a_number_is_found_in_what_bytes_are_read_as() {
        let number = super::super::specimen();
        let wide: Vec<u8> = number
            .bytes()
            .flat_map(|digit| [0x82, digit - b'0' + 0x4f])
            .collect();
        let shift_jis = encoding::named("shift_jis");
        let utf16: Vec<u8> = number.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, encoding) in [
            (wide, shift_jis),
            ([b"\x83A", number.as_bytes(), b"\x83"].concat(), shift_jis),
            (utf16, encoding::named("utf-16le")),
            (number.clone().into_bytes(), None),
        ] {
            let text = encoding::read(&bytes, encoding).text;
            let looked = look_read(&bytes, &text);
            assert!(looked.found, "{text}");
            let kept = String::from_utf8(looked.kept).unwrap();
            assert!(kept.contains(MASK) && !super::super::found(&kept), "{kept}");
            assert!(!kept.contains("whole body"), "{kept}");
        }
    }

    #[test]
    fn what_is_no_number_is_kept_byte_for_byte() {
        for xml in [
            "<a>\r\n<d>1234</d><d>5678</d><d>901</d></a>",
            "<a><d>x1234</d><d>56789018</d></a>",
            "<a><b><d>1234</d></b><b><d>56789018</d></b></a>",
        ] {
            let looked = looked(xml, &[]);
            assert!(!looked.found, "{xml}");
            assert_eq!(looked.kept, xml.as_bytes());
        }
        let number = super::super::specimen();
        let xml = format!("<a>{number}</a>");
        assert!(!looked(&xml, &[number]).found);
    }
}
