//! in-toto statements (in-toto attestation framework, statement v0.1 and v1).

use std::collections::BTreeMap;

use serde_json::Value;

use super::provenance;
use super::{Resource, Statement};
use crate::evidence::DecodeError;
use crate::evidence::loose::{self, Members};

/// Subjects of one statement, and materials of one provenance.
pub(super) const RESOURCES: usize = 1_000_000;

/// The statement types that are read, after `https://in-toto.io/Statement/`.
const VERSIONS: [&str; 3] = ["v0.1", "v1", "v1.0"];

/// Reads a statement. Its members may also be spelt as in the protocol buffer definition (`predicate_type`).
pub(super) fn read(members: &Members<'_>, path: &str) -> Result<Statement, DecodeError> {
    let (at, statement_type) = match (members.text("_type"), members.text("type")) {
        (Some(text), _) => (format!("{path}/_type"), text),
        (None, Some(text)) => (format!("{path}/type"), text),
        (None, None) => {
            let message = "there is no `_type`, so this is no in-toto statement";
            return Err(DecodeError::at("no-statement-type", format!("{path}/_type"), message));
        }
    };
    let version = statement_type.strip_prefix("https://in-toto.io/Statement/");
    if !version.is_some_and(|version| VERSIONS.contains(&version)) {
        let shown: String = statement_type.chars().take(80).collect();
        let message = format!("`{shown}` is no in-toto statement that is read; read are v0.1 and v1");
        return Err(DecodeError::at("unsupported-version", at, message));
    }
    // real statements lack it; nothing is then known of what they say
    let written = members.text("predicateType").or_else(|| members.text("predicate_type"));
    let predicate_type = written.unwrap_or_default();
    let provenance = match provenance::version(&predicate_type) {
        Some(version) => members.value("predicate").map(|value| provenance::read(version, &value)),
        None => None,
    };
    Ok(Statement { statement_type, predicate_type, subjects: subjects(members, path)?, provenance })
}

fn subjects(members: &Members<'_>, path: &str) -> Result<Vec<Resource>, DecodeError> {
    let Some(list) = members.list("subject") else {
        let message = "`subject` is not a list, so what the statement is about cannot be told";
        return Err(DecodeError::at("wrong-type", format!("{path}/subject"), message));
    };
    if list.len() > RESOURCES {
        return Err(DecodeError::too_many_records());
    }
    let values = list.iter().map(|raw| serde_json::from_str::<Value>(raw.get()).unwrap_or_default());
    Ok(values.map(|value| resource(&value)).collect())
}

/// A thing with name, address and digests.
pub(super) fn resource(value: &Value) -> Resource {
    Resource {
        name: loose::text(value, "name").map(str::to_owned),
        uri: loose::text(value, "uri").map(str::to_owned),
        digests: digests(value.get("digest")),
    }
}

/// Digests by algorithm; values that are no text are left out.
pub(super) fn digests(value: Option<&Value>) -> BTreeMap<String, String> {
    let pairs = value.and_then(Value::as_object).into_iter().flatten();
    pairs.filter_map(|(name, digest)| Some((name.clone(), digest.as_str()?.to_owned()))).collect()
}
