//! Writes CSAF 2.0, profile 5: VEX (§4.5).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::openvex::set;
use super::{Decision, DecisionProduct, Decisions, Said};

/// The decisions as a CSAF 2.0 document of the category `csaf_vex`.
pub fn to_csaf_vex(decisions: &Decisions) -> Value {
    let tree = Tree::of(&decisions.list);
    let mut by_vulnerability: BTreeMap<&str, Vec<&Decision>> = BTreeMap::new();
    for decision in &decisions.list {
        by_vulnerability.entry(&decision.vulnerability).or_default().push(decision);
    }
    let vulnerabilities: Vec<Value> =
        by_vulnerability.iter().map(|(id, list)| vulnerability(id, list, &tree)).collect();
    json!({
        "document": document(decisions),
        "product_tree": tree.to_json(),
        "vulnerabilities": vulnerabilities,
    })
}

fn document(decisions: &Decisions) -> Value {
    let numbered = decisions.issues.iter().enumerate();
    let mut history: Vec<Value> = numbered
        .map(|(at, (date, summary))| {
            json!({ "date": date.to_rfc3339(), "number": (at + 1).to_string(), "summary": summary })
        })
        .collect();
    if history.is_empty() {
        history.push(json!({
            "date": decisions.last_issued().to_rfc3339(), "number": "1", "summary": "First issue."
        }));
    }
    json!({
        "category": "csaf_vex",
        "csaf_version": "2.0",
        "publisher": {
            "category": decisions.role.as_str(),
            "name": decisions.author,
            "namespace": decisions.namespace,
        },
        "title": decisions.title,
        "tracking": {
            "id": decisions.id,
            "current_release_date": decisions.last_issued().to_rfc3339(),
            "initial_release_date": decisions.first_issued().to_rfc3339(),
            "revision_history": history,
            "status": "final",
            "version": decisions.version().to_string(),
        },
    })
}

/// Products by number, and those that are a part of another.
struct Tree<'a> {
    products: Vec<&'a DecisionProduct>,
    parts: Vec<(&'a DecisionProduct, &'a DecisionProduct)>,
}

impl<'a> Tree<'a> {
    fn of(list: &'a [Decision]) -> Self {
        let all = list.iter().flat_map(|one| std::iter::once(&one.product).chain(&one.components));
        let products: BTreeSet<&DecisionProduct> = all.collect();
        let pairs = list.iter().flat_map(|one| one.components.iter().map(move |part| (part, &one.product)));
        let parts: BTreeSet<_> = pairs.collect();
        Self { products: products.into_iter().collect(), parts: parts.into_iter().collect() }
    }

    fn product_id(&self, product: &DecisionProduct) -> String {
        let at = self.products.binary_search(&product).unwrap_or_default();
        format!("CSAFPID-{:04}", at + 1)
    }

    fn part_id(&self, part: &DecisionProduct, of: &DecisionProduct) -> String {
        let at = self.parts.binary_search(&(part, of)).unwrap_or_default();
        format!("CSAFPID-{:04}", self.products.len() + at + 1)
    }

    /// What a decision is about.
    fn ids(&self, decision: &Decision) -> Vec<String> {
        if decision.components.is_empty() {
            return vec![self.product_id(&decision.product)];
        }
        decision.components.iter().map(|part| self.part_id(part, &decision.product)).collect()
    }

    fn to_json(&self) -> Value {
        let names: Vec<Value> = self.products.iter().map(|product| self.full_name(product)).collect();
        let relationships: Vec<Value> = self
            .parts
            .iter()
            .map(|(part, of)| {
                json!({
                    "category": "default_component_of",
                    "full_product_name": {
                        "name": format!("{} as a component of {}", part.label(), of.label()),
                        "product_id": self.part_id(part, of),
                    },
                    "product_reference": self.product_id(part),
                    "relates_to_product_reference": self.product_id(of),
                })
            })
            .collect();
        let mut tree = json!({ "full_product_names": names });
        if !relationships.is_empty() {
            set(&mut tree, "relationships", Value::Array(relationships));
        }
        tree
    }

