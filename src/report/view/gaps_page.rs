//! The gaps page: what the rules found, rule by rule.

use serde::Serialize;

use crate::base::UnixMillis;
use crate::report::text;
use crate::report::view::control_pages::When;
use crate::report::view::requirement::more_of;
use crate::report::view::{Crumb, PageView};

/// Items a rule lists; the rest is counted.
const MOST: usize = 25;

/// One thing a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapItem {
    /// What it is about.
    pub what: String,
    /// What is the matter.
    pub detail: String,
    /// What the link says.
    pub label: String,
    /// Where it is mended.
    pub href: String,
}

/// One rule and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapGroup {
    /// Anchor in the page.
    pub anchor: String,
    /// What the rule finds.
    pub title: &'static str,
    /// Why an assessor would ask.
    pub why: &'static str,
    /// How many it found.
    pub count: u64,
    /// The same in words.
    pub counted: String,
    /// What it found.
    pub items: Vec<GapItem>,
    /// How many are not listed.
    pub more: Option<String>,
}

impl GapGroup {
    /// A rule's findings.
    pub fn new(title: &'static str, why: &'static str, mut items: Vec<GapItem>) -> Self {
        let count = items.len() as u64;
        items.truncate(MOST);
        Self {
            anchor: text::slug(title),
            title,
            why,
            counted: text::grouped(count),
            more: more_of(count.saturating_sub(MOST as u64), "item", "items"),
            items,
            count,
        }
    }
}

/// The page as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapsPage {
    /// When the verdicts are from.
    pub evaluated: When,
    /// Rules that found something.
    pub open: Vec<GapGroup>,
    /// Rules that found nothing.
    pub closed: Vec<GapGroup>,
    /// How many items there are, in words.
    pub total: String,
    /// Whether anything was evaluated.
    pub ready: bool,
}

impl GapsPage {
    /// The page of what the rules found.
    pub fn build(groups: Vec<GapGroup>, evaluated: Option<UnixMillis>) -> Self {
        let total: u64 = groups.iter().map(|g| g.count).sum();
        let (open, closed): (Vec<GapGroup>, Vec<GapGroup>) = groups.into_iter().partition(|g| g.count > 0);
        let asked = text::counted(open.len() as u64, "question", "questions");
        Self {
            evaluated: When::past_or(evaluated, "not evaluated yet"),
            ready: evaluated.is_some(),
            total: format!("{asked}, {}", text::counted(total, "item", "items")),
            open,
            closed,
        }
    }
}

impl PageView for GapsPage {
    const TEMPLATE: &'static str = "gaps";
    const SEEN_AS_OF: bool = true;

    fn tab(&self) -> String {
        "Gaps".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Gaps")]
    }
}
