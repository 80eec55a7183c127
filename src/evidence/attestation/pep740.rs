//! Attestations of Python packages (PEP 740), version 1.

use serde_json::{Value, json};

use super::bundle::MEDIA_TYPE;
use super::envelope::Envelope;
use super::reader::{Found, Proof, of_envelope};
use super::{IN_TOTO_PAYLOAD, Wrapping};
use crate::evidence::DecodeError;
use crate::evidence::loose::{Members, text};

/// Reads one attestation object.
pub(super) fn read(members: &Members<'_>, path: &str) -> Result<Found, DecodeError> {
    let version = members.scalar("version").unwrap_or_default();
    if version != "1" {
        let shown: String = version.chars().take(20).collect();
        let message = format!("version `{shown}` of a PEP 740 attestation is not read; read is 1");
        return Err(DecodeError::at("unsupported-version", format!("{path}/version"), message));
    }
    let bundle = as_bundle(members);
    let written = bundle.get("dsseEnvelope").unwrap_or(&Value::Null).to_string();
    let envelope = Envelope::read(&Members::of(written.as_bytes())?, &format!("{path}/envelope"))?;
    let mut found = of_envelope(envelope, Wrapping::Pep740, path)?;
    found.proof = Proof::Bundle(bundle.to_string());
    Ok(found)
}

/// The same content as a Sigstore bundle, which is how it is verified (PEP 740, "Attestation objects").
fn as_bundle(members: &Members<'_>) -> Value {
    let material = members.value("verification_material").unwrap_or_default();
    let envelope = members.value("envelope").unwrap_or_default();
    let entries = material.get("transparency_entries").cloned().unwrap_or_else(|| json!([]));
    json!({
        "mediaType": format!("{MEDIA_TYPE}.v0.3+json"),
        "verificationMaterial": {
            "certificate": { "rawBytes": text(&material, "certificate") },
            "tlogEntries": entries,
        },
        "dsseEnvelope": {
            "payload": text(&envelope, "statement"),
            "payloadType": IN_TOTO_PAYLOAD,
            "signatures": [{ "sig": text(&envelope, "signature") }],
        },
    })
}
