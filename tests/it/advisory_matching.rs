//! How fast the index answers, with every advisory of the corpus in it; run with `--ignored --nocapture`, optimised.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it skipped and measured"
)]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use attestry::evidence::advisory::{Advisory, Index, Outcome};
use attestry::evidence::decoder::{ArchiveMember, DECODERS};
use attestry::evidence::{Evidence, Probe};

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

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

fn advisories(corpus: &Path) -> Vec<Advisory> {
    let (mut paths, mut list) = (Vec::new(), Vec::new());
    files(&corpus.join("advisories"), &mut paths);
    paths.sort();
    for path in paths {
        let (name, bytes) = (path.to_string_lossy().into_owned(), read(&path));
        let mut members: Vec<(String, Vec<u8>)> = Vec::new();
        if name.contains(".tar") {
            for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
                let mut entry = entry.unwrap();
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                members.push((entry.path().unwrap().to_string_lossy().into_owned(), bytes));
            }
        }
        let members: Vec<_> = members.iter().map(|(name, bytes)| ArchiveMember { name, bytes }).collect();
        let probe = Probe::new(&name, &bytes);
        let decoded = match members.is_empty() {
            true => DECODERS.iter().find(|d| d.recognises(&probe)).map(|d| d.decode(&probe)),
            false => DECODERS.iter().find_map(|d| d.decode_archive(&members)),
        };
        if let Some(Ok(decoded)) = decoded
            && let Evidence::Advisories(found) = decoded.evidence
        {
            list.extend(found);
        }
    }
    list
}

/// Package URLs: names that advisories know, each in many versions, and as many that none knows.
fn purls(count: usize) -> Vec<String> {
    let known = [
        "pkg:cargo/openssl@0.",
        "pkg:cargo/time@0.",
        "pkg:golang/golang.org/x/net@v0.",
        "pkg:pypi/django@4.",
        "pkg:pypi/pillow@9.",
        "pkg:npm/lodash@4.",
        "pkg:golang/stdlib@1.",
        "pkg:bitnami/wordpress@5.",
        "pkg:pypi/unknown-name@1.",
        "pkg:cargo/no-such-crate@1.",
    ];
    (0..count)
        .map(|n| {
            format!("{}{}.{}", known[n % known.len()], (n / known.len()) % 1_000, n / known.len() / 1_000)
        })
        .collect()
}

#[test]
#[ignore = "measures; run optimised with --ignored --nocapture"]
fn a_million_package_versions_are_answered_in_seconds() {
    let Some(corpus) = corpus() else { return };
    let list = advisories(&corpus);
    let few = purls(10_000);
    let many = purls(1_000_000);

    let started = Instant::now();
    let index = Index::build(list);
    let built = started.elapsed();
    let ask = |purls: &[String]| {
        let started = Instant::now();
        let mut counts = [0_u32; 3];
        for purl in purls {
            match index.matches_purl(purl).expect("a package URL") {
                Outcome::Affected(_) => counts[0] += 1,
                Outcome::NotAffected => counts[1] += 1,
                Outcome::Unknown { .. } => counts[2] += 1,
            }
        }
        (started.elapsed(), counts)
    };
    // The fastest of three: the machine may be busy, the index may not be slow.
    let small = [ask(&few), ask(&few), ask(&few)].into_iter().min().expect("three runs");
    let large = ask(&many);

    println!("{} advisories indexed in {built:?}", index.len());
    println!(
        "10,000 package URLs in {:?}; 1,000,000 in {:?}: affected, none found, unknown {:?}",
        small.0, large.0, large.1
    );
    assert!(built.as_millis() + large.0.as_millis() < 10_000, "{built:?} + {:?}", large.0);
}
