//! The closed sets of words for status and justification, and what the formats' own words mean in them.

use serde::{Deserialize, Serialize};

/// What a statement says (OpenVEX 0.2.0, "Status Labels").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No remediation is required.
    NotAffected,
    /// Actions are recommended.
    Affected,
    /// These versions contain a fix.
    Fixed,
    /// Not known yet.
    UnderInvestigation,
    /// A word that is not known, or none; stays active like an open question.
    Unknown,
}

impl Status {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
            Self::Unknown => "unknown",
        }
    }

    /// Reads OpenVEX's own words.
    pub fn from_openvex(word: &str) -> Self {
        match word {
            "not_affected" => Self::NotAffected,
            "affected" => Self::Affected,
            "fixed" => Self::Fixed,
            "under_investigation" => Self::UnderInvestigation,
            _ => Self::Unknown,
        }
    }

    /// Reads CSAF's `product_status` members (CSAF 2.0 §3.2.3.9).
    ///
    /// `first_fixed` says that a version carries the fix, and the `_affected` members that one is affected;
    /// `recommended` says nothing about a vulnerability and has no status.
    pub fn from_csaf(member: &str) -> Option<Self> {
        match member {
            "known_not_affected" => Some(Self::NotAffected),
            "known_affected" | "first_affected" | "last_affected" => Some(Self::Affected),
            "fixed" | "first_fixed" => Some(Self::Fixed),
            "under_investigation" => Some(Self::UnderInvestigation),
            "unknown" => Some(Self::Unknown),
            _ => None,
        }
    }

    /// Reads CycloneDX's `analysis.state` (CycloneDX 1.4 to 1.7, impact analysis state).
    pub fn from_cyclonedx(word: &str) -> Self {
        match word {
            "not_affected" | "false_positive" => Self::NotAffected,
            "exploitable" => Self::Affected,
            "resolved" | "resolved_with_pedigree" => Self::Fixed,
            "in_triage" => Self::UnderInvestigation,
            _ => Self::Unknown,
        }
    }

    /// CycloneDX's word; `None` for what is unknown.
    pub const fn to_cyclonedx(self) -> Option<&'static str> {
        match self {
            Self::NotAffected => Some("not_affected"),
            Self::Affected => Some("exploitable"),
            Self::Fixed => Some("resolved"),
            Self::UnderInvestigation => Some("in_triage"),
            Self::Unknown => None,
        }
    }

    /// CSAF's `product_status` member; `None` for what is unknown (CSAF 2.0 has no such member).
    pub const fn to_csaf(self) -> Option<&'static str> {
        match self {
            Self::NotAffected => Some("known_not_affected"),
            Self::Affected => Some("known_affected"),
            Self::Fixed => Some("fixed"),
            Self::UnderInvestigation => Some("under_investigation"),
            Self::Unknown => None,
        }
    }
}

/// Why a product is not affected (OpenVEX 0.2.0, "Status Justifications"; the same five words are CSAF's flags).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Justification {
    /// The vulnerable component is not in the product.
    ComponentNotPresent,
    /// The component is there, the vulnerable code is not.
    VulnerableCodeNotPresent,
    /// The code is there and is never executed.
    VulnerableCodeNotInExecutePath,
    /// The code is executed, but no attacker can control it.
    VulnerableCodeCannotBeControlledByAdversary,
    /// Protections in the product prevent exploitation.
    InlineMitigationsAlreadyExist,
}

impl Justification {
    const ALL: [Self; 5] = [
        Self::ComponentNotPresent,
        Self::VulnerableCodeNotPresent,
        Self::VulnerableCodeNotInExecutePath,
        Self::VulnerableCodeCannotBeControlledByAdversary,
        Self::InlineMitigationsAlreadyExist,
    ];

    /// The stable word of OpenVEX and CSAF.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ComponentNotPresent => "component_not_present",
            Self::VulnerableCodeNotPresent => "vulnerable_code_not_present",
            Self::VulnerableCodeNotInExecutePath => "vulnerable_code_not_in_execute_path",
            Self::VulnerableCodeCannotBeControlledByAdversary => {
                "vulnerable_code_cannot_be_controlled_by_adversary"
            }
            Self::InlineMitigationsAlreadyExist => "inline_mitigations_already_exist",
        }
    }

    /// Reads the word of OpenVEX and CSAF.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// Reads CycloneDX's `analysis.justification`; what needs a configuration, a dependency or an environment that is
    /// not there cannot be brought about by an attacker.
    pub fn from_cyclonedx(word: &str) -> Option<Self> {
        match word {
            "code_not_present" => Some(Self::VulnerableCodeNotPresent),
            "code_not_reachable" => Some(Self::VulnerableCodeNotInExecutePath),
            "requires_configuration" | "requires_dependency" | "requires_environment" => {
                Some(Self::VulnerableCodeCannotBeControlledByAdversary)
            }
            "protected_by_compiler"
            | "protected_at_runtime"
            | "protected_at_perimeter"
            | "protected_by_mitigating_control" => Some(Self::InlineMitigationsAlreadyExist),
            _ => None,
        }
    }

    /// The nearest word of CycloneDX.
    pub const fn to_cyclonedx(self) -> &'static str {
        match self {
            Self::ComponentNotPresent | Self::VulnerableCodeNotPresent => "code_not_present",
            Self::VulnerableCodeNotInExecutePath => "code_not_reachable",
            Self::VulnerableCodeCannotBeControlledByAdversary => "requires_environment",
            Self::InlineMitigationsAlreadyExist => "protected_by_mitigating_control",
        }
    }
}
