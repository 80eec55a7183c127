//! SPDX 3.0 documents and fragments.

use attestry::evidence::sbom::{LicenceRole, PartyKind};
use serde_json::{Value, json};

use crate::uploads::{accept, edges, names, refusal, warned};

fn document(graph: Value) -> Value {
    json!({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph})
}

fn relation(from: &str, kind: &str, to: &[&str]) -> Value {
    json!({"type": "Relationship", "spdxId": format!("r:{from}:{kind}"), "from": from, "relationshipType": kind, "to": to})
}

fn whole() -> Value {
    document(json!([
        relation("p:a", "dependsOn", &["p:b", "p:c"]),
        relation("p:b", "generates", &["p:c"]),
        relation("p:a", "hasConcludedLicense", &["l:set"]),
        relation("p:a", "hasDeclaredLicense", &["https://spdx.org/licenses/MIT"]),
        relation("p:a", "contains", &["f:1"]),
        relation("p:b", "dependsOn", &[]),
        {"type": "software_Package", "spdxId": "p:a", "creationInfo": "_:c", "name": "a", "software_packageVersion": "1",
            "suppliedBy": "o:acme", "externalIdentifier": [
                {"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:npm/a@1"},
                "i:cpe"],
            "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": "abcd"}]},
        {"type": "software_Package", "spdxId": "p:b", "name": "b", "software_packageUrl": "pkg:npm/b@1"},
        {"type": "software_Package", "spdxId": "p:c", "name": "c"},
        {"type": "ExternalIdentifier", "spdxId": "i:cpe", "externalIdentifierType": "cpe23", "identifier": "cpe:2.3:a:a:a:1:*:*:*:*:*:*:*"},
        {"type": "software_File", "spdxId": "f:1", "name": "f"},
        {"type": "expandedlicensing_ConjunctiveLicenseSet", "spdxId": "l:set", "expandedlicensing_member": ["l:x", "l:y"]},
        {"type": "simplelicensing_LicenseExpression", "spdxId": "l:x", "simplelicensing_licenseExpression": "MIT"},
        {"type": "expandedlicensing_ListedLicense", "spdxId": "l:y", "name": "Apache"},
        {"type": "Organization", "spdxId": "o:acme", "name": "Acme", "externalIdentifier": [
            {"type": "ExternalIdentifier", "externalIdentifierType": "email", "identifier": "info@example.com"}]},
        {"type": "Tool", "spdxId": "t:1", "name": "maker 1.2"},
        {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2026-01-02T03:04:05Z",
            "createdBy": ["o:acme"], "createdUsing": ["t:1"]},
        {"type": "SpdxDocument", "spdxId": "d:1", "creationInfo": "_:c", "name": "doc", "rootElement": ["s:1"]},
        {"type": "software_Sbom", "spdxId": "s:1", "creationInfo": "_:c", "rootElement": ["p:a"]},
    ]))
}

#[test]
fn elements_are_put_together_in_whatever_order_they_stand() {
    let mut turned = whole();
    turned["@graph"].as_array_mut().unwrap().reverse();

    let (receipt, sbom) = accept(&whole());
    let (_, other) = accept(&turned);

    assert_eq!((receipt.counts["components"], receipt.counts["elements"]), (3, 19));
    assert_eq!((receipt.format_version.as_deref(), sbom.name.as_deref()), (Some("3.0.1"), Some("a")));
    assert_eq!(edges(&sbom), [("*", "b"), ("*", "c"), ("c", "b")]);
    let mut there: Vec<_> = sbom.components.iter().map(|c| c.identity).collect();
    let mut here: Vec<_> = other.components.iter().map(|c| c.identity).collect();
    there.sort_unstable();
    here.sort_unstable();
    assert_eq!(there, here);
    let mut one = edges(&sbom);
    let mut two = edges(&other);
    one.sort_unstable();
    two.sort_unstable();
    assert_eq!(one, two);
}

