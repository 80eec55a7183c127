//! Reads SPDX 2.x in YAML: the JSON form's members, one record at a time.
//!
//! Every scalar is text, so that a version `1.10` stays `1.10` and a package `on` is not taken for a truth value.

mod repair;

use std::collections::HashMap;

use serde_json::{Map, Value};
use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, ScanError, StrInput};

use crate::evidence::decoder::DecodeError;
use crate::evidence::receipt::Note;
use crate::evidence::sbom::notes::{DUPLICATE_KEY, WRONG_TYPE};
use crate::evidence::sbom::spdx::mapping::{LISTS, MEMBERS, Mapping};
use crate::evidence::sbom::stream::Flow;

/// Nesting of the document; the format itself nests four levels deep.
const DEPTH: usize = 32;
/// Values of one record, those that aliases stand for included: what an alias bomb grows in.
const MOST_VALUES: usize = 200_000;
/// Values that anchors may hold on to in the whole document.
const MOST_ANCHORED: usize = 200_000;

/// Whether a line at the left margin begins as an SPDX document's members do; looks only for the names.
pub(super) fn is_meant(bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace());
    if matches!(first, Some(b'{' | b'[' | b'<') | None) {
        return false;
    }
    let mut has = [false; 3];
    for line in bytes.split(|b| *b == b'\n') {
        for (has, name) in has.iter_mut().zip(["spdxVersion", "SPDXID", "creationInfo"]) {
            *has |= begins(line, name);
        }
        if has[0] || (has[1] && has[2]) {
            return true;
        }
    }
    false
}

/// Whether a line begins with that key.
fn begins(line: &[u8], key: &str) -> bool {
    let quote = line.first().filter(|b| matches!(b, b'"' | b'\''));
    let line = line.get(usize::from(quote.is_some())..).unwrap_or_default();
    let Some(rest) = line.strip_prefix(key.as_bytes()) else { return false };
    let rest = quote.map_or(Some(rest), |quote| rest.strip_prefix(&[*quote]));
    rest.is_some_and(|rest| rest.trim_ascii_start().first() == Some(&b':'))
}

const ODD_INDENTATION: Note = Note {
    code: "odd-indentation",
    message: "quoted text is indented less than YAML asks; it was read as if it were indented",
};

/// Reads a document; its version is for the caller to judge.
pub(super) fn read(text: &str) -> Result<Mapping, DecodeError> {
    match walk(text) {
        Err(error) if error.message.contains(ODD_QUOTE) && text.len() <= repair::MOST_BYTES => {
            let path = error.path.clone();
            // where the repair does not help, the first reading names the right place
            let mut mapping = walk(&repair::indent_quoted(text)).map_err(|_| error)?;
            mapping.note(ODD_INDENTATION, &|| path.clone());
            Ok(mapping)
        }
        result => result,
    }
}

/// How the parser words it.
const ODD_QUOTE: &str = "quoted scalar";

fn walk(text: &str) -> Result<Mapping, DecodeError> {
    let mut walk = Walk {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        anchored: 0,
        values: 0,
        mapping: Mapping::default(),
    };
    walk.document()?;
    Ok(walk.mapping)
}

struct Walk<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, (Value, usize)>,
    anchored: usize,
    /// Values built for the current record.
    values: usize,
    mapping: Mapping,
}

