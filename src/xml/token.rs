//! The words of XPath 1.0, told apart by what stands before them: `*` and `div` are names or operators.

use std::ops::Range;

use crate::{
    text::Text,
    xml::xpath::{XPathError, XPathMistake},
};

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    OpenSquare,
    CloseSquare,
    Comma,
    Dot,
    Dots,
    At,
    Slash,
    Slashes,
    Star,
    Operator(Operator),
    Text(String),
    Number(f64),
    /// A name before `::`; the colons belong to it.
    Axis(String),
    /// `node`, `text`, `comment` or `processing-instruction` before a bracket.
    NodeType(String),
    /// Another name before a bracket.
    Function(String),
    /// A name with its prefix.
    Name(Option<String>, String),
    /// `p:*`.
    Within(String),
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divided,
    Remainder,
    Union,
}

impl Operator {
    /// How strongly it binds.
    pub(super) fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
            Self::Plus | Self::Minus => 5,
            Self::Times | Self::Divided | Self::Remainder => 6,
            Self::Union => 7,
        }
    }
}

/// Longer ones before those that they begin with.
const SIGNS: [(&str, Token); 20] = [
    ("//", Token::Slashes),
    ("/", Token::Slash),
    ("..", Token::Dots),
    ("(", Token::Open),
    (")", Token::Close),
    ("[", Token::OpenSquare),
    ("]", Token::CloseSquare),
    (",", Token::Comma),
    ("@", Token::At),
    ("|", Token::Operator(Operator::Union)),
    ("+", Token::Operator(Operator::Plus)),
    ("-", Token::Operator(Operator::Minus)),
    ("=", Token::Operator(Operator::Equal)),
    ("!=", Token::Operator(Operator::NotEqual)),
    ("<=", Token::Operator(Operator::LessOrEqual)),
    (">=", Token::Operator(Operator::GreaterOrEqual)),
    ("<", Token::Operator(Operator::Less)),
    (">", Token::Operator(Operator::Greater)),
    ("*", Token::Star),
    (".", Token::Dot),
];
const WORDS: [(&str, Operator); 4] = [
    ("or", Operator::Or),
    ("and", Operator::And),
    ("div", Operator::Divided),
    ("mod", Operator::Remainder),
];
const NODE_TYPES: [&str; 4] = ["node", "text", "comment", "processing-instruction"];

/// The words of a text, each with its place.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Range<usize>)>, XPathError> {
    let mut found: Vec<(Token, Range<usize>)> = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        at += rest.len() - trimmed.len();
        if trimmed.is_empty() {
            return Ok(found);
        }
        let operand_before = found.last().is_some_and(|(token, _)| ends_operand(token));
        let (token, length) =
            token(trimmed, operand_before).map_err(|(length, mistake)| XPathError {
                span: at..at + length,
                mistake,
            })?;
        found.push((token, at..at + length));
        at += length;
    }
}

/// Whether an operator must follow, where a name or a star follows.
fn ends_operand(token: &Token) -> bool {
    !matches!(
        token,
        Token::At
            | Token::Axis(_)
            | Token::Open
            | Token::OpenSquare
            | Token::Comma
            | Token::Slash
            | Token::Slashes
            | Token::Operator(_)
    )
}

type Found = Result<(Token, usize), (usize, XPathMistake)>;

fn token(text: &str, operand_before: bool) -> Found {
    let first = text.chars().next().unwrap_or(' ');
    if first == '"' || first == '\'' {
        let inside = text.get(1..).unwrap_or_default();
        let Some(length) = inside.find(first) else {
            let text_ = Text::new("引用符が閉じていません", "a quotation mark is not closed");
            return Err((text.len(), XPathMistake::Syntax(text_)));
        };
        let inside = inside.get(..length).unwrap_or_default();
        return Ok((Token::Text(inside.to_owned()), length + 2));
    }
    if first == '$' {
        let name = name(text.get(1..).unwrap_or_default());
        return Err((1 + name.len(), XPathMistake::Variable(name.to_owned())));
    }
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let fraction = digits.strip_prefix('.').unwrap_or(digits);
    let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = text.get(..text.len() - after.len()).unwrap_or_default();
    if number.bytes().any(|byte| byte.is_ascii_digit()) && (first.is_ascii_digit() || first == '.')
    {
        // Rust reads `1.` and `.5` as XPath does.
        let value = number.parse().unwrap_or(f64::NAN);
        return Ok((Token::Number(value), number.len()));
    }
    if starts_name(first) {
        return Ok(named(text, operand_before));
    }
    let sign = SIGNS.iter().find(|(sign, _)| text.starts_with(sign));
    match sign {
        Some(("*", _)) if operand_before => Ok((Token::Operator(Operator::Times), 1)),
        Some((sign, token)) => Ok((token.clone(), sign.len())),
        None => {
            let text = Text::new(
                format!("文字「{first}」は使用できません"),
                format!("the character '{first}' has no place in an XPath"),
            );
            Err((first.len_utf8(), XPathMistake::Syntax(text)))
        }
    }
}

/// What a name is, by what stands before and after it.
fn named(text: &str, operand_before: bool) -> (Token, usize) {
    let first = name(text);
    if operand_before && let Some((word, operator)) = WORDS.iter().find(|(word, _)| *word == first)
    {
        return (Token::Operator(*operator), word.len());
    }
    let after = text.get(first.len()..).unwrap_or_default();
    let follows = after.trim_start();
    if follows.starts_with("::") {
        let length = text.len() - follows.len() + 2;
        return (Token::Axis(first.to_owned()), length);
    }
    if let Some(local) = after.strip_prefix(':') {
        if local.starts_with('*') {
            return (Token::Within(first.to_owned()), first.len() + 2);
        }
        let local = name(local);
        let length = first.len() + 1 + local.len();
        return (
            Token::Name(Some(first.to_owned()), local.to_owned()),
            length,
        );
    }
    let token = if !follows.starts_with('(') {
        Token::Name(None, first.to_owned())
    } else if NODE_TYPES.contains(&first) {
        Token::NodeType(first.to_owned())
    } else {
        Token::Function(first.to_owned())
    };
    (token, first.len())
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn name(text: &str) -> &str {
    let end = text
        .find(|c: char| {
            !(starts_name(c) || c.is_alphanumeric() || matches!(c, '-' | '.' | '\u{b7}'))
        })
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
