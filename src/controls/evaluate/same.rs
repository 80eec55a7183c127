//! Tests that evaluation is repeatable: the same inputs give the same bytes, and taking results over changes nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::base::{DAY_MS, Digest, UnixMillis};
use crate::controls::sample::{NOW, asset, facts, feed, load, observation, record, test_file, text};
use crate::controls::{Catalog, Facts, Observation, Record, Subject, SubjectKind, Value, evaluate};
use crate::evidence::EvidenceKind;

const POPULATION: &str = "population: {of: asset, where: {path: in_scope, eq: true}, when_empty: none}";

/// Tests that use time in every place it can stand.
fn catalog() -> Catalog {
    let link = "{framework: demo, id: '1.1', strength: direct}";
    let bodies = [
        "says: can sign in alone\nevidence: {kind: access, fresh: 5d}\npass: {count: {of: accounts, where: {any: [{path: mfa, ne: 'yes'}, {path: last_activity, older_than: 3d}]}, at_most: 1}}",
        "evidence: {kind: access, take: every}\npass: {share: {of: accounts, where: {path: created_at, newer_than: 1mo}, at_least: 0.5}}",
        "evidence: {kind: access, where: {path: evidence.collected_at, newer_than: 4d}}\npass: {none: [{count: {of: accounts, where: {path: kind, eq: root}, at_least: 2}}]}",
        "says: stood open\nevidence: {kind: sbom, feed: current}\npass: {any: [{count: {of: matches, at_most: 0}}, {path: evidence.observed_at, newer_than: 36h}]}",
        "evidence: {kind: access}\npass: {join: {of: accounts, where: {path: last_activity, newer_than: 2d}, with: accounts, on: name}}",
    ];
    let files: Vec<String> = bodies
        .iter()
        .enumerate()
        .map(|(i, body)| test_file(&format!("demo.t{i}"), link, &format!("{POPULATION}\n{body}")))
        .collect();
    load(&files).unwrap()
}

/// An instant within a few days around [`NOW`], often exactly on a boundary.
fn instant() -> impl Strategy<Value = i64> {
    (-6_i64..6, prop_oneof![Just(0_i64), Just(1), Just(-1), -DAY_MS..DAY_MS])
        .prop_map(|(d, o)| NOW.0 + d * DAY_MS + o)
}

fn maybe(
    name: &'static str,
    value: impl Strategy<Value = Value> + 'static,
) -> BoxedStrategy<Option<(String, Value)>> {
    proptest::option::weighted(0.8, value.prop_map(move |v| (name.to_owned(), v))).boxed()
}

fn row() -> impl Strategy<Value = Record> {
    let word = |words: &'static [&'static str]| proptest::sample::select(words).prop_map(text);
    let fields = vec![
        maybe("id", word(&["a", "b", "c"])),
        maybe("name", word(&["x", "y"])),
        maybe("mfa", word(&["yes", "no"])),
        maybe("kind", word(&["root", "human"])),
        maybe("last_activity", instant().prop_map(Value::Int)),
        maybe("created_at", instant().prop_map(Value::Int)),
    ];
    fields.prop_map(|fields| fields.into_iter().flatten().collect())
}

