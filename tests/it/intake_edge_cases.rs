//! Uploads as they arrive: packed, damaged, too large, mistaken. Each case is one that broke some importer.

use std::io::Write;

use attestry::base::{Digest, Severity};
use attestry::evidence::{Compression, EvidenceKind, Limit, Limits, ReceiptStatus};
use serde_json::{Value, json};

use crate::uploads::{accept, cdx, gzip, library, read, read_as, refusal, spdx, tar_of, warned, zip_of};

#[test]
fn empty_and_meaningless_files_are_quarantined_with_a_reason() {
    assert_eq!(refusal(b"").0, "empty");
    assert_eq!(refusal(b" \n\t ").0, "empty");
    assert_eq!(refusal(&gzip(b"")).0, "empty");
    assert_eq!(refusal(b"{}").0, "unknown-format");
    assert_eq!(refusal(b"[]").0, "unknown-format");
    assert_eq!(refusal(b"<bom/>").0, "no-namespace");
}

#[test]
fn a_missing_or_unknown_version_is_refused_naming_the_supported_ones() {
    for (document, code) in [
        (json!({"bomFormat": "CycloneDX", "components": []}), "no-spec-version"),
        (json!({"bomFormat": "CycloneDX", "specVersion": "1.1"}), "unsupported-version"),
        (json!({"bomFormat": "CycloneDX", "specVersion": "666"}), "unsupported-version"),
        (json!({"bomFormat": "CycloneDX", "specVersion": 1.5}), "unsupported-version"),
        (json!({"spdxVersion": "SPDX-9", "SPDXID": "SPDXRef-DOCUMENT"}), "unsupported-version"),
    ] {
        let (found, message) = refusal(document.to_string().as_bytes());
        assert_eq!(found, code);
        assert!(message.contains("1.2, 1.3") || message.contains("SPDX-2.2, SPDX-2.3"), "{message}");
    }
}

#[test]
fn another_format_marker_is_refused() {
    let document = json!({"bomFormat": "Other", "specVersion": "1.6"});

    assert_eq!(refusal(document.to_string().as_bytes()).0, "wrong-format-marker");
}

#[test]
fn an_inventory_that_is_no_list_is_not_taken_for_an_empty_one() {
    assert_eq!(refusal(cdx(json!({"components": "none"})).to_string().as_bytes()).0, "wrong-type");
    assert_eq!(refusal(spdx(json!({"packages": {}})).to_string().as_bytes()).0, "wrong-type");
}

#[test]
fn a_document_cut_short_keeps_its_name_and_kind() {
    let text = cdx(json!({"components": [library("a", "pkg:npm/a@1")]})).to_string();

    let reading = read(&text.as_bytes()[..text.len() - 9]);

    assert_eq!(reading.receipt.format.as_deref(), Some("cyclonedx"));
    assert_eq!(reading.receipt.kind, Some(EvidenceKind::Sbom));
    assert_eq!(reading.receipt.errors[0].code, "invalid-json");
}

#[test]
fn a_document_of_another_kind_is_quarantined_naming_the_kind_found() {
    let text = cdx(json!({})).to_string();

    let reading = read_as(text.as_bytes(), Some(EvidenceKind::Scan), Limits::default()).remove(0);

    assert_eq!(reading.receipt.errors[0].code, "kind-mismatch");
    assert!(reading.receipt.errors[0].message.contains("`sbom`"));
    assert!(reading.receipt.counts.is_empty() && reading.evidence.is_none());
}

#[test]
fn a_document_with_vulnerabilities_and_no_components_is_vex() {
    let (receipt, sbom) = accept(&cdx(json!({"vulnerabilities": [
        {"id": "CVE-1", "ratings": [{"severity": "low"}, {"score": 9.8, "method": "CVSSv31"}],
         "analysis": {"state": "exploitable"}, "affects": [{"ref": "urn:cdx:x/1#a"}]},
    ]})));

    assert_eq!(receipt.kind, Some(EvidenceKind::Vex));
    assert_eq!(receipt.counts["findings"], 1);
    assert_eq!(sbom.vulnerabilities[0].severity, Severity::Critical);
}

#[test]
fn the_version_may_stand_last() {
    let text =
        r#"{"components":[{"name":"a","type":"library"}],"bomFormat":"CycloneDX","specVersion":"1.4"}"#;

    assert_eq!(read(text.as_bytes()).receipt.format_version.as_deref(), Some("1.4"));
}

#[test]
fn a_marker_behind_a_long_inventory_is_still_found() {
    let long: Vec<Value> = (0..2000).map(|i| library(&format!("c{i}"), &format!("pkg:npm/c{i}@1"))).collect();
    let text =
        format!(r#"{{"components":{},"specVersion":"1.6","bomFormat":"CycloneDX"}}"#, Value::from(long));

    assert_eq!(read(text.as_bytes()).receipt.counts["components"], 2000);
}

#[test]
fn byte_order_marks_and_utf16_are_read() {
    let text = cdx(json!({"components": [library("é", "pkg:npm/a@1")]})).to_string();
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();

    for bytes in [format!("\u{feff}{text}").into_bytes(), utf16] {
        let reading = read(&bytes);
        assert_eq!(reading.receipt.status, ReceiptStatus::Accepted);
        assert_eq!(reading.receipt.sha256, Digest::of(&bytes));
        assert_eq!(reading.receipt.bytes, bytes.len() as u64);
    }
}

#[test]
fn every_compression_is_told_from_the_bytes() {
    let text = cdx(json!({"components": [library("a", "pkg:npm/a@1")]})).to_string();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bzip2.write_all(text.as_bytes()).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 6);
    xz.write_all(text.as_bytes()).unwrap();

    for (bytes, compression) in [
        (gzip(text.as_bytes()), Compression::Gzip),
        (zstd::stream::encode_all(text.as_bytes(), 3).unwrap(), Compression::Zstd),
        (bzip2.finish().unwrap(), Compression::Bzip2),
        (xz.finish().unwrap(), Compression::Xz),
    ] {
        let reading = read(&bytes);
        assert_eq!(reading.receipt.compression, Some(compression));
        assert_eq!(reading.receipt.status, ReceiptStatus::Accepted);
        assert_eq!(reading.receipt.sha256, Digest::of(&bytes));
        assert!(reading.stored.is_none());

        let cut = read(&bytes[..bytes.len() / 2]);
        assert_eq!(cut.receipt.errors[0].code, "damaged", "{compression:?}");
    }
}

