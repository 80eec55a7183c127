//! The parts of a table as its template takes them.

use serde::Serialize;

use crate::report::table::cell::CellView;

/// The search box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchView {
    /// What is searched for.
    pub value: String,
    /// What it says when it is empty.
    pub placeholder: &'static str,
}

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilterView {
    /// Its parameter.
    pub key: &'static str,
    /// Its heading.
    pub label: &'static str,
    /// How many of its values are chosen; empty for none.
    pub chosen: String,
    /// Its values.
    pub options: Vec<ChoiceView>,
}

/// One choice of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChoiceView {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub checked: bool,
    /// Whether it can be chosen otherwise.
    pub fixed: bool,
}

/// One thing the table is narrowed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NarrowedView {
    /// `Status`.
    pub label: String,
    /// `Quarantined`.
    pub value: String,
    /// The address without it.
    pub href: String,
}

/// A column's heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeadView {
    /// Its key.
    pub key: &'static str,
    /// Its heading.
    pub label: &'static str,
    /// Whether it holds figures.
    pub num: bool,
    /// Where a click leads; `None` when it cannot be sorted by.
    pub href: Option<String>,
    /// `ascending` or `descending` when the table is sorted by it.
    pub sorted: Option<&'static str>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowView {
    /// What a selection posts.
    pub id: String,
    /// What it is called, for the label of its checkbox.
    pub name: String,
    /// Whether it can be selected.
    pub selectable: bool,
    /// Its first cell: the link.
    pub first: CellView,
    /// The others.
    pub cells: Vec<CellView>,
}

/// The bar of things that can be done with selected rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchView {
    /// Where the form leads when no button says otherwise.
    pub first: &'static str,
    /// What can be done.
    pub actions: Vec<ActionView>,
    /// Whether one of them asks first, so that the form has a box to confirm.
    pub confirms: bool,
    /// What several rows are called.
    pub noun: &'static str,
}

/// One thing that can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionView {
    /// Its label.
    pub label: &'static str,
    /// Where the selection is posted.
    pub href: &'static str,
    /// The question asked before.
    pub confirm: Option<&'static str>,
}

/// The line below the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PagerView {
    /// `1–25 of 312`.
    pub range: String,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// Page sizes: label, address, whether it is the present one.
    pub sizes: Vec<SizeView>,
    /// Downloads of the filtered set.
    pub exports: Vec<ExportView>,
}

/// A page size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SizeView {
    /// How many rows.
    pub rows: u32,
    /// Its address.
    pub href: String,
    /// Whether it is the present one.
    pub current: bool,
}

/// A download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportView {
    /// `CSV`.
    pub label: &'static str,
    /// Its address.
    pub href: String,
}
