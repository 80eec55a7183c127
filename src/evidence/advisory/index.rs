//! Answers which advisories apply to a package version, from memory, in about a microsecond.
//!
//! One vulnerability that several sources know under several names is reported once, with what each source said. A
//! version that cannot be ordered, or an ecosystem nobody imported advisories of, is [`Outcome::Unknown`], never "none
//! found".

mod affecting;
mod aliases;
mod collect;
mod entry;
mod outcome;
mod query;
mod release;

pub use affecting::{Affecting, LookupKey};
pub use outcome::{Confidence, Match, Outcome, Proof, Report};
pub use query::{PackageQuery, package_query};

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use self::aliases::Groups;
use self::collect::{Findings, Placed};
use self::entry::{Asked, Entry};
use super::order::{Order, name_key, osv_name};
use super::{Advisory, cpe};
use crate::base::{Digest, Severity, UnixMillis};

/// Advisories, ready to be asked.
#[derive(Debug, Default)]
pub struct Index {
    advisories: Vec<Known>,
    /// By ecosystem, then by name in its normal form.
    packages: HashMap<String, Family>,
    /// Every name of a group of aliases.
    names: HashMap<usize, Vec<String>>,
}

/// The packages of one ecosystem.
#[derive(Debug)]
struct Family {
    order: Option<Order>,
    names: HashMap<String, Vec<Entry>>,
}

/// What is known of an advisory besides what it affects.
#[derive(Debug)]
struct Known {
    id: String,
    source: String,
    group: usize,
    revision: Option<Digest>,
    severity: Severity,
    class: String,
    published: Option<UnixMillis>,
    summary: String,
}

impl Index {
    /// Builds the index. Withdrawn advisories are left out; of two copies from one source the newer counts.
    pub fn build(advisories: impl IntoIterator<Item = Advisory>) -> Self {
        let mut newest: BTreeMap<(String, String), Advisory> = BTreeMap::new();
        for advisory in advisories {
            let age = |a: &Advisory| a.modified.max(a.withdrawn).max(a.published);
            let key = (advisory.id.clone(), advisory.source.clone());
            match newest.get(&key) {
                Some(known) if age(known) >= age(&advisory) => {}
                _ => {
                    newest.insert(key, advisory);
                }
            }
        }
        newest.retain(|_, advisory| advisory.withdrawn.is_none());
        let mut groups = Groups::default();
        for advisory in newest.values() {
            groups.join(&advisory.id, &advisory.aliases);
        }
        let mut index = Self { names: groups.names(), ..Self::default() };
        for advisory in newest.into_values() {
            let group = groups.of(&advisory.id);
            index.add(advisory, group);
        }
        index
    }

    fn add(&mut self, advisory: Advisory, group: usize) {
        let at = self.advisories.len();
        for affected in &advisory.affected {
            let (family, release) = release::split(&affected.ecosystem);
            let name = osv_name(family);
            let family = self.packages.entry(name.to_owned());
            let family = family.or_insert_with(|| Family { order: Order::of(name), names: HashMap::new() });
            let key = name_key(family.order, &affected.package).into_owned();
            let entry = Entry::new(at, release.map(Into::into), affected, family.order);
            family.names.entry(key).or_default().push(entry);
        }
        self.advisories.push(Known {
            id: advisory.id,
            source: advisory.source,
            group,
            revision: advisory.revision,
            severity: advisory.severity,
            class: advisory.class,
            published: advisory.published,
            summary: advisory.summary,
        });
    }

    /// How many advisories are in force here.
    pub fn len(&self) -> usize {
        self.advisories.len()
    }

    /// Whether there is no advisory at all; such an index proves nothing.
    pub fn is_empty(&self) -> bool {
        self.advisories.is_empty()
    }

    /// Whether versions of the ecosystem (OSV name or purl type) can be ordered.
    pub fn can_judge(ecosystem: &str) -> bool {
        let (family, _) = release::split(ecosystem);
        Order::of(osv_name(family)).is_some()
    }

