//! The edge cases of SPDX documents, named after the table of bills of materials that broke some importer.

use attestry::evidence::sbom::spdx::{SpdxJsonLd, SpdxRdf, SpdxTagValue, SpdxXml, SpdxYaml};
use attestry::evidence::{Decoder, Limits, Probe, ReceiptStatus};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::uploads::{accept, edges, package, read, read_as, refusal, relation, spdx, warned};

#[test]
fn sbom_case_24_dangling_references_are_a_warning() {
    let (receipt, sbom) = accept(&spdx(json!({
        "packages": [package("a")], "documentDescribes": ["SPDXRef-a"],
        "relationships": [relation("SPDXRef-a", "DEPENDS_ON", "SPDXRef-gone")],
    })));

    assert_eq!(warned(&receipt, "dangling-ref"), 1);
    assert!(sbom.dependencies.is_empty());
}

#[test]
fn sbom_case_25_circles_selves_and_doubles_end() {
    let (_, sbom) = accept(&spdx(json!({
        "packages": [package("a"), package("b"), package("c")],
        "relationships": [
            relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-DOCUMENT"), relation("SPDXRef-a", "DEPENDS_ON", "SPDXRef-b"),
            relation("SPDXRef-a", "DEPENDS_ON", "SPDXRef-b"), relation("SPDXRef-b", "DEPENDS_ON", "SPDXRef-a"),
            relation("SPDXRef-c", "CONTAINS", "SPDXRef-c"),
        ],
    })));

    assert_eq!(edges(&sbom), [("a", "b"), ("b", "a"), ("c", "c")]);
}

#[test]
fn sbom_case_27_other_documents_are_kept_with_their_checksum_and_not_resolved() {
    let (receipt, sbom) = accept(&spdx(json!({
        "packages": [package("a")],
        "externalDocumentRefs": [{"externalDocumentId": "DocumentRef-x", "spdxDocument": "https://example.com/x",
            "checksum": {"algorithm": "SHA1", "checksumValue": "abcd"}}, null],
        "relationships": [relation("SPDXRef-a", "DEPENDS_ON", "DocumentRef-x:SPDXRef-y")],
    })));

    let other = &sbom.about.external_documents[0];
    assert_eq!((other.id.as_deref(), other.uri.as_str()), (Some("DocumentRef-x"), "https://example.com/x"));
    assert_eq!(other.hashes[0].value, "abcd");
    assert_eq!(warned(&receipt, "external-ref"), 1);
}

#[test]
fn sbom_case_30_every_package_url_and_cpe_is_kept() {
    let mut a = package("a");
    let of = |kind: &str, locator: &str| json!({"referenceType": kind, "referenceLocator": locator});
    a["externalRefs"] = json!([
        of("purl", "pkg:npm/a@1"),
        of("http://spdx.org/rdf/references/purl", "pkg:npm/b@1"),
        of("cpe22Type", "cpe:/a:a:a:1"),
        of("cpe23Type", "cpe:2.3:a:a:a:1:*:*:*:*:*:*:*"),
        of("swid", "tag"),
        of("advisory", "https://example.com/a"),
    ]);

    let (receipt, sbom) = accept(&spdx(json!({"packages": [a]})));

    let a = &sbom.components[0];
    assert_eq!(a.purls().collect::<Vec<_>>(), ["pkg:npm/a@1", "pkg:npm/b@1"]);
    assert_eq!(a.cpes().count(), 2);
    assert_eq!(a.details.as_deref().unwrap().external_references[0].kind, "advisory");
    assert_eq!(warned(&receipt, "several-purls"), 1);
}

#[test]
fn sbom_cases_35_to_37_and_40_licences_are_kept_as_written_however_wrong() {
    let long = vec!["MIT"; 60].join(" AND ");
    let written = ["GPL-2.0 WITH", "(MIT OR", "LicenseRef-own", "Not an expression at all!", &long];
    let packages: Vec<Value> = written
        .iter()
        .enumerate()
        .map(|(i, text)| {
            let mut p = package(&format!("p{i}"));
            p["licenseConcluded"] = json!(text);
            p["licenseDeclared"] = json!("NOASSERTION");
            p
        })
        .collect();

    let (_, sbom) = accept(&spdx(json!({"packages": packages})));

    let kept: Vec<&str> = sbom.components.iter().flat_map(|c| &c.licences).map(|l| l.text.as_str()).collect();
    assert_eq!(kept, written);
}

