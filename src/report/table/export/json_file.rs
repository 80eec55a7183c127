//! An array with an object per row, written as it comes.

use std::io::Write;

use serde_json::Value;

use crate::report::table::{Cell, Column, ExportError, Row};

#[derive(Debug)]
pub(super) struct JsonFile<W: Write> {
    out: W,
    columns: Vec<(usize, &'static Column)>,
    rows: u64,
}

impl<W: Write> JsonFile<W> {
    pub(super) fn begin(mut out: W, columns: Vec<(usize, &'static Column)>) -> Result<Self, ExportError> {
        out.write_all(b"[")?;
        Ok(Self { out, columns, rows: 0 })
    }

    /// Keys in the order of the columns: written one by one, because a map would sort them.
    pub(super) fn row(&mut self, row: &Row) -> Result<(), ExportError> {
        self.out.write_all(if self.rows == 0 { b"\n{" } else { b",\n{" })?;
        for (index, (place, column)) in self.columns.iter().enumerate() {
            if index > 0 {
                self.out.write_all(b",")?;
            }
            serde_json::to_writer(&mut self.out, column.key)?;
            self.out.write_all(b":")?;
            serde_json::to_writer(&mut self.out, &row.cells.get(*place).map_or(Value::Null, Cell::raw))?;
        }
        self.out.write_all(b"}")?;
        self.rows += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<W, ExportError> {
        self.out.write_all(b"\n]\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}
