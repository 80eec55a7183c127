//! CycloneDX as it is met in the wild, one test per case of the list of edge cases, named after the case.

use std::fmt::Write as _;

use attestry::base::UnixMillis;
use attestry::evidence::sbom::{PartyKind, Sbom, Scope};
use attestry::evidence::{Encoding, Evidence, EvidenceKind, Receipt, ReceiptStatus};
use serde_json::{Value, json};

use crate::uploads::{accept, cdx, edges, gzip, library, names, read, refusal, warned};

mod components;
mod forms;
mod statements;
mod xml;

/// The receipt and content of an XML document that must be accepted.
fn accept_xml(text: &str) -> (Receipt, Sbom) {
    let reading = read(text.as_bytes());
    assert_eq!(reading.receipt.status, ReceiptStatus::Accepted, "{:?}", reading.receipt.errors);
    assert!(reading.receipt.records.balanced(), "{:?}", reading.receipt.records);
    match reading.evidence {
        Some(Evidence::Sbom(sbom)) => (reading.receipt, sbom),
        other => panic!("no SBOM but {other:?}"),
    }
}

/// A CycloneDX document in XML of a version, with the given content.
fn bom(version: &str, content: &str) -> String {
    format!(r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/{version}">{content}</bom>"#)
}

fn licences(licences: Value) -> Sbom {
    accept(&cdx(json!({"components": [{"type": "library", "name": "a", "licenses": licences}]}))).1
}

#[test]
fn sbom_case_01_nothing_and_no_document_are_refused_with_a_reason() {
    assert_eq!(refusal(b"").0, "empty");
    assert_eq!(refusal(b"{}").0, "unknown-format");
    assert_eq!(refusal(b"<bom/>").0, "no-namespace");
    assert_eq!(refusal(br#"<bom xmlns="https://example.com/bom"/>"#).0, "wrong-namespace");
    assert_eq!(refusal(br#"<bom xmlns="http://cyclonedx.org/schema/bom/12"/>"#).0, "unsupported-version");
}

#[test]
fn sbom_case_02_unknown_versions_are_refused_naming_those_that_are_read() {
    for version in [json!({}), json!({"specVersion": "1.1"}), json!({"specVersion": "666"})] {
        let mut document = json!({"bomFormat": "CycloneDX", "components": []});
        document.as_object_mut().unwrap().extend(version.as_object().unwrap().clone());
        assert!(refusal(document.to_string().as_bytes()).1.contains("1.2, 1.3, 1.4, 1.5, 1.6, 1.7"));
    }
    assert!(refusal(bom("666", "").as_bytes()).1.contains("1.0, 1.1, 1.2"));
}

#[test]
fn sbom_case_03_the_version_may_stand_last() {
    let text =
        r#"{"components":[{"type":"library","name":"a"}],"bomFormat":"CycloneDX","specVersion":"1.5"}"#;

    assert_eq!(read(text.as_bytes()).receipt.format_version.as_deref(), Some("1.5"));
}

#[test]
fn sbom_case_04_every_version_is_read_in_both_forms() {
    for version in ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"] {
        let content = "<components><component type='library'><name>a</name></component></components>";
        let (receipt, sbom) = accept_xml(&bom(version, content));
        assert_eq!(
            (receipt.format_version.as_deref(), receipt.encoding),
            (Some(version), Some(Encoding::Xml))
        );
        assert_eq!(names(&sbom), ["a"]);
        if version >= "1.2" {
            let text =
                json!({"bomFormat": "CycloneDX", "specVersion": version, "components": [{"name": "a"}]});
            assert_eq!(accept(&text).1.about.spec_version.as_deref(), Some(version));
        }
    }
}

#[test]
fn sbom_case_13_and_26_documents_with_next_to_nothing_are_accepted_and_marked() {
    let (receipt, sbom) =
        accept_xml(&bom("1.4", "<components/><dependencies><dependency ref='x'/></dependencies>"));

    assert_eq!((warned(&receipt, "no-components"), warned(&receipt, "no-root")), (1, 1));
    assert!(sbom.root.is_none() && sbom.dependencies.is_empty());
}

#[test]
fn sbom_case_14_a_document_whose_inventory_is_no_list_is_refused() {
    for member in ["components", "vulnerabilities"] {
        let document = cdx(json!({member: "none"}));
        assert_eq!(refusal(document.to_string().as_bytes()).0, "wrong-type");
    }
}

#[test]
fn sbom_case_15_and_17_thousands_of_components_are_counted_exactly_each_time() {
    let components: Vec<Value> =
        (0..9056).map(|i| library(&format!("c{i}"), &format!("pkg:npm/c{i}@1"))).collect();
    let dependencies: Vec<Value> =
        (0..2678).map(|i| json!({"ref": format!("c{i}"), "dependsOn": [format!("c{}", i + 1)]})).collect();
    let document = cdx(json!({"components": components, "dependencies": dependencies}));

    let (first, one) = accept(&document);
    let (second, two) = accept(&document);

    assert_eq!((first.counts["components"], first.counts["dependencies"]), (9056, 2678));
    assert_eq!(
        one.components.len() - one.dependencies.iter().filter(|(from, _)| from.is_some()).count(),
        6378
    );
    assert_eq!((first, one.semantic_digest()), (second, two.semantic_digest()));
    assert_eq!(one, two);
}

#[test]
fn sbom_case_18_and_19_qualifiers_keep_apart_and_references_do_not() {
    let (_, sbom) = accept(&cdx(json!({
        "components": [
            library("a", "pkg:deb/debian/curl@1?arch=amd64"), library("b", "pkg:deb/debian/curl@1?arch=arm64"),
            library("c", "pkg:deb/debian/curl@1?arch=amd64"),
        ],
        "dependencies": [{"ref": "a", "dependsOn": ["b"]}, {"ref": "c", "dependsOn": ["b"]}],
    })));

    assert_eq!((sbom.components.len(), edges(&sbom)), (2, vec![("a", "b")]));
}

#[test]
fn sbom_case_20_one_reference_for_two_things_is_a_warning() {
    let (receipt, sbom) = accept(&cdx(json!({
        "components": [library("x", "pkg:npm/a@1"), library("x", "pkg:npm/b@1")],
    })));

    assert_eq!((sbom.components.len(), warned(&receipt, "duplicate-ref")), (2, 1));
}

#[test]
fn sbom_case_21_identities_need_neither_reference_nor_order() {
    let parts =
        [json!({"type": "library", "name": "a", "version": "1"}), json!({"type": "file", "name": "b"})];
    let (_, one) = accept(&cdx(json!({"components": parts})));
    let (_, two) = accept(&cdx(json!({"components": [parts[1], parts[0]]})));

    assert_eq!(one.components[0].identity, two.components[1].identity);
    assert_eq!(one.components[1].identity, two.components[0].identity);
    assert_eq!(one.semantic_digest(), two.semantic_digest());
}

#[test]
fn sbom_case_22_nested_components_are_flattened_and_every_nesting_is_kept() {
    let shared = json!({"type": "library", "name": "shared"});
    let (receipt, sbom) = accept(&cdx(json!({"components": [
        {"name": "a", "components": [shared]}, {"name": "b", "components": [shared]},
    ]})));

    assert_eq!((receipt.counts["components"], names(&sbom)), (4, vec!["a", "shared", "b"]));
    assert_eq!((sbom.components[1].parent, sbom.nestings), (Some(0), vec![(Some(2), 1)]));
}

#[test]
fn sbom_case_23_ancestors_are_facts_and_no_components() {
    let (receipt, sbom) = accept(&cdx(json!({"components": [{"name": "a", "pedigree": {
        "ancestors": [{"type": "library", "group": "g", "name": "b", "version": "1"}], "variants": [{"name": "c"}],
        "patches": [{"type": "backport", "diff": {"url": "u"}, "resolves": [{"type": "security", "id": "CVE-1"}]}],
        "commits": [{"uid": "abc"}], "notes": "n",
    }}]})));

    let pedigree = &sbom.components[0].details.as_ref().unwrap().pedigree;
    assert_eq!((receipt.counts["components"], pedigree.ancestors[0].name.as_str()), (1, "g/b"));
    assert_eq!((pedigree.variants.len(), pedigree.commits.as_slice()), (1, ["abc".to_owned()].as_slice()));
    assert_eq!(pedigree.patches[0].resolves, [(Some("security".to_owned()), Some("CVE-1".to_owned()))]);
}

#[test]
fn sbom_case_24_and_27_references_to_nothing_and_to_other_documents_are_told_apart() {
    let (receipt, sbom) = accept(&cdx(json!({
        "components": [library("a", "pkg:npm/a@1")],
        "dependencies": [{"ref": "a", "dependsOn": ["gone", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#x"]}],
        "externalReferences": [{"type": "bom", "url": "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1",
            "hashes": [{"alg": "SHA-256", "content": "ab"}]}],
    })));

    assert_eq!((warned(&receipt, "dangling-ref"), warned(&receipt, "external-ref")), (1, 1));
    assert_eq!(sbom.about.external_documents[0].hashes[0].algorithm, "SHA-256");
}

#[test]
fn sbom_case_25_cycles_and_self_references_end() {
    let (receipt, sbom) = accept(&cdx(json!({
        "components": [library("a", "pkg:npm/a@1"), library("b", "pkg:npm/b@1")],
        "dependencies": [{"ref": "a", "dependsOn": ["a", "b", "b"]}, {"ref": "b", "dependsOn": ["a", "shop"]}],
    })));

    assert_eq!(edges(&sbom), [("a", "a"), ("a", "b"), ("b", "a")]);
    assert_eq!(receipt.counts["dependencies"], 4);
}

#[test]
fn sbom_case_43_authors_and_tools_of_every_version_are_one_model() {
    let (_, sbom) = accept(&cdx(json!({
        "metadata": {
            "authors": [{"name": "Ann", "email": "ann@example.com"}], "supplier": {"name": "S", "url": "https://s.example"},
            "manufacture": {"name": "M"}, "lifecycles": [{"phase": "build"}, {"name": "own"}],
            "tools": {"components": [{"name": "t", "version": "1", "supplier": {"name": "V"}}], "services": [{"name": "u"}]},
            "component": {"name": "shop"}, "licenses": [{"license": {"id": "CC0-1.0"}}],
        },
        "components": [{"name": "a", "author": "Bob", "authors": [{"name": "Bob"}, {"name": "Cleo"}]}, {"name": "b", "author": "Dan"}],
    })));

    let kinds: Vec<_> = sbom.about.creators.iter().map(|c| (c.kind, c.name.as_deref().unwrap())).collect();
    assert_eq!(kinds, [(PartyKind::Person, "Ann"), (PartyKind::Tool, "t"), (PartyKind::Tool, "u")]);
    assert_eq!(
        (sbom.about.creators[0].is_reachable(), sbom.about.creators[1].maker.as_deref()),
        (true, Some("V"))
    );
    assert_eq!(sbom.about.supplier.as_ref().unwrap().urls, ["https://s.example"]);
    assert_eq!(sbom.root.as_ref().unwrap().supplier.as_deref(), Some("M"));
    assert_eq!((sbom.about.lifecycles.len(), sbom.about.data_licences[0].text.as_str()), (2, "CC0-1.0"));
    let authors = |i: usize| sbom.components[i].details.as_ref().unwrap().authors.len();
    assert_eq!((authors(0), authors(1)), (2, 1));
}

#[test]
fn sbom_case_44_services_occurrences_and_properties_are_kept() {
    let (receipt, sbom) = accept(&cdx(json!({
        "services": [{"name": "", "endpoints": ["https://s"], "authenticated": true, "x-trust-boundary": false,
            "data": [{"classification": "PII", "flow": "inbound"}], "provider": {"name": "P"},
            "services": [{"group": "g", "name": "t"}]}],
        "components": [{"name": "a", "scope": "excluded", "properties": [{"name": "p", "value": "1"}, {"name": "p", "value": "2"}],
            "evidence": {"occurrences": [{"location": "/x", "line": 7}], "identity": {"field": "purl", "confidence": 0.5}}}],
    })));

    assert_eq!((receipt.counts["services"], sbom.about.services[1].name.as_str()), (2, "g/t"));
    assert_eq!((sbom.about.services[1].parent, sbom.about.services[0].authenticated), (Some(0), Some(true)));
    let details = sbom.components[0].details.as_ref().unwrap();
    assert_eq!((details.properties.len(), details.evidence.occurrences[0].line), (2, Some(7)));
    assert_eq!(details.evidence.identities[0].confidence, Some(0.5));
    assert_eq!(sbom.components[0].scope, Some(Scope::Excluded));
}

#[test]
fn sbom_case_45_hashes_are_kept_by_the_name_written() {
    let algorithms = [
        "MD5",
        "SHA-1",
        "SHA-256",
        "SHA-384",
        "SHA-512",
        "SHA3-256",
        "SHA3-384",
        "SHA3-512",
        "BLAKE2b-256",
        "BLAKE2b-384",
        "BLAKE2b-512",
        "BLAKE3",
        "Streebog-256",
        "Streebog-512",
        "ROT-13",
    ];
    let hashes: Vec<Value> = algorithms.iter().map(|alg| json!({"alg": alg, "content": "ABCDEF"})).collect();
    let (_, sbom) = accept(&cdx(json!({"components": [{"name": "a", "hashes": hashes}]})));

    let found: Vec<_> =
        sbom.components[0].details.as_ref().unwrap().hashes.iter().map(|h| h.algorithm.as_str()).collect();
    assert_eq!(found, algorithms);
}

#[test]
fn sbom_case_46_serial_number_and_version_do_not_change_the_digest_and_content_does() {
    let document = |serial: &str, version: u32, name: &str| {
        accept(&cdx(json!({"serialNumber": serial, "version": version, "components": [{"name": name}]}))).1
    };
    let one = document("urn:uuid:1", 1, "a");

    assert_eq!((one.serial.as_deref(), one.about.version.as_deref()), (Some("urn:uuid:1"), Some("1")));
    assert_eq!(one.semantic_digest(), document("urn:uuid:2", 7, "a").semantic_digest());
    assert_ne!(one.semantic_digest(), document("urn:uuid:1", 1, "b").semantic_digest());
}

#[test]
fn sbom_case_48_times_are_kept_as_written_and_as_read() {
    for (text, read) in [
        ("2026-01-02T03:04:05+02:00", Some("2026-01-02T01:04:05Z")),
        ("2026-01-02T03:04:05", Some("2026-01-02T03:04:05Z")),
        ("2999-01-01T00:00:00Z", Some("2999-01-01T00:00:00Z")),
        ("yesterday", None),
    ] {
        let (receipt, sbom) = accept(&cdx(json!({"metadata": {"timestamp": text}, "components": []})));
        assert_eq!(sbom.about.produced_at.as_deref(), Some(text));
        assert_eq!(sbom.produced_at, read.map(|read| UnixMillis::parse_lenient(read).unwrap()));
        assert_eq!(warned(&receipt, "bad-timestamp"), u64::from(read.is_none()));
    }
}

#[test]
fn sbom_case_51_hostile_shapes_are_refused_or_survived() {
    let mut many = String::from(r#"{"bomFormat":"CycloneDX","specVersion":"1.6""#);
    (0..100_000).for_each(|i| write!(many, r#","k{i}":1e400"#).unwrap());
    many.push('}');
    assert_eq!(read(many.as_bytes()).receipt.status, ReceiptStatus::Accepted);

    let deep = bom("1.6", &"<components><component>".repeat(100));
    assert_eq!(read(deep.as_bytes()).receipt.status, ReceiptStatus::Quarantined);
    let trailing = format!("{}{{}}", cdx(json!({})));
    assert_eq!(refusal(trailing.as_bytes()).0, "invalid-json");
    let twice = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a","name":"b"}]}"#;
    assert_eq!(warned(&read(twice).receipt, "duplicate-key"), 1);
}

#[test]
fn sbom_case_55_protocol_buffers_are_accepted() {
    let bytes = b"\n\x031.6*\x08\x08\x03B\x01a\x4a\x01\x31*\x05\x08\x02B\x01b";

    for bytes in [bytes.to_vec(), gzip(bytes)] {
        let reading = read(&bytes);
        assert_eq!(reading.receipt.status, ReceiptStatus::Accepted, "{:?}", reading.receipt.errors);
        assert_eq!(
            (reading.receipt.encoding, reading.receipt.kind),
            (Some(Encoding::Protobuf), Some(EvidenceKind::Sbom))
        );
        assert_eq!(reading.receipt.counts["components"], 2);
    }
}
