//! RustSec advisories: TOML at the head of a Markdown file, the older bare TOML, or a whole advisory database.
//!
//! RustSec states which versions are *not* affected. That is kept as written ([`Requirements`]) and judged so.

use toml::{Table, Value};

use super::json::revision;
use super::requirement::requirement;
use super::{Advisory, Affected, Rating, Requirements};
use crate::base::{Digest, UnixMillis};
use crate::evidence::decoder::ArchiveMember;
use crate::evidence::{
    Counts, DecodeError, Decoded, Decoder, Encoding, Evidence, EvidenceKind, Probe, Records, Warnings,
};

/// Reads RustSec advisories.
pub struct RustSec;

impl Decoder for RustSec {
    fn format(&self) -> &'static str {
        "rustsec"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Advisories
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        let head = String::from_utf8_lossy(&probe.bytes[..probe.bytes.len().min(4_096)]);
        let head = head.trim_start();
        let form = head.starts_with("```toml") || head.starts_with('[') || head.starts_with('#');
        // Other databases took over the form; only RustSec names one package in the table itself.
        let table = head.lines().skip_while(|line| line.trim() != "[advisory]").skip(1);
        let mut table = table.take_while(|line| !line.starts_with('['));
        let mut own = || head.contains("RUSTSEC-") || table.any(|line| line.starts_with("package"));
        form && has_table(probe.bytes) && own()
    }

    fn decode_archive(&self, members: &[ArchiveMember<'_>]) -> Option<Result<Decoded, DecodeError>> {
        read_database(members).map(Ok)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let mut warnings = Warnings::default();
        let advisory = read(input.bytes, "crates.io", &mut warnings)?;
        Ok(decoded(vec![advisory], Records { read: 1, kept: 1, merged: 0, dropped: 0 }, warnings))
    }
}

/// Reads a whole advisory database; `None` when no member is a RustSec advisory, or when other evidence lies beside
/// them, which reading the archive as one document would lose.
///
/// A member that cannot be read is dropped with a warning; the others still count.
fn read_database(members: &[ArchiveMember<'_>]) -> Option<Decoded> {
    if members.iter().any(|member| is_other_evidence(member.name)) {
        return None;
    }
    let mut warnings = Warnings::default();
    let mut records = Records::default();
    let mut advisories = Vec::new();
    for ArchiveMember { name, bytes } in members {
        if !is_advisory_file(name, bytes) {
            continue;
        }
        records.read += 1;
        match read(bytes, ecosystem_of(name), &mut warnings) {
            Ok(advisory) => advisories.push(advisory),
            Err(error) => {
                records.dropped += 1;
                warnings.add("unreadable-advisory", || (*name).to_owned(), &error.message);
            }
        }
    }
    records.kept = advisories.len() as u64;
    (records.read > 0).then(|| decoded(advisories, records, warnings))
}

/// Advisories are named by their id; those on the toolchain lie in `rust/` and may be named by their CVE id.
fn is_advisory_file(path: &str, bytes: &[u8]) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let form = name.ends_with(".md") || name.ends_with(".toml");
    let placed = path.split('/').rev().skip(1).any(|part| part == "crates" || part == "rust");
    form && (name.starts_with("RUSTSEC-") || (placed && has_table(bytes)))
}

/// Whether an `[advisory]` table begins in the first bytes.
fn has_table(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4_096)]);
    head.lines().any(|line| line.trim() == "[advisory]")
}

/// Whether the member may be evidence of its own; what the database's own repository carries is not.
fn is_other_evidence(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    let hidden = path.split(['/', '\\']).any(|part| part.starts_with('.'));
    let prose = [".md", ".txt", ".toml", ".adoc"].iter().any(|ending| name.ends_with(ending));
    !(hidden || prose || !name.contains('.'))
}

/// The database keeps advisories on the toolchain itself in `rust/`; those name no crate.
fn ecosystem_of(path: &str) -> &'static str {
    if path.split('/').any(|part| part == "rust") { "rust-toolchain" } else { "crates.io" }
}

fn decoded(advisories: Vec<Advisory>, records: Records, warnings: Warnings) -> Decoded {
    Decoded {
        format_version: None,
        encoding: Encoding::Toml,
        produced_at: advisories.iter().filter_map(|a| a.withdrawn.max(a.published)).max(),
        evidence: Evidence::Advisories(advisories),
        records,
        counts: Counts::from([("advisories".to_owned(), records.read)]),
        warnings: warnings.finish(),
    }
}

