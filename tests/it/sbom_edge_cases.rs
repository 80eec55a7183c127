//! Bills of materials as they arrive: packed, odd, damaged, hostile. Each case is one that broke some importer.

use std::collections::BTreeSet;
use std::io::Write;

use attestry::base::Digest;
use attestry::evidence::sbom::{Component, Sbom};
use attestry::evidence::{
    Compression, Evidence, EvidenceKind, Limit, Limits, Reading, Receipt, ReceiptStatus, Upload, intake,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read_as(bytes: &[u8], kind: Option<EvidenceKind>, limits: Limits) -> Vec<Reading> {
    intake::read(&Upload { name: "bom.json", bytes, kind, limits, redaction_key: &[1; 32] })
}

fn read(bytes: &[u8]) -> Reading {
    let mut readings = read_as(bytes, None, Limits::default());
    assert_eq!(readings.len(), 1);
    readings.remove(0)
}

/// The receipt and content of a document that must be accepted.
fn accept(document: &Value) -> (Receipt, Sbom) {
    let reading = read(document.to_string().as_bytes());
    assert_eq!(reading.receipt.status, ReceiptStatus::Accepted, "{:?}", reading.receipt.errors);
    assert!(reading.receipt.records.balanced(), "{:?}", reading.receipt.records);
    match reading.evidence {
        Some(Evidence::Sbom(sbom)) => (reading.receipt, sbom),
        other => panic!("no SBOM but {other:?}"),
    }
}

/// Code and message of the reason why something was quarantined.
fn refusal(bytes: &[u8]) -> (String, String) {
    let reading = read(bytes);
    assert_eq!(reading.receipt.status, ReceiptStatus::Quarantined);
    assert!(reading.receipt.counts.is_empty() && reading.evidence.is_none());
    let error = reading.receipt.errors.into_iter().next().unwrap();
    (error.code, error.message)
}

fn warned(receipt: &Receipt, code: &str) -> u64 {
    receipt.warnings.iter().find(|w| w.code == code).map_or(0, |w| w.count)
}

/// A CycloneDX 1.6 document with the given members.
fn cdx(members: Value) -> Value {
    let mut document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {"component": {"type": "application", "name": "shop", "version": "2", "bom-ref": "shop"}},
    });
    let (Some(document_map), Value::Object(members)) = (document.as_object_mut(), members) else { panic!() };
    document_map.extend(members);
    document
}

fn library(reference: &str, purl: &str) -> Value {
    json!({"type": "library", "bom-ref": reference, "name": reference, "version": "1", "purl": purl})
}

fn spdx(members: Value) -> Value {
    let mut document = json!({"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "doc"});
    let (Some(document_map), Value::Object(members)) = (document.as_object_mut(), members) else { panic!() };
    document_map.extend(members);
    document
}

fn package(id: &str) -> Value {
    json!({"SPDXID": format!("SPDXRef-{id}"), "name": id, "versionInfo": "1"})
}

fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to})
}

fn names(sbom: &Sbom) -> Vec<&str> {
    sbom.components.iter().map(|c| c.name.as_str()).collect()
}

