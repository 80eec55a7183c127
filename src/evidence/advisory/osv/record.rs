//! One OSV record, read leniently: null where a list is expected is an empty list.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::base::{Severity, UnixMillis};
use crate::evidence::Warnings;
use crate::evidence::advisory::cvss_vector::{severity_of, vector_rank};
use crate::evidence::advisory::intervals::{Event, intervals};
use crate::evidence::advisory::{Advisory, Affected, Interval};

/// A record as written.
#[derive(Deserialize)]
pub(super) struct Record {
    #[serde(default, deserialize_with = "lax")]
    id: String,
    modified: Option<String>,
    published: Option<String>,
    withdrawn: Option<String>,
    #[serde(default, deserialize_with = "lax")]
    aliases: Vec<Option<String>>,
    #[serde(default, deserialize_with = "lax")]
    summary: String,
    #[serde(default, deserialize_with = "lax")]
    details: String,
    #[serde(default)]
    severity: Value,
    #[serde(default)]
    database_specific: Value,
    #[serde(default, deserialize_with = "lax")]
    affected: Vec<Option<AffectedRecord>>,
}

#[derive(Deserialize)]
struct AffectedRecord {
    package: Option<Package>,
    #[serde(default, deserialize_with = "lax")]
    ranges: Vec<Option<RangeRecord>>,
    #[serde(default, deserialize_with = "lax")]
    versions: Vec<Option<String>>,
    #[serde(default)]
    severity: Value,
    #[serde(default)]
    database_specific: Value,
    #[serde(default)]
    ecosystem_specific: Value,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default, deserialize_with = "lax")]
    ecosystem: String,
    #[serde(default, deserialize_with = "lax")]
    name: String,
}

#[derive(Deserialize)]
struct RangeRecord {
    #[serde(default, rename = "type", deserialize_with = "lax")]
    kind: String,
    #[serde(default, deserialize_with = "lax")]
    events: Vec<Option<EventRecord>>,
}

#[derive(Deserialize)]
struct EventRecord {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

/// Null reads as the default.
fn lax<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Record {
    /// The advisory; `None` when the record has no id.
    pub(super) fn advisory(self, warnings: &mut Warnings) -> Option<Advisory> {
        let id = Some(self.id.trim().to_owned()).filter(|id| !id.is_empty())?;
        let entries: Vec<AffectedRecord> = self.affected.into_iter().flatten().collect();
        let cvss = best_vector(&self.severity)
            .or_else(|| entries.iter().filter_map(|entry| best_vector(&entry.severity)).next());
        let severity = match &cvss {
            Some(vector) => severity_of(vector),
            None => severity_words(&self.severity, &self.database_specific, &entries),
        };
        let class = class(&id, &self.database_specific, &entries);
        let affected = entries.into_iter().filter_map(|entry| entry.affected(&id, warnings)).collect();
        let details = || self.details.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let summary = if self.summary.trim().is_empty() { details() } else { self.summary.trim() };
        Some(Advisory {
            aliases: self.aliases.into_iter().flatten().filter(|alias| !alias.trim().is_empty()).collect(),
            published: time(self.published.as_ref()),
            modified: time(self.modified.as_ref()),
            withdrawn: time(self.withdrawn.as_ref()),
            summary: summary.chars().take(500).collect(),
            severity,
            cvss,
            class,
            affected,
            id,
        })
    }
}

impl AffectedRecord {
    fn affected(self, id: &str, warnings: &mut Warnings) -> Option<Affected> {
        let Some(package) = self.package.filter(|p| !p.name.is_empty() && !p.ecosystem.is_empty()) else {
            let message = "an affected entry names no package; it matches nothing";
            warnings.add("no-package", || id.to_owned(), message);
            return None;
        };
        let mut found = Vec::new();
        for range in self.ranges.into_iter().flatten() {
            if range.kind.eq_ignore_ascii_case("git") {
                let message = "ranges of commits were skipped; versions and version ranges beside them count";
                warnings.add("git-range", || id.to_owned(), message);
            } else {
                found.extend(range.intervals(&package.ecosystem));
            }
        }
        Some(Affected {
            ecosystem: package.ecosystem,
            package: package.name,
            intervals: found,
            versions: self.versions.into_iter().flatten().collect(),
            requirements: None,
        })
    }
}

impl RangeRecord {
    fn intervals(self, ecosystem: &str) -> Vec<Interval> {
        let semver = self.kind.eq_ignore_ascii_case("semver") || ecosystem == "crates.io";
        let events = self.events.into_iter().flatten().flat_map(EventRecord::events).collect();
        intervals(events, semver)
    }
}

impl EventRecord {
    /// The event's members; a well-formed event has one, a sloppy one may have several.
    fn events(self) -> impl Iterator<Item = Event> {
        // A limit bounds what is considered, so it ends an interval as a fix does; `*` bounds nothing.
        let limit = self.limit.filter(|limit| limit != "*");
        [
            self.introduced.map(Event::Introduced),
            self.fixed.map(Event::Fixed),
            limit.map(Event::Fixed),
            self.last_affected.map(Event::LastAffected),
        ]
        .into_iter()
        .flatten()
    }
}

fn time(text: Option<&String>) -> Option<UnixMillis> {
    UnixMillis::parse_lenient(text?).ok()
}

fn scores(severity: &Value) -> impl Iterator<Item = &str> {
    let list = severity.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(|entry| entry.get("score")?.as_str())
}

/// The vector of the newest CVSS version that can be read.
fn best_vector(severity: &Value) -> Option<String> {
    let readable = scores(severity).filter(|s| vector_rank(s) > 0 && severity_of(s) != Severity::Unknown);
    readable.max_by_key(|s| vector_rank(s)).map(str::to_owned)
}

/// The worst word or score among those the record states without a vector.
fn severity_words(own: &Value, database: &Value, entries: &[AffectedRecord]) -> Severity {
    let of_entries = entries.iter().flat_map(|e| [&e.ecosystem_specific, &e.database_specific]);
    let words = of_entries.chain([database]).filter_map(|v| v.get("severity")?.as_str());
    let per_entry = entries.iter().flat_map(|e| scores(&e.severity));
    scores(own).chain(per_entry).chain(words).map(severity_of).max().unwrap_or(Severity::Unknown)
}

/// `malicious` for malicious packages; RustSec's exports name their kind; else a vulnerability.
fn class(id: &str, database: &Value, entries: &[AffectedRecord]) -> String {
    if id.starts_with("MAL-") {
        return "malicious".to_owned();
    }
    let named = entries.iter().map(|e| &e.database_specific).chain([database]);
    let word = named.filter_map(|v| v.get("informational")?.as_str()).find(|word| !word.is_empty());
    word.unwrap_or("vulnerability").to_owned()
}
