//! Our matching against cargo-audit's own answers, over real lock files and the RustSec database of the same day.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it skipped and measured"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use attestry::evidence::advisory::{Index, Outcome, RustSec};
use attestry::evidence::decoder::ArchiveMember;
use attestry::evidence::{Decoder as _, Evidence};

/// The corpus; `None` (and a word on it) when there is none. Named but missing is a failure.
pub fn corpus() -> Option<PathBuf> {
    if let Ok(named) = std::env::var("ATTESTRY_CORPUS") {
        let path = PathBuf::from(named);
        assert!(path.is_dir(), "ATTESTRY_CORPUS names {}, which is no directory", path.display());
        return Some(path);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !path.is_dir() {
        println!("skipped: no corpus at {}", path.display());
        return None;
    }
    Some(path)
}

pub fn read(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes;
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut out).unwrap();
    out
}

fn index(corpus: &Path) -> Index {
    let folder = corpus.join("advisories/rustsec");
    let archive = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let archive = archive.filter(|p| p.to_string_lossy().ends_with(".tar.gz")).min().expect("a database");
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for entry in tar::Archive::new(read(&archive).as_slice()).entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.push((entry.path().unwrap().to_string_lossy().into_owned(), bytes));
    }
    let members: Vec<_> = files.iter().map(|(name, bytes)| ArchiveMember { name, bytes }).collect();
    let decoded = RustSec.decode_archive(&members).expect("a RustSec database").unwrap();
    assert_eq!(decoded.records.read, files.len() as u64);
    assert_eq!(decoded.records.dropped, 0, "{:?}", decoded.warnings);
    let Evidence::Advisories(list) = decoded.evidence else { panic!("no advisories") };
    Index::build(list)
}

/// The packages cargo-audit compares: those from the registry. Path and git dependencies are no crates.io releases.
fn packages(lock: &[u8]) -> Vec<(String, String)> {
    let table: toml::Table = std::str::from_utf8(lock).unwrap().parse().unwrap();
    let list = table.get("package").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let text = |p: &toml::Value, name: &str| p.get(name).and_then(toml::Value::as_str).map(str::to_owned);
    list.iter()
        .filter(|p| text(p, "source").is_some_and(|s| s.contains("github.com/rust-lang/crates.io-index")))
        .map(|p| (text(p, "name").unwrap(), text(p, "version").unwrap()))
        .collect()
}

/// `advisory|package|version` of what we find, warnings with their class before.
fn ours(index: &Index, packages: &[(String, String)]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut found, mut warned) = (BTreeSet::new(), BTreeSet::new());
    for (name, version) in packages {
        let matches = match index.matches("crates.io", name, version) {
            Outcome::Affected(matches) => matches,
            Outcome::NotAffected => continue,
            Outcome::Unknown { reason, .. } => panic!("{name} {version}: {reason}"),
        };
        for report in matches.iter().flat_map(|m| &m.reports) {
            let key = format!("{}|{name}|{version}", report.id);
            match report.class.as_str() {
                "vulnerability" => found.insert(key),
                class => warned.insert(format!("{class}|{key}")),
            };
        }
    }
    (found, warned)
}

/// The same of cargo-audit's answer; `yanked` needs the registry's index and is left out.
pub fn theirs(answer: &[u8]) -> (BTreeSet<String>, BTreeSet<String>) {
    let answer: serde_json::Value = serde_json::from_slice(answer).unwrap();
    let key = |item: &serde_json::Value| {
        let text =
            |pointer: &str| item.pointer(pointer).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        format!("{}|{}|{}", text("/advisory/id"), text("/package/name"), text("/package/version"))
    };
    let list =
        answer.pointer("/vulnerabilities/list").and_then(|l| l.as_array()).cloned().unwrap_or_default();
    let warnings = answer["warnings"].as_object().cloned().unwrap_or_default();
    let warned = warnings.iter().filter(|(class, _)| *class != "yanked").flat_map(|(class, items)| {
        items.as_array().into_iter().flatten().map(move |item| format!("{class}|{}", key(item)))
    });
    (list.iter().map(key).collect(), warned.collect())
}

#[test]
fn every_lock_file_gets_cargo_audits_answer() {
    let Some(corpus) = corpus() else { return };
    let index = index(&corpus);
    let mut pairs = 0;
    let mut differences = Vec::new();
    for case in fs::read_dir(corpus.join("oracle/cargo-audit")).unwrap() {
        let case = case.unwrap().path();
        let file = |name: &str| {
            let plain = case.join(name);
            read(&if plain.is_file() { plain } else { case.join(format!("{name}.gz")) })
        };
        let (ours, theirs) =
            (ours(&index, &packages(&file("Cargo.lock"))), theirs(&file("cargo-audit.json")));
        pairs += 1;
        for (kind, ours, theirs) in [("found", &ours.0, &theirs.0), ("warned", &ours.1, &theirs.1)] {
            for key in ours.symmetric_difference(theirs) {
                let side = if ours.contains(key) { "only we" } else { "only cargo-audit" };
                differences.push(format!("{}: {side} {kind} {key}", case.display()));
            }
        }
    }
    println!("{pairs} pairs compared");

    assert!(pairs > 0, "no pairs in {}", corpus.display());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn ten_thousand_packages_are_answered_at_once() {
    let Some(corpus) = corpus() else { return };
    let index = index(&corpus);
    let names = [
        "openssl",
        "regex",
        "tokio",
        "serde",
        "time",
        "hyper",
        "unknown-crate",
        "chrono",
        "smallvec",
        "libc",
    ];
    let versions: Vec<String> = (0..1_000).map(|n| format!("0.{}.{}", n % 30, n / 30)).collect();

    let ask = || {
        let started = Instant::now();
        let pairs = names.iter().flat_map(|name| versions.iter().map(move |v| (name, v)));
        let hits =
            pairs.filter(|(name, v)| index.matches("crates.io", name, v) != Outcome::NotAffected).count();
        (started.elapsed(), hits)
    };
    // The fastest of three: the machine may be busy, the index may not be slow.
    let (took, hits) = [ask(), ask(), ask()].into_iter().min().expect("three runs");

    println!("10,000 packages, {hits} affected, in {took:?}");
    // The aim is 20 ms in a release build; unoptimised builds get room, a quadratic index does not.
    assert!(took.as_millis() < if cfg!(debug_assertions) { 2_000 } else { 20 }, "{took:?}");
}
