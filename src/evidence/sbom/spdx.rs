//! Reads SPDX 2.x in JSON, on its own or in GitHub's `{"sbom": {…}}` wrapper.

mod build;
pub mod raw;

use crate::evidence::decoder::{DecodeError, Decoded, Decoder, JsonOutline, Probe};
use crate::evidence::{Encoding, EvidenceKind};

/// The versions that are read; 2.1 has no official JSON form, but tools wrote one of the same shape.
const VERSIONS: [&str; 3] = ["SPDX-2.1", "SPDX-2.2", "SPDX-2.3"];

/// SPDX 2.x in JSON.
pub struct SpdxJson;

impl Decoder for SpdxJson {
    fn format(&self) -> &'static str {
        "spdx"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Sbom
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        let wraps = |outline: &JsonOutline| outline.has("sbom") && contains(probe.bytes, b"\"spdxVersion\"");
        let is_meant = |outline: &JsonOutline| is_document(outline) || wraps(outline);
        is_meant(probe.head()) || probe.json().is_some_and(is_meant)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let text = std::str::from_utf8(input.bytes).map_err(|e| {
            DecodeError::new("invalid-utf8", format!("not UTF-8 from byte {}", e.valid_up_to()))
        })?;
        let file: raw::File<'_> = serde_json::from_str(text).map_err(|e| DecodeError::json(&e))?;
        let wrapped = file.sbom.shape.present && file.spdx_version.written().is_none();
        let document = if wrapped { file.sbom } else { file.into_document() };
        let prefix = if wrapped { "/sbom" } else { "" };
        let version = check_version(&document, prefix)?;
        check_packages(&document, prefix)?;
        let mut decoded = build::build(&document, prefix);
        decoded.format_version = Some(version);
        decoded.encoding = Encoding::Json;
        Ok(decoded)
    }
}

fn is_document(outline: &JsonOutline) -> bool {
    outline.has("spdxVersion")
        || (outline.has("SPDXID") && (outline.has("packages") || outline.has("creationInfo")))
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Refuses a document whose packages cannot be told: taken for empty it would speak of nothing in use.
fn check_packages(document: &raw::Document<'_>, prefix: &str) -> Result<(), DecodeError> {
    let path = format!("{prefix}/packages");
    if document.packages.wrong {
        let message = "`packages` is not a list, so nothing can be said of what the document contains";
        return Err(DecodeError::at("wrong-type", path, message));
    }
    Ok(())
}

/// The version as the receipt writes it (`2.3`), when it is one that is read.
fn check_version(document: &raw::Document<'_>, prefix: &str) -> Result<String, DecodeError> {
    let path = format!("{prefix}/spdxVersion");
    let supported = VERSIONS.join(", ");
    match document.spdx_version.get() {
        None => Err(DecodeError::at(
            "no-spec-version",
            path,
            format!("the document has no `spdxVersion`; SPDX JSON is read in the versions {supported}"),
        )),
        Some(version) if VERSIONS.contains(&version) => Ok(version.trim_start_matches("SPDX-").to_owned()),
        Some(version) => {
            let version: String = version.chars().take(60).collect();
            let message = format!("`{version}` is not read in this form; read are {supported}");
            Err(DecodeError::at("unsupported-version", path, message))
        }
    }
}
