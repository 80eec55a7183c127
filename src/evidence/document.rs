//! Vendor attestations: the facts a person typed from a report, contract or certificate, beside the file itself.

mod yaml;

pub use yaml::VendorDocumentYaml;

use serde::{Deserialize, Serialize};

use crate::base::UnixMillis;

/// A vendor's document with its key facts, confirmed by a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VendorDocument {
    /// Key of the vendor (`acme-payments`).
    pub vendor: String,
    /// What kind of document it is.
    pub document: DocumentKind,
    /// Title as shown.
    pub title: String,
    /// Who issued it.
    pub issuer: Option<String>,
    /// When it was issued or signed.
    pub issued: Option<UnixMillis>,
    /// Start of the period it speaks for.
    pub period_from: Option<UnixMillis>,
    /// End of the period it speaks for.
    pub period_to: Option<UnixMillis>,
    /// When it ends to be in force.
    pub valid_until: Option<UnixMillis>,
    /// Services of the vendor it covers.
    pub covers: Vec<String>,
    /// The auditor's opinion.
    pub opinion: Option<Opinion>,
    /// Exceptions (deviations) the auditor noted.
    pub exceptions: u32,
    /// Points of GDPR article 28(3) a data-processing agreement contains: `a` to `h`.
    pub article_28_points: Vec<String>,
    /// A bridge letter that stretches the period.
    pub bridge_until: Option<UnixMillis>,
    /// Share of the vendor's services in use that it covers, 0 to 1, as the reviewer judged it.
    pub coverage: Option<f64>,
    /// Who confirmed the typed facts against the file.
    pub confirmed_by: Option<String>,
    /// When they were confirmed.
    pub confirmed_at: Option<UnixMillis>,
    /// The file the facts were typed from, relative to the document.
    pub file: Option<String>,
}

/// What kind of vendor document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// PCI DSS attestation of compliance.
    PciAoc,
    /// SOC 2 Type II report.
    Soc2Type2,
    /// SOC 2 Type I report.
    Soc2Type1,
    /// ISO/IEC 27001 certificate.
    Iso27001,
    /// Signed SBOM with VEX.
    SignedSbomVex,
    /// Letter on a penetration test.
    PenTestLetter,
    /// Questionnaire answered by the vendor.
    Questionnaire,
    /// A policy.
    Policy,
    /// A public page.
    WebPage,
    /// Data-processing agreement (GDPR art. 28).
    Dpa,
    /// Contract or written acknowledgement of responsibility (PCI 12.8.2).
    Contract,
    /// Who is responsible for which PCI requirement (12.8.5).
    ResponsibilityMatrix,
    /// Letter that bridges a report's period to today.
    BridgeLetter,
    /// Record of due diligence before engagement (12.8.3) or of the yearly check (12.8.4).
    Assessment,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::PciAoc,
        Self::Soc2Type2,
        Self::Soc2Type1,
        Self::Iso27001,
        Self::SignedSbomVex,
        Self::PenTestLetter,
        Self::Questionnaire,
        Self::Policy,
        Self::WebPage,
        Self::Dpa,
        Self::Contract,
        Self::ResponsibilityMatrix,
        Self::BridgeLetter,
        Self::Assessment,
    ];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PciAoc => "pci_aoc",
            Self::Soc2Type2 => "soc2_type2",
            Self::Soc2Type1 => "soc2_type1",
            Self::Iso27001 => "iso27001",
            Self::SignedSbomVex => "signed_sbom_vex",
            Self::PenTestLetter => "pen_test_letter",
            Self::Questionnaire => "questionnaire",
            Self::Policy => "policy",
            Self::WebPage => "web_page",
            Self::Dpa => "dpa",
            Self::Contract => "contract",
            Self::ResponsibilityMatrix => "responsibility_matrix",
            Self::BridgeLetter => "bridge_letter",
            Self::Assessment => "assessment",
        }
    }
}

/// An auditor's opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opinion {
    /// Without reservation.
    Unqualified,
    /// With reservations.
    Qualified,
    /// The statement is wrong.
    Adverse,
    /// No opinion given.
    Disclaimer,
}

impl Opinion {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unqualified => "unqualified",
            Self::Qualified => "qualified",
            Self::Adverse => "adverse",
            Self::Disclaimer => "disclaimer",
        }
    }
}
