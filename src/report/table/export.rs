//! A filtered set as a file: CSV, a spreadsheet, or JSON. Rows come page by page, so memory holds one page.

mod csv_file;
mod json_file;
mod xlsx_file;

use std::io::{self, Write};

use crate::base::{ListError, UnixMillis};
use crate::report::table::links::Pair;
use crate::report::table::{Column, Row, TableRequest, TableSpec, TableView};

/// The kinds of file a table can be exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values. The first line says what was exported and begins with `#`.
    Csv,
    /// A spreadsheet with a second sheet that says what was exported.
    Xlsx,
    /// An array with an object per row: values as they are, not as they are shown.
    Json,
}

impl ExportFormat {
    /// Every format, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::Json];

    /// Its name in addresses, and the ending of its files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Xlsx => "XLSX",
            Self::Json => "JSON",
        }
    }

    /// The media type of its files.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }

    /// Reads its name in an address.
    ///
    /// # Errors
    /// When there is no such format.
    pub fn parse(name: &str) -> Result<Self, ListError> {
        let known = Self::ALL.into_iter().find(|format| format.as_str() == name);
        known.ok_or_else(|| ListError::Format(name.to_owned()))
    }
}

/// What an export says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportAbout {
    /// What it is: `Evidence`.
    pub title: String,
    /// Whose it is.
    pub organisation: String,
    /// When it was made.
    pub at: UnixMillis,
    /// What it was narrowed by, each as label and value, the as-of date among them.
    pub narrowed: Vec<Pair>,
}

impl ExportAbout {
    /// The name of the file: `evidence-2026-11-20.csv`. Letters, digits and dashes only.
    pub fn file_name(&self, format: ExportFormat) -> String {
        let name = crate::report::text::slug(&self.title);
        let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        format!("{name}-{}.{}", self.at.to_date(), format.as_str())
    }

    /// One line: what, whose, when, narrowed by what.
    pub fn line(&self) -> String {
        let narrowed: Vec<String> =
            self.narrowed.iter().map(|(label, value)| format!("{label}: {value}")).collect();
        let narrowed = if narrowed.is_empty() { "everything".to_owned() } else { narrowed.join("; ") };
        format!("{} of {} · exported {} · {narrowed}", self.title, self.organisation, self.at.to_display())
    }
}

impl TableSpec {
    /// What an export of this request says it was narrowed by: search, filters, and the parameters of the page.
    pub fn about(&self, request: &TableRequest, view: &TableView) -> Vec<Pair> {
        let shown = view.narrowed.iter().map(|n| (n.label.clone(), n.value.clone()));
        let kept = request.kept.iter().map(|(key, value)| match key.as_str() {
            "as_of" => ("As of".to_owned(), value.clone()),
            other => (other.to_owned(), value.clone()),
        });
        shown.chain(kept).collect()
    }

    /// The columns an export of this request has: those chosen, or all of them when nobody chose.
    pub fn exported(&self, request: &TableRequest) -> Vec<(usize, &'static Column)> {
        let wanted = |c: &Column| !request.columns_chosen || request.columns.contains(&c.key);
        self.columns.iter().enumerate().filter(|(_, c)| wanted(c)).collect()
    }
}

/// An export could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file took no more.
    #[error("write the export")]
    Write(#[from] io::Error),
    /// A line of comma-separated values could not be written.
    #[error("write a line of the export")]
    Csv(#[from] csv::Error),
    /// A row could not be written as JSON.
    #[error("write a row of the export as JSON")]
    Json(#[from] serde_json::Error),
    /// The spreadsheet could not be written.
    #[error("write the spreadsheet")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// A sheet has an end.
    #[error(
        "the list has more rows than the {0} a spreadsheet holds: narrow it with a filter, or export it as CSV"
    )]
    TooManyRows(u32),
}

/// An export being written: begun, given pages of rows, finished.
#[derive(Debug)]
pub struct Export<W: Write + Send>(Kind<W>);

#[derive(Debug)]
enum Kind<W: Write + Send> {
    Csv(Box<csv_file::CsvFile<W>>),
    Xlsx(Box<xlsx_file::XlsxFile<W>>),
    Json(json_file::JsonFile<W>),
}

impl<W: Write + Send> Export<W> {
    /// Begins a file of these columns, each with its place among a row's cells ([`TableSpec::exported`]).
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(
        format: ExportFormat,
        out: W,
        columns: Vec<(usize, &'static Column)>,
        about: &ExportAbout,
    ) -> Result<Self, ExportError> {
        Ok(Self(match format {
            ExportFormat::Csv => Kind::Csv(Box::new(csv_file::CsvFile::begin(out, columns, about)?)),
            ExportFormat::Xlsx => Kind::Xlsx(Box::new(xlsx_file::XlsxFile::begin(out, columns, about)?)),
            ExportFormat::Json => Kind::Json(json_file::JsonFile::begin(out, columns)?),
        }))
    }

    /// Writes one page of rows.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn rows(&mut self, rows: &[Row]) -> Result<(), ExportError> {
        for row in rows {
            match &mut self.0 {
                Kind::Csv(file) => file.row(row)?,
                Kind::Xlsx(file) => file.row(row)?,
                Kind::Json(file) => file.row(row)?,
            }
        }
        Ok(())
    }

    /// Ends the file and gives it back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<W, ExportError> {
        match self.0 {
            Kind::Csv(file) => file.finish(),
            Kind::Xlsx(file) => file.finish(),
            Kind::Json(file) => file.finish(),
        }
    }

    /// The whole file from pages that are at hand.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_all(mut self, pages: impl IntoIterator<Item = Vec<Row>>) -> Result<W, ExportError> {
        for page in pages {
            self.rows(&page)?;
        }
        self.finish()
    }
}
