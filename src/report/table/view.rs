//! A table as its template takes it: every word and address ready.

mod parts;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::{Count, Listed};
use crate::report::table::cell::CellView;
use crate::report::table::links::{Pair, Without};
use crate::report::table::{
    Align, BatchAction, Cell, Column, ExportFormat, Filter, Options, PAGE_SIZES, Row, TableRequest, TableSpec,
};
use crate::report::text;

pub use parts::{
    ActionView, BatchView, ChoiceView, ExportView, FilterView, HeadView, NarrowedView, PagerView, RowView,
    SearchView, SizeView,
};

/// What a table shows, besides what was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct TableInput {
    /// The page.
    pub listed: Listed<Row>,
    /// Values and labels of each dynamic filter, by its key.
    pub options: BTreeMap<&'static str, Vec<(String, String)>>,
    /// What to say when there is nothing at all.
    pub empty: EmptyState,
}

/// What is said instead of an empty table, and the next step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EmptyState {
    /// What there is none of: `No evidence yet`.
    pub title: String,
    /// What to do about it.
    pub text: String,
    /// Where that is done.
    pub href: Option<String>,
    /// What the link says: a verb.
    pub action: Option<String>,
}

/// Everything the template of a table needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableView {
    /// Names it in the page and in what a browser remembers.
    pub id: &'static str,
    /// Where its forms lead.
    pub path: String,
    /// This very state, to come back to.
    pub here: String,
    /// What the rows are, for the table's caption.
    pub caption: String,
    /// The search box.
    pub search: Option<SearchView>,
    /// The filters.
    pub filters: Vec<FilterView>,
    /// Parameters the search and filter form keeps.
    pub filter_fields: Vec<Pair>,
    /// What it is narrowed by at present, each with a link that removes it.
    pub narrowed: Vec<NarrowedView>,
    /// The address without search and filters.
    pub clear_href: String,
    /// All columns, to choose from.
    pub choices: Vec<ChoiceView>,
    /// Parameters the column form keeps.
    pub column_fields: Vec<Pair>,
    /// The columns shown.
    pub columns: Vec<HeadView>,
    /// The rows.
    pub rows: Vec<RowView>,
    /// What can be done with selected rows; `None` for no selection.
    pub batch: Option<BatchView>,
    /// The line below the table.
    pub pager: PagerView,
    /// Instead of rows.
    pub empty: Option<EmptyState>,
}

