//! The seam for formats: one [`Decoder`] per file, listed once in [`DECODERS`].

use std::sync::OnceLock;

use crate::base::UnixMillis;
use crate::evidence::sbom::{cyclonedx, spdx};
use crate::evidence::{Counts, Encoding, Evidence, EvidenceKind, Records, Warning};
use crate::evidence::{access, advisory, changes, document, scan};

/// Every format that is read. The first decoder that recognises a document decodes it.
pub static DECODERS: &[&dyn Decoder] = &[
    &cyclonedx::CycloneDxJson,
    &spdx::SpdxJson,
    &scan::Sarif,
    &access::AwsIamCredentialReport,
    &document::VendorDocumentYaml,
    &changes::GitChangeLog,
    &advisory::RustSec,
    &advisory::Osv,
    &advisory::KevJson,
    &advisory::KevCsv,
    &advisory::Epss,
    &advisory::GitHubAdvisories,
    &advisory::Cve5,
    &advisory::Nvd,
    &advisory::CsafAdvisory,
    // one format a line; the first that recognises a document wins
];

/// Reads one format.
pub trait Decoder: Send + Sync {
    /// The format's stable name (`cyclonedx`, `sarif`).
    fn format(&self) -> &'static str;

    /// What a document of this format is evidence of.
    fn kind(&self) -> EvidenceKind;

    /// What this very document is evidence of, where that depends on its content.
    fn kind_of(&self, _evidence: &Evidence) -> EvidenceKind {
        self.kind()
    }

    /// Whether the document is meant to be of this format, well-formed or not. Cheap; reads only the probe.
    fn recognises(&self, probe: &Probe<'_>) -> bool;

    /// Decodes the document.
    ///
    /// # Errors
    /// When it cannot be understood; the document is then quarantined with the error's text.
    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError>;

    /// Decodes a whole archive as one document, for formats that are published as one (advisory databases).
    ///
    /// Asked before the members are read one by one; `None` leaves them to be read so. Members are as they lie in
    /// the archive (sorted bytewise by name, neither decompressed nor freed of a byte-order mark).
    fn decode_archive(&self, _members: &[ArchiveMember<'_>]) -> Option<Result<Decoded, DecodeError>> {
        None
    }

    /// Replaces secrets in the document by keyed hashes before it is stored; `None` when the format carries none.
    fn redact(&self, _input: &Probe<'_>, _key: &[u8; 32]) -> Option<Redaction> {
        None
    }
}

/// One file inside an archive.
#[derive(Debug, Clone, Copy)]
pub struct ArchiveMember<'a> {
    /// Its path inside the archive, without a leading `./`.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A document with its secrets replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// The bytes to store instead.
    pub bytes: Vec<u8>,
    /// How many values were replaced.
    pub count: u64,
}

/// What a decoder understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The format's version as written.
    pub format_version: Option<String>,
    /// The serialisation.
    pub encoding: Encoding,
    /// The typed content.
    pub evidence: Evidence,
    /// What happened to every record.
    pub records: Records,
    /// Figures for the receipt.
    pub counts: Counts,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// When the tool says it produced the document.
    pub produced_at: Option<UnixMillis>,
}

/// Why a document could not be understood. Becomes the receipt's `errors` entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// Stable kebab-case code.
    pub code: &'static str,
    /// Where; empty for the document as a whole.
    pub path: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl DecodeError {
    /// An error about the document as a whole.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, path: String::new(), message: message.into() }
    }

    /// An error about the given place.
    pub fn at(code: &'static str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, path: path.into(), message: message.into() }
    }

    /// The document has more records than are read at once.
    pub fn too_many_records() -> Self {
        Self::new(
            "too-many-records",
            "more records than one document may have; split it, for example by product",
        )
    }

    /// The document is not well-formed JSON, or one of its values does not fit.
    pub fn json(error: &serde_json::Error) -> Self {
        let place = format!("line {} column {}", error.line(), error.column());
        // serde_json repeats the place at the end of its own text
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or("unreadable").to_owned();
        let advice = match text.as_str() {
            "trailing characters" => {
                "there is more after the first value; import several documents one by one"
            }
            _ => "export the document again",
        };
        let message = format!("not well-formed JSON at {place}: {text}; {advice}");
        Self { code: "invalid-json", path: place, message }
    }
}

/// One document, decompressed, with what decoders need to recognise it cheaply.
pub struct Probe<'a> {
    /// The file's name as given (decoders may use its ending as a hint, never as proof).
    pub name: &'a str,
    /// The whole content after decompression, byte-order mark removed.
    pub bytes: &'a [u8],
    json: OnceLock<Option<JsonOutline>>,
    head: OnceLock<JsonOutline>,
}

/// The outermost shape of a JSON document.
#[derive(Debug, Clone, Default)]
pub struct JsonOutline {
    /// `true` when the document is an array.
    pub is_array: bool,
    /// Top-level members: name, and the value when it is a string shorter than 200 bytes.
    pub members: Vec<(String, Option<String>)>,
}

impl JsonOutline {
    /// Whether a top-level member of that name exists.
    pub fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(n, _)| n == name)
    }

    /// The top-level string member of that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.iter().find(|(n, _)| n == name)?.1.as_deref()
    }
}

impl<'a> Probe<'a> {
    /// Wraps one decompressed document.
    pub fn new(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, bytes, json: OnceLock::new(), head: OnceLock::new() }
    }

    /// The outermost shape when the document is well-formed JSON; read once, values skipped.
    pub fn json(&self) -> Option<&JsonOutline> {
        self.json.get_or_init(|| crate::evidence::intake::json_outline(self.bytes)).as_ref()
    }

    /// The outermost members in the first 64 KiB, whether or not the document is well-formed; empty when it is no
    /// JSON object. Cheaper than [`Probe::json`], and the way to recognise a document that is cut short.
    pub fn head(&self) -> &JsonOutline {
        self.head.get_or_init(|| crate::evidence::intake::json_head(self.bytes))
    }
}