/// Edges by name; the described thing is `*`.
fn edges(sbom: &Sbom) -> Vec<(&str, &str)> {
    let name = |index: u32| sbom.components[index as usize].name.as_str();
    sbom.dependencies.iter().map(|(from, to)| (from.map_or("*", name), name(*to))).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

// ---- what is refused, and how it is said

#[test]
fn empty_and_meaningless_files_are_quarantined_with_a_reason() {
    assert_eq!(refusal(b"").0, "empty");
    assert_eq!(refusal(b" \n\t ").0, "empty");
    assert_eq!(refusal(&gzip(b"")).0, "empty");
    assert_eq!(refusal(b"{}").0, "unknown-format");
    assert_eq!(refusal(b"[]").0, "unknown-format");
    assert_eq!(refusal(b"<bom/>").0, "unknown-format");
    assert!(refusal(b"<bom/>").1.contains("CycloneDX document in XML"));
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
    assert_eq!(sbom.vulnerabilities[0].severity, attestry::base::Severity::Critical);
}

// ---- how it is packed

#[test]
fn the_version_may_stand_last() {
    let text = r#"{"components":[{"name":"a","type":"library"}],"bomFormat":"CycloneDX","specVersion":"1.4"}"#;

    assert_eq!(read(text.as_bytes()).receipt.format_version.as_deref(), Some("1.4"));
}

#[test]
fn a_marker_behind_a_long_inventory_is_still_found() {
    let long: Vec<Value> = (0..2000).map(|i| library(&format!("c{i}"), &format!("pkg:npm/c{i}@1"))).collect();
    let text = format!(r#"{{"components":{},"specVersion":"1.6","bomFormat":"CycloneDX"}}"#, Value::from(long));

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
    let files: [(&str, &[u8]); 3] = [("z/b.json", text.as_bytes()), ("a.txt", b"hello"), ("Z.json", &gzip(text.as_bytes()))];
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

// ---- limits

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

// ---- what is inside: CycloneDX

#[test]
fn zero_components_are_accepted_and_marked() {
    let (receipt, sbom) = accept(&cdx(json!({"components": []})));

    assert_eq!(warned(&receipt, "no-components"), 1);
    assert!(sbom.components.is_empty());
    assert_eq!(sbom.name.as_deref(), Some("shop"));
}

#[test]
fn equal_names_with_different_qualifiers_are_two_components() {
    let (_, sbom) = accept(&cdx(json!({"components": [
        library("a", "pkg:deb/debian/curl@1?arch=amd64"), library("b", "pkg:deb/debian/curl@1?arch=arm64"),
    ]})));

    assert_eq!(sbom.components.len(), 2);
    assert_eq!(sbom.components[0].purl_key, sbom.components[1].purl_key);
    assert_ne!(sbom.components[0].identity, sbom.components[1].identity);
}

#[test]
fn duplicates_are_merged_and_their_edges_united() {
    let (receipt, sbom) = accept(&cdx(json!({
        "components": [library("a1", "pkg:npm/a@1"), library("a2", "pkg:npm/a@1"), library("b", "pkg:npm/b@1")],
        "dependencies": [{"ref": "a1", "dependsOn": ["b"]}, {"ref": "a2", "dependsOn": ["b"]}],
    })));

    assert_eq!(names(&sbom), ["a1", "b"]);
    assert_eq!(edges(&sbom), [("a1", "b")]);
    assert_eq!((receipt.counts["components"], receipt.counts["dependencies"]), (3, 2));
    assert_eq!((receipt.records.read, receipt.records.merged), (5, 2));
}

#[test]
fn statements_about_a_merged_component_follow_it() {
    let (_, sbom) = accept(&cdx(json!({
        "components": [library("a1", "pkg:npm/a@1"), library("a2", "pkg:npm/a@1")],
        "vulnerabilities": [{"id": "CVE-1", "affects": [{"ref": "a2"}, {"ref": "elsewhere"}]}],
    })));

    assert_eq!(sbom.vulnerabilities[0].affects, ["a1", "elsewhere"]);
}

#[test]
fn one_reference_on_two_components_is_a_warning() {
    let (receipt, sbom) = accept(&cdx(json!({
        "components": [library("x", "pkg:npm/a@1"), library("x", "pkg:npm/b@1"), library("c", "pkg:npm/c@1")],
        "dependencies": [{"ref": "c", "dependsOn": ["x"]}],
    })));

    assert_eq!(warned(&receipt, "duplicate-ref"), 1);
    assert_eq!(sbom.components.len(), 3);
    assert_eq!(sbom.dependencies, [(Some(2), 0)]);
}

#[test]
fn identities_need_no_reference_and_are_stable() {
    let bare = cdx(json!({"components": [{"type": "library", "group": "g", "name": "n"}, {"type": "file"}]}));

    let (_, one) = accept(&bare);
    let (_, two) = accept(&bare);

    assert_eq!(one, two);
    assert_eq!(one.components[0].name, "g/n");
    assert_ne!(one.components[0].identity, one.components[1].identity);
}

#[test]
fn nested_components_are_flattened_and_remember_their_parent() {
    let (receipt, sbom) = accept(&json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5",
        "metadata": {"component": {"name": "app", "components": [{"name": "part", "components": [{"name": "inner"}]}]}},
        "components": [{"name": "outer", "components": [{"name": "child"}]}],
    }));

    assert_eq!(names(&sbom), ["part", "inner", "outer", "child"]);
    let parents: Vec<_> = sbom.components.iter().map(|c| c.parent).collect();
    assert_eq!(parents, [None, Some(0), None, Some(2)]);
    assert_eq!(receipt.counts["components"], 4);
}

#[test]
fn ancestors_without_reference_are_no_components() {
    let (receipt, _) = accept(&cdx(json!({"components": [
        {"name": "a", "pedigree": {"ancestors": [{"name": "b"}], "variants": [{"name": "c"}]}},
    ]})));

    assert_eq!(receipt.counts["components"], 1);
    assert_eq!(warned(&receipt, "dangling-ref"), 0);
}

#[test]
fn dangling_references_are_counted_once_each_and_the_rest_is_kept() {
    let (receipt, sbom) = accept(&cdx(json!({
        "components": [library("a", "pkg:npm/a@1"), library("b", "pkg:npm/b@1")],
        "dependencies": [
            {"ref": "a", "dependsOn": ["gone", "b"]}, {"ref": "b", "dependsOn": ["gone", "urn:cdx:f/1#x"]},
        ],
    })));

    assert_eq!((warned(&receipt, "dangling-ref"), warned(&receipt, "external-ref")), (1, 1));
    assert_eq!(receipt.counts["dependencies"], 4);
    assert_eq!(receipt.records.dropped, 3);
    assert_eq!(edges(&sbom), [("a", "b")]);
}

#[test]
fn cycles_and_self_references_end() {
    let (_, sbom) = accept(&cdx(json!({
        "components": [library("a", "pkg:npm/a@1"), library("b", "pkg:npm/b@1")],
        "dependencies": [
            {"ref": "shop", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["b", "b", "a"]}, {"ref": "b", "dependsOn": ["a"]},
        ],
    })));

    assert_eq!(edges(&sbom), [("*", "a"), ("a", "a"), ("a", "b"), ("b", "a")]);
}

#[test]
fn a_package_url_may_serve_as_reference() {
    let component = json!({"type": "library", "name": "a", "purl": "pkg:npm/a@1"});
    let (receipt, sbom) = accept(&cdx(json!({
        "components": [component], "dependencies": [{"ref": "shop", "dependsOn": ["pkg:npm/a@1"]}, {"ref": "pkg:npm/a@1"}],
    })));

    assert_eq!(edges(&sbom), [("*", "a")]);
    assert_eq!(warned(&receipt, "dangling-ref"), 0);
}

#[test]
fn a_document_without_root_or_edges_is_accepted_and_marked() {
    let (receipt, sbom) = accept(&json!({
        "bomFormat": "CycloneDX", "specVersion": "1.2", "components": [{"name": "a"}], "dependencies": [{"ref": null}],
    }));

    assert_eq!(warned(&receipt, "no-root"), 1);
    assert!(sbom.dependencies.is_empty() && sbom.name.is_none());
}

#[test]
fn unreadable_package_urls_are_kept_as_written() {
    let purls = ["not a purl", "pkg:", "pkg:npm", "pkg:a b/c", &format!("pkg:{}", "x".repeat(5000))];
    let components: Vec<Value> = purls.iter().map(|purl| library("x", purl)).collect();

    let (receipt, sbom) = accept(&cdx(json!({"components": components})));

    assert_eq!(warned(&receipt, "invalid-purl"), purls.len() as u64);
    assert!(sbom.components.iter().all(|c| c.purl_key.is_none() && c.purl.is_some()));
}

#[test]
fn unknown_types_and_foreign_letters_make_good_package_urls() {
    let (receipt, sbom) = accept(&cdx(json!({"components": [
        library("a", "pkg:yocto/busybox@1"), library("b", "pkg:a-name/x@1"), library("c", "pkg:generic/größe@1"),
        library("d", ""),
    ]})));

    assert_eq!(warned(&receipt, "invalid-purl"), 0);
    assert_eq!(sbom.components.iter().filter(|c| c.purl_key.is_some()).count(), 3);
    assert_eq!(sbom.components[3].purl, None);
}

#[test]
fn blank_names_are_flagged_and_space_around_names_is_cut() {
    let (receipt, sbom) = accept(&cdx(json!({"components": [
        {"name": "  ", "type": "library"}, {"name": " left-pad ", "version": " 1 "},
    ]})));

    assert_eq!(warned(&receipt, "blank-name"), 1);
    assert_eq!(names(&sbom), ["", "left-pad"]);
    assert_eq!(sbom.components[1].version.as_deref(), Some("1"));
}

#[test]
fn nul_and_lone_surrogates_are_mended_with_a_warning() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a\u0000b"},{"name":"x\ud800"}]}"#;

    let reading = read(text.as_bytes());

    assert_eq!((warned(&reading.receipt, "nul-removed"), warned(&reading.receipt, "lone-surrogate")), (1, 1));
    let Some(Evidence::Sbom(sbom)) = reading.evidence else { panic!() };
    assert_eq!(names(&sbom), ["ab", "x\u{fffd}"]);
}

