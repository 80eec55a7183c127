//! Tests of when evidence may speak: populations, silence, completeness, freshness, feeds.

use crate::base::{DAY_MS, UnixMillis};
use crate::controls::sample::{NOW, asset, facts, feed, observation, record, subject, test, text};
use crate::controls::{
    EvaluateOptions, Observation, Record, Subject, SubjectKind, TestResult, TestStatus, Value, evaluate_test,
};
use crate::evidence::EvidenceKind;

use super::Evaluator;

const SCAN: &str = "population: {of: asset, when_empty: Declare an asset first}\n\
    evidence: {kind: scan, where: {path: evidence.category, eq: sast}, fresh: 30d}\n\
    pass: {count: {of: findings, where: {path: severity, eq: critical}, at_most: 0}}";
const MATCHES: &str = "population: {of: asset, when_empty: none}\n\
    evidence: {kind: sbom, feed: current}\n\
    pass: {count: {of: matches, where: {path: outcome, eq: affected}, at_most: 0}}";

fn scan<const N: usize>(age: i64, extra: [(&str, Value); N], findings: Vec<Record>) -> Observation {
    let mut scan = observation(EvidenceKind::Scan, age, extra, ("findings", findings));
    scan.fields.insert("category".to_owned(), text("sast"));
    scan
}

fn finding(severity: &str) -> Record {
    record([("id", text("f1")), ("severity", text(severity)), ("title", text("SQL injection"))])
}

fn scanned(observations: Vec<Observation>) -> TestResult {
    evaluate_test(&test(SCAN), &facts([asset("api", observations)]), NOW)
}

fn matched(subjects: Vec<Subject>) -> TestResult {
    evaluate_test(&test(MATCHES), &facts(subjects), NOW)
}

fn sbom(components: i64, matches: Vec<Record>) -> Observation {
    observation(EvidenceKind::Sbom, 1, [("components", Value::Int(components))], ("matches", matches))
}

#[test]
fn nobody_to_test_is_missing_never_a_pass() {
    let result = evaluate_test(&test(SCAN), &facts([]), NOW);

    assert_eq!((result.status, result.population), (TestStatus::Missing, 0));
    assert_eq!(result.explanation, "Declare an asset first.");
}

