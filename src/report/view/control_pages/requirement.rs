//! One requirement: what it asks, what the evidence says, what failed, and what to do.

use serde::Serialize;

use crate::base::UnixMillis;
use crate::controls::{
    Catalog, ControlTest, Evaluation, Framework, Item, RequirementStatus, SubjectKind, in_words,
};
use crate::report::chart::Figure;
use crate::report::mark::Mark;
use crate::report::text;
use crate::report::view::control_pages::deciding::worst;
use crate::report::view::control_pages::open_items::open_items;
use crate::report::view::control_pages::steps::{NextStep, next_step};
use crate::report::view::control_pages::{Links, When};
use crate::report::view::framework::framework_name;
use crate::report::view::requirement::{Limits, Requirement, TestView, more_of, notes, person};
use crate::report::view::shared::{Chip, EvidenceLine, EvidenceRow};
use crate::report::view::sources::Sources;
use crate::report::view::{Crumb, PageView};

const LIMITS: Limits = Limits { failing: 50, evidence: 100 };

/// A verdict as it was from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictStep {
    /// From when on.
    pub at: UnixMillis,
    /// What it was.
    pub status: RequirementStatus,
    /// Why.
    pub explanation: String,
}

/// What the page is made from.
#[derive(Debug, Clone)]
pub struct RequirementInput<'a> {
    /// Its framework.
    pub framework: &'a Framework,
    /// All tests.
    pub catalog: &'a Catalog,
    /// The verdicts.
    pub evaluation: &'a Evaluation,
    /// Evidence relied on.
    pub evidence: &'a [EvidenceRow],
    /// How its verdict changed, oldest first.
    pub history: &'a [VerdictStep],
    /// The strip of its cadence with what it says in words.
    pub cadence: Option<(Figure, String)>,
    /// The day it is seen as of.
    pub as_of: Option<UnixMillis>,
}

/// The page as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RequirementPage {
    /// The framework's name.
    pub framework: String,
    /// Identifier as published.
    pub id: String,
    /// Title in our own words.
    pub title: String,
    /// Its status.
    pub chip: Chip,
    /// The verdict in a sentence or two.
    pub verdict: String,
    /// When it was evaluated.
    pub evaluated: When,
    /// Since when it has this status.
    pub since: When,
    /// When the newest evidence was collected.
    pub newest: When,
    /// What it asks: cadence, whom it applies to, dates, methods.
    pub notes: Vec<String>,
    /// What a person provides.
    pub person: Option<String>,
    /// What comes above it, outermost first.
    pub parents: Vec<Neighbour>,
    /// What comes below it.
    pub children: Vec<Neighbour>,
    /// The one before.
    pub previous: Option<Neighbour>,
    /// The one after.
    pub next: Option<Neighbour>,
    /// What to do.
    pub step: Option<NextStep>,
    /// What failed, over all its tests.
    pub failing: Vec<FailingRow>,
    /// How many more failed.
    pub failing_more: Option<String>,
    /// Its tests.
    pub tests: Vec<TestCard>,
    /// Evidence relied on, newest first.
    pub evidence: Vec<EvidenceItem>,
    /// How much more there is.
    pub evidence_more: Option<String>,
    /// The strip of its cadence.
    pub cadence: Option<Figure>,
    /// What the strip says.
    pub cadence_words: String,
    /// Its history, newest first.
    pub history: Vec<HistoryLine>,
}

/// Another item of the framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Neighbour {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Its page; `None` for a heading.
    pub href: Option<String>,
    /// Its status; `None` for a heading.
    pub chip: Option<Chip>,
}

/// One thing that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailingRow {
    /// The subject.
    pub subject: String,
    /// Its page; `None` when it has none.
    pub href: Option<String>,
    /// The row, or that the subject as a whole failed.
    pub item: String,
    /// What does not hold.
    pub reason: String,
    /// The test.
    pub test: String,
    /// Its page.
    pub test_href: String,
}

/// One test with its "why?".
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestCard {
    /// The test and what failed.
    pub test: TestView,
    /// Its page.
    pub href: String,
    /// What the panel explains.
    pub explanation: String,
    /// What it asks, whom it covers, what it looked at.
    pub steps: Vec<WhyStep>,
    /// Whether the panel is unfolded.
    pub open: bool,
}

