//! The places of an answer that can be spoilt. It reads what the mock itself has written, and nothing else: no CDATA,
//! no comments, no attributes but those of the envelope, a prefix at every element of the contract.

use std::ops::Range;

/// An element that has text and no children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf<'a> {
    /// Its name without the prefix.
    pub(super) name: &'a str,
    /// Where its text stands.
    pub(super) text: Range<usize>,
    /// Where the whole element stands.
    pub(super) whole: Range<usize>,
}

/// The leaves, in the order of the document.
pub(super) fn leaves(xml: &str) -> Vec<Leaf<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, &str, usize)> = None;
    let mut at = 0;
    while let Some(start) = xml
        .get(at..)
        .and_then(|rest| rest.find('<'))
        .map(|i| at + i)
    {
        let Some(end) = xml
            .get(start..)
            .and_then(|rest| rest.find('>'))
            .map(|i| start + i)
        else {
            break;
        };
        let tag = xml.get(start + 1..end).unwrap_or("");
        if let Some(name) = tag.strip_prefix('/') {
            if let Some((begin, opened, text)) = open.take()
                && opened == name
            {
                found.push(Leaf {
                    name: local(name),
                    text: text..start,
                    whole: begin..end + 1,
                });
            }
        } else if tag.ends_with('/') || tag.starts_with(['?', '!']) {
            open = None;
        } else {
            let name = tag.split_ascii_whitespace().next().unwrap_or("");
            open = Some((start, name, end + 1));
        }
        at = end + 1;
    }
    found
}

/// Where the payload of the SOAP body ends: before the closing tag of the body's only child.
pub(super) fn end_of_payload(xml: &str) -> Option<usize> {
    xml.rfind("</s:Body>")
        .and_then(|body| xml.get(..body)?.rfind("</"))
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_found_with_their_text_and_their_place() {
        let xml = "<?xml version=\"1.0\"?><s:E xmlns:s=\"x\"><s:Body><n:R><n:A>1</n:A><n:B/><n:C><n:D>&amp;2</n:D></n:C></n:R></s:Body></s:E>";
        let found: Vec<_> = leaves(xml)
            .into_iter()
            .map(|leaf| (leaf.name, &xml[leaf.text], &xml[leaf.whole]))
            .collect();
        assert_eq!(
            found,
            [
                ("A", "1", "<n:A>1</n:A>"),
                ("D", "&amp;2", "<n:D>&amp;2</n:D>")
            ]
        );
        assert!(xml[end_of_payload(xml).unwrap()..].starts_with("</n:R>"));
    }
}
