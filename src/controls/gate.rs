//! A gate: rules over components, findings, licences and quality that say what stops a build and what only warns.
//!
//! The rules speak the closed language of conditions and are checked when loaded. Findings whose fields leave a rule
//! open are reported apart: not knowing is no pass.

mod evaluate;
mod fields;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::controls::compile::Condition;
use crate::controls::{CatalogError, Predicate, Record, SourceFile, catalog};
use crate::evidence::licence::LicencePolicy;

/// The policy that holds where nobody wrote one. It fails on malicious packages, on what is known to be exploited, and
/// on what is high or critical and has a fix; everything else that was found warns.
pub const DEFAULT_GATE: &str = "\
version: 1
name: default
rules:
  - id: malicious
    title: A package is known to be malicious
    on: findings
    level: fail
    when: {all: [{path: class, eq: malicious}, {none: [{path: suppressed, eq: true}]}]}
  - id: known-exploited
    title: A vulnerability is known to be exploited
    on: findings
    level: fail
    when: {all: [{path: known_exploited, eq: true}, {none: [{path: suppressed, eq: true}]}]}
  - id: fixable-high
    title: A high or critical vulnerability has a fix
    on: findings
    level: fail
    when: {all: [{path: severity, in: [high, critical]}, {path: fix_available, eq: true}, {none: [{path: suppressed, eq: true}]}]}
  - id: any-finding
    title: A vulnerability was found
    on: findings
    level: warn
    when: {all: [{path: id, exists: true}, {none: [{path: suppressed, eq: true}]}]}
  - id: denied-licence
    title: A licence is denied by the licence policy
    on: licences
    level: warn
    when: {path: verdict, eq: denied}
";

/// What a rule looks at, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateTable {
    /// Components of a bill of materials or packages of a lock file.
    Components,
    /// Vulnerabilities matched to components.
    Findings,
    /// Decisions of the licence policy.
    Licences,
    /// Results of the rules of quality profiles.
    Quality,
}

/// What a violation means for the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateLevel {
    /// Said, and nothing more.
    Warn,
    /// The gate is closed.
    Fail,
}

/// One rule as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateRule {
    /// Stable id, unique in the policy.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The rows it is asked of.
    pub on: GateTable,
    /// What a violation means.
    pub level: GateLevel,
    /// A row that meets this violates the rule. Paths are the table's plain field names.
    pub when: Predicate,
}

/// A checked policy.
#[derive(Debug)]
pub struct GatePolicy {
    /// Its name.
    pub name: String,
    /// Which licences are allowed, denied or to be reviewed; what the licence rows' `verdict` rests on.
    pub licences: LicencePolicy,
    rules: Vec<(GateRule, Condition)>,
}

/// The rows a policy is asked of; the fields of each table are listed in `docs/controls.md` and checked on loading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GateFacts {
    /// Rows of [`GateTable::Components`].
    pub components: Vec<Record>,
    /// Rows of [`GateTable::Findings`].
    pub findings: Vec<Record>,
    /// Rows of [`GateTable::Licences`].
    pub licences: Vec<Record>,
    /// Rows of [`GateTable::Quality`].
    pub quality: Vec<Record>,
}

/// A row that violates a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Violation {
    /// The rule.
    pub rule: String,
    /// What it means for the gate.
    pub level: GateLevel,
    /// The component it is about: the row's `component` with its version, else its own name.
    pub component: String,
    /// The row's id (an advisory, a quality rule), else empty.
    pub item: String,
    /// The rule's title and the facts that met it.
    pub why: String,
}

/// What a policy says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GateReport {
    /// Rows that violate a rule, the failing ones first.
    pub violations: Vec<Violation>,
    /// Rows of which a rule cannot tell, because a field it needs is missing.
    pub undecided: Vec<Violation>,
}

impl GatePolicy {
    /// Reads and checks a policy.
    ///
    /// # Errors
    /// With every problem, each with line, column and an excerpt.
    pub fn load(file: &SourceFile) -> Result<Self, CatalogError> {
        let catalog::LoadedGate { name, licences, rules } = catalog::load_gate(file)?;
        Ok(Self { name, licences, rules })
    }

    /// The rules in their order.
    pub fn rules(&self) -> impl Iterator<Item = &GateRule> {
        self.rules.iter().map(|(rule, _)| rule)
    }
}

impl GateReport {
    /// Whether the gate is closed: a failing rule is violated, or cannot be told.
    pub fn is_closed(&self) -> bool {
        self.violations.iter().chain(&self.undecided).any(|violation| violation.level == GateLevel::Fail)
    }
}
