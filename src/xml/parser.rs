//! XPath 1.0 from its text to a tree. Prefixes are resolved here, and functions known, so that nothing is left to be
//! found wrong in a document.

use std::ops::Range;

use crate::{
    text::Text,
    xml::{
        Namespaces,
        check::functions,
        expression::{Axis, Expression, Start, Step, Test},
        token::{Operator, Token, tokens},
        xpath::{XPathError, XPathMistake},
    },
};

/// How deep an expression may nest; people write none that is deeper.
const DEPTH: usize = 64;

const AXES: [(&str, Axis); 12] = [
    ("ancestor", Axis::Ancestor),
    ("ancestor-or-self", Axis::AncestorOrSelf),
    ("attribute", Axis::Attribute),
    ("child", Axis::Child),
    ("descendant", Axis::Descendant),
    ("descendant-or-self", Axis::DescendantOrSelf),
    ("following", Axis::Following),
    ("following-sibling", Axis::FollowingSibling),
    ("parent", Axis::Parent),
    ("preceding", Axis::Preceding),
    ("preceding-sibling", Axis::PrecedingSibling),
    ("self", Axis::Itself),
];

/// Reads an expression.
pub(super) fn parse(text: &str, namespaces: &Namespaces) -> Result<Expression, XPathError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        end: text.len(),
        depth: 0,
        namespaces,
    };
    let expression = parser.expression(0)?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    end: usize,
    depth: usize,
    namespaces: &'a Namespaces,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn takes(&mut self, wanted: &Token) -> bool {
        let here = self.peek() == Some(wanted);
        self.at += usize::from(here);
        here
    }

    fn span(&self) -> Range<usize> {
        let here = self.tokens.get(self.at).map(|(_, span)| span.clone());
        here.unwrap_or(self.end..self.end)
    }

    fn unexpected(&self) -> XPathError {
        let text = match self.peek() {
            None => Text::new("途中で終わっています", "it ends too early"),
            Some(_) => Text::new("ここには書けません", "this cannot stand here"),
        };
        self.wrong(self.span(), text)
    }

    #[expect(clippy::unused_self, reason = "reads like the other complaints")]
    fn wrong(&self, span: Range<usize>, text: Text) -> XPathError {
        XPathError {
            span,
            mistake: XPathMistake::Syntax(text),
        }
    }

    /// A complaint about what begins with a token and selects no nodes where some are needed.
    fn no_nodes(&self, from: usize) -> XPathError {
        let start = self
            .tokens
            .get(from)
            .map_or(self.end, |(_, span)| span.start);
        let last = self.tokens.get(self.at.saturating_sub(1));
        let end = last.map_or(self.end, |(_, span)| span.end).max(start);
        let text = Text::new(
            "ノードを選択する式が必要です",
            "only what selects nodes can stand here",
        );
        self.wrong(start..end, text)
    }

    fn demand(&mut self, wanted: &Token) -> Result<(), XPathError> {
        if self.takes(wanted) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    /// Operands joined by operators that bind at least this strongly.
    fn expression(&mut self, least: u8) -> Result<Expression, XPathError> {
        self.depth += 1;
        if self.depth > DEPTH {
            let text = Text::new("入れ子が深すぎます", "it nests too deeply");
            return Err(self.wrong(self.span(), text));
        }
        let mut left = self.operand()?;
        while let Some(Token::Operator(operator)) = self.peek() {
            let operator = *operator;
            if operator.strength() < least {
                break;
            }
            self.at += 1;
            let from = self.at;
            let right = self.expression(operator.strength() + 1)?;
            if operator == Operator::Union && !(left.selects_nodes() && right.selects_nodes()) {
                return Err(self.no_nodes(from));
            }
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expression, XPathError> {
        if self.takes(&Token::Operator(Operator::Minus)) {
            // The sign binds less than a union alone.
            let inner = self.expression(Operator::Union.strength())?;
            return Ok(Expression::Negative(Box::new(inner)));
        }
        let primary = match self.peek() {
            Some(Token::Open) => {
                self.at += 1;
                let inner = self.expression(0)?;
                self.demand(&Token::Close)?;
                Some(inner)
            }
            Some(Token::Text(text)) => {
                Some(Expression::Text(text.clone())).inspect(|_| self.at += 1)
            }
            Some(Token::Number(number)) => {
                Some(Expression::Number(*number)).inspect(|_| self.at += 1)
            }
            Some(Token::Function(name)) => {
                let name = name.clone();
                Some(self.call(&name)?)
            }
            Some(_) | None => None,
        };
        let Some(primary) = primary else {
            return self.path();
        };
        let from = self.at.saturating_sub(1);
        let predicates = self.predicates()?;
        let steps = match self.peek() {
            Some(Token::Slash | Token::Slashes) => self.further_steps()?,
            Some(_) | None => Vec::new(),
        };
        if predicates.is_empty() && steps.is_empty() {
            return Ok(primary);
        }
        if !primary.selects_nodes() {
            return Err(self.no_nodes(from));
        }
        Ok(Expression::Path(
            Start::Selected(Box::new(primary), predicates),
            steps,
        ))
    }

    fn call(&mut self, name: &str) -> Result<Expression, XPathError> {
        let known = functions().find(|known| *known == name);
        let name = known.ok_or_else(|| XPathError {
            span: self.span(),
            mistake: XPathMistake::Function(name.to_owned()),
        })?;
        self.at += 1;
        self.demand(&Token::Open)?;
        let mut arguments = Vec::new();
        while !self.takes(&Token::Close) {
            if !arguments.is_empty() {
                self.demand(&Token::Comma)?;
            }
            let from = self.at;
            let argument = self.expression(0)?;
            let counts = matches!(
                name,
                "count" | "sum" | "name" | "local-name" | "namespace-uri"
            );
            if counts && !argument.selects_nodes() {
                return Err(self.no_nodes(from));
            }
            arguments.push(argument);
        }
        Ok(Expression::Call(name, arguments))
    }

    fn path(&mut self) -> Result<Expression, XPathError> {
        match self.peek() {
            Some(Token::Slash) => {
                self.at += 1;
                let mut steps = Vec::new();
                if self.begins_step() {
                    steps.push(self.step()?);
                    steps.extend(self.further_steps()?);
                }
                Ok(Expression::Path(Start::Root, steps))
            }
            Some(Token::Slashes) => Ok(Expression::Path(Start::Root, self.further_steps()?)),
            Some(_) if self.begins_step() => {
                let mut steps = vec![self.step()?];
                steps.extend(self.further_steps()?);
                Ok(Expression::Path(Start::Here, steps))
            }
            Some(_) | None => Err(self.unexpected()),
        }
    }

    /// The steps after the first, each after a slash or two.
    fn further_steps(&mut self) -> Result<Vec<Step>, XPathError> {
        let mut steps = Vec::new();
        loop {
            if self.takes(&Token::Slashes) {
                steps.push(Step::plain(Axis::DescendantOrSelf));
            } else if !self.takes(&Token::Slash) {
                return Ok(steps);
            }
            steps.push(self.step()?);
        }
    }

    fn begins_step(&self) -> bool {
        matches!(
            self.peek(),
            Some(
                Token::Dot
                    | Token::Dots
                    | Token::At
                    | Token::Star
                    | Token::Axis(_)
                    | Token::NodeType(_)
                    | Token::Name(..)
                    | Token::Within(_)
            )
        )
    }

    fn step(&mut self) -> Result<Step, XPathError> {
        if self.takes(&Token::Dot) {
            return Ok(Step::plain(Axis::Itself));
        }
        if self.takes(&Token::Dots) {
            return Ok(Step::plain(Axis::Parent));
        }
        let axis = if self.takes(&Token::At) {
            Axis::Attribute
        } else if let Some(Token::Axis(name)) = self.peek() {
            let known = AXES.iter().find(|(known, _)| known == name);
            let text = Text::new(
                format!("軸「{name}」は使用できません"),
                format!("there is no axis '{name}'"),
            );
            let (_, axis) = known.ok_or_else(|| self.wrong(self.span(), text))?;
            self.at += 1;
            *axis
        } else {
            Axis::Child
        };
        let test = self.test()?;
        let predicates = self.predicates()?;
        Ok(Step {
            axis,
            test,
            predicates,
        })
    }

    fn test(&mut self) -> Result<Test, XPathError> {
        let span = self.span();
        let token = self.peek().cloned();
        let test = match token {
            Some(Token::Star) => Test::AnyName,
            Some(Token::Within(prefix)) => Test::In(self.namespace(&prefix, span)?),
            Some(Token::Name(_, local)) if local.is_empty() => return Err(self.unexpected()),
            Some(Token::Name(None, local)) => Test::Name(None, local),
            Some(Token::Name(Some(prefix), local)) => {
                Test::Name(Some(self.namespace(&prefix, span)?), local)
            }
            Some(Token::NodeType(name)) => {
                self.at += 1;
                self.demand(&Token::Open)?;
                let instruction = match self.peek() {
                    Some(Token::Text(text)) if name == "processing-instruction" => {
                        Some(text.clone()).inspect(|_| self.at += 1)
                    }
                    Some(_) | None => None,
                };
                let test = match name.as_str() {
                    "text" => Test::Text,
                    "comment" => Test::Comment,
                    "processing-instruction" => Test::Instruction(instruction),
                    _ => Test::Anything,
                };
                self.demand(&Token::Close)?;
                return Ok(test);
            }
            Some(_) | None => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(test)
    }

    fn namespace(&self, prefix: &str, span: Range<usize>) -> Result<String, XPathError> {
        self.namespaces
            .get(prefix)
            .cloned()
            .ok_or_else(|| XPathError {
                span: span.start..span.start + prefix.len(),
                mistake: XPathMistake::UndeclaredPrefix(prefix.to_owned()),
            })
    }

    fn predicates(&mut self) -> Result<Vec<Expression>, XPathError> {
        let mut predicates = Vec::new();
        while self.takes(&Token::OpenSquare) {
            predicates.push(self.expression(0)?);
            self.demand(&Token::CloseSquare)?;
        }
        Ok(predicates)
    }
}
