//! Loads a gate policy, and reports every problem with line and key.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::controls::compile::{Condition, compile_row};
use crate::controls::gate::GateRule;
use crate::controls::predicate::nearest;
use crate::evidence::licence::{Family, LicencePolicy, Selector};

use super::decode::decode;
use super::diagnostic::{Report, Spot};
use super::yaml::{Node, Place, Step};
use super::{CatalogError, MAX_BYTES, SourceFile};

/// The keys of a policy.
const KEYS: &[&str] = &["version", "name", "licences", "rules"];
/// Most rules in one policy.
const MAX_RULES: usize = 500;

/// A policy's parts, checked.
#[derive(Default)]
pub(in crate::controls) struct Loaded {
    pub name: String,
    pub licences: LicencePolicy,
    pub rules: Vec<(GateRule, Condition)>,
}

/// The lists of licences a policy may hold.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Lists {
    allow: Vec<Named>,
    deny: Vec<Named>,
    review: Vec<Named>,
}

/// One entry of a list: `{id: MIT}` or `{family: permissive}`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Named {
    id: Option<String>,
    family: Option<Family>,
}

impl Named {
    fn selectors(list: Vec<Self>) -> Vec<Selector> {
        let each =
            |named: Self| named.id.map(Selector::Id).into_iter().chain(named.family.map(Selector::Family));
        list.into_iter().flat_map(each).collect()
    }
}

/// Reads a policy.
///
/// # Errors
/// With every problem found.
pub(in crate::controls) fn load(file: &SourceFile) -> Result<Loaded, CatalogError> {
    let files = std::slice::from_ref(file);
    let mut report = Report::new(files);
    let mut loaded = Loaded::default();
    if file.text.len() > MAX_BYTES {
        report.add("file-too-large", (0, Place::default()), format!("larger than {MAX_BYTES} bytes"));
    } else {
        match Node::parse(&file.text) {
            Ok(node) => {
                let spot = Spot { file: 0, node: &node };
                loaded.name = head(spot, &mut report);
                loaded.licences = read_licences(spot, &mut report);
                loaded.rules = read_rules(spot, &mut report);
            }
            Err((place, message)) => report.add("bad-yaml", (0, place), message),
        }
    }
    let diagnostics = report.finish();
    if diagnostics.is_empty() { Ok(loaded) } else { Err(CatalogError { diagnostics }) }
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

/// The lists of allowed, denied and doubtful licences; none is written where no rule asks for them.
fn read_licences(spot: Spot<'_>, report: &mut Report<'_>) -> LicencePolicy {
    let Some(node) = spot.node.get("licences") else { return LicencePolicy::default() };
    let Lists { allow, deny, review } = decode(node).unwrap_or_else(|error| {
        report.add("bad-licences", (spot.file, error.place.unwrap_or(node.place)), error.message);
        Lists::default()
    });
    let [allow, deny, review] = [allow, deny, review].map(Named::selectors);
    let policy = LicencePolicy { allow, deny, review, exceptions: Vec::new() };
    for problem in policy.check().err().into_iter().flatten() {
        report.add("bad-licences", (spot.file, node.place), problem.to_string());
    }
    policy
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
