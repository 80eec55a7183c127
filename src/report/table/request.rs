//! What the address of a table says, checked. Unknown parameters are ignored; unknown values are refused with the
//! values there are, because a list that silently shows something else would be believed.

use std::collections::BTreeMap;

use url::form_urlencoded;

use crate::base::{ListError, ListQuery};
use crate::report::table::{Direction, ExportFormat, Filter, Options, TableSpec};

/// Rows a page can have.
pub const PAGE_SIZES: [u32; 4] = [25, 50, 100, 200];

/// Nobody types more; what is longer is refused before it reaches a statement.
const LONGEST: usize = 200;
/// Cursors are ours and hold a value of a row.
const LONGEST_CURSOR: usize = 4_096;
/// Values of one filter in one address.
const MOST_VALUES: usize = 50;

/// What somebody asked a table for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRequest {
    /// Where the table's page is; its links lead there.
    pub path: String,
    /// What the store is asked for.
    pub query: ListQuery,
    /// The columns shown, in the table's order.
    pub columns: Vec<&'static str>,
    /// The export asked for instead of a page.
    pub format: Option<ExportFormat>,
    /// Whether the columns were chosen, so that links say them.
    pub(super) columns_chosen: bool,
    /// Parameters of the page that links keep.
    pub(super) kept: Vec<(String, String)>,
}

impl TableRequest {
    /// The same request for a table whose page is at another address, such as one below an item's page.
    #[must_use]
    pub fn at(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }
}

impl TableSpec {
    /// Reads the part of an address after `?`.
    ///
    /// # Errors
    /// When a value is unknown or too long; the message says which values there are.
    pub fn read(&self, query_string: &str) -> Result<TableRequest, ListError> {
        let (sort, direction) = self.default_sort;
        let mut request = TableRequest {
            path: self.path.to_owned(),
            query: ListQuery {
                sort: sort.to_owned(),
                descending: direction == Direction::Descending,
                limit: PAGE_SIZES[0],
                ..ListQuery::default()
            },
            columns: Vec::new(),
            format: None,
            columns_chosen: false,
            kept: Vec::new(),
        };
        for (key, value) in form_urlencoded::parse(query_string.as_bytes()) {
            // an empty field of a form says nothing
            if !value.is_empty() {
                self.take(&mut request, &key, &value)?;
            }
        }
        if request.query.after.is_some() && request.query.before.is_some() {
            return Err(ListError::TwoCursors);
        }
        self.settle_columns(&mut request);
        Ok(request)
    }

    fn take(&self, request: &mut TableRequest, key: &str, value: &str) -> Result<(), ListError> {
        let most = if matches!(key, "after" | "before") { LONGEST_CURSOR } else { LONGEST };
        let known = super::RESERVED.contains(&key)
            || self.keep.contains(&key)
            || self.filters.iter().any(|f| f.key == key);
        if !known {
            return Ok(());
        }
        if value.chars().count() > most {
            return Err(ListError::TooLong { key: key.to_owned(), most });
        }
        match key {
            "q" if self.searchable.is_some() => value.trim().clone_into(&mut request.query.search),
            "sort" => self.take_sort(&mut request.query, value)?,
            "after" => request.query.after = Some(value.to_owned()),
            "before" => request.query.before = Some(value.to_owned()),
            "rows" => request.query.limit = rows(value)?,
            "columns" => self.take_columns(&mut request.columns, value)?,
            "format" => request.format = Some(ExportFormat::parse(value)?),
            other => self.take_other(request, other, value)?,
        }
        Ok(())
    }

    fn take_other(&self, request: &mut TableRequest, key: &str, value: &str) -> Result<(), ListError> {
        if key == "as_of" || self.keep.contains(&key) {
            request.kept.push((key.to_owned(), value.to_owned()));
        }
        match self.filters.iter().find(|f| f.key == key) {
            Some(filter) => take_filter(&mut request.query.filters, filter, value),
            None => Ok(()),
        }
    }

    /// `received` or, turned round, `-received`.
    fn take_sort(&self, query: &mut ListQuery, value: &str) -> Result<(), ListError> {
        let (key, descending) = value.strip_prefix('-').map_or((value, false), |key| (key, true));
        if self.column(key).is_none_or(|c| c.sort.is_none()) {
            let sortable = self.columns.iter().filter(|c| c.sort.is_some()).map(|c| c.key);
            return Err(ListError::Sort { given: key.to_owned(), known: list(sortable) });
        }
        key.clone_into(&mut query.sort);
        query.descending = descending;
        Ok(())
    }

    /// Keys separated by commas, or one of several values of a form.
    fn take_columns(&self, columns: &mut Vec<&'static str>, value: &str) -> Result<(), ListError> {
        for key in value.split(',').filter(|key| !key.is_empty()) {
            let Some(column) = self.column(key) else {
                let known = list(self.columns.iter().map(|c| c.key));
                return Err(ListError::Column { given: key.to_owned(), known });
            };
            columns.push(column.key);
        }
        Ok(())
    }

    /// Chosen columns in the table's order, the first always among them: it is the link.
    fn settle_columns(&self, request: &mut TableRequest) {
        let chosen = std::mem::take(&mut request.columns);
        let shown = |(place, key): (usize, &&'static str)| place == 0 || chosen.contains(key);
        let keys: Vec<&'static str> = self.columns.iter().map(|c| c.key).collect();
        let wanted: Vec<&'static str> =
            keys.iter().enumerate().filter(|entry| shown(*entry)).map(|(_, key)| *key).collect();
        let usual = self.default_columns();
        request.columns_chosen = !chosen.is_empty() && wanted != usual;
        request.columns = if chosen.is_empty() { usual } else { wanted };
    }
}

fn take_filter(
    filters: &mut BTreeMap<String, Vec<String>>,
    filter: &Filter,
    value: &str,
) -> Result<(), ListError> {
    if let Options::Fixed(options) = filter.options
        && !options.iter().any(|(known, _)| *known == value)
    {
        return Err(ListError::Value {
            filter: filter.key.to_owned(),
            given: value.to_owned(),
            known: list(options.iter().map(|(known, _)| *known)),
        });
    }
    let values = filters.entry(filter.key.to_owned()).or_default();
    if !values.iter().any(|v| v == value) {
        values.push(value.to_owned());
    }
    if values.len() > MOST_VALUES {
        return Err(ListError::TooMany { key: filter.key.to_owned(), most: MOST_VALUES });
    }
    Ok(())
}

fn rows(value: &str) -> Result<u32, ListError> {
    let known = || list(PAGE_SIZES.map(|n| n.to_string()).iter().map(String::as_str));
    let rows = value.parse().ok().filter(|rows| PAGE_SIZES.contains(rows));
    rows.ok_or_else(|| ListError::Rows { given: value.to_owned(), known: known() })
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
