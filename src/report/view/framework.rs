//! The framework report: one self-contained document for an auditor's desk.

use std::cmp::Reverse;
use std::collections::HashSet;

use serde::Serialize;

use crate::base::UnixMillis;
use crate::controls::{Catalog, Evaluation, Framework, Item, RequirementStatus};
use crate::evidence::ReceiptStatus;
use crate::report::mark::Mark;
use crate::report::text;
use crate::report::view::gaps::{GapLine, gap_lines};
use crate::report::view::outline::{Chapter, Group, outline};
use crate::report::view::requirement::{Limits, Requirement, more_of};
use crate::report::view::shared::{
    Chip, CountCell, EvidenceLine, EvidenceRow, Fact, Head, Summary, VendorLine, VendorRow, vendor_lines,
};
use crate::report::view::sources::Sources;

/// Rows of evidence a report lists; a pack's manifest has all.
const MOST_EVIDENCE: usize = 5_000;
/// Requirements named first.
const MOST_ATTENTION: usize = 10;
const LIMITS: Limits = Limits { failing: 20, evidence: 10 };

/// What a framework report is made from.
#[derive(Debug, Clone, Copy)]
pub struct ReportInput<'a> {
    /// The framework.
    pub framework: &'a Framework,
    /// Its tests.
    pub catalog: &'a Catalog,
    /// The verdicts; its `at` is the report's "as of".
    pub evaluation: &'a Evaluation,
    /// The stored evidence.
    pub evidence: &'a [EvidenceRow],
    /// Vendor scores.
    pub vendors: &'a [VendorRow],
    /// Whose report it is.
    pub organisation: &'a str,
    /// Whether the data is sample data.
    pub sample: bool,
    /// When it was generated; in a pack, the time of its checkpoint, so that it can be re-created.
    pub generated_at: UnixMillis,
    /// Fingerprint of the signing key.
    pub fingerprint: &'a str,
}

/// The report as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrameworkReport {
    /// The document's head.
    pub head: Head,
    /// Heading.
    pub title: String,
    /// Whose report it is.
    pub organisation: String,
    /// The instant the verdicts are for.
    pub as_of: String,
    /// Facts under the heading.
    pub facts: Vec<Fact>,
    /// Where identifiers come from and whose words the titles are.
    pub notice: String,
    /// Fingerprint of the signing key.
    pub fingerprint: String,
    /// Counts per status.
    pub summary: Summary,
    /// What needs attention first.
    pub attention: Vec<AttentionLine>,
    /// How many more need attention.
    pub attention_more: Option<String>,
    /// The requirements.
    pub chapters: Vec<ChapterView>,
    /// Gaps, in catalogue order.
    pub gaps: Vec<GapLine>,
    /// How many requirements wait for a person.
    pub manual: Option<String>,
    /// Quarantined evidence.
    pub rejected: Vec<EvidenceLine>,
    /// The evidence index.
    pub evidence: Vec<EvidenceLine>,
    /// Evidence that is not listed.
    pub evidence_more: Option<String>,
    /// Vendor scores, worst first.
    pub vendors: Vec<VendorLine>,
    /// What the statuses mean.
    pub statuses: Vec<CountCell>,
}

/// A requirement that needs attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttentionLine {
    /// Anchor of the requirement in the same document.
    pub anchor: String,
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Status.
    pub chip: Chip,
    /// Why.
    pub explanation: String,
}

/// One chapter of the framework.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChapterView {
    /// Anchor.
    pub anchor: String,
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Counts per status.
    pub summary: Summary,
    /// `3 not met`, for the table of contents; `None` when there are none.
    pub not_met: Option<String>,
    /// Its headings.
    pub groups: Vec<GroupView>,
    /// Headings under which nothing is assessed, by id.
    pub silent: Option<String>,
}

/// The requirements under one heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupView {
    /// Identifier and title of the heading; `None` right below the chapter.
    pub heading: Option<GroupHeading>,
    /// The requirements.
    pub requirements: Vec<Requirement>,
}

/// A heading between chapter and requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupHeading {
    /// Anchor.
    pub anchor: String,
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
}

impl FrameworkReport {
    /// Builds the report. The same input gives the same report.
    pub fn build(input: &ReportInput<'_>) -> Self {
        let (evidence, evidence_more) = evidence_index(input.evidence);
        let listed: HashSet<&str> = evidence.iter().map(|e| e.id.as_str()).collect();
        let link = |id: &str| listed.contains(id).then(|| format!("#{}", text::anchor("e", id)));
        let rows = input.evidence.iter().map(|row| (row, link(&row.id)));
        let sources = Sources::new(input.framework, input.catalog, input.evaluation, rows);
        let tally = sources.tally(&input.framework.items);
        let name = framework_name(input.framework);
        let title = format!("{name}: evidence report");
        let (attention, attention_more) = attention(&sources);
        let manual = tally.count(Mark::Manual);
        Self {
            head: Head::new(&title, input.organisation, input.sample).foot(running_foot(input.evaluation)),
            organisation: input.organisation.to_owned(),
            as_of: input.evaluation.at.to_display(),
            facts: facts(input, &name),
            notice: input.framework.notice.clone(),
            fingerprint: input.fingerprint.to_owned(),
            summary: Summary::new("all", &format!("{name}: requirements by status"), &tally),
            attention,
            attention_more,
            chapters: outline(input.framework).iter().map(|c| ChapterView::new(&sources, c)).collect(),
            gaps: gap_lines(&sources),
            manual: (manual > 0).then(|| text::counted(manual, "requirement waits", "requirements wait")),
            rejected: rejected(input.evidence),
            evidence_more,
            vendors: vendor_lines(input.vendors),
            statuses: Summary::new("statuses", "", &tally).counts,
            evidence,
            title,
        }
    }
}

