//! Templates that are made from messages: the bytes of one, with names in the places of its values.

use std::{collections::BTreeSet, ops::Range};

use crate::{
    record::{message::Body, names},
    xml::Element,
};

/// What tells messages of one template from others: names, in order and depth.
pub(super) fn skeleton(element: &Element) -> String {
    let name = |name: &crate::xml::Name| {
        format!(
            "{{{}}}{}",
            name.namespace.as_deref().unwrap_or_default(),
            name.local
        )
    };
    let attributes: Vec<String> = element
        .attributes
        .iter()
        .map(|attribute| name(&attribute.name))
        .collect();
    let attributes = attributes.join(" ");
    let children: String = element.children.iter().map(skeleton).collect();
    format!("<{} {attributes}>{children}</>", name(&element.name))
}

/// What stands in the place of values that a step does not give.
pub(super) struct Known<'a> {
    /// Which of the values, in the order of [`Element::values`], is the request id.
    pub(super) request_id: Option<usize>,
    /// The institution of the sender.
    pub(super) institution: &'a str,
    /// Whether an earlier answer brought a value.
    pub(super) brought: &'a dyn Fn(&str) -> bool,
}

/// A template from messages of one skeleton.
pub(super) fn template(bodies: &[&Body], known: &Known<'_>) -> Option<String> {
    let (first, others) = bodies.split_first()?;
    let others: Vec<Vec<&str>> = others.iter().map(|body| texts(&body.tree)).collect();
    let own = texts(&first.tree);
    let request_id = known.request_id.and_then(|at| own.get(at).copied());
    let mut holes: Vec<(Range<usize>, String)> = Vec::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut at = 0;
    for element in first.tree.all() {
        let source = first.text.get(element.place.clone())?;
        let head = Head::read(source)?;
        for attribute in &element.attributes {
            let value = attribute.value.as_str();
            let differs = others.iter().any(|other| other.get(at) != Some(&value));
            at += 1;
            if (differs || (known.brought)(value) || request_id == Some(value))
                && let Some(place) =
                    head.attribute(attribute.name.prefix.as_deref(), &attribute.name.local)
            {
                let name = name(value, &attribute.name.local, request_id, known, &mut taken);
                let place = place.start + element.place.start..place.end + element.place.start;
                holes.push((place, format!("{{{{ {name} }}}}")));
            }
        }
        if !element.is_leaf() {
            continue;
        }
        let value = element.text.as_str();
        let mut all = others.iter().filter_map(|other| other.get(at)).copied();
        let blank = value.trim().is_empty() && all.all(|value| value.trim().is_empty());
        at += 1;
        if blank {
            continue;
        }
        let name = name(value, &element.name.local, request_id, known, &mut taken);
        let (place, before, after) = head.inside(source)?;
        let place = place.start + element.place.start..place.end + element.place.start;
        holes.push((place, format!("{before}{{{{ {name} }}}}{after}")));
    }
    holes.sort_by_key(|(place, _)| place.start);
    let mut out = String::new();
    let mut from = 0;
    for (place, text) in holes {
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

/// The values of a tree, in order.
pub(super) fn texts(tree: &Element) -> Vec<&str> {
    tree.values()
        .into_iter()
        .map(|(_, _, value)| value)
        .collect()
}

/// The name that a value gets.
fn name(
    value: &str,
    element: &str,
    request_id: Option<&str>,
    known: &Known<'_>,
    taken: &mut BTreeSet<String>,
) -> String {
    if request_id == Some(value) {
        return "request_id".to_owned();
    }
    if value == known.institution && !value.is_empty() {
        return "institution".to_owned();
    }
    let name = names::free(&names::of_value(element), "_", |name| taken.contains(name));
    taken.insert(name.clone());
    name
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

    fn check(xml: &str, expected: &str) {
        let body = Body::read(xml.as_bytes()).unwrap();
        let known = Known {
            request_id: Some(0),
            institution: "A-1",
            brought: &|value| value == "r>7",
        };
        assert_eq!(template(&[&body], &known).unwrap(), format!("{expected}\n"));
    }

    #[test]
    fn names_stand_in_the_places_of_values_and_all_else_stays() {
        check(
            "<a><Id>q1</Id><B x='1' y = \"r>7\"\n>1 &lt; 2</B><b><![CDATA[<]]></b><From>A-1</From><Ref>q1</Ref></a>",
            "<a><Id>{{ request_id }}</Id><B x='1' y = \"{{ y }}\"\n>{{ b }}</B><b>{{ b_2 }}</b><From>{{ institution }}</From><Ref>{{ request_id }}</Ref></a>",
        );
        check(
            "<a><Id>1</Id><!-- {{ --><c/> </a>",
            "<a><Id>{{ request_id }}</Id><!-- {{ '{' }}{ --><c/> </a>",
        );
    }

    #[test]
    fn a_leaf_that_is_empty_in_one_message_has_a_place_too() {
        let bodies = ["<a><c/><d/></a>", "<a><c>1</c><d/></a>"]
            .map(|xml| Body::read(xml.as_bytes()).unwrap());
        let known = Known {
            request_id: None,
            institution: "",
            brought: &|_| false,
        };
        let made = template(&[&bodies[0], &bodies[1]], &known).unwrap();
        assert_eq!(made, "<a><c>{{ c }}</c><d/></a>\n");
    }
}