/// Front matter and the Markdown after it.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let Some(fenced) = text.strip_prefix("```toml") else { return Some((text, "")) };
    fenced.split_once("\n```")
}

fn read(bytes: &[u8], ecosystem: &str, warnings: &mut Warnings) -> Result<Advisory, DecodeError> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| DecodeError::new("not-utf8", "the advisory is not UTF-8"))?;
    let unclosed = || DecodeError::new("malformed-advisory", "the advisory's ```toml block has no end");
    let (front, body) = split(text).ok_or_else(unclosed)?;
    let table: Table = front.parse().map_err(|error: toml::de::Error| {
        DecodeError::new(
            "malformed-advisory",
            format!("the advisory's TOML cannot be read: {}", error.message()),
        )
    })?;
    let meta = table.get("advisory").and_then(Value::as_table);
    let meta = meta
        .ok_or_else(|| DecodeError::at("malformed-advisory", "advisory", "there is no [advisory] table"))?;
    let id = needed(meta, "id")?;
    let requirements = requirements(&table, meta);
    for text in requirements.patched.iter().chain(&requirements.unaffected) {
        if requirement(text).is_none() {
            let message =
                "a version requirement could not be read; no version of the package counts as unaffected";
            warnings.add("unreadable-requirement", || format!("{id}: {text}"), message);
        }
    }
    let affected = Affected {
        ecosystem: ecosystem.to_owned(),
        package: needed(meta, "package")?,
        requirements: Some(requirements),
        symbols: functions(&table),
        ..Affected::default()
    };
    let mut advisory = advisory(meta, body, (id, affected));
    advisory.revision = Some(digest(&table, body));
    Ok(advisory)
}

/// Digest of the front matter's content and of the text as written.
fn digest(table: &Table, body: &str) -> Digest {
    let front = serde_json::to_value(table).unwrap_or_default();
    revision(&serde_json::Value::Array(vec![front, body.replace("\r\n", "\n").into()]))
}

/// The functions that hold the fault: `[affected.functions]`.
fn functions(table: &Table) -> Vec<String> {
    let functions = table.get("affected").and_then(|affected| affected.get("functions"));
    functions.and_then(Value::as_table).map(|named| named.keys().cloned().collect()).unwrap_or_default()
}

fn advisory(meta: &Table, body: &str, (id, affected): (String, Affected)) -> Advisory {
    let heading = || Some(body.lines().find_map(|line| line.trim().strip_prefix("# "))?.trim().to_owned());
    let mut out = Advisory::new("rustsec", id);
    out.aliases = strings(meta, "aliases");
    out.related = strings(meta, "related");
    out.published = date(meta, "date");
    out.withdrawn = date(meta, "withdrawn");
    out.summary = string(meta, "title").or_else(heading).unwrap_or_else(|| out.id.clone());
    out.rate(string(meta, "cvss").map(|vector| Rating::new("rustsec", &vector)).into_iter().collect());
    out.class = class(meta);
    out.affected = vec![affected];
    out
}

/// `informational` is a word, or a table with one word for kinds RustSec has not named.
fn class(meta: &Table) -> String {
    let word = match meta.get("informational") {
        Some(Value::Table(other)) => other.values().next().and_then(Value::as_str),
        other => other.and_then(Value::as_str),
    };
    word.unwrap_or("vulnerability").to_owned()
}

/// The lists are in `[versions]`; the oldest files have them beside the id under longer names.
fn requirements(table: &Table, meta: &Table) -> Requirements {
    let versions = table.get("versions").and_then(Value::as_table);
    let list = |name: &str, old: &str| match versions {
        Some(versions) => strings(versions, name),
        None => strings(meta, old),
    };
    Requirements {
        patched: list("patched", "patched_versions"),
        unaffected: list("unaffected", "unaffected_versions"),
    }
}

fn needed(table: &Table, name: &str) -> Result<String, DecodeError> {
    string(table, name).ok_or_else(|| {
        DecodeError::at(
            "malformed-advisory",
            format!("advisory.{name}"),
            format!("the advisory has no `{name}`"),
        )
    })
}

