//! Reads every file of the corpus and compares what the receipts count with what an independent script counted.
//!
//! `ATTESTRY_CORPUS` names the corpus (default `../shared/corpus` beside the crate). Not set and not there: skipped,
//! and said so. Set but missing: a failure.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the answer")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use attestry::evidence::decoder::DECODERS;
use attestry::evidence::{EvidenceKind, Limits, Reading, Receipt, ReceiptStatus, Upload, intake};
use quick_xml::events::Event;
use serde_json::Value;

use self::rules::RULES;

mod pairs;
mod rules;

/// No file of the corpus may take longer, even unoptimised on a busy machine.
const SLOWEST: Duration = Duration::from_secs(20);

/// How a figure follows from the facts; `None` where the facts lack it.
type Figure = fn(&Value) -> Option<u64>;

/// What must hold for the files of one manifest kind once their format is read.
struct Rule {
    /// The manifest's kind.
    kind: &'static str,
    /// The format whose decoder must be registered for the rule to be asked.
    format: &'static str,
    /// The evidence kind of accepted files.
    evidence: EvidenceKind,
    /// Whether this very file is one the reader must accept.
    must_accept: fn(&Fact) -> bool,
    /// Counts and where they come from; an absent count is 0.
    counts: &'static [(&'static str, Figure)],
}

/// One line of the facts.
struct Fact {
    path: String,
    kind: String,
    expected: String,
    facts: Value,
}

impl Fact {
    fn text(&self, key: &str) -> &str {
        self.facts[key].as_str().unwrap_or_default()
    }

    fn number(&self, key: &str) -> Option<u64> {
        number(&self.facts, key)
    }
}

fn number(facts: &Value, key: &str) -> Option<u64> {
    facts[key].as_u64().or_else(|| facts[key].as_bool().map(u64::from))
}

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

fn facts(corpus: &Path) -> BTreeMap<String, Fact> {
    let text = fs::read_to_string(corpus.join("FACTS.jsonl")).unwrap();
    text.lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            let fact = Fact {
                path: text("path"),
                kind: text("kind"),
                expected: text("expected"),
                facts: line["facts"].clone(),
            };
            (fact.path.clone(), completed(corpus, fact))
        })
        .collect()
}

fn is_registered(format: &str) -> bool {
    DECODERS.iter().any(|decoder| decoder.format() == format)
}

/// What is wrong with one receipt whatever the file is.
fn general_faults(receipt: &Receipt, reading: &Reading) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |holds: bool, what: &str| {
        if !holds {
            faults.push(what.to_owned());
        }
    };
    expect(receipt.records.balanced(), "records are not accounted for");
    match receipt.status {
        ReceiptStatus::Accepted => {
            expect(receipt.errors.is_empty(), "accepted with errors");
            expect(reading.evidence.is_some(), "accepted without content");
            expect(receipt.kind.is_some() && receipt.format.is_some(), "accepted without kind or format");
        }
        ReceiptStatus::Quarantined => {
            expect(receipt.counts.is_empty(), "quarantined with counts");
            expect(reading.evidence.is_none(), "quarantined with content");
            expect(
                receipt.errors.iter().any(|e| e.message.len() > 20),
                "quarantined without a helpful reason",
            );
        }
        ReceiptStatus::Duplicate => faults.push("a pure reader cannot know duplicates".to_owned()),
    }
    faults
}

/// What is wrong with the receipt by the rule of its kind.
fn rule_faults(rule: &Rule, fact: &Fact, receipt: &Receipt) -> Vec<String> {
    if receipt.status != ReceiptStatus::Accepted {
        let reason = receipt.errors.first().map(|e| format!("{}: {}", e.code, e.message)).unwrap_or_default();
        return if (rule.must_accept)(fact) { vec![format!("refused: {reason}")] } else { Vec::new() };
    }
    let mut faults = Vec::new();
    let is_vex = receipt.kind == Some(EvidenceKind::Vex) && rule.format == "cyclonedx";
    let is_advisory = rule.format == "csaf" && !fact.text("category").eq_ignore_ascii_case("csaf_vex");
    let wanted = if is_advisory { EvidenceKind::Advisories } else { rule.evidence };
    if receipt.kind != Some(wanted) && !is_vex {
        faults.push(format!("kind {:?}", receipt.kind));
    }
    for (key, figure) in rule.counts {
        let Some(expected) = figure(&fact.facts) else { continue };
        let counted = receipt.counts.get(*key).copied().unwrap_or(0);
        if counted != expected {
            faults.push(format!("{key}: {counted} counted, {expected} in the facts"));
        }
    }
    faults
}