#[test]
fn null_lists_and_wrong_types_cost_one_field() {
    let (receipt, sbom) = accept(&cdx(json!({
        "components": [
            null, 7, {"name": "a", "version": 1.5, "licenses": "MIT", "supplier": "x", "components": null},
            {"name": ["b"], "purl": "pkg:npm/b@1"},
        ],
        "dependencies": null, "services": null,
    })));

    assert_eq!(receipt.counts["components"], 2);
    assert_eq!(sbom.components[0].version.as_deref(), Some("1.5"));
    assert!(warned(&receipt, "wrong-type") >= 5);
}

#[test]
fn every_licence_is_kept_as_written() {
    let (_, sbom) = accept(&cdx(json!({"components": [{"name": "a", "licenses": [
        {"license": {"id": "MIT"}}, {"license": {"name": "Our own"}}, {"expression": "(MIT OR Apache-2.0"},
        {"license": {"url": "https://example.com/l"}}, {},
    ]}]})));

    assert_eq!(sbom.components[0].licences, ["MIT", "Our own", "(MIT OR Apache-2.0", "https://example.com/l"]);
}

#[test]
fn services_are_counted_nested_ones_too() {
    let (receipt, _) = accept(&cdx(json!({
        "services": [{"name": "s", "bom-ref": "s", "services": [{"name": "t"}]}],
        "dependencies": [{"ref": "shop", "dependsOn": ["s"]}],
    })));

    assert_eq!(receipt.counts["services"], 2);
    assert_eq!(warned(&receipt, "edge-to-other"), 1);
}

