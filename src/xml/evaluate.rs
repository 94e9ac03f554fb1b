//! An XPath's tree over a document: what its paths select and its operators make of it, as XPath 1.0 has it.

use uppsala::{Document, NodeId, NodeKind, QName};

use crate::xml::{
    expression::{Axis, Expression, Start, Step, Test},
    functions::call,
    token::Operator,
    value::{Value, number_of, text_of_node},
};

/// Where an expression stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'d> {
    pub(super) document: &'d Document<'static>,
    pub(super) node: NodeId,
    pub(super) position: usize,
    pub(super) size: usize,
}

impl<'d> Context<'d> {
    /// At the root of a document.
    pub(super) fn root(document: &'d Document<'static>) -> Self {
        Self {
            document,
            node: document.root(),
            position: 1,
            size: 1,
        }
    }

    /// The value of an expression here.
    pub(super) fn value(&self, expression: &Expression) -> Value {
        match expression {
            Expression::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expression::Negative(inner) => Value::Number(-self.number(inner)),
            Expression::Path(start, steps) => Value::Nodes(self.path(start, steps)),
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Number(number) => Value::Number(*number),
            Expression::Call(name, arguments) => call(self, name, arguments),
        }
    }

    pub(super) fn number(&self, expression: &Expression) -> f64 {
        self.value(expression).number(self.document)
    }

    pub(super) fn text(&self, expression: &Expression) -> String {
        self.value(expression).text(self.document)
    }

    pub(super) fn truth(&self, expression: &Expression) -> bool {
        self.value(expression).truth()
    }

    fn binary(&self, operator: Operator, left: &Expression, right: &Expression) -> Value {
        let numbers =
            |join: fn(f64, f64) -> f64| Value::Number(join(self.number(left), self.number(right)));
        match operator {
            Operator::Or => Value::Truth(self.truth(left) || self.truth(right)),
            Operator::And => Value::Truth(self.truth(left) && self.truth(right)),
            Operator::Plus => numbers(|left, right| left + right),
            Operator::Minus => numbers(|left, right| left - right),
            Operator::Times => numbers(|left, right| left * right),
            Operator::Divided => numbers(|left, right| left / right),
            Operator::Remainder => numbers(|left, right| left % right),
            Operator::Union => {
                let mut nodes = self.value(left).into_nodes();
                nodes.extend(self.value(right).into_nodes());
                Value::Nodes(ordered(self.document, nodes))
            }
            Operator::Equal
            | Operator::NotEqual
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => {
                Value::Truth(self.compare(operator, &self.value(left), &self.value(right)))
            }
        }
    }

    /// Nodes compare if any of them does.
    fn compare(&self, operator: Operator, left: &Value, right: &Value) -> bool {
        match (left, right) {
            (Value::Nodes(_), Value::Truth(_)) | (Value::Truth(_), Value::Nodes(_)) => simple(
                operator,
                &Value::Truth(left.truth()),
                &Value::Truth(right.truth()),
            ),
            (Value::Nodes(nodes), Value::Nodes(_)) => {
                let texts: Vec<Value> = nodes.iter().map(|node| self.text_value(*node)).collect();
                texts.iter().any(|text| self.compare(operator, text, right))
            }
            (Value::Nodes(nodes), Value::Text(_) | Value::Number(_)) => nodes
                .iter()
                .any(|node| simple(operator, &self.text_value(*node), right)),
            (Value::Text(_) | Value::Number(_), Value::Nodes(nodes)) => nodes
                .iter()
                .any(|node| simple(operator, left, &self.text_value(*node))),
            (
                Value::Text(_) | Value::Number(_) | Value::Truth(_),
                Value::Text(_) | Value::Number(_) | Value::Truth(_),
            ) => simple(operator, left, right),
        }
    }

    fn text_value(&self, node: NodeId) -> Value {
        Value::Text(text_of_node(self.document, node))
    }

