//! Tables on a terminal, aligned with full-width text.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

/// Rows with aligned columns, the first to the left and the others to the right; full-width characters count as two.
pub(crate) fn columns(out: &mut dyn Write, rows: &[Vec<String>]) -> io::Result<()> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.width())
                .max()
                .unwrap_or(0)
        })
        .collect();
    writeln!(out)?;
    for row in rows {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let space = " ".repeat(width.saturating_sub(cell.width()));
            if column == 0 {
                write!(out, "{cell}{space}")?;
            } else {
                write!(out, "  {space}{cell}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_hold_full_width_text() {
        let mut out = Vec::new();
        let row = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        columns(&mut out, &[row("段階", "合格"), row("a", "1")]).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\n段階  合格\na        1\n"
        );
    }
}
