//! One requirement with its verdict, its tests, what failed, what was relied on, and what a person provides.

use serde::Serialize;

use crate::controls::{
    Cadence, CadenceSource, FailingItem, Item, Link, RequirementStatus, Strength, TestResult, TestStatus,
};
use crate::report::text;
use crate::report::view::shared::{Chip, EvidenceLine};
use crate::report::view::sources::Sources;

/// How much of long lists a page shows; the rest is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub failing: usize,
    pub evidence: usize,
}

/// One requirement as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Requirement {
    /// Anchor in the page.
    pub anchor: String,
    /// Identifier as published.
    pub id: String,
    /// Title in our own words.
    pub title: String,
    /// Its status.
    pub chip: Chip,
    /// Why.
    pub explanation: String,
    /// Cadence, applicability, dates: one short phrase each.
    pub notes: Vec<String>,
    /// What a person provides.
    pub person: Option<String>,
    /// Tests that speak for it.
    pub tests: Vec<TestView>,
    /// Evidence relied on.
    pub evidence: Vec<EvidenceLine>,
    /// How many more items were relied on.
    pub evidence_more: Option<String>,
}

/// One test of a requirement as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestView {
    /// The test's id.
    pub id: String,
    /// The statement that is tested.
    pub title: String,
    /// Its status.
    pub chip: Chip,
    /// What it evidences of this requirement.
    pub parts: Vec<PartView>,
    /// How many it had to cover and could judge.
    pub coverage: String,
    /// The verdict in words.
    pub explanation: String,
    /// What failed.
    pub failing: Vec<FailingLine>,
    /// How many more failed.
    pub failing_more: Option<String>,
    /// How to mend it; only when something is to mend.
    pub remediation: Option<String>,
    /// Digest of its definition, shortened.
    pub definition: String,
    /// Digest of everything it looked at, shortened.
    pub inputs: String,
}

/// What a test evidences, how strongly, and what it leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartView {
    /// `Direct`, `Supporting`, `Context`.
    pub strength: &'static str,
    /// Which part.
    pub part: Option<String>,
    /// What it does not prove.
    pub leaves_open: Option<String>,
}

/// One thing that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailingLine {
    /// The subject.
    pub subject: String,
    /// The row, or that the subject as a whole failed.
    pub item: String,
    /// What does not hold.
    pub reason: String,
}

impl Requirement {
    pub(crate) fn new(sources: &Sources<'_>, item: &Item, limits: Limits) -> Self {
        let verdict = sources.verdict(&item.id);
        let tests = verdict.map(|v| v.tests.as_slice()).unwrap_or_default();
        let relied = sources.relied_on(tests, limits.evidence);
        Self {
            anchor: text::anchor("r", &item.id),
            id: item.id.clone(),
            title: item.title.clone(),
            chip: chip(sources, item, tests),
            explanation: verdict
                .map_or_else(|| "Not evaluated in this run.".to_owned(), |v| v.explanation.clone()),
            notes: notes(item),
            person: person(verdict.and_then(|v| v.provide.as_deref()).or(item.provide.as_deref())),
            tests: by_strength(sources, tests, &item.id)
                .map(|id| TestView::new(sources, id, &item.id, limits))
                .collect(),
            evidence: relied.lines,
            evidence_more: more_of(relied.more, "item", "items"),
        }
    }
}

/// The requirement's chip; one that is met only because an exception covers a failure says so.
/// What decides the item comes first, background last; the catalogue's order among equals.
fn by_strength<'t>(
    sources: &Sources<'_>,
    tests: &'t [String],
    item: &str,
) -> impl Iterator<Item = &'t String> {
    let strength = |id: &String| {
        let links = sources.test(id).map(|t| t.evidences.as_slice()).unwrap_or_default();
        links.iter().filter(|l| sources.speaks(l, item)).map(|l| l.strength).max()
    };
    let mut ordered: Vec<&String> = tests.iter().collect();
    ordered.sort_by_key(|id| std::cmp::Reverse(strength(id)));
    ordered.into_iter()
}

fn chip(sources: &Sources<'_>, item: &Item, tests: &[String]) -> Chip {
    let chip = Chip::of_requirement(sources.status(item));
    let excepted = |id: &String| sources.result(id).is_some_and(|r| r.status == TestStatus::Exception);
    if sources.status(item) == RequirementStatus::EvidenceMet && tests.iter().any(excepted) {
        return Chip { detail: "with an exception in force", ..chip };
    }
    chip
}