/// A line of the "why?" panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhyStep {
    /// What it is.
    pub label: &'static str,
    /// What it says.
    pub value: String,
    /// Where there is more.
    pub href: Option<String>,
    /// Whether it is code.
    pub code: bool,
}

/// Evidence relied on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceItem {
    /// The item.
    pub line: EvidenceLine,
    /// Its page.
    pub href: String,
    /// When it was collected.
    pub when: When,
}

/// A change of the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// Nobody: an evaluation found it.
    pub who: String,
    /// From what to what.
    pub what: String,
    /// Nowhere.
    pub href: Option<String>,
    /// Why.
    pub detail: String,
    /// Suffix of the status' style class.
    pub class: &'static str,
    /// When.
    pub when: When,
}

impl RequirementPage {
    /// The page of one item.
    pub fn build(input: RequirementInput<'_>, item: &Item) -> Self {
        let links = Links::at(input.as_of);
        let rows = input.evidence.iter().map(|row| (row, Some(Links::evidence(&row.id))));
        let sources = Sources::new(input.framework, input.catalog, input.evaluation, rows);
        let requirement = Requirement::new(&sources, item, LIMITS);
        let tests = sources.verdict(&item.id).map(|v| v.tests.as_slice()).unwrap_or_default();
        let newest = tests.iter().filter_map(|t| sources.newest(t)).max();
        let (failing, more) = open_items(&sources, (tests, sources.status(item)), &links);
        let (previous, next) = around(&sources, item, &links);
        let verdict = worst(&sources, tests, sources.status(item)).filter(|_| needs(&sources, item));
        let (cadence, words) = input.cadence.map_or((None, String::new()), |(f, w)| (Some(f), w));
        Self {
            framework: framework_name(input.framework),
            id: item.id.clone(),
            title: item.title.clone(),
            verdict: verdict.map_or(requirement.explanation, |r| r.explanation.clone()),
            chip: requirement.chip,
            evaluated: When::past(input.evaluation.at),
            since: When::past_or(input.history.last().map(|h| h.at), "not evaluated"),
            newest: When::past_or(newest, if tests.is_empty() { "no test" } else { "not collected" }),
            notes: notes(item),
            person: person(item.provide.as_deref()),
            parents: parents(&sources, item, &links),
            children: children(&sources, item, &links),
            step: next_step(&sources, item),
            failing_more: more_of(more, "failing item", "failing items"),
            tests: requirement.tests.into_iter().map(|t| TestCard::new(&sources, t, &links)).collect(),
            evidence: evidence(requirement.evidence, input.evidence),
            evidence_more: requirement.evidence_more,
            cadence_words: words,
            history: history(input.history),
            previous,
            next,
            failing,
            cadence,
        }
    }
}

fn needs(sources: &Sources<'_>, item: &Item) -> bool {
    match Mark::of_requirement(sources.status(item)).0 {
        Mark::NotMet | Mark::Attention | Mark::Unknown => true,
        Mark::Met | Mark::Manual | Mark::NotApplicable => false,
    }
}

impl Neighbour {
    fn new(sources: &Sources<'_>, item: &Item, links: &Links) -> Self {
        let has_page = item.is_assessed() || item.superseded_by.is_some();
        Self {
            id: text::heading_id(&item.id),
            title: item.title.clone(),
            href: has_page.then(|| links.control(&sources.framework.id, &item.id)),
            chip: has_page.then(|| Chip::of_requirement(sources.status(item))),
        }
    }
}

fn parents(sources: &Sources<'_>, item: &Item, links: &Links) -> Vec<Neighbour> {
    let mut above = Vec::new();
    let mut at = item;
    // A catalogue is a tree, but it comes from files: never follow a circle.
    while let Some(parent) = at.parent.as_ref().filter(|_| above.len() < 8) {
        let Some(found) = sources.framework.items.iter().find(|i| i.id == *parent) else { break };
        above.push(Neighbour::new(sources, found, links));
        at = found;
    }
    above.reverse();
    above
}

