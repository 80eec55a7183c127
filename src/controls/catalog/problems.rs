//! Tests of what the loader says about files that are wrong.

use std::collections::BTreeSet;

use crate::controls::sample::{FRAMEWORK, load, test_file};
use crate::controls::{Catalog, Diagnostic, SourceFile};

const LINK: &str = "{framework: demo, id: '1.1', strength: direct}";
const PLAIN: &str =
    "population: {of: asset, when_empty: Declare one}\npass: {path: subject.in_scope, eq: true}";

fn problems(tests: &[String]) -> Vec<Diagnostic> {
    load(tests).map(|_| Vec::new()).unwrap_or_else(|e| e.diagnostics)
}

/// The codes a body (or a link) leads to.
fn codes(links: &str, body: &str) -> Vec<&'static str> {
    problems(&[test_file("demo.t", links, body)]).into_iter().map(|d| d.code).collect()
}

fn pass(kind: &str, pass: &str) -> Vec<&'static str> {
    let evidence = if kind.is_empty() { String::new() } else { format!("evidence: {kind}\n") };
    codes(LINK, &format!("population: {{of: asset, when_empty: Declare one}}\n{evidence}pass: {pass}"))
}

fn framework(items: &str) -> Vec<(&'static str, usize)> {
    let text = format!("id: f\ntitle: T\nversion: '1'\nnotice: N\nitems:\n{items}");
    let files = [SourceFile { name: "frameworks/f.yaml".to_owned(), text }];
    let problems = Catalog::load(&files).map(|_| Vec::new()).unwrap_or_else(|e| e.diagnostics);
    problems.into_iter().map(|d| (d.code, d.line)).collect()
}

#[test]
fn a_sound_catalogue_loads_in_order_and_has_one_digest() {
    let (a, b) = (test_file("demo.a", LINK, PLAIN), test_file("demo.b", LINK, PLAIN));

    let one = load(&[a.clone(), b.clone()]).unwrap();
    let other = load(&[b, a.clone()]).unwrap();

    assert_eq!(one, other);
    assert_eq!(one.tests.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["demo.a", "demo.b"]);
    assert_ne!(one.digest, load(&[a]).unwrap().digest);
    assert!(one.framework("demo").is_some() && one.test("demo.b").is_some());
}

#[test]
fn every_problem_of_every_file_is_reported_at_once_with_its_place() {
    let misspelt = test_file("demo.a", LINK, &PLAIN.replace("eq:", "equals:"));
    let unknown = test_file("demo.b", "{framework: demo, id: '1.9', strength: direct}", PLAIN);
    let both = "tests:\n  - {id: x}\n  - {id: y, nonsense: 1}\n".to_owned();

    let found = problems(&[misspelt, unknown, both]);

    let places: Vec<_> = found.iter().map(|d| (d.file.as_str(), d.line, d.code)).collect();
    assert_eq!(
        places,
        [
            ("tests/t0.yaml", 6, "bad-test"),
            ("tests/t1.yaml", 4, "unknown-item"),
            ("tests/t2.yaml", 2, "bad-test"),
            ("tests/t2.yaml", 3, "bad-test"),
        ]
    );
}

