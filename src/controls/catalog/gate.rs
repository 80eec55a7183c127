//! Loads a gate policy, and reports every problem with line and key.

use std::collections::BTreeSet;

use crate::controls::compile::{Condition, compile_row};
use crate::controls::gate::GateRule;
use crate::controls::predicate::nearest;

use super::decode::decode;
use super::diagnostic::{Report, Spot};
use super::yaml::{Node, Place, Step};
use super::{CatalogError, MAX_BYTES, SourceFile};

/// The keys of a policy.
const KEYS: &[&str] = &["version", "name", "rules"];
/// Most rules in one policy.
const MAX_RULES: usize = 500;

/// Reads a policy: its name and its checked rules.
///
/// # Errors
/// With every problem found.
pub(in crate::controls) fn load(
    file: &SourceFile,
) -> Result<(String, Vec<(GateRule, Condition)>), CatalogError> {
    let files = std::slice::from_ref(file);
    let mut report = Report::new(files);
    let mut rules = Vec::new();
    let mut name = String::new();
    if file.text.len() > MAX_BYTES {
        report.add("file-too-large", (0, Place::default()), format!("larger than {MAX_BYTES} bytes"));
    } else {
        match Node::parse(&file.text) {
            Ok(node) => {
                name = head(Spot { file: 0, node: &node }, &mut report);
                rules = read_rules(Spot { file: 0, node: &node }, &mut report);
            }
            Err((place, message)) => report.add("bad-yaml", (0, place), message),
        }
    }
    let diagnostics = report.finish();
    if diagnostics.is_empty() { Ok((name, rules)) } else { Err(CatalogError { diagnostics }) }
}

/// Checks the keys around the rules.
fn head(spot: Spot<'_>, report: &mut Report<'_>) -> String {
    for (key, _) in spot.node.entries() {
        let word = key.text().unwrap_or_default();
        if !KEYS.contains(&word) {
            let hint =
                nearest(word, KEYS).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            let message = format!("unknown key `{word}`: {hint}a policy has {}", KEYS.join(", "));
            report.add("unknown-key", (spot.file, key.place), message);
        }
    }
    match spot.node.get("version").and_then(Node::text) {
        Some("1") => {}
        Some(other) => {
            let message = format!("version {other} of gate policies is not read; write `version: 1`");
            report.add("bad-version", spot.at(&[Step::Key("version")]), message);
        }
        None => report.add("bad-version", spot.at(&[]), "a policy begins with `version: 1`".to_owned()),
    }
    spot.node.get("name").and_then(Node::text).unwrap_or("gate").to_owned()
}

fn read_rules(spot: Spot<'_>, report: &mut Report<'_>) -> Vec<(GateRule, Condition)> {
    let list = spot.key("rules");
    let members = list.node.members();
    if spot.node.get("rules").is_none() || members.is_empty() || members.len() > MAX_RULES {
        let message = format!("`rules` is a list of 1 to {MAX_RULES} rules");
        report.add("bad-rules", spot.at(&[Step::Key("rules")]), message);
        return Vec::new();
    }
    let mut known = BTreeSet::new();
    let mut rules = Vec::new();
    for index in 0..members.len() {
        let place = list.index(index);
        let rule: GateRule = match decode(place.node) {
            Ok(rule) => rule,
            Err(error) => {
                let at = error.place.unwrap_or(place.node.place);
                report.add("bad-rule", (place.file, at), error.message);
                continue;
            }
        };
        if rule.id.trim().is_empty() || !known.insert(rule.id.clone()) {
            let message = format!("the id `{}` is empty or there already; each rule has its own", rule.id);
            report.add("bad-id", place.at(&[Step::Key("id")]), message);
        }
        rules.extend(compiled(rule, place, report));
    }
    rules
}

fn compiled(rule: GateRule, spot: Spot<'_>, report: &mut Report<'_>) -> Option<(GateRule, Condition)> {
    match compile_row(&rule.when, rule.on.as_str(), rule.on.fields()) {
        Ok(condition) => Some((rule, condition)),
        Err(problems) => {
            let when = spot.key("when");
            for problem in problems {
                report.add(problem.code, when.at(&problem.steps), problem.message);
            }
            None
        }
    }
}