#[test]
fn a_compressed_file_inside_a_compressed_file_is_refused() {
    assert_eq!(refusal(&gzip(&gzip(b"{}"))).0, "nested-compression");
}

#[test]
fn each_member_of_an_archive_has_its_own_receipt_sorted_by_name() {
    let text = cdx(json!({"components": [library("a", "pkg:npm/a@1")]})).to_string();
    let files: [(&str, &[u8]); 3] =
        [("z/b.json", text.as_bytes()), ("a.txt", b"hello"), ("Z.json", &gzip(text.as_bytes()))];
    let tar = tar_of(&files);

    for (archive, compression) in
        [(zip_of(&files), Some(Compression::Zip)), (gzip(&tar), Some(Compression::Gzip)), (tar.clone(), None)]
    {
        let readings = read_as(&archive, None, Limits::default());
        let files: Vec<&str> = readings.iter().map(|r| r.receipt.file.as_str()).collect();
        assert_eq!(files, ["bom.json!/Z.json", "bom.json!/a.txt", "bom.json!/z/b.json"]);
        assert_eq!(readings[2].receipt.sha256, Digest::of(text.as_bytes()));
        assert_eq!(readings[2].receipt.compression, compression);
        assert_eq!(readings[2].stored.as_deref(), Some(text.as_bytes()));
        assert_eq!(readings[0].receipt.counts["components"], 1);
        assert_eq!(readings[1].receipt.errors[0].code, "unknown-format");
        assert_eq!(readings[1].stored.as_deref(), Some(&b"hello"[..]));
    }
}

#[test]
fn an_archive_inside_an_archive_is_not_opened() {
    let inner = zip_of(&[("a.json", b"{}")]);

    let readings = read_as(&zip_of(&[("inner.zip", &inner)]), None, Limits::default());

    assert_eq!(readings[0].receipt.errors[0].code, "nested-archive");
}

#[test]
fn bombs_stop_at_the_limit_and_leave_nothing_to_store() {
    let zeros = vec![b' '; 64 * 1024 * 1024];
    let bomb = gzip(&zeros);

    let direct = read(&bomb);
    let in_zip = read_as(&zip_of(&[("bomb.json", &zeros)]), None, Limits::default()).remove(0);
    let tar_bomb = read(&gzip(&tar_of(&[("bomb.json", &zeros)])));

    for reading in [direct, in_zip, tar_bomb] {
        assert_eq!(reading.over, Some(Limit::Ratio));
        assert!(reading.stored.is_none() && reading.evidence.is_none());
        assert!(reading.receipt.errors[0].message.contains("`ratio`"));
    }
}

#[test]
fn a_document_over_the_size_limit_names_the_limit() {
    let limits = Limits { document_bytes: 100, ..Limits::default() };

    for bytes in [vec![b' '; 101], gzip(&[b' '; 101])] {
        let reading = read_as(&bytes, None, limits).remove(0);
        assert_eq!(reading.over, Some(Limit::DocumentBytes));
        assert!(reading.receipt.errors[0].message.contains("`document_bytes`"));
    }
}

#[test]
fn deep_nesting_is_stopped_before_it_is_parsed() {
    let deep = format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","x":{}}}"#, "[".repeat(1_000_000));

    assert_eq!(read(deep.as_bytes()).over, Some(Limit::Depth));
}

#[test]
fn nesting_up_to_the_limit_is_read() {
    let mut component = json!({"name": "leaf", "type": "library"});
    for i in 0..60 {
        component = json!({"name": format!("n{i}"), "type": "library", "components": [component]});
    }

    assert_eq!(accept(&cdx(json!({"components": [component]}))).0.counts["components"], 61);
}

#[test]
fn a_million_members_duplicate_keys_and_trailing_data_end_in_a_receipt() {
    let mut many = String::from("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\"");
    for i in 0..1_000_000 {
        many.push_str(&format!(",\"k{i}\":1"));
    }
    many.push('}');
    assert_eq!(read(many.as_bytes()).receipt.status, ReceiptStatus::Accepted);

    let twice = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a","name":"b"}]}"#;
    let reading = read(twice);
    assert_eq!(warned(&reading.receipt, "duplicate-key"), 1);

    let trailing = cdx(json!({})).to_string() + "]";
    assert!(refusal(trailing.as_bytes()).1.contains("more after the first value"));

    let huge = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1e999999,"components":[]}"#;
    assert_eq!(read(huge).receipt.status, ReceiptStatus::Accepted);
}
