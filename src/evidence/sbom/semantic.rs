//! What a document says, whatever order, serialisation, version of the format or moment it was written in.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::base::{Digest, IdentityHasher};
use crate::evidence::sbom::{Component, Sbom};

/// Members that tell one writing of a document from another rather than its content. References are replaced by what
/// they name, indices by identities.
const NOT_CONTENT: [&str; 8] = [
    "spec_version",
    "produced_at",
    "has_signature",
    "reference",
    "parent",
    "purl_key",
    "services",
    "compositions",
];

impl Sbom {
    /// Digest of the content: equal for copies of one document that differ in order, white space, serialisation,
    /// version of the format, serial number, document version, time of making, signature, or the references by which
    /// components are named. Relations to things the document does not list are left out.
    pub fn semantic_digest(&self) -> Digest {
        let names = self.names();
        let mut parts = vec![of("document", &self.head())];
        parts.extend(self.components.iter().map(|c| of("component", &canonical(c))));
        let listed = self.components.iter().enumerate();
        let first = listed.filter_map(|(i, c)| Some((Some(c.parent?), u32::try_from(i).ok()?)));
        let nested = first.chain(self.nestings.iter().copied());
        parts.extend(nested.map(|pair| self.pair("nested", pair)));
        parts.extend(self.dependencies.iter().map(|pair| self.pair("needs", *pair)));
        parts.extend(self.vulnerabilities.iter().map(|v| of("vulnerability", &named(canonical(v), &names))));
        parts.extend(self.about.services.iter().map(|s| of("service", &canonical(s))));
        let compositions = self.about.compositions.iter();
        parts.extend(compositions.map(|c| of("composition", &named(canonical(c), &names))));
        parts.sort_unstable();
        let hasher = IdentityHasher::new("sbom");
        parts.iter().fold(hasher, |hasher, part| hasher.field(&part.to_hex())).finish()
    }

    /// What the document says of itself and of the thing described.
    fn head(&self) -> Value {
        let mut about = canonical(&self.about);
        if let Some(members) = about.as_object_mut() {
            members.remove("version");
        }
        let mut tools: Vec<&str> = self.tools.iter().map(String::as_str).collect();
        tools.sort_unstable();
        serde_json::json!({
            "name": self.name, "version": self.version, "tools": tools, "about": about,
            "root": self.root.as_ref().map(canonical),
        })
    }

    /// References of components and of the thing described, and the identities they name.
    fn names(&self) -> HashMap<&str, String> {
        let listed = self.components.iter().chain(self.root.as_deref());
        let name = |c: &'_ Component| c.identity.to_hex();
        listed.filter_map(|c| Some((c.reference.as_deref()?, name(c)))).collect()
    }

    fn pair(&self, what: &str, (from, to): (Option<u32>, u32)) -> Digest {
        let identity = |index: u32| self.components.get(index as usize).map(|c| c.identity.to_hex());
        let hasher = IdentityHasher::new(what).optional(from.and_then(identity).as_deref());
        hasher.optional(identity(to).as_deref()).finish()
    }
}

fn of(what: &str, value: &Value) -> Digest {
    IdentityHasher::new(what).field(&value.to_string()).finish()
}

/// The value with its lists sorted and without what is not content.
fn canonical<T: Serialize>(value: &T) -> Value {
    let mut value = serde_json::to_value(value).unwrap_or(Value::Null);
    if let Some(members) = value.as_object_mut() {
        for name in NOT_CONTENT {
            members.remove(name);
        }
    }
    sorted(value)
}

/// Sorts every list; values nest as deep as the model's types do.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut keyed: Vec<(String, Value)> =
                items.into_iter().map(sorted).map(|item| (item.to_string(), item)).collect();
            keyed.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Array(keyed.into_iter().map(|(_, item)| item).collect())
        }
        Value::Object(members) => match members.get("at") {
            // a moment that was read is the same however it was written
            Some(at @ Value::Number(_)) if members.contains_key("text") => at.clone(),
            Some(_) | None => Value::Object(
                members.into_iter().map(|(name, item)| (name, sorted(item))).collect::<Map<_, _>>(),
            ),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// The value with references to components replaced by identities, lists sorted anew.
fn named(mut value: Value, names: &HashMap<&str, String>) -> Value {
    for list in ["affects", "assemblies", "dependencies"] {
        let Some(items) = value.get_mut(list).and_then(Value::as_array_mut) else { continue };
        for item in items {
            let slot = if item.is_object() { item.get_mut("reference") } else { Some(item) };
            if let Some(slot) = slot {
                if let Some(name) = slot.as_str().and_then(|reference| names.get(reference)) {
                    *slot = Value::String(name.clone());
                }
            }
        }
    }
    sorted(value)
}
