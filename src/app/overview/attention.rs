//! What needs somebody today: at most five things, each with the place to act.

use crate::app::changes::Change;
use crate::app::surroundings::Surroundings;
use crate::base::DAY_MS;
use crate::controls::{Catalog, TestStatus};
use crate::evidence::EvidenceKind;
use crate::report::Mark;
use crate::report::view::{AttentionItem, Links};
use crate::store::RunState;

const MOST: usize = 5;
/// A vendor's document that ends within these days has to be asked for now.
const AHEAD_DAYS: i64 = 30;

/// The most urgent things first.
pub(super) fn of(catalog: &Catalog, around: &Surroundings, worse: &[&Change<'_>]) -> Vec<AttentionItem> {
    let mut items = Vec::new();
    items.extend(beginning(around));
    items.extend(failed_sources(around));
    items.extend(unread(around));
    items.extend(asked(around));
    items.extend(got_worse(worse));
    items.extend(stale_sboms(catalog, around));
    items.extend(expiring(around));
    items.truncate(MOST);
    items
}

fn item(mark: Mark, what: String, href: impl Into<String>) -> AttentionItem {
    AttentionItem { class: mark.class(), what, href: href.into() }
}

fn beginning(around: &Surroundings) -> Option<AttentionItem> {
    if around.kinds.is_empty() && around.unread.is_empty() {
        let what = "No evidence is stored yet: upload a file, or declare a source".to_owned();
        return Some(item(Mark::Manual, what, "/evidence/upload"));
    }
    around.standing.is_none().then(|| {
        let what = "Evidence is stored but nothing was evaluated yet: run the evaluation".to_owned();
        item(Mark::Manual, what, "/runs")
    })
}

fn failed_sources(around: &Surroundings) -> Vec<AttentionItem> {
    let mut items = Vec::new();
    for source in around.sources.iter().filter(|s| s.row.enabled) {
        let Some(run) = &source.run else { continue };
        let why = match run.state {
            RunState::Failed => run.detail.lines().next().unwrap_or("no reason was kept"),
            RunState::Abandoned => "its process ended in the middle",
            RunState::Ready | RunState::Running | RunState::Done => continue,
        };
        let what = format!("The source {} failed: {why}", source.row.name);
        items.push(item(Mark::NotMet, what, format!("/sources/{}", source.row.id)));
    }
    items
}

fn unread(around: &Surroundings) -> Option<AttentionItem> {
    let count = around.unread.len();
    let first = around.unread.first()?;
    let what = if count == 1 {
        format!("{} is in quarantine and proves nothing until somebody looks at it", first.file)
    } else {
        format!("{count} files are in quarantine and prove nothing until somebody looks at them")
    };
    Some(item(Mark::Attention, what, "/quarantine"))
}

fn asked(around: &Surroundings) -> Option<AttentionItem> {
    let first = around.withdrawals.first()?;
    let what = match around.withdrawals.len() {
        1 => format!("{} asks to withdraw {}", first.asked_by, first.file),
        n => {
            format!("{n} requests to withdraw evidence wait for a decision, the oldest about {}", first.file)
        }
    };
    Some(item(Mark::Manual, what, Links::evidence(&first.evidence.to_string())))
}

fn got_worse(worse: &[&Change<'_>]) -> Option<AttentionItem> {
    let first = worse.first()?;
    let (was, is) = (Mark::of_requirement(first.from).0.word(), Mark::of_requirement(first.now.status).0);
    let rest = match worse.len() - 1 {
        0 => String::new(),
        1 => ", and one more".to_owned(),
        n => format!(", and {n} more"),
    };
    let what =
        format!("{} {} got worse: {was} → {}{rest}", first.now.id, first.title, is.word().to_lowercase());
    Some(item(is, what, Links::default().control(&first.now.framework, &first.now.id)))
}

fn stale_sboms(catalog: &Catalog, around: &Surroundings) -> Option<AttentionItem> {
    let standing = around.standing.as_ref()?;
    let about_sboms = |id: &str| {
        let test = catalog.tests.iter().find(|t| t.id == id);
        test.and_then(|t| t.evidence.as_ref()).is_some_and(|e| e.kind == EvidenceKind::Sbom)
    };
    let open =
        |s: &&crate::controls::SubjectResult| matches!(s.status, TestStatus::Stale | TestStatus::Missing);
    let results = standing.evaluation.results.iter().filter(|r| about_sboms(&r.test));
    let result = results.max_by_key(|r| r.subjects.iter().filter(open).count())?;
    let first = result.subjects.iter().find(open)?;
    let count = result.subjects.iter().filter(open).count();
    let what = if count == 1 {
        format!("{} has no current SBOM", first.subject)
    } else {
        format!("{count} assets have no current SBOM, {} among them", first.subject)
    };
    Some(item(Mark::Attention, what, Links::upload(&first.subject, "sbom")))
}

fn expiring(around: &Surroundings) -> Option<AttentionItem> {
    let soon = around.at.plus_days(AHEAD_DAYS);
    let dates = around.vendors.iter().flat_map(|line| {
        let until = |d: &crate::risk::DocumentFact| d.bridge_until.max(d.valid_until);
        line.facts.documents.iter().filter_map(move |d| Some((until(d)?, line, d)))
    });
    let ahead = dates.filter(|(until, ..)| *until >= around.at && *until <= soon);
    let (until, line, document) = ahead.min_by_key(|(until, ..)| *until)?;
    let days = until.since(around.at) / DAY_MS;
    let what = format!("{} of {} expires in {days} days", document.title, line.facts.name);
    Some(item(Mark::Attention, what, Links::vendor(&line.facts.key)))
}
