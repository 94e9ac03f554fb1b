//! An answer that is too large for memory, on its way to the run folder as it comes: individual numbers in its text are
//! masked part by part, and what is kept is hashed and counted.

use sha2::{Digest as _, Sha256};

use crate::{event::Kept, run::Sink, sentinel, text::hex};

/// How much is held back at most, until a place comes where no number can go on.
const HELD: usize = 64 << 10;

/// A file that grows.
pub(crate) struct Spill<'a> {
    sink: Option<&'a dyn Sink>,
    file: String,
    held: Vec<u8>,
    hash: Sha256,
    bytes: usize,
    found: bool,
}

impl<'a> Spill<'a> {
    /// Nothing is kept without a sink, but counted and hashed all the same.
    pub(crate) fn new(sink: Option<&'a dyn Sink>, file: String) -> Self {
        Self {
            sink,
            file,
            held: Vec::new(),
            hash: Sha256::new(),
            bytes: 0,
            found: false,
        }
    }

    pub(crate) fn take(&mut self, bytes: &[u8]) {
        // What comes first is all that was in memory until then.
        for part in bytes.chunks(HELD) {
            self.held.extend_from_slice(part);
            if self.held.len() >= HELD {
                let at = safe(&self.held);
                self.write(at);
            }
        }
    }

    /// What is kept; none where nothing came.
    pub(crate) fn end(mut self) -> Option<(Kept, bool)> {
        self.write(self.held.len());
        if self.bytes == 0 {
            return None;
        }
        let file = match self.sink {
            Some(_) => self.file,
            None => String::new(),
        };
        let kept = Kept {
            file,
            sha256: hex(&self.hash.finalize()),
            bytes: self.bytes,
            masked: self.found,
            shown: String::new(),
        };
        Some((kept, self.found))
    }

    fn write(&mut self, upto: usize) {
        let rest = self.held.split_off(upto.min(self.held.len()));
        let part = std::mem::replace(&mut self.held, rest);
        if part.is_empty() {
            return;
        }
        let part = match String::from_utf8(part) {
            Ok(text) if sentinel::found(&text) => {
                self.found = true;
                sentinel::mask(&text).into_bytes()
            }
            Ok(text) => text.into_bytes(),
            Err(error) => {
                let text = String::from_utf8_lossy(error.as_bytes());
                if sentinel::found(&text) {
                    self.found = true;
                    sentinel::mask(&text).into_bytes()
                } else {
                    error.into_bytes()
                }
            }
        };
        self.hash.update(&part);
        self.bytes += part.len();
        if let Some(sink) = self.sink {
            sink.append(&self.file, &part);
        }
    }
}

/// The last place at which no number can go on, and no character either; the end where there is none.
fn safe(bytes: &[u8]) -> usize {
    let parts =
        |byte: &u8| byte.is_ascii() && !byte.is_ascii_digit() && !matches!(byte, b'-' | b' ');
    bytes
        .iter()
        .rposition(parts)
        .map_or(bytes.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Memory(Mutex<Vec<u8>>);

    impl Sink for Memory {
        fn keep(&self, _file: &str, _bytes: &[u8]) {}
        fn append(&self, _file: &str, bytes: &[u8]) {
            self.0.lock().unwrap().extend_from_slice(bytes);
        }
        fn event(&self, _event: Event) {}
    }

    #[test]
    fn a_number_is_masked_wherever_the_parts_meet_and_nothing_is_held_for_long() {
        let number = sentinel::specimen();
        let text = format!(
            "<a>{}</a><b>{number}</b>{}",
            "x".repeat(HELD),
            "<c/>".repeat(HELD)
        );
        for step in [1, 7, 1000, HELD - 1, text.len()] {
            let memory = Memory::default();
            let mut spill = Spill::new(Some(&memory), "file".to_owned());
            for part in text.as_bytes().chunks(step) {
                spill.take(part);
                assert!(spill.held.len() <= 2 * HELD);
            }
            let (kept, found) = spill.end().unwrap();
            let written = memory.0.into_inner().unwrap();
            assert!(found && kept.masked);
            assert_eq!(kept.bytes, written.len());
            let written = String::from_utf8(written).unwrap();
            assert!(!written.contains(&number));
            assert!(written.contains("[individual number masked]"));
        }
    }

    #[test]
    fn without_a_sink_it_is_counted_alone() {
        let mut spill = Spill::new(None, "file".to_owned());
        spill.take(b"<a/>");
        let (kept, found) = spill.end().unwrap();
        assert_eq!((kept.file.as_str(), kept.bytes, found), ("", 4, false));
        assert!(Spill::new(None, String::new()).end().is_none());
    }
}
