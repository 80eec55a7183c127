//! An automated test: whom it covers, which evidence speaks, and what must hold.

use serde::{Deserialize, Serialize};

use crate::base::{Digest, Severity};
use crate::controls::SubjectKind;
use crate::controls::framework::Cadence;
use crate::controls::predicate::{Predicate, Span};
use crate::evidence::EvidenceKind;

/// One automated test, loaded from `controls/tests/*.yaml` (each file: a list under `tests:`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlTest {
    /// Stable id, `topic.what-must-hold`.
    pub id: String,
    /// The statement that is tested, as a sentence.
    pub title: String,
    /// A failure in plain words. Where rows fail it continues "3 of 7 accounts …" (`had no second factor`); where
    /// the subject as a whole fails it stands alone (`the contract has ended`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// What it evidences.
    pub evidences: Vec<Link>,
    /// Whom it covers.
    pub population: Population,
    /// Which evidence speaks; absent when the subject's own fields do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceNeed>,
    /// What must hold for each subject.
    pub pass: Predicate,
    /// How often it should be repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadence: Option<Cadence>,
    /// How bad a failure is.
    pub severity: Severity,
    /// How to mend a failure.
    pub remediation: String,
}

impl ControlTest {
    /// The digest of the definition: SHA-256 over its JSON with fields in declaration order and absent ones left out.
    #[expect(
        clippy::expect_used,
        reason = "a test is plain data: no map with other keys than text, nothing fallible"
    )]
    pub fn digest(&self) -> Digest {
        Digest::of(&serde_json::to_vec(self).expect("a test is plain data"))
    }
}

/// Whom a test covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Kind of subject.
    pub of: SubjectKind,
    /// Which of them, over the subject's plain field names; all when absent.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Predicate>,
    /// What an empty population means, in words (`declare your assets …`). Its status is `missing`:
    /// silence is never a pass.
    pub when_empty: String,
}

/// Which observations speak in a test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceNeed {
    /// Kind of evidence.
    pub kind: EvidenceKind,
    /// Only observations that satisfy this (over `evidence.*` paths, for example the scanner's category).
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Predicate>,
    /// `newest` (default): the newest one speaks. `every`: their rows are taken together (documents of a vendor).
    #[serde(default, skip_serializing_if = "is_newest")]
    pub take: Take,
    /// The newest one must not be older than this, else the verdict is `stale`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh: Option<Span>,
    /// Whether vulnerability matches are looked at: without a whole advisory feed of the last 48 h nothing passes.
    #[serde(default, skip_serializing_if = "is_no_feed")]
    pub feed: Feed,
}

/// How observations are combined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// The newest observation speaks.
    #[default]
    Newest,
    /// All observations speak together.
    Every,
}

/// Whether a current advisory feed is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// No.
    #[default]
    NotNeeded,
    /// Yes.
    Current,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference to skip_serializing_if")]
const fn is_newest(take: &Take) -> bool {
    matches!(take, Take::Newest)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference to skip_serializing_if")]
const fn is_no_feed(feed: &Feed) -> bool {
    matches!(feed, Feed::NotNeeded)
}

/// What a test evidences, how strongly, and what it leaves open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Framework id.
    pub framework: String,
    /// Item id within it.
    pub id: String,
    /// How strongly.
    pub strength: Strength,
    /// Which part of the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// What it does not prove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves_open: Option<String>,
}

/// How strongly a test speaks for an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Background only: shown, never decides.
    Context,
    /// Can turn the item red, cannot alone make it met.
    Supporting,
    /// Decides the part it names.
    Direct,
}
