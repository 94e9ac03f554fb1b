//! Templates that are made from messages: the bytes of one, with names in the places of its values, and a loop where an
//! element follows itself.

use std::{collections::BTreeSet, ops::Range};

use crate::{
    record::{
        message::Body,
        names,
        slots::{groups, runs},
    },
    xml::Element,
};

/// What stands in the place of values that a step does not give.
pub(super) struct Known<'a> {
    /// The request id of the first message, where it has one.
    pub(super) request_id: Option<&'a str>,
    /// The institution of the sender.
    pub(super) institution: &'a str,
    /// Whether an earlier answer brought a value.
    pub(super) brought: &'a dyn Fn(&str) -> bool,
}

/// A template from messages of one skeleton.
pub(super) fn template(bodies: &[&Body], known: &Known<'_>) -> Option<String> {
    let first = bodies.first()?;
    let trees: Vec<&Element> = bodies.iter().map(|body| &body.tree).collect();
    let mut writer = Writer {
        text: &first.text,
        known,
        edits: Vec::new(),
    };
    writer.element(&trees, &mut Scope::default())?;
    let mut edits = writer.edits;
    // Stable: where two stand at one place, they stay in their order.
    edits.sort_by_key(|(place, _)| place.start);
    let mut out = String::new();
    let mut from = 0;
    for (place, text) in edits {
        out.push_str(&literal(first.text.get(from..place.start)?));
        out.push_str(&text);
        from = place.end;
    }
    out.push_str(&literal(first.text.get(from..)?));
    if !out.ends_with('\n') {
        out.push('\n');
    }
    Some(out)
}

struct Writer<'a> {
    /// The first message.
    text: &'a str,
    known: &'a Known<'a>,
    /// What takes the place of what.
    edits: Vec<(Range<usize>, String)>,
}

impl Writer<'_> {
    /// Writes over an element of the first message; `elements` are those that have the same place, it being the first.
    fn element(&mut self, elements: &[&Element], scope: &mut Scope) -> Option<()> {
        let element = *elements.first()?;
        let source = self.text.get(element.place.clone())?;
        let head = Head::read(source)?;
        let at = |place: Range<usize>| {
            place.start + element.place.start..place.end + element.place.start
        };
        for (index, attribute) in element.attributes.iter().enumerate() {
            let value = attribute.value.as_str();
            let others = elements
                .iter()
                .filter_map(|other| other.attributes.get(index));
            let differs = others.into_iter().any(|other| other.value != value);
            let local = &attribute.name.local;
            if (differs || (self.known.brought)(value) || self.known.request_id == Some(value))
                && let Some(place) = head.attribute(attribute.name.prefix.as_deref(), local)
            {
                let name = self.name(value, local, scope);
                self.edits.push((at(place), format!("{{{{ {name} }}}}")));
            }
        }
        if element.is_leaf() {
            if elements
                .iter()
                .any(|element| !element.text.trim().is_empty())
            {
                let (place, before, after) = head.inside(source)?;
                let name = match &scope.item {
                    // A leaf that follows itself is an item by itself.
                    Some(item) if scope.at_item && element.attributes.is_empty() => item.clone(),
                    Some(_) | None => self.name(&element.text, &element.name.local, scope),
                };
                let text = format!("{before}{{{{ {name} }}}}{after}");
                self.edits.push((at(place), text));
            }
            return Some(());
        }
        scope.at_item = false;
        let own = runs(element);
        for (run, (group, long)) in own.into_iter().zip(groups(elements)) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            if !long {
                self.element(&group, scope)?;
                continue;
            }
            let called = names::of_value(&first.name.local);
            let of = scope.name(&format!("{called}_list"));
            // An item may not be called as the one around it.
            let called = if scope.item.as_ref() == Some(&called) {
                format!("{called}_within")
            } else {
                called
            };
            let start = first.place.start;
            let begin = format!("{{% for {called} in {of} %}}");
            self.edits.push((start..start, begin));
            let mut items = Scope {
                item: Some(called),
                at_item: true,
                taken: BTreeSet::new(),
            };
            self.element(&group, &mut items)?;
            self.edits
                .push((first.place.end..last.place.end, "{% endfor %}".to_owned()));
        }
        Some(())
    }

    /// The name that a value gets.
    fn name(&self, value: &str, element: &str, scope: &mut Scope) -> String {
        if scope.item.is_none() && self.known.request_id == Some(value) {
            return "request_id".to_owned();
        }
        if scope.item.is_none() && value == self.known.institution && !value.is_empty() {
            return "institution".to_owned();
        }
        scope.name(&names::of_value(element))
    }
}

/// Where names are given: in the message, or in an item of a list.
#[derive(Debug, Default)]
struct Scope {
    /// What the item is called.
    item: Option<String>,
    /// Whether the element is the item itself.
    at_item: bool,
    taken: BTreeSet<String>,
}

