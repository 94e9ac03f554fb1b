//! A writer that masks what goes through it, line by line: the one through which everything goes that is shown.

use std::io::{self, Write};

use crate::sentinel::mask;

/// Masks each line before it is written.
#[derive(Debug)]
pub struct Guard<W: Write> {
    inner: W,
    line: Vec<u8>,
}

impl<W: Write> Guard<W> {
    /// Nothing is written yet.
    pub fn new(inner: W) -> Self {
        Self {
            inner,
            line: Vec::new(),
        }
    }
}

impl<W: Write> Write for Guard<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.inner
                    .write_all(mask(&String::from_utf8_lossy(&line)).as_bytes())?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        self.inner
            .write_all(mask(&String::from_utf8_lossy(&line)).as_bytes())?;
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
        let mut out = Vec::new();
        {
            let mut guard = Guard::new(&mut out);
            for c in number.chars() {
                write!(guard, "{c}").unwrap();
            }
            writeln!(guard, " is one").unwrap();
            write!(guard, "{number}").unwrap();
        }
        let out = String::from_utf8(out).unwrap();
        assert!(!out.contains(&number));
        assert_eq!(out.matches(super::super::MASK).count(), 2);
    }
}
