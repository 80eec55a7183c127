//! Judges strictly whether a document keeps the rules of its format, and says where it does not.
//!
//! The verdict is the one the official schema gives, string formats asserted; it is recorded and refuses nothing.
//! It is made from the bytes alone, without the decoders, and reads them once: memory does not grow with the document
//! but for the digests of lists whose items must differ.

use serde::de::DeserializeSeed;
use serde_saphyr::{budget, options};

use crate::evidence::Encoding;

mod format;
mod judge;
mod plan;
mod rule_text;
mod rules;
mod sets;
mod stream;
mod tokens;
mod violations;
mod xml;

use judge::Judge;
use stream::Place;
use violations::Violations;

/// Whether a document keeps its format's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether every rule holds.
    pub valid: bool,
    /// The first violations, in the document's order; the first of each kind is always among them.
    pub violations: Vec<Violation>,
    /// How many violations of each kind there are.
    pub counts: Vec<(ViolationKind, u64)>,
}

impl Verdict {
    fn of(violations: Violations) -> Self {
        let valid = violations.is_empty();
        let (violations, counts) = violations.finish();
        Self { valid, violations, counts }
    }
}

/// One place where a document breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What kind of rule it is.
    pub kind: ViolationKind,
    /// Where: a JSON pointer (RFC 6901), or for XML the path of elements with their positions; empty for the document.
    pub place: String,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// Kinds of rules that can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ViolationKind {
    /// The document ends early or is not well-formed.
    NotWellFormed,
    /// A member, element or attribute stands where none of that name may.
    UnknownMember,
    /// A member, element or attribute that must be there is not.
    MissingMember,
    /// A value is of another type than the one wanted.
    WrongType,
    /// A value is not one of those listed.
    NotListed,
    /// A string is not written as its format or pattern asks.
    BadForm,
    /// A number, a length or a count is out of bounds.
    OutOfRange,
    /// Something stands twice that may stand once.
    Repeated,
    /// A value fits none of several forms, or more than one that exclude one another.
    NoFormFits,
}

impl ViolationKind {
    /// The kind in a sentence for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotWellFormed => "the document is not well-formed",
            Self::UnknownMember => "the format knows no such member or element here",
            Self::MissingMember => "a required member, element or attribute is missing",
            Self::WrongType => "a value has another type than the format asks for",
            Self::NotListed => "a value is not in the format's list",
            Self::BadForm => "a text does not have the form the format asks for",
            Self::OutOfRange => "a number, length or count is out of bounds",
            Self::Repeated => "something is repeated that may occur only once",
            Self::NoFormFits => "a value has none of the forms that are allowed",
        }
    }
}

/// Judges one document; `None` where no rule set exists for that format, version and encoding.
///
/// `version` is written as in the document (`1.6`, `SPDX-2.3`). The bytes are decompressed UTF-8 without byte-order
/// mark. A document that is not well-formed is not valid.
pub fn check(format: &str, version: &str, encoding: Encoding, bytes: &[u8]) -> Option<Verdict> {
    // `SPDX-2.3`, `v0.2.0` and `https://openvex.dev/ns/v0.2.0` name the version after the last mark
    let version = version.rsplit(['/', '-']).next().unwrap_or(version).trim_start_matches('v');
    match encoding {
        Encoding::Json | Encoding::Yaml => check_values(format, version, encoding, bytes),
        Encoding::Xml => check_xml(format, version, bytes),
        Encoding::Protobuf
        | Encoding::TagValue
        | Encoding::Rdf
        | Encoding::Csv
        | Encoding::Toml
        | Encoding::Jsonl => None,
    }
}

fn check_values(format: &str, version: &str, encoding: Encoding, bytes: &[u8]) -> Option<Verdict> {
    let rules = sets::rules(format, version)?;
    let mut judge = Judge::new(&rules);
    let plan = judge.root();
    let place = Place { judge: &mut judge, plan, compared: false };
    let read = if encoding == Encoding::Yaml { read_yaml(place, bytes) } else { read_json(place, bytes) };
    if let Err(message) = read {
        judge.violations.add(ViolationKind::NotWellFormed, || (String::new(), message));
    }
    Some(Verdict::of(judge.violations))
}

fn check_xml(format: &str, version: &str, bytes: &[u8]) -> Option<Verdict> {
    let rules = sets::xml_rules(format, version)?;
    let namespace = format!("http://cyclonedx.org/schema/bom/{version}");
    Some(xml::check(&rules, (&namespace, "bom"), bytes))
}

fn read_json(place: Place<'_, '_>, bytes: &[u8]) -> Result<(), String> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    place.deserialize(&mut json).and_then(|_| json.end()).map_err(|e| e.to_string())
}

fn read_yaml(place: Place<'_, '_>, bytes: &[u8]) -> Result<(), String> {
    // every node takes a byte at least; what aliases add is bounded with it
    let most = bytes.len().saturating_add(64);
    let bounds = options! {
        budget: budget! {
            max_events: most.saturating_mul(2),
            max_nodes: most,
            max_total_scalar_bytes: most,
            max_depth: 128,
            max_documents: 1,
        },
        with_snippet: false,
    };
    serde_saphyr::with_deserializer_from_slice_with_options(bytes, bounds, |yaml| {
        place.deserialize(yaml).map(|_| ())
    })
    .map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests;