    fn path(&self, start: &Start, steps: &[Step]) -> Vec<NodeId> {
        let mut nodes = match start {
            Start::Root => vec![self.document.root()],
            Start::Here => vec![self.node],
            Start::Selected(expression, predicates) => {
                let mut nodes = self.value(expression).into_nodes();
                for predicate in predicates {
                    nodes = self.filtered(nodes, predicate);
                }
                nodes
            }
        };
        for step in steps {
            let mut next = Vec::new();
            for node in nodes {
                let mut found = self.along(step.axis, node);
                found.retain(|node| self.passes(&step.test, step.axis, *node));
                for predicate in &step.predicates {
                    found = self.filtered(found, predicate);
                }
                next.extend(found);
            }
            nodes = ordered(self.document, next);
        }
        nodes
    }

    /// The nodes for which a predicate holds; a number is a place among them.
    fn filtered(&self, nodes: Vec<NodeId>, predicate: &Expression) -> Vec<NodeId> {
        let size = nodes.len();
        let holds = |(at, node): &(usize, NodeId)| {
            let position = at + 1;
            let context = Context {
                document: self.document,
                node: *node,
                position,
                size,
            };
            match context.value(predicate) {
                Value::Number(place) => same_place(place, position),
                value @ (Value::Nodes(_) | Value::Text(_) | Value::Truth(_)) => value.truth(),
            }
        };
        let numbered = nodes.into_iter().enumerate().filter(holds);
        numbered.map(|(_, node)| node).collect()
    }

    /// Where an axis leads from a node, the nearest first.
    fn along(&self, axis: Axis, node: NodeId) -> Vec<NodeId> {
        let document = self.document;
        let is_attribute = matches!(document.node_kind(node), Some(NodeKind::Attribute(..)));
        let upwards =
            || std::iter::successors(document.parent(node), |node| document.parent(*node));
        // An attribute has no siblings, though its element has children.
        let siblings = |next: fn(&Document<'static>, NodeId) -> Option<NodeId>| {
            let first = if is_attribute {
                None
            } else {
                next(document, node)
            };
            std::iter::successors(first, move |node| next(document, *node))
        };
        match axis {
            Axis::Itself => vec![node],
            Axis::Parent => document.parent(node).into_iter().collect(),
            Axis::Ancestor => upwards().collect(),
            Axis::AncestorOrSelf => std::iter::once(node).chain(upwards()).collect(),
            Axis::Attribute => document.get_attribute_nodes(node).to_vec(),
            Axis::Child if is_attribute => Vec::new(),
            Axis::Child => document.children(node),
            Axis::Descendant => below(document, node),
            Axis::DescendantOrSelf => {
                let mut found = vec![node];
                found.extend(below(document, node));
                found
            }
            Axis::FollowingSibling => siblings(Document::next_sibling).collect(),
            Axis::PrecedingSibling => siblings(Document::previous_sibling).collect(),
            Axis::Following => {
                let mut found = Vec::new();
                if is_attribute && let Some(element) = document.parent(node) {
                    found.extend(below(document, element));
                }
                for ancestor in std::iter::once(node).chain(upwards()) {
                    let mut next = self.along_siblings(ancestor);
                    while let Some(sibling) = next {
                        found.push(sibling);
                        found.extend(below(document, sibling));
                        next = document.next_sibling(sibling);
                    }
                }
                found
            }
            Axis::Preceding => {
                let mut found = Vec::new();
                for ancestor in std::iter::once(node).chain(upwards()) {
                    let start = if ancestor == node && is_attribute {
                        None
                    } else {
                        document.previous_sibling(ancestor)
                    };
                    for sibling in
                        std::iter::successors(start, |node| document.previous_sibling(*node))
                    {
                        found.extend(below(document, sibling).into_iter().rev());
                        found.push(sibling);
                    }
                }
                found
            }
        }
    }

    fn along_siblings(&self, node: NodeId) -> Option<NodeId> {
        match self.document.node_kind(node) {
            Some(NodeKind::Attribute(..)) => None,
            _ => self.document.next_sibling(node),
        }
    }

