//! Gathers the advisories of one document and accounts for every record.

use serde_json::Value;

use super::Advisory;
use crate::evidence::decoder::JsonOutline;
use crate::evidence::{Counts, DecodeError, Decoded, Encoding, Evidence, Probe, Records, Warnings};

/// What was read so far.
#[derive(Default)]
pub(super) struct Gather {
    pub advisories: Vec<Advisory>,
    pub records: Records,
    pub warnings: Warnings,
}

impl Gather {
    /// Keeps what a record became, or drops it with a warning.
    pub(super) fn take(&mut self, advisory: Option<Advisory>, place: impl FnOnce() -> String) {
        self.records.read += 1;
        match advisory {
            Some(advisory) => {
                self.records.kept += 1;
                self.advisories.push(advisory);
            }
            None => {
                self.records.dropped += 1;
                self.warnings.add("unreadable-record", place, "a record without an identifier was dropped");
            }
        }
    }

    /// The decoded document; records are counted under `count`.
    pub(super) fn finish(self, count: &str, format_version: Option<String>) -> Decoded {
        Decoded {
            format_version,
            encoding: Encoding::Json,
            produced_at: self.advisories.iter().filter_map(|a| a.modified.max(a.published)).max(),
            counts: Counts::from([(count.to_owned(), self.records.read)]),
            evidence: Evidence::Advisories(self.advisories),
            records: self.records,
            warnings: self.warnings.finish(),
        }
    }
}

/// The document's JSON.
///
/// # Errors
/// When it is not well-formed.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, DecodeError> {
    serde_json::from_slice(bytes).map_err(|error| DecodeError::json(&error))
}

/// The first value of a list, or the value itself when it has one of the members: what a format is recognised by.
pub(super) fn head<T: serde::de::DeserializeOwned>(probe: &Probe<'_>, members: &[&str]) -> Option<T> {
    let bytes = probe.bytes;
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace())?;
    let rest = bytes.get(start..)?;
    let rest = if rest.first() == Some(&b'[') {
        rest.get(1..)?
    } else {
        // the outline is read once for all decoders
        let has = |outline: &JsonOutline| members.iter().any(|name| outline.has(name));
        (has(probe.head()) || probe.json().is_some_and(has)).then_some(rest)?
    };
    serde_json::Deserializer::from_slice(rest).into_iter::<T>().next()?.ok()
}
