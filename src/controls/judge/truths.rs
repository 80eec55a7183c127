//! Tests of three-valued judging, seen through whole tests so that the sentences are checked with the truths.

use crate::base::{DAY_MS, UnixMillis};
use crate::controls::sample::{NOW, asset, days_ago, facts, observation, record, test, text};
use crate::controls::{Record, TestResult, TestStatus, Value, evaluate_test};
use crate::evidence::EvidenceKind;

use super::Truth;

fn account<const N: usize>(id: &str, fields: [(&str, Value); N]) -> Record {
    let mut row = record(fields);
    row.insert("id".to_owned(), text(id));
    row
}

/// The result of a condition over an access list.
fn over(pass: &str, accounts: Vec<Record>) -> TestResult {
    let fields = [("accounts", Value::Int(accounts.len() as i64)), ("completeness", text("proven"))];
    let list = observation(EvidenceKind::Access, 1, fields, ("accounts", accounts));
    let body =
        format!("population: {{of: asset, when_empty: none}}\nevidence: {{kind: access}}\npass: {pass}");
    evaluate_test(&test(&body), &facts([asset("aws", vec![list])]), NOW)
}

fn status(pass: &str, accounts: Vec<Record>) -> TestStatus {
    over(pass, accounts).status
}

#[test]
fn the_logic_is_kleenes() {
    use Truth::{False, True, Unknown};

    for (a, b, and, or) in [
        (True, True, True, True),
        (True, False, False, True),
        (False, Unknown, False, Unknown),
        (True, Unknown, Unknown, True),
        (Unknown, Unknown, Unknown, Unknown),
        (False, False, False, False),
    ] {
        assert_eq!((a.and(b), b.and(a)), (and, and));
        assert_eq!((a.or(b), b.or(a)), (or, or));
    }
    assert_eq!(Unknown.not(), Unknown);
}

#[test]
fn an_absent_field_is_unknown_and_only_exists_and_absent_decide() {
    let nobody = || vec![account("a", [("name", text(""))])];
    let count = |field: &str| format!("{{count: {{of: accounts, where: {field}, at_least: 1}}}}");

    assert_eq!(status(&count("{path: mfa, ne: 'yes'}"), nobody()), TestStatus::Unknown);
    assert_eq!(status(&count("{path: mfa, not_in: ['yes']}"), nobody()), TestStatus::Unknown);
    assert_eq!(status(&count("{path: mfa, absent: true}"), nobody()), TestStatus::Pass);
    assert_eq!(status(&count("{path: mfa, exists: true}"), nobody()), TestStatus::Fail);
    assert_eq!(
        status(&count("{path: name, exists: true}"), nobody()),
        TestStatus::Fail,
        "empty words say nothing"
    );
    let either = "{any: [{path: mfa, eq: 'yes'}, {path: id, eq: a}]}";
    assert_eq!(status(&count(either), nobody()), TestStatus::Pass);
    let both = "{all: [{path: mfa, eq: 'yes'}, {path: id, eq: b}]}";
    assert_eq!(status(&count(both), nobody()), TestStatus::Fail);
}

#[test]
fn a_value_of_another_type_than_declared_is_unknown() {
    let odd = vec![account("a", [("mfa", Value::Bool(true)), ("active_keys", Value::Num(f64::NAN))])];

    let mfa = "{count: {of: accounts, where: {path: mfa, eq: 'yes'}, at_most: 0}}";
    assert_eq!(status(mfa, odd.clone()), TestStatus::Unknown);
    let keys = "{count: {of: accounts, where: {path: active_keys, at_least: 1}, at_most: 0}}";
    assert_eq!(status(keys, odd), TestStatus::Unknown);
}