#[test]
fn tools_are_read_in_both_forms() {
    let legacy = json!([{"vendor": "v", "name": "t", "version": "1"}]);
    let modern = json!({"components": [{"name": "t", "version": "1"}]});

    for tools in [legacy, modern] {
        let (_, sbom) = accept(&cdx(json!({"metadata": {"tools": tools, "timestamp": "2026-01-02T03:04:05Z"}})));
        assert_eq!(sbom.tools, ["t 1"]);
        assert_eq!(sbom.produced_at.map(|t| t.to_date()).as_deref(), Some("2026-01-02"));
    }
}

// ---- what is inside: SPDX

#[test]
fn spdx_relations_point_from_dependent_to_dependency() {
    let (receipt, sbom) = accept(&spdx(json!({
        "packages": [package("root"), package("a"), package("b"), package("c")],
        "relationships": [
            relation("SPDXRef-root", "DESCRIBED_BY", "SPDXRef-DOCUMENT"),
            relation("SPDXRef-root", "DEPENDS_ON", "SPDXRef-a"),
            relation("SPDXRef-b", "DEPENDENCY_OF", "SPDXRef-a"),
            relation("SPDXRef-c", "PACKAGE_OF", "SPDXRef-b"),
            relation("SPDXRef-b", "GENERATED_FROM", "SPDXRef-c"),
            relation("SPDXRef-a", "AMENDS", "SPDXRef-b"),
        ],
    })));

    assert_eq!(edges(&sbom), [("*", "a"), ("a", "b"), ("b", "c")]);
    assert_eq!((receipt.counts["components"], receipt.counts["relationships"]), (4, 6));
    assert_eq!(warned(&receipt, "other-relation"), 1);
    assert_eq!(sbom.name.as_deref(), Some("root"));
}

