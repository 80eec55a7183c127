//! Our verdicts against those an independent script got from the official schemas, for every document of the corpus
//! that has one: JSON with string formats asserted, XML against the XSDs.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the answer")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use attestry::evidence::Encoding;
use attestry::evidence::validity;
use serde_json::Value;

fn corpus() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("ATTESTRY_CORPUS") {
        let path = PathBuf::from(path);
        assert!(path.join("MANIFEST.tsv").is_file(), "ATTESTRY_CORPUS is set, but is no corpus");
        return Some(path);
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    beside.join("MANIFEST.tsv").is_file().then_some(beside)
}

/// The format, version and encoding under which the facts judged a document.
fn claimed(kind: &str, facts: &Value) -> Option<(&'static str, String, Encoding)> {
    let text = |key: &str| facts[key].as_str().map(str::to_owned);
    Some(match kind {
        "cyclonedx-json" => ("cyclonedx", text("spec_version")?, Encoding::Json),
        "cyclonedx-xml" => ("cyclonedx", text("namespace")?.rsplit('/').next()?.to_owned(), Encoding::Xml),
        "spdx-json" | "spdx-mixed" => ("spdx", text("spec_version")?, Encoding::Json),
        "openvex" => ("openvex", "0.2.0".to_owned(), Encoding::Json),
        "csaf" => ("csaf", text("csaf_version")?, Encoding::Json),
        "sarif" => ("sarif", text("version")?, Encoding::Json),
        _ => return None,
    })
}

/// The verdict of the facts.
fn official(facts: &Value, encoding: Encoding) -> Option<bool> {
    let key = if encoding == Encoding::Xml { "schema_valid" } else { "schema_valid_with_formats" };
    facts[key].as_bool()
}

fn content(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    if path.extension().is_some_and(|e| e == "gz") {
        let packed = std::mem::take(&mut bytes);
        flate2::read::MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    }
    match bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        Some(text) => text.to_vec(),
        None => bytes,
    }
}

#[test]
fn every_document_gets_the_verdict_of_the_facts() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus (set ATTESTRY_CORPUS)");
        return;
    };
    let (mut asked, mut faults) = (0, Vec::new());
    for line in fs::read_to_string(corpus.join("FACTS.jsonl")).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let (path, kind) = (line["path"].as_str().unwrap(), line["kind"].as_str().unwrap());
        let Some((format, version, encoding)) = claimed(kind, &line["facts"]) else { continue };
        let Some(official) = official(&line["facts"], encoding) else { continue };
        let Some(ours) = validity::check(format, &version, encoding, &content(&corpus.join(path))) else {
            continue;
        };
        asked += 1;
        if ours.valid != official {
            let first = ours.violations.first().map(|v| format!("{} {}", v.place, v.message));
            faults.push(format!("{path}: ours {}, official {official}; {first:?}", ours.valid));
        }
    }
    println!("{asked} documents judged");

    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}
