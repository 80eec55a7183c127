//! Reads a framework's catalogue item by item, and checks that its items hang together.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::UnixMillis;
use crate::controls::predicate::nearest;
use crate::controls::{Automation, Framework, Item, ItemKind};

use super::decode::decode;
use super::diagnostic::{Report, Spot};
use super::yaml::{Node, Step, Tree};

/// What links may point at: item ids by framework id and alias, with what was understood of each.
#[derive(Default)]
pub(super) struct Index {
    pub frameworks: BTreeMap<String, BTreeMap<String, Target>>,
}

/// What a link would meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Assessed,
    Heading,
    Superseded(String),
    /// Its definition has a problem of its own, reported there.
    Broken,
}

/// Reads one framework; what can be read is indexed even when something else in it is wrong.
pub(super) fn read(spot: Spot<'_>, index: &mut Index, report: &mut Report<'_>) -> Option<Framework> {
    let head = Node { place: spot.node.place, value: without_items(spot.node) };
    let mut framework: Option<Framework> = decode(&head)
        .map_err(|e| report.add("bad-framework", (spot.file, e.place.unwrap_or(spot.node.place)), e.message))
        .ok();
    let list = spot.key("items");
    let mut items: Vec<Option<Item>> = Vec::new();
    for (i, node) in spot.node.get("items").map_or(&[][..], Node::members).iter().enumerate() {
        let item = decode::<Item>(node);
        items.push(
            item.map_err(|e| {
                report.add("bad-item", (spot.file, e.place.unwrap_or(list.index(i).node.place)), e.message)
            })
            .ok(),
        );
    }
    register(spot, &items, index, report);
    check_items(list, &items, report);
    if let Some(framework) = &mut framework {
        framework.items = items.into_iter().flatten().collect();
        check_head(spot, framework, report);
    }
    framework
}

/// The framework without its items: they are read one by one, so that each can have its own problem.
fn without_items(node: &Node) -> Tree {
    if !matches!(node.value, Tree::Map(_)) {
        return node.value.clone();
    }
    let entries = node.entries().iter().map(|(key, value)| {
        let emptied = key.text() == Some("items") && matches!(value.value, Tree::List(_));
        let value =
            if emptied { Node { place: value.place, value: Tree::List(Vec::new()) } } else { value.clone() };
        (key.clone(), value)
    });
    Tree::Map(entries.collect())
}

fn register(spot: Spot<'_>, items: &[Option<Item>], index: &mut Index, report: &mut Report<'_>) {
    let mut targets = BTreeMap::new();
    for (node, item) in spot.node.get("items").map_or(&[][..], Node::members).iter().zip(items) {
        let id = node.get("id").and_then(Node::text);
        if let Some(id) = id {
            targets.entry(id.to_owned()).or_insert_with(|| item.as_ref().map_or(Target::Broken, target));
        }
    }
    let aliases = spot.node.get("aliases").map_or(&[][..], Node::members).iter();
    for name in spot.node.get("id").into_iter().chain(aliases) {
        let Some(text) = name.text() else { continue };
        if index.frameworks.insert(text.to_owned(), targets.clone()).is_some() {
            let message = format!("another framework is already called `{text}`");
            report.add("duplicate-framework", (spot.file, name.place), message);
        }
    }
}

fn target(item: &Item) -> Target {
    match (&item.superseded_by, item.is_assessed()) {
        (Some(by), _) => Target::Superseded(by.clone()),
        (None, true) => Target::Assessed,
        (None, false) => Target::Heading,
    }
}

fn check_head(spot: Spot<'_>, framework: &Framework, report: &mut Report<'_>) {
    let fields = [
        ("id", &framework.id),
        ("title", &framework.title),
        ("version", &framework.version),
        ("notice", &framework.notice),
    ];
    for (key, value) in fields {
        if value.trim().is_empty() {
            report.add("empty-text", spot.at(&[Step::Key(key)]), format!("`{key}` is empty"));
        }
    }
    if framework.items.is_empty() {
        report.add("empty-framework", spot.at(&[Step::Key("items")]), "a framework needs items".to_owned());
    }
}

