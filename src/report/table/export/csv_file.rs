//! Comma-separated values that a spreadsheet does not take for formulas.

use std::io::Write;

use crate::report::table::{Cell, Column, ExportAbout, ExportError, Row};

#[derive(Debug)]
pub(super) struct CsvFile<W: Write> {
    out: csv::Writer<W>,
    columns: Vec<(usize, &'static Column)>,
}

impl<W: Write> CsvFile<W> {
    pub(super) fn begin(
        out: W,
        columns: Vec<(usize, &'static Column)>,
        about: &ExportAbout,
    ) -> Result<Self, ExportError> {
        // the line about the file is one field, the others have as many as there are columns
        let mut out = csv::WriterBuilder::new().flexible(true).from_writer(out);
        out.write_record([format!("# {}", about.line())])?;
        out.write_record(columns.iter().map(|(_, c)| c.key))?;
        Ok(Self { out, columns })
    }

    pub(super) fn row(&mut self, row: &Row) -> Result<(), ExportError> {
        for (place, _) in &self.columns {
            match row.cells.get(*place) {
                Some(cell) => self.out.write_field(field(cell))?,
                None => self.out.write_field("")?,
            }
        }
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    pub(super) fn finish(self) -> Result<W, ExportError> {
        self.out.into_inner().map_err(|e| ExportError::Write(e.into_error()))
    }
}

/// Words that a spreadsheet would compute begin with an apostrophe; figures are ours and stay figures.
fn field(cell: &Cell) -> String {
    match cell {
        Cell::Score(score) => score.to_string(),
        Cell::Number(_) | Cell::Bytes(_) | Cell::Time(_) | Cell::Missing(_) => cell.plain(),
        Cell::Text(_) | Cell::Link { .. } | Cell::Chip { .. } | Cell::Code(_) | Cell::List(_) => {
            harmless(cell.plain())
        }
    }
}

fn harmless(words: String) -> String {
    if words.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{words}") } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_taken_for_a_formula_and_figures_stay_figures() {
        for words in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(field(&Cell::Text(words.to_owned())), format!("'{words}"));
        }
        assert_eq!(field(&Cell::List(vec!["=a".to_owned(), "b".to_owned()])), "'=a; b");
        assert_eq!(field(&Cell::Number(-5)), "-5");
        assert_eq!(field(&Cell::Text("a=b".to_owned())), "a=b");
    }
}