#[test]
fn sbom_case_39_nothing_and_null_are_passed_over() {
    let (receipt, _) = accept(&spdx(json!({
        "packages": [package("a"), null], "files": [null],
        "relationships": [relation("SPDXRef-a", "DEPENDS_ON", "NONE"), relation("NOASSERTION", "CONTAINS", "SPDXRef-a"), null],
        "documentDescribes": null, "annotations": null,
    })));

    assert_eq!((receipt.counts["components"], warned(&receipt, "no-assertion")), (1, 3));
}

#[test]
fn sbom_case_41_every_direction_ends_in_one() {
    for (left, word, right) in [
        ("a", "DEPENDS_ON", "b"),
        ("a", "CONTAINS", "b"),
        ("a", "GENERATED_FROM", "b"),
        ("b", "DEPENDENCY_OF", "a"),
        ("b", "CONTAINED_BY", "a"),
        ("b", "PACKAGE_OF", "a"),
        ("b", "BUILD_DEPENDENCY_OF", "a"),
        ("b", "DEV_DEPENDENCY_OF", "a"),
        ("b", "OPTIONAL_DEPENDENCY_OF", "a"),
        ("b", "PROVIDED_DEPENDENCY_OF", "a"),
        ("b", "RUNTIME_DEPENDENCY_OF", "a"),
        ("b", "TEST_DEPENDENCY_OF", "a"),
        ("b", "PREREQUISITE_FOR", "a"),
        ("b", "GENERATES", "a"),
    ] {
        let relation = relation(&format!("SPDXRef-{left}"), word, &format!("SPDXRef-{right}"));
        let (_, sbom) =
            accept(&spdx(json!({"packages": [package("a"), package("b")], "relationships": [relation]})));
        assert_eq!(edges(&sbom), [("a", "b")], "{word}");
    }
}

#[test]
fn sbom_case_41_described_things_and_files_of_packages_are_relations_too() {
    let mut a = package("a");
    a["hasFiles"] = json!(["SPDXRef-f", "SPDXRef-b", "SPDXRef-gone", "SPDXRef-gone"]);
    a["checksums"] =
        json!([{"algorithm": "SHA1", "checksumValue": "0000"}, {"algorithm": "MD5", "checksumValue": "0a"}]);

    let (receipt, sbom) = accept(&spdx(json!({
        "documentDescribes": ["SPDXRef-a"], "packages": [a, package("b")], "files": [{"SPDXID": "SPDXRef-f"}],
    })));

    assert_eq!(edges(&sbom), [("*", "b")]);
    assert_eq!((warned(&receipt, "edge-to-other"), warned(&receipt, "dangling-ref")), (1, 1));
    assert_eq!(sbom.components[0].details.as_deref().unwrap().hashes.len(), 1);
}

#[test]
fn sbom_case_46_the_namespace_is_the_serial_number() {
    let (_, sbom) =
        accept(&spdx(json!({"documentNamespace": "https://example.com/ns", "packages": [package("a")]})));

    assert_eq!(sbom.serial.as_deref(), Some("https://example.com/ns"));
}

#[test]
fn sbom_case_48_odd_times_are_kept_as_written() {
    for (text, odd) in [("yesterday", 1), ("2999-01-01T00:00:00Z", 0), ("", 0)] {
        let (receipt, sbom) =
            accept(&spdx(json!({"creationInfo": {"created": text}, "packages": [package("a")]})));
        assert_eq!(warned(&receipt, "bad-timestamp"), odd, "{text}");
        assert_eq!(sbom.about.produced_at.as_deref(), Some(text).filter(|text| !text.is_empty()));
    }
}

#[test]
fn no_form_claims_what_is_anothers() {
    let decoders: [&dyn Decoder; 5] = [&SpdxTagValue, &SpdxYaml, &SpdxXml, &SpdxRdf, &SpdxJsonLd];
    for text in [
        "id: GHSA-1\nmodified: 2026-01-01T00:00:00Z\naffected: []\n",
        "openapi: 3.0.0\ninfo:\n  spdxVersion: no\n",
        "<Document><x/></Document>",
        "<rdf:RDF xmlns:rdf='r' xmlns:foaf='f'/>",
        "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'/>",
        "{\"@context\":\"https://openvex.dev/ns/v0.2.0\"}",
        "{\"@context\":\"https://schema.org\",\"see\":\"no\"}",
        "name,version\nSPDXID,1\n",
        "",
    ] {
        let probe = Probe::new("x", text.as_bytes());
        assert!(decoders.iter().all(|decoder| !decoder.recognises(&probe)), "{text}");
    }
}

