//! Attestations: in-toto statements, links and layouts, bare or signed in DSSE envelopes and Sigstore bundles.
//!
//! Reading proves nothing: everything read is [`Verification::Unverified`] until [`verify`] has checked it against
//! roots and keys the caller gives. Nothing is ever fetched.

mod base64_text;
mod bundle;
mod envelope;
mod formats;
mod keys;
mod metadata;
mod pep740;
mod provenance;
mod reader;
mod statement;
mod verify;

pub use formats::{Dsse, InToto, Pep740, SigstoreBundles};
pub use keys::{KeyError, PublicKey};
pub use verify::{Anchors, Artifact, RootError, Signer, TrustedRoot, verify};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::{Digest, UnixMillis};

/// The payload type of in-toto statements, links and layouts (in-toto attestation framework, "Envelope").
pub const IN_TOTO_PAYLOAD: &str = "application/vnd.in-toto+json";

/// The attestations of one document, in document order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestations {
    /// Each one.
    pub list: Vec<Attestation>,
}

/// One attestation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// Where in the document: a JSON pointer or a line; empty when it is the whole document.
    pub path: String,
    /// What it is wrapped in.
    pub wrapping: Wrapping,
    /// The payload's type as the envelope states it; `None` for what is in no envelope.
    pub payload_type: Option<String>,
    /// Digest of the payload's bytes, which are what is signed.
    pub payload: Option<Digest>,
    /// Key ids of the signatures as stated (a hint, never a proof), one entry a signature.
    pub signatures: Vec<Option<String>>,
    /// What is attested.
    pub content: Content,
    /// Whether anybody known stands behind it.
    pub verification: Verification,
}

/// What an attestation is wrapped in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wrapping {
    /// Nothing: it is not signed.
    Bare,
    /// A DSSE envelope (github.com/secure-systems-lab/dsse).
    Dsse,
    /// A Sigstore bundle of this media type.
    SigstoreBundle(String),
    /// A Python package attestation (PEP 740).
    Pep740,
    /// `signed` and `signatures`, as in-toto's first metadata was written.
    Metablock,
}

/// What is attested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// An in-toto statement.
    Statement(Statement),
    /// An in-toto link: what one step took and made.
    Link(Link),
    /// An in-toto layout: which steps there are to be, by whom.
    Layout(Layout),
    /// A signature over an artefact that lies elsewhere, with the digest the bundle names.
    Artefact(BTreeMap<String, String>),
    /// A payload of another type; kept unread.
    Other,
}

/// An in-toto statement, v0.1 or v1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// `_type` as written.
    pub statement_type: String,
    /// The predicate's type as written; empty when the statement has none, as the format demands.
    pub predicate_type: String,
    /// What the statement is about.
    pub subjects: Vec<Resource>,
    /// The predicate, where it is SLSA provenance.
    pub provenance: Option<Provenance>,
}

/// A thing with digests: a subject, a material, a dependency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its name.
    pub name: Option<String>,
    /// Where it is from.
    pub uri: Option<String>,
    /// Digests by algorithm, as written.
    pub digests: BTreeMap<String, String>,
}

/// How something was built (SLSA provenance v0.1, v0.2 and v1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The predicate's version as written in its type (`v0.2`).
    pub version: String,
    /// Who built it.
    pub builder: Option<String>,
    /// How its parameters are to be read.
    pub build_type: Option<String>,
    /// The repository it was built from.
    pub source: Option<String>,
    /// The revision of the repository: the commit where it is named, else the reference.
    pub revision: Option<String>,
    /// Everything that went in.
    pub materials: Vec<Resource>,
    /// When the build began.
    pub started_at: Option<UnixMillis>,
    /// When it ended.
    pub finished_at: Option<UnixMillis>,
    /// Identifier of the run.
    pub invocation: Option<String>,
}

/// An in-toto link (in-toto specification 1.0 §4.4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The step's name.
    pub name: Option<String>,
    /// How many artefacts the step took.
    pub materials: u64,
    /// How many artefacts the step made.
    pub products: u64,
}

/// An in-toto layout (in-toto specification 1.0 §4.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// When it ends.
    pub expires: Option<UnixMillis>,
    /// The steps' names.
    pub steps: Vec<String>,
    /// The inspections' names.
    pub inspections: Vec<String>,
    /// How many keys it names.
    pub keys: u64,
}

/// Whether anybody known stands behind an attestation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// The signature holds, and the caller trusts whoever made it.
    Verified {
        /// Who signed.
        by: SignedBy,
        /// Proven instants of signing, earliest first; empty for a plain key.
        at: Vec<UnixMillis>,
        /// Whether the transparency log's proof was checked too.
        logged: bool,
        /// Whether the artefact was at hand and is the one attested.
        artefact: ArtefactCheck,
    },
    /// Nothing is proven.
    Unverified {
        /// Stable kebab-case code.
        code: String,
        /// One sentence for a person.
        reason: String,
    },
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignedBy {
    /// Somebody a certificate authority has named.
    Certificate {
        /// The identity in the certificate: address of a person or of a workflow.
        identity: String,
        /// Who vouched for the identity.
        issuer: String,
    },
    /// Holders of plain keys the caller gave; their ids, sorted.
    Keys(Vec<String>),
}

/// Whether the artefact was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArtefactCheck {
    /// The artefact given is the one attested.
    Matched,
    /// No artefact was given: what is proven is who said it, not that it is about the artefact at hand.
    NotGiven,
}

impl Verification {
    /// Nothing proven, for this reason.
    pub fn unverified(code: &str, reason: impl Into<String>) -> Self {
        Self::Unverified { code: code.to_owned(), reason: reason.into() }
    }

    /// What holds of everything that was only read.
    pub fn unchecked() -> Self {
        Self::unverified("not-checked", "it was read, and its signatures were not checked")
    }

    /// Whether it is verified.
    pub const fn holds(&self) -> bool {
        matches!(self, Self::Verified { .. })
    }
}
