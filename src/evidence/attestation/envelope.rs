//! DSSE envelopes (github.com/secure-systems-lab/dsse, envelope and protocol v1) as anybody may write them.

use serde_json::Value;
use serde_json::value::RawValue;

use super::base64_text::decode;
use super::{IN_TOTO_PAYLOAD, metadata, statement};
use crate::evidence::DecodeError;
use crate::evidence::attestation::Content;
use crate::evidence::loose::{self, Members};

/// Signatures of one envelope that are read.
const SIGNATURES: usize = 1_000;

/// One envelope, its payload decoded.
#[derive(Debug, Clone)]
pub(super) struct Envelope {
    /// The payload's type as stated; it is signed with the payload.
    pub(super) payload_type: String,
    /// The signed bytes.
    pub(super) payload: Vec<u8>,
    /// The signatures.
    pub(super) signatures: Vec<Signature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone)]
pub(super) struct Signature {
    /// The stated key id, if any.
    pub(super) key_id: Option<String>,
    /// The signature's bytes; empty when there are none, or none that can be read, and then it verifies nothing.
    pub(super) bytes: Vec<u8>,
    /// Whether something is written that is no base64.
    pub(super) is_broken: bool,
    /// Whether a certificate stands beside it, as some tools write it.
    pub(super) has_certificate: bool,
}

impl Envelope {
    /// Reads `payload`, `payloadType` and `signatures`.
    pub(super) fn read(members: &Members<'_>, path: &str) -> Result<Self, DecodeError> {
        let payload_type = members.text("payloadType").ok_or_else(|| {
            DecodeError::at(
                "no-payload-type",
                format!("{path}/payloadType"),
                "the envelope has no `payloadType`",
            )
        })?;
        let payload = text(members, "payload").and_then(|text| decode(&text)).ok_or_else(|| {
            let message = "`payload` is not base64 as DSSE allows it (padded, standard or URL-safe alphabet)";
            DecodeError::at("bad-base64", format!("{path}/payload"), message)
        })?;
        let signatures = Self::signatures(members, path)?;
        Ok(Self { payload_type, payload, signatures })
    }

    fn signatures(members: &Members<'_>, path: &str) -> Result<Vec<Signature>, DecodeError> {
        let place = format!("{path}/signatures");
        let list = members.list("signatures").ok_or_else(|| {
            DecodeError::at("wrong-type", place.clone(), "`signatures` of the envelope is not a list")
        })?;
        if list.len() > SIGNATURES {
            return Err(DecodeError::too_many_records());
        }
        Ok(list.iter().map(|raw| signature(raw)).collect())
    }

    /// What is signed in place of the bare payload: the pre-authentication encoding (protocol v1, `PAE`).
    pub(super) fn pae(&self) -> Vec<u8> {
        let head =
            format!("DSSEv1 {} {} {} ", self.payload_type.len(), self.payload_type, self.payload.len());
        let mut encoded = head.into_bytes();
        encoded.extend_from_slice(&self.payload);
        encoded
    }

    /// The payload in typed form, as its type says it is to be read.
    pub(super) fn content(&self, path: &str) -> Result<Content, DecodeError> {
        if is_in_toto(&self.payload_type) {
            return in_toto(&self.payload, &format!("{path}/payload"));
        }
        // a statement under another name would be read by some tools and not by others
        let claims = Members::of(&self.payload).ok().and_then(|members| members.text("_type"));
        if claims.is_some_and(|claim| claim.contains("in-toto.io/Statement")) {
            let kind: String = self.payload_type.chars().take(80).collect();
            let message = format!("the payload is an in-toto statement, but `payloadType` says `{kind}`");
            return Err(DecodeError::at("payload-type-mismatch", format!("{path}/payloadType"), message));
        }
        Ok(Content::Other)
    }
}

fn signature(raw: &RawValue) -> Signature {
    let value: Value = serde_json::from_str(raw.get()).unwrap_or_default();
    let written = value.get("sig").and_then(Value::as_str);
    let bytes = written.and_then(decode);
    Signature {
        key_id: loose::text(&value, "keyid").map(str::to_owned),
        is_broken: bytes.is_none(),
        bytes: bytes.unwrap_or_default(),
        has_certificate: value.get("cert").is_some_and(|cert| !cert.is_null()),
    }
}

/// Whether a payload of that type is in-toto's, with or without a predicate named in it.
fn is_in_toto(payload_type: &str) -> bool {
    payload_type == IN_TOTO_PAYLOAD
        || (payload_type.starts_with("application/vnd.in-toto.") && payload_type.ends_with("+json"))
}

/// A statement, link or layout.
fn in_toto(payload: &[u8], path: &str) -> Result<Content, DecodeError> {
    let members = Members::of(payload).map_err(|error| {
        let again = std::str::from_utf8(payload).ok().and_then(|text| decode(text.trim()));
        let hint = if again.is_some() { "; it is base64 once more, so it was encoded twice" } else { "" };
        let message = format!("the payload is said to be in-toto, but {}{hint}", error.message);
        DecodeError::at("bad-payload", path, message)
    })?;
    match metadata::read(&members) {
        Some(content) => Ok(content),
        None => statement::read(&members, path).map(Content::Statement),
    }
}

fn text(members: &Members<'_>, name: &str) -> Option<String> {
    members.value(name)?.as_str().map(str::to_owned)
}
