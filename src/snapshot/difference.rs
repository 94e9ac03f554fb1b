//! How two snapshots differ, for people: each change with the path of the element in which it stands, capped.

use similar::{ChangeTag, DiffOp, TextDiff};

/// How much of a difference is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    lines: usize,
    wide: usize,
}

impl Cap {
    /// What can be taken in at a glance: so many lines, and so many characters of each.
    pub const GLANCE: Self = Self {
        lines: 40,
        wide: 300,
    };
    /// All of it.
    pub const NONE: Self = Self {
        lines: usize::MAX,
        wide: usize::MAX,
    };
}

/// What differs; none where nothing does.
pub fn difference(accepted: &str, found: &str, cap: Cap) -> Option<String> {
    if accepted == found {
        return None;
    }
    let diff = TextDiff::from_lines(accepted, found);
    let (old, new): (Vec<&str>, Vec<&str>) = (accepted.lines().collect(), found.lines().collect());
    let mut lines: Vec<String> = Vec::new();
    for group in diff.grouped_ops(2) {
        if let Some(place) = group
            .iter()
            .find_map(|operation| place(operation, &old, &new))
        {
            lines.push(format!("@ {place}"));
        }
        for change in group
            .iter()
            .flat_map(|operation| diff.iter_changes(operation))
        {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let line = change.value().trim_end_matches('\n');
            let shown: String = line.chars().take(cap.wide).collect();
            let more = if shown.len() < line.len() { "…" } else { "" };
            lines.push(format!("{sign} {shown}{more}"));
        }
    }
    if lines.is_empty() {
        // Only the line ends differ, or the end of the last line.
        lines.push(format!("- {:?}", last(accepted)));
        lines.push(format!("+ {:?}", last(found)));
    }
    let more = lines.len().saturating_sub(cap.lines);
    lines.truncate(cap.lines);
    if more > 0 {
        lines.push(format!("… (+{more})"));
    }
    Some(lines.join("\n"))
}

fn last(text: &str) -> &str {
    text.split_inclusive('\n').next_back().unwrap_or_default()
}

/// The path of the elements around a change, by the indentation of the canonical text.
fn place(operation: &DiffOp, old: &[&str], new: &[&str]) -> Option<String> {
    let (lines, at) = match operation {
        DiffOp::Equal { .. } => return None,
        DiffOp::Delete { old_index, .. } => (old, *old_index),
        DiffOp::Insert { new_index, .. } | DiffOp::Replace { new_index, .. } => (new, *new_index),
    };
    let mut depth = indent(lines.get(at)?);
    let mut path: Vec<String> = Vec::new();
    let above = lines.get(..at).unwrap_or_default();
    for (number, line) in above.iter().enumerate().rev() {
        if indent(line) < depth
            && let Some(name) = opened(line)
        {
            depth = indent(line);
            path.push(numbered(name, number, depth, lines));
        }
    }
    path.reverse();
    (!path.is_empty()).then(|| path.join("/"))
}

/// The element's name, with its number where it has neighbours of the same name.
fn numbered(name: &str, at: usize, depth: usize, lines: &[&str]) -> String {
    let same = |line: &&&str| indent(line) == depth && opened(line) == Some(name);
    let inside = |line: &&&str| indent(line) >= depth;
    let above = lines.get(..at).unwrap_or_default();
    let below = lines.get(at + 1..).unwrap_or_default();
    let before = above.iter().rev().take_while(inside).filter(same).count();
    let after = below.iter().take_while(inside).filter(same).count();
    if before + after == 0 {
        name.to_owned()
    } else {
        format!("{name}[{}]", before + 1)
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The name of the element that a line opens.
fn opened(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(' ').strip_prefix('<')?;
    let name = rest.split([' ', '>', '/']).next()?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_shown_and_capped() {
        let glance = |accepted: &str, found: &str| difference(accepted, found, Cap::GLANCE);
        assert_eq!(glance("a\n", "a\n"), None);
        assert_eq!(glance("a\nb\n", "a\nc\n").unwrap(), "  a\n- b\n+ c");
        let long = "line\n".repeat(500);
        let lines = |text: &str| text.lines().count();
        assert_eq!(lines(&glance("", &long).unwrap()), Cap::GLANCE.lines + 1);
        assert_eq!(lines(&difference("", &long, Cap::NONE).unwrap()), 500);
        let wide = "x".repeat(5000);
        assert!(glance("", &wide).unwrap().len() < 1000);
        assert!(difference("", &wide, Cap::NONE).unwrap().len() > 5000);
        assert!(glance("a\n", "a").is_some());
    }

    #[test]
    fn a_change_is_shown_with_the_path_of_its_element() {
        let document = |count: u32| {
            format!(
                "200 text/xml\n\n<s:Envelope>\n  <s:Body>\n    <n:Master>\n      <n:Kind>a</n:Kind>\n    </n:Master>\n    <n:Master>\n      <n:Kind>b</n:Kind>\n      <n:Version>1</n:Version>\n      <n:Name>c</n:Name>\n      <n:Count>{count}</n:Count>\n    </n:Master>\n  </s:Body>\n</s:Envelope>\n"
            )
        };
        let shown = difference(&document(7), &document(8), Cap::GLANCE).unwrap();
        assert!(
            shown.starts_with("@ s:Envelope/s:Body/n:Master[2]\n"),
            "{shown}"
        );
        assert!(shown.contains("-       <n:Count>7</n:Count>\n+       <n:Count>8</n:Count>"));
    }
}
