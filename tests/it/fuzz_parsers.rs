//! Mutated documents for every parser: none may panic, hang, or lose a record without saying so.
//!
//! See `tests/fuzz/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how many inputs it tried"
)]

mod mutate;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use attestry::app::cron::Cron;
use attestry::base::{DAY_MS, UnixMillis};
use attestry::controls::{Catalog, Predicate, SourceFile, Span};
use attestry::evidence::package::Purl;
use attestry::evidence::{Limits, ReceiptStatus, Upload, intake};
use attestry::ledger::checkpoint::Checkpoint;
use attestry::ledger::dsse::Envelope;
use attestry::ledger::note::SignedNote;
use attestry::ledger::statement::Statement;
use attestry::ledger::tlog_proof::{ConsistencyFile, TlogProof};
use attestry::report::pack::{Manifest, PackSource, VerifyOptions, verify};

use mutate::{Chance, mutate};

/// Mutations of one parser in an ordinary run.
const CASES: usize = 300;
/// How long one parser is tried in a deep run.
const DEEP: Duration = Duration::from_secs(20);
/// Longest answer to one of these small inputs, on a busy machine and without optimisation.
const SLOWEST: Duration = Duration::from_secs(5);

/// Hands the seeds, and then mutations of them, to a parser.
fn fuzz(parser: &str, parse: fn(&[u8])) {
    let seeds = seeds(parser);
    for (path, bytes) in &seeds {
        check(parser, parse, bytes, &path.display().to_string());
    }
    let number = std::env::var("ATTESTRY_FUZZ_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let deep = std::env::var_os("ATTESTRY_DEEP").is_some();
    let mut chance = Chance::new(number);
    let (begun, mut tried) = (Instant::now(), 0);
    while if deep { begun.elapsed() < DEEP } else { tried < CASES } {
        let (seed, other) = (&seeds[chance.below(seeds.len())].1, &seeds[chance.below(seeds.len())].1);
        let bytes = mutate(seed, other, &mut chance);
        check(parser, parse, &bytes, &format!("mutation {tried} of {number}"));
        tried += 1;
    }
    println!("{parser}: {tried} mutations of {} seeds in {:.1?}", seeds.len(), begun.elapsed());
}

fn seeds(parser: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(parser);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{parser} has no seeds");
    paths.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

fn check(parser: &str, parse: fn(&[u8]), bytes: &[u8], which: &str) {
    let begun = Instant::now();
    let done = catch_unwind(AssertUnwindSafe(|| parse(bytes)));
    let taken = begun.elapsed();
    if done.is_err() || taken > SLOWEST {
        let path = std::env::temp_dir().join(format!("attestry-fuzz-{parser}"));
        std::fs::write(&path, bytes).unwrap();
        let what = if done.is_err() { "broke a promise".to_owned() } else { format!("took {taken:?}") };
        panic!("{parser}: {which} {what}; the input is in {}", path.display());
    }
}

/// What holds for every upload: a receipt for everything, every record accounted for, no swallowed panic.
fn upload(name: &str, bytes: &[u8]) {
    // Small limits, so that what an input of a few kilobytes may unfold to is small as well.
    let limits = Limits { document_bytes: 8 << 20, archive_bytes: 8 << 20, ..Limits::default() };
    let readings = intake::read(&Upload { name, bytes, kind: None, limits, redaction_key: &[1; 32] });

    assert!(!readings.is_empty(), "nothing is said about the file");
    for reading in readings {
        let receipt = &reading.receipt;
        assert!(receipt.records.balanced(), "{:?}", receipt.records);
        assert_eq!(receipt.status == ReceiptStatus::Accepted, reading.evidence.is_some());
        assert!(receipt.errors.iter().all(|e| e.code != "internal"), "{:?}", receipt.errors);
        assert!(
            receipt.status == ReceiptStatus::Accepted || !receipt.errors.is_empty(),
            "refused without a reason"
        );
        assert!(receipt.warnings.iter().all(|w| w.count > 0 && !w.message.is_empty()));
    }
}

#[test]
fn cyclonedx_documents() {
    fuzz("cyclonedx", |bytes| upload("bom.json", bytes));
}

#[test]
fn spdx_documents() {
    fuzz("spdx", |bytes| upload("bom.spdx.json", bytes));
}

#[test]
fn sarif_logs() {
    fuzz("sarif", |bytes| upload("scan.sarif", bytes));
}

#[test]
fn aws_credential_reports() {
    fuzz("aws-iam", |bytes| upload("report.csv", bytes));
}

#[test]
fn vendor_documents() {
    fuzz("vendor-yaml", |bytes| upload("document.yaml", bytes));
}

#[test]
fn change_logs() {
    fuzz("changes", |bytes| upload("changes.json", bytes));
}

#[test]
fn osv_records() {
    fuzz("osv", |bytes| upload("advisory.json", bytes));
}

#[test]
fn rustsec_advisories() {
    fuzz("rustsec", |bytes| upload("RUSTSEC-2026-9999.md", bytes));
}

#[test]
fn archives_and_compressed_files() {
    fuzz("archive", |bytes| upload("upload", bytes));
}

#[test]
fn signed_notes() {
    fuzz("signed-note", |bytes| {
        if let Ok(note) = SignedNote::parse(bytes) {
            assert_eq!(note.to_string().as_bytes(), bytes, "a note is written as it was read");
            assert!(note.verify(&[]).is_err(), "nobody is known, so nobody is believed");
        }
    });
}

#[test]
fn checkpoints() {
    fuzz("checkpoint", |bytes| {
        if let Ok(text) = std::str::from_utf8(bytes)
            && let Ok(checkpoint) = Checkpoint::parse_text(text)
        {
            assert_eq!(checkpoint.to_text(), text, "a checkpoint is written as it was read");
        }
        assert!(Checkpoint::open(bytes, &[]).is_err());
    });
}

#[test]
fn proof_files() {
    fuzz("tlog-proof", |bytes| {
        if let Ok(proof) = TlogProof::parse(bytes) {
            assert_eq!(TlogProof::parse(proof.to_string().as_bytes()).as_ref(), Ok(&proof));
            assert!(proof.verify(b"entry", &[]).is_err());
        }
        if let Ok(proof) = ConsistencyFile::parse(bytes) {
            assert_eq!(ConsistencyFile::parse(proof.to_string().as_bytes()), Ok(proof));
        }
    });
}

#[test]
fn envelopes_and_statements() {
    fuzz("dsse", |bytes| {
        if let Ok(envelope) = Envelope::parse(bytes) {
            assert_eq!(envelope.to_bytes(), bytes, "an envelope has one form only");
            if let Ok(statement) = Statement::parse(envelope.payload()) {
                assert_eq!(statement.to_bytes(), envelope.payload(), "a statement has one form only");
            }
        }
        // The statement below the base64 is reached by mutations of itself alone.
        drop(Statement::parse(bytes));
    });
}

#[test]
fn pack_manifests() {
    fuzz("manifest", |bytes| {
        if let Ok(manifest) = Manifest::parse(bytes) {
            assert_eq!(manifest.to_bytes(), bytes, "a manifest has one form only");
        }
    });
}

#[test]
fn packs() {
    fuzz("pack", |bytes| {
        let source = PackSource::Zip(Box::new(Cursor::new(bytes.to_vec())));
        let verification = verify(source, &VerifyOptions::default());
        assert!(!verification.headline.is_empty());
    });
}

#[test]
fn control_files() {
    fuzz("control-yaml", |bytes| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let lines = text.lines().count() + 1;
        for folder in ["frameworks", "tests"] {
            let name = format!("{folder}/a.yaml");
            let Err(error) = Catalog::load(&[SourceFile { name, text: text.clone() }]) else { continue };
            assert!(!error.diagnostics.is_empty());
            for problem in error.diagnostics {
                assert!(problem.line <= lines, "{problem:?} stands after the end, line {lines}");
                assert!(!problem.message.is_empty());
            }
        }
    });
}

#[test]
fn predicates_and_spans() {
    fuzz("predicate", |bytes| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        if let Ok(period) = Span(text.trim().to_owned()).period() {
            let now = UnixMillis(1_800_000_000_000);
            assert!(period.after(now) >= now && period.after(now).since(now) <= 100_000 * 31 * DAY_MS);
        }
        if let Ok(predicate) = serde_json::from_slice::<Predicate>(bytes) {
            let written = serde_json::to_string(&predicate).unwrap();
            assert_eq!(serde_json::from_str::<Predicate>(&written).unwrap(), predicate);
        }
    });
}

#[test]
fn cron_expressions() {
    fuzz("cron", |bytes| {
        let Ok(cron) = Cron::parse(&String::from_utf8_lossy(bytes)) else { return };
        let now = UnixMillis(1_800_000_000_000);
        if let Some(next) = cron.next_after(now) {
            assert!(next > now, "a schedule goes forward");
        }
        assert!(cron.firings_between(now, now.plus_days(400)) <= 10_000);
    });
}

#[test]
fn package_urls() {
    fuzz("purl", |bytes| {
        if let Some(read) = Purl::read(&String::from_utf8_lossy(bytes)) {
            let again = Purl::read(read.canonical()).expect("the canonical form is a package URL");
            assert_eq!(again.canonical(), read.canonical(), "the canonical form is its own canonical form");
            assert_eq!(again.key(), read.key());
        }
    });
}
