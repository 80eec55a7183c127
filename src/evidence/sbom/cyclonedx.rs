//! Reads CycloneDX: JSON of the versions 1.2 to 1.7, XML of 1.0 to 1.7, protocol buffers of 1.3 to 1.7.
//!
//! The reader is lenient: what breaks the schema in one place is a warning. Only a document that is not well-formed, is
//! marked as something else, or does not say a version that is known is refused. All serialisations go through the
//! reader of the JSON form, so that one document gives one model however it was written; places in warnings are those
//! of the JSON form.

mod mapping;
mod node;
mod protobuf;
mod raw;
mod reader;
mod xml;

use crate::evidence::decoder::{DecodeError, Decoded, Decoder, JsonOutline, Probe};
use crate::evidence::sbom::notes::FOREIGN_ELEMENT;
use crate::evidence::{Encoding, Evidence, EvidenceKind};

/// The versions that have a JSON serialisation.
const JSON_VERSIONS: &[&str] = &["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// The versions that have an XML serialisation.
const XML_VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// The versions that have a protocol buffer serialisation.
const PROTOBUF_VERSIONS: &[&str] = &["1.3", "1.4", "1.5", "1.6", "1.7"];

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
        kind_of(evidence)
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        // nearly always told by the first lines; the whole document is only skimmed when they do not
        is_meant(probe.head()) || probe.json().is_some_and(is_meant)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        decode(reader::read(text_of(input)?)?, Encoding::Json)
    }
}

/// CycloneDX in XML.
pub struct CycloneDxXml;

impl Decoder for CycloneDxXml {
    fn format(&self) -> &'static str {
        "cyclonedx"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Sbom
    }

    fn kind_of(&self, evidence: &Evidence) -> EvidenceKind {
        kind_of(evidence)
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        xml::is_meant(probe.bytes)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let rewritten = xml::rewrite(text_of(input)?)?;
        let mut reader = reader::read(&rewritten.json)?;
        reader.note(FOREIGN_ELEMENT, rewritten.foreign);
        decode(reader, Encoding::Xml)
    }
}

/// CycloneDX in protocol buffers.
pub struct CycloneDxProtobuf;

impl Decoder for CycloneDxProtobuf {
    fn format(&self) -> &'static str {
        "cyclonedx"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Sbom
    }

    fn kind_of(&self, evidence: &Evidence) -> EvidenceKind {
        kind_of(evidence)
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        protobuf::is_meant(probe.bytes)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let json = protobuf::rewrite(input.bytes)?;
        decode(reader::read(&json)?, Encoding::Protobuf)
    }
}

/// A document of vulnerabilities alone is about their exploitability.
fn kind_of(evidence: &Evidence) -> EvidenceKind {
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

fn text_of<'a>(input: &Probe<'a>) -> Result<&'a str, DecodeError> {
    std::str::from_utf8(input.bytes)
        .map_err(|e| DecodeError::new("invalid-utf8", format!("not UTF-8 from byte {}", e.valid_up_to())))
}

/// The one model of what was read, when it says what it is.
fn decode(reader: reader::Reader, encoding: Encoding) -> Result<Decoded, DecodeError> {
    let version = check_marker(&reader.marker, encoding)?;
    reader.check_lists()?;
    Ok(reader.finish(version, encoding))
}

fn is_meant(outline: &JsonOutline) -> bool {
    outline.has("bomFormat")
        || outline.text("$schema").is_some_and(|schema| schema.contains("cyclonedx.org/schema/bom"))
        || (outline.has("specVersion") && OWN_MEMBERS.iter().any(|name| outline.has(name)))
}

/// The version, when the document is marked as CycloneDX of a version that is read.
fn check_marker(marker: &reader::Marker, encoding: Encoding) -> Result<String, DecodeError> {
    let (versions, form) = match encoding {
        Encoding::Xml => (XML_VERSIONS, "XML"),
        Encoding::Protobuf => (PROTOBUF_VERSIONS, "protocol buffers"),
        Encoding::Json
        | Encoding::TagValue
        | Encoding::Yaml
        | Encoding::Rdf
        | Encoding::Csv
        | Encoding::Toml
        | Encoding::Jsonl => (JSON_VERSIONS, "JSON"),
    };
    let supported = versions.join(", ");
    let shorten = |text: &str| text.chars().take(60).collect::<String>();
    if let Some(format) = marker.format.as_deref().filter(|format| *format != "CycloneDX") {
        let message = format!("`bomFormat` is `{}`; a CycloneDX document says `CycloneDX`", shorten(format));
        return Err(DecodeError::at("wrong-format-marker", "/bomFormat", message));
    }
    match marker.version.as_deref() {
        None => Err(DecodeError::at(
            "no-spec-version",
            "/specVersion",
            format!(
                "the document has no `specVersion`; CycloneDX {form} is read in the versions {supported}"
            ),
        )),
        Some(version) if versions.contains(&version) && !marker.version_is_wrong => Ok(version.to_owned()),
        Some(version) => Err(DecodeError::at(
            "unsupported-version",
            "/specVersion",
            format!(
                "CycloneDX `{}` is not read in {form}; read are the versions {supported}, written as text",
                shorten(version)
            ),
        )),
    }
}
