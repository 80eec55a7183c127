//! Licences, quality profiles and lock files over the corpus: nothing panics, and what can be counted otherwise agrees.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the answer")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use attestry::base::UnixMillis;
use attestry::evidence::licence::{self, Confidence, LicencePolicy};
use attestry::evidence::lockfile::{self, LockFormat};
use attestry::evidence::quality::{self, Outcome, Profile, Written};
use attestry::evidence::sbom::Sbom;
use attestry::evidence::{Encoding, Evidence, Limits, Upload, intake, sbom_diff};

/// The corpus, as `tests/it/corpus.rs` finds it.
fn corpus() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("ATTESTRY_CORPUS") {
        let path = PathBuf::from(path);
        assert!(
            path.join("MANIFEST.tsv").is_file(),
            "ATTESTRY_CORPUS is set, but {} is no corpus",
            path.display()
        );
        return Some(path);
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    beside.join("MANIFEST.tsv").is_file().then_some(beside)
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

/// Every bill of materials that is accepted, with how it is written.
fn accepted(corpus: &Path, mut each: impl FnMut(&Path, &Sbom, Written<'_>)) -> u64 {
    let mut paths = Vec::new();
    files(&corpus.join("sbom"), &mut paths);
    paths.sort();
    let mut count = 0;
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        let name = path.to_string_lossy();
        let upload = Upload {
            name: &name,
            bytes: &bytes,
            kind: None,
            limits: Limits::default(),
            redaction_key: &[7; 32],
        };
        for reading in intake::read(&upload) {
            let Some(Evidence::Sbom(sbom)) = &reading.evidence else { continue };
            let receipt = &reading.receipt;
            let written = Written {
                format: receipt.format.as_deref().unwrap_or_default(),
                version: receipt.format_version.as_deref(),
                encoding: receipt.encoding.unwrap_or(Encoding::Json),
            };
            each(path, sbom, written);
            count += 1;
        }
    }
    count
}

#[test]
fn every_licence_of_the_corpus_is_read_or_kept_raw() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let mut by_confidence = std::collections::BTreeMap::<Confidence, u64>::new();
    let documents = accepted(&corpus, |path, sbom, _| {
        for component in &sbom.components {
            for written in &component.licences {
                let read = licence::of_licence(written);
                assert_eq!(read.raw, written.label().trim(), "{}", path.display());
                assert!(read.confidence < Confidence::None || read.problem.is_some(), "{}", read.raw);
                *by_confidence.entry(read.confidence).or_default() += 1;
            }
            let whole = licence::of_component(component);
            let _decision = licence::evaluate(&whole, &LicencePolicy::default(), &[], UnixMillis(0));
        }
    });

    println!("{documents} documents, licences by confidence: {by_confidence:?}");
    let total: u64 = by_confidence.values().sum();
    let unread = by_confidence.get(&Confidence::None).copied().unwrap_or(0);
    assert!(total > 1_000, "only {total} licences were found");
    assert!(unread * 5 < total, "{unread} of {total} licences were not understood");
}

#[test]
fn every_profile_judges_every_accepted_document() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let mut passed = [0_u64; Profile::ALL.len()];
    let mut rules = std::collections::BTreeMap::<&str, u64>::new();
    let documents = accepted(&corpus, |path, sbom, written| {
        for (profile, passed) in Profile::ALL.into_iter().zip(&mut passed) {
            let result = quality::evaluate(profile, sbom, written);
            *passed += u64::from(result.outcome == Outcome::Passed);
            for rule in &result.rules {
                *rules.entry(rule.id).or_default() += u64::from(rule.outcome == Outcome::Passed);
                let named = rule.failing.len() as u64;
                assert!(named <= rule.failed, "{}: {}", path.display(), rule.id);
                assert_eq!(
                    rule.outcome == Outcome::Passed,
                    rule.failed == 0 && rule.passed > 0,
                    "{}",
                    rule.id
                );
            }
        }
        let same = sbom_diff::diff(sbom, sbom);
        assert!(
            same.added.is_empty() && same.removed.is_empty() && same.changed.is_empty(),
            "{}",
            path.display()
        );
    });

    println!(
        "{documents} documents, passed: {:?}",
        Profile::ALL.iter().map(|p| p.as_str()).zip(passed).collect::<Vec<_>>()
    );
    println!("documents in which each rule holds: {rules:?}");
    let never: Vec<_> = rules
        .iter()
        .filter(|(id, count)| **count == 0 && (id.starts_with("ntia-") || id.starts_with("cisa-")))
        .collect();
    assert!(never.is_empty(), "rules that no document meets: {never:?}");
    assert!(documents > 100);
}

/// How many dependencies name a package that the file does not have.
fn missing(lock: &toml::Table) -> u64 {
    let packages = lock.get("package").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let text =
        |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let has = |wanted: &str| {
        let mut words = wanted.split(' ');
        let (name, version) = (words.next(), words.next());
        packages.iter().any(|package| {
            text(package, "name").as_deref() == name
                && (version.is_none() || text(package, "version").as_deref() == version)
        })
    };
    let all = packages.iter().filter_map(|package| package.get("dependencies")?.as_array()).flatten();
    all.filter_map(toml::Value::as_str).filter(|wanted| !has(wanted)).count() as u64
}

#[test]
fn every_cargo_lock_of_the_corpus_has_as_many_packages_as_it_says() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let mut paths = Vec::new();
    files(&corpus.join("oracle/cargo-audit"), &mut paths);
    let mut compared = 0;
    let mut largest = (0, std::time::Duration::ZERO);
    for path in paths.iter().filter(|path| path.to_string_lossy().contains("Cargo.lock")) {
        let mut text = Vec::new();
        let raw = fs::read(path).unwrap();
        match flate2::read::GzDecoder::new(raw.as_slice()).read_to_end(&mut text) {
            Ok(_) => {}
            Err(_) => text = raw,
        }
        let written: toml::Table = String::from_utf8(text.clone()).unwrap().parse().unwrap();
        let expected = written.get("package").and_then(toml::Value::as_array).map_or(0, Vec::len)
            + usize::from(written.contains_key("root"));

        let start = std::time::Instant::now();
        let lock = lockfile::read("Cargo.lock", &text).unwrap().unwrap();
        let took = start.elapsed();

        assert_eq!((lock.format, lock.packages.len()), (LockFormat::Cargo, expected), "{}", path.display());
        let dangling = lock.warnings.iter().find(|warning| warning.code == "dangling-dependency");
        assert_eq!(dangling.map_or(0, |warning| warning.count), missing(&written), "{}", path.display());
        largest = largest.max((expected, took));
        compared += 1;
    }
    println!("{compared} lock files; the largest has {} packages, read in {:?}", largest.0, largest.1);
    assert!(compared > 20);
}
