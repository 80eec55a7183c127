//! Sigstore bundles (github.com/sigstore/protobuf-specs, `sigstore_bundle.proto`), versions 0.1 to 0.3.

use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::Envelope;
use super::reader::{Found, Proof, bare, of_envelope};
use super::{Content, Wrapping};
use crate::evidence::DecodeError;
use crate::evidence::loose::{self, Members};

/// What media types of bundles begin with.
pub(super) const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle";

const VERSIONS: [&str; 3] = ["0.1", "0.2", "0.3"];

/// Whether an object is meant to be a bundle.
pub(super) fn is_bundle(members: &Members<'_>) -> bool {
    members.text("mediaType").is_some_and(|text| text.starts_with(MEDIA_TYPE))
        || ["verificationMaterial", "dsseEnvelope", "messageSignature"]
            .into_iter()
            .any(|name| members.has(name))
}

/// Reads a bundle.
pub(super) fn read(members: &Members<'_>, raw: &RawValue, path: &str) -> Result<Found, DecodeError> {
    let version = version(members, path)?;
    let wrapping = Wrapping::SigstoreBundle(version);
    if let Some(envelope) = members.object("dsseEnvelope") {
        let envelope = Envelope::read(&envelope, &format!("{path}/dsseEnvelope"))?;
        let mut found = of_envelope(envelope, wrapping, path)?;
        found.proof = Proof::Bundle(raw.get().to_owned());
        return Ok(found);
    }
    let Some(signature) = members.value("messageSignature") else {
        let message =
            "the bundle holds neither a `dsseEnvelope` nor a `messageSignature`, so nothing is signed";
        return Err(DecodeError::at("empty-bundle", path, message));
    };
    let mut digests = std::collections::BTreeMap::new();
    let digest = signature.get("messageDigest").unwrap_or(&Value::Null);
    if let (Some(name), Some(value)) = (loose::text(digest, "algorithm"), loose::text(digest, "digest")) {
        let hex = super::base64_text::decode(value).map(hex::encode);
        digests.insert(algorithm(name), hex.unwrap_or_else(|| value.to_owned()));
    }
    let mut attestation = bare(Content::Artefact(digests), wrapping, path);
    attestation.signatures = vec![None];
    Ok(Found { attestation, proof: Proof::Bundle(raw.get().to_owned()) })
}

/// `SHA2_256` as other documents write it.
fn algorithm(name: &str) -> String {
    match name {
        "SHA2_256" => "sha256".to_owned(),
        "SHA2_384" => "sha384".to_owned(),
        "SHA2_512" => "sha512".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

/// The version in the media type.
fn version(members: &Members<'_>, path: &str) -> Result<String, DecodeError> {
    let at = || format!("{path}/mediaType");
    let Some(media_type) = members.text("mediaType") else {
        let message = "the bundle has no `mediaType`, so its version cannot be told";
        return Err(DecodeError::at("no-version", at(), message));
    };
    let rest = media_type.strip_prefix(MEDIA_TYPE).unwrap_or_default();
    let version =
        rest.strip_prefix("+json;version=").or_else(|| rest.strip_prefix(".v")?.strip_suffix("+json"));
    match version {
        Some(version) if VERSIONS.contains(&version) => Ok(version.to_owned()),
        Some(_) | None => {
            let shown: String = media_type.chars().take(100).collect();
            let read = VERSIONS.join(", ");
            let message =
                format!("`{shown}` is no Sigstore bundle that is read; read are the versions {read}");
            Err(DecodeError::at("unsupported-version", at(), message))
        }
    }
}

/// The SHA-256 digest of the artefact an attestation is about, hexadecimal.
pub(super) fn sha256_of(content: &Content) -> Option<&str> {
    match content {
        Content::Statement(statement) => first_sha256(statement.subjects.iter().map(|one| &one.digests)),
        Content::Artefact(digests) => first_sha256(std::iter::once(digests)),
        Content::Link(_) | Content::Layout(_) | Content::Other => None,
    }
}

fn first_sha256<'a>(
    mut digests: impl Iterator<Item = &'a std::collections::BTreeMap<String, String>>,
) -> Option<&'a str> {
    digests.find_map(|map| map.get("sha256")).map(String::as_str)
}
