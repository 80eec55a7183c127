//! Writes OpenVEX 0.2.0.

use serde_json::{Map, Value, json};

use super::{Decision, DecisionProduct, Decisions, Said};
use crate::evidence::vex::Status;

/// The names of digests in OpenVEX (schema 0.2.0, `hashes`) for ours.
const HASHES: [(&str, &str); 9] = [
    ("md5", "md5"),
    ("sha1", "sha1"),
    ("sha256", "sha-256"),
    ("sha384", "sha-384"),
    ("sha512", "sha-512"),
    ("sha3256", "sha3-256"),
    ("sha3384", "sha3-384"),
    ("sha3512", "sha3-512"),
    ("blake2b256", "blake2b-256"),
];

/// The decisions as an OpenVEX 0.2.0 document.
pub fn to_openvex(decisions: &Decisions) -> Value {
    let mut statements: Vec<Value> = decisions.list.iter().map(statement).collect();
    // a list of statements is a set
    let mut seen = std::collections::HashSet::new();
    statements.retain(|statement| seen.insert(statement.to_string()));
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": decisions.id,
        "author": decisions.author,
        "role": decisions.role.as_str(),
        "timestamp": decisions.first_issued().to_rfc3339(),
        "last_updated": decisions.last_issued().to_rfc3339(),
        "version": decisions.version(),
        "tooling": "Attestry",
        "statements": statements,
    })
}

fn statement(decision: &Decision) -> Value {
    let mut vulnerability = json!({ "name": decision.vulnerability });
    let mut aliases = decision.aliases.clone();
    aliases.sort_unstable();
    aliases.dedup();
    if !aliases.is_empty() {
        set(&mut vulnerability, "aliases", json!(aliases));
    }
    let mut product = component(&decision.product);
    let mut parts: Vec<Value> = decision.components.iter().map(component).collect();
    parts.dedup();
    if !parts.is_empty() {
        set(&mut product, "subcomponents", Value::Array(parts));
    }
    let mut statement = json!({
        "vulnerability": vulnerability,
        "timestamp": decision.at.to_rfc3339(),
        "products": [product],
        "status": status(&decision.said),
    });
    match &decision.said {
        Said::NotAffected { justification, impact } => {
            if let Some(justification) = justification {
                set(&mut statement, "justification", json!(justification.as_str()));
            }
            set(&mut statement, "impact_statement", json!(impact));
        }
        Said::Affected { action } => set(&mut statement, "action_statement", json!(action)),
        Said::Fixed | Said::UnderInvestigation => {}
    }
    statement
}

const fn status(said: &Said) -> &'static str {
    let status: Status = said.status();
    status.as_str()
}

fn component(product: &DecisionProduct) -> Value {
    let mut component = json!({ "@id": product.iri() });
    let mut identifiers = Map::new();
    if let Some(purl) = product.purl() {
        identifiers.insert("purl".to_owned(), json!(purl));
    }
    if let Some(cpe) = product.cpe() {
        let name = if cpe.starts_with("cpe:2.3:") { "cpe23" } else { "cpe22" };
        identifiers.insert(name.to_owned(), json!(cpe));
    }
    if !identifiers.is_empty() {
        set(&mut component, "identifiers", Value::Object(identifiers));
    }
    let known = |name: &str| HASHES.iter().find(|(ours, _)| *ours == name).map(|(_, theirs)| *theirs);
    let hashes = product.hashes();
    let hashes: Map<String, Value> = hashes
        .into_iter()
        .filter_map(|(name, value)| Some((known(name)?.to_owned(), json!(value))))
        .collect();
    if !hashes.is_empty() {
        set(&mut component, "hashes", Value::Object(hashes));
    }
    component
}

/// Sets a member of an object.
pub(super) fn set(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(name.to_owned(), value);
    }
}
