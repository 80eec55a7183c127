//! Reads SPDX 2.x in JSON (also inside GitHub's `{"sbom": {…}}` wrapper), YAML, tag-value, XML and RDF/XML, and
//! SPDX 3.0 in JSON-LD.

mod component;
mod json;
mod mapping;
mod party;
mod raw;
mod rdf;
mod relation;
mod tag_value;
mod v3;
mod xml;
mod xml_tree;
mod yaml;

use crate::evidence::decoder::{DecodeError, Decoded, Decoder, JsonOutline, Probe};
use crate::evidence::{Encoding, EvidenceKind};

use mapping::Mapping;

/// The versions that are read. Their elements and relations mean the same, so that one mapping does; 2.1 and 2.0 have
/// no official JSON form, but tools wrote one of the same shape.
const VERSIONS: [&str; 4] = ["SPDX-2.0", "SPDX-2.1", "SPDX-2.2", "SPDX-2.3"];

/// SPDX 2.x in JSON.
pub struct SpdxJson;

/// SPDX 2.x in YAML.
pub struct SpdxYaml;

/// SPDX 2.x in tag-value.
pub struct SpdxTagValue;

/// SPDX 2.x in XML.
pub struct SpdxXml;

/// SPDX 2.x in RDF/XML.
pub struct SpdxRdf;

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
        conclude(json::read(text_of(input)?)?, Encoding::Json)
    }
}

/// SPDX 3.0 in JSON-LD.
pub struct SpdxJsonLd;

impl Decoder for SpdxJsonLd {
    fn format(&self) -> &'static str {
        "spdx"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Sbom
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        v3::is_meant(probe)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        v3::read(text_of(input)?)
    }
}

/// Declares the decoder of one form.
macro_rules! form {
    ($decoder:ident, $module:ident, $encoding:ident) => {
        impl Decoder for $decoder {
            fn format(&self) -> &'static str {
                "spdx"
            }

            fn kind(&self) -> EvidenceKind {
                EvidenceKind::Sbom
            }

            fn recognises(&self, probe: &Probe<'_>) -> bool {
                $module::is_meant(probe.bytes)
            }

            fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
                conclude($module::read(text_of(input)?)?, Encoding::$encoding)
            }
        }
    };
}

form!(SpdxYaml, yaml, Yaml);
form!(SpdxTagValue, tag_value, TagValue);
form!(SpdxXml, xml, Xml);
form!(SpdxRdf, rdf, Rdf);

fn is_document(outline: &JsonOutline) -> bool {
    outline.has("spdxVersion")
        || (outline.has("SPDXID") && (outline.has("packages") || outline.has("creationInfo")))
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn text_of<'a>(input: &Probe<'a>) -> Result<&'a str, DecodeError> {
    std::str::from_utf8(input.bytes)
        .map_err(|e| DecodeError::new("invalid-utf8", format!("not UTF-8 from byte {}", e.valid_up_to())))
}

/// The model, when the version is one that is read and the packages can be told.
fn conclude(mapping: Mapping, encoding: Encoding) -> Result<Decoded, DecodeError> {
    let version = check_version(&mapping)?;
    mapping.check_packages()?;
    Ok(mapping.finish(version, encoding))
}

/// The version as the receipt writes it (`2.3`), when it is one that is read.
fn check_version(mapping: &Mapping) -> Result<String, DecodeError> {
    let path = mapping.path("spdxVersion");
    let supported = VERSIONS.join(", ");
    match mapping.version.as_deref() {
        None => Err(DecodeError::at(
            "no-spec-version",
            path,
            format!("the document has no SPDX version; read are {supported}, and SPDX 3.0 as JSON-LD"),
        )),
        Some(version) if VERSIONS.contains(&version) => Ok(version.trim_start_matches("SPDX-").to_owned()),
        Some(version) => {
            let version: String = version.chars().take(60).collect();
            let message = format!(
                "`{version}` is not read in this form; read are {supported}, and SPDX 3.0 as JSON-LD, which has no \
                 `spdxVersion`"
            );
            Err(DecodeError::at("unsupported-version", path, message))
        }
    }
}
