//! The digest of everything a test looks at, which decides whether an earlier result still stands.
//!
//! It covers the fields of every subject of the kind, and for each member of the population the id, digest, instant,
//! format, fields and the row tables the test names of every observation of its kind. Rows are hashed too, although
//! most follow from the evidence's bytes: matches change with the feed, findings with decisions, and all rows with
//! the parser. Each table is hashed once per evaluation, however many tests look at it.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::base::Digest;
use crate::controls::compile::Compiled;
use crate::controls::{Facts, Feed, Observation, Record, Subject, SubjectKind, Value};

use super::EvaluateOptions;

/// Digests of row tables by the address of their observation, which is fixed while the facts are borrowed.
#[derive(Default)]
pub(super) struct Tables(HashMap<(usize, &'static str), Digest>);

/// What a test looks at.
pub(super) struct Inputs<'i> {
    pub compiled: &'i Compiled<'i>,
    pub facts: &'i Facts,
    pub members: &'i [&'i Subject],
    pub options: EvaluateOptions,
}

impl Inputs<'_> {
    /// The digest; independent of the instant of evaluation and of the order of subjects and observations.
    pub fn digest(&self, tables: &mut Tables) -> Digest {
        let mut print = Fingerprint::new("attestry.inputs.v1");
        let mut all = of_kind(self.facts, self.compiled.test.population.of);
        all.sort_by(|a, b| a.id.cmp(&b.id));
        print.number(all.len() as u64);
        for subject in all {
            print.text(&subject.id);
            print.record(&subject.fields);
        }
        let Some(need) = &self.compiled.test.evidence else { return print.finish() };
        if need.feed == Feed::Current {
            self.feeds(&mut print);
        }
        print.number(self.members.len() as u64);
        for member in self.members {
            print.text(&member.id);
            let mut speaking: Vec<&Observation> =
                member.observations.iter().filter(|o| o.kind == need.kind).collect();
            speaking.sort_by(|a, b| a.evidence.cmp(&b.evidence));
            print.number(speaking.len() as u64);
            for observation in speaking {
                self.observation(observation, &mut print, tables);
            }
        }
        print.finish()
    }

    fn feeds(&self, print: &mut Fingerprint) {
        let mut feeds = of_kind(self.facts, SubjectKind::Feed);
        feeds.sort_by(|a, b| a.id.cmp(&b.id));
        print.number(u64::from(self.options.feed_max_age_hours));
        print.number(feeds.len() as u64);
        for feed in feeds {
            print.text(&feed.id);
            print.record(&feed.fields);
        }
    }

    fn observation(&self, observation: &Observation, print: &mut Fingerprint, tables: &mut Tables) {
        print.text(&observation.evidence);
        print.bytes(observation.sha256.as_bytes());
        print.text(&observation.format);
        print.number(observation.observed_at.0.cast_unsigned());
        print.record(&observation.fields);
        // Whether components are listed decides if zero matches mean anything.
        print.number(observation.rows.get("components").map_or(0, |rows| rows.len() as u64));
        for table in &self.compiled.tables {
            print.text(table);
            print.bytes(tables.digest(observation, table).as_bytes());
        }
    }
}

fn of_kind(facts: &Facts, kind: SubjectKind) -> Vec<&Subject> {
    facts.subjects.iter().filter(|s| s.kind == kind).collect()
}

impl Tables {
    fn digest(&mut self, observation: &Observation, table: &'static str) -> Digest {
        let address = std::ptr::from_ref(observation).addr();
        *self.0.entry((address, table)).or_insert_with(|| {
            let rows = observation.rows.get(table).map_or(&[][..], Vec::as_slice);
            let mut print = Fingerprint::new("attestry.rows.v1");
            print.number(rows.len() as u64);
            let mut before: Option<&Record> = None;
            for row in rows {
                // Rows mostly have the fields of the row before: their names are hashed only when they differ.
                if before.is_some_and(|b| b.keys().eq(row.keys())) {
                    print.buffer.push(b'=');
                    row.values().for_each(|value| print.value(value));
                } else {
                    print.buffer.push(b'*');
                    print.record(row);
                }
                before = Some(row);
            }
            print.finish()
        })
    }
}

/// Hashes length-prefixed, tagged values through a buffer.
struct Fingerprint {
    hasher: Sha256,
    buffer: Vec<u8>,
}

/// Bytes gathered before they are hashed.
const BUFFER: usize = 16 * 1024;

impl Fingerprint {
    fn new(domain: &str) -> Self {
        let mut print = Self { hasher: Sha256::new(), buffer: Vec::with_capacity(BUFFER + 1024) };
        print.text(domain);
        print
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
    }

    /// Seven bits a byte, the last one without the high bit: one byte for almost every length.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.buffer.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.buffer.push(number.to_le_bytes()[0]);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn record(&mut self, record: &Record) {
        self.number(record.len() as u64);
        for (name, value) in record {
            self.text(name);
            self.value(value);
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Bool(b) => self.buffer.extend_from_slice(&[b'b', u8::from(*b)]),
            Value::Int(i) => {
                self.buffer.push(b'i');
                self.number(i.cast_unsigned());
            }
            Value::Num(n) => {
                self.buffer.push(b'n');
                self.number(n.to_bits());
            }
            Value::Text(t) => {
                self.buffer.push(b't');
                self.text(t);
            }
            Value::List(list) => {
                self.buffer.push(b'l');
                self.number(list.len() as u64);
                for member in list {
                    self.text(member);
                }
            }
        }
    }

    fn finish(mut self) -> Digest {
        self.hasher.update(&self.buffer);
        Digest::from_bytes(self.hasher.finalize().into())
    }
}
