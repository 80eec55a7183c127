//! Answers which advisories apply to a package version, from memory, in microseconds.
//!
//! One vulnerability that several sources know under several names is reported once, with what each source said. A
//! version or ecosystem that cannot be ordered is [`Outcome::Unknown`], never "not affected".

mod aliases;
mod judge;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use semver::Version;

use self::aliases::Groups;
use self::judge::{Entry, Verdict};
use super::{Advisory, semver_order};
use crate::base::{Severity, UnixMillis};

/// The one ecosystem whose versions can be ordered so far.
const CRATES_IO: &str = "crates.io";

/// Advisories, ready to be asked.
#[derive(Debug, Default)]
pub struct Index {
    advisories: Vec<Known>,
    packages: HashMap<String, HashMap<String, Vec<Entry>>>,
    names: HashMap<usize, Vec<String>>,
}

/// What is known of an advisory besides what it affects.
#[derive(Debug)]
struct Known {
    id: String,
    group: usize,
    severity: Severity,
    class: String,
    published: Option<UnixMillis>,
    summary: String,
}

/// The answer for one package version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// At least one vulnerability applies.
    Affected(Vec<Match>),
    /// The advisories were asked and none applies.
    NotAffected,
    /// It cannot be told.
    Unknown {
        /// Why, for a person.
        reason: String,
        /// Advisories that name the package and may apply.
        candidates: Vec<String>,
        /// Vulnerabilities that apply for certain beside the doubt.
        matches: Vec<Match>,
    },
}

/// One vulnerability that applies, under all its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The name to show: its CVE id, else its GHSA id, else the first.
    pub id: String,
    /// Every name it is known by, sorted.
    pub ids: Vec<String>,
    /// What each source said that found the version affected, by id.
    pub reports: Vec<Report>,
    /// Ids of sources that know the package and do not find this version affected.
    pub disagreeing: Vec<String>,
    /// The worst severity stated.
    pub severity: Severity,
    /// `malicious` or `vulnerability` when a source says so, else the first source's class.
    pub class: String,
    /// When it was first published.
    pub published: Option<UnixMillis>,
    /// Versions above this one that carry the fix, lowest first.
    pub fixed: Vec<String>,
}

/// What one source said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The source's id.
    pub id: String,
    /// The interval, list or requirements that hold the version.
    pub proof: String,
    /// Severity as the source states it.
    pub severity: Severity,
    /// Class as the source states it.
    pub class: String,
    /// When the source published it.
    pub published: Option<UnixMillis>,
    /// One line in the source's words.
    pub summary: String,
}

