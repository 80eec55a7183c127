//! Reads tests one by one, and checks what they name against the frameworks and the schema of facts.

use std::collections::BTreeMap;

use crate::controls::compile::compile;
use crate::controls::{ControlTest, Link};

use super::decode::decode;
use super::diagnostic::{Report, Spot};
use super::frameworks::{Index, Target, meant};
use super::yaml::{Node, Step, Tree};

/// A test and where it stands.
pub(super) struct Found<'n> {
    pub test: ControlTest,
    spot: Spot<'n>,
}

/// Reads every test of a file. Those with a problem are reported and left out.
pub(super) fn read<'n>(spot: Spot<'n>, report: &mut Report<'_>) -> Vec<Found<'n>> {
    for (key, _) in spot.node.entries() {
        if key.text() != Some("tests") {
            let message =
                format!("unknown field `{}`: a test file has `tests:` only", key.text().unwrap_or_default());
            report.add("bad-test-file", (spot.file, key.place), message);
        }
    }
    let Some(list @ Node { value: Tree::List(members), .. }) = spot.node.get("tests") else {
        report.add(
            "bad-test-file",
            spot.at(&[Step::Key("tests")]),
            "a list of tests under `tests:` is expected".to_owned(),
        );
        return Vec::new();
    };
    let mut found = Vec::new();
    for node in members {
        match decode::<ControlTest>(node) {
            Ok(test) => found.push(Found { test, spot: Spot { node, ..spot } }),
            Err(e) => report.add("bad-test", (spot.file, e.place.unwrap_or(list.place)), e.message),
        }
    }
    found
}

/// Checks all tests against the frameworks, the schema and each other.
pub(super) fn check(tests: &[Found<'_>], index: &Index, report: &mut Report<'_>) {
    let mut first: BTreeMap<&str, ()> = BTreeMap::new();
    for Found { test, spot } in tests {
        if first.insert(&test.id, ()).is_some() {
            let message = format!("test `{}` is defined twice", test.id);
            report.add("duplicate-test", spot.at(&[Step::Key("id")]), message);
        }
        check_texts(*spot, test, report);
        check_links(*spot, test, index, report);
        if let Err(problems) = compile(test) {
            for problem in problems {
                report.add(problem.code, spot.at(&problem.steps), problem.message);
            }
        }
    }
}

fn check_texts(spot: Spot<'_>, test: &ControlTest, report: &mut Report<'_>) {
    let when_empty: &[Step] = &[Step::Key("population"), Step::Key("when_empty")];
    let texts: [(&[Step], &str, &str); 4] = [
        (&[Step::Key("id")], "id", &test.id),
        (&[Step::Key("title")], "title", &test.title),
        (&[Step::Key("remediation")], "remediation", &test.remediation),
        (when_empty, "when_empty", &test.population.when_empty),
    ];
    let says: &[Step] = &[Step::Key("says")];
    let stated = test.says.as_deref().map(|text| (says, "says", text));
    for (steps, key, text) in texts.into_iter().chain(stated) {
        if text.trim().is_empty() {
            report.add("empty-text", spot.at(steps), format!("`{key}` of test `{}` is empty", test.id));
        }
    }
    if test.cadence.as_ref().is_some_and(|c| c.days == Some(0)) {
        let steps = [Step::Key("cadence"), Step::Key("days")];
        report.add("bad-cadence", spot.at(&steps), "a cadence of 0 days can never be kept".to_owned());
    }
    if test.evidences.is_empty() {
        let message = format!("test `{}` evidences nothing", test.id);
        report.add("no-links", spot.at(&[Step::Key("evidences")]), message);
    }
}

fn check_links(spot: Spot<'_>, test: &ControlTest, index: &Index, report: &mut Report<'_>) {
    for (i, link) in test.evidences.iter().enumerate() {
        let at = |key| spot.at(&[Step::Key("evidences"), Step::Index(i), Step::Key(key)]);
        let Some(items) = index.frameworks.get(&link.framework) else {
            let known: Vec<&str> = index.frameworks.keys().map(String::as_str).collect();
            let message =
                format!("there is no framework `{}`{}", link.framework, meant(&link.framework, &known));
            report.add("unknown-framework", at("framework"), message);
            continue;
        };
        if let Some((code, message)) = check_target(link, items) {
            report.add(code, at("id"), message);
        }
    }
}

fn check_target(link: &Link, items: &BTreeMap<String, Target>) -> Option<(&'static str, String)> {
    let Link { framework, id, .. } = link;
    match items.get(id) {
        Some(Target::Assessed | Target::Broken) => None,
        Some(Target::Heading) => Some((
            "heading-linked",
            format!("`{id}` of {framework} is not assessed: link an item that has `automation`"),
        )),
        Some(Target::Superseded(by)) => {
            Some(("superseded-item", format!("`{id}` of {framework} is replaced by `{by}`: link that one")))
        }
        None => {
            let known: Vec<&str> = items.keys().map(String::as_str).collect();
            Some(("unknown-item", format!("`{id}` is no item of {framework}{}", meant(id, &known))))
        }
    }
}
