//! What of a requirement does not hold, item by item.

use crate::controls::{ControlTest, RequirementStatus, TestResult, TestStatus};
use crate::report::view::control_pages::Links;
use crate::report::view::control_pages::deciding::decides;
use crate::report::view::control_pages::requirement::{FailingRow, subject_href};
use crate::report::view::requirement::is_open;
use crate::report::view::sources::Sources;

/// Most rows shown; each test's page has its own.
const MOST_FAILING: usize = 50;

/// What does not hold, that of the deciding tests first: failing items, then subjects whose evidence is old, absent or
/// cannot say.
pub(super) fn open_items(
    sources: &Sources<'_>,
    (tests, status): (&[String], RequirementStatus),
    links: &Links,
) -> (Vec<FailingRow>, u64) {
    let mut found: Vec<(&ControlTest, &TestResult)> =
        tests.iter().filter_map(|id| Some((sources.test(id)?, sources.result(id)?))).collect();
    found.sort_by_key(|(_, result)| !decides(result.status, status));
    let mut rows = Vec::new();
    let mut hidden = 0;
    for (test, result) in found {
        let of_test = rows_of(test, result, links);
        let room = MOST_FAILING.saturating_sub(rows.len());
        hidden += result.more_failing + of_test.len().saturating_sub(room) as u64;
        rows.extend(of_test.into_iter().take(room));
    }
    (rows, hidden)
}

fn rows_of(test: &ControlTest, result: &TestResult, links: &Links) -> Vec<FailingRow> {
    let row = |subject: &str, item: &str, reason: &str| FailingRow {
        href: subject_href(test, subject),
        subject: subject.to_owned(),
        item: if item.is_empty() { "as a whole".to_owned() } else { item.to_owned() },
        reason: reason.to_owned(),
        test: test.title.clone(),
        test_href: links.test(&test.id),
    };
    let mut rows: Vec<FailingRow> =
        result.failing.iter().map(|f| row(&f.subject, &f.item, &f.reason)).collect();
    let named: Vec<&str> = result.failing.iter().map(|f| f.subject.as_str()).collect();
    let silent = result.subjects.iter().filter(|s| is_open(s.status) && s.status != TestStatus::Exception);
    let silent = silent.filter(|s| !named.contains(&s.subject.as_str()));
    rows.extend(silent.map(|s| row(&s.subject, "", &s.explanation)));
    rows
}
