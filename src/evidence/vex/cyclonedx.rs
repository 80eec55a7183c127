//! Exploitability statements inside CycloneDX documents (versions 1.4 to 1.7, `vulnerabilities[].analysis`).
//!
//! A statement about a component holds inside the product the document describes, and nowhere else: so the product
//! is the described thing, limited to the component. A BOM-Link names a component of one very document and needs no
//! product around it.

use std::collections::HashMap;

use super::words::{Justification, Status};
use super::{Identifier, VexDocument, VexProduct, VexStatement};
use crate::base::Digest;
use crate::evidence::package::Purl;
use crate::evidence::sbom::{Affected, Analysis, Component, IdentifierKind, Sbom, StatedVulnerability};

/// The statements of a document; none for vulnerabilities nobody has analysed.
pub fn from_cyclonedx(bom: &Sbom) -> VexDocument {
    let about = &bom.about;
    let makers = about.manufacturer.iter().chain(&about.supplier).chain(&about.creators);
    let mut document = VexDocument {
        id: bom.serial.clone(),
        author: makers.into_iter().find_map(|party| party.name.clone()),
        role: None,
        namespace: None,
        timestamp: bom.produced_at,
        last_updated: None,
        version: about.version.clone(),
        statements: Vec::new(),
    };
    let components = bom.components.iter().chain(bom.root.as_deref());
    let known: HashMap<&str, &Component> =
        components.filter_map(|component| Some((component.reference.as_deref()?, component))).collect();
    for (place, vulnerability) in bom.vulnerabilities.iter().enumerate() {
        if let Some(analysis) = &vulnerability.analysis {
            let one = Stated {
                bom,
                known: &known,
                vulnerability,
                analysis,
                path: format!("/vulnerabilities/{place}"),
            };
            one.statements(&mut document.statements);
        }
    }
    document.identify();
    document
}

/// One analysed vulnerability.
struct Stated<'a> {
    bom: &'a Sbom,
    known: &'a HashMap<&'a str, &'a Component>,
    vulnerability: &'a StatedVulnerability,
    analysis: &'a Analysis,
    path: String,
}

