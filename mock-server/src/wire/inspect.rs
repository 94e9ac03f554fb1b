//! Collects the texts of a message for the rules of the form, with the place of each.

use std::borrow::Cow;

use roxmltree::{Document, Node, NodeType};

use crate::{network::form::Found, wire::reader::text_of};

/// What a message holds that it may not.
pub(super) fn inspect(document: &Document<'_>) -> Found {
    let mut found = Found::default();
    for node in document.descendants() {
        match node.node_type() {
            NodeType::Element => element(node, &mut found),
            // Text is looked at with its element; a comment or an instruction is no content, but is sent all the same.
            NodeType::Comment => {
                found.look_for_numbers(node.text().unwrap_or_default(), || path(node));
            }
            NodeType::PI => {
                let value = node.pi().and_then(|pi| pi.value).unwrap_or_default();
                found.look_for_numbers(value, || path(node));
            }
            NodeType::Root | NodeType::Text => {}
        }
    }
    found
}

fn element(node: Node<'_, '_>, found: &mut Found) {
    for attribute in node.attributes() {
        found.look(attribute.value(), || {
            format!("{}/@{}", path(node), attribute.name())
        });
    }
    found.look(&text_of(node), || path(node));
    let mut first = node.first_element_child();
    while let Some(start) = first {
        let run = || from(start).take_while(|node| node.tag_name() == start.tag_name());
        let after = run().last().and_then(|last| last.next_sibling_element());
        if run().nth(1).is_some() {
            let texts: Vec<Cow<'_, str>> = run().map(|node| text_of(only_leaf(node))).collect();
            found.look_across(&texts, || path(only_leaf(start)));
        }
        first = after;
    }
}

/// An element and its neighbours after it.
fn from<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    std::iter::successors(Some(node), Node::next_sibling_element)
}

/// What an entry holds that holds one thing; else the element itself.
fn only_leaf<'a, 'input>(node: Node<'a, 'input>) -> Node<'a, 'input> {
    let mut children = node.children().filter(Node::is_element);
    match (children.next(), children.next()) {
        (Some(only), None) => only,
        (None | Some(_), _) => node,
    }
}

/// The names from the operation on, such as `/Echo/Text`.
fn path(node: Node<'_, '_>) -> String {
    let mut names: Vec<&str> = node
        .ancestors()
        .filter(Node::is_element)
        .map(|node| node.tag_name().name())
        .filter(|name| !matches!(*name, "Envelope" | "Body"))
        .collect();
    names.reverse();
    format!("/{}", names.join("/"))
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine as _};

    use super::*;

    fn found(body: &str) -> Found {
        inspect(&Document::parse(&format!("<Envelope><Body>{body}</Body></Envelope>")).unwrap())
    }

    #[test]
    fn each_thing_is_found_wherever_it_stands() {
        // A body whose check digit is put on here, so that no number stands in this file.
        let number = format!("{}{}", "12345678901", 8);
        let (left, right) = number.split_at(6);
        let encoded = BASE64_STANDARD.encode(&number);
        let numbers = [
            (format!("<Echo><Text>{encoded}</Text></Echo>"), "/Echo/Text"),
            (format!("<Echo a='{encoded}'/>"), "/Echo/@a"),
            (format!("<Echo><!-- {encoded} --></Echo>"), "/Echo"),
            (format!("<Echo><Text>{number}</Text></Echo>"), "/Echo/Text"),
            (
                format!("<Echo><Text>{left}<!-- -->{right}</Text></Echo>"),
                "/Echo/Text",
            ),
            (
                format!("<Echo><Text><![CDATA[{number}]]></Text></Echo>"),
                "/Echo/Text",
            ),
            (
                format!("<Echo><T>{left}</T><T>{right}</T></Echo>"),
                "/Echo/T",
            ),
            (
                format!("<R><E><A>{left}</A></E><E><A>{right}</A></E></R>"),
                "/R/E/A",
            ),
            (format!("<Echo><!-- {number} --></Echo>"), "/Echo"),
            (format!("<Echo><?x {number}?></Echo>"), "/Echo"),
            (format!("<Echo a='{number}'/>"), "/Echo/@a"),
        ];
        for (body, place) in numbers {
            let found = found(&body);
            assert_eq!(found.individual_number.as_deref(), Some(place), "{place}");
            assert_eq!(found.resident_code, None);
        }
        let code = found("<Echo><Text>3000-0000-011</Text></Echo>");
        assert_eq!(code.resident_code.as_deref(), Some("/Echo/Text"));
        let kana = found("<Echo><Text>ｶﾅ</Text></Echo>");
        assert_eq!(kana.character, Some(("/Echo/Text".to_owned(), 'ｶ')));
        assert_eq!(found("<Echo><Text>字</Text></Echo>"), Found::default());
    }
}