#[test]
fn who_may_belong_is_counted_and_unknown() {
    let body = "population: {of: asset, where: {path: in_scope, eq: true}, when_empty: none}\npass: {path: subject.owner, exists: true}";
    let (inside, outside) =
        ([("in_scope", Value::Bool(true)), ("owner", text("ops"))], [("in_scope", Value::Bool(false))]);
    let kind = SubjectKind::Asset;
    let all = [subject(kind, "c", []), subject(kind, "b", outside), subject(kind, "a", inside)];

    let result = evaluate_test(&test(body), &facts(all), NOW);

    assert_eq!((result.status, result.population, result.evaluated), (TestStatus::Unknown, 2, 1));
    assert_eq!(result.subjects.iter().map(|s| s.subject.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    assert!(
        result.subjects[1].explanation.ends_with("in scope is not stated"),
        "{}",
        result.subjects[1].explanation
    );
}

#[test]
fn no_evidence_is_missing_and_of_another_category_too() {
    let mut other = scan(1, [], vec![]);
    other.fields.insert("category".to_owned(), text("dast"));
    let mut unsaid = scan(1, [], vec![]);
    unsaid.fields.remove("category");

    assert_eq!(scanned(vec![]).status, TestStatus::Missing);
    assert_eq!(
        scanned(vec![other]).explanation,
        "1 of 1 deployable has no evidence: api (there is no scan result where category is sast: import one)."
    );
    assert_eq!(scanned(vec![unsaid]).status, TestStatus::Unknown);
}

#[test]
fn an_empty_scan_passes_only_with_proof_that_the_tool_ran() {
    assert_eq!(scanned(vec![scan(1, [], vec![])]).status, TestStatus::Unknown);
    assert_eq!(scanned(vec![scan(1, [("successful", text("unknown"))], vec![])]).status, TestStatus::Unknown);
    assert_eq!(scanned(vec![scan(1, [("successful", text("yes"))], vec![])]).status, TestStatus::Pass);
    let lost = [("successful", text("yes")), ("records_dropped", Value::Int(1))];
    assert_eq!(scanned(vec![scan(1, lost.clone(), vec![])]).status, TestStatus::Unknown);
    assert_eq!(scanned(vec![scan(1, lost, vec![finding("low")])]).status, TestStatus::Unknown);
}

#[test]
fn a_scan_with_findings_ran_unless_it_says_that_it_failed() {
    assert_eq!(scanned(vec![scan(1, [], vec![finding("low")])]).status, TestStatus::Pass);
    assert_eq!(
        scanned(vec![scan(1, [("successful", text("no"))], vec![finding("low")])]).status,
        TestStatus::Unknown
    );
    assert_eq!(
        scanned(vec![scan(1, [("successful", text("no"))], vec![finding("critical")])]).status,
        TestStatus::Fail
    );
}

#[test]
fn a_count_of_zero_in_a_summary_field_needs_the_same_proof() {
    let body = "population: {of: asset, when_empty: none}\nevidence: {kind: scan}\npass: {path: evidence.open, at_most: 0}";
    let with = |successful: &str| {
        let fields = [("open", Value::Int(0)), ("successful", text(successful))];
        evaluate_test(&test(body), &facts([asset("api", vec![scan(1, fields, vec![])])]), NOW).status
    };

    assert_eq!((with("yes"), with("unknown")), (TestStatus::Pass, TestStatus::Unknown));
    let denied =
        body.replace("{path: evidence.open, at_most: 0}", "{none: [{path: evidence.open, at_least: 1}]}");
    let silent = asset("api", vec![scan(1, [("open", Value::Int(0))], vec![])]);
    assert_eq!(evaluate_test(&test(&denied), &facts([silent]), NOW).status, TestStatus::Unknown);
}

#[test]
fn denying_a_count_does_not_turn_silence_into_a_pass() {
    let body =
        SCAN.replace("at_most: 0", "at_least: 1").replace("pass: {count", "pass: {none: [{count") + "]}";
    let run = |o: Observation| evaluate_test(&test(&body), &facts([asset("api", vec![o])]), NOW).status;

    assert_eq!(run(scan(1, [], vec![])), TestStatus::Unknown);
    assert_eq!(run(scan(1, [("successful", text("yes"))], vec![])), TestStatus::Pass);
    assert_eq!(run(scan(1, [], vec![finding("critical")])), TestStatus::Fail);
}

#[test]
fn what_was_collected_in_part_neither_passes_nor_fails_but_shows_what_it_found() {
    for word in ["partial", "failed"] {
        let result = scanned(vec![scan(1, [("completeness", text(word))], vec![finding("critical")])]);

        assert_eq!((result.status, result.evaluated, result.failing.len()), (TestStatus::Unknown, 0, 1));
    }
}

#[test]
fn old_evidence_is_stale_even_when_it_would_fail() {
    let fine = scanned(vec![scan(31, [("successful", text("yes"))], vec![])]);
    let bad = scanned(vec![scan(31, [], vec![finding("critical")])]);

    assert_eq!((fine.status, bad.status, bad.failing.len()), (TestStatus::Stale, TestStatus::Stale, 1));
    assert!(
        fine.explanation.contains("is of 2026-08-31, the limit is 30 days: collect a new one"),
        "{}",
        fine.explanation
    );
    assert!(bad.subjects[0].explanation.contains("it shows: 1 of 1 findings"), "{bad:?}");
    let fresh = scanned(vec![scan(30, [("successful", text("yes"))], vec![])]);
    assert_eq!((fresh.status, fresh.valid_until), (TestStatus::Pass, Some(UnixMillis(NOW.0 + 1))));
}

#[test]
fn the_newest_observation_speaks_and_ties_go_to_the_later_id() {
    let old = scan(5, [], vec![finding("critical")]);
    let new = scan(1, [("successful", text("yes"))], vec![]);
    let twin = Observation { evidence: "ev-zzz".to_owned(), ..scan(1, [], vec![finding("critical")]) };

    assert_eq!(scanned(vec![old.clone(), new.clone()]).status, TestStatus::Pass);
    let result = scanned(vec![twin, old, new]);
    assert_eq!(
        (result.status, result.subjects[0].relied_on.as_slice()),
        (TestStatus::Fail, &["ev-zzz".to_owned()][..])
    );
}

#[test]
fn documents_speak_together() {
    let document = |id: &str, word: &str| {
        let rows = vec![record([("id", text(id)), ("document", text(word))])];
        Observation {
            evidence: id.to_owned(),
            ..observation(EvidenceKind::Document, 1, [], ("documents", rows))
        }
    };
    let body = "population: {of: asset, when_empty: none}\nevidence: {kind: document, take: every}\n\
        pass: {all: [{count: {of: documents, where: {path: document, eq: dpa}, at_least: 1}}, {count: {of: documents, at_least: 2}}]}";
    let run = |documents: Vec<Observation>| evaluate_test(&test(body), &facts([asset("v", documents)]), NOW);

    let both = run(vec![document("a", "dpa"), document("b", "soc2")]);
    assert_eq!((both.status, both.subjects[0].relied_on.len()), (TestStatus::Pass, 2));
    assert_eq!(run(vec![document("b", "soc2")]).status, TestStatus::Fail);
}

#[test]
fn matches_are_judged_only_by_a_current_feed() {
    let affected = || {
        record([
            ("id", text("m")),
            ("outcome", text("affected")),
            ("advisory", text("CVE-1")),
            ("component", text("lib")),
        ])
    };
    let with = |matches: Vec<Record>| asset("api", vec![sbom(3, matches)]);

    let none = matched(vec![with(vec![])]);
    assert_eq!(none.status, TestStatus::Unknown);
    assert!(none.explanation.contains("there is no advisory feed: import"), "{}", none.explanation);
    let current = matched(vec![with(vec![]), feed(47)]);
    assert_eq!(
        (current.status, current.valid_until),
        (TestStatus::Pass, Some(UnixMillis(NOW.0 + 3_600_001)))
    );
    let old = matched(vec![with(vec![affected()]), feed(49)]);
    assert_eq!(
        (old.status, old.failing[0].reason.as_str()),
        (TestStatus::Unknown, "CVE-1 in lib: outcome is affected")
    );
    assert_eq!(matched(vec![with(vec![affected()]), feed(1)]).status, TestStatus::Fail);
    let mut hollow = feed(1);
    hollow.fields.insert("advisories".to_owned(), Value::Int(0));
    assert_eq!(matched(vec![with(vec![]), hollow]).status, TestStatus::Unknown);
    assert_eq!(matched(vec![asset("api", vec![sbom(0, vec![])]), feed(1)]).status, TestStatus::Unknown);
}

#[test]
fn single_advisories_show_what_is_affected_and_never_that_nothing_is() {
    let affected = || record([("id", text("m")), ("outcome", text("affected"))]);
    let mut single = feed(1);
    single.fields.insert("whole".to_owned(), Value::Bool(false));
    let mut unsaid = feed(1);
    unsaid.fields.remove("whole");
    let with = |matches: Vec<Record>, feed: &Subject| {
        matched(vec![asset("api", vec![sbom(3, matches)]), feed.clone()])
    };

    for feed in [&single, &unsaid] {
        let (silent, hit) = (with(vec![], feed), with(vec![affected()], feed));
        assert_eq!((silent.status, hit.status), (TestStatus::Unknown, TestStatus::Fail));
        assert_eq!(
            silent.subjects[0].explanation,
            "only single advisories are known here: import a whole database, for example `attestry import advisory-db.tar.gz`"
        );
        assert_eq!(silent.valid_until, None, "no time makes a database of them");
    }
    let mut old = feed(49);
    old.id = "whole".to_owned();
    let both = matched(vec![asset("api", vec![sbom(3, vec![])]), single.clone(), old]);
    assert!(both.explanation.contains("the limit is 48 hours"), "{}", both.explanation);
    let mut new = feed(1);
    new.id = "whole".to_owned();
    assert_eq!(matched(vec![asset("api", vec![sbom(3, vec![])]), single, new]).status, TestStatus::Pass);
}

#[test]
fn a_feed_that_is_followed_and_fell_behind_makes_silence_unknown_and_keeps_what_is_known() {
    let affected = || record([("id", text("m")), ("outcome", text("affected"))]);
    let followed = |hours: i64, whole: bool| {
        let mut other = feed(hours);
        other.id = "osv:npm".to_owned();
        other.fields.insert("whole".to_owned(), Value::Bool(whole));
        other.fields.insert("followed".to_owned(), Value::Bool(true));
        other
    };
    let mut never = followed(1, false);
    never.fields.insert("advisories".to_owned(), Value::Int(0));
    let with = |matches: Vec<Record>, other: Subject| {
        matched(vec![asset("api", vec![sbom(3, matches)]), feed(1), other])
    };

    for (other, why) in [
        (followed(49, true), "the limit is 48 hours"),
        (followed(1, false), "not whole"),
        (never, "never fetched"),
    ] {
        let (silent, hit) = (with(vec![], other.clone()), with(vec![affected()], other.clone()));
        assert_eq!((silent.status, hit.status), (TestStatus::Unknown, TestStatus::Fail));
        assert!(
            silent.explanation.contains("osv:npm") && silent.explanation.contains(why),
            "{}",
            silent.explanation
        );
        let mut left = other;
        left.fields.insert("followed".to_owned(), Value::Bool(false));
        assert_eq!(with(vec![], left).status, TestStatus::Pass, "nobody follows it any more");
    }
    let soon = with(vec![], followed(40, true));
    assert_eq!((soon.status, soon.valid_until), (TestStatus::Pass, Some(NOW.plus_millis(8 * 3_600_000 + 1))));
}

#[test]
fn the_age_of_a_feed_is_configurable() {
    let facts = facts([asset("api", vec![sbom(3, vec![])]), feed(49)]);
    let options = EvaluateOptions { feed_max_age_hours: 72, ..EvaluateOptions::at(NOW) };

    let result = Evaluator::new(&facts, options).result(&test(MATCHES), &[]);

    assert_eq!(result.status, TestStatus::Pass);
}

#[test]
fn a_test_that_cannot_be_carried_out_is_an_error() {
    let mut broken = test(SCAN);
    broken.evidence.as_mut().unwrap().fresh = Some(crate::controls::Span("soon".to_owned()));

    let result = evaluate_test(&broken, &facts([]), NOW);

    assert_eq!(result.status, TestStatus::Error);
    assert!(result.explanation.contains("`soon` is no length of time"));
}

#[test]
fn the_worst_subject_decides_and_the_figures_are_said() {
    let good = |id: &str| asset(id, vec![scan(1, [("successful", text("yes"))], vec![])]);
    let all = vec![good("a"), asset("b", vec![scan(1, [], vec![finding("critical")])]), asset("c", vec![])];

    let mixed = evaluate_test(&test(SCAN), &facts(all), NOW);
    let fine = evaluate_test(&test(SCAN), &facts([good("a"), good("b")]), UnixMillis(NOW.0 + DAY_MS));

    insta::assert_snapshot!(mixed.explanation, @"1 of 3 deployables fails: b (1 of 1 findings where severity is critical, none allowed: SQL injection). 1 of 3 has no evidence: c.");
    assert_eq!((mixed.status, mixed.evaluated), (TestStatus::Fail, 2));
    assert_eq!(fine.explanation, "All 2 deployables hold.");
}
