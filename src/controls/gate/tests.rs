//! Tests of loading and evaluating gate policies.

use super::*;
use crate::base::UnixMillis;
use crate::controls::Value;

fn load(text: &str) -> Result<GatePolicy, CatalogError> {
    GatePolicy::load(&SourceFile { name: "gate.yaml".to_owned(), text: text.to_owned() })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A finding of the default policy's fields.
fn finding(id: &str, severity: &str, fix: bool) -> Record {
    let fields = [
        ("id", text(id)),
        ("component", text("lib")),
        ("version", text("1.0")),
        ("severity", text(severity)),
        ("class", text("vulnerability")),
        ("fix_available", Value::Bool(fix)),
        ("known_exploited", Value::Bool(false)),
        ("suppressed", Value::Bool(false)),
    ];
    fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
}

fn with(mut row: Record, field: &str, value: Value) -> Record {
    row.insert(field.to_owned(), value);
    row
}

fn judged(findings: Vec<Record>) -> GateReport {
    let facts = GateFacts { findings, ..GateFacts::default() };
    load(DEFAULT_GATE).unwrap().evaluate(&facts, UnixMillis(0))
}

fn rules(report: &GateReport) -> Vec<(&str, GateLevel)> {
    report.violations.iter().map(|violation| (violation.rule.as_str(), violation.level)).collect()
}

#[test]
fn the_default_fails_on_what_can_be_mended_and_warns_otherwise() {
    let high = judged(vec![finding("CVE-1", "high", true)]);
    let unfixed = judged(vec![finding("CVE-1", "critical", false)]);
    let low = judged(vec![finding("CVE-1", "low", true)]);

    assert_eq!(rules(&high), [("fixable-high", GateLevel::Fail), ("any-finding", GateLevel::Warn)]);
    assert_eq!(
        high.violations[0].why,
        "A high or critical vulnerability has a fix: severity is high; fix available is yes; suppressed is no"
    );
    assert_eq!(
        (high.violations[0].component.as_str(), high.violations[0].item.as_str()),
        ("lib 1.0", "CVE-1")
    );
    assert!(high.is_closed() && !unfixed.is_closed() && !low.is_closed());
    assert_eq!(rules(&low), [("any-finding", GateLevel::Warn)]);
    assert_eq!(judged(vec![]), GateReport::default());
}

#[test]
fn the_default_fails_on_the_malicious_and_the_exploited_unless_suppressed() {
    let malicious = with(finding("MAL-1", "unknown", false), "class", text("malicious"));
    let exploited = with(finding("CVE-2", "low", false), "known_exploited", Value::Bool(true));
    let suppressed = with(exploited.clone(), "suppressed", Value::Bool(true));

    assert_eq!(rules(&judged(vec![malicious]))[0], ("malicious", GateLevel::Fail));
    assert_eq!(rules(&judged(vec![exploited]))[0], ("known-exploited", GateLevel::Fail));
    assert!(rules(&judged(vec![suppressed])).is_empty());
}

#[test]
fn what_cannot_be_told_closes_the_gate() {
    let mut unsure = finding("CVE-1", "high", true);
    unsure.remove("fix_available");

    let report = judged(vec![unsure]);

    assert_eq!(report.undecided[0].rule, "fixable-high");
    assert!(report.is_closed());
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let rows =
        vec![finding("CVE-2", "high", true), finding("CVE-1", "low", true), finding("CVE-3", "high", false)];
    let mut turned = rows.clone();
    turned.reverse();

    assert_eq!(judged(rows), judged(turned));
}

#[test]
fn every_problem_is_named_with_its_line_and_key() {
    let policy = "version: 1\nnam: x\nrules:\n  - id: a\n    title: t\n    on: findings\n    level: fail\n    when: {path: severty, eq: high}\n\
        \x20 - id: b\n    title: t\n    on: finding\n    level: fail\n    when: {path: id, exists: true}\n  - id: a\n    title: t\n    on: quality\n    level: warn\n    when: {count: {of: findings, at_most: 0}}\n";

    let found = load(policy).unwrap_err().diagnostics;

    let lines: Vec<(usize, &str)> = found.iter().map(|d| (d.line, d.code)).collect();
    assert_eq!(
        lines,
        [(2, "unknown-key"), (8, "unknown-path"), (11, "bad-rule"), (14, "bad-id"), (18, "nested-rows")]
    );
    assert!(found[0].message.contains("did you mean `name`?"));
    assert!(found[1].message.contains("did you mean `severity`?"), "{}", found[1].message);
}

#[test]
fn a_policy_without_version_or_rules_is_refused() {
    for (policy, code) in
        [("name: x\nrules: []\n", "bad-rules"), ("version: 2\nrules: []\n", "bad-version"), ("[", "bad-yaml")]
    {
        let found = load(policy).unwrap_err().diagnostics;
        assert!(found.iter().any(|diagnostic| diagnostic.code == code), "{policy}: {found:?}");
    }
}
