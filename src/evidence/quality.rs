//! Judges a bill of materials by published requirements: each one rule that holds or does not, with the field and the
//! components that fail it. There is no score: a number would hide which requirement is open.
//!
//! Sources: NTIA, "The Minimum Elements For a Software Bill of Materials" (2021-07-12); CISA, "2025 Minimum Elements
//! for a Software Bill of Materials", draft (2025-08-22); BSI TR-03183-2 version 2.1.0 (2025-08-20); `OpenChain` Telco
//! SBOM Guide version 1.1 (2025-03). What no document can show (how often it is made, who may read it) is no rule.

mod bsi;
mod checks;
mod cisa;
mod ntia;
mod telco;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::evidence::Encoding;
use crate::evidence::sbom::{Component, Sbom};

/// Failing components named per rule; the others are counted.
pub const MOST_NAMED: usize = 20;

/// A published set of requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// NTIA minimum elements of 2021.
    Ntia2021,
    /// CISA minimum elements, draft of 2025.
    Cisa2025Draft,
    /// BSI TR-03183-2 version 2.1.
    BsiTr03183,
    /// `OpenChain` Telco SBOM Guide version 1.1.
    OpenChainTelco,
}

/// The document a bill of materials was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written<'a> {
    /// The format by its receipt's name (`cyclonedx`, `spdx`).
    pub format: &'a str,
    /// The format's version as written.
    pub version: Option<&'a str>,
    /// The serialisation.
    pub encoding: Encoding,
}

/// How binding a requirement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Asked for in any case; one that fails fails the profile.
    Required,
    /// Asked for only where it exists, or recommended: reported, without weight for the profile.
    Advised,
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds everywhere.
    Passed,
    /// It does not hold somewhere.
    Failed,
    /// The document's format has no place for it that is read here.
    NotApplicable,
}

/// One rule's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleResult {
    /// Stable id (`bsi-component-hash`).
    pub id: &'static str,
    /// Where the source asks for it.
    pub section: &'static str,
    /// What it asks for, in our words.
    pub text: &'static str,
    /// The field it looks at.
    pub field: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What became of it.
    pub outcome: Outcome,
    /// How many things it holds for; the document counts as one.
    pub passed: u64,
    /// How many things it does not hold for.
    pub failed: u64,
    /// The first [`MOST_NAMED`] components it does not hold for.
    pub failing: Vec<Failing>,
}

/// A component that fails a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failing {
    /// Name and version.
    pub component: String,
    /// The document's own reference, if it has one.
    pub reference: Option<String>,
}

/// A profile's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProfileResult {
    /// Which requirements.
    pub profile: Profile,
    /// `Passed` when no required rule failed.
    pub outcome: Outcome,
    /// Every rule, in the order of the source.
    pub rules: Vec<RuleResult>,
}

/// One requirement.
struct Rule {
    id: &'static str,
    section: &'static str,
    text: &'static str,
    field: &'static str,
    level: Level,
    applies: Applies,
    check: Check,
}

/// Which documents a rule can be asked of.
#[derive(Clone, Copy)]
enum Applies {
    Any,
    CycloneDx,
}

/// What a rule looks at.
#[derive(Clone, Copy)]
enum Check {
    /// The document.
    Document(fn(&Case<'_>) -> bool),
    /// Each component, and the thing described where the document says what that is.
    Component(fn(&Case<'_>, &Thing<'_>) -> bool),
}

/// A document under judgement.
struct Case<'a> {
    sbom: &'a Sbom,
    written: Written<'a>,
    /// Whether the component at that place takes part in the graph.
    related: Vec<bool>,
    /// References whose dependencies a composition speaks of.
    complete: std::collections::HashSet<&'a str>,
}

/// A component under judgement; `None` is the thing described.
struct Thing<'a> {
    component: &'a Component,
    place: Option<usize>,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 4] = [Self::Ntia2021, Self::Cisa2025Draft, Self::BsiTr03183, Self::OpenChainTelco];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ntia2021 => "ntia-2021",
            Self::Cisa2025Draft => "cisa-2025-draft",
            Self::BsiTr03183 => "bsi-tr-03183-2-v2.1",
            Self::OpenChainTelco => "openchain-telco-1.1",
        }
    }

    /// The source's title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Ntia2021 => "NTIA minimum elements (2021)",
            Self::Cisa2025Draft => "CISA minimum elements (draft, 2025)",
            Self::BsiTr03183 => "BSI TR-03183-2, version 2.1",
            Self::OpenChainTelco => "OpenChain Telco SBOM Guide, version 1.1",
        }
    }

    const fn rules(self) -> &'static [Rule] {
        match self {
            Self::Ntia2021 => ntia::RULES,
            Self::Cisa2025Draft => cisa::RULES,
            Self::BsiTr03183 => bsi::RULES,
            Self::OpenChainTelco => telco::RULES,
        }
    }
}

