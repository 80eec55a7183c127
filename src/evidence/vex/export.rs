//! Writes our own decisions as VEX documents: OpenVEX 0.2.0, CSAF 2.0 (profile VEX) and CycloneDX 1.6.
//!
//! A decision's type holds what the formats demand (a reason for what is not affected, an action for what is), so
//! that no writer can fail. The same decisions always give the same bytes.

mod csaf;
mod cyclonedx;
mod openvex;

pub use csaf::to_csaf_vex;
pub use cyclonedx::to_cyclonedx_vex;
pub use openvex::to_openvex;

use super::identifier::Identifier;
use super::{Justification, Status};
use crate::base::{Digest, UnixMillis};

/// Decisions to publish as one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decisions {
    /// Identifier of the document: an IRI that stays the same over its versions.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who makes the statements.
    pub author: String,
    /// In what role: one of CSAF's `coordinator`, `discoverer`, `other`, `translator`, `user`, `vendor`.
    pub role: Role,
    /// A URL that stands for the author (CSAF `publisher.namespace`).
    pub namespace: String,
    /// Every issue of the document, first to last, with what changed; the last one is being written.
    pub issues: Vec<(UnixMillis, String)>,
    /// The decisions.
    pub list: Vec<Decision>,
}

/// The role of an author (CSAF 2.0 §3.2.1.8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Makes the products.
    Vendor,
    /// Uses them.
    User,
    /// Coordinates between parties.
    Coordinator,
    /// Anything else.
    Other,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::User => "user",
            Self::Coordinator => "coordinator",
            Self::Other => "other",
        }
    }
}

/// What was decided on one vulnerability in one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The vulnerability.
    pub vulnerability: String,
    /// Its other identifiers.
    pub aliases: Vec<String>,
    /// The product.
    pub product: DecisionProduct,
    /// The components of the product it is limited to; empty for the whole product.
    pub components: Vec<DecisionProduct>,
    /// What was decided.
    pub said: Said,
    /// When.
    pub at: UnixMillis,
}

/// The decision itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Not affected, and why.
    NotAffected {
        /// The reason in one of the five words, where one fits.
        justification: Option<Justification>,
        /// The reason in words of one's own.
        impact: String,
    },
    /// Affected, and what to do.
    Affected {
        /// What to do.
        action: String,
    },
    /// Fixed in this version.
    Fixed,
    /// Still being looked at.
    UnderInvestigation,
}

/// A product or component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DecisionProduct {
    /// Its name for people.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// What it is recognised by.
    pub identifiers: Vec<Identifier>,
}

impl Said {
    const fn status(&self) -> Status {
        match self {
            Self::NotAffected { .. } => Status::NotAffected,
            Self::Affected { .. } => Status::Affected,
            Self::Fixed => Status::Fixed,
            Self::UnderInvestigation => Status::UnderInvestigation,
        }
    }
}

impl Decisions {
    fn first_issued(&self) -> UnixMillis {
        self.issues.first().map_or(self.latest(), |(at, _)| *at)
    }

    fn last_issued(&self) -> UnixMillis {
        self.issues.last().map_or(self.latest(), |(at, _)| *at)
    }

    /// The version, counted from 1.
    fn version(&self) -> usize {
        self.issues.len().max(1)
    }

    /// The newest decision's instant, for a document whose issues nobody counted.
    fn latest(&self) -> UnixMillis {
        self.list.iter().map(|decision| decision.at).max().unwrap_or(UnixMillis(0))
    }
}

impl DecisionProduct {
    /// Name and version for people.
    fn label(&self) -> String {
        match &self.version {
            Some(version) => format!("{} {version}", self.name),
            None => self.name.clone(),
        }
    }

    fn purl(&self) -> Option<&str> {
        self.identifiers.iter().find_map(|id| match id {
            Identifier::Purl(purl) => Some(purl.as_str()),
            Identifier::Cpe(_)
            | Identifier::Hash { .. }
            | Identifier::BomLink { .. }
            | Identifier::BomRef(_)
            | Identifier::Other(_) => None,
        })
    }

    fn cpe(&self) -> Option<&str> {
        self.identifiers.iter().find_map(|id| match id {
            Identifier::Cpe(cpe) => Some(cpe.as_str()),
            Identifier::Purl(_)
            | Identifier::Hash { .. }
            | Identifier::BomLink { .. }
            | Identifier::BomRef(_)
            | Identifier::Other(_) => None,
        })
    }

    /// Digests as (algorithm, value), sorted.
    fn hashes(&self) -> Vec<(&str, &str)> {
        let mut hashes: Vec<(&str, &str)> = self
            .identifiers
            .iter()
            .filter_map(|id| match id {
                Identifier::Hash { algorithm, value } => Some((algorithm.as_str(), value.as_str())),
                Identifier::Purl(_)
                | Identifier::Cpe(_)
                | Identifier::BomLink { .. }
                | Identifier::BomRef(_)
                | Identifier::Other(_) => None,
            })
            .collect();
        hashes.sort_unstable();
        hashes
    }

    /// The BOM-Link, written as CycloneDX writes it.
    fn bom_link(&self) -> Option<String> {
        self.identifiers.iter().find_map(|id| match id {
            Identifier::BomLink { serial, version, reference } => {
                let serial = serial.strip_prefix("urn:uuid:").unwrap_or(serial);
                let version = version.as_deref().unwrap_or("1");
                let reference = reference.as_deref().map(|text| format!("#{}", percent_encoded(text)));
                Some(format!("urn:cdx:{serial}/{version}{}", reference.unwrap_or_default()))
            }
            Identifier::Purl(_)
            | Identifier::Cpe(_)
            | Identifier::Hash { .. }
            | Identifier::BomRef(_)
            | Identifier::Other(_) => None,
        })
    }

    /// An IRI that names it: what it is recognised by where that is one, else one made from all that is known.
    fn iri(&self) -> String {
        let named = self.purl().map(str::to_owned).or_else(|| self.bom_link());
        named.unwrap_or_else(|| format!("urn:attestry:product:{}", self.digest()))
    }

    fn digest(&self) -> Digest {
        let mut texts: Vec<String> = self.identifiers.iter().map(Identifier::to_text).collect();
        texts.sort_unstable();
        texts.dedup();
        let start = crate::base::IdentityHasher::new("vex-product").field(&self.name);
        let start = start.optional(self.version.as_deref());
        texts.iter().fold(start, |hash, text| hash.field(text)).finish()
    }
}

/// Writes everything but unreserved characters (RFC 3986 §2.3) as percent encoding.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests;