impl<'a> Walk<'a> {
    fn next(&mut self) -> Result<Event<'a>, DecodeError> {
        match self.parser.next() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(malformed(&error)),
            None => Ok(Event::StreamEnd),
        }
    }

    /// The one document of the stream.
    fn document(&mut self) -> Result<(), DecodeError> {
        loop {
            let event = self.next()?;
            if matches!(event, Event::MappingStart(..)) {
                break;
            }
            if !matches!(event, Event::StreamStart | Event::DocumentStart(..)) {
                return Err(DecodeError::new("wrong-type", "the document is no mapping of keys to values"));
            }
        }
        self.members()?;
        loop {
            let event = self.next()?;
            if matches!(event, Event::StreamEnd) {
                return Ok(());
            }
            if !matches!(event, Event::DocumentEnd) {
                let message = "there is more than one YAML document in the file; import them one by one";
                return Err(DecodeError::new("several-documents", message));
            }
        }
    }

    fn members(&mut self) -> Result<(), DecodeError> {
        let mut seen = Vec::new();
        loop {
            self.values = 0;
            let event = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(());
            }
            let key = self.value(event, 1)?;
            let member = MEMBERS.iter().find(|member| key.as_str() == Some(**member)).copied();
            if let Some(member) = member {
                if seen.contains(&member) {
                    self.note(DUPLICATE_KEY, member);
                }
                seen.push(member);
            }
            self.member(member)?;
        }
    }

    fn note(&mut self, note: Note, member: &str) {
        let path = self.mapping.path(member);
        self.mapping.note(note, &|| path.clone());
    }

    /// Reads one member record by record; `None` is one that is not used.
    fn member(&mut self, member: Option<&'static str>) -> Result<(), DecodeError> {
        let is_list = member.is_some_and(|member| LISTS.contains(&member));
        let event = self.next()?;
        if !matches!(event, Event::SequenceStart(..)) {
            let value = self.value(event, 1)?;
            match member {
                Some(list) if is_list && !value.is_null() => {
                    self.mapping.packages_wrong |= list == "packages";
                    self.note(WRONG_TYPE, list);
                }
                Some(member) if !is_list => drop(self.mapping.take(member, &value)),
                Some(_) | None => {}
            }
            return Ok(());
        }
        if let Some(member) = member.filter(|_| !is_list) {
            self.note(WRONG_TYPE, member);
        }
        loop {
            self.values = 0;
            let event = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(());
            }
            let record = self.value(event, 2)?;
            let flow = member.filter(|_| is_list).map(|list| self.mapping.take(list, &record));
            if flow == Some(Flow::Stop) {
                return Err(DecodeError::too_many_records());
            }
        }
    }

    /// The value that begins with an event.
    fn value(&mut self, event: Event<'a>, depth: usize) -> Result<Value, DecodeError> {
        self.count(1)?;
        if depth > DEPTH {
            return Err(DecodeError::new(
                "too-deep",
                "values are nested deeper than any SPDX document nests them",
            ));
        }
        let before = self.values;
        let (anchor, value) = match event {
            Event::Scalar(text, style, anchor, _) => (anchor, scalar(&text, style)),
            Event::SequenceStart(_, anchor, _) => (anchor, self.sequence(depth)?),
            Event::MappingStart(_, anchor, _) => (anchor, self.mapping(depth)?),
            Event::Alias(anchor) => return self.alias(anchor),
            // the parser closes what it opens, so these stand where a value is missing
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd
            | _ => return Err(DecodeError::new("invalid-yaml", "the YAML ends where a value should stand")),
        };
        if anchor != 0 {
            let size = self.values - before + 1;
            self.anchored += size;
            if self.anchored > MOST_ANCHORED {
                return Err(too_many_anchored());
            }
            self.anchors.insert(anchor, (value.clone(), size));
        }
        Ok(value)
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, DecodeError> {
        let mut items = Vec::new();
        loop {
            let event = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Value::Array(items));
            }
            items.push(self.value(event, depth + 1)?);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, DecodeError> {
        let mut members = Map::new();
        loop {
            let event = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Value::Object(members));
            }
            let key = self.value(event, depth + 1)?;
            let event = self.next()?;
            let value = self.value(event, depth + 1)?;
            if let Value::String(key) = key {
                members.insert(key, value);
            }
        }
    }

    fn alias(&mut self, anchor: usize) -> Result<Value, DecodeError> {
        let Some((value, size)) = self.anchors.get(&anchor) else { return Ok(Value::Null) };
        let (value, size) = (value.clone(), *size);
        self.count(size)?;
        Ok(value)
    }

    fn count(&mut self, values: usize) -> Result<(), DecodeError> {
        self.values += values;
        if self.values > MOST_VALUES { Err(too_many_anchored()) } else { Ok(()) }
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    let is_plain = matches!(style, ScalarStyle::Plain);
    if is_plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        Value::Null
    } else {
        Value::from(text)
    }
}

fn too_many_anchored() -> DecodeError {
    let message = "one entry, or what its aliases stand for, holds more values than are read; write aliases out, \
                   or split the document";
    DecodeError::new("too-many-values", message)
}

fn malformed(error: &ScanError) -> DecodeError {
    let place = format!("line {}", error.marker().line());
    DecodeError::at(
        "invalid-yaml",
        place,
        format!("not well-formed YAML: {error}; export the document again"),
    )
}
