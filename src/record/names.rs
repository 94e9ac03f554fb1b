//! Names that are made: of values, steps and prefixes.

use crate::xml::{Element, Name, Namespaces};

/// Names that templates and scenarios give a meaning of their own.
const RESERVED: [&str; 22] = [
    "and",
    "block",
    "else",
    "endfor",
    "endif",
    "false",
    "for",
    "if",
    "in",
    "institution",
    "is",
    "loop",
    "macro",
    "none",
    "not",
    "or",
    "people",
    "planted",
    "renkei",
    "request_id",
    "set",
    "true",
];

/// A name in small letters, its words divided by a sign; empty where it has no letter that can stand in one.
fn small(name: &str, joint: char) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| chars.get(before));
        let after = chars.get(at + 1);
        if !c.is_ascii_alphanumeric() {
            if !out.is_empty() && !out.ends_with(joint) {
                out.push(joint);
            }
            continue;
        }
        let begins = c.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase)
            });
        if begins && !out.is_empty() && !out.ends_with(joint) {
            out.push(joint);
        }
        out.push(c.to_ascii_lowercase());
    }
    out.trim_end_matches(joint).to_owned()
}

/// The name of a value, after that of its element.
pub(super) fn of_value(name: &str) -> String {
    let made = small(name, '_');
    if RESERVED.contains(&made.as_str()) {
        format!("{made}_value")
    } else if made.starts_with(|c: char| c.is_ascii_alphabetic()) {
        made
    } else {
        "value".to_owned()
    }
}

/// The id of a step, after that of its operation.
pub(super) fn of_step(operation: &str) -> String {
    let made = small(operation, '-');
    if made.is_empty() {
        "step".to_owned()
    } else {
        made
    }
}

/// The first of a name, and the name with a number, that is free.
pub(super) fn free(name: &str, joint: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_usize..).map(|number| format!("{name}{joint}{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

/// How elements are named in XPath: the prefixes of the profile, and those that it lacks.
#[derive(Clone, Debug)]
pub(super) struct Prefixes {
    /// All.
    pub(super) namespaces: Namespaces,
    /// Those that the profile lacks.
    pub(super) new: Namespaces,
    /// Whether names without a namespace can be used.
    pub(super) bare: bool,
    /// Whether one was used.
    pub(super) used_bare: bool,
}

impl Prefixes {
    pub(super) fn new(namespaces: &Namespaces, bare: bool) -> Self {
        Self {
            namespaces: namespaces.clone(),
            new: Namespaces::new(),
            bare,
            used_bare: false,
        }
    }

    /// Gives each namespace of a tree a prefix.
    pub(super) fn learn(&mut self, tree: &Element) {
        for element in tree.all() {
            self.named(&element.name);
            for attribute in &element.attributes {
                self.named(&attribute.name);
            }
        }
    }

    /// A name with its prefix.
    pub(super) fn xpath(&mut self, name: &Name) -> String {
        let prefix = self.named(name);
        self.used_bare |= prefix.is_none();
        prefix.map_or_else(
            || name.local.clone(),
            |prefix| format!("{prefix}:{}", name.local),
        )
    }

    fn named(&mut self, name: &Name) -> Option<String> {
        let uri = name.namespace.as_ref()?;
        let mut known = self.namespaces.iter();
        if let Some((prefix, _)) = known.find(|(_, known)| *known == uri) {
            return Some(prefix.clone());
        }
        let written = name.prefix.as_deref().unwrap_or("n");
        let simple = written.chars().all(|c| c.is_ascii_alphanumeric());
        let prefix = free(if simple { written } else { "n" }, "", |prefix| {
            self.namespaces.contains_key(prefix)
        });
        self.namespaces.insert(prefix.clone(), uri.clone());
        self.new.insert(prefix.clone(), uri.clone());
        Some(prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_and_never_reserved() {
        let cases = [
            ("AtenaNumber", "atena_number"),
            ("requestID", "request_id_value"),
            ("XMLVersion2", "xml_version2"),
            ("Form-Date.of", "form_date_of"),
            ("宛名番号", "value"),
            ("2nd", "value"),
        ];
        for (name, made) in cases {
            assert_eq!(of_value(name), made);
        }
        assert_eq!(of_step("SubmitInquiry-2"), "submit-inquiry-2");
        assert_eq!(of_step("照会"), "step");
        assert_eq!(free("a", "_", |name| name == "a" || name == "a_2"), "a_3");
    }
}
