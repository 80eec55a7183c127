//! The parts pages have in common: head, chips, counts, facts, evidence and vendors.

use serde::Serialize;

use crate::base::{Digest, UnixMillis};
use crate::controls::{RequirementStatus, TestStatus};
use crate::evidence::{EvidenceKind, ReceiptStatus};
use crate::report::chart::{Chart, Waterfall, finite};
use crate::report::mark::{Mark, Tally};
use crate::report::text;

/// What every document has at its head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The document's title.
    pub title: String,
    /// Printed at the top of every sheet.
    pub running_title: String,
    /// Printed at the bottom of every sheet: what identifies the data.
    pub running_foot: String,
    /// Whether it shows sample data; said on the page and on every printed sheet.
    pub sample: bool,
}

impl Head {
    pub(crate) fn new(title: &str, organisation: &str, sample: bool) -> Self {
        let mark = if sample { "Sample data · " } else { "" };
        Self {
            title: format!("{title} · {organisation}"),
            running_title: format!("{mark}{title} · {organisation}"),
            running_foot: String::new(),
            sample,
        }
    }

    pub(crate) fn foot(mut self, foot: String) -> Self {
        self.running_foot = foot;
        self
    }
}

/// A status as shown: icon and colour by class, the word, and what tells apart verdicts that share a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chip {
    /// Suffix of its style class and icon.
    pub class: &'static str,
    /// The word.
    pub word: &'static str,
    /// The detail.
    pub detail: &'static str,
}

impl Chip {
    pub(crate) const fn new((mark, detail): (Mark, &'static str)) -> Self {
        Self { class: mark.class(), word: mark.word(), detail }
    }

    /// The chip of a requirement.
    pub const fn of_requirement(status: RequirementStatus) -> Self {
        Self::new(Mark::of_requirement(status))
    }

    /// The chip of a test.
    pub const fn of_test(status: TestStatus) -> Self {
        Self::new(Mark::of_test(status))
    }
}

/// A bar and the counts it shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// `280 requirements`.
    pub total: String,
    /// The same in words: `14 met, 2 not met`; only what occurs.
    pub sentence: String,
    /// The bar.
    pub chart: Chart,
    /// All six, in the order shown.
    pub counts: Vec<CountCell>,
}

/// One status and how many carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountCell {
    /// Suffix of its style class and icon.
    pub class: &'static str,
    /// The word.
    pub word: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// How many.
    pub count: String,
}

impl Summary {
    /// Sums up a tally under a title; `id` is unique in the page.
    pub fn new(id: &str, title: &str, tally: &Tally) -> Self {
        let cell = |mark: Mark| CountCell {
            class: mark.class(),
            word: mark.word(),
            meaning: mark.meaning(),
            count: text::grouped(tally.count(mark)),
        };
        let sentence: Vec<String> = Mark::ALL
            .into_iter()
            .filter(|m| tally.count(*m) > 0)
            .map(|m| format!("{} {}", text::grouped(tally.count(m)), m.word().to_lowercase()))
            .collect();
        Self {
            total: text::counted(tally.total(), "requirement", "requirements"),
            sentence: sentence.join(", "),
            chart: Chart::status_bar(id, title, tally),
            counts: Mark::ALL.map(cell).to_vec(),
        }
    }
}

/// One labelled value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// The value.
    pub value: String,
    /// Whether it is an identifier, set in the mono face.
    pub code: bool,
}

impl Fact {
    /// A value in words.
    pub fn text(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into(), code: false }
    }

    /// An identifier or digest.
    pub fn code(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into(), code: true }
    }
}

/// One stored evidence item, as the caller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// The item's id, as verdicts name it in `relied_on`.
    pub id: String,
    /// What it is evidence of; `None` when that could not be told.
    pub kind: Option<EvidenceKind>,
    /// The format with its version (`CycloneDX 1.6`); empty when unknown.
    pub format: String,
    /// The file as it was given.
    pub file: String,
    /// The asset or vendor it speaks about.
    pub subject: String,
    /// Digest of the stored bytes.
    pub sha256: Digest,
    /// Size in bytes.
    pub bytes: u64,
    /// When its producer says it was made.
    pub produced_at: Option<UnixMillis>,
    /// When it was collected.
    pub collected_at: UnixMillis,
    /// Its place in the ledger; `None` while it is not yet recorded.
    pub ledger_index: Option<u64>,
    /// What became of it.
    pub status: ReceiptStatus,
}

