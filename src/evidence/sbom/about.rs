//! What a bill of materials says of itself, beside its components.

use serde::Serialize;

use crate::base::UnixMillis;
use crate::evidence::sbom::details::{ExternalReference, Hash, Property};
use crate::evidence::sbom::licence::Licence;
use crate::evidence::sbom::party::Party;

/// What a document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct About {
    /// Version of the specification as written (`1.6`, `2.3`).
    pub spec_version: Option<String>,
    /// The document's own name (SPDX `name`); CycloneDX has none.
    pub name: Option<String>,
    /// The document's own version (CycloneDX `version`): counts the issues of one serial number.
    pub version: Option<String>,
    /// The time of its making as written, readable or not; read it is [`super::Sbom::produced_at`].
    pub produced_at: Option<String>,
    /// Who made the document: persons and organisations, then tools.
    pub creators: Vec<Party>,
    /// Who supplies what the document describes (CycloneDX `metadata.supplier`).
    pub supplier: Option<Party>,
    /// Who made the document (CycloneDX `metadata.manufacturer`, until 1.5 `manufacture`: of what it describes).
    pub manufacturer: Option<Party>,
    /// In which phases of the life cycle it was made (CycloneDX `metadata.lifecycles`), the generation context.
    pub lifecycles: Vec<Lifecycle>,
    /// Licences of the document itself (CycloneDX `metadata.licenses`, SPDX `dataLicense`).
    pub data_licences: Vec<Licence>,
    /// References of the document as a whole.
    pub external_references: Vec<ExternalReference>,
    /// Other documents this one refers to by an identifier of its own (SPDX `externalDocumentRefs`, CycloneDX
    /// references of type `bom`).
    pub external_documents: Vec<ExternalDocument>,
    /// How complete parts of the document are.
    pub compositions: Vec<Composition>,
    /// Services the described thing uses or offers, nested ones flattened, in document order.
    pub services: Vec<Service>,
    /// Name-value pairs of the document and its metadata.
    pub properties: Vec<Property>,
    /// Whether a signature is written inside; it is not verified here.
    pub has_signature: bool,
}

/// A phase a document was made in: one of CycloneDX' phases or one with a name of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Lifecycle {
    /// `design`, `pre-build`, `build`, `post-build`, `operations`, `discovery`, `decommission`, or another word.
    pub phase: Option<String>,
    /// The name of a phase of one's own.
    pub name: Option<String>,
}

/// Another document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExternalDocument {
    /// What this document calls it (`DocumentRef-1`), if anything.
    pub id: Option<String>,
    /// Its namespace or address.
    pub uri: String,
    /// Hashes of it.
    pub hashes: Vec<Hash>,
}

/// How complete something is. CycloneDX `compositions`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Composition {
    /// `complete`, `incomplete`, `incomplete_first_party_only`, `unknown`, `not_specified`, … as written.
    pub aggregate: Option<String>,
    /// References of the things whose nested parts it speaks of; those of merged components are the kept one's.
    pub assemblies: Vec<String>,
    /// References of the things whose dependencies it speaks of; those of merged components are the kept one's.
    pub dependencies: Vec<String>,
    /// References of the vulnerabilities it speaks of.
    pub vulnerabilities: Vec<String>,
}

/// A service. CycloneDX `services`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Service {
    /// The document's own reference.
    pub reference: Option<String>,
    /// Who provides it.
    pub provider: Option<Party>,
    /// Name, with its group in front when there is one; empty when the document gives none.
    pub name: String,
    /// Version as written.
    pub version: Option<String>,
    /// Addresses it is reached at.
    pub endpoints: Vec<String>,
    /// Whether it asks who is calling.
    pub authenticated: Option<bool>,
    /// Whether using it crosses a trust boundary.
    pub crosses_trust_boundary: Option<bool>,
    /// Classification of the data that flows, and the direction as seen from the service.
    pub data: Vec<DataFlow>,
    /// Licences.
    pub licences: Vec<Licence>,
    /// References to the outside.
    pub external_references: Vec<ExternalReference>,
    /// Name-value pairs.
    pub properties: Vec<Property>,
    /// Index of the service it is nested in.
    pub parent: Option<u32>,
}

/// Data that flows to or from a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DataFlow {
    /// How the data is classified (`PII`, `public`, …).
    pub classification: Option<String>,
    /// `inbound`, `outbound`, `bi-directional` or `unknown`.
    pub flow: Option<String>,
}

/// A point in time as written, and as read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// As written.
    pub text: String,
    /// As read; `None` when it is no date that is read here.
    pub at: Option<UnixMillis>,
}

impl Stamp {
    /// Reads a text.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), at: UnixMillis::parse_lenient(text).ok() }
    }
}
