//! What falls due in the next 90 days: when evidence that suffices now no longer will.

use crate::base::{DAY_MS, UnixMillis};
use crate::controls::{Catalog, ControlTest, Evaluation, TestStatus};
use crate::report::chart::{Cadence, Chart, Figure, Slot, SlotState};
use crate::report::view::{DueLine, Links, When};

const WEEKS: i64 = 13;
const MOST: usize = 8;

/// The strip, the soonest things due, and how many more there are.
pub(super) fn of(
    catalog: &Catalog,
    evaluation: &Evaluation,
    at: UnixMillis,
) -> (Option<Figure>, Vec<DueLine>, Option<String>) {
    let due = due(catalog, evaluation, at);
    let lines = due.iter().take(MOST).map(|(until, test)| DueLine {
        what: test.title.clone(),
        href: Links::default().test(&test.id),
        when: When::future(*until),
    });
    let more = due.len().saturating_sub(MOST);
    let more = (more > 0).then(|| format!("{more} more fall due within 90 days"));
    (Some(strip(&due, at)), lines.collect(), more)
}

/// Tests that hold now and will not without new evidence, the soonest first.
fn due<'a>(
    catalog: &'a Catalog,
    evaluation: &Evaluation,
    at: UnixMillis,
) -> Vec<(UnixMillis, &'a ControlTest)> {
    let end = at.plus_days(WEEKS * 7);
    let mut due = Vec::new();
    for result in evaluation.results.iter().filter(|r| r.status == TestStatus::Pass) {
        let test = catalog.tests.iter().find(|t| t.id == result.test && t.evidence.is_some());
        let until = result.valid_until.filter(|until| *until >= at && *until <= end);
        if let (Some(test), Some(until)) = (test, until) {
            due.push((until, test));
        }
    }
    due.sort_by_key(|(until, test)| (*until, &test.id));
    due
}

fn strip(due: &[(UnixMillis, &ControlTest)], at: UnixMillis) -> Figure {
    let week = |n: i64| {
        let (from, until) = (at.plus_days(n * 7), at.plus_millis((n + 1) * 7 * DAY_MS - 1));
        let count = due.iter().filter(|(when, _)| *when >= from && *when <= until).count();
        let (state, note) = match count {
            0 => (SlotState::Kept, "nothing falls due".to_owned()),
            1 => (SlotState::Planned, "1 falls due".to_owned()),
            n => (SlotState::Planned, format!("{n} fall due")),
        };
        Slot { from, until, state, note }
    };
    let title = "When evidence falls due in the next 90 days, by week".to_owned();
    Figure::of(Chart::Cadence(Cadence { id: "due".to_owned(), title, slots: (0..WEEKS).map(week).collect() }))
}
