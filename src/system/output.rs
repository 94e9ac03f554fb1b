//! What a program writes: its beginning and its end are kept, whatever it is that floods, and all of it is looked
//! through.

use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::sentinel;

/// How much is kept from the beginning, in bytes.
const HEAD: usize = 1 << 20;
/// How much is kept from the end, in bytes.
const TAIL: usize = 64 << 10;
/// How long a part of a line is looked through at once, in bytes, about.
const LINE: usize = 32 << 10;
/// How much of such a part is looked at again with the next.
const CUT: usize = 256;

/// What one stream of a program brought.
#[derive(Clone, Debug, Default)]
pub struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
    /// The line that has not ended yet, where more has come than is kept.
    line: Vec<u8>,
    number: bool,
}

impl Output {
    /// Reads a stream to its end.
    pub async fn read(&mut self, mut from: impl AsyncRead + Unpin) {
        let mut bytes = vec![0; 16 << 10];
        // A stream that breaks has ended.
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            self.take(bytes.get(..count).unwrap_or_default());
        }
        self.end();
    }

    /// Nothing more comes.
    pub fn end(&mut self) {
        self.look();
    }

    /// Takes in what came.
    pub fn take(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        let (head, rest) = bytes.split_at(room);
        self.head.extend_from_slice(head);
        if rest.is_empty() {
            return;
        }
        if self.tail.is_empty() {
            // The line in the midst of which keeping ended goes on in what follows.
            let begun = self.head.iter().rposition(|byte| *byte == b'\n');
            let begun = begun
                .map_or(0, |at| at + 1)
                .max(self.head.len().saturating_sub(LINE));
            self.line = self.head.get(begun..).unwrap_or_default().to_vec();
        }
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..over);
        for part in rest.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.look();
            } else if self.line.len() > 2 * LINE {
                // Whatever the place cuts is looked at once more with what follows.
                let last = self.line.split_off(self.line.len() - CUT);
                self.line.extend_from_slice(&last);
                self.look();
                self.line = last;
            }
        }
    }

    /// Looks through a line that is not kept.
    fn look(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.number |= sentinel::found(&String::from_utf8_lossy(&line));
    }

    /// How many bytes came.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many bytes are not kept.
    pub fn left_out(&self) -> u64 {
        self.total - self.head.len() as u64 - self.tail.len() as u64
    }

    /// Whether an individual number stands in what is not kept from the beginning.
    pub fn number(&self) -> bool {
        self.number
    }

    /// What is kept, with a line that says how much is not.
    pub fn kept(&self) -> Vec<u8> {
        let mut kept = self.head.clone();
        if self.left_out() > 0 {
            kept.extend(format!("\n[{} bytes left out]\n", self.left_out()).into_bytes());
        }
        kept.extend(&self.tail);
        kept
    }

    /// What is kept from the beginning, as a text with line feeds alone; whether that is all is `left_out`'s to say.
    pub fn text(&self) -> String {
        let mut whole = self.head.clone();
        if self.left_out() == 0 {
            whole.extend(&self.tail);
        }
        String::from_utf8_lossy(&whole).replace("\r\n", "\n")
    }

    /// The last lines of what came since there was so much.
    pub fn last_lines_since(&self, total: u64, count: usize) -> String {
        let kept = self.kept();
        let new = usize::try_from(self.total.saturating_sub(total)).unwrap_or(usize::MAX);
        let new = kept
            .get(kept.len().saturating_sub(new)..)
            .unwrap_or_default();
        let text = String::from_utf8_lossy(new);
        let lines: Vec<&str> = text.trim_end().lines().collect();
        let skip = lines.len().saturating_sub(count);
        lines.get(skip..).unwrap_or_default().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_only_its_beginning_and_end_are_kept() {
        let mut output = Output::default();
        let line = [b"x".repeat(999), b"\n".to_vec()].concat();
        for _ in 0..3000 {
            output.take(&line);
        }
        output.take(b"the end\n");
        assert_eq!(output.total(), 3_000_008);
        let kept = output.kept();
        assert!(kept.len() < HEAD + TAIL + 100, "{}", kept.len());
        assert_eq!(output.last_lines_since(0, 1), "the end");
        assert_eq!(output.last_lines_since(3_000_004, 5), "end");
        assert_eq!(output.last_lines_since(3_000_008, 5), "");
        let left_out = output.left_out();
        assert_eq!(left_out, 3_000_008 - (HEAD + TAIL) as u64);
        assert!(
            String::from_utf8(kept)
                .unwrap()
                .contains(&format!("[{left_out} bytes left out]"))
        );
        assert_eq!(output.text().len(), HEAD);
        assert!(!output.number());
    }

    #[test]
    fn a_number_is_found_in_what_is_not_kept_too() {
        let number = sentinel::specimen();
        let (front, back) = number.split_at(5);
        for filled in [HEAD, HEAD - 5, HEAD + 10_000] {
            let mut output = Output::default();
            output.take(&vec![b' '; filled]);
            output.take(front.as_bytes());
            output.take(back.as_bytes());
            output.take(&b" \n".repeat(50_000));
            output.look();
            assert!(output.number(), "{filled}");
        }
        let mut output = Output::default();
        output.take(number.as_bytes());
        assert!(
            !output.number(),
            "what is kept is looked through by who keeps it"
        );
        assert_eq!(output.text(), number);
    }
}