#[test]
fn document_describes_names_the_root_and_several_are_parts() {
    let sole = spdx(json!({"documentDescribes": ["SPDXRef-a"], "packages": [package("a"), package("b")],
        "relationships": [relation("SPDXRef-a", "CONTAINS", "SPDXRef-b")]}));
    let several = spdx(json!({"documentDescribes": ["SPDXRef-a", "SPDXRef-b"], "packages": [package("a"), package("b")]}));

    assert_eq!(edges(&accept(&sole).1), [("*", "b")]);
    assert_eq!(edges(&accept(&several).1), [("*", "a"), ("*", "b")]);
    assert_eq!(accept(&several).1.name.as_deref(), Some("doc"));
}

#[test]
fn nothing_null_and_foreign_elements_are_skipped_safely() {
    let (receipt, sbom) = accept(&spdx(json!({
        "packages": [package("a"), null],
        "relationships": [
            relation("SPDXRef-a", "DEPENDS_ON", "NOASSERTION"), relation("SPDXRef-a", "CONTAINS", "NONE"),
            {"spdxElementId": "SPDXRef-a", "relationshipType": "CONTAINS", "relatedSpdxElement": null}, null,
            relation("SPDXRef-a", "DEPENDS_ON", "DocumentRef-x:SPDXRef-y"),
            relation("SPDXRef-a", "DEPENDS_ON", "SPDXRef-gone"),
            relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-DOCUMENT"),
        ],
    })));

    assert!(sbom.dependencies.is_empty());
    assert_eq!(warned(&receipt, "no-assertion"), 4);
    assert_eq!((warned(&receipt, "external-ref"), warned(&receipt, "dangling-ref")), (1, 1));
    assert_eq!(warned(&receipt, "no-root"), 1);
}

#[test]
fn files_are_counted_and_relations_to_them_left_out() {
    let (receipt, sbom) = accept(&spdx(json!({
        "packages": [package("a")],
        "files": [{"SPDXID": "SPDXRef-f", "fileName": "./f",
            "checksums": [{"algorithm": "SHA1", "checksumValue": "0000"}]}],
        "relationships": [relation("SPDXRef-a", "CONTAINS", "SPDXRef-f")],
    })));

    assert_eq!(receipt.counts["files"], 1);
    assert_eq!((warned(&receipt, "files-not-kept"), warned(&receipt, "edge-to-other")), (1, 1));
    assert!(sbom.dependencies.is_empty());
}

