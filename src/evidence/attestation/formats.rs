//! The decoders of attestations; they differ in what they recognise only.

use super::bundle::MEDIA_TYPE;
use super::reader::Reader;
use crate::evidence::EvidenceKind;
use crate::evidence::decoder::{DecodeError, Decoded, Decoder, JsonOutline, Probe};

/// Sigstore bundles: one, one a line, or as GitHub and npm hand them out.
pub struct SigstoreBundles;

/// DSSE envelopes: one, or one a line.
pub struct Dsse;

/// Attestations of Python packages and the provenance objects around them.
pub struct Pep740;

/// in-toto statements, links and layouts in no envelope.
pub struct InToto;

/// A list's first element is looked at instead of the list.
fn outline<'p>(probe: &'p Probe<'_>) -> std::borrow::Cow<'p, JsonOutline> {
    let start = probe.bytes.trim_ascii_start();
    match start.strip_prefix(b"[") {
        // the outline of a list says nothing of its elements
        Some(rest) => std::borrow::Cow::Owned(crate::evidence::intake::json_head(rest)),
        None => std::borrow::Cow::Borrowed(probe.head()),
    }
}

fn any(outline: &JsonOutline, names: &[&str]) -> bool {
    names.iter().any(|name| outline.has(name))
}

impl Decoder for SigstoreBundles {
    fn format(&self) -> &'static str {
        "sigstore-bundle"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Attestation
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        let head = outline(probe);
        if head.text("mediaType").is_some_and(|text| text.starts_with(MEDIA_TYPE)) || head.has("dsseEnvelope")
        {
            return true;
        }
        any(&head, &["verificationMaterial"]) && any(&head, &["mediaType", "messageSignature"])
            // the wrappers say so little of themselves that the bundle in them is looked for
            || (any(&head, &["attestations", "bundle"]) && contains(probe.bytes, MEDIA_TYPE.as_bytes()))
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        Ok(Reader::read(input.bytes)?.finish())
    }
}

/// Whether the first 64 KiB contain a text.
fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.get(..65_536).unwrap_or(bytes).windows(text.len()).any(|window| window == text)
}

impl Decoder for Dsse {
    fn format(&self) -> &'static str {
        "dsse"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Attestation
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        let head = outline(probe);
        head.has("payloadType") && any(&head, &["payload", "signatures"])
            // a long payload may hide what stands after it
            || (head.has("payload") && probe.json().is_some_and(|json| json.has("payloadType")))
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        Ok(Reader::read(input.bytes)?.finish())
    }
}

impl Decoder for Pep740 {
    fn format(&self) -> &'static str {
        "pep740"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Attestation
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        let head = outline(probe);
        head.has("attestation_bundles") || (head.has("verification_material") && head.has("envelope"))
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        Ok(Reader::read(input.bytes)?.finish())
    }
}

impl Decoder for InToto {
    fn format(&self) -> &'static str {
        "in-toto"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Attestation
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        let is_meant = |outline: &JsonOutline| {
            let statement = ["_type", "type"].into_iter().filter_map(|name| outline.text(name));
            statement.into_iter().any(|text| text.contains("in-toto.io/Statement"))
                || (outline.has("subject") && any(outline, &["predicateType", "predicate_type"]))
                || (outline.has("signed") && outline.has("signatures"))
                || (matches!(outline.text("_type"), Some("link" | "layout")))
        };
        is_meant(&outline(probe)) || probe.json().is_some_and(is_meant)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        Ok(Reader::read(input.bytes)?.finish())
    }
}
