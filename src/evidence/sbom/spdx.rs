//! Reads SPDX 2.x in JSON, on its own or in GitHub's `{"sbom": {…}}` wrapper.

mod raw;
mod reader;
mod relation;

use crate::evidence::EvidenceKind;
use crate::evidence::decoder::{DecodeError, Decoded, Decoder, JsonOutline, Probe};

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
        let reader = reader::read(text)?;
        let version = check_version(&reader)?;
        reader.check_packages()?;
        Ok(reader.finish(version))
    }
}

fn is_document(outline: &JsonOutline) -> bool {
    outline.has("spdxVersion")
        || (outline.has("SPDXID") && (outline.has("packages") || outline.has("creationInfo")))
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// The version as the receipt writes it (`2.3`), when it is one that is read.
fn check_version(reader: &reader::Reader) -> Result<String, DecodeError> {
    let path = reader.path("spdxVersion");
    let supported = VERSIONS.join(", ");
    match reader.version.as_deref() {
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