#[test]
fn packages_gather_licences_agents_identifiers_and_hashes_from_elsewhere() {
    let (_, sbom) = accept(&whole());
    let a = sbom.root.as_deref().unwrap();

    let licences: Vec<_> = a.licences.iter().map(|l| (l.role, l.text.as_str())).collect();
    assert_eq!(licences, [(LicenceRole::Concluded, "(MIT AND l:y)"), (LicenceRole::Declared, "MIT")]);
    assert_eq!((a.supplier.as_deref(), a.purl_key.as_deref()), (Some("Acme"), Some("pkg:npm/a@1")));
    assert_eq!((a.cpes().count(), a.details.as_deref().unwrap().hashes.len()), (1, 1));
    let creators: Vec<_> = sbom.about.creators.iter().map(|c| c.kind).collect();
    assert_eq!(creators, [PartyKind::Organisation, PartyKind::Tool]);
    assert_eq!(sbom.tools, ["maker 1.2"]);
}

#[test]
fn statements_on_vulnerabilities_are_kept_by_what_they_say() {
    let vex = |class: &str, kind: &str, to: &str| {
        json!({"type": class, "spdxId": format!("v:{to}"), "from": "u:1", "relationshipType": kind, "to": [to],
            "security_impactStatement": "because"})
    };
    let (receipt, sbom) = accept(&document(json!([
        {"type": "software_Package", "spdxId": "p:a", "name": "a"}, {"type": "software_Package", "spdxId": "p:b", "name": "b"},
        {"type": "security_Vulnerability", "spdxId": "u:1", "externalIdentifier": [
            {"type": "ExternalIdentifier", "externalIdentifierType": "cve", "identifier": "CVE-2026-1"}]},
        vex("security_VexFixedVulnAssessmentRelationship", "fixedIn", "p:a"),
        vex("security_VexFixedVulnAssessmentRelationship", "fixedIn", "p:b"),
        vex("security_VexNotAffectedVulnAssessmentRelationship", "doesNotAffect", "p:b"),
    ])));

    assert_eq!(receipt.counts["findings"], 1);
    let stated: Vec<_> =
        sbom.vulnerabilities.iter().map(|v| (v.id.as_str(), v.state().unwrap(), v.affects.len())).collect();
    assert_eq!(stated, [("CVE-2026-1", "fixed", 2), ("CVE-2026-1", "not_affected", 1)]);
}

#[test]
fn sbom_case_42_versions_are_told_by_the_context_and_fragments_are_read() {
    for context in [
        json!("https://spdx.org/rdf/3.0.0/spdx-context.jsonld"),
        json!(["https://spdx.org/rdf/3.0.1/spdx-context.jsonld"]),
    ] {
        let element = json!({"@context": context, "type": "software_Package", "spdxId": "p:a", "name": "a",
            "creationInfo": {"type": "CreationInfo", "specVersion": "3.0.0"}});
        let (receipt, sbom) = accept(&element);
        assert_eq!((receipt.counts["components"], receipt.counts["elements"]), (1, 1));
        assert_eq!(names(&sbom), ["a"]);
        assert_eq!(warned(&receipt, "no-root"), 1);
    }
}

#[test]
fn sbom_case_42_other_versions_and_contradicting_markers_are_refused() {
    let mixed = json!({"spdxVersion": "SPDX-3.0", "@context": "https://spdx.org/rdf/3.0.0/spdx-context.jsonld", "@graph": []});
    let later = document(json!([{"type": "CreationInfo", "@id": "_:c", "specVersion": "4.0"}]));
    let no_list = document(json!({"a": 1}));

    for (text, code) in
        [(mixed, "unsupported-version"), (later, "unsupported-version"), (no_list, "wrong-type")]
    {
        assert_eq!(refusal(text.to_string().as_bytes()).0, code, "{text}");
    }
}

#[test]
fn null_elements_circles_of_licences_and_missing_ends_are_survived() {
    let (receipt, sbom) = accept(&document(json!([
        null, 7, {"type": "software_Package", "spdxId": "p:a", "name": "a"},
        {"type": "expandedlicensing_DisjunctiveLicenseSet", "spdxId": "l:1", "expandedlicensing_member": ["l:1", "l:1"]},
        relation("p:a", "hasDeclaredLicense", &["l:1"]),
        relation("p:a", "dependsOn", &["p:gone", "https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement"]),
        {"type": "Relationship", "relationshipType": "contains"},
    ])));

    assert!(sbom.dependencies.is_empty() && sbom.components[0].licences.is_empty());
    assert_eq!((warned(&receipt, "dangling-ref"), warned(&receipt, "no-assertion")), (1, 2));
    assert_eq!(warned(&receipt, "wrong-type"), 2);
}
