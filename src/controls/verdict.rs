//! What an evaluation says. Every verdict carries its reasons and what it relied on.

use serde::{Deserialize, Serialize};

use crate::base::{Digest, UnixMillis};

/// The verdict of a test, worst first (contracts: fail > error > unknown > stale > missing > … > pass).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestStatus {
    /// The condition does not hold.
    Fail,
    /// The test itself could not be carried out.
    Error,
    /// The evidence cannot say: incomplete, or judged by a stale feed.
    Unknown,
    /// There is evidence, but too old.
    Stale,
    /// There is no evidence, or nobody to test.
    Missing,
    /// An exception in force covers the failure.
    Exception,
    /// The condition holds for the whole population.
    Pass,
    /// Does not apply.
    NotApplicable,
}

/// The status of a requirement. Never a finding, never one flattering word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequirementStatus {
    /// A test fails.
    EvidenceNotMet,
    /// The evidence cannot say.
    Unknown,
    /// Evidence is too old.
    Stale,
    /// Evidence is absent.
    Missing,
    /// Late, with the documented process for missed activities followed.
    LateWithProcess,
    /// A person has to provide evidence.
    ManualRequired,
    /// Every test that decides it passes.
    EvidenceMet,
    /// Claimed not to apply, with reason and proof.
    NotApplicableClaimed,
    /// Replaced by another requirement.
    Superseded,
}

/// One thing that made a test fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingItem {
    /// The subject (asset key, vendor key).
    pub subject: String,
    /// The row's id when a row fails; empty when the subject as a whole does.
    pub item: String,
    /// What does not hold, in one sentence with the values.
    pub reason: String,
}

/// The verdict of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectResult {
    /// The subject's key.
    pub subject: String,
    /// Its verdict.
    pub status: TestStatus,
    /// Why, in one sentence.
    pub explanation: String,
    /// Evidence items it relied on.
    pub relied_on: Vec<String>,
}

/// The result of one test at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// The test's id.
    pub test: String,
    /// Digest of its definition.
    pub definition: Digest,
    /// Digest of everything it looked at.
    pub inputs: Digest,
    /// The worst verdict of its subjects.
    pub status: TestStatus,
    /// How many subjects it had to cover.
    pub population: u64,
    /// How many it could judge (pass or fail).
    pub evaluated: u64,
    /// What failed; at most [`TestResult::MAX_ITEMS`], the rest counted in `more_failing`.
    pub failing: Vec<FailingItem>,
    /// Failing items beyond those listed.
    pub more_failing: u64,
    /// One verdict per subject, ordered by key.
    pub subjects: Vec<SubjectResult>,
    /// One or two sentences: the verdict, the figures, what to do.
    pub explanation: String,
    /// When it was evaluated for.
    pub at: UnixMillis,
    /// The first instant at which the same inputs could give another verdict; `None` when never.
    pub valid_until: Option<UnixMillis>,
}

impl TestResult {
    /// Most failing items a result lists.
    pub const MAX_ITEMS: usize = 200;
}

/// What the evidence says about one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementVerdict {
    /// Framework id.
    pub framework: String,
    /// Item id.
    pub id: String,
    /// Its status.
    pub status: RequirementStatus,
    /// Why, in one or two sentences.
    pub explanation: String,
    /// Tests that speak for it, by id.
    pub tests: Vec<String>,
    /// What a person still has to provide.
    pub provide: Option<String>,
}