#[test]
fn the_wrapper_of_github_is_opened() {
    let mut root = package("a");
    root["externalRefs"] = json!([{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
        "referenceLocator": "pkg:github/o/r@main"}]);
    let (receipt, sbom) = accept(&json!({"sbom": spdx(json!({
        "packages": [root], "relationships": [relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-a")],
        "creationInfo": {"created": "2026-01-02T03:04:05Z", "creators": ["Tool: protobom-1", "Person: x"]},
    }))}));

    assert_eq!((receipt.format.as_deref(), receipt.format_version.as_deref()), (Some("spdx"), Some("2.3")));
    assert_eq!(sbom.components[0].purl_key.as_deref(), Some("pkg:github/o/r@main"));
    assert_eq!(sbom.tools, ["protobom-1"]);
}

// ---- properties

fn identities(components: &[Component]) -> BTreeSet<Digest> {
    components.iter().map(|c| c.identity).collect()
}

fn component() -> impl Strategy<Value = Value> {
    ("[ab]?", "[a-c]{0,2}", "[12]?", prop_oneof![Just(""), Just("pkg:npm/a@1"), Just("pkg:npm/b@2?x=y"), Just("bad")])
        .prop_map(|(group, name, version, purl)| {
            json!({"type": "library", "group": group, "name": name, "version": version, "purl": purl})
        })
}

/// Checks what holds for every reading.
fn is_sound(readings: &[Reading]) -> bool {
    !readings.is_empty()
        && readings.iter().all(|r| {
            r.receipt.records.balanced()
                && (r.receipt.status == ReceiptStatus::Accepted) == r.evidence.is_some()
                && r.receipt.errors.iter().all(|e| e.code != "internal")
        })
}

proptest! {
    #[test]
    fn any_bytes_end_in_a_receipt(bytes in proptest::collection::vec(any::<u8>(), 0..400), magic in 0..8_usize) {
        let magics: [&[u8]; 8] = [b"", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh91AY&SY",
            b"\xfd7zXZ\x00", b"\xff\xfe{\x00", b"{\"bomFormat\":\"CycloneDX\","];
        let bytes = [magics[magic], &bytes].concat();

        prop_assert!(is_sound(&read_as(&bytes, None, Limits::default())));
    }

    #[test]
    fn damaged_documents_end_in_a_receipt(at in any::<prop::sample::Index>(), byte in any::<u8>(), wrap in 0..3_u8) {
        let text = cdx(json!({
            "components": [library("a", "pkg:npm/%40x/a@1?q=1#s"), {"name": "b\u{0}", "components": [{"name": "c"}]}],
            "dependencies": [{"ref": "shop", "dependsOn": ["a"]}],
            "vulnerabilities": [{"id": "CVE-1", "ratings": [{"score": 5.0, "method": "CVSSv3"}], "affects": [{"ref": "a"}]}],
        })).to_string();
        let mut bytes = match wrap {
            0 => text.into_bytes(),
            1 => gzip(text.as_bytes()),
            _ => zip_of(&[("a.json", text.as_bytes()), ("b.json", b"{}")]),
        };
        let at = at.index(bytes.len());
        bytes[at] = byte;

        prop_assert!(is_sound(&read_as(&bytes, None, Limits::default())));
    }

    #[test]
    fn any_json_in_any_place_ends_in_a_receipt(
        place in 0..6_usize,
        odd in prop_oneof![Just(json!(null)), Just(json!(1e300)), Just(json!([[]])), Just(json!({"ref": 1})),
            Just(json!(["x", null, 3])), Just(json!([{"name": {}, "ratings": 1, "dependsOn": [{}]}]))],
    ) {
        let members = ["components", "dependencies", "vulnerabilities", "services", "metadata", "serialNumber"];
        let document = cdx(json!({ members[place]: odd.clone() }));
        let spdx_members = ["packages", "files", "relationships", "documentDescribes", "creationInfo", "name"];
        let other = spdx(json!({ spdx_members[place]: odd }));

        for document in [document, other] {
            prop_assert!(is_sound(&read_as(document.to_string().as_bytes(), None, Limits::default())));
        }
    }

    #[test]
    fn reordering_components_changes_no_identity(
        (components, shuffled) in proptest::collection::vec(component(), 0..12)
            .prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
    ) {
        let (one, first) = accept(&cdx(json!({"components": components})));
        let (two, second) = accept(&cdx(json!({"components": shuffled})));

        prop_assert_eq!(identities(&first.components), identities(&second.components));
        prop_assert_eq!(one.records, two.records);
        prop_assert_eq!(one.records.read, one.records.kept + one.records.merged + one.records.dropped);
    }
}
