//! Pages of the supply chain, of vendors and of the machinery: lists made of the one table, and pages about one thing.

mod detail;
mod search;
mod specs;

pub use detail::{Act, DetailPage, Grid, Pair, ProgressView, Section, Tab};
pub use search::{Found, SearchGroup, SearchPage};
pub use specs::{COMPONENTS, FINDINGS, RUNS, SBOMS, SOURCES, VENDORS};

use serde::Serialize;

use crate::report::table::TableView;
use crate::report::view::{Crumb, PageView};

/// A page that is one list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListPage {
    /// Its heading, and the browser tab's title.
    pub heading: String,
    /// One line that says what is here.
    pub lead: String,
    /// Other cuts of the same list.
    pub tabs: Vec<Tab>,
    /// What can be done here.
    pub acts: Vec<Act>,
    /// What has to be known before the list is believed.
    pub caution: Option<String>,
    /// The list.
    pub table: TableView,
}

impl PageView for ListPage {
    const TEMPLATE: &'static str = "list";

    fn tab(&self) -> String {
        self.heading.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here(&self.heading)]
    }
}