fn string(table: &Table, name: &str) -> Option<String> {
    let text = table.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn strings(table: &Table, name: &str) -> Vec<String> {
    let list = table.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn date(table: &Table, name: &str) -> Option<UnixMillis> {
    let text = match table.get(name)? {
        Value::String(text) => text.clone(),
        Value::Datetime(date) => date.to_string(),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Array(_) | Value::Table(_) => {
            return None;
        }
    };
    UnixMillis::parse_lenient(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Severity;

    const FILE: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2099-0001\"\npackage = \"demo\"\ndate = \"2099-01-02\"\n\
        aliases = [\"CVE-2099-1\"]\ncvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H\"\n\n[versions]\n\
        patched = [\">= 1.2.3\", \"^0.9.5\"]\nunaffected = [\"< 0.5.0\"]\n```\n\n# Short title\n\nText.\n";

    fn one(text: &str) -> Advisory {
        let probe = Probe::new("RUSTSEC-2099-0001.md", text.as_bytes());
        assert!(RustSec.recognises(&probe));
        let Evidence::Advisories(mut list) = RustSec.decode(&probe).unwrap().evidence else {
            panic!("no advisories")
        };
        list.remove(0)
    }

    #[test]
    fn front_matter_and_heading_are_read() {
        let advisory = one(FILE);

        assert_eq!((advisory.id.as_str(), advisory.summary.as_str()), ("RUSTSEC-2099-0001", "Short title"));
        assert_eq!((advisory.severity, advisory.class.as_str()), (Severity::High, "vulnerability"));
        assert_eq!(advisory.published.unwrap().to_date(), "2099-01-02");
        let requirements = advisory.affected[0].requirements.as_ref().unwrap();
        assert_eq!(
            (requirements.patched.len(), requirements.unaffected.as_slice()),
            (2, &["< 0.5.0".to_owned()][..])
        );
    }

    #[test]
    fn informational_and_withdrawn_are_kept() {
        let advisory = one(&FILE.replace(
            "[versions]",
            "informational = \"unmaintained\"\nwithdrawn = \"2099-02-03\"\n[versions]",
        ));

        assert_eq!(advisory.class, "unmaintained");
        assert_eq!(advisory.withdrawn.unwrap().to_date(), "2099-02-03");
    }

    #[test]
    fn the_oldest_form_is_read() {
        let advisory = one(
            "[advisory]\nid = \"RUSTSEC-2016-0009\"\npackage = \"old\"\ntitle = \"t\"\ndate = 2016-11-05\n\
             patched_versions = [\">= 0.2\"]\n",
        );

        assert_eq!(advisory.affected[0].requirements.as_ref().unwrap().patched, [">= 0.2"]);
        assert_eq!(advisory.published.unwrap().to_date(), "2016-11-05");
    }

    #[test]
    fn a_database_counts_files_and_drops_broken_ones_aloud() {
        let member = |name, bytes| ArchiveMember { name, bytes };
        let members = [
            member("crates/demo/RUSTSEC-2099-0001.md", FILE.as_bytes()),
            member("rust/std/CVE-2099-0002.md", FILE.as_bytes()),
            member("crates/x/RUSTSEC-2099-0003.md", b"```toml\n[advisory]\n"),
            member("README.md", b"# hello"),
        ];
        let decoded = read_database(&members).unwrap();

        assert_eq!(decoded.counts["advisories"], 3);
        assert_eq!(decoded.records, Records { read: 3, kept: 2, merged: 0, dropped: 1 });
        assert_eq!(decoded.warnings[0].path, "crates/x/RUSTSEC-2099-0003.md");
        let Evidence::Advisories(list) = decoded.evidence else { panic!() };
        assert_eq!(list[1].affected[0].ecosystem, "rust-toolchain");
        assert!(read_database(&members[3..]).is_none());
        let mixed = [members[0], member("bom.json", b"{}")];
        assert!(read_database(&mixed).is_none(), "other evidence in the archive is not swallowed");
    }

    #[test]
    fn advisories_of_other_databases_in_the_same_form_are_not_claimed() {
        let other = "```toml\n[advisory]\nid = \"HSEC-1\"\n\n[[affected]]\npackage = \"x\"\n```\n";

        assert!(!RustSec.recognises(&Probe::new("x.md", other.as_bytes())));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}\"'=a-z0-9., \n`#-]{0,160}") {
            drop(RustSec.decode(&Probe::new("x", text.as_bytes())));
            drop(RustSec.decode(&Probe::new("x", FILE.replace("\"2099-01-02\"", &text).as_bytes())));
        }
    }
}