#[test]
fn failing_rows_are_named_with_their_values() {
    let accounts = vec![
        account("u1", [("name", text("dana.reyes")), ("console", text("yes")), ("mfa", text("no"))]),
        account("u2", [("name", text("ada")), ("console", text("yes")), ("mfa", text("yes"))]),
    ];

    let result = over(
        "{count: {of: accounts, where: {all: [{path: console, eq: 'yes'}, {path: mfa, ne: 'yes'}]}, at_most: 0}}",
        accounts,
    );

    assert_eq!((result.status, result.population, result.evaluated), (TestStatus::Fail, 1, 1));
    assert_eq!(result.failing.len(), 1);
    assert_eq!((result.failing[0].subject.as_str(), result.failing[0].item.as_str()), ("aws", "u1"));
    insta::assert_snapshot!(result.failing[0].reason, @"dana.reyes: console sign-in is yes, second factor is no");
    insta::assert_snapshot!(result.explanation, @"1 of 1 deployable fails: aws (1 of 2 accounts where console sign-in is yes and second factor is not yes, none allowed: dana.reyes).");
}

#[test]
fn a_summary_field_says_what_it_is_and_what_it_must_be() {
    let result = over("{path: evidence.accounts, at_least: 3}", vec![account("a", [])]);

    assert_eq!(result.failing[0].reason, "number of accounts is 1, must be at least 3");
    assert_eq!(result.failing[0].item, "");
}

#[test]
fn alternatives_fail_together_in_one_sentence_and_pass_by_the_one_that_holds() {
    let pass = "{any: [{path: evidence.accounts, at_least: 3}, {path: evidence.system, eq: test}]}";

    let failing = over(pass, vec![account("a", [])]);
    assert_eq!(failing.status, TestStatus::Unknown, "the system is not stated");

    let pass = "{any: [{path: evidence.accounts, at_least: 3}, {path: evidence.format, eq: test}]}";
    let failing = over(pass, vec![account("a", [])]);
    assert_eq!(failing.failing.len(), 1);
    insta::assert_snapshot!(failing.failing[0].reason, @"none of 2 alternatives holds: number of accounts is 1, must be at least 3; format is sample, must be test");

    let passing = over(&pass.replace("test", "sample"), vec![account("a", [])]);
    insta::assert_snapshot!(passing.explanation, @"aws holds (access list of 2026-09-30: format is sample).");
}

#[test]
fn none_denies_and_says_so() {
    let denied = over("{none: [{path: evidence.format, eq: sample}]}", vec![account("a", [])]);
    let rows = over(
        "{none: [{count: {of: accounts, where: {path: kind, eq: root}, at_least: 1}}]}",
        vec![account("root", [("kind", text("root"))])],
    );

    assert_eq!(denied.failing[0].reason, "format is sample, must not be sample");
    assert_eq!((rows.status, rows.failing[0].item.as_str()), (TestStatus::Fail, "root"));
    assert_eq!(status("{none: [{path: evidence.format, eq: other}]}", vec![]), TestStatus::Pass);
}

#[test]
fn lists_are_asked_for_any_member_and_for_their_length() {
    let asked = |pass: &str| {
        let mut subject = asset("a", vec![]);
        subject
            .fields
            .insert("data_classes".to_owned(), Value::List(vec!["chd".to_owned(), "pii".to_owned()]));
        let body = format!("population: {{of: asset, when_empty: none}}\npass: {pass}");
        evaluate_test(&test(&body), &facts([subject]), NOW).status
    };

    assert_eq!(asked("{path: subject.data_classes, in: [pan, chd]}"), TestStatus::Pass);
    assert_eq!(asked("{path: subject.data_classes, not_in: [pan, chd]}"), TestStatus::Fail);
    assert_eq!(asked("{path: subject.data_classes, at_least: 2}"), TestStatus::Pass);
    assert_eq!(asked("{path: subject.data_classes, at_most: 1}"), TestStatus::Fail);
    assert_eq!(asked("{path: subject.id, matches: '[a-c]'}"), TestStatus::Pass);
}

#[test]
fn shares_count_what_cannot_be_judged_both_ways() {
    let rows = |yes: usize, no: usize, unknown: usize| {
        let mut rows = vec![account("y", [("mfa", text("yes"))]); yes];
        rows.extend(vec![account("n", [("mfa", text("no"))]); no]);
        rows.extend(vec![account("u", []); unknown]);
        rows
    };
    let share = "{share: {of: accounts, where: {path: mfa, eq: 'yes'}, at_least: 0.5}}";

    assert_eq!(status(share, rows(2, 1, 1)), TestStatus::Pass);
    assert_eq!(status(share, rows(1, 2, 1)), TestStatus::Unknown);
    assert_eq!(status(share, rows(0, 3, 1)), TestStatus::Fail);
    assert_eq!(status(share, vec![]), TestStatus::Unknown, "a share of nothing is not known");
    let failing = over(share, rows(0, 3, 1));
    assert_eq!(failing.failing.iter().map(|i| i.item.as_str()).collect::<Vec<_>>(), ["n"; 3]);
}