/// Judges a bill of materials by one profile. Pure; linear in components and edges.
pub fn evaluate(profile: Profile, sbom: &Sbom, written: Written<'_>) -> ProfileResult {
    let case = Case::new(sbom, written);
    let rules: Vec<RuleResult> = profile.rules().iter().map(|rule| rule.judge(&case)).collect();
    let open = |rule: &&RuleResult| rule.level == Level::Required && rule.outcome == Outcome::Failed;
    let outcome = if rules.iter().find(open).is_some() { Outcome::Failed } else { Outcome::Passed };
    ProfileResult { profile, outcome, rules }
}

impl Rule {
    fn judge(&self, case: &Case<'_>) -> RuleResult {
        let Self { id, section, text, field, level, .. } = *self;
        let mut result = RuleResult {
            id,
            section,
            text,
            field,
            level,
            outcome: Outcome::NotApplicable,
            passed: 0,
            failed: 0,
            failing: Vec::new(),
        };
        match (self.applies, self.check) {
            (Applies::CycloneDx, _) if case.written.format != "cyclonedx" => return result,
            (Applies::Any | Applies::CycloneDx, Check::Document(check)) => result.count(check(case), None),
            (Applies::Any | Applies::CycloneDx, Check::Component(check)) => {
                for thing in case.things() {
                    result.count(check(case, &thing), Some(thing.component));
                }
            }
        }
        // no component at all is no list in which every component has its fields
        let holds = result.failed == 0 && result.passed > 0;
        result.outcome = if holds { Outcome::Passed } else { Outcome::Failed };
        result
    }
}

impl RuleResult {
    fn count(&mut self, holds: bool, component: Option<&Component>) {
        if holds {
            self.passed += 1;
            return;
        }
        self.failed += 1;
        if let Some(component) = component.filter(|_| self.failing.len() < MOST_NAMED) {
            let version = component.version.as_deref().unwrap_or_default();
            let name = if component.name.is_empty() { "(without a name)" } else { &component.name };
            let component_name = format!("{name} {version}").trim_end().to_owned();
            self.failing.push(Failing { component: component_name, reference: component.reference.clone() });
        }
    }
}

impl<'a> Case<'a> {
    fn new(sbom: &'a Sbom, written: Written<'a>) -> Self {
        let mut related = vec![false; sbom.components.len()];
        let mut mark = |place: u32| {
            if let Some(slot) = related.get_mut(place as usize) {
                *slot = true;
            }
        };
        for (from, to) in sbom.dependencies.iter().chain(&sbom.nestings) {
            from.iter().for_each(|from| mark(*from));
            mark(*to);
        }
        for (place, component) in (0_u32..).zip(&sbom.components) {
            if let Some(parent) = component.parent {
                mark(parent);
                mark(place);
            }
        }
        let said = sbom.about.compositions.iter().filter(|composition| composition.aggregate.is_some());
        let complete =
            said.flat_map(|c| c.dependencies.iter().chain(&c.assemblies)).map(String::as_str).collect();
        Self { sbom, written, related, complete }
    }

    fn things(&self) -> impl Iterator<Item = Thing<'_>> {
        let listed = |root: &Component| self.sbom.components.iter().any(|c| c.identity == root.identity);
        let root = self.sbom.root.as_deref().filter(|root| !listed(root));
        let root = root.map(|component| Thing { component, place: None });
        let components = self.sbom.components.iter().enumerate();
        root.into_iter().chain(components.map(|(place, component)| Thing { component, place: Some(place) }))
    }
}
