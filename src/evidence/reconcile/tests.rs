//! Tests of comparing a lock file with a bill of materials.

use super::*;
use crate::evidence::Evidence;
use crate::evidence::decoder::{Decoder, Probe};
use crate::evidence::lockfile;
use crate::evidence::sbom::cyclonedx::CycloneDxJson;

fn sbom(name: &str, purls: &[&str]) -> Sbom {
    let component = |purl: &&str| format!(r#"{{"type":"library","name":"x","purl":"{purl}"}}"#);
    let components: Vec<String> = purls.iter().map(component).collect();
    let json = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"component":{{"type":"application","name":"{name}"}}}},"components":[{}]}}"#,
        components.join(",")
    );
    let read = CycloneDxJson.decode(&Probe::new("bom.json", json.as_bytes())).unwrap();
    let Evidence::Sbom(sbom) = read.evidence else { panic!("no bill of materials") };
    sbom
}

fn names(list: &[Difference]) -> Vec<(&str, Weight)> {
    list.iter().map(|difference| (difference.package.as_str(), difference.weight)).collect()
}

#[test]
fn npm_differences_are_told_apart() {
    let lock = r#"{"lockfileVersion":3,"packages":{"":{},"node_modules/a":{"version":"1.0.0"},"node_modules/@s/b":{"version":"2.0.0"},
        "node_modules/t":{"version":"1.0.0","dev":true},"node_modules/gone":{"version":"1.0.0"},"packages/own":{"version":"0.0.1"}}}"#;
    let lock = lockfile::read("package-lock.json", lock.as_bytes()).unwrap().unwrap();
    let sbom = sbom(
        "app",
        &["pkg:npm/a@1.0.0", "pkg:npm/%40s/b@2.1.0", "pkg:npm/extra@1.0.0", "pkg:deb/debian/curl@1"],
    );

    let found = reconcile(&lock, &sbom).unwrap();

    assert_eq!((found.agreed, found.not_comparable), (1, 1));
    assert_eq!(names(&found.versions), [("@s/b", Weight::Open)]);
    assert_eq!(names(&found.only_listed), [("extra", Weight::Open)]);
    assert_eq!(
        names(&found.only_locked),
        [("gone", Weight::Open), ("own", Weight::Explained), ("t", Weight::Explained)]
    );
    assert!(found.only_locked[2].text.contains("development only"));
}

#[test]
fn python_names_and_versions_meet_in_any_spelling() {
    let lock =
        lockfile::read("requirements.txt", b"Flask_Login==1.0\nzope.interface==5.0.0\n").unwrap().unwrap();
    let sbom = sbom("app", &["pkg:pypi/flask-login@1.0.0", "pkg:pypi/zope-interface@5.0.0"]);

    let found = reconcile(&lock, &sbom).unwrap();

    assert_eq!(found, Reconciliation { agreed: 2, ..Reconciliation::default() });
}

#[test]
fn the_described_project_itself_is_no_finding() {
    let lock =
        lockfile::read("Cargo.lock", b"version = 4\n[[package]]\nname = \"my_app\"\nversion = \"1.0.0\"\n")
            .unwrap()
            .unwrap();

    let found = reconcile(&lock, &sbom("my-app", &[])).unwrap();

    assert_eq!(names(&found.only_locked), [("my-app", Weight::Explained)]);
}

#[test]
fn other_ecosystems_are_refused_aloud() {
    let lock = lockfile::read("go.sum", b"a.org/b v1.0.0 h1:x=\n").unwrap().unwrap();

    assert_eq!(reconcile(&lock, &Sbom::default()), Err(NotCompared { ecosystem: "Go" }));
}