/// An evidence item as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceLine {
    /// Anchor in the evidence index.
    pub anchor: String,
    /// The item's id.
    pub id: String,
    /// Kind in words.
    pub kind: String,
    /// Format and version.
    pub format: String,
    /// File name.
    pub file: String,
    /// Subject.
    pub subject: String,
    /// Digest, shortened.
    pub sha_short: String,
    /// Digest in full.
    pub sha256: String,
    /// Size.
    pub size: String,
    /// Produced, or why that is not known.
    pub produced: String,
    /// Collected.
    pub collected: String,
    /// Ledger index, or why there is none.
    pub index: String,
    /// What became of it.
    pub status: &'static str,
    /// Link to the file in a pack, to the evidence index in a report; `None` when it is in neither.
    pub href: Option<String>,
}

impl EvidenceLine {
    pub(crate) fn new(row: &EvidenceRow, href: Option<String>) -> Self {
        let sha256 = row.sha256.to_hex();
        Self {
            anchor: text::anchor("e", &row.id),
            id: row.id.clone(),
            kind: row.kind.map_or_else(|| "unknown".to_owned(), kind_words),
            format: if row.format.is_empty() { "not recognised".to_owned() } else { row.format.clone() },
            file: row.file.clone(),
            subject: if row.subject.is_empty() { "no subject".to_owned() } else { row.subject.clone() },
            sha_short: text::short_digest(&sha256),
            sha256,
            size: text::size(row.bytes),
            produced: row.produced_at.map_or_else(|| "not stated".to_owned(), UnixMillis::to_display),
            collected: row.collected_at.to_display(),
            index: row.ledger_index.map_or_else(|| "not yet recorded".to_owned(), text::grouped),
            status: receipt_words(row.status),
            href,
        }
    }
}

/// A kind in words: `SBOM`, `VEX`, `Scan`.
pub(crate) fn kind_words(kind: EvidenceKind) -> String {
    match kind {
        EvidenceKind::Sbom | EvidenceKind::Vex => kind.as_str().to_uppercase(),
        EvidenceKind::Scan
        | EvidenceKind::Advisories
        | EvidenceKind::Access
        | EvidenceKind::Attestation
        | EvidenceKind::Document
        | EvidenceKind::Settings
        | EvidenceKind::Changes => text::capitalised(kind.as_str()),
    }
}

const fn receipt_words(status: ReceiptStatus) -> &'static str {
    match status {
        ReceiptStatus::Accepted => "accepted",
        ReceiptStatus::Duplicate => "seen again",
        ReceiptStatus::Quarantined => "quarantined",
    }
}

/// One vendor's score, as the caller knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct VendorRow {
    /// The vendor's name.
    pub name: String,
    /// Its tier (`Critical`, `High`, `Medium`, `Low`).
    pub tier: String,
    /// Risk before any assurance, 0 to 100.
    pub inherent: f64,
    /// Risk that is left, 0 to 100.
    pub residual: f64,
    /// Share backed by fresh independent evidence, 0 to 1.
    pub confidence: f64,
    /// Floors that raised the score, in words.
    pub floors: Vec<String>,
    /// The start, then every change with its sign; the sum is the residual score.
    pub waterfall: Vec<(String, f64)>,
}

/// A vendor's score as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VendorLine {
    /// The name.
    pub name: String,
    /// Its tier.
    pub tier: String,
    /// Inherent score.
    pub inherent: String,
    /// Residual score.
    pub residual: String,
    /// Confidence, 0 to 1 with two decimals.
    pub confidence: String,
    /// Floors, or that there are none.
    pub floors: String,
    /// The sum as a drawing.
    pub chart: Chart,
    /// The sum as a table: label and figure.
    pub steps: Vec<(String, String)>,
}

impl VendorLine {
    pub(crate) fn new(place: usize, row: &VendorRow) -> Self {
        let values: Vec<(String, f64)> =
            row.waterfall.iter().map(|(label, value)| (label.clone(), finite(*value))).collect();
        let written = |(n, (label, value)): (usize, &(String, f64))| {
            (label.clone(), if n == 0 { text::score(*value) } else { text::change(*value) })
        };
        Self {
            name: row.name.clone(),
            tier: row.tier.clone(),
            inherent: text::score(row.inherent),
            residual: text::score(row.residual),
            confidence: format!("{:.2}", finite(row.confidence)),
            floors: if row.floors.is_empty() { "none applies".to_owned() } else { row.floors.join("; ") },
            steps: values.iter().enumerate().map(written).collect(),
            chart: Chart::Waterfall(Waterfall {
                id: format!("vendor-{place}"),
                title: format!("How the score of {} came about", row.name),
                steps: values,
                end: "Residual".to_owned(),
            }),
        }
    }
}

/// The vendors worst first, equal ones by name.
pub(crate) fn vendor_lines(rows: &[VendorRow]) -> Vec<VendorLine> {
    let mut sorted: Vec<&VendorRow> = rows.iter().collect();
    sorted.sort_by(|a, b| b.residual.total_cmp(&a.residual).then_with(|| a.name.cmp(&b.name)));
    sorted.into_iter().enumerate().map(|(place, row)| VendorLine::new(place, row)).collect()
}
