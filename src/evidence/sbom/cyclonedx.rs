//! Reads CycloneDX: the JSON serialisation of versions 1.2 to 1.7.
//!
//! The reader is lenient: what breaks the schema in one place is a warning. Only a document that is not JSON, is
//! marked as something else, or does not say a version that is known is refused.

mod raw;
mod reader;

use crate::evidence::decoder::{DecodeError, Decoded, Decoder, JsonOutline, Probe};
use crate::evidence::{Evidence, EvidenceKind};

/// The versions that have a JSON serialisation.
const VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// Members that, together with `specVersion`, tell a CycloneDX document whose marker is missing.
const OWN_MEMBERS: [&str; 4] = ["components", "dependencies", "metadata", "serialNumber"];

/// CycloneDX in JSON.
pub struct CycloneDxJson;

impl Decoder for CycloneDxJson {
    fn format(&self) -> &'static str {
        "cyclonedx"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Sbom
    }

    fn kind_of(&self, evidence: &Evidence) -> EvidenceKind {
        match evidence {
            Evidence::Sbom(bom) if bom.components.is_empty() && !bom.vulnerabilities.is_empty() => {
                EvidenceKind::Vex
            }
            Evidence::Sbom(_)
            | Evidence::Scan(_)
            | Evidence::Access(_)
            | Evidence::Document(_)
            | Evidence::Advisories(_)
            | Evidence::Exploitation(_)
            | Evidence::Changes(_) => EvidenceKind::Sbom,
        }
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        // nearly always told by the first lines; the whole document is only skimmed when they do not
        is_meant(probe.head()) || probe.json().is_some_and(is_meant)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let text = std::str::from_utf8(input.bytes).map_err(|e| {
            DecodeError::new("invalid-utf8", format!("not UTF-8 from byte {}", e.valid_up_to()))
        })?;
        let reader = reader::read(text)?;
        let version = check_marker(&reader.marker)?;
        reader.check_lists()?;
        Ok(reader.finish(version))
    }
}

fn is_meant(outline: &JsonOutline) -> bool {
    outline.has("bomFormat")
        || outline.text("$schema").is_some_and(|schema| schema.contains("cyclonedx.org/schema/bom"))
        || (outline.has("specVersion") && OWN_MEMBERS.iter().any(|name| outline.has(name)))
}

/// The version, when the document is marked as CycloneDX of a version that is read.
fn check_marker(marker: &reader::Marker) -> Result<String, DecodeError> {
    let supported = VERSIONS.join(", ");
    let shorten = |text: &str| text.chars().take(60).collect::<String>();
    if let Some(format) = marker.format.as_deref().filter(|format| *format != "CycloneDX") {
        let message = format!("`bomFormat` is `{}`; a CycloneDX document says `CycloneDX`", shorten(format));
        return Err(DecodeError::at("wrong-format-marker", "/bomFormat", message));
    }
    match marker.version.as_deref() {
        None => Err(DecodeError::at(
            "no-spec-version",
            "/specVersion",
            format!("the document has no `specVersion`; CycloneDX JSON is read in the versions {supported}"),
        )),
        Some(version) if VERSIONS.contains(&version) && !marker.version_is_wrong => Ok(version.to_owned()),
        Some(version) => Err(DecodeError::at(
            "unsupported-version",
            "/specVersion",
            format!(
                "CycloneDX `{}` is not read in JSON; read are the versions {supported}, written as text",
                shorten(version)
            ),
        )),
    }
}
