//! What was collected: reads bytes into typed evidence, and says exactly what it read. Pure: no clock, no I/O.
//!
//! One document's way: [`intake::read`] unpacks it under [`Limits`], asks each [`Decoder`] in [`decoder::DECODERS`]
//! whether it recognises the content, decodes, and returns one [`Reading`] per document with its [`Receipt`].
//! Nothing is ever lost here: what cannot be understood comes back quarantined, with its bytes and the reason.

pub mod access;
pub mod advisory;
pub mod attestation;
pub mod card_number;
pub mod changes;
pub mod csaf;
pub mod decoder;
pub mod document;
pub mod intake;
mod kind;
pub mod licence;
mod limits;
pub mod lockfile;
mod loose;
pub mod package;
pub mod quality;
mod receipt;
pub mod reconcile;
pub mod sbom;
pub mod sbom_diff;
pub mod scan;
pub mod validity;
pub mod vex;
mod warnings;

pub use decoder::{DecodeError, Decoded, Decoder, Probe};
pub use intake::{Reading, Upload};
pub use kind::{EvidenceKind, KindError, Tri};
pub use limits::{Limit, Limits};
pub use receipt::{Compression, Counts, Encoding, Problem, Receipt, ReceiptStatus, Records, Warning};
pub(crate) use warnings::Warnings;

/// One decoded document.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// A software bill of materials.
    Sbom(sbom::Sbom),
    /// The result of a scanner.
    Scan(scan::Scan),
    /// The accounts of a system.
    Access(access::AccessList),
    /// A vendor's attestation or contract with its typed facts.
    Document(document::VendorDocument),
    /// Vulnerability advisories.
    Advisories(Vec<advisory::Advisory>),
    /// How likely or how certain it is that vulnerabilities are exploited.
    Exploitation(advisory::Exploitation),
    /// Changes to source code.
    Changes(changes::ChangeLog),
    /// Exploitability statements.
    Vex(vex::VexDocument),
    /// Attestations: in-toto statements, links and layouts, signed or bare.
    Attestation(attestation::Attestations),
}

impl Evidence {
    /// The advisories it states; none for anything else, also for what only ranks vulnerabilities.
    pub fn advisories(&self) -> &[advisory::Advisory] {
        match self {
            Self::Advisories(advisories) => advisories,
            Self::Sbom(_)
            | Self::Scan(_)
            | Self::Access(_)
            | Self::Document(_)
            | Self::Exploitation(_)
            | Self::Changes(_)
            | Self::Vex(_)
            | Self::Attestation(_) => &[],
        }
    }
}
