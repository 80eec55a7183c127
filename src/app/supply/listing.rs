//! One list, as a page or as a file: the same rows, the same filters.

use std::collections::BTreeMap;

use crate::app::{App, Error};
use crate::base::{ErrorKind, ListQuery, Listed};
use crate::report::table::{
    Cell, EmptyState, Export, ExportAbout, ExportFormat, Row, TableInput, TableRequest, TableSpec, TableView,
};
use crate::report::view::supply::{Act, DetailPage, ListPage, Tab};

/// Rows an export reads at a time.
const EXPORT_PAGE: u32 = 500;
/// Rows an export has at most: it is made in memory.
const EXPORT_MOST: usize = 200_000;

/// What a list was asked for.
#[derive(Debug)]
pub enum Listing {
    /// A page of it.
    Page(Box<ListPage>),
    /// A page about one thing, with a list in it.
    Detail(Box<DetailPage>),
    /// All of it as a file.
    File(Exported),
}

/// A file made of a list.
#[derive(Debug)]
pub struct Exported {
    /// Media type.
    pub media_type: &'static str,
    /// Name; letters, digits and dashes only.
    pub file_name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What surrounds a list.
pub struct Around {
    pub heading: &'static str,
    pub lead: String,
    pub tabs: Vec<Tab>,
    pub acts: Vec<Act>,
    pub caution: Option<String>,
    pub empty: EmptyState,
    /// Cells whose values a dynamic filter offers: filter key and column.
    pub offered: &'static [(&'static str, usize)],
}

impl App {
    /// A list as its page or, when a format is asked for, as a file of everything it is narrowed to.
    pub(in crate::app) async fn listing(
        &self,
        spec: &'static TableSpec,
        request: &TableRequest,
        around: Around,
        rows: impl AsyncFn(&ListQuery) -> Result<Listed<Row>, Error>,
    ) -> Result<Listing, Error> {
        if let Some(format) = request.format {
            return Ok(Listing::File(self.exported((spec, around.heading), request, format, rows).await?));
        }
        let listed = rows(&request.query).await?;
        let options = offered(&listed.rows, around.offered);
        let table = spec.view(request, TableInput { listed, options, empty: around.empty });
        Ok(Listing::Page(Box::new(ListPage {
            heading: around.heading.to_owned(),
            lead: around.lead,
            tabs: around.tabs,
            acts: around.acts,
            caution: around.caution,
            table,
        })))
    }

    /// Everything a list is narrowed to, as a file.
    pub(in crate::app) async fn exported(
        &self,
        (spec, title): (&'static TableSpec, &str),
        request: &TableRequest,
        format: ExportFormat,
        rows: impl AsyncFn(&ListQuery) -> Result<Listed<Row>, Error>,
    ) -> Result<Exported, Error> {
        let (organisation, _) = self.shown_organisation().await?;
        let narrowed = spec.about(request, &nothing(spec, request));
        let about = ExportAbout { title: title.to_owned(), organisation, at: self.now(), narrowed };
        let mut file =
            Export::begin(format, Vec::new(), spec.exported(request), &about).map_err(unwritten)?;
        let mut query = request.query.from_start(EXPORT_PAGE);
        let mut count = 0;
        loop {
            let page = rows(&query).await?;
            count += page.rows.len();
            if count > EXPORT_MOST {
                let many = format!("the list has more than {EXPORT_MOST} rows: narrow it with a filter");
                return Err(Error::new(ErrorKind::TooLarge, many));
            }
            file.rows(&page.rows).map_err(unwritten)?;
            let Some(next) = page.next else { break };
            query = query.following(next);
        }
        let bytes = file.finish().map_err(unwritten)?;
        Ok(Exported { media_type: format.media_type(), file_name: about.file_name(format), bytes })
    }
}

fn unwritten(error: crate::report::table::ExportError) -> Error {
    Error::new(ErrorKind::Internal, error.to_string()).caused_by(error)
}

/// The table without rows: what it says it is narrowed by.
fn nothing(spec: &TableSpec, request: &TableRequest) -> TableView {
    let listed = Listed::whole(Vec::new());
    spec.view(request, TableInput { listed, options: BTreeMap::new(), empty: EmptyState::default() })
}

/// The values that the rows shown have in some columns, to narrow by.
pub fn offered(
    rows: &[Row],
    columns: &[(&'static str, usize)],
) -> BTreeMap<&'static str, Vec<(String, String)>> {
    let mut options = BTreeMap::new();
    for (key, column) in columns {
        let mut values: Vec<String> =
            rows.iter().filter_map(|row| row.cells.get(*column)).map(Cell::plain).collect();
        values.retain(|value| !value.is_empty());
        values.sort();
        values.dedup();
        options.insert(*key, values.into_iter().map(|v| (v.clone(), v)).collect());
    }
    options
}