impl TableSpec {
    /// The table as its page shows it.
    pub fn view(&self, request: &TableRequest, input: TableInput) -> TableView {
        let shown: Vec<(usize, &'static Column)> =
            self.columns.iter().enumerate().filter(|(_, c)| request.columns.contains(&c.key)).collect();
        let narrowed = self.narrowed(request, &input.options);
        let clear_href = request.href(request.pairs(self, Without::Narrowing), None);
        let pager = self.pager(request, &input.listed);
        let empty = input.listed.rows.is_empty().then(|| empty(&narrowed, &clear_href, &input.empty));
        TableView {
            id: self.id,
            path: request.path.clone(),
            here: request.here(self),
            caption: format!("{}, {}", text::capitalised(self.noun.1), pager.range),
            search: self.searchable.map(|placeholder| search(request, placeholder)),
            filters: self.filters.iter().map(|f| filter_view(f, request, &input.options)).collect(),
            filter_fields: request.pairs(self, Without::Narrowing),
            narrowed,
            clear_href,
            choices: self.choices(request),
            column_fields: request.pairs(self, Without::Columns),
            columns: shown.iter().map(|(_, column)| self.head(request, column)).collect(),
            rows: input.listed.rows.iter().map(|row| row_view(self, row, &shown)).collect(),
            batch: batch(self.batch, self.noun.1),
            pager,
            empty,
        }
    }

    fn choices(&self, request: &TableRequest) -> Vec<ChoiceView> {
        let choice = |(place, column): (usize, &'static Column)| ChoiceView {
            value: column.key.to_owned(),
            label: column.label.to_owned(),
            checked: request.columns.contains(&column.key),
            fixed: place == 0,
        };
        self.columns.iter().enumerate().map(choice).collect()
    }

    fn head(&self, request: &TableRequest, column: &'static Column) -> HeadView {
        let word = if request.query.descending { "descending" } else { "ascending" };
        HeadView {
            key: column.key,
            label: column.label,
            num: column.align == Align::End,
            href: request.sort_href(self, column),
            sorted: (request.query.sort == column.key).then_some(word),
        }
    }

    fn narrowed(
        &self,
        request: &TableRequest,
        dynamic: &BTreeMap<&'static str, Vec<(String, String)>>,
    ) -> Vec<NarrowedView> {
        let query = &request.query;
        let mut narrowed = Vec::new();
        if !query.search.is_empty() {
            let href = request.href(request.pairs(self, Without::Search), None);
            narrowed.push(NarrowedView { label: "Search".to_owned(), value: query.search.clone(), href });
        }
        for filter in self.filters {
            let labels = options(filter, dynamic);
            for value in query.filter(filter.key) {
                let label = labels.iter().find(|(v, _)| v == value).map_or(value, |(_, label)| label);
                let href = request.href(request.pairs(self, Without::Filter(filter.key, value)), None);
                narrowed.push(NarrowedView { label: filter.label.to_owned(), value: label.clone(), href });
            }
        }
        narrowed
    }

    fn pager(&self, request: &TableRequest, listed: &Listed<Row>) -> PagerView {
        let page = |key, cursor: &Option<String>| {
            let cursor = cursor.as_deref()?;
            Some(request.href(request.pairs(self, Without::Nothing), Some((key, cursor))))
        };
        let size = |rows: u32| SizeView {
            rows,
            href: match rows == PAGE_SIZES[0] {
                true => request.href(request.pairs(self, Without::Rows), None),
                false => request.href(request.pairs(self, Without::Rows), Some(("rows", &rows.to_string()))),
            },
            current: rows == request.query.limit,
        };
        let export = |f: ExportFormat| ExportView { label: f.label(), href: request.export_href(self, f) };
        PagerView {
            range: range(listed),
            previous: page("before", &listed.previous),
            next: page("after", &listed.next),
            sizes: PAGE_SIZES.map(size).into(),
            exports: ExportFormat::ALL.map(export).into(),
        }
    }
}

fn search(request: &TableRequest, placeholder: &'static str) -> SearchView {
    SearchView { value: request.query.search.clone(), placeholder }
}

/// The values of a filter; one that was asked for and that the data does not hold is among them all the same.
fn options(
    filter: &Filter,
    dynamic: &BTreeMap<&'static str, Vec<(String, String)>>,
) -> Vec<(String, String)> {
    match filter.options {
        Options::Fixed(fixed) => {
            fixed.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect()
        }
        Options::Dynamic => dynamic.get(filter.key).cloned().unwrap_or_default(),
    }
}

fn filter_view(
    filter: &'static Filter,
    request: &TableRequest,
    dynamic: &BTreeMap<&'static str, Vec<(String, String)>>,
) -> FilterView {
    let chosen = request.query.filter(filter.key);
    let mut values = options(filter, dynamic);
    let unknown = chosen.iter().filter(|c| !values.iter().any(|(v, _)| v == *c)).cloned();
    let unknown: Vec<(String, String)> = unknown.map(|v| (v.clone(), v)).collect();
    values.extend(unknown);
    let choice = |(value, label): (String, String)| ChoiceView {
        checked: chosen.contains(&value),
        value,
        label,
        fixed: false,
    };
    FilterView {
        key: filter.key,
        label: filter.label,
        chosen: if chosen.is_empty() { String::new() } else { chosen.len().to_string() },
        options: values.into_iter().map(choice).collect(),
    }
}

fn row_view(spec: &TableSpec, row: &Row, shown: &[(usize, &'static Column)]) -> RowView {
    let selectable = !spec.batch.is_empty();
    let missing = Cell::Missing("not given".into());
    let cell = |(place, column): &(usize, &'static Column)| {
        CellView::new(row.cells.get(*place).unwrap_or(&missing), column)
    };
    let mut cells = shown.iter().map(cell);
    let first = cells.next().map(|view| CellView { row_href: row.href.clone(), ..view });
    let cells = cells.collect();
    let name = row.cells.first().map(Cell::plain).filter(|name| !name.is_empty());
    RowView {
        id: row.id.clone(),
        name: name.unwrap_or_else(|| row.id.clone()),
        selectable,
        first: first.unwrap_or_default(),
        cells,
    }
}

fn batch(actions: &'static [BatchAction], noun: &'static str) -> Option<BatchView> {
    let view = |a: &BatchAction| ActionView { label: a.label, href: a.href, confirm: a.confirm };
    let first = actions.first()?.href;
    let confirms = actions.iter().any(|a| a.confirm.is_some());
    Some(BatchView { first, actions: actions.iter().map(view).collect(), confirms, noun })
}

/// `1–25 of 312`, `26–50 of more than 10 000`, `nothing`.
fn range(listed: &Listed<Row>) -> String {
    let total = match listed.total {
        Count::Exactly(count) => text::grouped(count),
        Count::AtLeast(count) => format!("more than {}", text::grouped(count.saturating_sub(1))),
    };
    let rows = listed.rows.len() as u64;
    match rows {
        0 if listed.total.is_zero() => "nothing".to_owned(),
        0 => format!("none of {total}"),
        rows => {
            let (first, last) = (listed.start + 1, listed.start + rows);
            format!("{}–{} of {total}", text::grouped(first), text::grouped(last))
        }
    }
}

fn empty(narrowed: &[NarrowedView], clear_href: &str, nothing: &EmptyState) -> EmptyState {
    if narrowed.is_empty() {
        return nothing.clone();
    }
    EmptyState {
        title: "Nothing matches".to_owned(),
        text: "Remove a filter, or search for fewer words.".to_owned(),
        href: Some(clear_href.to_owned()),
        action: Some("Remove all filters".to_owned()),
    }
}