fn check_items(list: Spot<'_>, items: &[Option<Item>], report: &mut Report<'_>) {
    let ids: Vec<Option<&str>> =
        list.node.members().iter().map(|n| n.get("id").and_then(Node::text)).collect();
    let all: BTreeSet<&str> = ids.iter().flatten().copied().collect();
    let mut seen = BTreeSet::new();
    for (i, (item, id)) in items.iter().zip(&ids).enumerate() {
        let spot = list.index(i);
        if let Some(item) = item {
            check_parent(spot, item, (&all, &seen), report);
            check_item(spot, item, report);
            if let Some(by) = &item.superseded_by
                && (by == &item.id || !all.contains(by.as_str()))
            {
                let message = format!("`{}` cannot be replaced by `{by}`: no such other item", item.id);
                report.add("unknown-item", spot.at(&[Step::Key("superseded_by")]), message);
            }
        }
        if let Some(id) = id
            && !seen.insert(*id)
        {
            let message = format!("item `{id}` is defined twice");
            report.add("duplicate-item", spot.at(&[Step::Key("id")]), message);
        }
    }
}

fn check_parent(
    spot: Spot<'_>,
    item: &Item,
    (all, seen): (&BTreeSet<&str>, &BTreeSet<&str>),
    report: &mut Report<'_>,
) {
    let Some(parent) = item.parent.as_deref() else { return };
    if seen.contains(parent) {
        return;
    }
    let place = spot.at(&[Step::Key("parent")]);
    if all.contains(parent) {
        let message = format!("parent `{parent}` stands below its child `{}`: parents come first", item.id);
        report.add("parent-after-child", place, message);
    } else {
        let known: Vec<&str> = all.iter().copied().collect();
        report.add(
            "unknown-parent",
            place,
            format!("`{parent}` is no item of this framework{}", meant(parent, &known)),
        );
    }
}

fn check_item(spot: Spot<'_>, item: &Item, report: &mut Report<'_>) {
    let texts = [("id", Some(&item.id)), ("title", Some(&item.title)), ("provide", item.provide.as_ref())];
    for (key, value) in texts {
        if value.is_some_and(|text| text.trim().is_empty()) {
            report.add(
                "empty-text",
                spot.at(&[Step::Key(key)]),
                format!("`{key}` of `{}` is empty", item.id),
            );
        }
    }
    let heading = matches!(item.kind, ItemKind::Principal | ItemKind::Appendix | ItemKind::Section);
    if heading && item.automation.is_some() {
        let message = format!("`{}` is a heading: only what is assessed has `automation`", item.id);
        report.add("automation-on-heading", spot.at(&[Step::Key("automation")]), message);
    }
    let by_person = matches!(item.automation, Some(Automation::Partial | Automation::Manual));
    if by_person && item.provide.is_none() && item.superseded_by.is_none() {
        let message = format!("`{}` needs `provide`: what a person has to hand in", item.id);
        report.add("missing-provide", spot.at(&[Step::Key("automation")]), message);
    }
    if item.cadence.as_ref().is_some_and(|c| c.days == Some(0)) {
        let steps = [Step::Key("cadence"), Step::Key("days")];
        report.add("bad-cadence", spot.at(&steps), "a cadence of 0 days can never be kept".to_owned());
    }
    if let Some(day) = &item.mandatory_since
        && (day.len() != 10 || UnixMillis::parse_lenient(day).is_err())
    {
        let message = format!("`{day}` is no day: write 2025-03-31");
        report.add("bad-date", spot.at(&[Step::Key("mandatory_since")]), message);
    }
}

/// ": did you mean …?", when something is near.
pub(super) fn meant(word: &str, known: &[&str]) -> String {
    nearest(word, known).map_or_else(String::new, |near| format!(": did you mean `{near}`?"))
}