#[test]
fn a_problem_shows_its_line_with_a_caret() {
    let found = problems(&[test_file("demo.a", LINK, &PLAIN.replace("in_scope", "in_scop"))]);

    let only = &found[0];
    insta::assert_snapshot!(format!("{}:{}:{}: {}\n{}", only.file, only.line, only.column, only.message, only.excerpt), @r"
    tests/t0.yaml:6:18: `subject.in_scop` is no field of assets: did you mean `in_scope`? it has id, name, type, in_scope, environment, owner, data_classes, internet_facing
    6 |     pass: {path: subject.in_scop, eq: true}
      |                  ^
    ");
}

#[test]
fn links_must_lead_to_an_assessed_item_that_stands() {
    assert_eq!(codes("{framework: dem, id: '1.1', strength: direct}", PLAIN), ["unknown-framework"]);
    assert_eq!(codes("{framework: demo, id: '1', strength: direct}", PLAIN), ["heading-linked"]);
    assert_eq!(codes("{framework: demo, id: '1.4', strength: direct}", PLAIN), ["superseded-item"]);
    assert_eq!(codes("", PLAIN), ["no-links"]);
    assert_eq!(codes("{framework: demo, id: '1.1', strength: firm}", PLAIN), ["bad-test"]);
}

#[test]
fn operators_must_fit_the_type_of_their_field() {
    assert_eq!(pass("", "{path: subject.owner, at_least: 3}"), ["wrong-operator"]);
    assert_eq!(pass("", "{path: subject.owner, older_than: 3d}"), ["wrong-operator"]);
    assert_eq!(pass("", "{path: subject.in_scope, eq: 'yes'}"), ["wrong-type"]);
    assert_eq!(pass("", "{path: subject.owner, eq: 1.10}"), ["wrong-type"]);
    assert_eq!(pass("{kind: sbom}", "{path: evidence.observed_at, newer_than: 30}"), ["bad-span"]);
    assert_eq!(pass("{kind: sbom}", "{path: evidence.components, at_least: .nan}"), ["bad-yaml"]);
    assert_eq!(pass("", "{path: subject.owner, matches: '(' }"), ["bad-pattern"]);
    assert_eq!(pass("", "{path: subject.data_classes, in: []}"), ["empty-list"]);
    assert_eq!(pass("", "{path: subject.data_classes, in: [pan, chd]}"), Vec::<&str>::new());
}

#[test]
fn paths_are_known_only_where_their_scope_is() {
    assert_eq!(pass("", "{path: evidence.components, at_least: 1}"), ["unknown-path"]);
    assert_eq!(pass("{kind: sbom}", "{path: evidence.findings, at_least: 1}"), ["unknown-path"]);
    assert_eq!(pass("{kind: sbom}", "{path: owner, exists: true}"), ["unknown-path"]);
    let population = "population: {of: asset, where: {path: subject.type, eq: x}, when_empty: Declare}\npass: {path: subject.id, exists: true}";
    assert_eq!(codes(LINK, population), ["unknown-path"]);
    let speaks = "population: {of: asset, when_empty: Declare}\nevidence: {kind: scan, where: {path: subject.type, eq: x}}\npass: {path: subject.id, exists: true}";
    assert_eq!(codes(LINK, speaks), ["unknown-path"]);
}

#[test]
fn row_tables_belong_to_their_evidence() {
    assert_eq!(pass("{kind: scan}", "{count: {of: accounts, at_most: 0}}"), ["unknown-table"]);
    assert_eq!(pass("{kind: scan}", "{count: {of: nonsense, at_most: 0}}"), ["unknown-table"]);
    assert_eq!(pass("", "{count: {of: accounts, at_most: 0}}"), ["rows-without-evidence"]);
    assert_eq!(pass("{kind: sbom}", "{count: {of: matches, at_most: 0}}"), ["matches-without-feed"]);
    assert_eq!(pass("{kind: scan}", "{count: {of: findings}}"), ["no-bound"]);
    assert_eq!(pass("{kind: scan}", "{count: {of: findings, at_least: 2, at_most: 1}}"), ["empty-range"]);
    let share = "{share: {of: findings, where: {path: rule, exists: true}, at_least: 1.5}}";
    assert_eq!(pass("{kind: scan}", share), ["bad-share"]);
    let nested = "{count: {of: findings, where: {count: {of: findings, at_most: 1}}, at_most: 0}}";
    assert_eq!(pass("{kind: scan}", nested), ["nested-rows"]);
    assert_eq!(pass("{kind: changes}", "{join: {of: changes, with: changes, on: merge}}"), ["wrong-type"]);
}

#[test]
fn conditions_are_bounded_in_depth_and_number() {
    let leaf = "{path: subject.id, exists: true}";
    let deep = format!("{}{leaf}{}", "{all: [".repeat(8), "]}".repeat(8));
    let wide = format!("{{all: [{}]}}", vec![leaf; 250].join(", "));

    assert_eq!(pass("", &deep), ["too-deep"]);
    assert_eq!(pass("", &wide), ["too-many-conditions"]);
    assert_eq!(pass("", "{all: []}"), ["empty-list"]);
}

#[test]
fn empty_words_and_impossible_numbers_are_refused() {
    assert_eq!(codes(LINK, &PLAIN.replace("Declare one", "''")), ["empty-text"]);
    assert_eq!(codes(LINK, &format!("{PLAIN}\ncadence: {{days: 0, from: default}}")), ["bad-cadence"]);
    let twice = test_file("demo.t", LINK, PLAIN);
    let codes: Vec<_> = problems(&[twice.clone(), twice]).into_iter().map(|d| (d.code, d.file)).collect();
    assert_eq!(codes, [("duplicate-test", "tests/t1.yaml".to_owned())]);
}

#[test]
fn items_must_hang_together() {
    let ok = "  - {id: a, kind: article, title: A}\n  - {id: b, kind: point, parent: a, title: B}\n";
    assert_eq!(framework(ok), []);
    assert_eq!(
        framework("  - {id: b, kind: point, parent: a, title: B}\n  - {id: a, kind: article, title: A}\n"),
        [("parent-after-child", 6)]
    );
    assert_eq!(framework("  - {id: b, kind: point, parent: zz, title: B}\n"), [("unknown-parent", 6)]);
    assert_eq!(framework(&format!("{ok}  - {{id: a, kind: point, title: C}}\n")), [("duplicate-item", 8)]);
    assert_eq!(
        framework("  - {id: a, kind: section, title: A, automation: full}\n"),
        [("automation-on-heading", 6)]
    );
    assert_eq!(
        framework("  - {id: a, kind: point, title: A, automation: manual}\n"),
        [("missing-provide", 6)]
    );
    assert_eq!(
        framework("  - {id: a, kind: point, title: '', superseded_by: q}\n"),
        [("empty-text", 6), ("unknown-item", 6)]
    );
    assert_eq!(framework("  - {id: a, kind: point, title: A, mandatory_since: soon}\n"), [("bad-date", 6)]);
}

#[test]
fn files_in_other_places_and_broken_yaml_are_said() {
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.to_owned() };
    let files = [
        file("frameworks/a.yaml", FRAMEWORK),
        file("frameworks/b.yaml", FRAMEWORK),
        file("elsewhere/c.yaml", "x: 1"),
        file("tests/d.yaml", "tests: [\n"),
        file("tests/e.yaml", "controls: []\n"),
        file("tests/f.yaml", ""),
    ];

    let error = Catalog::load(&files).unwrap_err();

    let found: BTreeSet<_> = error.diagnostics.iter().map(|d| (d.file.as_str(), d.code)).collect();
    let expected = [
        ("elsewhere/c.yaml", "unknown-folder"),
        ("frameworks/b.yaml", "duplicate-framework"),
        ("tests/d.yaml", "bad-yaml"),
        ("tests/e.yaml", "bad-test-file"),
        ("tests/f.yaml", "bad-test-file"),
    ];
    assert_eq!(found, BTreeSet::from(expected));
    assert!(error.to_string().contains("problems in the control files"));
}
