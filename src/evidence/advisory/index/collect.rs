//! Turns what single entries say into one answer per vulnerability.

use std::collections::BTreeMap;

use super::entry::{Asked, Entry, Verdict};
use super::{Confidence, Index, Match, Outcome, Proof, Report};
use crate::base::Severity;
use crate::evidence::advisory::order::{Key, Order};

/// What the entries said so far.
pub(super) struct Findings<'i> {
    ecosystem: &'i str,
    order: Option<Order>,
    hits: Vec<Hit<'i>>,
    silent: Vec<usize>,
    unsure: Vec<(usize, String)>,
    fixes: Vec<(usize, &'i Key, &'i str)>,
}

/// Where the asked package stands.
pub(super) struct Placed<'q> {
    /// Its name in normal form.
    pub name: &'q str,
    /// Its release, where stated.
    pub release: Option<&'q str>,
    /// How surely an entry of that name means it.
    pub confidence: Confidence,
}

struct Hit<'i> {
    entry: &'i Entry,
    shown: &'i str,
    name: String,
    version: String,
    confidence: Confidence,
}

/// What is said of one vulnerability under any of its names.
#[derive(Default)]
struct Group<'f, 'i> {
    hits: Vec<&'f Hit<'i>>,
    silent: Vec<&'f str>,
    fixes: Vec<(&'i Key, &'i str)>,
}

impl<'i> Findings<'i> {
    pub(super) fn new(ecosystem: &'i str, order: Option<Order>) -> Self {
        let (hits, silent, unsure, fixes) = Default::default();
        Self { ecosystem, order, hits, silent, unsure, fixes }
    }

    /// Judges the version against the entries of its name.
    pub(super) fn take(&mut self, entries: &'i [Entry], asked: Asked<'_>, placed: &Placed<'_>) {
        let mut unplaced = Vec::new();
        let mut spared = Vec::new();
        for entry in entries {
            let elsewhere = entry.release.as_deref().zip(placed.release).is_some_and(|(a, b)| a != b);
            if elsewhere {
                continue;
            }
            let open = entry.release.is_some() && placed.release.is_none();
            match entry.judge(&asked) {
                Verdict::Affected(shown) if open => unplaced.push((entry, shown)),
                Verdict::Affected(shown) => self.hit((entry, shown), &asked, placed, placed.confidence),
                Verdict::Unjudged(why) => self.unsure.push((entry.advisory, format!("it {why}"))),
                Verdict::Unread => {
                    self.unsure.push((entry.advisory, unreadable(asked.text, self.ecosystem, self.order)));
                }
                Verdict::NotAffected if open => spared.push(entry.advisory),
                Verdict::NotAffected => self.silent.push(entry.advisory),
            }
        }
        for (entry, shown) in unplaced {
            if spared.contains(&entry.advisory) {
                let reason = format!("the package does not state its release of {}", self.ecosystem);
                self.unsure.push((entry.advisory, reason));
            } else {
                self.hit((entry, shown), &asked, placed, placed.confidence.min(Confidence::NameMatch));
            }
        }
        self.silent.append(&mut spared);
    }

    fn hit(
        &mut self,
        (entry, shown): (&'i Entry, &'i str),
        asked: &Asked<'_>,
        placed: &Placed<'_>,
        confidence: Confidence,
    ) {
        self.fixes.extend(entry.fixes(asked).map(|(key, text)| (entry.advisory, key, text)));
        let (name, version) = (placed.name.to_owned(), asked.text.to_owned());
        self.hits.push(Hit { entry, shown, name, version, confidence });
    }

    /// Takes what would be hits as doubts, for that reason.
    pub(super) fn doubt(&mut self, entries: &'i [Entry], asked: &Asked<'_>, reason: &str) {
        let open = entries.iter().filter(|entry| entry.judge(asked) != Verdict::NotAffected);
        self.unsure.extend(open.map(|entry| (entry.advisory, reason.to_owned())));
    }

