//! Exit code 4: a digest, signature or proof does not hold.

use std::io::Write as _;
use std::path::Path;

use serde_json::json;

use crate::support::{Installation, cyclonedx};

fn with_pack() -> (Installation, serde_json::Value) {
    let installation = Installation::new();
    let file = installation.write("bom.json", cyclonedx("shop", 3));
    let receipt = installation.import(0, &file, &["--asset", "shop"]);
    installation.expect(0, &["pack", "create", "--framework", "gdpr", "-o", "pack.zip", "--json"]);
    (installation, receipt)
}

fn tamper(pack: &Path, member: &str, change: fn(Vec<u8>) -> Vec<u8>) {
    let mut from = zip::ZipArchive::new(std::fs::File::open(pack).unwrap()).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut found = false;
    for index in 0..from.len() {
        let mut entry = from.by_index(index).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        let name = entry.name().unwrap().into_owned();
        if name.contains(member) {
            bytes = change(bytes);
            found = true;
        }
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&bytes).unwrap();
    }
    assert!(found, "no member {member}");
    std::fs::write(pack, to.finish().unwrap().into_inner()).unwrap();
}

#[test]
fn a_sound_ledger_and_pack_end_with_0() {
    let (installation, _) = with_pack();

    let ledger = installation.expect(0, &["ledger", "verify", "--json"]).json();
    let verified = installation.expect(0, &["pack", "verify", "pack.zip", "--json"]).json();
    let replayed = installation.expect(0, &["pack", "replay", "pack.zip", "--json"]).json();

    assert_eq!(ledger["problems"], json!([]));
    assert_eq!(verified["verdict"], "intact");
    assert_eq!(replayed["identical"], true);
}

#[test]
fn a_changed_blob_is_found_and_named() {
    let (installation, receipt) = with_pack();
    let blob = installation.blob(receipt["sha256"].as_str().unwrap());
    let mut bytes = std::fs::read(&blob).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&blob, bytes).unwrap();

    let answer = installation.expect(4, &["ledger", "verify"]);

    assert!(answer.out.contains("NOT INTACT") && answer.out.contains("bom.json"), "{}", answer.out);
    installation.expect(4, &["ledger", "verify", "--json"]).json();
}

#[test]
fn a_missing_blob_is_found_and_named() {
    let (installation, receipt) = with_pack();
    std::fs::remove_file(installation.blob(receipt["sha256"].as_str().unwrap())).unwrap();

    let answer = installation.expect(4, &["ledger", "verify"]);

    assert!(answer.out.contains("bom.json"), "{}", answer.out);
}

#[test]
fn a_changed_pack_is_found_and_the_member_named() {
    let (installation, _) = with_pack();
    let pack = installation.folder.path().join("pack.zip");
    tamper(&pack, "gaps.csv", |mut bytes| {
        bytes[0] ^= 1;
        bytes
    });

    let answer = installation.expect(4, &["pack", "verify", "pack.zip"]);

    assert!(answer.out.contains("gaps.csv"), "{}", answer.out);
    installation.expect(4, &["pack", "verify", "pack.zip", "--json"]).json();
    installation.expect(4, &["pack", "replay", "pack.zip"]);
}

#[test]
fn what_is_no_zip_or_only_half_of_one_is_no_pack() {
    let (installation, _) = with_pack();
    let whole = std::fs::read(installation.folder.path().join("pack.zip")).unwrap();
    installation.write("half.zip", &whole[..whole.len() / 2]);
    installation.write("text.zip", "no zip");

    installation.expect(4, &["pack", "verify", "half.zip"]);
    installation.expect(4, &["pack", "verify", "text.zip"]);
}

#[test]
fn a_pinned_key_turns_intact_into_verified_and_another_key_into_4() {
    let (installation, _) = with_pack();
    let mut zip =
        zip::ZipArchive::new(std::fs::File::open(installation.folder.path().join("pack.zip")).unwrap())
            .unwrap();
    let key = std::io::read_to_string(zip.by_name("keys/log.vkey").unwrap()).unwrap();
    let pem = std::io::read_to_string(zip.by_name("keys/log.pem").unwrap()).unwrap();
    installation.write("log.pem", pem);
    let stranger = with_pack().0;
    let mut other =
        zip::ZipArchive::new(std::fs::File::open(stranger.folder.path().join("pack.zip")).unwrap()).unwrap();
    let other = std::io::read_to_string(other.by_name("keys/log.vkey").unwrap()).unwrap();

    let verified = installation.expect(0, &["pack", "verify", "pack.zip", "--key", key.trim()]);
    installation.expect(0, &["pack", "verify", "pack.zip", "--key", "log.pem"]);
    installation.expect(4, &["pack", "verify", "pack.zip", "--key", other.trim()]);
    installation.expect(2, &["pack", "verify", "pack.zip", "--key", "no key at all"]);

    assert!(verified.out.contains("VERIFIED"), "{}", verified.out);
}

#[test]
fn a_pack_is_never_replaced() {
    let (installation, _) = with_pack();
    let before = std::fs::read(installation.folder.path().join("pack.zip")).unwrap();

    let answer = installation.expect(2, &["pack", "create", "--framework", "gdpr", "-o", "pack.zip"]);

    assert!(answer.err.contains("exists already"), "{}", answer.err);
    assert_eq!(std::fs::read(installation.folder.path().join("pack.zip")).unwrap(), before);
}

#[test]
fn the_receipt_beside_a_pack_names_its_number_and_digest() {
    let (installation, _) = with_pack();
    let pack = std::fs::read(installation.folder.path().join("pack.zip")).unwrap();

    let receipt = std::fs::read(installation.folder.path().join("pack.zip.receipt.json")).unwrap();

    let receipt: serde_json::Value = serde_json::from_slice(&receipt).unwrap();
    assert_eq!((&receipt["number"], &receipt["bytes"]), (&json!(1), &json!(pack.len())));
    assert_eq!(receipt["sha256"], attestry::base::Digest::of(&pack).to_hex());
}
