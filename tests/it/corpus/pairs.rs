//! Conformance documents that exist in JSON and XML say the same in both.

use std::collections::BTreeSet;

use attestry::evidence::Evidence;
use attestry::evidence::sbom::Sbom;

use super::*;

/// Pairs whose two documents were written with different content, and what differs.
const DIFFERENT: &[(&str, &[&str], &str)] = &[
    ("valid-bom", &["1.2", "1.4"], "one component and the dependencies are in one of them only"),
    ("valid-component-external-with-version", &["1.7"], "24H2 and 24.04"),
    ("valid-component-ref", &["1.4", "1.5"], "the XML has a third, nested component"),
    ("valid-compositions", &["1.3", "1.4", "1.5"], "version 2.0 and 3.0 of one library"),
    ("valid-dependency", &["1.2", "1.3"], "other names, and a third component in the JSON"),
    ("valid-external-reference", &["1.3", "1.4", "1.5"], "another hash, and a publisher in the JSON"),
    ("valid-license-choice", &["1.7"], "no package URL in the JSON"),
    ("valid-license-expression", &["1.2", "1.3", "1.5"], "no package URL, hashes and scope in the JSON"),
    ("valid-license-id", &["1.2"], "no package URL, hashes and scope in the JSON"),
    ("valid-license-name", &["1.2", "1.3", "1.4", "1.5"], "no package URL, hashes and scope in the JSON"),
    ("valid-properties", &["1.3", "1.4", "1.5"], "fewer properties in the JSON"),
    ("valid-release-notes", &["1.4"], "support@partner and support@partner.org"),
    ("valid-service", &["1.4"], "support@partner and support@partner.org"),
];

fn content(corpus: &Path, path: &str) -> Option<Sbom> {
    let bytes = fs::read(corpus.join(path)).ok()?;
    let limits = Limits::default();
    let upload = Upload { name: path, bytes: &bytes, kind: None, limits, redaction_key: &[7; 32] };
    let reading = intake::read(&upload).into_iter().next()?;
    reading.evidence.and_then(|evidence| if let Evidence::Sbom(sbom) = evidence { Some(sbom) } else { None })
}

#[test]
fn conformance_documents_say_the_same_in_json_and_xml() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus");
        return;
    };
    let known: BTreeSet<String> = DIFFERENT
        .iter()
        .flat_map(|(stem, versions, _)| versions.iter().map(move |version| name(stem, version)))
        .collect();
    let manifest = fs::read_to_string(corpus.join("MANIFEST.tsv")).unwrap();
    let paths = manifest.lines().filter_map(|line| line.split('\t').next());
    let (mut pairs, mut different) = (0, BTreeSet::new());
    for xml in paths.filter(|p| p.starts_with(VALID) && p.ends_with(".xml")) {
        let json = xml.replace(".xml", ".json");
        if let (Some(one), Some(two)) = (content(&corpus, xml), content(&corpus, &json)) {
            pairs += 1;
            if one.semantic_digest() != two.semantic_digest() {
                different.insert(xml.trim_start_matches(VALID).to_owned());
            }
        }
    }

    println!("{pairs} pairs compared, {} were written with different content", known.len());
    assert!(pairs > known.len());
    assert_eq!(different, known);
}

const VALID: &str = "sbom/cyclonedx/valid/";

/// The path of a pair's XML; the newest files do not repeat the version in their names.
fn name(stem: &str, version: &str) -> String {
    match stem {
        "valid-component-external-with-version" => format!("{version}/{stem}.xml"),
        _ => format!("{version}/{stem}-{version}.xml"),
    }
}