impl ChapterView {
    fn new(sources: &Sources<'_>, chapter: &Chapter<'_>) -> Self {
        let tally = sources.tally(chapter.assessed());
        let not_met = tally.count(Mark::NotMet);
        let title = format!("{} {}: requirements by status", chapter.item.id, chapter.item.title);
        let silent: Vec<&str> = chapter.silent.iter().map(|i| i.id.as_str()).collect();
        let group = |g: &Group<'_>| GroupView {
            heading: g.heading.map(GroupHeading::new),
            requirements: g.items.iter().map(|i| Requirement::new(sources, i, LIMITS)).collect(),
        };
        Self {
            anchor: text::anchor("s", &chapter.item.id),
            id: text::heading_id(&chapter.item.id),
            title: chapter.item.title.clone(),
            summary: Summary::new(&chapter.item.id, &title, &tally),
            not_met: (not_met > 0).then(|| format!("{} not met", text::grouped(not_met))),
            groups: chapter.groups.iter().map(group).collect(),
            silent: (!silent.is_empty()).then(|| silent.join(", ")),
        }
    }
}

impl GroupHeading {
    fn new(item: &Item) -> Self {
        Self { anchor: text::anchor("s", &item.id), id: item.id.clone(), title: item.title.clone() }
    }
}

/// The framework's name with its version, said once.
pub(crate) fn framework_name(framework: &Framework) -> String {
    if framework.title.contains(&framework.version) {
        framework.title.clone()
    } else {
        format!("{} {}", framework.title, framework.version)
    }
}

pub(crate) fn running_foot(evaluation: &Evaluation) -> String {
    let catalog = text::short_digest(&evaluation.catalog.to_hex());
    format!("As of {} · catalogue {catalog}", evaluation.at.to_display())
}

fn facts(input: &ReportInput<'_>, name: &str) -> Vec<Fact> {
    let mut facts = vec![
        Fact::text("Organisation", input.organisation),
        Fact::text("Framework", name),
        Fact::text("As of", input.evaluation.at.to_display()),
        Fact::text("Generated", input.generated_at.to_display()),
        Fact::code("Catalogue digest", input.evaluation.catalog.to_hex()),
        Fact::code("Signing key", input.fingerprint),
    ];
    if input.sample {
        facts.insert(1, Fact::text("Data", "Sample data"));
    }
    facts
}

/// The worst requirements: by status, then by the severity of what fails, then in catalogue order.
fn attention(sources: &Sources<'_>) -> (Vec<AttentionLine>, Option<String>) {
    let mut worst: Vec<(RequirementStatus, &Item)> = sources
        .framework
        .items
        .iter()
        .filter(|i| i.is_assessed())
        .map(|i| (sources.status(i), i))
        .filter(|(status, _)| needs_attention(*status))
        .collect();
    worst.sort_by_key(|(status, item)| (*status, Reverse(sources.severity(&item.id))));
    let more = worst.len().saturating_sub(MOST_ATTENTION) as u64;
    let lines = worst.into_iter().take(MOST_ATTENTION).map(|(status, item)| AttentionLine {
        anchor: text::anchor("r", &item.id),
        id: item.id.clone(),
        title: item.title.clone(),
        chip: Chip::of_requirement(status),
        explanation: sources
            .verdict(&item.id)
            .map_or_else(|| "Not evaluated in this run.".to_owned(), |v| v.explanation.clone()),
    });
    (lines.collect(), more_of(more, "requirement", "requirements"))
}

const fn needs_attention(status: RequirementStatus) -> bool {
    match Mark::of_requirement(status).0 {
        Mark::NotMet | Mark::Attention | Mark::Unknown => true,
        Mark::Met | Mark::Manual | Mark::NotApplicable => false,
    }
}

fn evidence_index(rows: &[EvidenceRow]) -> (Vec<EvidenceLine>, Option<String>) {
    let mut sorted: Vec<&EvidenceRow> = rows.iter().collect();
    sorted.sort_by_key(|r| (r.ledger_index.unwrap_or(u64::MAX), r.id.as_str()));
    let more = sorted.len().saturating_sub(MOST_EVIDENCE) as u64;
    let lines = sorted.into_iter().take(MOST_EVIDENCE).map(|r| EvidenceLine::new(r, None)).collect();
    (lines, more_of(more, "item", "items"))
}

fn rejected(rows: &[EvidenceRow]) -> Vec<EvidenceLine> {
    let quarantined = rows.iter().filter(|r| r.status == ReceiptStatus::Quarantined).cloned();
    evidence_index(&quarantined.collect::<Vec<_>>()).0
}
