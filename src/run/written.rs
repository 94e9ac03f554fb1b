//! What a program wrote, as it is kept and shown: the first and the last lines of each of its outputs, since the ones tell
//! what it did and the others why it ended.

use crate::{
    encoding::{self, Foreign, Reading},
    event::{Kept, Written},
    expect::named,
    sentinel::{self, Looked},
    snapshot::LEFT_OUT,
    system::{Beyond, Output},
    text::{Text, counted},
};

/// How many lines are shown from the beginning, and from the end, where not all are.
const FIRST: usize = 10;
const LAST: usize = 20;
/// The most characters of a line that an event carries.
const WIDE: usize = 1_000;

/// Keeps an output by what is given for that; tells whether an individual number stands in it.
pub(super) fn written(output: &Output, keep: impl FnOnce(&Looked) -> Kept) -> (Written, bool) {
    let text = output.kept_text();
    let looked = sentinel::look_read(&output.kept(), &text);
    let number = looked.found || output.number();
    let mut kept = keep(&looked);
    let (mut last, mut between) = (String::new(), 0);
    // Where no bodies are kept, nothing of them is shown.
    if !kept.shown.is_empty() {
        (kept.shown, last, between) = glance(&readable(&looked, &text));
    }
    let written = Written {
        kept,
        last,
        between,
        left_out: output.left_out(),
    };
    (written, number)
}

/// What was kept as people can read it; `text` is as what it was read.
pub(super) fn readable(looked: &Looked, text: &str) -> String {
    if looked.found {
        String::from_utf8_lossy(&looked.kept).into_owned()
    } else {
        encoding::shown(text)
    }
}

/// The head of a snapshot: how it went, as what it could not be read, and what is not in it.
pub(super) fn head(how: &str, reading: &Reading, beyond: Option<&Beyond>) -> String {
    let foreign = reading.foreign.map(Foreign::line).unwrap_or_default();
    let beyond = beyond.map(|Beyond { bytes, sha256 }| {
        format!("{LEFT_OUT}{bytes} bytes at the end, SHA-256 {sha256}\n")
    });
    format!("{how}\n{foreign}{}", beyond.unwrap_or_default())
}

/// What whoever looks at an output must know of it.
pub(super) fn odd(what: &str, output: &Output) -> Vec<Text> {
    let foreign = output.text().foreign.map(|foreign| foreign.text(what));
    let beyond = output.beyond().map(|Beyond { bytes, .. }| {
        let total = output.total();
        Text::new(
            format!(
                "{}は{total}バイトあります。後ろの{bytes}バイトは、長さとハッシュ値（SHA-256）だけを比較します。実施のたびに変わる場合は、出力を減らすか、no_snapshot を指定してください",
                named(what)
            ),
            format!(
                "{what} has {}; of the last {} only length and SHA-256 are compared; where they change with each run, let it write less, or say no_snapshot",
                counted(total, "byte"),
                counted(bytes, "byte")
            ),
        )
    });
    foreign.into_iter().chain(beyond).collect()
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
