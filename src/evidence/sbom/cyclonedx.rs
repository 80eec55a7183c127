//! Reads CycloneDX: the JSON serialisation of versions 1.2 to 1.7.
//!
//! The reader is lenient: what breaks the schema in one place is a warning. Only a document that is not JSON, is
//! marked as something else, or does not say a version that is known is refused.

mod build;
pub mod raw;

use crate::evidence::decoder::{DecodeError, Decoded, Decoder, JsonOutline, Probe};
use crate::evidence::{Encoding, Evidence, EvidenceKind};

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
            | Evidence::Changes(_) => EvidenceKind::Sbom,
        }
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        // nearly always told by the first lines; the whole document is only skimmed when they do not
        is_meant(probe.head()) || probe.json().is_some_and(is_meant)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let bom = read(input.bytes)?;
        let version = check_marker(&bom)?;
        check_lists(&bom)?;
        let mut decoded = build::build(&bom);
        decoded.format_version = Some(version);
        decoded.encoding = Encoding::Json;
        Ok(decoded)
    }
}

fn is_meant(outline: &JsonOutline) -> bool {
    outline.has("bomFormat")
        || outline.text("$schema").is_some_and(|schema| schema.contains("cyclonedx.org/schema/bom"))
        || (outline.has("specVersion") && OWN_MEMBERS.iter().any(|name| outline.has(name)))
}

fn read(bytes: &[u8]) -> Result<raw::Bom<'_>, DecodeError> {
    // one check of the whole text is cheaper than one per string
    let text = std::str::from_utf8(bytes)
        .map_err(|e| DecodeError::new("invalid-utf8", format!("not UTF-8 from byte {}", e.valid_up_to())))?;
    serde_json::from_str(text).map_err(|e| DecodeError::json(&e))
}

/// Refuses a document whose inventory cannot be read at all: taken for empty it would speak of nothing in use.
fn check_lists(bom: &raw::Bom<'_>) -> Result<(), DecodeError> {
    for (name, wrong) in
        [("components", bom.components.wrong), ("vulnerabilities", bom.vulnerabilities.wrong)]
    {
        if wrong {
            let message =
                format!("`{name}` is not a list, so nothing can be said of what the document contains");
            return Err(DecodeError::at("wrong-type", format!("/{name}"), message));
        }
    }
    Ok(())
}

/// The version, when the document is marked as CycloneDX of a version that is read.
fn check_marker(bom: &raw::Bom<'_>) -> Result<String, DecodeError> {
    let supported = VERSIONS.join(", ");
    if let Some(format) = bom.bom_format.written().filter(|format| *format != "CycloneDX") {
        let format: String = format.chars().take(60).collect();
        let message = format!("`bomFormat` is `{format}`; a CycloneDX document says `CycloneDX`");
        return Err(DecodeError::at("wrong-format-marker", "/bomFormat", message));
    }
    match bom.spec_version.get() {
        None => Err(DecodeError::at(
            "no-spec-version",
            "/specVersion",
            format!("the document has no `specVersion`; CycloneDX JSON is read in the versions {supported}"),
        )),
        Some(version) if VERSIONS.contains(&version) && !bom.spec_version.is_wrong() => {
            Ok(version.to_owned())
        }
        Some(version) => {
            let version: String = version.chars().take(60).collect();
            Err(DecodeError::at(
                "unsupported-version",
                "/specVersion",
                format!(
                    "CycloneDX `{version}` is not read in JSON; read are the versions {supported}, written as text"
                ),
            ))
        }
    }
}