impl Stated<'_> {
    /// One statement for what the analysis is about, and one for versions the document says otherwise of.
    fn statements(&self, out: &mut Vec<VexStatement>) {
        let status_raw = self.analysis.state.clone().unwrap_or_default();
        let status = Status::from_cyclonedx(&status_raw);
        let (mut analysed, mut unaffected, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for affected in &self.vulnerability.affects {
            if affected.versions.is_empty() {
                analysed.push(self.product(affected, None));
            }
            for version in &affected.versions {
                let pinned = Some((version.version.clone(), version.range.clone()));
                let product = self.product(affected, pinned);
                match version.status.as_deref() {
                    Some("unknown") => unknown.push(product),
                    // said of a version the analysis is not about
                    Some("unaffected") if status != Status::NotAffected => unaffected.push(product),
                    Some(_) | None => analysed.push(product),
                }
            }
        }
        let told = [
            (status, status_raw.as_str(), analysed),
            (Status::NotAffected, "unaffected", unaffected),
            (Status::Unknown, "unknown", unknown),
        ];
        for (place, (status, raw, products)) in told.into_iter().enumerate() {
            if !products.is_empty() || place == 0 {
                let mut statement = self.statement(status, raw, products);
                if place > 0 {
                    (statement.justification, statement.justification_raw, statement.impact) =
                        (None, None, None);
                }
                out.push(statement);
            }
        }
    }

    fn statement(&self, status: Status, raw: &str, products: Vec<VexProduct>) -> VexStatement {
        let mut aliases: Vec<String> =
            self.vulnerability.references.iter().filter_map(|reference| reference.id.clone()).collect();
        aliases.retain(|alias| *alias != self.vulnerability.id);
        aliases.sort_unstable();
        aliases.dedup();
        let explains = status == Status::NotAffected;
        let responses = Some(self.analysis.responses.join(", ")).filter(|text| !text.is_empty());
        let at = |stamp: &Option<crate::evidence::sbom::Stamp>| stamp.as_ref().and_then(|stamp| stamp.at);
        VexStatement {
            identity: Digest::from_bytes([0; 32]),
            path: self.path.clone(),
            vulnerability: self.vulnerability.id.clone(),
            aliases,
            products,
            status,
            status_raw: raw.to_owned(),
            justification: self.analysis.justification.as_deref().and_then(Justification::from_cyclonedx),
            justification_raw: self.analysis.justification.clone(),
            impact: self.analysis.detail.clone().filter(|_| explains),
            action: self.vulnerability.recommendation.clone().or(responses),
            timestamp: at(&self.analysis.first_issued).or(self.bom.produced_at),
            last_updated: at(&self.analysis.last_updated),
        }
    }

    /// The thing affected; `pinned` is the version or range written with it.
    fn product(&self, affected: &Affected, pinned: Option<(Option<String>, Option<String>)>) -> VexProduct {
        let link = Identifier::of(&affected.reference);
        let component = self.known.get(affected.reference.as_str());
        let mut product = match component {
            Some(component) => self.component(component),
            None if matches!(link, Identifier::Other(_)) => {
                let identifiers = vec![Identifier::BomRef(affected.reference.clone())];
                VexProduct { identifiers, ..VexProduct::default() }
            }
            None => VexProduct { identifiers: vec![link], ..VexProduct::default() },
        };
        if let Some((version, range)) = pinned {
            // the identifiers speak of the version in use, the pin of the one that is judged
            product.identifiers = product.identifiers.iter().filter_map(unpinned).collect();
            if product.identifiers.is_empty() {
                product.identifiers.push(Identifier::BomRef(affected.reference.clone()));
            }
            (product.version, product.range) = (version, range);
        }
        let root = self.bom.root.as_deref();
        let Some(root) = root.filter(|_| component.is_some()) else { return product };
        if root.reference.as_deref() == Some(affected.reference.as_str()) {
            return product;
        }
        let mut whole = self.component(root);
        whole.subcomponents = vec![product];
        whole
    }

    fn component(&self, component: &Component) -> VexProduct {
        let mut identifiers: Vec<Identifier> =
            component.purl.as_deref().map(Identifier::of).into_iter().collect();
        if let Some(details) = component.details.as_deref() {
            for other in &details.identifiers {
                if matches!(other.kind, IdentifierKind::Purl | IdentifierKind::Cpe) {
                    identifiers.push(Identifier::of(&other.value));
                }
            }
            identifiers
                .extend(details.hashes.iter().map(|hash| Identifier::hash(&hash.algorithm, &hash.value)));
        }
        identifiers.extend(self.bom.serial.as_ref().zip(component.reference.as_ref()).map(
            |(serial, reference)| {
                let version = self.bom.about.version.clone();
                Identifier::BomLink { serial: serial.clone(), version, reference: Some(reference.clone()) }
            },
        ));
        if identifiers.is_empty() {
            identifiers.push(Identifier::Other(component.name.clone()));
        }
        VexProduct { identifiers, version: component.version.clone(), range: None, subcomponents: Vec::new() }
    }
}

/// The identifier without the version it names; `None` for one that names nothing but that very version.
fn unpinned(identifier: &Identifier) -> Option<Identifier> {
    match identifier {
        Identifier::Purl(text) => {
            let purl = Purl::read(text)?;
            let rest = purl.canonical().strip_prefix(purl.key()).unwrap_or_default();
            Some(Identifier::Purl(format!("{}{rest}", purl.unversioned())))
        }
        Identifier::BomRef(_) | Identifier::Other(_) => Some(identifier.clone()),
        Identifier::Cpe(_) | Identifier::Hash { .. } | Identifier::BomLink { .. } => None,
    }
}
