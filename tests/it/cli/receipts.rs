//! `import`: one receipt for each document, with exactly the fields of the contract.

use std::io::Write as _;

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use super::only_json;
use crate::support::{Installation, cyclonedx, sarif};

const FIELDS: [&str; 15] = [
    "bytes",
    "compression",
    "counts",
    "encoding",
    "errors",
    "evidence_id",
    "file",
    "format",
    "format_version",
    "kind",
    "records",
    "schema_valid",
    "sha256",
    "status",
    "warnings",
];

fn assert_fields(receipt: &Value) {
    let mut names: Vec<&str> = receipt.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, FIELDS);
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn ledger_entries(installation: &Installation) -> u64 {
    installation.expect(0, &["ledger", "verify", "--json"]).json()["entries"].as_u64().unwrap()
}

#[test]
fn a_receipt_has_exactly_the_fields_of_the_contract() {
    let installation = Installation::new();
    let bytes = cyclonedx("shop", 3);
    let file = installation.write("bom.json", &bytes);

    let receipt = installation.import(0, &file, &["--asset", "shop"]);

    assert_fields(&receipt);
    assert_eq!(receipt["file"], file.to_str().unwrap());
    assert_eq!(receipt["sha256"], attestry::base::Digest::of(&bytes).to_hex());
    assert_eq!(receipt["bytes"], bytes.len());
    assert_eq!((&receipt["status"], &receipt["kind"]), (&json!("accepted"), &json!("sbom")));
    assert_eq!((&receipt["format"], &receipt["format_version"]), (&json!("cyclonedx"), &json!("1.6")));
    assert_eq!((&receipt["encoding"], &receipt["compression"]), (&json!("json"), &Value::Null));
    assert_eq!((&receipt["schema_valid"], &receipt["errors"]), (&json!(true), &json!([])));
    let records = &receipt["records"];
    let sum: u64 = ["kept", "merged", "dropped"].iter().map(|k| records[k].as_u64().unwrap()).sum();
    assert_eq!(records["read"], sum);
    assert_eq!(receipt["counts"]["components"], 3);
    assert_eq!(std::fs::read(installation.blob(receipt["sha256"].as_str().unwrap())).unwrap(), bytes);
}

#[test]
fn what_cannot_be_understood_is_stored_and_quarantined_and_ends_with_1() {
    let installation = Installation::new();
    let file = installation.write("poem.json", "{\"roses\": \"red\"}");

    let receipt = installation.import(1, &file, &["--asset", "shop"]);

    assert_fields(&receipt);
    assert_eq!((&receipt["status"], &receipt["counts"]), (&json!("quarantined"), &json!({})));
    assert!(receipt["evidence_id"].is_string());
    assert!(!receipt["errors"][0]["message"].as_str().unwrap().is_empty());
    assert!(installation.blob(receipt["sha256"].as_str().unwrap()).exists());
}

#[test]
fn insisting_on_another_kind_quarantines() {
    let installation = Installation::new();
    let file = installation.write("bom.json", cyclonedx("shop", 1));

    let receipt = installation.import(1, &file, &["--asset", "shop", "--kind", "scan"]);

    assert_eq!(receipt["status"], "quarantined");
}

#[test]
fn the_same_file_again_is_a_duplicate_under_the_same_item() {
    let installation = Installation::new();
    let file = installation.write("bom.json", cyclonedx("shop", 3));
    let first = installation.import(0, &file, &["--asset", "shop"]);
    let renamed = installation.write("again/other-name.json", cyclonedx("shop", 3));

    let second = installation.import(0, &renamed, &["--asset", "shop"]);

    assert_fields(&second);
    assert_eq!(second["status"], "duplicate");
    assert_eq!(second["file"], renamed.to_str().unwrap());
    for field in ["evidence_id", "sha256", "counts", "records", "format"] {
        assert_eq!(first[field], second[field], "{field}");
    }
}

#[test]
fn a_quarantined_file_stays_quarantined_however_often_it_comes() {
    let installation = Installation::new();
    let file = installation.write("poem.json", "{\"roses\": \"red\"}");
    let first = installation.import(1, &file, &[]);

    let second = installation.import(1, &file, &[]);

    assert_eq!(second["status"], "quarantined");
    assert_eq!(first["evidence_id"], second["evidence_id"]);
}

