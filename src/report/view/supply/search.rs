//! What a search over everything found.

use serde::Serialize;

use crate::report::view::{Crumb, PageView};

/// The page of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SearchPage {
    /// What was searched for.
    pub sought: String,
    /// What was found, by kind.
    pub groups: Vec<SearchGroup>,
    /// What is said instead of results.
    pub nothing: Option<String>,
    /// What the search leaves out.
    pub bound: String,
}

/// What was found of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchGroup {
    /// The kind, in the plural.
    pub title: &'static str,
    /// What was found.
    pub found: Vec<Found>,
    /// The list that has all of them.
    pub all: Option<String>,
}

/// One thing found. The shape the palette reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Its name.
    pub label: String,
    /// Its page.
    pub href: String,
    /// What it is.
    pub kind: &'static str,
    /// What tells it from others of that name.
    pub detail: String,
}

impl PageView for SearchPage {
    const TEMPLATE: &'static str = "search";

    fn tab(&self) -> String {
        "Search".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Search")]
    }
}
