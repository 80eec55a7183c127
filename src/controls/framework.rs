//! A framework's catalogue: every identifier, with our own titles and what to provide for it.

use serde::{Deserialize, Serialize};

/// A framework, loaded from `controls/frameworks/<id>.yaml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Stable id (`pci-dss-4.0.1`).
    pub id: String,
    /// Other names it answers to.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Name as shown.
    pub title: String,
    /// Edition as published.
    pub version: String,
    /// Where identifiers come from and whose words the titles are.
    pub notice: String,
    /// Every item, parents before children.
    pub items: Vec<Item>,
}

/// One numbered place of a framework.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Identifier as published (`6.3.2`, `CC6.1`, `32.1.d`).
    pub id: String,
    /// What it is.
    pub kind: ItemKind,
    /// The item it belongs to; `null` for what stands at the top.
    #[serde(default)]
    pub parent: Option<String>,
    /// Short title in our own words (EU law titles with attribution).
    pub title: String,
    /// How far machine evidence can decide it. Present on what is evaluated, absent on headings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automation: Option<Automation>,
    /// What a person has to provide, in our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provide: Option<String>,
    /// How often, and where that comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadence: Option<Cadence>,
    /// Whom it applies to when not everybody (`service-provider`, `multi-tenant-service-provider`, `controller`, …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies_to: Option<String>,
    /// First day it is mandatory, when it was dated into the future (`2025-03-31`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandatory_since: Option<String>,
    /// The requirement that replaces it: shown, never scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
    /// GDPR: whether the paragraph puts a duty on controllers or processors.
    #[serde(default, skip_serializing_if = "is_false")]
    pub obligation: bool,
    /// Assessor methods (`examine`, `interview`, `observe`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference to skip_serializing_if")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Item {
    /// Whether the item gets a verdict of its own (headings do not).
    pub const fn is_assessed(&self) -> bool {
        self.automation.is_some()
    }
}

/// What an item is. The words are a contract (`controls list --json`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// One of the twelve PCI DSS requirements, or a GDPR chapter, or a SOC 2 series.
    Principal,
    /// A PCI DSS appendix.
    Appendix,
    /// A PCI DSS section (x.y).
    Section,
    /// A PCI DSS defined requirement.
    Requirement,
    /// A SOC 2 criterion.
    Criterion,
    /// A GDPR article.
    Article,
    /// A GDPR paragraph.
    Paragraph,
    /// A GDPR point.
    Point,
}

/// How far machine evidence can decide an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automation {
    /// The stated condition can be computed.
    Full,
    /// A machine part and a human part.
    Partial,
    /// Documents, signatures, visits.
    Manual,
}

/// How often evidence is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// Largest gap in days; absent when the duty follows an event or a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Where the number comes from.
    pub from: CadenceSource,
    /// One sentence in our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a cadence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CadenceSource {
    /// The standard itself.
    Standard,
    /// The law.
    Law,
    /// The entity's targeted risk analysis.
    RiskAnalysis,
    /// An event (a change, a leaver, a breach).
    Event,
    /// A document that must be current.
    Document,
    /// Our default; configurable.
    Default,
}
