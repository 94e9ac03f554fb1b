//! What a program writes: its beginning and its end are kept, whatever it is that floods, and all of it is looked
//! through.

use std::collections::VecDeque;

use encoding_rs::Encoding;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::{
    encoding::{self, Reading},
    sentinel,
    text::hex,
};

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
    encoding: Option<&'static Encoding>,
    head: Vec<u8>,
    /// What came when the beginning was full; none until then.
    rest: Option<Rest>,
    total: u64,
}

/// What came after the beginning.
#[derive(Clone, Debug)]
struct Rest {
    /// Where the line begins in the beginning in the midst of which that was full: up to there it can be kept.
    from: usize,
    tail: VecDeque<u8>,
    hash: Sha256,
    /// The line that has not ended yet.
    line: Vec<u8>,
    number: bool,
}

/// What is not kept as a text, so that a difference in it shows all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: String,
}

impl Output {
    /// Of a program that writes in this encoding; UTF-8 where there is none.
    pub fn in_encoding(encoding: Option<&'static Encoding>) -> Self {
        Self {
            encoding,
            ..Self::default()
        }
    }

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
        if let Some(rest) = &mut self.rest {
            rest.look(self.encoding);
        }
    }

    /// Takes in what came.
    pub fn take(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        let (head, bytes) = bytes.split_at(room);
        self.head.extend_from_slice(head);
        if !bytes.is_empty() {
            let rest = self.rest.get_or_insert_with(|| Rest::after(&self.head));
            rest.take(bytes, self.encoding);
        }
    }

    /// How many bytes came.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many bytes are not kept.
    pub fn left_out(&self) -> u64 {
        let Some((head, tail)) = self.parts() else {
            return 0;
        };
        self.total - (head.len() + tail.len()) as u64
    }

    /// The beginning up to the end of a line and the end from the begin of one, where not all is kept.
    fn parts(&self) -> Option<(&[u8], Vec<u8>)> {
        let rest = self.rest.as_ref()?;
        if self.total == (self.head.len() + rest.tail.len()) as u64 {
            return None;
        }
        let tail: Vec<u8> = rest.tail.iter().copied().collect();
        let line = tail.iter().take(LINE).position(|byte| *byte == b'\n');
        let begins = line.map_or_else(
            || tail.iter().position(begins_character),
            |line| Some(line + 1),
        );
        let tail = tail.get(begins.unwrap_or(0)..);
        let head = self.head.get(..rest.from).unwrap_or_default();
        Some((head, tail.unwrap_or_default().to_vec()))
    }

    /// What is not in the text; none where all is.
    pub fn beyond(&self) -> Option<Beyond> {
        let (head, _) = self.parts()?;
        let rest = self.rest.as_ref()?;
        Some(Beyond {
            bytes: self.total - head.len() as u64,
            sha256: hex(&rest.hash.clone().finalize()),
        })
    }

    /// Whether an individual number stands in what is not kept from the beginning.
    pub fn number(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| rest.number)
    }

    /// What is kept, with a line that says how much is not.
    pub fn kept(&self) -> Vec<u8> {
        match self.parts() {
            Some((head, tail)) => {
                let mark = format!("\n[{} bytes left out]\n", self.left_out());
                [head, mark.as_bytes(), &tail].concat()
            }
            None => self.whole(),
        }
    }

    fn whole(&self) -> Vec<u8> {
        let rest = self.rest.iter().flat_map(|rest| &rest.tail);
        self.head.iter().chain(rest).copied().collect()
    }

    /// What is kept from the beginning, as a text; whether that is all is `beyond`'s to say.
    pub fn text(&self) -> Reading {
        match self.parts() {
            Some((head, _)) => encoding::read(head, self.encoding),
            None => encoding::read(&self.whole(), self.encoding),
        }
    }

    /// All that is kept, as a text.
    pub fn kept_text(&self) -> String {
        encoding::read(&self.kept(), self.encoding).text
    }

    /// The last lines of what came since there was so much.
    pub fn last_lines_since(&self, total: u64, count: usize) -> String {
        let kept = self.kept();
        let new = usize::try_from(self.total.saturating_sub(total)).unwrap_or(usize::MAX);
        let new = kept
            .get(kept.len().saturating_sub(new)..)
            .unwrap_or_default();
        let text = encoding::shown(&encoding::read(new, self.encoding).text);
        let lines: Vec<&str> = text.trim_end().lines().collect();
        let skip = lines.len().saturating_sub(count);
        lines.get(skip..).unwrap_or_default().join("\n")
    }
}

