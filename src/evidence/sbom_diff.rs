//! What changed between two bills of materials of one thing. Pure, and in an order that never depends on theirs.
//!
//! Components are paired by what they are without their version: package URL without version and qualifiers, else
//! type and name. Several versions of one package are paired version by version, the rest in order of version.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::evidence::package::{Ecosystem, Purl};
use crate::evidence::sbom::{Component, Hash, Sbom};

/// What changed from one bill of materials to another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SbomDiff {
    /// Only in the newer one.
    pub added: Vec<Item>,
    /// Only in the older one.
    pub removed: Vec<Item>,
    /// In both, differing.
    pub changed: Vec<Change>,
    /// How many are the same in both.
    pub unchanged: u64,
}

/// A component in few words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Item {
    /// What it is without its version: canonical package URL, else `type name`.
    pub key: String,
    /// The name as written.
    pub name: String,
    /// The version as written.
    pub version: Option<String>,
}

/// A component that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The newer one.
    pub item: Item,
    /// The version, when it differs.
    pub version: Option<VersionChange>,
    /// Licences, when they differ: before and after, sorted.
    pub licences: Option<(Vec<String>, Vec<String>)>,
    /// The supplier, when it differs.
    pub supplier: Option<(Option<String>, Option<String>)>,
    /// Hashes, when one algorithm gives two values for one version: the content differs under the same name.
    pub hashes: Vec<HashChange>,
}

/// Another version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionChange {
    /// Before.
    pub from: Option<String>,
    /// After.
    pub to: Option<String>,
    /// Which way.
    pub direction: Direction,
}

/// Which way a version went, by the order of its ecosystem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Newer.
    Up,
    /// Older.
    Down,
    /// Another spelling of the same version.
    Same,
    /// The order is not known.
    Unknown,
}

/// Another content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HashChange {
    /// The algorithm.
    pub algorithm: String,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}

/// Vulnerabilities that came, went and stayed, joined by what the caller compares them by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VulnerabilityDiff<T> {
    /// Only in the newer list.
    pub introduced: Vec<T>,
    /// Only in the older list.
    pub resolved: Vec<T>,
    /// In both.
    pub remaining: Vec<T>,
}

/// Compares two bills of materials.
pub fn diff(older: &Sbom, newer: &Sbom) -> SbomDiff {
    let mut pairs: BTreeMap<String, (Vec<&Component>, Vec<&Component>)> = BTreeMap::new();
    for component in &older.components {
        pairs.entry(key(component)).or_default().0.push(component);
    }
    for component in &newer.components {
        pairs.entry(key(component)).or_default().1.push(component);
    }
    let mut out = SbomDiff::default();
    for (key, (before, after)) in pairs {
        pair(&key, before, after, &mut out);
    }
    out
}

/// Compares two lists of vulnerabilities, each with the key by which two are the same (package without version and
/// canonical id). Sorted; doubles count once.
pub fn diff_vulnerabilities<T: Ord + Clone>(
    older: impl IntoIterator<Item = T>,
    newer: impl IntoIterator<Item = T>,
) -> VulnerabilityDiff<T> {
    let older: BTreeSet<T> = older.into_iter().collect();
    let newer: BTreeSet<T> = newer.into_iter().collect();
    VulnerabilityDiff {
        introduced: newer.difference(&older).cloned().collect(),
        resolved: older.difference(&newer).cloned().collect(),
        remaining: newer.intersection(&older).cloned().collect(),
    }
}

/// What a component is without its version.
pub fn key(component: &Component) -> String {
    match component.purl_key.as_deref().and_then(Purl::read) {
        Some(purl) => purl.unversioned().to_owned(),
        None => format!("{} {}", component.component_type.as_deref().unwrap_or("component"), component.name),
    }
}

