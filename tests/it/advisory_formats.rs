//! Every advisory file of the corpus through the decoders, and every CVSS score it states against ours.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it skipped and measured"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use attestry::evidence::advisory::{CvssScore, CvssVersion};
use attestry::evidence::decoder::{ArchiveMember, DECODERS};
use attestry::evidence::{Decoded, Probe};
use serde_json::Value;

/// The corpus; `None` (and a word on it) when there is none. Named but missing is a failure.
fn corpus() -> Option<PathBuf> {
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

fn read(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes;
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut out).unwrap();
    out
}

fn decode(path: &Path) -> Option<(&'static str, Result<Decoded, String>)> {
    let bytes = read(path);
    let name = path.to_string_lossy();
    if name.contains(".tar") {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.push((entry.path().unwrap().to_string_lossy().into_owned(), bytes));
        }
        let members: Vec<_> = files.iter().map(|(name, bytes)| ArchiveMember { name, bytes }).collect();
        let found = DECODERS.iter().find_map(|d| Some((d.format(), d.decode_archive(&members)?)))?;
        return Some((found.0, found.1.map_err(|e| e.message)));
    }
    let probe = Probe::new(&name, &bytes);
    let decoder = DECODERS.iter().find(|d| d.recognises(&probe))?;
    Some((decoder.format(), decoder.decode(&probe).map_err(|e| e.message)))
}

/// What the facts say is counted, by the manifest's kind; `None` where they do not say.
fn expected(fact: &Value) -> Option<(&'static str, &'static str, u64)> {
    let number = |name: &str| fact["facts"][name].as_u64();
    Some(match fact["kind"].as_str()? {
        "osv" | "osv-yaml" if !fact["facts"]["id"].is_string() => return None,
        "osv" | "osv-yaml" => ("osv", "advisories", 1),
        "osv-jsonl" => ("osv", "advisories", number("records")?),
        "rustsec-md" => ("rustsec", "advisories", 1),
        "rustsec-tar" => ("rustsec", "advisories", number("files")?),
        "kev" => ("kev", "vulnerabilities", number("vulnerabilities").or_else(|| number("entries"))?),
        "kev-csv" => ("kev", "vulnerabilities", number("rows")?),
        "epss" | "epss-joined-csv" => ("epss", "scores", number("rows")?),
        "cve5" => ("cve", "advisories", 1),
        "csaf" if fact["facts"]["category"].as_str()? == "csaf_security_advisory" => {
            ("csaf", "vulnerabilities", number("vulnerabilities")?)
        }
        _ => return None,
    })
}

#[test]
fn every_advisory_file_is_counted_as_the_facts_say() {
    let Some(corpus) = corpus() else { return };
    let facts = fs::read_to_string(corpus.join("FACTS.jsonl")).unwrap();
    let (mut checked, mut wrong) = (BTreeMap::<&str, u32>::new(), Vec::new());
    for line in facts.lines() {
        let fact: Value = serde_json::from_str(line).unwrap();
        let path = fact["path"].as_str().unwrap();
        let Some((format, key, count)) = expected(&fact) else { continue };
        // what the corpus calls invalid may be refused
        if fact["expected"] == "invalid" || fact["facts"]["parse_ok"] == false {
            continue;
        }
        match decode(&corpus.join(path)) {
            Some((found, Ok(decoded))) => {
                let got = decoded.counts.get(key).copied().unwrap_or(0);
                if found != format || got != count || !decoded.records.balanced() {
                    wrong
                        .push(format!("{path}: {found} {got}, not {format} {count} ({:?})", decoded.records));
                }
                *checked.entry(format).or_default() += 1;
            }
            Some((_, Err(message))) => wrong.push(format!("{path}: {message}")),
            None => wrong.push(format!("{path}: not recognised")),
        }
    }
    println!("checked {checked:?}");

    assert!(checked.len() >= 5, "{checked:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A vector with the score a source states beside it.
type Pair = (String, f64);

/// Members that state a vector, and where its score is.
const PAIRS: &[(&str, &str)] = &[
    ("vectorString", "baseScore"),
    ("vector_string", "score"),
    ("vectorString", "score"),
    ("vector", "score"),
    ("vector", "metrics/baseScore"),
    ("V2Vector", "V2Score"),
    ("V3Vector", "V3Score"),
    ("V40Vector", "V40Score"),
];

fn pairs(value: &Value, out: &mut Vec<Pair>) {
    match value {
        Value::Object(members) => {
            for (vector, score) in PAIRS {
                let score = value.pointer(&format!("/{score}"));
                let score = score.and_then(|s| s.as_f64().or_else(|| s.as_str()?.parse().ok()));
                if let (Some(vector), Some(score)) = (members.get(*vector).and_then(Value::as_str), score) {
                    out.push((vector.to_owned(), score));
                }
            }
            members.values().for_each(|v| pairs(v, out));
        }
        Value::Array(list) => list.iter().for_each(|v| pairs(v, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else if [".json", ".json.gz"].iter().any(|end| path.to_string_lossy().ends_with(end)) {
            out.push(path);
        }
    }
}

/// Pairs that the source itself has wrong, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("2021-6-1-09-01.json", "conformance test 6.1.9 states a wrong score on purpose"),
    ("2021-6-1-09-02.json", "conformance test 6.1.9 states a wrong score on purpose"),
    ("dependency-track--vex-issue2549.json", "written by hand: 7.6 beside a vector of 7.5"),
    ("guac--cyclonedx-unaffected-vex.json", "written by hand: 8.2 beside a vector of 7.5"),
    ("hash-cdx-1-5-vulnerabilities.sbom.json", "written by hand: 8.2 beside a vector of 7.5"),
    ("django-DefectDojo--log4j.json", "states the 3.1 score, 10, beside the 2.0 vector too"),
];

#[test]
fn every_stated_score_follows_from_its_vector() {
    let Some(corpus) = corpus() else { return };
    let mut files = Vec::new();
    for folder in ["advisories", "vex", "sbom", "scans"] {
        walk(&corpus.join(folder), &mut files);
    }
    let (mut found, mut wrong) =
        (BTreeMap::<CvssVersion, u32>::new(), BTreeMap::<String, Vec<String>>::new());
    let mut unreadable = BTreeMap::<String, String>::new();
    for path in files {
        let Ok(document) = serde_json::from_slice::<Value>(&read(&path)) else { continue };
        let mut stated = Vec::new();
        pairs(&document, &mut stated);
        for (vector, score) in stated {
            let file = path.strip_prefix(&corpus).unwrap().display().to_string();
            match CvssScore::of(&vector) {
                Ok(own) => {
                    *found.entry(own.version).or_default() += 1;
                    let known = [Some(own.base), own.temporal, own.environmental];
                    let equal = known.into_iter().flatten().any(|ours| (ours - score).abs() < 0.001);
                    let excused = EXCEPTIONS.iter().any(|(name, _)| file.ends_with(name));
                    if !equal && !excused {
                        wrong.entry(file).or_default().push(format!("{vector} is {known:?}, stated {score}"));
                    }
                }
                Err(error) => {
                    unreadable.insert(error.to_string(), file);
                }
            }
        }
    }
    println!("pairs: {found:?}; vectors that are none: {}", unreadable.len());
    for (error, file) in &unreadable {
        println!("  {file}: {error}");
    }

    let shown: Vec<String> = wrong.iter().map(|(f, l)| format!("{f} ({}): {}", l.len(), l[0])).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}