    /// Whether any advisory here speaks of the ecosystem (OSV name or purl type).
    pub fn covers(&self, ecosystem: &str) -> bool {
        let (family, _) = release::split(ecosystem);
        self.packages.contains_key(osv_name(family))
    }

    /// What applies to the package version. `ecosystem` is OSV's name or the purl type (`crates.io`, `cargo`).
    pub fn matches(&self, ecosystem: &str, name: &str, version: &str) -> Outcome {
        let (family, release) = release::split(ecosystem);
        self.answer(&PackageQuery {
            ecosystem: Cow::Owned(osv_name(family).to_owned()),
            release,
            names: vec![(name.to_owned(), version.to_owned())],
            from_purl: false,
        })
    }

    /// What applies to the package that the URL names; `None` when it is none or of no known ecosystem.
    pub fn matches_purl(&self, purl: &str) -> Option<Outcome> {
        Some(self.answer(&package_query(purl)?))
    }

    /// What applies to the product that a CPE 2.2 or 2.3 name names; `None` when it is none or has no version.
    pub fn matches_cpe(&self, name: &str) -> Option<Outcome> {
        let cpe = cpe::Cpe::parse(name)?;
        Some(self.answer(&PackageQuery {
            ecosystem: Cow::Borrowed(cpe::ECOSYSTEM),
            release: None,
            names: vec![(cpe.package(), cpe.version?)],
            from_purl: false,
        }))
    }

    /// What applies to the package version asked for.
    pub fn answer(&self, query: &PackageQuery) -> Outcome {
        let ecosystem: &str = &query.ecosystem;
        let Some(family) = self.packages.get(ecosystem) else {
            let reason = format!("no advisories of {ecosystem} are known here");
            return Outcome::Unknown { reason, candidates: Vec::new(), matches: Vec::new() };
        };
        let order = family.order;
        let mut findings = Findings::new(ecosystem, order);
        for (place, (name, version)) in query.names.iter().enumerate() {
            let key = name_key(order, name);
            let confidence = match (ecosystem == cpe::ECOSYSTEM, query.from_purl && place == 0) {
                (true, _) => Confidence::Cpe,
                (false, true) => Confidence::ExactPurl,
                (false, false) => Confidence::NameMatch,
            };
            if let Some(entries) = family.names.get(key.as_ref()) {
                let asked = Asked::new(version, order.filter(|_| is_fixed(ecosystem, version)));
                let placed = Placed { name: key.as_ref(), release: query.release.as_deref(), confidence };
                findings.take(entries, asked, &placed);
            } else if ecosystem == "Go" {
                self.modules(family, (key.as_ref(), version), &mut findings);
            }
        }
        findings.outcome(self)
    }

    /// A package's path may lie in a module that advisories name; whether it does, the path alone does not say.
    fn modules<'i>(&self, family: &'i Family, (path, version): (&str, &str), findings: &mut Findings<'i>) {
        for module in parents(path) {
            let Some(entries) = family.names.get(module) else { continue };
            let asked = Asked::new(version, family.order);
            findings.doubt(entries, &asked, &format!("`{path}` may be a package of the module `{module}`"));
            return;
        }
    }
}

/// Paths that a module around the package may have, longest first.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    let cuts = path.rmatch_indices('/').take(16).map(|(at, _)| at);
    // from `/v2` on it is another major version's module, and a host alone is no module
    let own = move |at: &usize| path.get(*at + 1..).is_some_and(|rest| !is_major(rest));
    cuts.take_while(own).filter_map(|at| path.get(..at)).filter(|module| module.contains('/'))
}

fn is_major(rest: &str) -> bool {
    let part = rest.split('/').next().unwrap_or_default();
    part.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// A tag like `v4` moves with every release, so it says nothing about which one runs.
fn is_fixed(ecosystem: &str, version: &str) -> bool {
    ecosystem != "GitHub Actions" || version.split('.').count() > 2
}

#[cfg(test)]
mod tests;
