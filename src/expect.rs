//! Explicit expectations: what must come back, and what came instead.

use crate::{
    scenario::{Described, Expect, Selected, Until},
    text::Text,
    xml::{Document, Namespaces, XPath},
};

/// The most characters of what was found that are shown.
const SHOWN: usize = 300;

/// An answer as expectations see it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: &'a [(String, String)],
    /// The body's tree; none where it is not well-formed.
    pub document: Option<&'a Document>,
    /// The XPath of the fault code.
    pub fault_code: &'a str,
    /// The profile's prefixes.
    pub namespaces: &'a Namespaces,
}

/// What does not hold; empty when all does. That an answer came at all where none was expected is the caller's to say.
pub fn check(expect: &Expect, seen: &Seen<'_>) -> Vec<Text> {
    let Expect {
        status,
        fault,
        header,
        xpath,
        outcome: _,
    } = expect;
    let mut mismatches = Vec::new();
    check_status(*status, seen, &mut mismatches);
    if let Some(fault) = fault {
        let found = select(seen, seen.fault_code);
        if !matches!(&found, Ok(values) if values.as_slice() == [fault.get_ref().as_str()]) {
            mismatches.push(differs("fault", fault.get_ref(), shown(&found)));
        }
    }
    for (name, selected) in header {
        let name = name.get_ref();
        let values = seen
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
            .collect();
        check_selected(name, selected.get_ref(), &Ok(values), &mut mismatches);
    }
    for (expression, selected) in xpath {
        let expression = expression.get_ref();
        let found = select(seen, expression);
        check_selected(expression, selected.get_ref(), &found, &mut mismatches);
    }
    mismatches
}

/// What is still missing until a step that polls may end; empty when nothing is.
pub fn awaited(until: &Until, seen: &Seen<'_>) -> Vec<Text> {
    let mut mismatches = Vec::new();
    check_status(until.status, seen, &mut mismatches);
    for (expression, selected) in &until.xpath {
        let expression = expression.get_ref();
        let found = select(seen, expression);
        check_selected(expression, selected.get_ref(), &found, &mut mismatches);
    }
    mismatches
}

fn check_status(status: Option<u16>, seen: &Seen<'_>, mismatches: &mut Vec<Text>) {
    if let Some(status) = status.filter(|status| *status != seen.status) {
        mismatches.push(differs(
            "HTTP",
            &status.to_string(),
            plain(&seen.status.to_string()),
        ));
    }
}

fn check_selected(
    what: &str,
    selected: &Selected,
    found: &Result<Vec<String>, Text>,
    mismatches: &mut Vec<Text>,
) {
    match selected {
        Selected::Equals(value) => {
            if !matches!(found, Ok(values) if values.as_slice() == [value.as_str()]) {
                mismatches.push(differs(what, value, shown(found)));
            }
        }
        Selected::Described(described) => check_described(what, described, found, mismatches),
    }
}

fn check_described(
    expression: &str,
    described: &Described,
    found: &Result<Vec<String>, Text>,
    mismatches: &mut Vec<Text>,
) {
    let Described {
        exists,
        count,
        matches,
        one_of,
    } = described;
    let values = match found {
        Ok(values) => values,
        Err(error) => return mismatches.push(differs(expression, "…", error.clone())),
    };
    if let Some(exists) = exists.filter(|exists| *exists == values.is_empty()) {
        mismatches.push(differs(
            expression,
            &format!("exists = {exists}"),
            shown(found),
        ));
    }
    if let Some(count) = count.filter(|count| *count != values.len()) {
        mismatches.push(differs(expression, &format!("count = {count}"), {
            let Text { ja, en } = shown(found);
            let count = values.len();
            Text::new(format!("{count}（{ja}）"), format!("{count} ({en})"))
        }));
    }
    if let Some(pattern) = matches {
        let pattern = pattern.get_ref();
        let whole = regex::Regex::new(&format!("^(?:{pattern})$"));
        let all = whole.is_ok_and(|whole| {
            !values.is_empty() && values.iter().all(|value| whole.is_match(value))
        });
        if !all {
            mismatches.push(differs(
                expression,
                &format!("matches {pattern}"),
                shown(found),
            ));
        }
    }
    if let Some(allowed) = one_of
        && (values.is_empty() || values.iter().any(|value| !allowed.contains(value)))
    {
        mismatches.push(differs(
            expression,
            &format!("one-of {}", allowed.join(", ")),
            shown(found),
        ));
    }
}

fn select(seen: &Seen<'_>, expression: &str) -> Result<Vec<String>, Text> {
    let document = seen.document.ok_or_else(|| {
        Text::new(
            "応答が整形式のXMLではない",
            "the body is not well-formed XML",
        )
    })?;
    let xpath = XPath::compile(expression, seen.namespaces).map_err(|error| error.text())?;
    Ok(xpath.select(document))
}

/// What was found, capped.
fn shown(found: &Result<Vec<String>, Text>) -> Text {
    match found {
        Ok(values) if values.is_empty() => Text::new("（該当なし）", "(nothing)"),
        Ok(values) => plain(&values.join(", ")),
        Err(error) => Text::new(capped(&error.ja), capped(&error.en)),
    }
}

fn plain(text: &str) -> Text {
    let text = capped(text);
    Text::new(text.clone(), text)
}

fn capped(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn differs(what: &str, expected: &str, found: Text) -> Text {
    let Text { ja, en } = found;
    Text::new(
        format!("{what}: 期待値「{expected}」、実際「{ja}」"),
        format!("{what}: expected '{expected}', found '{en}'"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mismatches(expect: &str) -> usize {
        let document = Document::parse(b"<a xmlns='urn:n'><b>1</b><b>2</b></a>").unwrap();
        let namespaces = Namespaces::from([("n".to_owned(), "urn:n".to_owned())]);
        let seen = Seen {
            status: 200,
            headers: &[("content-type".to_owned(), "text/xml".to_owned())],
            document: Some(&document),
            fault_code: "//n:Code",
            namespaces: &namespaces,
        };
        check(&toml::from_str(expect).unwrap(), &seen).len()
    }

    #[test]
    fn each_kind_of_expectation_can_hold_and_can_fail() {
        let cases = [
            ("status = 200", 0),
            ("status = 500", 1),
            ("fault = 'F-1'", 1),
            ("header = { 'Content-Type' = 'text/xml' }", 0),
            (
                "header = { 'Content-Type' = 'text/html', X = { exists = true } }",
                2,
            ),
            ("xpath = { '//n:b[1]' = '1' }", 0),
            ("xpath = { '//n:b[1]' = '2' }", 1),
            ("xpath = { '//n:b' = '1' }", 1),
            (
                "xpath = { '//n:b' = { count = 2, exists = true, matches = '[12]', one-of = ['1', '2'] } }",
                0,
            ),
            (
                "xpath = { '//n:b' = { count = 3, exists = false, matches = '1', one-of = ['1'] } }",
                4,
            ),
            ("xpath = { '//n:c' = { exists = false } }", 0),
            ("xpath = { '//n:c' = { matches = '.*' } }", 1),
        ];
        for (expect, expected) in cases {
            assert_eq!(mismatches(expect), expected, "{expect}");
        }
    }
}
