//! `controls list`, `controls lint`, `controls test`: the catalogue from the outside.

use serde_json::Value;

use crate::support::{Installation, cyclonedx};

fn listed(framework: &str) -> Vec<Value> {
    let answer = Installation::new().expect(0, &["controls", "list", "--framework", framework, "--json"]);
    answer.json().as_array().unwrap().clone()
}

fn of_kind(items: &[Value], kind: &str) -> usize {
    items.iter().filter(|i| i["kind"] == kind).count()
}

#[test]
fn pci_dss_has_its_280_requirements() {
    let items = listed("pci-dss-4.0.1");

    assert_eq!(of_kind(&items, "requirement"), 280);
    assert!(items.iter().all(|i| i["id"].is_string() && i["title"].is_string()));
    // Only what stands at the top has no parent.
    let parents = items.iter().filter(|i| i["kind"] == "requirement").all(|i| i["parent"].is_string());
    assert!(parents);
}

#[test]
fn soc_2_is_found_under_its_long_name_too() {
    let items = listed("soc2-2017");

    assert_eq!(items, listed("soc2-tsc-2017-rev2022"));
    assert_eq!(of_kind(&items, "criterion"), 61);
}

#[test]
fn gdpr_has_all_99_articles() {
    assert_eq!(of_kind(&listed("gdpr"), "article"), 99);
}

#[test]
fn every_kind_is_one_of_the_contract() {
    let known = [
        "principal",
        "appendix",
        "section",
        "requirement",
        "criterion",
        "article",
        "paragraph",
        "point",
        "chapter",
    ];
    for framework in ["pci-dss-4.0.1", "soc2-2017", "gdpr"] {
        for item in listed(framework) {
            let kind = item["kind"].as_str().unwrap().to_owned();
            assert!(known.contains(&kind.as_str()), "{framework} {}: {kind}", item["id"]);
        }
    }
}

#[test]
fn frameworks_are_listed_without_a_data_directory() {
    let installation = Installation::new();

    let frameworks = installation.expect(0, &["controls", "list", "--json"]).json();

    let ids: Vec<&str> = frameworks.as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["gdpr", "pci-dss-4.0.1", "soc2-2017"]);
    assert!(!installation.data().exists());
}

#[test]
fn the_built_in_files_have_no_problems() {
    let installation = Installation::new();

    installation.expect(0, &["controls", "lint"]);

    assert!(!installation.data().exists());
}

#[test]
fn a_mistake_in_a_control_file_is_named_with_file_line_and_column() {
    let installation = Installation::new();
    let text = "tests:\n  - id: house.rule\n    titel: Wrong key\n    severity: high\n";
    installation.write("house/tests/house.yaml", text);

    let answer = installation.expect(1, &["controls", "lint", "house"]);

    let place =
        answer.out.lines().find(|l| l.contains("house.yaml:3:")).unwrap_or_else(|| panic!("{}", answer.out));
    let column = place.split("house.yaml:3:").nth(1).unwrap().split(':').next().unwrap();
    assert!(column.parse::<u32>().unwrap() >= 1);
    assert!(answer.out.contains("titel"), "{}", answer.out);
    installation.expect(2, &["--controls", "house", "evaluate"]);
}

#[test]
fn every_problem_of_a_directory_is_reported_at_once() {
    let installation = Installation::new();
    installation.write("house/tests/a.yaml", "tests:\n  - id: one\n    titel: x\n");
    installation.write("house/tests/b.yaml", "tests:\n  - id: two\n    titel: x\n");

    let answer = installation.expect(1, &["controls", "lint", "house"]);

    assert!(answer.out.contains("a.yaml:") && answer.out.contains("b.yaml:"), "{}", answer.out);
}

#[test]
fn a_test_explains_a_file_without_storing_it() {
    let installation = Installation::new();
    let file = installation.write("bom.json", cyclonedx("shop", 3));
    let file = file.to_str().unwrap();

    let passes =
        installation.expect(0, &["controls", "test", "sbom.components-are-identified", "--evidence", file]);
    let fails = installation.expect(1, &["controls", "test", "scans.no-secret-in-code", "--evidence", file]);

    assert!(!passes.out.is_empty() && !fails.out.is_empty());
    let report = installation.expect(0, &["ledger", "verify", "--json"]).json();
    assert_eq!(report["blobs"], 0);
}