#[test]
fn documents_that_cannot_be_followed_are_refused_with_the_reason() {
    let layer = |name: &str, of: &str| format!("{name}: {{k: &{name} [{}]}}\n", [of; 30].join(","));
    let layers = [layer("a", "1"), layer("b", "*a"), layer("c", "*b"), layer("d", "*c"), layer("e", "*d")];
    let bomb = format!("spdxVersion: SPDX-2.3\n{}", layers.concat());
    for (text, code) in [
        ("SPDXVersion: SPDX-2.3\nPackageComment: <text>never\nPackageName: a\n", "unclosed-text"),
        ("SPDXVersion: SPDX-1.2\nPackageName: a\n", "unsupported-version"),
        ("SPDXID: SPDXRef-DOCUMENT\nPackageName: a\n", "no-spec-version"),
        ("spdxVersion: SPDX-2.3\npackages: text\n", "wrong-type"),
        ("spdxVersion: [\n", "invalid-yaml"),
        ("spdxVersion: SPDX-2.3\n---\nspdxVersion: SPDX-2.3\n", "several-documents"),
        (&bomb, "too-many-values"),
        (
            "<!DOCTYPE Document [<!ENTITY a 'b'>]><Document><spdxVersion>SPDX-2.3</spdxVersion></Document>",
            "document-type",
        ),
        ("<Document><spdxVersion>SPDX-2.3</spdxVersion>", "invalid-xml"),
    ] {
        assert_eq!(refusal(text.as_bytes()).0, code, "{text}");
    }
}

#[test]
fn unknown_misplaced_and_odd_lines_of_tag_value_are_warned_of() {
    let text = "SPDXVersion: SPDX-2.3\nPackageVersion: 1\nNewTag: x\nno tag here\nPackageName: a\nAnnotator: Person: x\n";

    let reading = read(text.as_bytes());

    assert_eq!(reading.receipt.status, ReceiptStatus::Accepted);
    for code in ["misplaced-tag", "unknown-tag", "odd-line"] {
        assert_eq!(warned(&reading.receipt, code), 1, "{code}");
    }
    assert_eq!(reading.receipt.counts["components"], 1);
}

#[test]
fn names_and_versions_of_yaml_are_text_whatever_they_look_like() {
    let text = "spdxVersion: SPDX-2.3\npackages:\n- {SPDXID: SPDXRef-a, name: no, versionInfo: 1.10}\n- name: 007\n  versionInfo: 1e3\n";

    let reading = read(text.as_bytes());

    let Some(attestry::evidence::Evidence::Sbom(sbom)) = reading.evidence else { panic!() };
    let said: Vec<_> = sbom.components.iter().map(|c| (c.name.as_str(), c.version.as_deref())).collect();
    assert_eq!(said, [("no", Some("1.10")), ("007", Some("1e3"))]);
}

fn decoders() -> [&'static dyn Decoder; 5] {
    [&SpdxTagValue, &SpdxYaml, &SpdxXml, &SpdxRdf, &SpdxJsonLd]
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for decoder in decoders() {
            let probe = Probe::new("x", &bytes);
            drop((decoder.recognises(&probe), decoder.decode(&probe)));
        }
    }

    #[test]
    fn no_text_after_a_good_beginning_makes_intake_panic(
        start in proptest::sample::select(vec![
            "SPDXVersion: SPDX-2.3\n", "spdxVersion: SPDX-2.3\n", "<Document><spdxVersion>SPDX-2.3</spdxVersion>",
            "<rdf:RDF xmlns:s='http://spdx.org/rdf/terms#'><s:SpdxDocument>",
            "{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\",\"@graph\":[",
        ]),
        rest in "(PackageName: |SPDXID: |- name: |<text>|</text>|&a |\\*a|<[a-z]{1,3}>|</[a-z]{1,3}>|&amp;|\\{|\\}|\\[|\\]|[a-z\": \n]{1,6}){0,40}",
    ) {
        drop(read_as(format!("{start}{rest}").as_bytes(), None, Limits::default()));
    }
}