impl Rest {
    fn after(head: &[u8]) -> Self {
        let line = head.iter().rposition(|byte| *byte == b'\n');
        let line = line.map_or(0, |at| at + 1);
        let earliest = head.len().saturating_sub(LINE);
        let from = if line >= earliest && line > 0 {
            line
        } else {
            // In the midst of a line without end nothing better is known than where a character begins.
            head.iter()
                .rposition(begins_character)
                .unwrap_or(head.len())
        };
        let rest = head.get(from..).unwrap_or_default();
        Self {
            from,
            tail: VecDeque::new(),
            hash: Sha256::new_with_prefix(rest),
            // The line in the midst of which keeping ended goes on in what follows.
            line: head.get(line.max(earliest)..).unwrap_or_default().to_vec(),
            number: false,
        }
    }

    fn take(&mut self, bytes: &[u8], encoding: Option<&'static Encoding>) {
        self.hash.update(bytes);
        self.tail.extend(bytes);
        let over = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..over);
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.look(encoding);
            } else if self.line.len() > 2 * LINE {
                // Whatever the place cuts is looked at once more with what follows.
                let last = self.line.split_off(self.line.len() - CUT);
                self.line.extend_from_slice(&last);
                self.look(encoding);
                self.line = last;
            }
        }
    }

    /// Looks through a line that is not kept.
    fn look(&mut self, encoding: Option<&'static Encoding>) {
        let line = std::mem::take(&mut self.line);
        self.number |= sentinel::found(&String::from_utf8_lossy(&line))
            || encoding.is_some() && sentinel::found(&encoding::read(&line, encoding).text);
    }
}

/// Whether a character of UTF-8 begins there.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "it is asked of places in bytes"
)]
fn begins_character(byte: &u8) -> bool {
    byte & 0xc0 != 0x80
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
        assert!(left_out >= 3_000_008 - (HEAD + TAIL) as u64);
        assert_eq!(
            kept.len() as u64 + left_out - output.total(),
            format!("\n[{left_out} bytes left out]\n").len() as u64
        );
        assert!(
            String::from_utf8(kept)
                .unwrap()
                .contains(&format!("[{left_out} bytes left out]"))
        );
        let text = output.text().text;
        assert!(text.len() < HEAD && text.ends_with("x\n"), "{}", text.len());
        assert_eq!(
            output.beyond().unwrap().bytes,
            3_000_008 - text.len() as u64
        );
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
            output.end();
            assert!(output.number(), "{filled}");
        }
        let mut output = Output::default();
        output.take(number.as_bytes());
        assert!(
            !output.number(),
            "what is kept is looked through by who keeps it"
        );
        assert_eq!(output.text().text, number);
    }

    #[test]
    fn a_difference_in_what_is_not_kept_shows() {
        let beyond = |head: &str, end: &str| {
            let mut output = Output::default();
            output.take(head.as_bytes());
            for _ in 0..1700 {
                output.take(&[b"x".repeat(999), b"\n".to_vec()].concat());
            }
            output.take(end.as_bytes());
            output.beyond().unwrap()
        };
        let good = beyond("at 9\n", "result=OK\n");
        assert_ne!(good, beyond("at 9\n", "result=NG\n"));
        // What is longer by some characters at its beginning is cut before the same line.
        assert_eq!(good, beyond("at 10\n", "result=OK\n"));
        let mut output = Output::default();
        output.take(&vec![b'x'; HEAD + TAIL]);
        assert_eq!(output.beyond(), None);
    }

    #[test]
    fn no_character_is_cut_in_its_midst() {
        for before in 0..3 {
            let mut output = Output::default();
            output.take(&vec![b'x'; before]);
            output.take("髙".repeat(HEAD).as_bytes());
            assert!(output.left_out() > 0);
            let reading = output.text();
            assert_eq!(reading.foreign, None);
            assert!(reading.text.ends_with('髙'));
        }
    }
}
