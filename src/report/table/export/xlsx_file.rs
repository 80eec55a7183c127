//! A spreadsheet, written row by row to a temporary file. Words are strings whatever they begin with; the dates in its
//! properties are the export's, so that the same rows give the same bytes.

use std::io::Write;

use rust_xlsxwriter::{ColNum, DocProperties, ExcelDateTime, Format, RowNum, Workbook, Worksheet, XlsxError};

use crate::base::UnixMillis;
use crate::report::table::{Align, Cell, Column, ExportAbout, ExportError, Row};

/// Rows a sheet has, the heading among them.
const MOST_ROWS: RowNum = 1_048_576;
/// Characters a cell holds.
const MOST_CHARS: usize = 32_767;
const CUT: &str = "… (cut here: a cell holds no more)";

pub(super) struct XlsxFile<W: Write + Send> {
    out: W,
    book: Workbook,
    columns: Vec<(usize, &'static Column)>,
    date: Format,
    next: RowNum,
}

impl<W: Write + Send> std::fmt::Debug for XlsxFile<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XlsxFile").field("next", &self.next).finish_non_exhaustive()
    }
}

impl<W: Write + Send> XlsxFile<W> {
    pub(super) fn begin(
        out: W,
        columns: Vec<(usize, &'static Column)>,
        about: &ExportAbout,
    ) -> Result<Self, ExportError> {
        let mut book = Workbook::new();
        let mut properties = DocProperties::new().set_title(&about.title).set_company(&about.organisation);
        // outside the years a spreadsheet knows there is no date to set
        if let Some(at) = excel_time(about.at) {
            properties = properties.set_creation_datetime(&at);
        }
        book.set_properties(&properties);
        let bold = Format::new().set_bold();
        data_sheet(book.add_worksheet_with_constant_memory()?, &columns, &bold)?;
        about_sheet(book.add_worksheet(), about, &bold)?;
        let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        Ok(Self { out, book, columns, date, next: 1 })
    }

    pub(super) fn row(&mut self, row: &Row) -> Result<(), ExportError> {
        if self.next >= MOST_ROWS {
            return Err(ExportError::TooManyRows(MOST_ROWS - 1));
        }
        let sheet = self.book.worksheet_from_index(0)?;
        for (col, (place, _)) in (0..).zip(&self.columns) {
            if let Some(cell) = row.cells.get(*place) {
                write(sheet, (self.next, col), cell, &self.date)?;
            }
        }
        self.next += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<W, ExportError> {
        let last = ColNum::try_from(self.columns.len().saturating_sub(1)).unwrap_or(ColNum::MAX);
        self.book.worksheet_from_index(0)?.autofilter(0, 0, self.next - 1, last)?;
        self.book.save_to_writer(&mut self.out)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn data_sheet(
    sheet: &mut Worksheet,
    columns: &[(usize, &'static Column)],
    bold: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name("Rows")?.set_freeze_panes(1, 0)?;
    for (col, (_, column)) in (0..).zip(columns) {
        sheet.set_column_width(col, if column.align == Align::End { 14 } else { 28 })?;
    }
    for (col, (_, column)) in (0..).zip(columns) {
        sheet.write_string_with_format(0, col, column.label, bold)?;
    }
    Ok(())
}

fn about_sheet(sheet: &mut Worksheet, about: &ExportAbout, bold: &Format) -> Result<(), XlsxError> {
    sheet.set_name("About")?.set_column_width(0, 18)?.set_column_width(1, 60)?;
    let fixed = [
        ("What", about.title.clone()),
        ("Of", about.organisation.clone()),
        ("Exported", about.at.to_display()),
    ];
    let narrowed = about.narrowed.iter().map(|(label, value)| (label.as_str(), value.clone()));
    for (row, (label, value)) in (0..).zip(fixed.into_iter().chain(narrowed)) {
        sheet.write_string_with_format(row, 0, fitting(label), bold)?;
        sheet.write_string(row, 1, fitting(&value))?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures beyond 15 digits are written as words")]
fn write(
    sheet: &mut Worksheet,
    (row, col): (RowNum, ColNum),
    cell: &Cell,
    date: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Number(number) => write_figure(sheet, (row, col), *number as f64, &cell.plain()),
        Cell::Bytes(bytes) => write_figure(sheet, (row, col), *bytes as f64, &cell.plain()),
        Cell::Score(score) if score.is_finite() => sheet.write_number(row, col, *score).map(|_| ()),
        Cell::Time(time) => match excel_time(*time) {
            Some(at) => sheet.write_datetime_with_format(row, col, at, date).map(|_| ()),
            None => sheet.write_string(row, col, cell.plain()).map(|_| ()),
        },
        Cell::Missing(_) => Ok(()),
        Cell::Text(_)
        | Cell::Link { .. }
        | Cell::Chip { .. }
        | Cell::Code(_)
        | Cell::List(_)
        | Cell::Score(_) => sheet.write_string(row, col, fitting(&cell.plain())).map(|_| ()),
    }
}

/// A figure too large for a spreadsheet's 15 digits is written as words rather than wrongly.
fn write_figure(
    sheet: &mut Worksheet,
    (row, col): (RowNum, ColNum),
    figure: f64,
    words: &str,
) -> Result<(), XlsxError> {
    if figure.abs() < 1e15 {
        return sheet.write_number(row, col, figure).map(|_| ());
    }
    sheet.write_string(row, col, words).map(|_| ())
}

fn excel_time(time: UnixMillis) -> Option<ExcelDateTime> {
    ExcelDateTime::from_timestamp(time.0.div_euclid(1_000)).ok()
}

/// The words, cut where a cell ends, and saying so.
fn fitting(words: &str) -> String {
    if words.chars().count() <= MOST_CHARS {
        return words.to_owned();
    }
    let kept = MOST_CHARS - CUT.chars().count();
    words.chars().take(kept).collect::<String>() + CUT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_longer_than_a_cell_are_cut_and_say_so() {
        let cut = fitting(&"é".repeat(40_000));

        assert_eq!(cut.chars().count(), MOST_CHARS);
        assert!(cut.ends_with(CUT));
        assert_eq!(fitting("short"), "short");
    }
}
