//! What a program wrote, as it is kept and shown: the first and the last lines of each of its outputs, since the ones tell
//! what it did and the others why it ended.

use crate::{
    event::{Kept, Written},
    sentinel::{self, Looked},
    system::Output,
};

/// How many lines are shown from the beginning, and from the end, where not all are.
const FIRST: usize = 10;
const LAST: usize = 20;
/// The most characters of a line that an event carries.
const WIDE: usize = 1_000;

/// Keeps an output by what is given for that; tells whether an individual number stands in it.
pub(super) fn written(output: &Output, keep: impl FnOnce(&Looked) -> Kept) -> (Written, bool) {
    let looked = sentinel::look(&output.kept(), None, &[]);
    let number = looked.found || output.number();
    let mut kept = keep(&looked);
    let (mut last, mut between) = (String::new(), 0);
    // Where no bodies are kept, nothing of them is shown.
    if !kept.shown.is_empty() {
        (kept.shown, last, between) = glance(&String::from_utf8_lossy(&looked.kept));
    }
    let written = Written {
        kept,
        last,
        between,
        left_out: output.left_out(),
    };
    (written, number)
}

/// The first lines, the last ones where these are not all, and how many stand between.
fn glance(text: &str) -> (String, String, usize) {
    let lines: Vec<&str> = text.lines().collect();
    let shown = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| narrow(line)).collect();
        lines.join("\n")
    };
    match lines.len().checked_sub(FIRST + LAST) {
        None | Some(0) => (shown(&lines), String::new(), 0),
        Some(between) => {
            let (first, rest) = lines.split_at(FIRST);
            let (_, last) = rest.split_at(between);
            (shown(first), shown(last), between)
        }
    }
}

fn narrow(line: &str) -> String {
    match line.char_indices().nth(WIDE) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_lines_are_shown_with_how_many_stand_between() {
        let text = |count: usize| {
            let lines: Vec<String> = (1..=count).map(|number| number.to_string()).collect();
            lines.join("\n")
        };
        assert_eq!(glance(&text(30)), (text(30), String::new(), 0));
        let (first, last, between) = glance(&text(1_000));
        assert_eq!(first, text(10));
        assert!(last.starts_with("981\n") && last.ends_with("\n1000"));
        assert_eq!(between, 970);
        assert_eq!(glance(&"髙".repeat(2_000)).0.chars().count(), WIDE + 1);
    }
}
