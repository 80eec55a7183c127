//! Tests of comparing two bills of materials.

use super::*;
use crate::evidence::Evidence;
use crate::evidence::decoder::{Decoder, Probe};
use crate::evidence::sbom::cyclonedx::CycloneDxJson;

fn sbom(components: &[&str]) -> Sbom {
    let json =
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}}"#, components.join(","));
    let read = CycloneDxJson.decode(&Probe::new("bom.json", json.as_bytes())).unwrap();
    let Evidence::Sbom(sbom) = read.evidence else { panic!("no bill of materials") };
    sbom
}

fn component(name: &str, version: &str, more: &str) -> String {
    format!(
        r#"{{"type":"library","name":"{name}","version":"{version}","purl":"pkg:cargo/{name}@{version}"{more}}}"#
    )
}

#[test]
fn versions_go_up_and_down_by_the_ecosystems_order() {
    let old =
        sbom(&[&component("a", "1.9.0", ""), &component("b", "2.0.0", ""), &component("gone", "1.0.0", "")]);
    let new = sbom(&[
        &component("new", "1.0.0", ""),
        &component("b", "2.0.0-rc.1", ""),
        &component("a", "1.10.0", ""),
    ]);

    let diff = diff(&old, &new);

    let moves: Vec<_> =
        diff.changed.iter().map(|c| (c.item.name.as_str(), c.version.as_ref().unwrap().direction)).collect();
    assert_eq!(moves, [("a", Direction::Up), ("b", Direction::Down)]);
    assert_eq!((diff.added[0].key.as_str(), diff.removed[0].name.as_str()), ("pkg:cargo/new", "gone"));
}

#[test]
fn several_versions_of_one_package_are_paired_by_version_first() {
    let old = sbom(&[&component("a", "1.0.0", ""), &component("a", "2.0.0", "")]);
    let new = sbom(&[&component("a", "3.0.0", ""), &component("a", "1.0.0", "")]);

    let diff = diff(&old, &new);

    assert_eq!((diff.unchanged, diff.changed.len(), diff.added.len(), diff.removed.len()), (1, 1, 0, 0));
    assert_eq!(diff.changed[0].version.as_ref().unwrap().from.as_deref(), Some("2.0.0"));
}

#[test]
fn licences_suppliers_and_contents_are_compared() {
    let old = sbom(&[&component(
        "a",
        "1.0.0",
        r#","licenses":[{"license":{"id":"MIT"}}],"hashes":[{"alg":"SHA-256","content":"AA"}]"#,
    )]);
    let new = sbom(&[&component(
        "a",
        "1.0.0",
        r#","licenses":[{"license":{"id":"GPL-3.0-only"}}],"supplier":{"name":"S"},"hashes":[{"alg":"SHA-256","content":"bb"}]"#,
    )]);

    let diff = diff(&old, &new);

    let change = &diff.changed[0];
    assert_eq!(change.licences, Some((vec!["MIT".to_owned()], vec!["GPL-3.0-only".to_owned()])));
    assert_eq!(change.supplier, Some((None, Some("S".to_owned()))));
    assert_eq!((change.hashes[0].from.as_str(), change.hashes[0].to.as_str()), ("aa", "bb"));
}

#[test]
fn the_order_of_the_documents_does_not_matter() {
    let parts = [component("a", "1.0.0", ""), component("b", "1.0.0", ""), component("c", "2.0.0", "")];
    let [a, b, c] = &parts;
    let changed = component("b", "1.1.0", "");

    let one = diff(&sbom(&[a, b, c]), &sbom(&[a, &changed]));
    let two = diff(&sbom(&[c, b, a]), &sbom(&[&changed, a]));

    assert_eq!(one, two);
    assert_eq!(diff(&sbom(&[a]), &sbom(&[a])), SbomDiff { unchanged: 1, ..SbomDiff::default() });
}

#[test]
fn vulnerabilities_come_go_and_stay() {
    let diff = diff_vulnerabilities(
        [("a", "CVE-1"), ("b", "CVE-2")],
        [("b", "CVE-2"), ("b", "CVE-3"), ("b", "CVE-3")],
    );

    assert_eq!(
        (diff.introduced, diff.resolved, diff.remaining),
        (vec![("b", "CVE-3")], vec![("a", "CVE-1")], vec![("b", "CVE-2")])
    );
}
