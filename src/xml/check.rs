//! What an XPath names, looked at before it is used: prefixes, element tests, functions and variables. The library
//! evaluates only what a document leads it to, so a misspelt function in a predicate would show at no load.

use std::ops::Range;

use crate::xml::{
    Namespaces,
    xpath::{XPathError, XPathMistake},
};

/// The functions of XPath 1.0, each with how many arguments it takes at least and at most.
const FUNCTIONS: [(&str, usize, usize); 27] = [
    ("last", 0, 0),
    ("position", 0, 0),
    ("count", 1, 1),
    ("id", 1, 1),
    ("local-name", 0, 1),
    ("namespace-uri", 0, 1),
    ("name", 0, 1),
    ("string", 0, 1),
    ("concat", 2, usize::MAX),
    ("starts-with", 2, 2),
    ("contains", 2, 2),
    ("substring-before", 2, 2),
    ("substring-after", 2, 2),
    ("substring", 2, 3),
    ("string-length", 0, 1),
    ("normalize-space", 0, 1),
    ("translate", 3, 3),
    ("boolean", 1, 1),
    ("not", 1, 1),
    ("true", 0, 0),
    ("false", 0, 0),
    ("lang", 1, 1),
    ("number", 0, 1),
    ("sum", 1, 1),
    ("floor", 1, 1),
    ("ceiling", 1, 1),
    ("round", 1, 1),
];
const NODE_TESTS: [&str; 4] = ["node", "text", "comment", "processing-instruction"];
const OPERATORS: [&str; 4] = ["and", "or", "div", "mod"];
/// The four children of a SOAP 1.1 fault have no namespace.
const SOAP_FAULT: [&str; 4] = ["faultcode", "faultstring", "faultactor", "detail"];

/// The names of the functions, for hints.
pub(super) fn functions() -> impl Iterator<Item = &'static str> + Clone {
    FUNCTIONS.iter().map(|(name, ..)| *name)
}

/// Checks the names in an expression. `unprefixed` says whether element tests without a prefix are meant.
pub(super) fn check(
    expression: &str,
    namespaces: &Namespaces,
    unprefixed: bool,
) -> Result<(), XPathError> {
    let mut at = 0;
    // The last character that was no white space; a whole name counts as 'a', an operator as '='.
    let mut before: Option<char> = None;
    while let Some(c) = rest(expression, at).chars().next() {
        if c == '"' || c == '\'' {
            let inside = rest(expression, at + 1);
            at += 1 + inside.find(c).map_or(inside.len(), |closing| closing + 1);
            before = Some(c);
            continue;
        }
        if !(c.is_alphabetic() || c == '_') {
            if !c.is_whitespace() {
                before = Some(c);
            }
            at += c.len_utf8();
            continue;
        }
        let name = name_at(expression, at);
        let place = at..at + name.len();
        at = place.end;
        let follows = rest(expression, at).trim_start();
        let starts_step = before.is_none_or(|c| "/[(,|=<>+-*@:!".contains(c));
        if before == Some('$') {
            return Err(wrong(place, XPathMistake::Variable(name.to_owned())));
        } else if OPERATORS.contains(&name) && !starts_step {
            before = Some('=');
            continue;
        } else if follows.starts_with("::")
            || NODE_TESTS.contains(&name) && follows.starts_with('(')
        {
            // An axis, or a node test.
        } else if follows.starts_with('(') {
            let open = at + rest(expression, at).len() - follows.len();
            function(name, &place, arguments(rest(expression, open)))?;
        } else if follows.starts_with(':') {
            if !namespaces.contains_key(name) {
                return Err(wrong(
                    place,
                    XPathMistake::UndeclaredPrefix(name.to_owned()),
                ));
            }
            at += 1;
            at += name_at(expression, at).len();
            at += usize::from(rest(expression, at).starts_with('*'));
        } else if before != Some('@') && !unprefixed && !SOAP_FAULT.contains(&name) {
            return Err(wrong(place, XPathMistake::NoPrefix(name.to_owned())));
        }
        before = Some('a');
    }
    Ok(())
}

fn wrong(span: Range<usize>, mistake: XPathMistake) -> XPathError {
    XPathError { span, mistake }
}

fn function(name: &str, place: &Range<usize>, given: usize) -> Result<(), XPathError> {
    match FUNCTIONS.iter().find(|(known, ..)| *known == name) {
        None => Err(wrong(
            place.clone(),
            XPathMistake::Function(name.to_owned()),
        )),
        Some((_, least, most)) if given < *least || given > *most => Err(wrong(
            place.clone(),
            XPathMistake::Arguments(name.to_owned()),
        )),
        Some(_) => Ok(()),
    }
}

/// How many arguments stand in the brackets with which a text begins.
fn arguments(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut commas = 0;
    let mut any = false;
    let mut quote: Option<char> = None;
    for c in text.chars() {
        match quote {
            Some(open) => {
                if c == open {
                    quote = None;
                }
                continue;
            }
            None if c == '"' || c == '\'' => quote = Some(c),
            None => {}
        }
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 1 => commas += 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        any |= !(c.is_whitespace() || c == '(' && depth == 1);
    }
    if any { commas + 1 } else { 0 }
}

fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

fn name_at(text: &str, at: usize) -> &str {
    let text = rest(text, at);
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
