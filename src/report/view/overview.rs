//! The service's overview page, and the page shown when something went wrong.

use serde::Serialize;

use crate::base::UnixMillis;
use crate::controls::{Evaluation, Framework};
use crate::evidence::EvidenceKind;
use crate::report::mark::Tally;
use crate::report::text;
use crate::report::view::framework::framework_name;
use crate::report::view::shared::{Fact, Summary, VendorLine, VendorRow, kind_words, vendor_lines};
use crate::report::view::{Crumb, PageView};

/// The overview as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// The installation's name.
    pub name: String,
    /// Program name and version.
    pub version: String,
    /// Whether the data is sample data.
    pub sample: bool,
    /// The instant the verdicts are for.
    pub as_of: String,
    /// What needs somebody today, at most five are shown.
    pub attention: Vec<AttentionItem>,
    /// One bar per framework.
    pub frameworks: Vec<FrameworkBar>,
    /// Stored evidence per kind.
    pub kinds: Vec<KindRow>,
    /// The ledger; `None` before its first checkpoint.
    pub ledger: Option<LedgerFacts>,
    /// Last runs, newest first.
    pub runs: Vec<RunRow>,
    /// Vendor scores, worst first.
    pub vendors: Vec<VendorLine>,
}

/// One thing that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttentionItem {
    /// A sentence.
    pub what: String,
    /// Where to act; `None` when there is no page for it.
    pub href: Option<String>,
}

/// One framework's bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrameworkBar {
    /// Name with version.
    pub title: String,
    /// Counts per status.
    pub summary: Summary,
    /// Link to its report; `None` when there is none.
    pub href: Option<String>,
}

/// How much evidence of one kind there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindRow {
    /// The kind in words.
    pub kind: String,
    /// Accepted items.
    pub items: String,
    /// Quarantined items.
    pub quarantined: String,
    /// When the newest was collected, or that there is none.
    pub newest: String,
}

/// The ledger's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerFacts {
    /// Size, root, time of the checkpoint, fingerprint.
    pub facts: Vec<Fact>,
}

/// One run of a source or job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunRow {
    /// Source or job.
    pub what: String,
    /// Suffix of the status' style class: one of the six marks.
    pub class: &'static str,
    /// What became of it, in a word.
    pub status: String,
    /// When it started.
    pub started: String,
    /// How long it took, or that it runs.
    pub took: String,
    /// What it did, in words.
    pub detail: String,
}

impl Overview {
    /// An empty overview of an installation, to be filled in.
    pub fn new(name: &str, version: &str, at: UnixMillis) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            sample: false,
            as_of: at.to_display(),
            attention: Vec::new(),
            frameworks: Vec::new(),
            kinds: Vec::new(),
            ledger: None,
            runs: Vec::new(),
            vendors: Vec::new(),
        }
    }

    /// Adds the vendors, worst first.
    #[must_use]
    pub fn with_vendors(mut self, rows: &[VendorRow]) -> Self {
        self.vendors = vendor_lines(rows);
        self
    }
}

impl PageView for Overview {
    const TEMPLATE: &'static str = "overview";

    fn tab(&self) -> String {
        "Overview".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Overview")]
    }
}

impl FrameworkBar {
    /// The bar of one framework's verdicts, linking to its report.
    pub fn new(framework: &Framework, evaluation: &Evaluation, href: Option<&str>) -> Self {
        let title = framework_name(framework);
        let tally = Tally::of_framework(framework, &evaluation.requirements);
        let summary = Summary::new(&framework.id, &format!("{title}: requirements by status"), &tally);
        Self { title, summary, href: href.map(str::to_owned) }
    }
}

impl KindRow {
    /// The row of one kind.
    pub fn new(kind: EvidenceKind, items: u64, quarantined: u64, newest: Option<UnixMillis>) -> Self {
        Self {
            kind: kind_words(kind),
            items: text::grouped(items),
            quarantined: text::grouped(quarantined),
            newest: newest.map_or_else(|| "not collected".to_owned(), UnixMillis::to_display),
        }
    }
}

impl LedgerFacts {
    /// The facts of the newest checkpoint.
    pub fn new(size: u64, root: &str, at: UnixMillis, fingerprint: &str) -> Self {
        Self {
            facts: vec![
                Fact::text("Size", text::counted(size, "entry", "entries")),
                Fact::text("Checkpoint", at.to_display()),
                Fact::code("Root", root),
                Fact::code("Signing key", fingerprint),
            ],
        }
    }
}

/// The page shown when something went wrong; only what may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorPage {
    /// HTTP status.
    pub status: u16,
    /// The problem's title.
    pub title: String,
    /// What happened and what to do.
    pub detail: String,
    /// Identifier to quote when asking for help; `None` when there is none.
    pub request_id: Option<String>,
}