    fn passes(&self, test: &Test, axis: Axis, node: NodeId) -> bool {
        let Some(kind) = self.document.node_kind(node) else {
            return false;
        };
        let named = |matches: &dyn Fn(&QName<'_>) -> bool| match kind {
            NodeKind::Element(element) => axis != Axis::Attribute && matches(&element.name),
            NodeKind::Attribute(name, _) => axis == Axis::Attribute && matches(name),
            NodeKind::Document
            | NodeKind::Text(_)
            | NodeKind::CData(_)
            | NodeKind::Comment(_)
            | NodeKind::ProcessingInstruction(_) => false,
        };
        match test {
            Test::Anything => true,
            Test::Text => matches!(kind, NodeKind::Text(_) | NodeKind::CData(_)),
            Test::Comment => matches!(kind, NodeKind::Comment(_)),
            Test::Instruction(wanted) => {
                matches!(kind, NodeKind::ProcessingInstruction(instruction)
                    if wanted.as_ref().is_none_or(|wanted| *wanted == instruction.target))
            }
            Test::AnyName => named(&|_| true),
            Test::In(uri) => named(&|name| name.namespace_uri.as_deref() == Some(uri)),
            Test::Name(uri, local) => named(&|name| {
                name.namespace_uri.as_deref() == uri.as_deref() && name.local_name == local.as_str()
            }),
        }
    }
}

/// All that a node holds, in the order of the document.
fn below(document: &Document<'static>, node: NodeId) -> Vec<NodeId> {
    let mut found = Vec::new();
    // Without recursion: documents of others nest as they like.
    let mut left: Vec<NodeId> = match document.node_kind(node) {
        Some(NodeKind::Attribute(..)) | None => Vec::new(),
        Some(_) => document.children(node),
    };
    left.reverse();
    while let Some(node) = left.pop() {
        found.push(node);
        let mut children = document.children(node);
        children.reverse();
        left.extend(children);
    }
    found
}

/// In the order of the document, each once. The reader numbers nodes in that order; attributes come after their element.
fn ordered(document: &Document<'static>, mut nodes: Vec<NodeId>) -> Vec<NodeId> {
    let place = |node: &NodeId| match document.node_kind(*node) {
        Some(NodeKind::Attribute(..)) => {
            let element = document.parent(*node).unwrap_or(*node);
            (element.index(), 1, node.index())
        }
        _ => (node.index(), 0, 0),
    };
    nodes.sort_by_key(place);
    nodes.dedup();
    nodes
}

/// Comparison where neither side is a set of nodes.
fn simple(operator: Operator, left: &Value, right: &Value) -> bool {
    let equal = || match (left, right) {
        (Value::Truth(_), _) | (_, Value::Truth(_)) => left.truth() == right.truth(),
        (Value::Text(left), Value::Text(right)) => left == right,
        #[expect(clippy::float_cmp, reason = "XPath compares numbers exactly")]
        _ => plain_number(left) == plain_number(right),
    };
    let (number, other) = (plain_number(left), plain_number(right));
    match operator {
        Operator::Equal => equal(),
        Operator::NotEqual => !equal(),
        Operator::Less => number < other,
        Operator::LessOrEqual => number <= other,
        Operator::Greater => number > other,
        Operator::GreaterOrEqual => number >= other,
        Operator::Or
        | Operator::And
        | Operator::Plus
        | Operator::Minus
        | Operator::Times
        | Operator::Divided
        | Operator::Remainder
        | Operator::Union => false,
    }
}

fn plain_number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => *number,
        Value::Truth(truth) => f64::from(u8::from(*truth)),
        Value::Text(text) => number_of(text),
        Value::Nodes(_) => f64::NAN,
    }
}

/// Whether a number names this place.
#[expect(
    clippy::float_cmp,
    clippy::cast_precision_loss,
    reason = "a place is a small whole number, and a number names it only exactly"
)]
fn same_place(number: f64, position: usize) -> bool {
    number == position as f64
}