    pub(super) fn outcome(self, index: &Index) -> Outcome {
        if self.hits.is_empty() && self.unsure.is_empty() {
            return Outcome::NotAffected;
        }
        let matches = self.matches(index);
        let certain = |at: &usize| self.hits.iter().any(|hit| hit.entry.advisory == *at);
        let open: Vec<&(usize, String)> = self.unsure.iter().filter(|(at, _)| !certain(at)).collect();
        let Some((_, why)) = open.first() else { return Outcome::Affected(matches) };
        let mut candidates: Vec<String> =
            open.iter().filter_map(|(at, _)| Some(index.advisories.get(*at)?.id.clone())).collect();
        candidates.sort();
        candidates.dedup();
        let reason = format!("{}: {why}", short(&candidates));
        Outcome::Unknown { reason, candidates, matches }
    }

    /// One match per vulnerability, in the order of their names.
    fn matches(&self, index: &Index) -> Vec<Match> {
        let group_of = |at: usize| index.advisories.get(at).map(|known| known.group);
        let mut groups: BTreeMap<usize, Group<'_, 'i>> = BTreeMap::new();
        for hit in &self.hits {
            if let Some(group) = group_of(hit.entry.advisory) {
                groups.entry(group).or_default().hits.push(hit);
            }
        }
        for at in &self.silent {
            let Some(known) = index.advisories.get(*at) else { continue };
            if let Some(group) = groups.get_mut(&known.group) {
                group.silent.push(&known.id);
            }
        }
        for (at, key, text) in &self.fixes {
            if let Some(group) = group_of(*at).and_then(|group| groups.get_mut(&group)) {
                group.fixes.push((*key, *text));
            }
        }
        let mut matches: Vec<Match> = groups
            .into_iter()
            .map(|(number, mut group)| {
                let reports = self.reports(index, &group.hits);
                group.silent.sort_unstable();
                group.silent.dedup();
                group.silent.retain(|id| reports.iter().all(|r| r.id != **id));
                group.fixes.sort_unstable();
                group.fixes.dedup_by(|a, b| a.0 == b.0);
                let disagreeing = group.silent.into_iter().map(str::to_owned).collect();
                let fixed = group.fixes.into_iter().map(|fix| fix.1.to_owned()).collect();
                one(index, number, (reports, disagreeing), fixed)
            })
            .collect();
        matches.sort_by(|a, b| a.id.cmp(&b.id));
        matches
    }

    fn reports(&self, index: &Index, hits: &[&Hit<'_>]) -> Vec<Report> {
        let mut reports: Vec<Report> = Vec::new();
        for hit in hits {
            let Some(known) = index.advisories.get(hit.entry.advisory) else { continue };
            if let Some(same) = reports.iter_mut().find(|r| r.id == known.id && r.source == known.source) {
                same.proof.confidence = same.proof.confidence.max(hit.confidence);
                if !same.proof.interval.split("; ").any(|part| part == hit.shown) {
                    same.proof.interval = format!("{}; {}", same.proof.interval, hit.shown);
                }
                continue;
            }
            reports.push(Report {
                id: known.id.clone(),
                source: known.source.clone(),
                revision: known.revision,
                proof: self.proof(hit),
                severity: known.severity,
                class: known.class.clone(),
                published: known.published,
                summary: known.summary.clone(),
            });
        }
        reports.sort_by(|a, b| a.id.cmp(&b.id));
        reports
    }

    fn proof(&self, hit: &Hit<'_>) -> Proof {
        let release = hit.entry.release.as_ref();
        Proof {
            ecosystem: release
                .map_or_else(|| self.ecosystem.to_owned(), |r| format!("{}:{r}", self.ecosystem)),
            name: hit.name.clone(),
            version: hit.version.clone(),
            interval: hit.shown.to_owned(),
            comparator: self.order.map_or_else(|| "text".to_owned(), Order::name),
            confidence: hit.confidence,
        }
    }
}

fn one(
    index: &Index,
    group: usize,
    (reports, disagreeing): (Vec<Report>, Vec<String>),
    fixed: Vec<String>,
) -> Match {
    let ids = index.names.get(&group).cloned().unwrap_or_default();
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

fn unreadable(version: &str, ecosystem: &str, order: Option<Order>) -> String {
    match (version.is_empty(), order.is_some()) {
        (true, _) => "the package states no version".to_owned(),
        (false, true) => format!("`{version}` is no version of {ecosystem}, so no range can be judged"),
        (false, false) => format!("versions of {ecosystem} cannot be ordered"),
    }
}

fn short(ids: &[String]) -> String {
    match ids {
        [] => String::new(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}