fn seen() -> impl Strategy<Value = Observation> {
    let fields = vec![
        maybe("completeness", proptest::sample::select(&["proven", "partial", "unknown"][..]).prop_map(text)),
        maybe("collected_at", instant().prop_map(Value::Int)),
        maybe("components", (0_i64..2).prop_map(Value::Int)),
        maybe("records_dropped", (0_i64..2).prop_map(Value::Int)),
    ];
    let rows = proptest::collection::vec(row(), 0..4);
    (any::<bool>(), instant(), 0_u8..9, fields, rows).prop_map(|(access, at, id, fields, rows)| Observation {
        evidence: format!("ev-{id}"),
        sha256: Digest::of(&[id]),
        kind: if access { EvidenceKind::Access } else { EvidenceKind::Sbom },
        format: "sample".to_owned(),
        observed_at: UnixMillis(at),
        fields: fields.into_iter().flatten().collect(),
        rows: BTreeMap::from([(if access { "accounts" } else { "matches" }.to_owned(), rows)]),
    })
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let assets = proptest::collection::vec(
        (proptest::option::of(any::<bool>()), proptest::collection::vec(seen(), 0..4)),
        0..4,
    );
    let whole = proptest::option::weighted(0.8, proptest::bool::weighted(0.7));
    (assets, proptest::option::of((instant(), whole))).prop_map(|(assets, updated)| {
        let mut subjects: Vec<Subject> = assets
            .into_iter()
            .enumerate()
            .map(|(i, (in_scope, observations))| Subject {
                kind: SubjectKind::Asset,
                id: format!("asset-{i}"),
                fields: in_scope.map(|b| ("in_scope".to_owned(), Value::Bool(b))).into_iter().collect(),
                observations,
            })
            .collect();
        subjects.extend(updated.map(|(at, whole)| {
            let mut feed = feed(0);
            feed.fields.remove("whole");
            feed.fields.extend(whole.map(|whole| ("whole".to_owned(), Value::Bool(whole))));
            feed.fields.insert("last_updated".to_owned(), Value::Int(at));
            feed
        }));
        facts(subjects)
    })
}

/// Which single thing is changed, where, and to what.
type Edit = (u8, (prop::sample::Index, prop::sample::Index, prop::sample::Index), Record);

fn edit() -> impl Strategy<Value = Edit> {
    (0_u8..6, any::<(prop::sample::Index, prop::sample::Index, prop::sample::Index)>(), row())
}

/// Changes one thing and leaves ids and digests as they are: only the fields tell that something happened.
fn edited(mut facts: Facts, (what, (subject, seen, row), fields): Edit) -> Facts {
    if facts.subjects.is_empty() {
        return facts;
    }
    let index = subject.index(facts.subjects.len());
    let subject = &mut facts.subjects[index];
    if what == 0 {
        let turned = subject.fields.get("in_scope") != Some(&Value::Bool(true));
        subject.fields.insert("in_scope".to_owned(), Value::Bool(turned));
    } else if what == 1 {
        subject.fields.insert("last_updated".to_owned(), Value::Int(NOW.0));
    } else if !subject.observations.is_empty() {
        let index = seen.index(subject.observations.len());
        let seen = &mut subject.observations[index];
        let rows = seen.rows.values_mut().next().unwrap();
        match what {
            2 => seen.observed_at = NOW,
            3 => drop(seen.fields.insert("completeness".to_owned(), text("partial"))),
            4 => rows.push(fields),
            _ if !rows.is_empty() => {
                let index = row.index(rows.len());
                rows[index] = fields;
            }
            _ => {}
        }
    }
    facts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn taking_earlier_results_over_equals_a_full_evaluation(
        then in any_facts(),
        now in any_facts(),
        changed in proptest::bool::weighted(0.3),
        times in (instant(), instant()),
    ) {
        let catalog = catalog();
        let (first, second) = (UnixMillis(times.0), UnixMillis(times.1));
        let now = if changed { now } else { then.clone() };

        let earlier = evaluate(&catalog, &then, first, &[]);
        let taken_over = evaluate(&catalog, &now, second, &earlier.results);
        let full = evaluate(&catalog, &now, second, &[]);

        prop_assert_eq!(taken_over, full);
    }

    #[test]
    fn the_smallest_change_is_noticed(then in any_facts(), edit in edit(), at in instant()) {
        let (catalog, at) = (catalog(), UnixMillis(at));
        let now = edited(then.clone(), edit);

        let earlier = evaluate(&catalog, &then, at, &[]);

        prop_assert_eq!(evaluate(&catalog, &now, at, &earlier.results), evaluate(&catalog, &now, at, &[]));
    }

    #[test]
    fn nothing_turns_before_the_instant_a_result_names(then in any_facts(), at in instant(), part in 0.0..1.0_f64) {
        let catalog = catalog();
        let before = evaluate(&catalog, &then, UnixMillis(at), &[]);
        for (i, result) in before.results.iter().enumerate() {
            let until = result.valid_until.map_or(at + 400 * DAY_MS, |u| u.0);
            #[expect(clippy::cast_possible_truncation, reason = "any instant between will do")]
            let later = at + ((until - 1 - at) as f64 * part) as i64;
            let after = &evaluate(&catalog, &then, UnixMillis(later), &[]).results[i];
            prop_assert_eq!((&after.subjects, &after.failing), (&result.subjects, &result.failing));
        }
    }

    #[test]
    fn the_order_of_subjects_and_observations_changes_no_byte(there in any_facts(), at in instant()) {
        let catalog = catalog();
        let mut turned = there.clone();
        turned.subjects.reverse();
        // Two observations with one id and instant would be one item; their order is all that tells them apart.
        for subject in &mut turned.subjects {
            let ids: std::collections::BTreeSet<_> = subject.observations.iter().map(|o| o.evidence.clone()).collect();
            if ids.len() == subject.observations.len() {
                subject.observations.reverse();
            }
        }

        let one = serde_json::to_string(&evaluate(&catalog, &there, UnixMillis(at), &[])).unwrap();
        let other = serde_json::to_string(&evaluate(&catalog, &turned, UnixMillis(at), &[])).unwrap();

        prop_assert_eq!(one, other);
    }
}

