//! The one table of the product: its columns and filters, what its address says, its rows, and what is shown or
//! exported of them.
//!
//! A page declares a [`TableSpec`], reads its address into a [`TableRequest`], asks the store with the request's
//! [`ListQuery`](crate::base::ListQuery), turns what it got into [`Row`]s and hands both to [`TableSpec::view`]. Exports take the same rows.

mod cell;
mod export;
mod links;
mod request;
mod view;

pub use cell::{Cell, CellView, Row};
pub use export::{Export, ExportAbout, ExportError, ExportFormat};
pub use request::{PAGE_SIZES, TableRequest};
pub use view::{EmptyState, TableInput, TableView};

/// A table as its page declares it.
#[derive(Debug, Clone, Copy)]
pub struct TableSpec {
    /// Names it in the page and in what a browser remembers.
    pub id: &'static str,
    /// The address of its page.
    pub path: &'static str,
    /// What one row is, and what several are: `("item", "items")`.
    pub noun: (&'static str, &'static str),
    /// All its columns, in their order. Rows give a cell for each.
    pub columns: &'static [Column],
    /// What it can be narrowed by.
    pub filters: &'static [Filter],
    /// Its order when nothing else is asked for.
    pub default_sort: (&'static str, Direction),
    /// What its search box says when it is empty; `None` for no search.
    pub searchable: Option<&'static str>,
    /// What can be done with selected rows; empty for no selection.
    pub batch: &'static [BatchAction],
    /// Parameters of the page that links keep besides `as_of`.
    pub keep: &'static [&'static str],
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in addresses, exports and the store's order.
    pub key: &'static str,
    /// Its heading.
    pub label: &'static str,
    /// The direction a first click sorts it in; `None` when it cannot be sorted by.
    pub sort: Option<Direction>,
    /// Where its cells stand.
    pub align: Align,
    /// Whether it is hidden until somebody chooses it.
    pub optional: bool,
}

impl Column {
    /// A column that is always shown and not sorted by.
    pub const fn new(key: &'static str, label: &'static str) -> Self {
        Self { key, label, sort: None, align: Align::Start, optional: false }
    }

    /// It can be sorted by, first in this direction.
    #[must_use]
    pub const fn sorted(self, first: Direction) -> Self {
        Self { sort: Some(first), ..self }
    }

    /// Its cells are figures: they stand at the end.
    #[must_use]
    pub const fn figures(self) -> Self {
        Self { align: Align::End, ..self }
    }

    /// It is hidden until somebody chooses it.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

/// A direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest, oldest or first of the alphabet first.
    Ascending,
    /// Largest or newest first.
    Descending,
}

/// Where the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Start,
    /// Figures.
    End,
}

/// Something a table can be narrowed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter {
    /// Its name in addresses and in the [`ListQuery`](crate::base::ListQuery).
    pub key: &'static str,
    /// Its heading.
    pub label: &'static str,
    /// Its values.
    pub options: Options,
}

/// The values of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Options {
    /// These, as (value, label). Other values are refused.
    Fixed(&'static [(&'static str, &'static str)]),
    /// What the data holds: given with the rows as [`TableInput::options`]. Any value may be asked for.
    Dynamic,
}

/// Something that can be done with selected rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchAction {
    /// Its label: a verb and what it is about.
    pub label: &'static str,
    /// Where the selection is posted to, as repeated `id` with `csrf`, `return_to` and, when confirmed, `confirmed=yes`.
    pub href: &'static str,
    /// The question asked before; `None` when it does no harm.
    pub confirm: Option<&'static str>,
}

/// Names no filter may have, because every table has them.
pub(super) const RESERVED: [&str; 9] =
    ["q", "sort", "after", "before", "rows", "columns", "format", "as_of", "csrf"];

impl TableSpec {
    pub(super) fn column(&self, key: &str) -> Option<&'static Column> {
        self.columns.iter().find(|c| c.key == key)
    }

    /// The columns shown when nobody chose.
    pub(super) fn default_columns(&self) -> Vec<&'static str> {
        self.columns.iter().filter(|c| !c.optional).map(|c| c.key).collect()
    }

    /// What is wrong with the declaration; a test of the page asserts that it is nothing.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let filters: Vec<&str> = self.filters.iter().map(|f| f.key).collect();
        for key in filters.iter().chain(self.keep) {
            if RESERVED.contains(key) {
                problems.push(format!("`{key}` is a parameter of every table"));
            }
        }
        let mut keys: Vec<&str> = self.columns.iter().map(|c| c.key).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            problems.push("two columns have one key".to_owned());
        }
        if self.column(self.default_sort.0).is_none_or(|c| c.sort.is_none()) {
            problems.push(format!("`{}` is no column to sort by", self.default_sort.0));
        }
        if self.columns.first().is_none_or(|c| c.optional) {
            problems.push("the first column is the link: it cannot be hidden".to_owned());
        }
        problems
    }
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
