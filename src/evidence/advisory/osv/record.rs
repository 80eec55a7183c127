//! One OSV record, read leniently: null where a list is expected is an empty list.

use serde::Deserialize;
use serde_json::Value;

use crate::base::{Digest, Severity};
use crate::evidence::Warnings;
use crate::evidence::advisory::intervals::{Event, intervals};
use crate::evidence::advisory::json::{lax, line, list, text, time};
use crate::evidence::advisory::order::Order;
use crate::evidence::advisory::{Advisory, Affected, CommitRange, Interval, Rating};

/// What an entry that only names commits has as its ecosystem.
const COMMITS: &str = "GIT";

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
    related: Vec<Option<String>>,
    #[serde(default, deserialize_with = "lax")]
    upstream: Vec<Option<String>>,
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
    purl: Option<String>,
}

#[derive(Deserialize)]
struct RangeRecord {
    #[serde(default, rename = "type", deserialize_with = "lax")]
    kind: String,
    #[serde(default, deserialize_with = "lax")]
    repo: String,
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

impl Record {
    /// The advisory; `None` when the record has no id.
    pub(super) fn advisory(self, revision: Digest, warnings: &mut Warnings) -> Option<Advisory> {
        let id = Some(self.id.trim().to_owned()).filter(|id| !id.is_empty())?;
        let entries: Vec<AffectedRecord> = self.affected.into_iter().flatten().collect();
        let mut out = Advisory::new("osv", id);
        out.class = class(&out.id, &self.database_specific, &entries);
        out.rate(ratings(&out.id, (&self.severity, &self.database_specific), &entries));
        out.cwes = cwes(&self.database_specific, &entries);
        out.aliases = names(self.aliases);
        out.related = names(self.upstream.into_iter().chain(self.related));
        out.published = time(self.published.as_deref());
        out.modified = time(self.modified.as_deref());
        out.withdrawn = time(self.withdrawn.as_deref());
        if self.withdrawn.is_some_and(|text| !text.trim().is_empty()) && out.withdrawn.is_none() {
            let message =
                "the time of withdrawal cannot be read; the record counts as withdrawn when it was changed";
            warnings.add("unreadable-time", || out.id.clone(), message);
            out.withdrawn = out.modified.or(out.published);
        }
        out.summary = line(&self.summary);
        if out.summary.is_empty() {
            out.summary = line(&self.details);
        }
        out.affected = entries.into_iter().filter_map(|entry| entry.affected(&out.id, warnings)).collect();
        out.revision = Some(revision);
        Some(out)
    }
}

impl AffectedRecord {
    fn affected(self, id: &str, warnings: &mut Warnings) -> Option<Affected> {
        let mut out = Affected { symbols: symbols(&self.ecosystem_specific), ..Affected::default() };
        if let Some(package) = self.package.filter(|p| !p.name.is_empty() && !p.ecosystem.is_empty()) {
            (out.ecosystem, out.package, out.identifier) = (package.ecosystem, package.name, package.purl);
        }
        for range in self.ranges.into_iter().flatten() {
            if range.kind.eq_ignore_ascii_case("git") {
                let message = "ranges of commits are kept and not judged; versions and version ranges beside them count";
                warnings.add("git-range", || id.to_owned(), message);
                let repo = range.repo.clone();
                out.commits.push(CommitRange { repo, intervals: range.intervals(None) });
            } else {
                let order = Order::of(&out.ecosystem);
                out.intervals.extend(range.intervals(order));
            }
        }
        out.versions = self.versions.into_iter().flatten().collect();
        if out.package.is_empty() {
            let Some(commits) = out.commits.first().filter(|c| !c.repo.is_empty()) else {
                let message = "an affected entry names no package; it matches nothing";
                warnings.add("no-package", || id.to_owned(), message);
                return None;
            };
            (out.ecosystem, out.package) = (COMMITS.to_owned(), commits.repo.clone());
        }
        Some(out)
    }
}

impl RangeRecord {
    fn intervals(self, order: Option<Order>) -> Vec<Interval> {
        intervals(self.events.into_iter().flatten().flat_map(EventRecord::events).collect(), order)
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

fn names(list: impl IntoIterator<Item = Option<String>>) -> Vec<String> {
    let named = list.into_iter().flatten().map(|name| name.trim().to_owned());
    named.filter(|name| !name.is_empty()).collect()
}

/// Every vector, score and word. The database is named by the id's prefix, other raters by the kind of rating.
fn ratings(id: &str, (own, database): (&Value, &Value), entries: &[AffectedRecord]) -> Vec<Rating> {
    let source = id.split('-').next().unwrap_or(id);
    let stated = list(own, "").iter().chain(entries.iter().flat_map(|entry| list(&entry.severity, "")));
    let mut out: Vec<Rating> = Vec::new();
    let mut add = |source: &str, written: &str| {
        if out.iter().all(|known| known.written != written || known.source != source) {
            out.push(Rating::new(source, written));
        }
    };
    for entry in stated {
        let kind = text(entry, "/type").filter(|kind| !kind.starts_with("CVSS_"));
        let rater = text(entry, "/source").or(kind).unwrap_or(source);
        // a bare number is allowed where a text is asked for
        let number = entry.get("score").and_then(Value::as_f64).map(|score| score.to_string());
        if let Some(written) = text(entry, "/score").or(number.as_deref()) {
            add(rater, written);
        }
    }
    let of_entries = entries.iter().flat_map(|e| [&e.ecosystem_specific, &e.database_specific]);
    for place in of_entries.chain([database]) {
        for pointer in ["/severity", "/cvss/vectorString", "/cvss/vector_string", "/cvss"] {
            if let Some(written) = text(place, pointer) {
                add(source, written);
            }
        }
    }
    out.retain(|rating| {
        rating.version.is_some() || rating.score.is_some() || rating.severity != Severity::Unknown
    });
    out
}

/// `cwe_ids` of GitHub's records, `cwes` of the malicious packages'.
fn cwes(database: &Value, entries: &[AffectedRecord]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for place in [database].into_iter().chain(entries.iter().map(|entry| &entry.database_specific)) {
        let plain = list(place, "/cwe_ids").iter().filter_map(Value::as_str);
        let named = list(place, "/cwes").iter().filter_map(|cwe| text(cwe, "/cweId"));
        found.extend(plain.chain(named).map(str::to_owned));
    }
    found.sort();
    found.dedup();
    found
}

/// Functions: RustSec's `affects.functions`, Go's `imports` with their `symbols`.
fn symbols(specific: &Value) -> Vec<String> {
    let functions = list(specific, "/affects/functions").iter().filter_map(Value::as_str).map(str::to_owned);
    let imports =
        list(specific, "/imports").iter().filter_map(|import| Some((text(import, "/path")?, import)));
    let imported = imports.flat_map(|(path, import)| {
        let symbols = list(import, "/symbols").iter().filter_map(Value::as_str);
        let named: Vec<String> = symbols.map(|symbol| format!("{path}.{symbol}")).collect();
        if named.is_empty() { vec![path.to_owned()] } else { named }
    });
    functions.chain(imported).collect()
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
