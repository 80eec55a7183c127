//! Reads SPDX 2.x in tag-value: gathers the fields of one record at a time and hands it to the one mapping.

mod lines;
mod tags;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::evidence::decoder::DecodeError;
use crate::evidence::receipt::Note;
use crate::evidence::sbom::notes::LIST_CUT;
use crate::evidence::sbom::spdx::mapping::Mapping;
use crate::evidence::sbom::stream::Flow;

use lines::{Line, Lines};
use tags::{Section, Slot, Tag};

const UNKNOWN_TAG: Note =
    Note { code: "unknown-tag", message: "a tag is none of SPDX 2.x; its value was left out" };
const MISPLACED_TAG: Note = Note {
    code: "misplaced-tag",
    message: "a tag stands outside the section it belongs to; its value was left out",
};
const ODD_LINE: Note = Note {
    code: "odd-line",
    message: "a line is no tag with a value; several lines of text need `<text>` around them",
};

/// Entries gathered of one list of one record; the mapping says so when there are more than it reads.
const MOST_ITEMS: usize = 20_001;
/// How much of a document is looked at to recognise it.
const HEAD_BYTES: usize = 64 * 1024;

/// Whether the beginning is that of a tag-value document: its tags are capitalised, unlike YAML's keys.
pub(super) fn is_meant(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let starts = |tag: &str| {
        head.split(|b| *b == b'\n').any(|line| {
            line.strip_prefix(tag.as_bytes())
                .is_some_and(|rest| rest.trim_ascii_start().first() == Some(&b':'))
        })
    };
    let first = head.iter().find(|b| !b.is_ascii_whitespace());
    !matches!(first, Some(b'{' | b'[' | b'<' | b'%') | None)
        && (starts("SPDXVersion") || (starts("SPDXID") && (starts("PackageName") || starts("DocumentName"))))
}

/// Reads a document; its version is for the caller to judge.
pub(super) fn read(text: &str) -> Result<Mapping, DecodeError> {
    let mut writer = Writer::new();
    let mut lines = Lines::new(text);
    while let Some(line) = lines.next()? {
        let number = lines.number();
        let flow = match line {
            Line::Field(tag, value) => writer.field(tag, value, number),
            Line::Odd => {
                writer.note(ODD_LINE, number);
                Flow::Continue
            }
        };
        if flow == Flow::Stop {
            return Err(DecodeError::too_many_records());
        }
    }
    writer.end()
}

/// The record being gathered, and what is already read.
struct Writer {
    tags: HashMap<&'static str, Tag>,
    mapping: Mapping,
    section: Section,
    record: Map<String, Value>,
    creation: Map<String, Value>,
}

impl Writer {
    fn new() -> Self {
        Self {
            tags: tags::table(),
            mapping: Mapping::default(),
            section: Section::Document,
            record: Map::new(),
            creation: Map::new(),
        }
    }

    fn note(&mut self, note: Note, line: u32) {
        self.mapping.note(note, &|| format!("line {line}"));
    }

    fn field(&mut self, tag: &str, value: &str, line: u32) -> Flow {
        let Some(tag) = self.tags.get(tag).copied() else {
            self.note(UNKNOWN_TAG, line);
            return Flow::Continue;
        };
        match tag {
            Tag::Begins(section, member) => return self.begin(section, member, value),
            Tag::Of(section, slot) if section == self.section => self.fill(slot, value, line),
            Tag::Of(..) => self.note(MISPLACED_TAG, line),
            Tag::Document(member) => return self.mapping.take(member, &Value::from(value)),
            Tag::Made(member) => set(&mut self.creation, member, value),
            Tag::MadeItem(member) => {
                if !push(&mut self.creation, member, Value::from(value)) {
                    self.note(LIST_CUT, line);
                }
            }
            Tag::Identifier if self.section == Section::Document => {
                return self.mapping.take("SPDXID", &Value::from(value));
            }
            Tag::Identifier => set(&mut self.record, "SPDXID", value),
            Tag::OtherDocument => return self.mapping.take("externalDocumentRefs", &other_document(value)),
            Tag::Relation => return self.mapping.take("relationships", &relation(value)),
            Tag::Annotation => return self.mapping.annotation(),
            Tag::Unused => {}
        }
        Flow::Continue
    }

    /// Hands over the record gathered so far and begins another.
    fn begin(&mut self, section: Section, member: &str, value: &str) -> Flow {
        let flow = self.hand_over();
        self.section = section;
        set(&mut self.record, member, value);
        flow
    }

    fn hand_over(&mut self) -> Flow {
        let record = Value::Object(std::mem::take(&mut self.record));
        self.section.list().map_or(Flow::Continue, |list| self.mapping.take(list, &record))
    }

    fn fill(&mut self, slot: Slot, value: &str, line: u32) {
        let kept = match slot {
            Slot::Text(member) => {
                set(&mut self.record, member, value);
                true
            }
            Slot::Item(member) => push(&mut self.record, member, Value::from(value)),
            Slot::Checksum => push(&mut self.record, "checksums", checksum(value)),
            Slot::Reference => push(&mut self.record, "externalRefs", reference(value)),
            Slot::ReferenceComment => {
                let references = self.record.get_mut("externalRefs").and_then(Value::as_array_mut);
                let last = references.and_then(|list| list.last_mut()).and_then(Value::as_object_mut);
                last.map(|last| set(last, "comment", value)).is_some()
            }
        };
        if !kept {
            self.note(LIST_CUT, line);
        }
    }

    fn end(mut self) -> Result<Mapping, DecodeError> {
        let last = self.hand_over();
        self.mapping.take("creationInfo", &Value::Object(std::mem::take(&mut self.creation)));
        if last == Flow::Stop { Err(DecodeError::too_many_records()) } else { Ok(self.mapping) }
    }
}

/// Sets a member; of several values the last one counts, as in the other forms.
fn set(record: &mut Map<String, Value>, member: &str, value: &str) {
    record.insert(member.to_owned(), Value::from(value));
}

/// Adds to a list; `false` when it is full.
fn push(record: &mut Map<String, Value>, member: &str, value: Value) -> bool {
    if !record.contains_key(member) {
        record.insert(member.to_owned(), Value::Array(Vec::new()));
    }
    let Some(list) = record.get_mut(member).and_then(Value::as_array_mut) else { return false };
    let has_room = list.len() < MOST_ITEMS;
    if has_room {
        list.push(value);
    }
    has_room
}

/// `SHA1: 85ed…`
fn checksum(value: &str) -> Value {
    let (algorithm, value) = value.split_once(':').unwrap_or((value, ""));
    json!({"algorithm": algorithm.trim(), "checksumValue": value.trim()})
}

/// `SECURITY cpe23Type cpe:2.3:…`; the locator may hold anything.
fn reference(value: &str) -> Value {
    let (category, rest) = word(value);
    let (kind, locator) = word(rest);
    json!({"referenceCategory": category, "referenceType": kind, "referenceLocator": locator})
}

/// `DocumentRef-x https://… SHA1: d6a7…`
fn other_document(value: &str) -> Value {
    let (id, rest) = word(value);
    let (namespace, sum) = word(rest);
    json!({"externalDocumentId": id, "spdxDocument": namespace, "checksum": checksum(sum)})
}

/// `SPDXRef-a DEPENDS_ON SPDXRef-b`
fn relation(value: &str) -> Value {
    let (from, rest) = word(value);
    let (kind, rest) = word(rest);
    json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": word(rest).0})
}

/// The first word, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}
