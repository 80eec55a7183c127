//! One evidence item: its receipt, what it holds, what rests on it, its history and its proof.

use serde::Serialize;

use crate::base::UnixMillis;
use crate::report::text;
use crate::report::view::evidence_pages::StatusChip;
use crate::report::view::{Crumb, Fact, PageView};

/// The page `/evidence/{id}`.
#[derive(Debug, Serialize)]
pub struct EvidenceItemPage {
    /// The file as given.
    pub file: String,
    /// The item's own address.
    pub href: String,
    /// Kind and format in words.
    pub what: String,
    /// What it is about.
    pub subject: String,
    /// The page of that.
    pub subject_href: Option<String>,
    /// What became of it.
    pub status: StatusChip,
    /// A withdrawal in force, or a request nobody decided yet; declined ones are in the history.
    pub withdrawal: Option<WithdrawalView>,
    /// Whether whoever looks may ask to withdraw it.
    pub may_withdraw: bool,
    /// Whether whoever looks may download its bytes.
    pub may_download: bool,
    /// What is known about it.
    pub facts: Vec<Fact>,
    /// Digest of the stored bytes.
    pub sha256: Digested,
    /// What was read.
    pub counts: Vec<Fact>,
    /// Why it was quarantined.
    pub errors: Vec<NoteLine>,
    /// What a reader should know.
    pub warnings: Vec<NoteLine>,
    /// Its first rows.
    pub content: Option<ContentTable>,
    /// Tests that rest on it.
    pub uses: Vec<TestUse>,
    /// What happened to it, newest first.
    pub history: Vec<HistoryLine>,
    /// Its place in the ledger.
    pub proof: ProofView,
}

impl PageView for EvidenceItemPage {
    const TEMPLATE: &'static str = "evidence-item";
    const SEEN_AS_OF: bool = true;

    fn tab(&self) -> String {
        self.file.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Evidence", "/evidence"), Crumb::here(self.file.clone())]
    }
}

/// A digest as `partials/digest` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Digested {
    /// Its beginning and end.
    pub short: String,
    /// All of it.
    pub full: String,
}

impl Digested {
    /// A digest in hexadecimal.
    pub fn new(hex: String) -> Self {
        Self { short: text::short_digest(&hex), full: hex }
    }
}

/// A warning, or a reason for quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteLine {
    /// What, and how to fix it.
    pub text: String,
    /// Where; empty when it is the document as a whole.
    pub path: String,
    /// Its stable code.
    pub code: String,
    /// How often, in words; empty for once.
    pub times: String,
}

impl NoteLine {
    /// One note that occurred so often.
    pub fn new((code, path, message): (&str, &str, &str), count: u64) -> Self {
        let times = if count > 1 { text::counted(count, "time", "times") } else { String::new() };
        Self { text: text::capitalised(message), path: path.to_owned(), code: code.to_owned(), times }
    }
}

/// The first rows of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContentTable {
    /// What they are: `Components`.
    pub title: String,
    /// Headings.
    pub heading: Vec<&'static str>,
    /// Rows; empty text means it is not stated.
    pub rows: Vec<Vec<String>>,
    /// `20 of 1 204`; empty when these are all.
    pub more: String,
    /// Where all of them are.
    pub href: Option<String>,
}

/// A test that rests on the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestUse {
    /// What is tested.
    pub title: String,
    /// The test's page.
    pub href: String,
    /// What it says about the item's subject.
    pub explanation: String,
    /// Its result there.
    pub chip: StatusChip,
    /// The requirements it evidences, as name and address.
    pub requirements: Vec<(String, String)>,
}

/// One line of a history, as `partials/history` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// Who; empty when nobody in particular.
    pub who: String,
    /// What they did.
    pub what: String,
    /// Where more is; nowhere when empty.
    pub href: String,
    /// More.
    pub detail: String,
    /// Its mark; a dot when empty.
    pub class: &'static str,
    /// When.
    pub when: When,
}

/// An instant as `partials/time` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct When {
    /// For machines.
    pub iso: String,
    /// For people.
    pub shown: String,
    /// `past`, so that it may be shown relative to now.
    pub relative_hint: &'static str,
}

impl From<UnixMillis> for When {
    fn from(at: UnixMillis) -> Self {
        Self { iso: at.to_rfc3339(), shown: at.to_display(), relative_hint: "past" }
    }
}

/// A withdrawal in force, or one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithdrawalView {
    /// Whether it is in force.
    pub in_force: bool,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: When,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub decided_by: String,
    /// When; as `asked_at` while nobody did.
    pub decided_at: When,
    /// Where a decision is sent; none when whoever looks may not decide.
    pub decide_href: Option<String>,
    /// Why whoever looks may not decide; empty when they may.
    pub waits_for: String,
}

/// An item's place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofView {
    /// Index of its entry.
    pub index: String,
    /// Hash of its entry.
    pub leaf: Digested,
    /// The newest checkpoint; none while none covers it.
    pub checkpoint: Option<CheckpointView>,
    /// The hashes that lead from the entry to the root, in order.
    pub hashes: Vec<String>,
}

/// The checkpoint a proof leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckpointView {
    /// Entries it covers.
    pub size: String,
    /// Its root, as signed.
    pub root: String,
    /// When it was signed.
    pub at: When,
}
