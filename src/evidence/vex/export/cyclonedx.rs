//! Writes CycloneDX 1.6 with vulnerabilities and their analysis.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::openvex::set;
use super::{Decision, DecisionProduct, Decisions, Said};
use crate::base::Digest;

/// The names of digests in CycloneDX for ours.
const HASHES: [(&str, &str); 8] = [
    ("md5", "MD5"),
    ("sha1", "SHA-1"),
    ("sha256", "SHA-256"),
    ("sha384", "SHA-384"),
    ("sha512", "SHA-512"),
    ("sha3256", "SHA3-256"),
    ("sha3384", "SHA3-384"),
    ("sha3512", "SHA3-512"),
];

/// The decisions as a CycloneDX 1.6 document.
///
/// What a BOM-Link names is referred to by it; everything else is listed as a component to refer to. The serial
/// number is made from the document's identifier, so it stays the same over its versions.
pub fn to_cyclonedx_vex(decisions: &Decisions) -> Value {
    let mut components: BTreeMap<String, Value> = BTreeMap::new();
    for decision in &decisions.list {
        for product in about(decision) {
            if product.bom_link().is_none() {
                components.entry(product.iri()).or_insert_with(|| component(product));
            }
        }
    }
    let mut document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": serial(&decisions.id),
        "version": decisions.version(),
        "metadata": {
            "timestamp": decisions.last_issued().to_rfc3339(),
            "manufacturer": { "name": decisions.author },
        },
        "vulnerabilities": decisions.list.iter().map(vulnerability).collect::<Vec<_>>(),
    });
    if let (Some(product), Some(metadata)) = (one_product(&decisions.list), document.get_mut("metadata")) {
        components.remove(&product.iri());
        set(metadata, "component", component(product));
    }
    if !components.is_empty() {
        set(&mut document, "components", Value::Array(components.into_values().collect()));
    }
    document
}

/// The product all decisions are about, which the document then describes.
fn one_product(list: &[Decision]) -> Option<&DecisionProduct> {
    let first = &list.first()?.product;
    list.iter().all(|decision| decision.product == *first).then_some(first)
}

/// The components a decision is limited to, else the product.
fn about(decision: &Decision) -> Vec<&DecisionProduct> {
    if decision.components.is_empty() {
        vec![&decision.product]
    } else {
        decision.components.iter().collect()
    }
}

fn vulnerability(decision: &Decision) -> Value {
    let mut analysis = json!({
        "state": decision.said.status().to_cyclonedx(),
        "lastUpdated": decision.at.to_rfc3339(),
    });
    let mut value = json!({ "id": decision.vulnerability });
    match &decision.said {
        Said::NotAffected { justification, impact } => {
            if let Some(justification) = justification {
                set(&mut analysis, "justification", json!(justification.to_cyclonedx()));
            }
            set(&mut analysis, "detail", json!(impact));
        }
        Said::Affected { action } => set(&mut value, "recommendation", json!(action)),
        Said::Fixed | Said::UnderInvestigation => {}
    }
    let system = |id: &str| id.split('-').next().unwrap_or(id).to_owned();
    let mut aliases = decision.aliases.clone();
    aliases.sort_unstable();
    aliases.dedup();
    if !aliases.is_empty() {
        let references: Vec<Value> =
            aliases.iter().map(|id| json!({ "id": id, "source": { "name": system(id) } })).collect();
        set(&mut value, "references", Value::Array(references));
    }
    let mut refs: Vec<String> =
        about(decision).into_iter().map(|one| one.bom_link().unwrap_or_else(|| one.iri())).collect();
    refs.sort_unstable();
    refs.dedup();
    let affects: Vec<Value> = refs.iter().map(|reference| json!({ "ref": reference })).collect();
    set(&mut value, "analysis", analysis);
    set(&mut value, "affects", Value::Array(affects));
    value
}

fn component(product: &DecisionProduct) -> Value {
    let mut value = json!({ "type": "application", "bom-ref": product.iri(), "name": product.name });
    let members = [("version", product.version.as_deref()), ("purl", product.purl()), ("cpe", product.cpe())];
    for (name, text) in members {
        if let Some(text) = text {
            set(&mut value, name, json!(text));
        }
    }
    let known = |name: &str| HASHES.iter().find(|(ours, _)| *ours == name).map(|(_, theirs)| *theirs);
    let hashes = product.hashes();
    let hashes: Vec<Value> = hashes
        .into_iter()
        .filter_map(|(name, content)| Some(json!({ "alg": known(name)?, "content": content })))
        .collect();
    if !hashes.is_empty() {
        set(&mut value, "hashes", Value::Array(hashes));
    }
    value
}

/// A UUID of version 8 (RFC 9562 §5.8) from the document's identifier.
fn serial(id: &str) -> String {
    let digest = Digest::of(id.as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
    format!("urn:uuid:{}", uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
