//! The gaps: every test of an assessed requirement that does not simply pass, so that nothing is dropped silently.

use serde::Serialize;

use crate::controls::{Item, TestStatus};
use crate::report::mark::Mark;
use crate::report::text;
use crate::report::view::requirement::is_open;
use crate::report::view::shared::Chip;
use crate::report::view::sources::Sources;

/// One gap as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapLine {
    /// Anchor of the requirement in the same document.
    pub anchor: String,
    /// Identifier of the requirement.
    pub id: String,
    /// Status of the test, or of the requirement when no test speaks.
    pub chip: Chip,
    /// What was tested, or the requirement's title.
    pub what: String,
    /// Why it is a gap.
    pub why: String,
    /// How to mend it.
    pub mend: String,
}

/// The gaps in catalogue order.
pub(crate) fn gap_lines(sources: &Sources<'_>) -> Vec<GapLine> {
    sources
        .framework
        .items
        .iter()
        .filter(|i| i.is_assessed())
        .flat_map(|item| of_item(sources, item))
        .collect()
}

fn of_item(sources: &Sources<'_>, item: &Item) -> Vec<GapLine> {
    let mark = Mark::of_requirement(sources.status(item)).0;
    let lines = of_tests(sources, item);
    match mark {
        Mark::NotApplicable => Vec::new(),
        Mark::Met | Mark::Manual => lines,
        Mark::NotMet | Mark::Attention | Mark::Unknown if lines.is_empty() => {
            vec![of_requirement(sources, item)]
        }
        Mark::NotMet | Mark::Attention | Mark::Unknown => lines,
    }
}

fn of_tests(sources: &Sources<'_>, item: &Item) -> Vec<GapLine> {
    let Some(verdict) = sources.verdict(&item.id) else { return Vec::new() };
    let mut lines = Vec::new();
    for id in &verdict.tests {
        let (test, result) = (sources.test(id), sources.result(id));
        let status = result.map_or(TestStatus::Unknown, |r| r.status);
        if is_open(status) {
            lines.push(GapLine {
                anchor: text::anchor("r", &item.id),
                id: item.id.clone(),
                chip: Chip::of_test(status),
                what: test.map_or_else(|| id.clone(), |t| t.title.clone()),
                why: result
                    .map_or_else(|| "Not evaluated in this run.".to_owned(), |r| r.explanation.clone()),
                mend: test
                    .map_or_else(|| "Restore the test's definition.".to_owned(), |t| t.remediation.clone()),
            });
        }
    }
    lines
}

fn of_requirement(sources: &Sources<'_>, item: &Item) -> GapLine {
    let verdict = sources.verdict(&item.id);
    let provide = verdict.and_then(|v| v.provide.clone()).or_else(|| item.provide.clone());
    GapLine {
        anchor: text::anchor("r", &item.id),
        id: item.id.clone(),
        chip: Chip::of_requirement(sources.status(item)),
        what: item.title.clone(),
        why: verdict.map_or_else(|| "Not evaluated in this run.".to_owned(), |v| v.explanation.clone()),
        mend: provide.unwrap_or_else(|| "Evaluate again once evidence is collected.".to_owned()),
    }
}
