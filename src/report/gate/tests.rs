use super::*;
use crate::evidence::{Encoding, Evidence, Limits, Upload, intake, validity};

fn finding() -> GateFinding {
    GateFinding {
        file: "my app/Cargo.lock".to_owned(),
        advisory: "CVE-2020-26235".to_owned(),
        aliases: vec!["RUSTSEC-2020-0071".to_owned()],
        package: "time".to_owned(),
        version: "0.1.43".to_owned(),
        purl: Some("pkg:cargo/time@0.1.43".to_owned()),
        ecosystem: "crates.io".to_owned(),
        severity: Severity::Medium,
        class: "vulnerability".to_owned(),
        fixed_in: vec!["0.2.23".to_owned()],
        why: "0.1.43 is not patched (>=0.2.23)".to_owned(),
        summary: "Potential segfault".to_owned(),
        certain: true,
        suppressed: false,
        vex: Vec::new(),
        known_exploited: None,
        epss: None,
        published: Some(UnixMillis(1_600_000_000_000)),
        scope: None,
        direct: None,
        reports: Vec::new(),
        level: Some(GateLevel::Fail),
        rules: vec!["fixable".to_owned()],
    }
}

fn row(rule: &str, item: &str) -> GateRow {
    GateRow {
        file: finding().file,
        violation: Violation {
            rule: rule.to_owned(),
            level: GateLevel::Fail,
            component: "time 0.1.43".to_owned(),
            item: item.to_owned(),
            why: "A title: the facts".to_owned(),
        },
    }
}

fn document() -> GateDocument {
    let suppressed = GateFinding {
        advisory: "CVE-2021-1".to_owned(),
        suppressed: true,
        vex: vec!["maker: not_affected".to_owned()],
        level: None,
        rules: Vec::new(),
        ..finding()
    };
    let (violations, undecided) =
        (vec![row("fixable", "CVE-2020-26235"), row("no-git", "")], vec![row("open", "CVE-2021-1")]);
    let mut document = GateDocument {
        tool: "attestry".to_owned(),
        at: "2026-01-01T00:00:00Z".to_owned(),
        policy: "default".to_owned(),
        outcome: GateOutcome::Passed,
        exit_code: 0,
        basis: GateBasis::default(),
        inputs: Vec::new(),
        findings: vec![finding(), suppressed],
        violations,
        undecided,
        open_questions: Vec::new(),
        notes: vec!["a note".to_owned()],
    };
    document.settle();
    document
}

#[test]
fn sarif_keeps_the_rules_of_sarif_and_is_read_by_our_own_reader() {
    let sarif = serde_json::to_vec_pretty(&to_sarif(&document())).unwrap();

    let verdict = validity::check("sarif", "2.1.0", Encoding::Json, &sarif).unwrap();
    assert!(verdict.valid, "{:?}", verdict.violations);
    let upload = Upload {
        name: "gate.sarif",
        bytes: &sarif,
        kind: None,
        limits: Limits::default(),
        redaction_key: &[0; 32],
    };
    let reading = intake::read(&upload).remove(0);
    let Some(Evidence::Scan(scan)) = reading.evidence else { panic!("{:?}", reading.receipt) };
    assert_eq!(scan.tools[0].name, "attestry");
    assert_eq!(reading.receipt.records.read, 3, "{:?}", reading.receipt);
}

#[test]
fn paths_become_uri_references_and_a_suppression_is_said() {
    let sarif = to_sarif(&document());
    let results = sarif["runs"][0]["results"].as_array().unwrap();

    let uri = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "my%20app/Cargo.lock");
    assert_eq!(results[1]["suppressions"][0]["justification"], "maker: not_affected");
    assert_eq!(results[2]["ruleId"], "policy/no-git");
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][2]["id"], "policy/no-git");
}

#[test]
fn the_answer_weighs_open_questions_before_violations_before_rows() {
    let mut document = document();
    assert_eq!((document.outcome, document.exit_code), (GateOutcome::Violated, 1));
    document.open_questions.push("no advisories".to_owned());
    document.settle();
    assert_eq!((document.outcome, document.exit_code), (GateOutcome::Undecided, 3));
    document.open_questions.clear();
    document.violations.clear();
    document.settle();
    assert_eq!((document.outcome, document.exit_code), (GateOutcome::Undecided, 3));
    document.undecided.clear();
    document.settle();
    assert_eq!((document.outcome, document.exit_code), (GateOutcome::Passed, 0));
}

#[test]
fn text_says_each_finding_once_and_the_answer_last() {
    let text = to_text(&document());

    assert_eq!(text.matches("CVE-2020-26235").count(), 1, "{text}");
    assert!(text.contains("suppressed time 0.1.43: CVE-2021-1"), "{text}");
    assert!(text.contains("FAIL [no-git]"), "{text}");
    assert!(text.lines().last().unwrap().starts_with("gate closed: 2 violations"), "{text}");
}
