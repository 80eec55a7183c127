//! Addresses of a table's other states. Each keeps everything but what it changes.

use url::form_urlencoded::Serializer;

use crate::report::table::{Column, Direction, ExportFormat, PAGE_SIZES, TableRequest, TableSpec};

/// One pair of an address or a hidden field of a form.
pub(super) type Pair = (String, String);

/// The parameters a link or form leaves to what it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Without<'a> {
    /// Nothing: all of them.
    Nothing,
    /// Search and filters, which the filter form sends itself.
    Narrowing,
    /// The order.
    Sort,
    /// The columns.
    Columns,
    /// The page size.
    Rows,
    /// One value of a filter.
    Filter(&'a str, &'a str),
    /// The search.
    Search,
}

impl TableRequest {
    /// All parameters but the cursor: whatever changes, a table goes back to its first page.
    pub(super) fn pairs(&self, spec: &TableSpec, without: Without<'_>) -> Vec<Pair> {
        let mut pairs = self.kept.clone();
        let query = &self.query;
        if !query.search.is_empty() && !matches!(without, Without::Narrowing | Without::Search) {
            pairs.push(pair("q", &query.search));
        }
        for (key, values) in &query.filters {
            let kept = values.iter().filter(|value| match without {
                Without::Narrowing => false,
                Without::Filter(k, v) => k != key || v != *value,
                Without::Nothing | Without::Sort | Without::Columns | Without::Rows | Without::Search => true,
            });
            pairs.extend(kept.map(|value| pair(key, value)));
        }
        let (sort, direction) = spec.default_sort;
        let usual = query.sort == sort && query.descending == (direction == Direction::Descending);
        if !usual && without != Without::Sort {
            pairs.push(pair("sort", &sort_value(&query.sort, query.descending)));
        }
        if self.columns_chosen && without != Without::Columns {
            pairs.push(pair("columns", &self.columns.join(",")));
        }
        if query.limit != PAGE_SIZES[0] && without != Without::Rows {
            pairs.push(pair("rows", &query.limit.to_string()));
        }
        pairs
    }

    /// The address with these parameters and one more.
    pub(super) fn href(&self, mut pairs: Vec<Pair>, more: Option<(&str, &str)>) -> String {
        pairs.extend(more.map(|(key, value)| pair(key, value)));
        if pairs.is_empty() {
            return self.path.clone();
        }
        let mut query = Serializer::new(String::new());
        query.extend_pairs(&pairs);
        format!("{}?{}", self.path, query.finish())
    }

    /// The address of this very state, the page included.
    pub(super) fn here(&self, spec: &TableSpec) -> String {
        let query = &self.query;
        let page = query.after.as_deref().map(|c| ("after", c));
        let page = page.or_else(|| query.before.as_deref().map(|c| ("before", c)));
        self.href(self.pairs(spec, Without::Nothing), page)
    }

    /// Sorts by this column, or turns its order round when it is sorted by already.
    pub(super) fn sort_href(&self, spec: &TableSpec, column: &Column) -> Option<String> {
        let first = column.sort?;
        let current = self.query.sort == column.key;
        let descending = if current { !self.query.descending } else { first == Direction::Descending };
        let pairs = self.pairs(spec, Without::Sort);
        let (sort, direction) = spec.default_sort;
        if column.key == sort && descending == (direction == Direction::Descending) {
            return Some(self.href(pairs, None));
        }
        Some(self.href(pairs, Some(("sort", &sort_value(column.key, descending)))))
    }

    /// The filtered set as a file.
    pub(super) fn export_href(&self, spec: &TableSpec, format: ExportFormat) -> String {
        self.href(self.pairs(spec, Without::Nothing), Some(("format", format.as_str())))
    }
}

fn sort_value(key: &str, descending: bool) -> String {
    if descending { format!("-{key}") } else { key.to_owned() }
}

fn pair(key: &str, value: &str) -> Pair {
    (key.to_owned(), value.to_owned())
}
