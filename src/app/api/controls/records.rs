//! The records of controls.

use serde::Serialize;
use utoipa::ToSchema;

/// How many requirements have a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatusCount {
    /// `evidence_not_met`, `unknown`, `stale`, `missing`, `late_with_process`, `manual_required`, `evidence_met`,
    /// `not_applicable_claimed` or `superseded`.
    pub status: String,
    /// How many.
    pub count: u64,
}

/// A framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FrameworkRecord {
    /// Stable id.
    pub id: String,
    /// Name.
    pub title: String,
    /// Edition as published.
    pub version: String,
    /// Whose identifiers and words these are.
    pub notice: String,
    /// Requirements by status; empty before the first evaluation.
    pub statuses: Vec<StatusCount>,
}

/// A requirement and what the evidence says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequirementRecord {
    /// Framework id.
    pub framework: String,
    /// Id as published.
    pub id: String,
    /// The item it belongs to.
    pub parent: Option<String>,
    /// Title in our own words.
    pub title: String,
    /// Its status; null for headings and before the first evaluation.
    pub status: Option<String>,
    /// Why, in one or two sentences.
    pub explanation: Option<String>,
}

/// A requirement with the tests that speak for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequirementDetail {
    /// The requirement.
    #[serde(flatten)]
    pub requirement: RequirementRecord,
    /// The instant the verdict is for.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// What a person has to provide.
    pub provide: Option<String>,
    /// The tests that evidence it.
    pub tests: Vec<TestRecord>,
}

/// A test with its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TestRecord {
    /// Stable id.
    pub id: String,
    /// The statement that is tested.
    pub title: String,
    /// `fail`, `error`, `unknown`, `stale`, `missing`, `exception`, `pass` or `not_applicable`; null before the first
    /// evaluation.
    pub status: Option<String>,
    /// The verdict, the figures, what to do.
    pub explanation: Option<String>,
    /// How many subjects it had to cover.
    pub population: Option<u64>,
    /// How many it could judge.
    pub evaluated: Option<u64>,
}

/// What made a test fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FailingRecord {
    /// The subject's key.
    pub subject: String,
    /// The row; empty when the subject as a whole fails.
    pub item: String,
    /// What does not hold.
    pub reason: String,
}

/// A test's verdict on one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubjectRecord {
    /// The subject's key.
    pub subject: String,
    /// The verdict.
    pub status: String,
    /// Why.
    pub explanation: String,
    /// Evidence items it relied on.
    pub relied_on: Vec<String>,
}

/// A test with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TestDetail {
    /// The test.
    #[serde(flatten)]
    pub test: TestRecord,
    /// The instant it was evaluated for.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// How to mend a failure.
    pub remediation: String,
    /// What it evidences, as `framework requirement`.
    pub evidences: Vec<String>,
    /// What failed; at most 200.
    pub failing: Vec<FailingRecord>,
    /// How many more.
    pub more_failing: u64,
    /// One verdict per subject.
    pub subjects: Vec<SubjectRecord>,
}

/// One thing a rule about gaps found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GapItemRecord {
    /// What it is about.
    pub what: String,
    /// What is the matter.
    pub detail: String,
    /// The page on which it is mended.
    pub page: String,
}

/// A rule about gaps and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GapRecord {
    /// The rule's name.
    pub rule: String,
    /// What it finds.
    pub title: String,
    /// Why an assessor would ask.
    pub why: String,
    /// How many it found.
    pub count: u64,
    /// The first of them.
    pub items: Vec<GapItemRecord>,
}

/// The figures of the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OverviewRecord {
    /// The instant of the newest evaluation; null before the first.
    #[schema(format = DateTime)]
    pub evaluated_at: Option<String>,
    /// The frameworks with their requirements by status.
    pub frameworks: Vec<FrameworkRecord>,
    /// Evidence items stored.
    pub evidence_items: u64,
    /// Entries in the ledger.
    pub ledger_entries: u64,
    /// The ledger's root, in hexadecimal.
    pub ledger_root: String,
    /// Fingerprint of the key that signs.
    pub signer: String,
}