    fn full_name(&self, product: &DecisionProduct) -> Value {
        let mut name = json!({ "name": product.label(), "product_id": self.product_id(product) });
        let mut helper = json!({});
        if let Some(purl) = product.purl() {
            set(&mut helper, "purl", json!(purl));
        }
        if let Some(cpe) = product.cpe() {
            set(&mut helper, "cpe", json!(cpe));
        }
        let hashes = product.hashes();
        if !hashes.is_empty() {
            let hashes: Vec<Value> =
                hashes.iter().map(|(name, value)| json!({ "algorithm": name, "value": value })).collect();
            set(&mut helper, "hashes", json!([{ "file_hashes": hashes, "filename": product.name }]));
        }
        if helper.as_object().is_some_and(|members| !members.is_empty()) {
            set(&mut name, "product_identification_helper", helper);
        }
        name
    }
}

/// Products by what is said of them.
type ByText<'a> = BTreeMap<&'a str, BTreeSet<String>>;

/// What is said of one vulnerability, as CSAF lists it.
#[derive(Default)]
struct Lists<'a> {
    statuses: ByText<'a>,
    flags: ByText<'a>,
    impacts: ByText<'a>,
    actions: ByText<'a>,
}

impl<'a> Lists<'a> {
    fn add(&mut self, decision: &'a Decision, ids: &[String]) {
        if let Some(status) = decision.said.status().to_csaf() {
            self.statuses.entry(status).or_default().extend(ids.iter().cloned());
        }
        match &decision.said {
            Said::NotAffected { justification, impact } => {
                if let Some(justification) = justification {
                    self.flags.entry(justification.as_str()).or_default().extend(ids.iter().cloned());
                }
                self.impacts.entry(impact).or_default().extend(ids.iter().cloned());
            }
            Said::Affected { action } => {
                self.actions.entry(action).or_default().extend(ids.iter().cloned());
            }
            Said::Fixed | Said::UnderInvestigation => {}
        }
    }
}

fn vulnerability(id: &str, list: &[&Decision], tree: &Tree<'_>) -> Value {
    let mut lists = Lists::default();
    for decision in list {
        lists.add(decision, &tree.ids(decision));
    }
    let mut value = json!({
        "notes": [{ "category": "other", "text": format!("What was decided on {id}."), "title": "Decision" }],
        "product_status": lists.statuses,
    });
    named(&mut value, id, list);
    let flag = |label: &str, ids: &BTreeSet<String>| json!({ "label": label, "product_ids": ids });
    let told = |category: &'static str| move |text: &str, ids: &BTreeSet<String>| json!({ "category": category, "details": text, "product_ids": ids });
    put(&mut value, "flags", &lists.flags, flag);
    put(&mut value, "threats", &lists.impacts, told("impact"));
    put(&mut value, "remediations", &lists.actions, told("mitigation"));
    value
}

/// Sets a list of entries, where there are any.
fn put(value: &mut Value, name: &str, map: &ByText<'_>, entry: impl Fn(&str, &BTreeSet<String>) -> Value) {
    if !map.is_empty() {
        set(value, name, map.iter().map(|(text, ids)| entry(text, ids)).collect());
    }
}

/// The CVE where there is one; every other name as an identifier of its system.
fn named(value: &mut Value, id: &str, list: &[&Decision]) {
    let aliases = list.iter().flat_map(|decision| decision.aliases.iter().map(String::as_str));
    let mut names: Vec<&str> = std::iter::once(id).chain(aliases).collect();
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    let cve = names.iter().copied().find(|name| is_cve(name));
    if let Some(cve) = cve {
        set(value, "cve", json!(cve));
    }
    let ids: Vec<Value> = names
        .iter()
        .filter(|name| Some(**name) != cve)
        .map(|name| json!({ "system_name": name.split('-').next().unwrap_or(name), "text": name }))
        .collect();
    if !ids.is_empty() {
        set(value, "ids", Value::Array(ids));
    }
}

/// `CVE-` with a year and four digits or more.
fn is_cve(name: &str) -> bool {
    let digits = |text: &str, least: usize| text.len() >= least && text.bytes().all(|b| b.is_ascii_digit());
    let parts = name.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| year.len() == 4 && digits(year, 4) && digits(number, 4))
}
