//! XPath 1.0 over a document. An undeclared prefix and an element test without a prefix are errors, since both would
//! silently select nothing.

use std::{fmt, ops::Range};

use uppsala::{NodeKind, XPathEvaluator, XPathValue};

use crate::{
    diagnostic::meant,
    text::Text,
    xml::{
        Document, Namespaces,
        check::{check, functions},
    },
};

/// A checked expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XPath {
    expression: String,
    namespaces: Namespaces,
}

/// A mistake in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XPathError {
    /// Where in the expression, in bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub mistake: XPathMistake,
}

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum XPathMistake {
    /// A prefix that the profile does not declare.
    UndeclaredPrefix(String),
    /// An element test without a prefix.
    NoPrefix(String),
    /// A function that XPath 1.0 does not have.
    Function(String),
    /// A function with too few or too many arguments.
    Arguments(String),
    /// A variable; there are none.
    Variable(String),
    /// It is no XPath 1.0.
    Syntax(String),
}

impl XPathError {
    /// For people.
    pub fn text(&self) -> Text {
        match &self.mistake {
            XPathMistake::UndeclaredPrefix(prefix) => Text::new(
                format!("接頭辞「{prefix}」は profile.toml の [namespaces] にありません"),
                format!("the prefix '{prefix}' is not declared in [namespaces] of profile.toml"),
            ),
            XPathMistake::NoPrefix(name) => Text::new(
                format!("要素「{name}」に接頭辞がないため、何も選択されません"),
                format!("the element '{name}' has no prefix, so it would select nothing"),
            ),
            XPathMistake::Function(name) => Text::new(
                format!("XPath 1.0に関数「{name}」はありません"),
                format!("XPath 1.0 has no function '{name}'"),
            ),
            XPathMistake::Arguments(name) => Text::new(
                format!("関数「{name}」の引数の数が違います"),
                format!("the function '{name}' takes another number of arguments"),
            ),
            XPathMistake::Variable(name) => Text::new(
                format!("XPathの変数「${name}」は使用できません"),
                format!("there is no XPath variable '${name}'"),
            ),
            XPathMistake::Syntax(error) => Text::new(
                format!("XPathの書式の誤りです（{error}）"),
                format!("not an XPath: {error}"),
            ),
        }
    }

    /// What to write instead, given the prefixes that are declared.
    pub fn hint(&self, namespaces: &Namespaces) -> Option<Text> {
        match &self.mistake {
            XPathMistake::UndeclaredPrefix(prefix) => {
                meant(prefix, namespaces.keys().map(String::as_str))
            }
            XPathMistake::NoPrefix(name) => {
                let prefix = namespaces.keys().next().map_or("n", String::as_str);
                Some(Text::new(
                    format!(
                        "「{prefix}:{name}」のように記載してください。文字列の場合は引用符で囲んでください"
                    ),
                    format!("write {prefix}:{name}, or put a text in quotes"),
                ))
            }
            XPathMistake::Function(name) => meant(name, functions()),
            XPathMistake::Arguments(_) | XPathMistake::Variable(_) | XPathMistake::Syntax(_) => {
                None
            }
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
    /// Checks all that an expression names. `unprefixed` says whether element tests without a prefix are meant.
    pub fn check(
        expression: &str,
        namespaces: &Namespaces,
        unprefixed: bool,
    ) -> Result<(), XPathError> {
        check(expression, namespaces, unprefixed)?;
        Self::compile(expression, namespaces).map(|_| ())
    }

    /// Reads an expression that was checked when the suite was read.
    pub fn compile(expression: &str, namespaces: &Namespaces) -> Result<Self, XPathError> {
        let compiled = Self {
            expression: expression.to_owned(),
            namespaces: namespaces.clone(),
        };
        let nothing =
            Document::parse(b"<nothing/>").map_err(|error| compiled.syntax(&error.to_string()))?;
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

    /// The nodes that are selected, as [`crate::xml::Leaf`] names them; a text node counts as its element.
    pub fn nodes(&self, document: &Document) -> Result<Vec<usize>, XPathError> {
        let value = self.evaluate(document)?;
        let nodes = value.as_node_set().iter();
        Ok(nodes
            .map(|node| match document.0.node_kind(*node) {
                Some(NodeKind::Text(_) | NodeKind::CData(_)) => {
                    document.0.parent(*node).unwrap_or(*node).index()
                }
                Some(
                    NodeKind::Document
                    | NodeKind::Element(_)
                    | NodeKind::Comment(_)
                    | NodeKind::ProcessingInstruction(_)
                    | NodeKind::Attribute(..),
                )
                | None => node.index(),
            })
            .collect())
    }

    fn syntax(&self, error: &str) -> XPathError {
        XPathError {
            span: 0..self.expression.len(),
            mistake: XPathMistake::Syntax(error.trim_start_matches("XPath error: ").to_owned()),
        }
    }

    fn evaluate(&self, document: &Document) -> Result<XPathValue, XPathError> {
        let mut evaluator = XPathEvaluator::new();
        for (prefix, uri) in &self.namespaces {
            evaluator.add_namespace(prefix.clone(), uri.clone());
        }
        evaluator
            .evaluate(&document.0, document.0.root(), &self.expression)
            .map_err(|error| self.syntax(&error.to_string()))
    }
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
    fn what_would_silently_select_nothing_is_an_error_at_its_place() {
        let cases = [
            ("//x:c", "x", XPathMistake::UndeclaredPrefix("x".into())),
            ("//State", "State", XPathMistake::NoPrefix("State".into())),
            ("//n:a[b='x']", "b", XPathMistake::NoPrefix("b".into())),
            (
                "//n:甲[乙 or n:c]",
                "乙",
                XPathMistake::NoPrefix("乙".into()),
            ),
            (
                "//n:a[cuont(n:b)=1]",
                "cuont",
                XPathMistake::Function("cuont".into()),
            ),
            (
                "//n:a[contains(n:b)]",
                "contains",
                XPathMistake::Arguments("contains".into()),
            ),
            (
                "//n:a[last(1)]",
                "last",
                XPathMistake::Arguments("last".into()),
            ),
            ("//n:a[.=$b]", "b", XPathMistake::Variable("b".into())),
        ];
        for (expression, at, mistake) in cases {
            let error = XPath::check(expression, &namespaces(), false).unwrap_err();
            assert_eq!(
                (&expression[error.span.clone()], error.mistake),
                (at, mistake)
            );
        }
        assert_eq!(XPath::check("//State[b='x']", &namespaces(), true), Ok(()));
        let right = "//*[local-name() = 'a' and @b div 2 mod 3]/n:* | //n:a[concat(n:b, ',', position())]/text()";
        assert_eq!(XPath::check(right, &namespaces(), false), Ok(()));
        assert!(XPath::check("//n:a[", &namespaces(), false).is_err());
    }
}