#[test]
fn joins_name_the_rows_without_a_partner() {
    let join = "{join: {of: accounts, where: {path: kind, eq: human}, with: accounts, on: name}}";
    let human = |id: &str, name: &str| account(id, [("kind", text("human")), ("name", text(name))]);

    assert_eq!(status(join, vec![human("a", "x")]), TestStatus::Pass);
    let nameless = account("b", [("kind", text("human"))]);
    assert_eq!(status(join, vec![human("a", "x"), nameless]), TestStatus::Unknown);
}

#[test]
fn time_turns_a_verdict_only_at_the_instant_it_names() {
    let pass = "{count: {of: accounts, where: {path: last_activity, older_than: 90d}, at_most: 0}}";
    let accounts = vec![account("a", [("last_activity", Value::Int(days_ago(80)))])];

    let result = over(pass, accounts);

    assert_eq!(result.status, TestStatus::Pass);
    assert_eq!(result.valid_until, Some(UnixMillis(NOW.0 + 10 * DAY_MS + 1)));
}

#[test]
fn newer_than_takes_the_boundary_and_the_future_in() {
    let at = |age: i64, span: &str| {
        let rows = vec![account("a", [("created_at", Value::Int(days_ago(age)))])];
        status(
            &format!(
                "{{count: {{of: accounts, where: {{path: created_at, newer_than: {span}}}, at_least: 1}}}}"
            ),
            rows,
        )
    };

    assert_eq!(at(30, "30d"), TestStatus::Pass);
    assert_eq!(at(31, "30d"), TestStatus::Fail);
    assert_eq!(at(-5, "0d"), TestStatus::Pass);
    assert_eq!(at(1, "0d"), TestStatus::Fail);
    assert_eq!(at(30, "1mo"), TestStatus::Pass, "September has 30 days");
    assert_eq!(at(31, "1mo"), TestStatus::Fail);
}

#[test]
fn more_failing_rows_than_can_be_listed_are_counted() {
    let rows: Vec<Record> = (0..250).map(|i| account(&format!("u{i}"), [("mfa", text("no"))])).collect();

    let result = over("{count: {of: accounts, where: {path: mfa, eq: 'no'}, at_most: 0}}", rows);

    assert_eq!((result.failing.len(), result.more_failing), (200, 50));
}

#[test]
fn too_few_rows_say_what_is_there_instead() {
    let ended = vec![account("a", [("name", text("ada")), ("mfa", text("no"))])];

    let result = over("{count: {of: accounts, where: {path: mfa, eq: 'yes'}, at_least: 1}}", ended);

    assert_eq!(
        result.failing[0].reason,
        "0 of 1 accounts where second factor is yes, at least 1 required (there is ada: second factor is no)"
    );
}

#[test]
fn a_field_asked_twice_is_said_once() {
    let pass = "{all: [{path: evidence.accounts, at_least: 1}, {path: evidence.accounts, at_most: 5}]}";

    let result = over(pass, vec![account("a", [])]);

    assert_eq!(result.explanation, "aws holds (access list of 2026-09-30: number of accounts is 1).");
}

#[test]
fn shares_are_said_in_percent_and_hashes_by_their_first_characters() {
    let fields = [("purl_share", Value::Num(0.875)), ("described", text(&"3951b57e".repeat(5)))];
    let sbom = observation(EvidenceKind::Sbom, 1, fields, ("components", vec![]));
    let body = "population: {of: asset, when_empty: none}\nevidence: {kind: sbom}\n\
        pass: {all: [{path: evidence.purl_share, at_least: 0.5}, {path: evidence.described, exists: true}]}";

    let result = evaluate_test(&test(body), &facts([asset("api", vec![sbom])]), NOW);

    assert_eq!(
        result.subjects[0].explanation,
        "component inventory (SBOM) of 2026-09-30: share of components with a package URL is 87.5 %; described product is 3951b57e3951"
    );
}
