//! Findings of scanners, with identities that survive a new title, a moved line or another order.

mod deadline;
mod json_repair;
pub mod matches;
mod sarif;

pub use deadline::fix_by;
pub use sarif::Sarif;

use crate::base::{Digest, Severity, UnixMillis};

/// What a scanner reported in one document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scan {
    /// The tools that ran, in document order.
    pub tools: Vec<Tool>,
    /// When the scan ended, if the document says.
    pub finished_at: Option<UnixMillis>,
    /// Whether the tools say they ran to their end; `None` when they do not say.
    pub successful: Option<bool>,
    /// Every result, suppressed ones and passes included.
    pub findings: Vec<Finding>,
}

/// A scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version, if stated.
    pub version: Option<String>,
}

/// One result of a scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Hash of tool, rule and place or fingerprint; never of title, severity or line.
    pub identity: Digest,
    /// The tool that found it.
    pub tool: String,
    /// The rule that fired; empty when the tool names none.
    pub rule: String,
    /// Normalised severity.
    pub severity: Severity,
    /// Severity as written, or the default that applied (`warning (default)`).
    pub severity_raw: String,
    /// What is found, in the tool's words.
    pub title: String,
    /// Where: path or resource, with line where known.
    pub location: Option<String>,
    /// Whether it counts.
    pub state: FindingState,
    /// When the time to mend it begins.
    pub clock: ClockStart,
}

/// When the time to mend a finding begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ClockStart {
    /// When it was first found open.
    #[default]
    Opened,
    /// At that instant: a fix was known to exist then (PCI DSS 6.3.3 counts from the release of the fix).
    At(UnixMillis),
    /// Not yet: there is no fix.
    Never,
}

/// Whether a result is an open problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingState {
    /// A problem nobody has dismissed.
    Open,
    /// Dismissed in the tool with an accepted suppression.
    Suppressed,
    /// The rule was checked and holds.
    Pass,
    /// The rule does not apply.
    NotApplicable,
    /// Needs a person's look, or is only informational.
    Review,
}

impl FindingState {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Suppressed => "suppressed",
            Self::Pass => "pass",
            Self::NotApplicable => "not_applicable",
            Self::Review => "review",
        }
    }
}
