use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::evidence::decoder::{Decoded, Decoder, Probe};
use crate::evidence::{DecodeError, Evidence};

fn decode(decoder: &dyn Decoder, document: &Value) -> Result<Decoded, DecodeError> {
    let text = document.to_string();
    let probe = Probe::new("x.json", text.as_bytes());
    assert!(decoder.recognises(&probe), "{document}");
    let decoded = decoder.decode(&probe)?;
    assert!(decoded.records.balanced());
    Ok(decoded)
}

fn read(decoder: &dyn Decoder, document: &Value) -> VexDocument {
    let Evidence::Vex(document) = decode(decoder, document).unwrap().evidence else { panic!("no VEX") };
    document
}

fn openvex(statements: &Value) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex-1", "author": "A",
        "timestamp": "2024-01-01T00:00:00Z", "version": 1, "statements": statements,
    })
}

#[test]
fn openvex_is_read_in_all_its_forms() {
    let document = read(
        &OpenVex,
        &openvex(&json!([
            { "vulnerability": "CVE-1", "products": ["pkg:npm/a@1"], "subcomponents": ["pkg:npm/b@2"], "status": "fixed" },
            { "vulnerability": { "name": "CVE-2", "aliases": ["GHSA-2", "CVE-2"] }, "timestamp": "2024-02-02",
              "products": [{ "@id": "pkg:npm/a@1", "identifiers": { "cpe23": "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*" },
                             "hashes": { "sha-256": "AB" }, "subcomponents": [{ "@id": "pkg:npm/c" }] }],
              "status": "not_affected", "justification": "component_not_present" },
            { "vulnerability": { "@id": "https://example.org/CVE-3" }, "products": [], "status": "odd" },
            { "products": ["pkg:npm/a"], "status": "fixed" },
        ])),
    );

    assert_eq!(document.statements.len(), 3);
    let [first, second, third] = document.statements.as_slice() else { panic!() };
    assert_eq!(first.products[0].subcomponents[0].identifiers, [Identifier::of("pkg:npm/b@2")]);
    assert_eq!(first.timestamp, document.timestamp);
    assert_eq!(second.aliases, ["GHSA-2"]);
    assert!(second.timestamp > document.timestamp);
    assert!(second.products[0].identifiers.contains(&Identifier::hash("sha256", "ab")));
    assert_eq!(second.justification, Some(Justification::ComponentNotPresent));
    assert_eq!(
        (third.vulnerability.as_str(), third.status, third.status_raw.as_str()),
        ("CVE-3", Status::Unknown, "odd")
    );
}

#[test]
fn what_openvex_lacks_is_said() {
    let decoded = decode(
        &OpenVex,
        &openvex(&json!([
            { "vulnerability": "CVE-1", "products": ["pkg:npm/a@1"], "status": "not_affected" },
            { "vulnerability": "CVE-1", "status": "not_affected", "justification": "because" },
            { "status": "fixed" },
        ])),
    );
    let warnings = decoded.unwrap().warnings;
    for code in ["no-justification", "unknown-justification", "no-products", "no-vulnerability"] {
        assert!(warnings.iter().any(|warning| warning.code == code), "{code}");
    }
    let wrong = decode(&OpenVex, &openvex(&json!({ "a": 1 }))).unwrap_err();
    assert_eq!(wrong.code, "wrong-type");
    let mut newer = openvex(&json!([]));
    newer["@context"] = json!("https://openvex.dev/ns/v3.0.0");
    assert_eq!(decode(&OpenVex, &newer).unwrap_err().code, "unsupported-version");
}

fn csaf(vulnerability: &Value) -> Value {
    json!({
        "document": {
            "category": "csaf_vex", "csaf_version": "2.0", "title": "T",
            "publisher": { "category": "vendor", "name": "V", "namespace": "https://v.example" },
            "tracking": { "id": "V-1", "version": "2", "initial_release_date": "2024-01-01T00:00:00Z",
                          "current_release_date": "2024-02-01T00:00:00Z" },
        },
        "product_tree": {
            "branches": [{ "category": "vendor", "name": "V", "branches": [
                { "category": "product_name", "name": "P", "branches": [
                    { "category": "product_version", "name": "1.0", "product":
                      { "name": "P 1.0", "product_id": "P1", "product_identification_helper": { "purl": "pkg:npm/p@1.0" } } },
                    { "category": "product_version_range", "name": "vers:npm/<1.0", "product":
                      { "name": "P <1.0", "product_id": "P0", "product_identification_helper": { "purl": "pkg:npm/p" } } },
                ] }] }],
            "full_product_names": [{ "name": "c", "product_id": "C", "product_identification_helper": { "cpe": "cpe:/a:v:c:2" } }],
            "relationships": [{ "category": "default_component_of", "product_reference": "C",
                "relates_to_product_reference": "P1", "full_product_name": { "name": "c in P", "product_id": "P1:C" } }],
            "product_groups": [{ "group_id": "G", "product_ids": ["P1", "P0"] }],
        },
        "vulnerabilities": [vulnerability],
    })
}