fn children(sources: &Sources<'_>, item: &Item, links: &Links) -> Vec<Neighbour> {
    let below = sources.framework.items.iter().filter(|i| i.parent.as_ref() == Some(&item.id));
    below.map(|i| Neighbour::new(sources, i, links)).collect()
}

fn around(sources: &Sources<'_>, item: &Item, links: &Links) -> (Option<Neighbour>, Option<Neighbour>) {
    let with_page: Vec<&Item> =
        sources.framework.items.iter().filter(|i| i.is_assessed() || i.superseded_by.is_some()).collect();
    let Some(place) = with_page.iter().position(|i| i.id == item.id) else { return (None, None) };
    let at = |n: Option<usize>| n.and_then(|n| with_page.get(n)).map(|i| Neighbour::new(sources, i, links));
    (at(place.checked_sub(1)), at(place.checked_add(1)))
}

/// The page about a test's subject.
pub(super) fn subject_href(test: &ControlTest, subject: &str) -> Option<String> {
    match test.population.of {
        SubjectKind::Asset => Some(Links::asset(subject)),
        SubjectKind::Vendor => Some(Links::vendor(subject)),
        SubjectKind::Feed | SubjectKind::Source => Some("/sources".to_owned()),
        SubjectKind::Installation => None,
    }
}

impl TestCard {
    fn new(sources: &Sources<'_>, test: TestView, links: &Links) -> Self {
        let href = links.test(&test.id);
        let mut steps = Vec::new();
        let mut say = |label, value: String| {
            steps.push(WhyStep { label, value, href: None, code: false });
        };
        if let Some(words) = sources.test(&test.id).and_then(in_words) {
            say("Asks that", words.asks);
            say("Covers", words.covers);
        }
        say("Population", test.coverage.clone());
        let result = sources.result(&test.id);
        let until = result.and_then(|r| r.valid_until).map(UnixMillis::to_display);
        say("Holds until", until.unwrap_or_else(|| "the inputs change".to_owned()));
        steps.push(WhyStep { label: "Inputs", value: test.inputs.clone(), href: None, code: true });
        let definition = test.definition.clone();
        steps.push(WhyStep { label: "Definition", value: definition, href: Some(href.clone()), code: false });
        let open = !test.failing.is_empty();
        Self { explanation: test.explanation.clone(), href, steps, open, test }
    }
}

fn evidence(lines: Vec<EvidenceLine>, rows: &[EvidenceRow]) -> Vec<EvidenceItem> {
    let collected = |id: &str| rows.iter().find(|r| r.id == id).map(|r| r.collected_at);
    let mut items: Vec<(Option<UnixMillis>, EvidenceItem)> = lines
        .into_iter()
        .map(|line| {
            let at = collected(&line.id);
            let href = Links::evidence(&line.id);
            (at, EvidenceItem { line, href, when: When::past_or(at, "not stated") })
        })
        .collect();
    items.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    items.into_iter().map(|(_, item)| item).collect()
}

fn history(steps: &[VerdictStep]) -> Vec<HistoryLine> {
    let line = |(place, step): (usize, &VerdictStep)| {
        let word = |s: RequirementStatus| Mark::of_requirement(s).0.word();
        let before = place.checked_sub(1).and_then(|n| steps.get(n)).map(|s| word(s.status));
        let now = word(step.status);
        HistoryLine {
            who: String::new(),
            what: before.map_or_else(
                || format!("First evaluated: {}", now.to_lowercase()),
                |b| format!("{b} → {now}"),
            ),
            href: None,
            detail: step.explanation.clone(),
            class: Mark::of_requirement(step.status).0.class(),
            when: When::past(step.at),
        }
    };
    let mut lines: Vec<HistoryLine> = steps.iter().enumerate().map(line).collect();
    lines.reverse();
    lines
}

impl PageView for RequirementPage {
    const TEMPLATE: &'static str = "requirement";
    const SEEN_AS_OF: bool = true;

    fn tab(&self) -> String {
        format!("{} {} · {}", self.id, self.title, self.framework)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Controls", "/controls"), Crumb::here(format!("{} {}", self.framework, self.id))]
    }
}
