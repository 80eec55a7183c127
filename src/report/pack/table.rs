//! CSV tables that a spreadsheet shows and never executes.

use std::fmt::Write as _;

/// Writes RFC 4180 rows, one at a time.
#[derive(Debug, Clone, Default)]
pub struct Table {
    text: String,
}

impl Table {
    /// A table with its heading row.
    pub fn new<S: AsRef<str>>(heading: impl IntoIterator<Item = S>) -> Self {
        let mut table = Self::default();
        table.row(heading);
        table
    }

    /// Adds a row.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            write_cell(&mut self.text, cell.as_ref());
        }
        self.text.push_str("\r\n");
    }

    /// The finished text.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// A spreadsheet takes a cell that begins so as a formula; an apostrophe before it makes it words again.
fn starts_a_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠'])
}

fn write_cell(text: &mut String, cell: &str) {
    let guard = if starts_a_formula(cell) { "'" } else { "" };
    if cell.contains([',', '"', '\r', '\n']) {
        let quoted = cell.replace('"', "\"\"");
        // writing to a string cannot fail
        write!(text, "\"{guard}{quoted}\"").unwrap_or_default();
    } else {
        text.push_str(guard);
        text.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_cannot_start_a_formula() {
        let mut table = Table::new(["a", "b"]);
        table.row(["=HYPERLINK(\"http://x\",1)", "-1+2"]);
        table.row(["\tx", "plain, with \"quotes\""]);

        let text = table.into_text();

        assert_eq!(
            text,
            "a,b\r\n\"'=HYPERLINK(\"\"http://x\"\",1)\",'-1+2\r\n'\tx,\"plain, with \"\"quotes\"\"\"\r\n"
        );
    }
}
