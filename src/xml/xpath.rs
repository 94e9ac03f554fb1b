//! XPath 1.0 over a document. An undeclared prefix and an element test without a prefix are errors, since both would
//! silently select nothing.

use std::fmt;

use uppsala::{NodeKind, XPathEvaluator, XPathValue};

use crate::{
    text::Text,
    xml::{Document, Namespaces},
};

/// A checked expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XPath {
    expression: String,
    namespaces: Namespaces,
}

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum XPathError {
    /// A prefix that the profile does not declare.
    UndeclaredPrefix(String),
    /// An element test without a prefix.
    NoPrefix(String),
    /// It is no XPath 1.0.
    Syntax(String),
}

impl XPathError {
    /// For people.
    pub fn text(&self) -> Text {
        match self {
            Self::UndeclaredPrefix(prefix) => Text::new(
                format!("接頭辞「{prefix}」は profile.toml の [namespaces] にありません"),
                format!("the prefix '{prefix}' is not declared in [namespaces] of profile.toml"),
            ),
            Self::NoPrefix(name) => Text::new(
                format!("要素「{name}」に接頭辞がないため、何も選択されません（例: n:{name}）"),
                format!(
                    "the element '{name}' has no prefix, so it would select nothing; write n:{name}"
                ),
            ),
            Self::Syntax(error) => Text::new(
                format!("XPathの書式の誤りです（{error}）"),
                format!("not an XPath: {error}"),
            ),
        }
    }
}

impl fmt::Display for XPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for XPathError {}

impl XPath {
    /// Checks an expression against the profile's prefixes.
    pub fn compile(expression: &str, namespaces: &Namespaces) -> Result<Self, XPathError> {
        check_names(expression, namespaces)?;
        let compiled = Self {
            expression: expression.to_owned(),
            namespaces: namespaces.clone(),
        };
        let nothing = Document::parse(b"<nothing/>")
            .map_err(|error| XPathError::Syntax(error.to_string()))?;
        compiled.evaluate(&nothing)?;
        Ok(compiled)
    }

    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.expression
    }

    /// The string values of what is selected: one for each node, or the one value of the expression.
    pub fn select(&self, document: &Document) -> Result<Vec<String>, XPathError> {
        let value = self.evaluate(document)?;
        Ok(match &value {
            XPathValue::NodeSet(nodes) => nodes
                .iter()
                .map(|node| match document.0.node_kind(*node) {
                    Some(
                        NodeKind::Text(text) | NodeKind::CData(text) | NodeKind::Attribute(_, text),
                    ) => text.to_string(),
                    Some(
                        NodeKind::Document
                        | NodeKind::Element(_)
                        | NodeKind::Comment(_)
                        | NodeKind::ProcessingInstruction(_),
                    )
                    | None => document.0.text_content_deep(*node),
                })
                .collect(),
            XPathValue::Boolean(_) | XPathValue::Number(_) | XPathValue::String(_) => {
                vec![value.to_string_value(&document.0)]
            }
        })
    }

    fn evaluate(&self, document: &Document) -> Result<XPathValue, XPathError> {
        let mut evaluator = XPathEvaluator::new();
        for (prefix, uri) in &self.namespaces {
            evaluator.add_namespace(prefix.clone(), uri.clone());
        }
        evaluator
            .evaluate(&document.0, document.0.root(), &self.expression)
            .map_err(|error| XPathError::Syntax(error.to_string()))
    }
}

fn check_names(expression: &str, namespaces: &Namespaces) -> Result<(), XPathError> {
    let bytes: Vec<char> = expression.chars().collect();
    let mut at = 0;
    let mut before: Option<char> = None;
    while let Some(&c) = bytes.get(at) {
        if c == '"' || c == '\'' {
            let closing = bytes.iter().skip(at + 1).position(|other| *other == c);
            at = closing.map_or(bytes.len(), |offset| at + offset + 2);
            before = Some(c);
            continue;
        }
        if !(c.is_alphabetic() || c == '_') {
            if !c.is_whitespace() {
                before = Some(c);
            }
            at += 1;
            continue;
        }
        let is_name = |c: &&char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let name: String = bytes.iter().skip(at).take_while(is_name).collect();
        at += name.chars().count();
        let rest: String = bytes.iter().skip(at).collect();
        let follows = rest.trim_start();
        let starts_step = before.is_none_or(|c| "/[(,|=<>+-*@:!".contains(c));
        let is_operator = matches!(name.as_str(), "and" | "or" | "div" | "mod") && !starts_step;
        if follows.starts_with("::")
            || follows.starts_with('(')
            || before == Some('$')
            || is_operator
        {
            before = Some(if is_operator { '=' } else { 'a' });
        } else if rest.starts_with(':') {
            if !namespaces.contains_key(&name) {
                return Err(XPathError::UndeclaredPrefix(name));
            }
            at += 1;
            let local = bytes
                .iter()
                .skip(at)
                .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '*'));
            at += local.count();
            before = Some('a');
        } else if before == Some('@') {
            before = Some('a');
        } else if matches!(
            name.as_str(),
            "faultcode" | "faultstring" | "faultactor" | "detail"
        ) {
            // The four children of a SOAP 1.1 fault have no namespace.
            before = Some('a');
        } else {
            return Err(XPathError::NoPrefix(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn namespaces() -> Namespaces {
        [("n".to_owned(), "urn:n".to_owned())].into()
    }

    #[test]
    fn expressions_select_strings_numbers_and_attributes() {
        let document =
            Document::parse("<a xmlns='urn:n' b='1'><c>甲</c><c>𠮷</c></a>".as_bytes()).unwrap();
        let cases: &[(&str, &[&str])] = &[
            ("//n:c", &["甲", "𠮷"]),
            ("count(//n:c)", &["2"]),
            ("//n:a/@b", &["1"]),
            ("//n:c[2]/text()", &["𠮷"]),
            ("//n:d", &[]),
            ("//n:c = '甲' and not(//n:d)", &["true"]),
            ("string-length(//n:c[2])", &["1"]),
        ];
        for (expression, expected) in cases {
            let xpath = XPath::compile(expression, &namespaces()).unwrap();
            assert_eq!(xpath.select(&document).unwrap(), *expected, "{expression}");
        }
    }

    #[test]
    fn what_would_silently_select_nothing_is_an_error() {
        let compile = |expression| XPath::compile(expression, &namespaces()).unwrap_err();
        assert_eq!(compile("//x:c"), XPathError::UndeclaredPrefix("x".into()));
        assert_eq!(compile("//State"), XPathError::NoPrefix("State".into()));
        assert_eq!(compile("//n:a[b='x']"), XPathError::NoPrefix("b".into()));
        assert!(matches!(compile("//n:a["), XPathError::Syntax(_)));
    }
}