#[test]
fn a_result_still_valid_is_taken_over_and_one_that_ran_out_is_not() {
    let catalog = catalog();
    let list = observation(EvidenceKind::Access, 1, [], ("accounts", vec![record([("mfa", text("yes"))])]));
    let facts = facts([asset("a", vec![list])]);
    let mut earlier = evaluate(&catalog, &facts, NOW, &[]).results;
    "marked".clone_into(&mut earlier[0].explanation);

    let soon = evaluate(&catalog, &facts, UnixMillis(NOW.0 + 1), &earlier);
    let late = evaluate(&catalog, &facts, earlier[0].valid_until.unwrap(), &earlier);

    assert_eq!((soon.results[0].explanation.as_str(), soon.results[0].at), ("marked", UnixMillis(NOW.0 + 1)));
    assert_ne!(late.results[0].explanation, "marked");
}

#[test]
#[ignore = "a measurement: run with --release -- --ignored --nocapture"]
fn a_million_rows_are_judged_within_two_seconds() {
    let catalog = catalog();
    let rows = |i: usize| {
        record([
            ("id", text(&format!("arn:aws:iam::123456789012:user/{i}"))),
            ("name", text(&format!("user-{i}"))),
            ("kind", text("human")),
            ("console", text("yes")),
            ("mfa", text(if i.is_multiple_of(1000) { "no" } else { "yes" })),
            ("created_at", Value::Int(NOW.0 - DAY_MS)),
            ("last_activity", Value::Int(NOW.0 - DAY_MS)),
        ])
    };
    let subjects: Vec<Subject> = (0..100)
        .map(|s| {
            asset(
                &format!("a{s}"),
                vec![observation(EvidenceKind::Access, 1, [], ("accounts", (0..10_000).map(rows).collect()))],
            )
        })
        .collect();
    let facts = facts(subjects);

    let started = std::time::Instant::now();
    let first = evaluate(&catalog, &facts, NOW, &[]);
    let full = started.elapsed();
    let again = evaluate(&catalog, &facts, UnixMillis(NOW.0 + 1), &first.results);
    let incremental = started.elapsed() - full;

    println!("full {full:?}, incremental {incremental:?}");
    assert_eq!(again.results.len(), first.results.len());
    assert!(full.as_secs_f64() < 2.0, "{full:?}");
}
