//! Compares what a lock file resolved to with what a bill of materials lists: Cargo, npm and Python packages.
//!
//! Neither side is the truth. A package that is only in one is said, with the likeliest harmless reason where the
//! files themselves show one.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::evidence::lockfile::{LockedPackage, Lockfile, Origin, Scope};
use crate::evidence::package::{Ecosystem, Purl};
use crate::evidence::sbom::Sbom;

/// What two files say of the same packages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// In both, in the same versions.
    pub agreed: u64,
    /// In the lock file only.
    pub only_locked: Vec<Difference>,
    /// In the bill of materials only.
    pub only_listed: Vec<Difference>,
    /// In both, in other versions.
    pub versions: Vec<Difference>,
    /// Components of other ecosystems, which the lock file cannot know.
    pub not_comparable: u64,
}

/// One package on which the files differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The name under which both would meet.
    pub package: String,
    /// Versions in the lock file that the other lacks.
    pub locked: Vec<String>,
    /// Versions in the bill of materials that the other lacks.
    pub listed: Vec<String>,
    /// Whether it needs attention.
    pub weight: Weight,
    /// One sentence on what it means.
    pub text: String,
}

/// Whether a difference needs attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The files themselves show a reason.
    Explained,
    /// Somebody has to look.
    Open,
}

/// The files cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("packages of {ecosystem} are not compared yet: a lock file of Cargo, npm or Python is needed")]
pub struct NotCompared {
    /// The lock file's ecosystem.
    pub ecosystem: &'static str,
}

/// One package on both sides.
#[derive(Default)]
struct Sides<'a> {
    locked: BTreeMap<String, &'a LockedPackage>,
    listed: BTreeSet<String>,
}

/// Compares a lock file with a bill of materials.
///
/// # Errors
/// When the lock file is of an ecosystem that is not compared.
pub fn reconcile(lock: &Lockfile, sbom: &Sbom) -> Result<Reconciliation, NotCompared> {
    let name = lock.format.ecosystem();
    let ecosystem = match Ecosystem::of_osv(name) {
        Some(found @ (Ecosystem::CratesIo | Ecosystem::Npm | Ecosystem::PyPi)) => found,
        Some(_) | None => return Err(NotCompared { ecosystem: name }),
    };
    let mut out = Reconciliation::default();
    let mut packages: BTreeMap<String, Sides<'_>> = BTreeMap::new();
    for package in &lock.packages {
        let sides = packages.entry(ecosystem.name_key(&package.name).into_owned()).or_default();
        sides.locked.insert(package.version.clone().unwrap_or_default(), package);
    }
    for component in &sbom.components {
        match listed(component.purl_key.as_deref(), ecosystem) {
            Some((name, version)) => {
                let version = version.or_else(|| component.version.clone()).unwrap_or_default();
                packages.entry(name).or_default().listed.insert(version);
            }
            None => out.not_comparable += 1,
        }
    }
    let described = sbom.name.as_deref().map(|name| ecosystem.name_key(name).into_owned());
    for (name, sides) in packages {
        out.compare(name, sides, (described.as_deref(), ecosystem));
    }
    Ok(out)
}

/// Name and version of a component of that ecosystem.
fn listed(purl: Option<&str>, ecosystem: Ecosystem) -> Option<(String, Option<String>)> {
    let purl = Purl::read(purl?).filter(|purl| purl.ecosystem() == Some(ecosystem))?;
    let name = purl.package_name();
    Some((ecosystem.name_key(&name).into_owned(), purl.version().map(Cow::into_owned)))
}

impl Reconciliation {
    fn compare(&mut self, name: String, sides: Sides<'_>, (described, ecosystem): (Option<&str>, Ecosystem)) {
        let Sides { mut locked, mut listed } = sides;
        // two spellings of one version are one version
        let equal = |a: &str, b: &str| a == b || ecosystem.compare(a, b) == Some(std::cmp::Ordering::Equal);
        let before = listed.len();
        listed.retain(|version| {
            let found = locked.keys().find(|other| equal(other, version)).cloned();
            found.is_none_or(|found| locked.remove(&found).is_none())
        });
        self.agreed += (before - listed.len()) as u64;
        if locked.is_empty() && listed.is_empty() {
            return;
        }
        let both = !locked.is_empty() && !listed.is_empty();
        let (weight, text) = explain(&name, &locked, described, both);
        let difference = Difference {
            package: name,
            locked: locked.into_keys().collect(),
            listed: listed.into_iter().collect(),
            weight,
            text,
        };
        if both {
            self.versions.push(difference);
        } else if difference.locked.is_empty() {
            self.only_listed.push(difference);
        } else {
            self.only_locked.push(difference);
        }
    }
}

fn explain(
    name: &str,
    locked: &BTreeMap<String, &LockedPackage>,
    described: Option<&str>,
    both: bool,
) -> (Weight, String) {
    let all =
        |test: fn(&LockedPackage) -> bool| !locked.is_empty() && locked.values().all(|package| test(package));
    let explained = |text: &str| (Weight::Explained, format!("{name}: {text}"));
    if both {
        return (
            Weight::Open,
            format!("{name}: the files name different versions; one of them is of another build"),
        );
    }
    if described == Some(name) {
        return explained("it is the described project itself");
    }
    if all(|package| matches!(package.origin, Origin::Local(_))) {
        return explained("it lies in the project's own folders, which many inventories do not list");
    }
    if all(|package| package.scope == Scope::Development) {
        return explained("it is for development only, and so not part of what is delivered");
    }
    if locked.is_empty() {
        return (Weight::Open, format!("{name}: it is listed, but the lock file does not resolve to it"));
    }
    let runs = locked.values().any(|package| package.scope == Scope::Runtime);
    let text = if runs {
        "it is locked for what runs, but not listed"
    } else {
        "it is locked but not listed; the lock file does not say whether it is for development only or for another platform"
    };
    (Weight::Open, format!("{name}: {text}"))
}