fn pair(key: &str, before: Vec<&Component>, after: Vec<&Component>, out: &mut SbomDiff) {
    let ecosystem = ecosystem(key);
    let (mut before, mut after) = (sorted(before, ecosystem), sorted(after, ecosystem));
    // the same version on both sides is one component, however many there are
    let mut same = Vec::new();
    after.retain(|new| {
        let found = before.iter().position(|old| old.version == new.version);
        let old = found.map(|at| before.remove(at));
        same.extend(old.map(|old| (old, *new)));
        old.is_none()
    });
    let moved = before.len().min(after.len());
    let pairs = same.into_iter().chain(before.drain(..moved).zip(after.drain(..moved)));
    for (old, new) in pairs {
        match change(key, (old, new), ecosystem) {
            Some(change) => out.changed.push(change),
            None => out.unchanged += 1,
        }
    }
    out.removed.extend(before.into_iter().map(|component| item(key, component)));
    out.added.extend(after.into_iter().map(|component| item(key, component)));
}

/// In the ecosystem's order, else by text; of one version by identity, so that no order of the document shows.
fn sorted(mut list: Vec<&Component>, ecosystem: Option<Ecosystem>) -> Vec<&Component> {
    list.sort_by(|a, b| {
        let text = |c: &Component| c.version.clone().unwrap_or_default();
        let (left, right) = (text(a), text(b));
        let known =
            ecosystem.and_then(|ecosystem| ecosystem.compare(&left, &right)).unwrap_or(Ordering::Equal);
        known.then_with(|| left.cmp(&right)).then_with(|| a.identity.cmp(&b.identity))
    });
    list
}

fn ecosystem(key: &str) -> Option<Ecosystem> {
    Purl::read(key)?.ecosystem()
}

fn item(key: &str, component: &Component) -> Item {
    Item { key: key.to_owned(), name: component.name.clone(), version: component.version.clone() }
}

fn change(key: &str, (old, new): (&Component, &Component), ecosystem: Option<Ecosystem>) -> Option<Change> {
    let version = (old.version != new.version).then(|| VersionChange {
        from: old.version.clone(),
        to: new.version.clone(),
        direction: direction(old.version.as_deref(), new.version.as_deref(), ecosystem),
    });
    let labels = |component: &Component| -> Vec<String> {
        let set: BTreeSet<&str> = component.licence_labels().into_iter().collect();
        set.into_iter().map(str::to_owned).collect()
    };
    let (before, after) = (labels(old), labels(new));
    let licences = (before != after).then_some((before, after));
    let supplier = (old.supplier != new.supplier).then(|| (old.supplier.clone(), new.supplier.clone()));
    // another version has another content: only the same version with another one is news
    let hashes = if version.is_none() { hash_changes(old, new) } else { Vec::new() };
    let differs = version.is_some() || licences.is_some() || supplier.is_some() || !hashes.is_empty();
    differs.then(|| Change { item: item(key, new), version, licences, supplier, hashes })
}

fn direction(from: Option<&str>, to: Option<&str>, ecosystem: Option<Ecosystem>) -> Direction {
    let order = ecosystem.zip(from).zip(to).and_then(|((ecosystem, from), to)| ecosystem.compare(from, to));
    match order {
        Some(Ordering::Less) => Direction::Up,
        Some(Ordering::Greater) => Direction::Down,
        Some(Ordering::Equal) => Direction::Same,
        None => Direction::Unknown,
    }
}

fn hash_changes(old: &Component, new: &Component) -> Vec<HashChange> {
    let hashes = |component: &Component| -> BTreeMap<String, BTreeSet<String>> {
        let all: &[Hash] = component.details.as_ref().map_or(&[], |details| &details.hashes);
        let mut by_algorithm: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for hash in all {
            let values = by_algorithm.entry(hash.algorithm.to_uppercase().replace('_', "-")).or_default();
            values.insert(hash.value.to_lowercase());
        }
        by_algorithm
    };
    let (before, after) = (hashes(old), hashes(new));
    let differs = |(algorithm, from): (&String, &BTreeSet<String>)| {
        let to = after.get(algorithm).filter(|to| to.is_disjoint(from))?;
        let (from, to) = (from.first()?.clone(), to.first()?.clone());
        Some(HashChange { algorithm: algorithm.clone(), from, to })
    };
    before.iter().filter_map(differs).collect()
}
