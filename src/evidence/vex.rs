//! Exploitability statements (VEX): one model for OpenVEX, CSAF and CycloneDX, and the rule by which one may suppress
//! a finding.
//!
//! What a document says and what follows from it are kept apart: reading keeps every statement, raw words included;
//! [`judge`] decides, and says why, naming the statements it relied on.

mod csaf;
mod cyclonedx;
mod export;
mod identifier;
mod judge;
mod matching;
mod openvex;
mod words;

pub use csaf::CsafVex;
pub use cyclonedx::from_cyclonedx;
pub use export::{
    Decision, DecisionProduct, Decisions, Role, Said, to_csaf_vex, to_cyclonedx_vex, to_openvex,
};
pub use identifier::Identifier;
pub use judge::{Judgement, Source, StatementRef, Trust, Unversioned, Verdict, judge};
pub use matching::{Applies, Finding, Refusal, Subject, VersionMatch, applies};
pub use openvex::OpenVex;
pub use words::{Justification, Status};

use serde::{Deserialize, Serialize};

use crate::base::{Digest, IdentityHasher, UnixMillis};

/// One VEX document, whatever format it was written in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VexDocument {
    /// The document's identifier: OpenVEX `@id`, CSAF `tracking.id`, CycloneDX serial number.
    pub id: Option<String>,
    /// Who makes the statements, as the document itself says; nothing here proves it.
    pub author: Option<String>,
    /// In what role the author speaks (`vendor`, `coordinator`, …), as stated.
    pub role: Option<String>,
    /// The author's namespace as stated (CSAF `publisher.namespace`).
    pub namespace: Option<String>,
    /// When the document was first issued.
    pub timestamp: Option<UnixMillis>,
    /// When it was last changed.
    pub last_updated: Option<UnixMillis>,
    /// The document's version as written.
    pub version: Option<String>,
    /// Every statement, in document order.
    pub statements: Vec<VexStatement>,
}

/// What an author says about one vulnerability in some products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexStatement {
    /// Hash of author, vulnerability and products: what is spoken about and by whom, never what is said.
    pub identity: Digest,
    /// Where in the document, as a JSON pointer.
    pub path: String,
    /// The vulnerability's identifier as written.
    pub vulnerability: String,
    /// Its other identifiers, sorted, without repeats.
    pub aliases: Vec<String>,
    /// The products spoken about; empty when the document names none, and then the statement matches nothing.
    pub products: Vec<VexProduct>,
    /// What is said.
    pub status: Status,
    /// The word as written (`false_positive`, `known_not_affected`).
    pub status_raw: String,
    /// Why the products are not affected.
    pub justification: Option<Justification>,
    /// The justification's word as written.
    pub justification_raw: Option<String>,
    /// Why the vulnerability has no impact, in the author's words.
    pub impact: Option<String>,
    /// What to do about it, in the author's words.
    pub action: Option<String>,
    /// When the statement was made, inherited from the document where it says nothing itself.
    pub timestamp: Option<UnixMillis>,
    /// When the statement was last changed.
    pub last_updated: Option<UnixMillis>,
}

/// One product a statement speaks about, as far as it can be recognised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexProduct {
    /// Everything the document knows the product by; any one of them may match.
    pub identifiers: Vec<Identifier>,
    /// The version, where it is written beside the identifiers.
    pub version: Option<String>,
    /// The versions as a version range specifier (`vers:npm/>=1.0.0|<2.0.0`), where a range is written.
    pub range: Option<String>,
    /// The parts of the product the statement is limited to; empty when it is about the whole product.
    pub subcomponents: Vec<VexProduct>,
}

impl VexDocument {
    /// Gives every statement its identity; called once the author is known.
    pub(crate) fn identify(&mut self) {
        for statement in &mut self.statements {
            statement.identity = identity(self.author.as_deref(), statement);
        }
    }
}

impl VexStatement {
    /// The instant by which newer is told from older.
    pub fn effective_at(&self) -> Option<UnixMillis> {
        self.last_updated.max(self.timestamp)
    }
}

/// Independent of the order in which products and identifiers are written.
fn identity(author: Option<&str>, statement: &VexStatement) -> Digest {
    let mut products: Vec<String> = statement.products.iter().map(VexProduct::key).collect();
    products.sort_unstable();
    products.dedup();
    let start = IdentityHasher::new("vex-statement").optional(author).field(&statement.vulnerability);
    products.iter().fold(start, |hash, product| hash.field(product)).finish()
}

impl VexProduct {
    /// About how many bytes it takes in memory.
    pub(crate) fn size(&self) -> usize {
        let texts = self.identifiers.iter().map(|id| id.to_text().len() + 64).sum::<usize>();
        let rest = self.version.as_deref().map_or(0, str::len) + self.range.as_deref().map_or(0, str::len);
        128 + texts + rest + self.subcomponents.iter().map(Self::size).sum::<usize>()
    }

    /// The product as one text, independent of the order its parts are written in.
    pub fn key(&self) -> String {
        let mut parts: Vec<String> = self.identifiers.iter().map(Identifier::to_text).collect();
        parts.sort_unstable();
        parts.dedup();
        let mut inner: Vec<String> = self.subcomponents.iter().map(|part| part.flat_key()).collect();
        inner.sort_unstable();
        inner.dedup();
        format!("{}|{}", self.flat_key(), inner.join(";"))
    }

    fn flat_key(&self) -> String {
        let mut parts: Vec<String> = self.identifiers.iter().map(Identifier::to_text).collect();
        parts.sort_unstable();
        parts.dedup();
        let rest = [self.version.as_deref().unwrap_or(""), self.range.as_deref().unwrap_or("")];
        format!("{}@{}", parts.join(","), rest.join("/"))
    }
}

#[cfg(test)]
mod tests;
