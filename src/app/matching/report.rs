//! One document asked package by package: what applies, what is set aside, what could not be told.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::facts::ask;
use crate::app::matching::Asked;
use crate::base::Severity;
use crate::evidence::advisory::{Match, Outcome};
use crate::evidence::package::Purl;
use crate::evidence::scan::matches::{MatchOutcome, MatchReport, Matched, NotEvaluated};
use crate::store::ComponentRow;

/// Matches on their way into the report: one entry a vulnerability and package.
type Found = BTreeMap<(String, String), Matched>;

/// Fills a report with what the advisories say of the components.
pub(super) fn fill(report: &mut MatchReport, asset: &str, components: &[ComponentRow], asked: &Asked) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut left_out: BTreeMap<String, u64> = BTreeMap::new();
    let mut found = Found::new();
    for component in components {
        let Some(purl) = Purl::read(&component.purl_key) else {
            *left_out.entry("no package URL that can be read".to_owned()).or_default() += 1;
            report.packages += 1;
            continue;
        };
        if !seen.insert(&component.purl_key) {
            continue;
        }
        report.packages += 1;
        match ask(component, &asked.index) {
            None => *left_out.entry(format!("no advisories speak of pkg:{}", purl.kind())).or_default() += 1,
            Some(outcome) => match take(&mut found, (asset, component, &purl), outcome, asked) {
                None => report.evaluated += 1,
                Some(reason) => *left_out.entry(reason).or_default() += 1,
            },
        }
    }
    let left_out = left_out.into_iter().map(|(reason, packages)| NotEvaluated { reason, packages });
    report.not_evaluated = left_out.collect();
    report.matches = found.into_values().collect();
}

/// Takes over one answer; why the package could not be evaluated, if so.
fn take(
    found: &mut Found,
    (asset, component, purl): (&str, &ComponentRow, &Purl),
    outcome: Outcome,
    asked: &Asked,
) -> Option<String> {
    let (matches, doubt) = match outcome {
        Outcome::NotAffected => return None,
        Outcome::Affected(matches) => (matches, None),
        Outcome::Unknown { reason, candidates, matches } => (matches, Some((reason, candidates))),
    };
    for hit in matches {
        let verdict = asked.statements.judge(asset, component, &hit.ids);
        add(found, of_match(component, purl, hit, verdict));
    }
    let (reason, candidates) = doubt?;
    if let Some(first) = candidates.first() {
        add(found, undecided(component, purl, (first, &candidates), reason.clone()));
    }
    Some(reason)
}

fn version_of(component: &ComponentRow) -> Vec<String> {
    component.version.iter().filter(|version| !version.is_empty()).cloned().collect()
}

fn of_match(component: &ComponentRow, purl: &Purl, hit: Match, outcome: MatchOutcome) -> Matched {
    let summary = hit.reports.iter().map(|report| report.summary.clone()).find(|text| !text.is_empty());
    Matched {
        vulnerability: hit.id,
        ids: hit.ids,
        package: component.name.clone(),
        purl: purl.unversioned().to_owned(),
        versions: version_of(component),
        outcome,
        severity: hit.severity,
        class: hit.class,
        summary: summary.unwrap_or_default(),
        fix_known: hit.published.filter(|_| !hit.fixed.is_empty()),
        fixed: hit.fixed,
        reports: hit.reports,
        disagreeing: hit.disagreeing,
    }
}

fn undecided(
    component: &ComponentRow,
    purl: &Purl,
    (first, candidates): (&str, &[String]),
    reason: String,
) -> Matched {
    Matched {
        vulnerability: first.to_owned(),
        ids: candidates.to_vec(),
        package: component.name.clone(),
        purl: purl.unversioned().to_owned(),
        versions: version_of(component),
        outcome: MatchOutcome::Unknown { reason },
        severity: Severity::Unknown,
        class: "vulnerability".to_owned(),
        summary: String::new(),
        fixed: Vec::new(),
        fix_known: None,
        reports: Vec::new(),
        disagreeing: Vec::new(),
    }
}

/// Another version of a package that is hit by the same vulnerability joins its entry; what applies to one of them
/// applies.
fn add(found: &mut Found, matched: Matched) {
    let key = (matched.vulnerability.clone(), matched.purl.clone());
    let Some(known) = found.get_mut(&key) else {
        found.insert(key, matched);
        return;
    };
    known.versions.extend(matched.versions);
    known.versions.sort();
    known.versions.dedup();
    if rank(&matched.outcome) < rank(&known.outcome) {
        known.outcome = matched.outcome;
    }
    known.severity = known.severity.max(matched.severity);
    known.reports.extend(matched.reports);
    known.fixed.extend(
        matched.fixed.into_iter().filter(|version| !known.fixed.contains(version)).collect::<Vec<_>>(),
    );
}

/// The worst first.
const fn rank(outcome: &MatchOutcome) -> u8 {
    match outcome {
        MatchOutcome::Affected => 0,
        MatchOutcome::Unknown { .. } => 1,
        MatchOutcome::SetAside { .. } => 2,
    }
}
