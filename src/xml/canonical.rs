//! One text for equal documents: the profile's prefixes, sorted attributes, one element a line, LF.

use std::fmt::Write as _;

use uppsala::{NodeId, QName};

use crate::xml::{Document, Namespaces};

/// A value that stands alone in its place: an element's whole text where it has no elements, or an attribute's value.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'a> {
    /// The node, as [`crate::xml::XPath::nodes`] names it.
    pub node: usize,
    /// The local name.
    pub name: &'a str,
    /// Whether it is an attribute.
    pub attribute: bool,
    /// The value.
    pub value: &'a str,
}

/// What may put a placeholder in the place of a value.
pub(crate) type Replace<'a> = dyn FnMut(Leaf<'_>) -> Option<String> + 'a;

/// The canonical text; `replace` may put placeholders in the places of values.
pub fn canonical(
    document: &Document,
    namespaces: &Namespaces,
    replace: &mut Replace<'_>,
) -> String {
    let mut text = String::new();
    if let Some(root) = document.0.document_element() {
        element(document, root, namespaces, 0, replace, &mut text);
    }
    text
}

fn element(
    document: &Document,
    id: NodeId,
    namespaces: &Namespaces,
    depth: usize,
    replace: &mut Replace<'_>,
    out: &mut String,
) {
    let Some(node) = document.0.element(id) else {
        return;
    };
    let name = name(&node.name, namespaces);
    let indent = "  ".repeat(depth);
    let nodes = document.0.get_attribute_nodes(id);
    let mut attributes: Vec<String> = node
        .attributes
        .iter()
        .enumerate()
        .map(|(at, attribute)| {
            let leaf = Leaf {
                node: nodes.get(at).map_or(usize::MAX, NodeId::index),
                name: &attribute.name.local_name,
                attribute: true,
                value: &attribute.value,
            };
            let value = replace(leaf).unwrap_or_else(|| escape(&attribute.value));
            format!(" {}=\"{value}\"", self::name(&attribute.name, namespaces))
        })
        .collect();
    attributes.sort();
    let attributes = attributes.concat();
    let mut elements = document.0.children(id);
    elements.retain(|child| document.0.element(*child).is_some());
    let text = document.own_text(id);
    // Writing into a String cannot fail.
    if elements.is_empty() {
        let leaf = Leaf {
            node: id.index(),
            name: &node.name.local_name,
            attribute: false,
            value: &text,
        };
        let value = replace(leaf).unwrap_or_else(|| escape(&text));
        let _ = if value.is_empty() {
            writeln!(out, "{indent}<{name}{attributes}/>")
        } else {
            writeln!(out, "{indent}<{name}{attributes}>{value}</{name}>")
        };
        return;
    }
    let _ = writeln!(out, "{indent}<{name}{attributes}>");
    if !text.trim().is_empty() {
        let _ = writeln!(out, "{indent}  {}", escape(text.trim()));
    }
    for child in elements {
        element(document, child, namespaces, depth + 1, replace, out);
    }
    let _ = writeln!(out, "{indent}</{name}>");
}

/// The name with the profile's prefix for its namespace, else with the namespace itself in braces.
fn name(name: &QName<'_>, namespaces: &Namespaces) -> String {
    match &name.namespace_uri {
        None => name.local_name.to_string(),
        Some(uri) => match namespaces
            .iter()
            .find(|(_, declared)| declared.as_str() == uri.as_ref())
        {
            Some((prefix, _)) => format!("{prefix}:{}", name.local_name),
            None => format!("{{{uri}}}{}", name.local_name),
        },
    }
}

/// Escapes what XML needs, and shows what the eye would miss: invisible and combining characters.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if is_hidden(c) => {
                let _ = write!(out, "&#x{:X};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{a0}' | '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}'
            | '\u{2060}'..='\u{206f}' | '\u{3000}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(xml: &str, expected: &str) {
        let namespaces: Namespaces = [("n".to_owned(), "urn:n".to_owned())].into();
        let document = Document::parse(xml.as_bytes()).unwrap();
        assert_eq!(canonical(&document, &namespaces, &mut |_| None), expected);
    }

    #[test]
    fn prefixes_attribute_order_and_white_space_do_not_count() {
        check(
            "<x:a xmlns:x='urn:n' c='2' b='1'><x:d/></x:a>",
            "<n:a b=\"1\" c=\"2\">\n  <n:d/>\n</n:a>\n",
        );
        check(
            "<a xmlns='urn:n' b='1' c='2'>\n <d></d>\n</a>",
            "<n:a b=\"1\" c=\"2\">\n  <n:d/>\n</n:a>\n",
        );
    }

    #[test]
    fn another_namespace_and_hidden_characters_show() {
        check(
            "<a xmlns='urn:m'>か\u{3099}&amp;</a>",
            "<{urn:m}a>か&#x3099;&amp;</{urn:m}a>\n",
        );
    }
}
