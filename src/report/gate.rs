//! What a gate says: one document, written as text, as JSON (its own serialisation) and as SARIF.

mod sarif;
#[cfg(test)]
mod tests;
mod text;

use serde::Serialize;

use crate::base::{Severity, UnixMillis};
use crate::controls::{GateLevel, Violation};

pub use sarif::to_sarif;
pub use text::to_text;

/// Everything a gate found and decided. Its JSON form is a contract: fields are added, never renamed.
#[derive(Debug, Clone, Serialize)]
pub struct GateDocument {
    /// `attestry` and its version.
    pub tool: String,
    /// When it was decided (RFC 3339).
    pub at: String,
    /// The policy's name.
    pub policy: String,
    /// The answer.
    pub outcome: GateOutcome,
    /// The process' exit code for this answer.
    pub exit_code: u8,
    /// What the answer rests on.
    pub basis: GateBasis,
    /// What was looked at.
    pub inputs: Vec<GateInput>,
    /// Every vulnerability that applies or may apply, the worst first.
    pub findings: Vec<GateFinding>,
    /// Rows that violate a rule, the failing ones first.
    pub violations: Vec<GateRow>,
    /// Rows of which a rule cannot tell.
    pub undecided: Vec<GateRow>,
    /// Why failing rules cannot be decided as a whole; any one closes the gate with exit code 3.
    pub open_questions: Vec<String>,
    /// What a reader should know and nothing follows from.
    pub notes: Vec<String>,
}

/// The answer of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GateOutcome {
    /// No failing rule is violated, and all could be decided.
    Passed,
    /// A failing rule is violated.
    Violated,
    /// A failing rule could not be decided; the gate is closed.
    Undecided,
}

/// The knowledge an answer rests on.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GateBasis {
    /// Where advisories came from.
    pub sources: Vec<GateSource>,
    /// Advisories asked, those of other ecosystems left out.
    pub advisories: u64,
    /// Whether a catalogue of known exploitation (CISA KEV) was asked.
    pub known_exploited: bool,
    /// Whether predictions of exploitation (EPSS) were asked.
    pub epss: bool,
    /// How many VEX documents were asked.
    pub vex: u64,
}

/// One source of knowledge.
#[derive(Debug, Clone, Serialize)]
pub struct GateSource {
    /// A path as given, or a feed's key.
    pub name: String,
    /// Its format (`rustsec`, `osv`, `kev`).
    pub format: String,
    /// Records in it.
    pub records: u64,
    /// The newest instant it speaks of (RFC 3339).
    pub as_of: Option<String>,
}

/// One input.
#[derive(Debug, Clone, Serialize)]
pub struct GateInput {
    /// Path as given; `archive!/member` inside an archive.
    pub file: String,
    /// `sbom` or `lockfile`.
    pub kind: &'static str,
    /// Its format (`cyclonedx`, `cargo-lock`).
    pub format: String,
    /// Components or packages in it.
    pub components: u64,
    /// How many were looked up in the advisories.
    pub looked_up: u64,
}

/// A vulnerability of a package in an input.
#[derive(Debug, Clone, Serialize)]
pub struct GateFinding {
    /// The input.
    pub file: String,
    /// The name to show: its CVE id, else its GHSA id, else the first.
    pub advisory: String,
    /// Its other names, sorted.
    pub aliases: Vec<String>,
    /// The package.
    pub package: String,
    /// Its version; empty when not stated.
    pub version: String,
    /// Its package URL.
    pub purl: Option<String>,
    /// OSV name of the ecosystem.
    pub ecosystem: String,
    /// The worst severity stated.
    pub severity: Severity,
    /// `vulnerability`, `malicious`, or an informational class (`unmaintained`, `unsound`, `notice`).
    pub class: String,
    /// Versions above this one that carry the fix, lowest first.
    pub fixed_in: Vec<String>,
    /// What was compared with what, and what VEX statements made of it.
    pub why: String,
    /// One line in the source's words.
    pub summary: String,
    /// Whether it applies for certain; else only that an advisory names the package.
    pub certain: bool,
    /// Whether a VEX statement suppresses it.
    pub suppressed: bool,
    /// Every VEX statement that names it, and what became of it.
    pub vex: Vec<String>,
    /// Whether it is known to be exploited; `None` without a catalogue.
    pub known_exploited: Option<bool>,
    /// Probability of exploitation within 30 days, 0.0–1.0.
    pub epss: Option<f64>,
    /// When it was first published.
    #[serde(serialize_with = "instant")]
    pub published: Option<UnixMillis>,
    /// `runtime`, `optional` or `development`, where the input says.
    pub scope: Option<&'static str>,
    /// Whether the project itself asks for the package, where the input says.
    pub direct: Option<bool>,
    /// What each source said.
    pub reports: Vec<GateStatement>,
    /// What the rules make of it: the highest level of a rule it violates.
    pub level: Option<GateLevel>,
    /// The rules it violates.
    pub rules: Vec<String>,
}

/// What one source says of a finding.
#[derive(Debug, Clone, Serialize)]
pub struct GateStatement {
    /// The source's id (`RUSTSEC-2020-0071`).
    pub id: String,
    /// The format it was read from.
    pub source: String,
    /// Severity as stated.
    pub severity: Severity,
    /// Class as stated.
    pub class: String,
    /// What was compared with what.
    pub why: String,
}

/// A row a rule speaks about.
#[derive(Debug, Clone, Serialize)]
pub struct GateRow {
    /// The input.
    pub file: String,
    /// The rule, its level, the component and why.
    #[serde(flatten)]
    pub violation: Violation,
}

impl GateOutcome {
    /// The process' exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Violated => 1,
            Self::Undecided => 3,
        }
    }
}

impl GateDocument {
    /// Draws the answer from what was found: what could not be looked at outweighs a violation, and a violation
    /// outweighs a row that lacks a field.
    pub fn settle(&mut self) {
        let fails = |rows: &[GateRow]| rows.iter().any(|row| row.violation.level == GateLevel::Fail);
        self.outcome = if !self.open_questions.is_empty() {
            GateOutcome::Undecided
        } else if fails(&self.violations) {
            GateOutcome::Violated
        } else if fails(&self.undecided) {
            GateOutcome::Undecided
        } else {
            GateOutcome::Passed
        };
        self.exit_code = self.outcome.exit_code();
    }
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn instant<S: serde::Serializer>(at: &Option<UnixMillis>, out: S) -> Result<S::Ok, S::Error> {
    at.map(UnixMillis::to_rfc3339).serialize(out)
}