impl Index {
    /// Builds the index. Withdrawn advisories are left out; of two copies with one id the newer counts.
    pub fn build(advisories: impl IntoIterator<Item = Advisory>) -> Self {
        let mut newest: BTreeMap<String, Advisory> = BTreeMap::new();
        for advisory in advisories {
            let age = |a: &Advisory| a.modified.max(a.withdrawn).max(a.published);
            match newest.get(&advisory.id) {
                Some(known) if age(known) >= age(&advisory) => {}
                _ => {
                    newest.insert(advisory.id.clone(), advisory);
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
            let by_name = self.packages.entry(ecosystem_key(&affected.ecosystem).to_owned()).or_default();
            let name = name_key(&affected.ecosystem, &affected.package).into_owned();
            by_name.entry(name).or_default().push(Entry::new(at, affected));
        }
        self.advisories.push(Known {
            id: advisory.id,
            group,
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

    /// Whether versions of the ecosystem (OSV name or purl type) can be judged.
    pub fn can_judge(ecosystem: &str) -> bool {
        ecosystem_key(ecosystem) == CRATES_IO
    }

    /// What applies to the package version. `ecosystem` is OSV's name or the purl type (`crates.io`, `cargo`).
    pub fn matches(&self, ecosystem: &str, name: &str, version: &str) -> Outcome {
        let key = ecosystem_key(ecosystem);
        let by_name = self.packages.get(key);
        let entries = by_name.and_then(|names| names.get(name_key(ecosystem, name).as_ref()));
        let entries = entries.map_or(&[][..], Vec::as_slice);
        if key != CRATES_IO {
            let reason = format!("versions of {ecosystem} cannot be ordered yet");
            return self.unknown(reason, entries, entries.iter().filter(|e| e.lists(version)));
        }
        let Some(parsed) = semver_order::version(version) else {
            let reason = format!("`{version}` is no version of {ecosystem}, so no range can be judged");
            return self.unknown(reason, entries, entries.iter().filter(|e| e.lists(version)));
        };
        self.judge(entries, &parsed)
    }

    fn unknown<'e>(
        &self,
        reason: String,
        entries: &[Entry],
        listed: impl Iterator<Item = &'e Entry>,
    ) -> Outcome {
        let found = listed.map(|e| (e, "listed by version".to_owned())).collect();
        Outcome::Unknown { reason, candidates: self.ids(entries), matches: self.collect(found, &[], None) }
    }

    fn judge(&self, entries: &[Entry], version: &Version) -> Outcome {
        let mut found = Vec::new();
        let mut silent = Vec::new();
        let mut doubtful = Vec::new();
        for entry in entries {
            match entry.judge(version) {
                Verdict::Affected(proof) => found.push((entry, proof)),
                Verdict::NotAffected => silent.push(entry),
                Verdict::Unreadable(_) => doubtful.push(entry.clone()),
            }
        }
        let matches = self.collect(found, &silent, Some(version));
        if let Some(first) = doubtful.first() {
            let Verdict::Unreadable(what) = first.judge(version) else { return Outcome::Affected(matches) };
            let candidates = self.ids(&doubtful);
            let reason = format!("{} states {what}, which is no version", candidates.join(", "));
            return Outcome::Unknown { reason, candidates, matches };
        }
        if matches.is_empty() { Outcome::NotAffected } else { Outcome::Affected(matches) }
    }

    fn ids(&self, entries: &[Entry]) -> Vec<String> {
        let mut ids: Vec<String> =
            entries.iter().filter_map(|e| Some(self.advisories.get(e.advisory)?.id.clone())).collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// One match per vulnerability, in the order of their names.
    fn collect(
        &self,
        found: Vec<(&Entry, String)>,
        silent: &[&Entry],
        version: Option<&Version>,
    ) -> Vec<Match> {
        let mut groups: BTreeMap<usize, Vec<(&Entry, String)>> = BTreeMap::new();
        for (entry, proof) in found {
            if let Some(known) = self.advisories.get(entry.advisory) {
                groups.entry(known.group).or_default().push((entry, proof));
            }
        }
        let mut matches: Vec<Match> = groups
            .into_iter()
            .map(|(group, list)| {
                let reports = self.reports(&list);
                let others = silent.iter().filter(|e| self.advisories[e.advisory].group == group);
                let mut disagreeing: Vec<String> =
                    others.map(|e| self.advisories[e.advisory].id.clone()).collect();
                disagreeing.retain(|id| reports.iter().all(|r| r.id != *id));
                disagreeing.dedup();
                self.one(group, (reports, disagreeing), judge::fixes(list.iter().map(|l| l.0), version))
            })
            .collect();
        matches.sort_by(|a, b| a.id.cmp(&b.id));
        matches
    }

    fn reports(&self, list: &[(&Entry, String)]) -> Vec<Report> {
        let mut reports: Vec<Report> = Vec::new();
        for (entry, proof) in list {
            let known = &self.advisories[entry.advisory];
            if let Some(same) = reports.iter_mut().find(|r| r.id == known.id) {
                same.proof = format!("{}; {proof}", same.proof);
                continue;
            }
            reports.push(Report {
                id: known.id.clone(),
                proof: proof.clone(),
                severity: known.severity,
                class: known.class.clone(),
                published: known.published,
                summary: known.summary.clone(),
            });
        }
        reports.sort_by(|a, b| a.id.cmp(&b.id));
        reports
    }

    fn one(
        &self,
        group: usize,
        (reports, disagreeing): (Vec<Report>, Vec<String>),
        fixed: Vec<String>,
    ) -> Match {
        let ids = self.names.get(&group).cloned().unwrap_or_default();
        let named = |prefix: &str| ids.iter().find(|id| id.starts_with(prefix));
        let id = named("CVE-").or_else(|| named("GHSA-")).or_else(|| ids.first()).cloned();
        let says = |class: &str| reports.iter().any(|r| r.class == class).then(|| class.to_owned());
        let first = || reports.first().map(|r| r.class.clone()).unwrap_or_default();
        Match {
            id: id.unwrap_or_default(),
            severity: reports.iter().map(|r| r.severity).max().unwrap_or(Severity::Unknown),
            class: says("malicious").or_else(|| says("vulnerability")).unwrap_or_else(first),
            published: reports.iter().filter_map(|r| r.published).min(),
            ids,
            reports,
            disagreeing,
            fixed,
        }
    }
}

/// OSV's name for a purl type.
fn ecosystem_key(ecosystem: &str) -> &str {
    if ecosystem == "cargo" { CRATES_IO } else { ecosystem }
}

/// crates.io takes `-` and `_`, and both cases, for the same name; other ecosystems are taken as written.
fn name_key<'n>(ecosystem: &str, name: &'n str) -> Cow<'n, str> {
    let plain = |b: u8| b != b'_' && !b.is_ascii_uppercase();
    if ecosystem_key(ecosystem) != CRATES_IO || name.bytes().all(plain) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.to_ascii_lowercase().replace('_', "-"))
}

#[cfg(test)]
mod tests;
