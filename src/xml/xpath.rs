//! XPath 1.0 over a document. An undeclared prefix and an element test without a prefix are errors, since both would
//! silently select nothing.

use std::{fmt, ops::Range};

use uppsala::NodeKind;

use crate::{
    diagnostic::meant,
    text::Text,
    xml::{
        Document, Namespaces,
        check::{check, functions},
        evaluate::Context,
        expression::Expression,
        parser::parse,
        value::{Value, text_of_node},
    },
};

/// A checked expression.
#[derive(Clone, Debug, PartialEq)]
pub struct XPath {
    text: String,
    expression: Expression,
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
    Syntax(Text),
}

impl XPathMistake {
    /// Whether it would be none with another profile.
    pub fn is_of_profile(&self) -> bool {
        match self {
            Self::UndeclaredPrefix(_) | Self::NoPrefix(_) => true,
            Self::Function(_) | Self::Arguments(_) | Self::Variable(_) | Self::Syntax(_) => false,
        }
    }
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
                format!("XPathの書式の誤りです（{}）", error.ja),
                format!("not an XPath: {}", error.en),
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
    pub fn compile(text: &str, namespaces: &Namespaces) -> Result<Self, XPathError> {
        Ok(Self {
            text: text.to_owned(),
            expression: parse(text, namespaces)?,
        })
    }

    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The string values of what is selected: one for each node, or the one value of the expression.
    pub fn select(&self, document: &Document) -> Vec<String> {
        let document = &document.0;
        match Context::root(document).value(&self.expression) {
            Value::Nodes(nodes) => {
                let nodes = nodes.into_iter();
                nodes.map(|node| text_of_node(document, node)).collect()
            }
            value @ (Value::Text(_) | Value::Number(_) | Value::Truth(_)) => {
                vec![value.text(document)]
            }
        }
    }

    /// The nodes that are selected, as [`crate::xml::Leaf`] names them; a text node counts as its element.
    pub fn nodes(&self, document: &Document) -> Vec<usize> {
        let document = &document.0;
        let nodes = Context::root(document).value(&self.expression).into_nodes();
        let nodes = nodes.into_iter();
        nodes
            .map(|node| match document.node_kind(node) {
                Some(NodeKind::Text(_) | NodeKind::CData(_)) => {
                    document.parent(node).unwrap_or(node).index()
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
            .collect()
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
            ("(//n:c)[last()]", &["𠮷"]),
            // Nodes differ from a value if any of them does; none differs from anything.
            ("//n:c != '甲'", &["true"]),
            ("//n:d != '甲'", &["false"]),
            ("//n:c[. != '甲']", &["𠮷"]),
            ("/n:a/@b < 2 and not(//n:c > 0)", &["true"]),
            ("0.1 + 0.2", &["0.30000000000000004"]),
            (
                "concat(1 div 0, ' ', -1 div 0, ' ', 0 div 0, ' ', -0)",
                &["Infinity -Infinity NaN 0"],
            ),
            ("substring('12345', 1.5, 2.6)", &["234"]),
            ("round(-2.5) * -1 - 1", &["1"]),
        ];
        for (expression, expected) in cases {
            let xpath = XPath::compile(expression, &namespaces()).unwrap();
            assert_eq!(xpath.select(&document), *expected, "{expression}");
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
        let wrong = [
            ("//n:a[", ""),
            ("count('a')", "'a'"),
            ("//n:a | 'b'", "'b'"),
            ("1[2]", "1"),
            ("//n:", "n:"),
            ("//n:a#", "#"),
            ("'a", "'a"),
        ];
        for (expression, at) in wrong {
            let error = XPath::check(expression, &namespaces(), false).unwrap_err();
            assert!(
                matches!(error.mistake, XPathMistake::Syntax(_)),
                "{expression}"
            );
            assert!(
                expression[error.span.clone()].starts_with(at),
                "{expression} {error:?}"
            );
        }
        let deep = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(XPath::compile(&deep, &namespaces()).is_err());
    }
}