#[test]
fn the_same_bytes_about_another_asset_are_a_new_item_on_the_same_blob() {
    let installation = Installation::new();
    let file = installation.write("bom.json", cyclonedx("shop", 3));
    let shop = installation.import(0, &file, &["--asset", "shop"]);

    let bakery = installation.import(0, &file, &["--asset", "bakery"]);

    assert_eq!(bakery["status"], "accepted");
    assert_ne!(shop["evidence_id"], bakery["evidence_id"]);
    assert_eq!(shop["sha256"], bakery["sha256"]);
    let report = installation.expect(0, &["ledger", "verify", "--json"]).json();
    assert_eq!(report["blobs"], 1);
}

#[test]
fn an_archive_gives_one_receipt_for_each_member_in_order() {
    let installation = Installation::new();
    let (one, two, three) = (cyclonedx("one", 1), sarif("Semgrep", Some(true)), b"not evidence".to_vec());
    let archive =
        installation.write("a.zip", zip(&[("z.json", &one), ("b/scan.sarif", &two), ("B.txt", &three)]));

    let answer = installation.expect(1, &["import", "--json", "--asset", "shop", archive.to_str().unwrap()]);

    let receipts = answer.json_lines();
    let files: Vec<&str> = receipts.iter().map(|r| r["file"].as_str().unwrap()).collect();
    let named = |member: &str| format!("{}!/{member}", archive.display());
    assert_eq!(files, [named("B.txt"), named("b/scan.sarif"), named("z.json")]);
    let states: Vec<&str> = receipts.iter().map(|r| r["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["quarantined", "accepted", "accepted"]);
    receipts.iter().for_each(assert_fields);
    assert!(receipts.iter().all(|r| r["compression"] == "zip"));

    let again = installation.expect(1, &["import", "--json", "--asset", "shop", archive.to_str().unwrap()]);
    let states: Vec<Value> = again.json_lines().iter().map(|r| r["status"].clone()).collect();
    assert_eq!(states, ["quarantined", "duplicate", "duplicate"]);
}

#[test]
fn a_file_over_a_limit_is_refused_and_nothing_of_it_is_kept() {
    let installation = Installation::new();
    installation.expect(0, &["migrate"]);
    let before = ledger_entries(&installation);
    let file = installation.write("big.json", cyclonedx("big", 40));
    let mut command = installation.command(&["import", "--json", file.to_str().unwrap()]);

    let answer = crate::support::Answer::of(command.env("ATTESTRY_LIMITS__DOCUMENT_BYTES", "1000"));

    assert_eq!(answer.code, 1, "{}", answer.err);
    only_json(&answer);
    let receipt = &answer.json_lines()[0];
    assert_fields(receipt);
    assert_eq!(receipt["evidence_id"], Value::Null);
    assert!(receipt["errors"][0]["message"].as_str().unwrap().contains("document_bytes"), "{receipt}");
    assert!(!installation.blob(receipt["sha256"].as_str().unwrap()).exists());
    assert_eq!(ledger_entries(&installation), before);
    // Under the usual limit the same file is fine: the refusal decided nothing about it.
    assert_eq!(installation.import(0, &file, &[])["status"], "accepted");
}

#[test]
fn a_directory_is_imported_file_by_file_without_hidden_ones() {
    let installation = Installation::new();
    installation.write("inbox/b.json", cyclonedx("b", 1));
    installation.write("inbox/a/c.json", cyclonedx("c", 1));
    installation.write("inbox/.hidden.json", cyclonedx("h", 1));

    let receipts = installation.expect(0, &["import", "--json", "inbox", "--asset", "shop"]).json_lines();

    let files: Vec<&str> = receipts.iter().map(|r| r["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["inbox/a/c.json", "inbox/b.json"]);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_do_not_keep_an_import_busy() {
    let installation = Installation::new();
    installation.write("inbox/b.json", cyclonedx("b", 1));
    std::os::unix::fs::symlink("..", installation.folder.path().join("inbox/round")).unwrap();

    let receipts = installation.expect(0, &["import", "--json", "inbox"]).json_lines();

    assert_eq!(receipts.len(), 1);
}
