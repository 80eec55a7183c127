//! OSV records: one, a list, JSON Lines, YAML, the answer of the OSV service, or an archive of records.
//!
//! Every affected entry and every interval is kept, those of commits (`GIT`) too, which nothing here can judge.
//! Schema: <https://ossf.github.io/osv-schema/>.

mod record;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_saphyr::{Options, budget, options};

use self::record::Record;
use super::Advisory;
use super::json::revision;
use crate::base::Digest;
use crate::evidence::decoder::ArchiveMember;
use crate::evidence::{
    Counts, DecodeError, Decoded, Decoder, Encoding, Evidence, EvidenceKind, Probe, Records, Warnings,
};

/// Reads OSV records.
pub struct Osv;

impl Decoder for Osv {
    fn format(&self) -> &'static str {
        "osv"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Advisories
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        match first_byte(probe.bytes) {
            Some(b'{') => match probe.json() {
                Some(outline) if outline.has("vulns") => true,
                Some(outline) => is_record(&|name| outline.has(name)),
                None => first_value(probe.bytes).is_some_and(|head| head.is_record()),
            },
            Some(b'[') => {
                let from = probe.bytes.iter().position(|b| *b == b'[').map_or(0, |at| at + 1);
                first_value(&probe.bytes[from..]).is_some_and(|head| head.is_record())
            }
            _ => is_yaml(probe.bytes),
        }
    }

    fn decode_archive(&self, members: &[ArchiveMember<'_>]) -> Option<Result<Decoded, DecodeError>> {
        read_archive(members).map(Ok)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let mut reader = Reader::default();
        let encoding = match first_byte(input.bytes) {
            Some(b'{' | b'[') => reader.json(input.bytes)?,
            _ => reader.yaml(input.bytes)?,
        };
        Ok(reader.finish(encoding))
    }
}

/// Reads an archive of records; `None` when no member is one, or when other files than prose lie beside them, which
/// reading the archive as one document would lose.
///
/// A member that is meant to be a record and cannot be read is dropped with a warning; the others still count.
fn read_archive(members: &[ArchiveMember<'_>]) -> Option<Decoded> {
    let mut reader = Reader::default();
    for ArchiveMember { name, bytes } in members {
        match (name.ends_with(".json"), first_value(bytes)) {
            (true, Some(head)) if !head.is_record() => return None,
            (true, _) => reader.record(bytes, || (*name).to_owned()),
            (false, _) if is_prose(name) => {}
            (false, _) => return None,
        }
    }
    (reader.records.kept > 0).then(|| reader.finish(Encoding::Json))
}

/// What repositories carry beside their records.
fn is_prose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with('.') || name.ends_with(".md") || name.ends_with(".txt") || !name.contains('.')
}

/// Which of the members that make a record are there.
#[derive(Deserialize)]
struct Head {
    id: Option<IgnoredAny>,
    modified: Option<IgnoredAny>,
    affected: Option<IgnoredAny>,
    published: Option<IgnoredAny>,
    schema_version: Option<IgnoredAny>,
    summary: Option<IgnoredAny>,
    details: Option<IgnoredAny>,
}

impl Head {
    fn is_record(&self) -> bool {
        is_record(&|name| match name {
            "id" => self.id.is_some(),
            "modified" => self.modified.is_some(),
            "affected" => self.affected.is_some(),
            "published" => self.published.is_some(),
            "schema_version" => self.schema_version.is_some(),
            "summary" => self.summary.is_some(),
            _ => self.details.is_some(),
        })
    }
}

/// OSV asks for `id` and `modified`; with one of the others it is no other format.
fn is_record(has: &dyn Fn(&str) -> bool) -> bool {
    has("id")
        && (has("modified") || has("schema_version"))
        && ["affected", "published", "summary", "details"].into_iter().any(has)
}

fn first_byte(bytes: &[u8]) -> Option<u8> {
    bytes.iter().copied().find(|b| !b.is_ascii_whitespace())
}

/// The head of the first JSON value of a text that may go on after it.
fn first_value(bytes: &[u8]) -> Option<Head> {
    serde_json::Deserializer::from_slice(bytes).into_iter::<Head>().next()?.ok()
}

fn is_yaml(bytes: &[u8]) -> bool {
    if bytes.len() > MAX_YAML {
        return false;
    }
    let text = String::from_utf8_lossy(bytes);
    let has = |key: &str| text.lines().any(|line| line.strip_prefix(key).is_some_and(|r| r.starts_with(':')));
    has("id") && has("affected") && (has("modified") || has("published"))
}

