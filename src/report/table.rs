//! Tables on a terminal, aligned with full-width text.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

/// Rows with aligned columns under their heads, numbers to the right and texts to the left; full-width characters count
/// as two.
pub(crate) fn columns(out: &mut dyn Write, rows: &[Vec<String>]) -> io::Result<()> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let widths: Vec<usize> = (0..count)
        .map(|column| cells(column).map(|cell| cell.width()).max().unwrap_or(0))
        .collect();
    let numbers: Vec<bool> = (0..count)
        .map(|column| {
            let number = |cell: &String| cell.chars().all(|c| c.is_ascii_digit() || c == '/');
            column > 0 && cells(column).skip(1).all(number)
        })
        .collect();
    writeln!(out)?;
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let space = " ".repeat(width.saturating_sub(cell.width()));
            let parts = if numbers.get(column) == Some(&true) {
                [&space, cell]
            } else {
                [cell, &space]
            };
            line.push_str(if column == 0 { "" } else { "  " });
            line.extend(parts.map(String::as_str));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_hold_full_width_text() {
        let mut out = Vec::new();
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        columns(
            &mut out,
            &[row(["段階", "合格", "名前"]), row(["a", "1", "x"])],
        )
        .unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\n段階  合格  名前\na        1  x\n"
        );
    }
}
