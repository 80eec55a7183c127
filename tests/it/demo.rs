//! `demo`: the whole job once, by the real program, on a small workspace.

use serde_json::Value;

use super::support::{Installation, cyclonedx};

/// A cargo workspace without dependencies, so that nothing is fetched.
fn workspace(installation: &Installation) -> String {
    installation.write("small/src/lib.rs", "");
    let manifest = "[package]\nname = \"small\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
    installation.write("small/Cargo.toml", manifest);
    installation.folder.path().join("small").to_str().unwrap().to_owned()
}

fn demo(installation: &Installation, workspace: &str) -> Value {
    installation.expect(0, &["demo", workspace, "--no-serve", "--json"]).json()
}

fn sum(evidence: &Value) -> u64 {
    evidence.as_array().unwrap().iter().map(|pair| pair[1].as_u64().unwrap()).sum()
}

#[test]
fn the_demo_prints_what_it_did_and_ends_with_0_whatever_the_verdicts() {
    let installation = Installation::new();
    let workspace = workspace(&installation);

    let answer = installation.expect(0, &["demo", &workspace, "--no-serve"]);

    let data = installation.data().display().to_string();
    for shown in [
        "sbom",
        "scan",
        "access",
        "document",
        "advisories",
        "quarantined",
        "pci-dss-4.0.1",
        "soc2-2017",
        "gdpr",
        "not met",
        "missing",
        "Harbour",
        "Vendor risk",
        "sha256",
        "signed by",
        &data,
    ] {
        assert!(answer.out.contains(shown), "`{shown}` is not in:\n{}", answer.out);
    }
    assert!(!answer.out.to_lowercase().contains(concat!("compli", "ant")));
    assert!(!answer.err.contains("panicked"), "{}", answer.err);
}

#[test]
fn the_demos_pack_is_where_it_says_and_verifies_and_replays() {
    let installation = Installation::new();
    let workspace = workspace(&installation);

    let summary = demo(&installation, &workspace);

    assert!(sum(&summary["evidence"]) > 40, "{}", summary["evidence"]);
    assert_eq!(summary["frameworks"].as_array().unwrap().len(), 3);
    assert_eq!(summary["vendors"].as_array().unwrap().len(), 8);
    let path = summary["pack"]["path"].as_str().unwrap();
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(summary["pack"]["sha256"], attestry::base::Digest::of(&bytes).to_hex());
    let verified = installation.expect(0, &["pack", "verify", path, "--json"]).json();
    assert_eq!((&verified["verdict"], &verified["sample"]), (&Value::from("intact"), &Value::from(true)));
    let replayed = installation.expect(0, &["pack", "replay", path, "--json"]).json();
    assert_eq!((&replayed["identical"], &replayed["scores"]), (&Value::from(true), &Value::from(true)));
    installation.expect(0, &["ledger", "verify"]);
}

#[test]
fn the_demo_again_gives_a_second_pack_and_nothing_new_but_the_workspaces_inventory() {
    let installation = Installation::new();
    let workspace = workspace(&installation);
    let first = demo(&installation, &workspace);

    let second = demo(&installation, &workspace);

    assert_ne!(first["pack"]["path"], second["pack"]["path"]);
    assert_eq!(second["pack"]["number"], 2);
    assert!(std::path::Path::new(first["pack"]["path"].as_str().unwrap()).exists());
    assert_eq!(first["evidence"], second["evidence"], "the same evidence is no new evidence");
}

#[test]
fn the_demo_refuses_a_directory_with_other_evidence() {
    let installation = Installation::new();
    let workspace = workspace(&installation);
    let file = installation.write("bom.json", cyclonedx("shop", 2));
    installation.import(0, &file, &["--asset", "shop"]);

    let answer = installation.expect(2, &["demo", &workspace, "--no-serve"]);

    assert!(answer.err.contains("--data"), "{}", answer.err);
    let report = installation.expect(0, &["ledger", "verify", "--json"]).json();
    assert_eq!(report["blobs"], 1, "nothing of the sample was stored");
}

#[test]
fn the_demo_of_a_workspace_that_is_not_there_ends_with_2() {
    Installation::new().expect(2, &["demo", "no-such-workspace", "--no-serve"]);
}