/// One record in YAML; larger ones come as JSON.
const MAX_YAML: usize = 4 * 1_024 * 1_024;

fn yaml_bounds() -> Options {
    options! {
        budget: budget! { max_aliases: 0, max_anchors: 0, max_depth: 64, max_documents: 1, max_merge_keys: 0 },
        with_snippet: false,
    }
}

#[derive(Default)]
struct Reader {
    advisories: Vec<Advisory>,
    records: Records,
    warnings: Warnings,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    vulns: Option<Vec<&'a RawValue>>,
}

impl Reader {
    /// A list, the service's answer, one record, or one record a line.
    fn json(&mut self, bytes: &[u8]) -> Result<Encoding, DecodeError> {
        if first_byte(bytes) == Some(b'[') {
            let list: Vec<&RawValue> = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
            self.list(&list);
            return Ok(Encoding::Json);
        }
        match serde_json::from_slice::<Envelope<'_>>(bytes) {
            Ok(Envelope { vulns: Some(list) }) => self.list(&list),
            Ok(Envelope { vulns: None }) => {
                let (record, digest) = record_of(bytes).map_err(|error| malformed(&error))?;
                self.records.read += 1;
                self.keep(record, digest, String::new);
            }
            Err(error) => return self.lines(bytes, &error).map(|()| Encoding::Jsonl),
        }
        Ok(Encoding::Json)
    }

    fn list(&mut self, list: &[&RawValue]) {
        for (at, raw) in list.iter().enumerate() {
            self.record(raw.get().as_bytes(), || format!("/{at}"));
        }
    }

    fn lines(&mut self, bytes: &[u8], error: &serde_json::Error) -> Result<(), DecodeError> {
        for (at, line) in bytes.split(|b| *b == b'\n').enumerate() {
            if first_byte(line).is_some() {
                self.record(line, || format!("line {}", at + 1));
            }
        }
        if self.records.kept == 0 { Err(malformed(error)) } else { Ok(()) }
    }

    fn record(&mut self, bytes: &[u8], place: impl Fn() -> String) {
        self.records.read += 1;
        match record_of(bytes) {
            Ok((record, digest)) => self.keep(record, digest, place),
            Err(error) => {
                self.records.dropped += 1;
                self.warnings.add(
                    "unreadable-record",
                    place,
                    &format!("a record could not be read: {error}"),
                );
            }
        }
    }

    fn yaml(&mut self, bytes: &[u8]) -> Result<Encoding, DecodeError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| DecodeError::new("not-utf8", "the record is not UTF-8"))?;
        let record: Record = serde_saphyr::from_str_with_options(text, yaml_bounds()).map_err(|error| {
            DecodeError::new("malformed-osv", format!("the OSV record cannot be read: {error}"))
        })?;
        self.records.read += 1;
        self.keep(record, Digest::of(bytes), String::new);
        Ok(Encoding::Yaml)
    }

    fn keep(&mut self, record: Record, digest: Digest, place: impl Fn() -> String) {
        match record.advisory(digest, &mut self.warnings) {
            Some(advisory) => {
                self.records.kept += 1;
                self.advisories.push(advisory);
            }
            None => {
                self.records.dropped += 1;
                self.warnings.add("no-id", place, "a record has no id, so nothing can refer to it");
            }
        }
    }

    fn finish(self, encoding: Encoding) -> Decoded {
        Decoded {
            format_version: None,
            encoding,
            produced_at: self.advisories.iter().filter_map(|a| a.modified.max(a.published)).max(),
            counts: Counts::from([("advisories".to_owned(), self.records.read)]),
            evidence: Evidence::Advisories(self.advisories),
            records: self.records,
            warnings: self.warnings.finish(),
        }
    }
}

/// The record and the digest of its content.
fn record_of(bytes: &[u8]) -> Result<(Record, Digest), serde_json::Error> {
    let value: serde_json::Value = serde_json::from_slice(bytes)?;
    let digest = revision(&value);
    Ok((serde_json::from_value(value)?, digest))
}

fn malformed(error: &serde_json::Error) -> DecodeError {
    let message = format!("this is neither an OSV record, a list of them, nor one a line: {error}");
    DecodeError::at("malformed-osv", format!("line {}", error.line()), message)
}

#[cfg(test)]
mod tests;
