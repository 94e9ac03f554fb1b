//! A writer that masks what goes through it, line by line: the one through which everything goes that is shown.

use std::io::{self, Write};

use crate::{
    sentinel::{MASK, WHOLE, mask},
    text::Lang,
};

/// What is shown in Japanese where a number stood; files have [`MASK`] in every language.
const MASK_JA: &str = "［個人番号は伏せています］";
/// The same where a body is left out as a whole.
const WHOLE_JA: &str = "［個人番号があるため、本文全体を伏せています］";

/// Masks each line before it is written.
#[derive(Debug)]
pub struct Guard<W: Write> {
    inner: W,
    lang: Lang,
    line: Vec<u8>,
}

impl<W: Write> Guard<W> {
    /// Nothing is written yet.
    pub fn new(inner: W, lang: Lang) -> Self {
        Self {
            inner,
            lang,
            line: Vec::new(),
        }
    }

    fn end_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let mut shown = mask(&String::from_utf8_lossy(&line));
        if self.lang == Lang::Ja {
            let whole = format!("{MASK}{WHOLE}");
            shown = shown.replace(&whole, WHOLE_JA).replace(MASK, MASK_JA);
        }
        self.inner.write_all(shown.as_bytes())
    }
}

impl<W: Write> Write for Guard<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.end_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.end_line()?;
        self.inner.flush()
    }
}

impl<W: Write> Drop for Guard<W> {
    fn drop(&mut self) {
        // Where the last line cannot be written, nobody is left to be told.
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_masked_in_however_many_pieces_it_is_written() {
        let number = super::super::specimen();
        for (lang, mask) in [(Lang::En, MASK), (Lang::Ja, MASK_JA)] {
            let mut out = Vec::new();
            {
                let mut guard = Guard::new(&mut out, lang);
                for c in number.chars() {
                    write!(guard, "{c}").unwrap();
                }
                writeln!(guard, " is one").unwrap();
                write!(guard, "{number}").unwrap();
            }
            let out = String::from_utf8(out).unwrap();
            assert!(!out.contains(&number));
            assert_eq!(out.matches(mask).count(), 2, "{out}");
        }
    }
}