/// What a person provides, without the verb that the label already says.
pub(crate) fn person(words: Option<&str>) -> Option<String> {
    words.map(|w| text::capitalised(w.strip_prefix("Provide:").unwrap_or(w).trim()))
}

impl TestView {
    fn new(sources: &Sources<'_>, id: &str, item: &str, limits: Limits) -> Self {
        let test = sources.test(id);
        let result = sources.result(id);
        let status = result.map_or(TestStatus::Unknown, |r| r.status);
        let failing = result.map(|r| r.failing.as_slice()).unwrap_or_default();
        let hidden =
            failing.len().saturating_sub(limits.failing) as u64 + result.map_or(0, |r| r.more_failing);
        Self {
            id: id.to_owned(),
            title: test.map_or_else(|| id.to_owned(), |t| t.title.clone()),
            chip: Chip::of_test(status),
            parts: parts(sources, id, item),
            coverage: result.map_or_else(|| "not evaluated".to_owned(), coverage),
            explanation: result
                .map_or_else(|| "Not evaluated in this run.".to_owned(), |r| r.explanation.clone()),
            failing: failing.iter().take(limits.failing).map(FailingLine::new).collect(),
            failing_more: more_of(hidden, "failing item", "failing items"),
            remediation: test.filter(|_| is_open(status)).map(|t| t.remediation.clone()),
            definition: result.map_or_else(String::new, |r| text::short_digest(&r.definition.to_hex())),
            inputs: result.map_or_else(String::new, |r| text::short_digest(&r.inputs.to_hex())),
        }
    }
}

fn parts(sources: &Sources<'_>, test: &str, item: &str) -> Vec<PartView> {
    let Some(test) = sources.test(test) else { return Vec::new() };
    test.evidences.iter().filter(|link| sources.speaks(link, item)).map(PartView::new).collect()
}

impl PartView {
    fn new(link: &Link) -> Self {
        Self {
            strength: strength_word(link.strength),
            part: link.part.clone(),
            leaves_open: link.leaves_open.clone(),
        }
    }
}

impl FailingLine {
    fn new(item: &FailingItem) -> Self {
        Self {
            subject: item.subject.clone(),
            item: if item.item.is_empty() { "as a whole".to_owned() } else { item.item.clone() },
            reason: item.reason.clone(),
        }
    }
}

/// Whether something is to mend.
pub(crate) const fn is_open(status: TestStatus) -> bool {
    match status {
        TestStatus::Fail
        | TestStatus::Error
        | TestStatus::Unknown
        | TestStatus::Stale
        | TestStatus::Missing
        | TestStatus::Exception => true,
        TestStatus::Pass | TestStatus::NotApplicable => false,
    }
}

fn coverage(result: &TestResult) -> String {
    format!(
        "{} in the population, {} evaluated",
        text::grouped(result.population),
        text::grouped(result.evaluated)
    )
}

pub(crate) const fn strength_word(strength: Strength) -> &'static str {
    match strength {
        Strength::Direct => "Direct",
        Strength::Supporting => "Supporting",
        Strength::Context => "Context",
    }
}

/// `12 more failing items`; nothing when there are none.
pub(crate) fn more_of(count: u64, one: &str, many: &str) -> Option<String> {
    (count > 0).then(|| format!("{} more {}", text::grouped(count), if count == 1 { one } else { many }))
}

pub(crate) fn notes(item: &Item) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(cadence) = &item.cadence {
        notes.push(cadence_words(cadence));
    }
    if let Some(whom) = &item.applies_to {
        notes.push(format!("Applies to: {}", whom.replace('-', " ")));
    }
    if let Some(day) = &item.mandatory_since {
        notes.push(format!("Mandatory since {day}"));
    }
    if let Some(other) = &item.superseded_by {
        notes.push(format!("Superseded by {other}"));
    }
    if !item.methods.is_empty() {
        notes.push(format!("Assessor methods: {}", item.methods.join(", ")));
    }
    notes
}

fn cadence_words(cadence: &Cadence) -> String {
    let source = match cadence.from {
        CadenceSource::Standard => "set by the standard",
        CadenceSource::Law => "set by law",
        CadenceSource::RiskAnalysis => "from the targeted risk analysis",
        CadenceSource::Event => "after each event",
        CadenceSource::Document => "while the document is current",
        CadenceSource::Default => "our default",
    };
    match (cadence.days, &cadence.note) {
        (Some(days), _) => format!("At least every {}, {source}", text::counted(days.into(), "day", "days")),
        (None, Some(note)) => text::capitalised(note.trim_end_matches('.')),
        (None, None) => text::capitalised(source),
    }
}
