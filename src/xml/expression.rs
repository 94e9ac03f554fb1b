//! XPath 1.0 as a tree. There are no variables and no namespace axis.

use crate::xml::token::Operator;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    /// Two operands.
    Binary(Operator, Box<Self>, Box<Self>),
    /// The negative of a number.
    Negative(Box<Self>),
    /// A path.
    Path(Start, Vec<Step>),
    /// A text in quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// A function of the library with its arguments.
    Call(&'static str, Vec<Self>),
}

/// Where a path begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Start {
    /// At the root.
    Root,
    /// Where the expression stands.
    Here,
    /// At what another expression selects, after its predicates.
    Selected(Box<Expression>, Vec<Expression>),
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) axis: Axis,
    pub(super) test: Test,
    pub(super) predicates: Vec<Expression>,
}

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    Parent,
    Preceding,
    PrecedingSibling,
    Itself,
}

/// What a step takes of where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// `node()`.
    Anything,
    /// `text()`.
    Text,
    /// `comment()`.
    Comment,
    /// `processing-instruction()`, of a name or of any.
    Instruction(Option<String>),
    /// `*`.
    AnyName,
    /// `p:*`.
    In(String),
    /// A name and its namespace, if it has one.
    Name(Option<String>, String),
}

impl Expression {
    /// Whether it selects nodes, and no text, number or truth.
    pub(super) fn selects_nodes(&self) -> bool {
        match self {
            Self::Path(..) => true,
            Self::Binary(operator, ..) => *operator == Operator::Union,
            Self::Call(name, _) => *name == "id",
            Self::Negative(_) | Self::Text(_) | Self::Number(_) => false,
        }
    }
}

impl Step {
    pub(super) fn plain(axis: Axis) -> Self {
        Self {
            axis,
            test: Test::Anything,
            predicates: Vec::new(),
        }
    }
}
