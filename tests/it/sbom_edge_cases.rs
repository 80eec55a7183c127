//! Bills of materials as tools really write them. Each case is one that broke some importer.

use attestry::evidence::sbom::cyclonedx::CycloneDxJson;
use attestry::evidence::{Decoder, Evidence, Probe};
use serde_json::{Value, json};

use crate::uploads::{accept, cdx, edges, library, names, package, read, refusal, relation, spdx, warned};

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

    let affected: Vec<&str> = sbom.vulnerabilities[0].affects.iter().map(|a| a.reference.as_str()).collect();
    assert_eq!(affected, ["a1", "elsewhere"]);
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

    let parent = |name: &str| {
        let component = sbom.components.iter().find(|c| c.name == name).unwrap();
        component.parent.map(|index| sbom.components[index as usize].name.as_str())
    };
    assert_eq!(["part", "inner", "outer", "child"].map(parent), [None, Some("part"), None, Some("outer")]);
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

    assert_eq!(
        sbom.components[0].licence_labels(),
        ["MIT", "Our own", "(MIT OR Apache-2.0", "https://example.com/l"]
    );
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
        let (_, sbom) =
            accept(&cdx(json!({"metadata": {"tools": tools, "timestamp": "2026-01-02T03:04:05Z"}})));
        assert_eq!(sbom.tools, ["t 1"]);
        assert_eq!(sbom.produced_at.map(|t| t.to_date()).as_deref(), Some("2026-01-02"));
    }
}

#[test]
fn more_records_than_a_document_may_have_are_refused() {
    let targets = r#""a","#.repeat(2_000_000);
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","dependencies":[{{"ref":"a","dependsOn":[{targets}"a"]}}]}}"#
    );

    assert_eq!(refusal(text.as_bytes()).0, "too-many-records");
}

#[test]
fn components_nested_beyond_reason_are_refused() {
    let mut text = r#"{"name":"leaf"}"#.to_owned();
    for _ in 0..70 {
        text = format!(r#"{{"name":"n","components":[{text}]}}"#);
    }
    let text = format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{text}]}}"#);
    let probe = Probe::new("bom.json", text.as_bytes());

    // straight at the decoder: intake would have stopped it for its depth
    let error = CycloneDxJson.decode(&probe).unwrap_err();

    assert_eq!(error.code, "too-deep");
}

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
    let several = spdx(
        json!({"documentDescribes": ["SPDXRef-a", "SPDXRef-b"], "packages": [package("a"), package("b")]}),
    );

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
