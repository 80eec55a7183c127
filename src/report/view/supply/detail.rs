//! A page about one thing: what it is at a glance, then sections of facts, tables and charts.

use serde::Serialize;

use crate::report::chart::{Chart, Figure};
use crate::report::table::{Cell, CellView, TableView};
use crate::report::view::{Crumb, PageView};

/// A page about one thing.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DetailPage {
    /// The way to it; the last step is the page itself.
    #[serde(skip)]
    pub way: Vec<Crumb>,
    /// Its heading, and the browser tab's title.
    pub heading: String,
    /// Where it stands.
    pub marks: Vec<CellView>,
    /// One line below the heading.
    pub lead: String,
    /// What can be done with it.
    pub acts: Vec<Act>,
    /// Work that goes on.
    pub progress: Option<ProgressView>,
    /// Figures at a glance: value and what it counts.
    pub stats: Vec<Pair>,
    /// What stands in the wide column.
    pub sections: Vec<Section>,
    /// What stands beside it.
    pub side: Vec<Section>,
    /// What takes the whole width below.
    pub below: Vec<Section>,
}

impl PageView for DetailPage {
    const TEMPLATE: &'static str = "detail";

    fn tab(&self) -> String {
        self.heading.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.way.clone()
    }
}

/// A link to another cut of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tab {
    /// What it says.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Whether it is the present one.
    pub current: bool,
}

/// Something that can be done: a button that posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Act {
    /// A verb and what it is about.
    pub label: String,
    /// Where it is posted.
    pub href: String,
    /// Name of its icon.
    pub icon: &'static str,
}

/// Work that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgressView {
    /// What is being done.
    pub label: String,
    /// How far it is.
    pub detail: String,
    /// Where a script asks how far it is.
    pub poll: String,
    /// Nothing: how much is left is not known.
    pub max: Option<u64>,
}

/// A labelled value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The label.
    pub label: String,
    /// The value.
    pub value: CellView,
}

impl Pair {
    /// A labelled value.
    pub fn new(label: impl Into<String>, value: &Cell) -> Self {
        Self { label: label.into(), value: CellView::of(value) }
    }

    /// Labelled words.
    pub fn text(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(label, &Cell::Text(value.into()))
    }
}

/// A part of the page. What is empty is not shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What has to be known to read it.
    pub intro: Option<String>,
    /// A caution above it.
    pub caution: Option<String>,
    /// Facts.
    pub pairs: Vec<Pair>,
    /// A drawing with its table.
    pub figure: Option<Figure>,
    /// A small table.
    pub grid: Option<Grid>,
    /// A list with search and pages.
    pub table: Option<TableView>,
    /// Things in no order.
    pub items: Vec<CellView>,
    /// A line below: what is left out, where the rest is.
    pub more: Option<CellView>,
    /// What is said when there is nothing.
    pub nothing: Option<String>,
}

impl Section {
    /// A section under this heading.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// With words that say how to read it.
    #[must_use]
    pub fn intro(self, text: impl Into<String>) -> Self {
        Self { intro: Some(text.into()), ..self }
    }

    /// With facts.
    #[must_use]
    pub fn pairs(self, pairs: Vec<Pair>) -> Self {
        Self { pairs, ..self }
    }

    /// With a drawing.
    #[must_use]
    pub fn chart(self, chart: Chart) -> Self {
        Self { figure: Some(Figure::of(chart)), ..self }
    }

    /// With a table; words instead when it has no rows.
    #[must_use]
    pub fn grid(self, grid: Grid, nothing: &str) -> Self {
        if grid.rows.is_empty() {
            return Self { nothing: Some(nothing.to_owned()), ..self };
        }
        Self { grid: Some(grid), ..self }
    }

    /// With things in no order; words instead when there is none.
    #[must_use]
    pub fn items(self, items: &[Cell], nothing: &str) -> Self {
        let nothing = items.is_empty().then(|| nothing.to_owned());
        Self { items: items.iter().map(CellView::of).collect(), nothing, ..self }
    }
}

/// A small table: all of its rows at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Grid {
    /// What it shows, for screen readers.
    pub caption: String,
    /// Headings, each with whether it heads figures.
    pub heads: Vec<(String, bool)>,
    /// Rows; the first cell names the row.
    pub rows: Vec<Vec<CellView>>,
}

impl Grid {
    /// A table with these headings; one that begins with `#` heads figures.
    pub fn new(caption: &str, heads: &[&str]) -> Self {
        let head = |text: &&str| (text.trim_start_matches('#').to_owned(), text.starts_with('#'));
        Self { caption: caption.to_owned(), heads: heads.iter().map(head).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn push(&mut self, cells: &[Cell]) {
        let view = |(cell, (_, num)): (&Cell, &(String, bool))| CellView { num: *num, ..CellView::of(cell) };
        self.rows.push(cells.iter().zip(&self.heads).map(view).collect());
    }
}