/// Components inside `metadata/component` of an XML document, which its facts do not count.
fn nested_in_root(xml: &[u8]) -> u64 {
    let mut reader = quick_xml::Reader::from_reader(xml);
    let (mut path, mut nested) = (Vec::new(), 0);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                path.push(start.local_name().as_ref().to_vec());
                let names: Vec<&[u8]> = path.iter().map(Vec::as_slice).collect();
                if let [b"bom", b"metadata", b"component", inner @ ..] = names.as_slice() {
                    let nests = |name: &&[u8]| *name == b"components" || *name == b"component";
                    nested +=
                        u64::from(inner.iter().all(nests) && inner.last() == Some(&b"component".as_slice()));
                }
            }
            Ok(Event::End(_)) => drop(path.pop()),
            Ok(Event::Eof) | Err(_) => return nested,
            Ok(_) => {}
        }
    }
}

/// The facts of a file, with what an XML document's lack.
fn completed(corpus: &Path, mut fact: Fact) -> Fact {
    if fact.kind == "cyclonedx-xml" {
        let bytes = fs::read(corpus.join(&fact.path)).unwrap();
        let mut text = Vec::new();
        if fact.path.ends_with(".gz") {
            flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut text).unwrap();
        } else {
            text = bytes;
        }
        fact.facts["metadata_component_nested"] = nested_in_root(&text).into();
    }
    fact
}

/// Everything wrong with one file, and whether its counts were compared.
fn file_faults(corpus: &Path, path: &str, fact: Option<&Fact>) -> (Vec<String>, bool) {
    let bytes = fs::read(corpus.join(path)).unwrap();
    let start = Instant::now();
    let readings = intake::read(&Upload {
        name: path,
        bytes: &bytes,
        kind: None,
        limits: Limits::default(),
        redaction_key: &[7; 32],
    });
    let took = start.elapsed();
    let mut faults: Vec<String> = readings.iter().flat_map(|r| general_faults(&r.receipt, r)).collect();
    if readings.is_empty() {
        faults.push("no receipt".to_owned());
    }
    if took > SLOWEST {
        faults.push(format!("took {took:?}"));
    }
    // one scan shows a published test number; no other file holds anything that looks like a card's
    let cards = readings.iter().flat_map(|r| &r.receipt.errors).any(|e| e.code == "card-number");
    if cards != path.ends_with("gitlab_dast_one_vul_v15.json") {
        faults.push("taken for a holder of card numbers, or not".to_owned());
    }
    let rule = fact.and_then(|fact| RULES.iter().find(|r| r.kind == fact.kind && is_registered(r.format)));
    let mut compared = false;
    if let (Some(rule), Some(fact), [reading]) = (rule, fact, readings.as_slice()) {
        faults.extend(rule_faults(rule, fact, &reading.receipt));
        compared = reading.receipt.status == ReceiptStatus::Accepted && !rule.counts.is_empty();
    }
    (faults, compared)
}

#[test]
fn every_file_of_the_corpus_is_counted_as_the_facts_count_it() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let facts = facts(&corpus);
    let manifest = fs::read_to_string(corpus.join("MANIFEST.tsv")).unwrap();
    let paths: Vec<&str> = manifest.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();

    let mut disagreements = Vec::new();
    let mut compared = 0;
    for path in &paths {
        let (faults, counted) = file_faults(&corpus, path, facts.get(*path));
        compared += usize::from(counted);
        disagreements.extend(faults.into_iter().map(|fault| format!("{path}: {fault}")));
    }

    println!("{} files read, the counts of {compared} compared", paths.len());
    assert!(
        compared * 5 > paths.len(),
        "the counts of only {compared} of {} files were compared",
        paths.len()
    );
    assert!(disagreements.is_empty(), "{} disagreements\n{}", disagreements.len(), disagreements.join("\n"));
}
