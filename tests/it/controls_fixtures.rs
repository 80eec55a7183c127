//! The mutation test of the map: each automated test has a fixture that passes, and a smallest change that turns it red.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use attestry::base::UnixMillis;
use attestry::controls::{
    Catalog, ControlTest, Evaluation, Facts, Record, RequirementStatus, SourceFile, Strength, TestStatus,
    Value, evaluate,
};
use serde::Deserialize;

/// `tests/fixtures/controls/<test-id>.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    facts: Facts,
    at: UnixMillis,
    mutation: Vec<Change>,
    then: Then,
}

/// One change of one record: the subject, one of its observations, or a row of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    subject: String,
    observation: Option<usize>,
    rows: Option<String>,
    row: Option<usize>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    #[serde(default)]
    remove: Vec<String>,
}

/// What the changed facts must give.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    status: TestStatus,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn catalog() -> Catalog {
    let mut files = Vec::new();
    for folder in ["frameworks", "tests"] {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("controls").join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
            .collect();
        paths.sort();
        files.extend(paths.iter().map(|path| SourceFile {
            name: format!("{folder}/{}", path.file_name().unwrap().to_string_lossy()),
            text: std::fs::read_to_string(path).unwrap(),
        }));
    }
    Catalog::load(&files).unwrap_or_else(|error| {
        let said: Vec<String> = error
            .diagnostics
            .iter()
            .map(|d| format!("{}:{}:{}: {}: {}\n{}", d.file, d.line, d.column, d.code, d.message, d.excerpt))
            .collect();
        panic!("{error}:\n{}", said.join("\n"))
    })
}

fn fixture(path: &Path) -> Result<Fixture, String> {
    let text = std::fs::read_to_string(path).map_err(|_| "has no fixture".to_owned())?;
    serde_json::from_str(&text).map_err(|e| format!("fixture cannot be read: {e}"))
}

impl Change {
    fn apply(&self, facts: &mut Facts) -> Option<()> {
        let subject = facts.subjects.iter_mut().find(|s| s.id == self.subject)?;
        let Some(index) = self.observation else {
            self.edit(&mut subject.fields);
            return Some(());
        };
        let observation = subject.observations.get_mut(index)?;
        let Some(table) = &self.rows else {
            if let Some(Value::Int(at)) = self.set.get("observed_at") {
                observation.observed_at = UnixMillis(*at);
            }
            self.edit(&mut observation.fields);
            return Some(());
        };
        self.edit(observation.rows.get_mut(table)?.get_mut(self.row?)?);
        Some(())
    }

    fn edit(&self, record: &mut Record) {
        record.extend(self.set.clone());
        record.retain(|name, _| !self.remove.contains(name));
    }
}

fn statuses(evaluation: &Evaluation) -> BTreeMap<(&str, &str), RequirementStatus> {
    evaluation.requirements.iter().map(|r| ((r.framework.as_str(), r.id.as_str()), r.status)).collect()
}

fn deciding<'c>(catalog: &'c Catalog, test: &'c ControlTest) -> BTreeSet<(&'c str, &'c str)> {
    test.evidences
        .iter()
        .filter(|link| link.strength != Strength::Context)
        .map(|link| (catalog.framework(&link.framework).unwrap().id.as_str(), link.id.as_str()))
        .collect()
}

/// What is wrong with one test's fixture; empty when nothing is.
fn complaints(catalog: &Catalog, test: &ControlTest, fixture: &Fixture) -> Vec<String> {
    let mut complaints = Vec::new();
    let before = evaluate(catalog, &fixture.facts, fixture.at, &[]);
    let mut facts = fixture.facts.clone();
    if fixture.mutation.is_empty() || fixture.mutation.iter().any(|c| c.apply(&mut facts).is_none()) {
        return vec!["the mutation changes nothing that exists".to_owned()];
    }
    let after = evaluate(catalog, &facts, fixture.at, &before.results);
    let result = |of: &Evaluation| of.results.iter().find(|r| r.test == test.id).unwrap().clone();

    let (was, is) = (result(&before), result(&after));
    if was.status != TestStatus::Pass {
        complaints.push(format!("does not pass: {:?}: {}", was.status, was.explanation));
    }
    if is.status != fixture.then.status || is.status == TestStatus::Pass {
        complaints.push(format!("after the change: {:?}: {}", is.status, is.explanation));
    }
    if is.status == TestStatus::Fail && is.failing.is_empty() {
        complaints.push("fails without naming what".to_owned());
    }
    let linked = deciding(catalog, test);
    let (was, is) = (statuses(&before), statuses(&after));
    for (requirement, status) in &is {
        if was[requirement] != *status && !linked.contains(requirement) {
            complaints.push(format!("turns {requirement:?}, which it does not evidence, to {status:?}"));
        }
    }
    if fixture.then.status == TestStatus::Fail {
        let not_red = |r: &&(&str, &str)| is.get(*r) != Some(&RequirementStatus::EvidenceNotMet);
        complaints.extend(linked.iter().filter(not_red).map(|r| format!("leaves {r:?} as {:?}", is.get(r))));
    }
    complaints
}

#[test]
fn every_test_has_a_passing_fixture_and_a_smallest_change_that_turns_it_red() {
    let catalog = catalog();
    let mut complaints_by_test = Vec::new();

    for test in &catalog.tests {
        let path = root().join("tests/fixtures/controls").join(format!("{}.json", test.id));
        let complaints = match fixture(&path) {
            Ok(fixture) => complaints(&catalog, test, &fixture),
            Err(problem) => vec![problem],
        };
        complaints_by_test.extend(complaints.into_iter().map(|c| format!("{}: {c}", test.id)));
    }

    assert!(complaints_by_test.is_empty(), "\n{}", complaints_by_test.join("\n"));
}

#[test]
fn every_fixture_belongs_to_a_test() {
    let catalog = catalog();

    for entry in std::fs::read_dir(root().join("tests/fixtures/controls")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let id = path.file_stem().unwrap().to_string_lossy().into_owned();
            assert!(catalog.test(&id).is_some(), "{id}.json is the fixture of no test");
        }
    }
}