impl Scope {
    /// The first that is free of a name and those with a number, as it is said here.
    fn name(&mut self, name: &str) -> String {
        let name = names::free(name, "_", |name| self.taken.contains(name));
        self.taken.insert(name.clone());
        match &self.item {
            Some(item) => format!("{item}.{name}"),
            None => name,
        }
    }
}

/// What a template would take for its own, written so that it does not.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        if c == '{' && matches!(chars.peek(), Some('{' | '%' | '#')) {
            out.push_str("{{ '{' }}");
        } else {
            out.push(c);
        }
    }
    out
}

/// The start tag of an element.
struct Head<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, Range<usize>)>,
    /// Where it ends, behind `>`.
    end: usize,
    /// Whether it is the whole element.
    closed: bool,
}

impl<'a> Head<'a> {
    /// Reads the start tag of a well-formed element.
    fn read(source: &'a str) -> Option<Self> {
        let rest = source.strip_prefix('<')?;
        let named = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'))?;
        let mut at = 1 + named;
        let mut attributes = Vec::new();
        loop {
            let rest = source.get(at..)?;
            at += rest.len() - rest.trim_start().len();
            let rest = rest.trim_start();
            if rest.starts_with("/>") || rest.starts_with('>') {
                let closed = rest.starts_with('/');
                return Some(Self {
                    name: source.get(1..=named)?,
                    attributes,
                    end: at + if closed { 2 } else { 1 },
                    closed,
                });
            }
            let equals = rest.find('=')?;
            let value = rest.get(equals + 1..)?;
            let quote = value
                .trim_start()
                .chars()
                .next()
                .filter(|c| matches!(c, '"' | '\''))?;
            let begin = equals + 1 + (value.len() - value.trim_start().len()) + 1;
            let length = rest.get(begin..)?.find(quote)?;
            attributes.push((
                rest.get(..equals)?.trim_end(),
                at + begin..at + begin + length,
            ));
            at += begin + length + 1;
        }
    }

    fn attribute(&self, prefix: Option<&str>, local: &str) -> Option<Range<usize>> {
        let written = prefix.map_or_else(|| local.to_owned(), |prefix| format!("{prefix}:{local}"));
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(name, _)| *name == written);
        found.map(|(_, place)| place.clone())
    }

    /// Where the text of a leaf stands, with what must stand before and after it.
    fn inside(&self, source: &str) -> Option<(Range<usize>, String, String)> {
        if self.closed {
            let after = format!("</{}>", self.name);
            return Some((self.end - 2..self.end, ">".to_owned(), after));
        }
        Some((self.end..source.rfind("</")?, String::new(), String::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(xmls: &[&str], expected: &str) {
        let bodies = xmls.iter().map(|xml| Body::read(xml.as_bytes()).unwrap());
        let bodies: Vec<Body> = bodies.collect();
        let bodies: Vec<&Body> = bodies.iter().collect();
        let known = Known {
            request_id: Some("q1"),
            institution: "A-1",
            brought: &|value| value == "r>7",
        };
        assert_eq!(template(&bodies, &known).unwrap(), format!("{expected}\n"));
    }

    #[test]
    fn names_stand_in_the_places_of_values_and_all_else_stays() {
        check(
            &[
                "<a><Id>q1</Id><B x='1' y = \"r>7\"\n>1 &lt; 2</B><b><![CDATA[<]]></b><From>A-1</From><Ref>q1</Ref></a>",
            ],
            "<a><Id>{{ request_id }}</Id><B x='1' y = \"{{ y }}\"\n>{{ b }}</B><b>{{ b_2 }}</b><From>{{ institution }}</From><Ref>{{ request_id }}</Ref></a>",
        );
        check(
            &["<a><!-- {{ --><c/> </a>"],
            "<a><!-- {{ '{' }}{ --><c/> </a>",
        );
    }

    #[test]
    fn a_leaf_that_is_empty_in_one_message_has_a_place_too() {
        check(
            &["<a><c/><d/></a>", "<a><c>1</c><d/></a>"],
            "<a><c>{{ c }}</c><d/></a>",
        );
    }

    #[test]
    fn what_follows_itself_in_any_message_is_a_loop() {
        check(
            &[
                "<a><b><c>1</c><d>2</d><d>3</d></b>\n<b><c>4</c><d>5</d></b><Id>q1</Id></a>",
                "<a><b><c>q1</c><d>5</d></b><Id>q2</Id></a>",
            ],
            "<a>{% for b in b_list %}<b><c>{{ b.c }}</c>{% for d in b.d_list %}<d>{{ d }}</d>{% endfor %}</b>{% endfor %}<Id>{{ request_id }}</Id></a>",
        );
        check(
            &[
                "<a><b x='1'>2</b></a>",
                "<a><b x='1'>3</b><b x='2'>4</b></a>",
            ],
            "<a>{% for b in b_list %}<b x='{{ b.x }}'>{{ b.b }}</b>{% endfor %}</a>",
        );
    }
}
