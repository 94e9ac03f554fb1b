//! A rendered template beside a message: which elements are the same ones.

use std::collections::BTreeMap;

use crate::{
    record::values::marker::{Path, paths},
    xml::Element,
};

/// What became of the elements of a rendered template.
#[derive(Debug, Default)]
pub(super) struct Aligned<'a> {
    /// Element, by node, → the element of the message.
    partners: BTreeMap<usize, &'a Element>,
    /// Texts of leaves and attributes as rendered, and as the message has them.
    pub(super) pairs: Vec<(&'a str, &'a str)>,
    /// For each element and attribute that the message lacks, the markers in it.
    pub(super) lost: Vec<Vec<Path>>,
}

impl<'a> Aligned<'a> {
    pub(super) fn partner(&self, element: &Element) -> Option<&'a Element> {
        self.partners.get(&element.node).copied()
    }

    /// The markers that stand anywhere.
    pub(super) fn shown(&self) -> Vec<Path> {
        let here = self.pairs.iter().flat_map(|(rendered, _)| paths(rendered));
        here.chain(self.lost.iter().flatten().cloned()).collect()
    }
}

/// Puts a rendered template beside a message.
pub(super) fn align<'a>(rendered: &'a Element, message: &'a Element) -> Aligned<'a> {
    let mut aligned = Aligned::default();
    if rendered.name.is(&message.name) {
        both(rendered, message, &mut aligned);
    } else {
        aligned.lost.push(markers(rendered));
    }
    aligned
}

/// The markers in an element.
pub(super) fn markers(element: &Element) -> Vec<Path> {
    let values = element.values().into_iter();
    values.flat_map(|(_, _, value)| paths(value)).collect()
}

fn both<'a>(rendered: &'a Element, message: &'a Element, aligned: &mut Aligned<'a>) {
    aligned.partners.insert(rendered.node, message);
    for attribute in &rendered.attributes {
        let mut there = message.attributes.iter();
        match there.find(|there| there.name.is(&attribute.name)) {
            Some(there) => aligned.pairs.push((&attribute.value, &there.value)),
            None => aligned.lost.push(paths(&attribute.value)),
        }
    }
    if rendered.is_leaf() && message.is_leaf() {
        aligned.pairs.push((&rendered.text, &message.text));
    }
    let mut there = common(&rendered.children, &message.children).into_iter();
    let mut next = there.next();
    for (at, child) in rendered.children.iter().enumerate() {
        match next {
            Some((here, partner)) if here == at => {
                both(child, partner, aligned);
                next = there.next();
            }
            Some(_) | None => aligned.lost.push(markers(child)),
        }
    }
}

/// The longest common sequence of names: positions in the one with the elements of the other.
fn common<'a>(left: &[Element], right: &'a [Element]) -> Vec<(usize, &'a Element)> {
    // What begins alike is the same; mostly that is all.
    let same = left
        .iter()
        .zip(right)
        .take_while(|(left, right)| left.name.is(&right.name));
    let same = same.count();
    let mut found: Vec<(usize, &Element)> = right.iter().take(same).enumerate().collect();
    let (left, right) = (
        left.get(same..).unwrap_or_default(),
        right.get(same..).unwrap_or_default(),
    );
    let width = right.len() + 1;
    let mut longest = vec![0_usize; (left.len() + 1) * width];
    let read = |longest: &[usize], row: usize, column: usize| {
        longest
            .get(row * width + column)
            .copied()
            .unwrap_or_default()
    };
    for (row, here) in left.iter().enumerate().rev() {
        for (column, there) in right.iter().enumerate().rev() {
            let best = if here.name.is(&there.name) {
                read(&longest, row + 1, column + 1) + 1
            } else {
                read(&longest, row + 1, column).max(read(&longest, row, column + 1))
            };
            if let Some(place) = longest.get_mut(row * width + column) {
                *place = best;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    while let (Some(here), Some(there)) = (left.get(row), right.get(column)) {
        if here.name.is(&there.name) {
            found.push((same + row, there));
            (row, column) = (row + 1, column + 1);
        } else if read(&longest, row + 1, column) >= read(&longest, row, column + 1) {
            row += 1;
        } else {
            column += 1;
        }
    }
    found
}
