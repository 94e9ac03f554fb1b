//! Finds individual numbers where bytes leave memory: 12 digits with a right check digit, half- or full-width, with
//! single hyphens or spaces between, that touch no letter and no further digit.

/// Whether an individual number stands in a text.
pub fn found(text: &str) -> bool {
    !spans(text).is_empty()
}

/// The text with each individual number replaced.
pub fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for (start, end) in spans(text) {
        out.push_str(text.get(rest..start).unwrap_or_default());
        out.push_str("[individual number masked]");
        rest = end;
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    out
}

fn spans(text: &str) -> Vec<(usize, usize)> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(&(start, c)) = chars.get(at) {
        let Some(first) = digit(c) else {
            at += 1;
            continue;
        };
        let touches_before = at > 0
            && chars
                .get(at - 1)
                .is_some_and(|(_, before)| before.is_ascii_alphanumeric());
        let mut digits = vec![first];
        let mut last = at;
        while let Some(&(_, next)) = chars.get(last + 1) {
            if let Some(value) = digit(next) {
                digits.push(value);
                last += 1;
            } else if is_separator(next)
                && chars
                    .get(last + 2)
                    .is_some_and(|(_, after)| digit(*after).is_some())
            {
                last += 1;
            } else {
                break;
            }
        }
        let touches_after = chars
            .get(last + 1)
            .is_some_and(|(_, after)| after.is_ascii_alphanumeric());
        if !touches_before && !touches_after && is_individual_number(&digits) {
            let end = chars
                .get(last)
                .map_or(text.len(), |(offset, c)| offset + c.len_utf8());
            spans.push((start, end));
        }
        at = last + 1;
    }
    spans
}

fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(u32::from(c) - u32::from('0')),
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => None,
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | ' ' | '－' | '‐' | '−' | '\u{3000}')
}

/// The check of the ordinance of 2014, article 5: weights 6 5 4 3 2 7 6 5 4 3 2 from the left, modulo 11.
fn is_individual_number(digits: &[u32]) -> bool {
    let weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let [body @ .., check] = digits else {
        return false;
    };
    if body.len() != weights.len() {
        return false;
    }
    let sum: u32 = body
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let remainder = sum % 11;
    *check == if remainder <= 1 { 0 } else { 11 - remainder }
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

    #[test]
    fn each_specimen_is_found_in_every_form_and_masked() {
        for specimen in SPECIMENS {
            let (a, b) = specimen.split_at(4);
            let wide: String = specimen
                .chars()
                .filter_map(|c| char::from_u32(u32::from(c) - 48 + u32::from('０')))
                .collect();
            for text in [
                specimen.to_owned(),
                format!("<a>{specimen}</a>"),
                format!("番号{a}-{b}です"),
                wide,
            ] {
                assert!(found(&text), "{text}");
                assert!(!found(&mask(&text)));
            }
        }
    }

    #[test]
    fn other_digits_are_left_alone() {
        for text in [
            "123456789019",
            "A123456789018",
            "1234567890180",
            "2026-11-02T09:00:00+09:00",
            "sha256:123456789018ab",
            "",
        ] {
            assert!(!found(text), "{text}");
            assert_eq!(mask(text), text);
        }
    }
}
