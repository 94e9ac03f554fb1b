//! Explicit expectations: what must come back, and what came instead.

use crate::{
    encoding,
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
        // What a program writes is looked at as a text.
        exit: _,
        stdout: _,
        stderr: _,
        body: _,
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
        contains,
    } = described;
    let values = match found {
        Ok(values) => values,
        Err(error) => return mismatches.push(differs(expression, "…", error.clone())),
    };
    let mut wrong = |ja: String, en: String, found: Text| {
        mismatches.push(unlike(expression, &Text::new(ja, en), found));
    };
    if let Some(exists) = exists.filter(|exists| *exists == values.is_empty()) {
        let ja = if exists { "あり" } else { "なし" };
        wrong(ja.to_owned(), format!("exists = {exists}"), shown(found));
    }
    if let Some(count) = count.filter(|count| *count != values.len()) {
        let Text { ja, en } = shown(found);
        let of = values.len();
        let found = Text::new(format!("{of}件（{ja}）"), format!("{of} ({en})"));
        wrong(format!("{count}件"), format!("count = {count}"), found);
    }
    if let Some(pattern) = matches {
        let pattern = pattern.get_ref();
        let whole = regex::Regex::new(&format!("^(?:{pattern})$"));
        let all = whole.is_ok_and(|whole| {
            !values.is_empty() && values.iter().all(|value| whole.is_match(value))
        });
        if !all {
            wrong(
                format!("正規表現 {pattern} に一致"),
                format!("matches {pattern}"),
                shown(found),
            );
        }
    }
    if let Some(allowed) = one_of
        && (values.is_empty() || values.iter().any(|value| !allowed.contains(value)))
    {
        wrong(
            format!("{} のいずれか", allowed.join("、")),
            format!("one-of {}", allowed.join(", ")),
            shown(found),
        );
    }
    if let Some(part) = contains
        && (values.is_empty() || values.iter().any(|value| !value.contains(part.as_str())))
    {
        wrong(
            format!("『{part}』を含む"),
            format!("contains {part}"),
            shown(found),
        );
    }
}

/// What does not hold of a whole text, such as what a program wrote. Its last line end is none of it, and `count` is of
/// lines.
pub fn text(what: &str, selected: &Selected, text: &str) -> Vec<Text> {
    let whole = text.strip_suffix('\n').unwrap_or(text).to_owned();
    let mut mismatches = Vec::new();
    match selected {
        Selected::Equals(value) => {
            let value = value.strip_suffix('\n').unwrap_or(value);
            if value != whole {
                mismatches.push(differs(what, value, shown(&Ok(vec![whole]))));
            }
        }
        Selected::Described(described) => {
            let lines = whole.lines().count();
            if let Some(count) = described.count.filter(|count| *count != lines) {
                mismatches.push(unlike(
                    what,
                    &Text::new(format!("{count}行"), format!("count = {count}")),
                    Text::new(format!("{lines}行"), lines.to_string()),
                ));
            }
            let rest = Described {
                count: None,
                ..described.clone()
            };
            let values = if whole.is_empty() && rest.exists.is_some() {
                Vec::new()
            } else {
                vec![whole]
            };
            check_described(what, &rest, &Ok(values), &mut mismatches);
        }
    }
    mismatches
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

/// What is the same in both languages, capped.
pub(crate) fn plain(text: &str) -> Text {
    let text = encoding::shown(&capped(text));
    Text::new(text.clone(), text)
}

fn capped(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// That something is not as expected.
pub(crate) fn differs(what: &str, expected: &str, found: Text) -> Text {
    unlike(what, &Text::new(expected, expected), found)
}

/// The same where what is expected is told in words.
fn unlike(what: &str, expected: &Text, found: Text) -> Text {
    let Text { ja, en } = found;
    Text::new(
        format!("{}: 期待値「{}」、実際「{ja}」", named(what), expected.ja),
        format!("{what}: expected '{}', found '{en}'", expected.en),
    )
}

/// What Japanese calls that which an expectation is about; headers and paths into XML are what they are.
pub(crate) fn named(what: &str) -> &str {
    match what {
        "HTTP" | "status" => "状態コード",
        "fault" => "拒否コード",
        "exit" => "終了コード",
        "stdout" => "標準出力",
        "stderr" => "標準エラー出力",
        "body" => "本文",
        "operation" => "操作",
        "from" => "送信者",
        "path" => "パス",
        other => other,
    }
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
            ("xpath = { '//n:b[1]' = { contains = '1' } }", 0),
            ("xpath = { '//n:b' = { contains = '1' } }", 1),
            ("xpath = { '//n:c' = { contains = '' } }", 1),
        ];
        for (expect, expected) in cases {
            assert_eq!(mismatches(expect), expected, "{expect}");
        }
    }

    #[test]
    fn a_text_is_looked_at_as_a_whole() {
        let cases = [
            ("stdout = 'a\\nb'", "a\nb\n", 1),
            ("stdout = \"a\\nb\"", "a\nb\n", 0),
            ("stdout = \"a\\nb\\n\"", "a\nb", 0),
            ("stdout = ''", "", 0),
            ("stdout = ''", "\n\n", 1),
            ("stdout = { exists = false }", "", 0),
            ("stdout = { exists = false }", "a", 1),
            ("stdout = { exists = true }", "", 1),
            ("stdout = { count = 2, contains = 'b' }", "a\nb\n", 0),
            ("stdout = { count = 1, contains = 'c' }", "a\nb\n", 2),
            ("stdout = { matches = '(?s)a.*' }", "a\nb\n", 0),
            ("stdout = { matches = 'a' }", "a\nb\n", 1),
            ("stdout = { one-of = ['a', 'b'] }", "b\n", 0),
            ("stdout = { matches = '.*' }", "", 0),
        ];
        for (expect, written, expected) in cases {
            let expect: Expect = toml::from_str(expect).unwrap();
            let selected = expect.stdout.unwrap().into_inner();
            let found = text("stdout", &selected, written);
            assert_eq!(found.len(), expected, "{selected:?} {written:?}");
        }
    }
}
