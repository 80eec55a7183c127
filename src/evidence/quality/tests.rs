//! Tests of the profiles.

use super::*;
use crate::evidence::decoder::{Decoder, Probe};
use crate::evidence::sbom::cyclonedx::CycloneDxJson;
use crate::evidence::{Encoding, Evidence};

fn sbom(json: &str) -> Sbom {
    let read = CycloneDxJson.decode(&Probe::new("bom.json", json.as_bytes())).unwrap();
    let Evidence::Sbom(sbom) = read.evidence else { panic!("no bill of materials") };
    sbom
}

fn written(version: &str) -> Written<'_> {
    Written { format: "cyclonedx", version: Some(version), encoding: Encoding::Json }
}

fn rule<'r>(result: &'r ProfileResult, id: &str) -> &'r RuleResult {
    result.rules.iter().find(|rule| rule.id == id).unwrap()
}

const GOOD: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,
    "metadata":{"timestamp":"2026-01-02T03:04:05Z","tools":{"components":[{"type":"application","name":"maker","version":"1"}]},
      "lifecycles":[{"phase":"build"}],"authors":[{"name":"A","email":"a@example.org"}],
      "component":{"bom-ref":"app","type":"application","name":"app","version":"1","purl":"pkg:cargo/app@1","supplier":{"name":"S","url":["https://example.org"]},
        "hashes":[{"alg":"SHA-512","content":"ab"}],"licenses":[{"license":{"id":"MIT"}}]}},
    "components":[{"bom-ref":"lib","type":"library","name":"lib","version":"2","purl":"pkg:cargo/lib@2","supplier":{"name":"S"},
        "hashes":[{"alg":"SHA-256","content":"ab"}],"licenses":[{"license":{"id":"MIT"}}]}],
    "dependencies":[{"ref":"app","dependsOn":["lib"]}]}"#;

#[test]
fn a_document_with_all_elements_passes_the_minimum() {
    let sbom = sbom(GOOD);

    for profile in [Profile::Ntia2021, Profile::Cisa2025Draft] {
        let result = evaluate(profile, &sbom, written("1.6"));
        let open: Vec<_> = result.rules.iter().filter(|rule| rule.outcome == Outcome::Failed).collect();
        assert_eq!((result.outcome, open), (Outcome::Passed, vec![]), "{profile:?}");
    }
}

#[test]
fn the_failing_field_and_component_are_named() {
    let result = evaluate(Profile::BsiTr03183, &sbom(GOOD), written("1.6"));

    let hash = rule(&result, "bsi-hash");
    assert_eq!((hash.outcome, hash.passed, hash.failed, hash.field), (Outcome::Failed, 1, 1, "hashes"));
    assert_eq!(hash.failing, [Failing { component: "lib 2".to_owned(), reference: Some("lib".to_owned()) }]);
    assert_eq!(rule(&result, "bsi-format").outcome, Outcome::Passed);
    assert_eq!(rule(&result, "bsi-executable").failed, 2);
    assert_eq!(result.outcome, Outcome::Failed);
}

#[test]
fn properties_of_the_bsi_are_read() {
    let marked = GOOD.replace(
        r#""hashes":[{"alg":"SHA-256","content":"ab"}]"#,
        r#""properties":[{"name":"bsi:component:executable","value":"non-executable"},{"name":"bsi:component:filename","value":"lib.so"}]"#,
    );

    let result = evaluate(Profile::BsiTr03183, &sbom(&marked), written("1.6"));

    assert_eq!(rule(&result, "bsi-executable").passed, 1);
    assert_eq!(rule(&result, "bsi-filename").passed, 1);
}

#[test]
fn older_formats_and_other_families_fail_the_format_rule() {
    let sbom = sbom(GOOD);
    let format = |profile, id: &str, written| rule(&evaluate(profile, &sbom, written), id).outcome;
    let spdx = |version| Written { format: "spdx", version: Some(version), encoding: Encoding::TagValue };

    assert_eq!(format(Profile::BsiTr03183, "bsi-format", written("1.5")), Outcome::Failed);
    assert_eq!(format(Profile::OpenChainTelco, "telco-format", written("1.6")), Outcome::Failed);
    assert_eq!(format(Profile::OpenChainTelco, "telco-format", spdx("SPDX-2.3")), Outcome::Passed);
    assert_eq!(format(Profile::BsiTr03183, "bsi-executable", spdx("2.3")), Outcome::NotApplicable);
}

#[test]
fn an_empty_list_passes_nothing_about_components() {
    let empty = sbom(r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}"#);

    let result = evaluate(Profile::Ntia2021, &empty, written("1.6"));

    assert_eq!(rule(&result, "ntia-name").outcome, Outcome::Failed);
    assert_eq!(result.outcome, Outcome::Failed);
}

#[test]
fn every_rule_has_an_id_of_its_own_and_says_where_it_comes_from() {
    let mut ids = std::collections::BTreeSet::new();
    for rule in Profile::ALL.into_iter().flat_map(Profile::rules) {
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
        assert!(!rule.section.is_empty() && !rule.text.is_empty() && !rule.field.is_empty(), "{}", rule.id);
    }
}
