//! Messages of one skeleton: the same names in the same order and depth, however often an element follows itself. Each
//! place of a value in it is a slot.

use crate::xml::{Element, Name};

/// A place of a value, over all messages of one skeleton.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    pub(super) name: &'a Name,
    /// The values with their nodes: one for each message, or more in a list.
    pub(super) values: Vec<(usize, &'a str)>,
    /// Whether it is in an element that follows itself in some message.
    pub(super) listed: bool,
}

/// What messages of one skeleton have in common.
pub(super) fn skeleton(element: &Element) -> String {
    let name = |name: &Name| {
        let namespace = name.namespace.as_deref().unwrap_or_default();
        format!("{{{namespace}}}{}", name.local)
    };
    let attributes: Vec<String> = element
        .attributes
        .iter()
        .map(|attribute| name(&attribute.name))
        .collect();
    let attributes = attributes.join(" ");
    let mut children: Vec<String> = element.children.iter().map(skeleton).collect();
    children.dedup();
    format!(
        "<{} {attributes}>{}</>",
        name(&element.name),
        children.concat()
    )
}

/// The children of an element, those together that follow themselves.
pub(super) fn runs(element: &Element) -> Vec<&[Element]> {
    let same = |left: &Element, right: &Element| skeleton(left) == skeleton(right);
    element.children.chunk_by(same).collect()
}

/// For each run of children of the first element: those of all elements, and whether it is longer than one in any.
pub(super) fn groups<'a>(elements: &[&'a Element]) -> Vec<(Vec<&'a Element>, bool)> {
    let all: Vec<Vec<&[Element]>> = elements.iter().map(|element| runs(element)).collect();
    let count = all.first().map_or(0, Vec::len);
    let group = |at: usize| {
        let runs = all.iter().filter_map(|runs| runs.get(at).copied());
        let long = runs.clone().any(|run| run.len() > 1);
        (runs.flatten().collect(), long)
    };
    (0..count).map(group).collect()
}

/// The slots of messages of one skeleton, in the order of the document.
pub(super) fn slots<'a>(trees: &[&'a Element]) -> Vec<Slot<'a>> {
    let mut found = Vec::new();
    gather(trees, false, &mut found);
    found
}

fn gather<'a>(elements: &[&'a Element], listed: bool, found: &mut Vec<Slot<'a>>) {
    let Some(first) = elements.first() else {
        return;
    };
    for (at, attribute) in first.attributes.iter().enumerate() {
        let all = elements
            .iter()
            .filter_map(|element| element.attributes.get(at));
        found.push(Slot {
            name: &attribute.name,
            values: all
                .map(|there| (there.node, there.value.as_str()))
                .collect(),
            listed,
        });
    }
    if first.is_leaf() {
        let all = elements.iter();
        found.push(Slot {
            name: &first.name,
            values: all
                .map(|element| (element.node, element.text.as_str()))
                .collect(),
            listed,
        });
    }
    for (group, long) in groups(elements) {
        gather(&group, listed || long, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Document;

    #[test]
    fn what_follows_itself_is_one_slot() {
        let trees = [
            "<a><b x='1'><c>1</c><c>2</c></b><b x='2'><c>3</c></b><d/></a>",
            "<a><b x='3'><c>4</c></b><d>5</d></a>",
        ]
        .map(|xml| Document::parse(xml.as_bytes()).unwrap().tree().unwrap());
        assert_eq!(skeleton(&trees[0]), skeleton(&trees[1]));
        let slots = slots(&[&trees[0], &trees[1]]);
        let seen: Vec<(&str, Vec<&str>, bool)> = slots
            .iter()
            .map(|slot| {
                let values = slot.values.iter().map(|(_, value)| *value).collect();
                (slot.name.local.as_str(), values, slot.listed)
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("x", vec!["1", "2", "3"], true),
                ("c", vec!["1", "2", "3", "4"], true),
                ("d", vec!["", "5"], false),
            ]
        );
    }
}