#[test]
fn csaf_is_taken_apart_by_what_is_said_of_each_product() {
    let document = read(
        &CsafVex,
        &csaf(&json!({
            "cve": "CVE-2024-0001", "ids": [{ "system_name": "x", "text": "X-1" }],
            "product_status": { "known_not_affected": ["P1", "P1:C", "nowhere"], "known_affected": ["P0"], "recommended": ["P1"] },
            "flags": [{ "label": "component_not_present", "product_ids": ["P1"] }],
            "threats": [{ "category": "impact", "details": "none", "product_ids": ["P1:C"] }],
            "remediations": [{ "category": "vendor_fix", "details": "update", "group_ids": ["G"] }],
        })),
    );

    assert_eq!((document.author.as_deref(), document.role.as_deref()), (Some("V"), Some("vendor")));
    assert_eq!(document.statements.len(), 3);
    let by = |status: Status, justified: bool| {
        let is_it = |s: &&VexStatement| s.status == status && s.justification.is_some() == justified;
        document.statements.iter().find(is_it).cloned().unwrap()
    };
    let flagged = by(Status::NotAffected, true);
    assert_eq!(flagged.products[0].identifiers, [Identifier::of("pkg:npm/p@1.0")]);
    assert_eq!((flagged.aliases.as_slice(), flagged.impact.as_deref()), (&["X-1".to_owned()][..], None));
    let part = by(Status::NotAffected, false);
    assert_eq!(part.products[0].identifiers, [Identifier::of("pkg:npm/p@1.0")]);
    assert_eq!(part.products[0].subcomponents[0].identifiers, [Identifier::of("cpe:/a:v:c:2")]);
    assert_eq!(part.impact.as_deref(), Some("none"));
    let affected = by(Status::Affected, false);
    assert_eq!(affected.products[0].range.as_deref(), Some("vers:npm/<1.0"));
    assert_eq!(affected.action.as_deref(), Some("update"));
}

#[test]
fn an_advisory_is_left_to_the_reader_of_advisories() {
    let mut advisory = csaf(&json!({}));
    advisory["document"]["category"] = json!("csaf_security_advisory");
    let text = advisory.to_string();

    assert!(!CsafVex.recognises(&Probe::new("x.json", text.as_bytes())));
    let mut newer = csaf(&json!({}));
    newer["document"]["csaf_version"] = json!("9");
    assert_eq!(decode(&CsafVex, &newer).unwrap_err().code, "unsupported-version");
}

fn analysed_bom() -> Value {
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "metadata": { "timestamp": "2024-01-01T00:00:00Z", "manufacturer": { "name": "M" },
                      "component": { "type": "application", "bom-ref": "app", "name": "app", "purl": "pkg:npm/app@1" } },
        "components": [{ "type": "library", "bom-ref": "lib", "name": "lib", "version": "2", "purl": "pkg:npm/lib@2" }],
        "vulnerabilities": [
            { "id": "CVE-1", "references": [{ "id": "GHSA-1" }], "affects": [{ "ref": "lib" }],
              "analysis": { "state": "false_positive", "justification": "code_not_reachable", "detail": "d" } },
            { "id": "CVE-2", "affects": [{ "ref": "lib", "versions": [
                { "range": "vers:npm/<2", "status": "affected" }, { "version": "2", "status": "unaffected" }] }],
              "analysis": { "state": "exploitable" } },
            { "id": "CVE-3", "affects": [{ "ref": "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#x" }],
              "analysis": { "state": "in_triage" } },
            { "id": "CVE-4", "affects": [{ "ref": "lib" }] },
        ],
    })
}

#[test]
fn cyclonedx_statements_hold_inside_the_product_described() {
    let decoded = decode(&crate::evidence::sbom::cyclonedx::CycloneDxJson, &analysed_bom()).unwrap();
    let Evidence::Sbom(bom) = decoded.evidence else { panic!() };
    let document = from_cyclonedx(&bom);

    let said: Vec<(&str, Status, &str)> = document
        .statements
        .iter()
        .map(|s| (s.vulnerability.as_str(), s.status, s.status_raw.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("CVE-1", Status::NotAffected, "false_positive"),
            ("CVE-2", Status::Affected, "exploitable"),
            ("CVE-2", Status::NotAffected, "unaffected"),
            ("CVE-3", Status::UnderInvestigation, "in_triage"),
        ]
    );
    let first = &document.statements[0];
    assert_eq!(first.justification, Some(Justification::VulnerableCodeNotInExecutePath));
    assert!(first.products[0].identifiers.contains(&Identifier::of("pkg:npm/app@1")));
    assert!(first.products[0].subcomponents[0].identifiers.contains(&Identifier::of("pkg:npm/lib@2")));
    assert_eq!(document.statements[1].products[0].subcomponents[0].range.as_deref(), Some("vers:npm/<2"));
    assert!(matches!(document.statements[3].products[0].identifiers[0], Identifier::BomLink { .. }));
    assert_eq!(document.author.as_deref(), Some("M"));
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let probe = Probe::new("x", &bytes);
        prop_assert!(!OpenVex.recognises(&probe) || !CsafVex.recognises(&probe));
        drop((OpenVex.decode(&probe), CsafVex.decode(&probe)));
    }

    #[test]
    fn the_order_of_statements_and_products_changes_no_identity(turn in 0_usize..4) {
        let mut products = vec!["pkg:npm/a@1", "pkg:npm/b@1", "pkg:npm/c@1", "pkg:npm/d@1"];
        let mut statements = vec![
            json!({ "vulnerability": "CVE-1", "products": products, "status": "fixed" }),
            json!({ "vulnerability": "CVE-2", "products": ["pkg:npm/a@1"], "status": "affected" }),
        ];
        let identities = |statements: &[Value]| {
            let document = read(&OpenVex, &openvex(&json!(statements)));
            let mut list: Vec<Digest> = document.statements.iter().map(|s| s.identity).collect();
            list.sort_unstable();
            list
        };
        let before = identities(&statements);
        products.rotate_left(turn);
        statements[0]["products"] = json!(products);
        statements.rotate_left(turn % 2);
        prop_assert_eq!(identities(&statements), before);
    }
}
