//! Asks the advisories about every package, and VEX statements about every match.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Severity;
use crate::evidence::advisory::{Index, Match, Outcome};
use crate::evidence::vex::{
    Applies, Finding, Judgement, Source, Subject, Trust, Verdict, VexDocument, judge,
};
use crate::report::gate::{GateFinding, GateStatement};

use super::inputs::{Input, Package};
use super::knowledge::Knowledge;

/// What matching is done with.
pub struct Scene<'a> {
    pub index: &'a Index,
    pub knowledge: &'a Knowledge,
    /// Files and their documents.
    pub vex: &'a [(String, VexDocument)],
}

/// What was found in one input.
#[derive(Default)]
pub struct Found {
    pub findings: Vec<GateFinding>,
    /// Packages looked up.
    pub looked_up: u64,
    /// Packages of ecosystems of which no advisory is known here, by ecosystem.
    pub uncovered: BTreeMap<String, u64>,
}

impl Scene<'_> {
    /// Everything that applies or may apply to the packages of an input, the worst first.
    pub fn look(&self, input: &Input) -> Found {
        let mut found = Found::default();
        let mut seen = BTreeSet::new();
        for package in &input.packages {
            let outcomes = self.outcomes(package, &mut found);
            for (ecosystem, outcome) in outcomes {
                for finding in self.findings(input, (package, &ecosystem), outcome) {
                    let key = (finding.advisory.clone(), finding.package.clone(), finding.version.clone());
                    if seen.insert((key, finding.purl.clone())) {
                        found.findings.push(finding);
                    }
                }
            }
        }
        found.findings.sort_by(|a, b| {
            let rank =
                |f: &GateFinding| (f.suppressed, std::cmp::Reverse((f.class == "malicious", f.severity)));
            let name = |f: &GateFinding| (f.package.clone(), f.version.clone(), f.advisory.clone());
            rank(a).cmp(&rank(b)).then_with(|| name(a).cmp(&name(b)))
        });
        found
    }

    fn outcomes(&self, package: &Package, found: &mut Found) -> Vec<(String, Outcome)> {
        let mut outcomes = Vec::new();
        if let Some(query) = package.query.as_ref().filter(|query| Index::can_judge(&query.ecosystem)) {
            if self.index.covers(&query.ecosystem) {
                outcomes.push((query.ecosystem.clone().into_owned(), self.index.answer(query)));
            } else {
                *found.uncovered.entry(query.ecosystem.clone().into_owned()).or_default() += 1;
            }
        }
        if self.index.covers("CPE") {
            let asked = package.cpes.iter().filter_map(|cpe| self.index.matches_cpe(cpe));
            outcomes.extend(asked.map(|outcome| ("CPE".to_owned(), outcome)));
        }
        found.looked_up += u64::from(!outcomes.is_empty());
        outcomes
    }

    fn findings(
        &self,
        input: &Input,
        (package, ecosystem): (&Package, &str),
        outcome: Outcome,
    ) -> Vec<GateFinding> {
        let blank = || self.blank(input, package, ecosystem);
        let (matches, doubt) = match outcome {
            Outcome::NotAffected => return Vec::new(),
            Outcome::Affected(matches) => (matches, None),
            Outcome::Unknown { reason, candidates, matches } => (matches, Some((reason, candidates))),
        };
        let mut findings: Vec<GateFinding> = matches.iter().map(|found| certain(blank(), found)).collect();
        if let Some((reason, candidates)) = doubt {
            findings.extend(candidates.into_iter().map(|advisory| GateFinding {
                advisory,
                why: format!("may apply: {reason}"),
                ..blank()
            }));
        }
        for finding in &mut findings {
            self.weigh(finding);
            self.suppress(finding, input, package);
        }
        findings
    }

    /// Nothing but the package.
    fn blank(&self, input: &Input, package: &Package, ecosystem: &str) -> GateFinding {
        GateFinding {
            file: input.file.clone(),
            advisory: String::new(),
            aliases: Vec::new(),
            package: package.name.clone(),
            version: package.version.clone(),
            purl: package.purl.clone(),
            ecosystem: ecosystem.to_owned(),
            severity: Severity::Unknown,
            class: String::new(),
            fixed_in: Vec::new(),
            why: String::new(),
            summary: String::new(),
            certain: false,
            suppressed: false,
            vex: Vec::new(),
            known_exploited: None,
            epss: None,
            published: None,
            scope: package.scope,
            direct: package.direct,
            reports: Vec::new(),
            level: None,
            rules: Vec::new(),
        }
    }

    /// How likely or certain exploitation is. Catalogue and scores speak of CVE ids only, so what has none is in
    /// neither.
    fn weigh(&self, finding: &mut GateFinding) {
        let names = std::iter::once(&finding.advisory).chain(&finding.aliases);
        let cves: Vec<String> =
            names.map(|name| name.to_ascii_uppercase()).filter(|name| name.starts_with("CVE-")).collect();
        finding.known_exploited = match &self.knowledge.exploited {
            Some(listed) => Some(cves.iter().any(|cve| listed.contains(cve))),
            None => (cves.is_empty() && finding.certain).then_some(false),
        };
        finding.epss =
            self.knowledge.epss.as_ref().and_then(|scores| {
                cves.iter().filter_map(|cve| scores.get(cve)).copied().max_by(f64::total_cmp)
            });
    }

    fn suppress(&self, finding: &mut GateFinding, input: &Input, package: &Package) {
        if self.vex.is_empty() {
            return;
        }
        let names: Vec<String> =
            std::iter::once(&finding.advisory).chain(&finding.aliases).cloned().collect();
        let judgement = self.judge(&names, &input.product, &package.subject);
        finding.suppressed = matches!(judgement.verdict, Verdict::Suppressed { .. });
        let conflict = matches!(judgement.verdict, Verdict::Conflict { .. });
        finding.vex = judgement
            .considered
            .iter()
            .map(|(name, applies)| {
                let document = name.document.as_deref().unwrap_or("a document without id");
                let why = name.justification.map_or_else(String::new, |j| format!(" ({})", j.as_str()));
                let effect = match applies {
                    Applies::Yes(_) => "it holds for this version".to_owned(),
                    Applies::DoesNot(refusal) => format!("not followed, because {}", refusal.explain()),
                };
                format!(
                    "VEX of {} says {}{why} in {document}{}: {effect}",
                    name.author,
                    name.status.as_str(),
                    name.path
                )
            })
            .collect();
        if !finding.vex.is_empty() {
            let word = if finding.suppressed { "suppressed: " } else { "" };
            let word = if conflict { "statements disagree: " } else { word };
            finding.why = format!("{}; {word}{}", finding.why, finding.vex.join("; "));
        }
    }

    /// Files given by hand are believed as they state their author; a document without one speaks for its file.
    fn judge(&self, names: &[String], product: &Subject, component: &Subject) -> Judgement {
        let mut trust = Trust::default();
        let mut sources = Vec::new();
        for (file, document) in self.vex {
            let named = document.author.iter().chain(&document.namespace);
            trust.stated.extend(named.cloned());
            let nameless = document.author.is_none() && document.namespace.is_none();
            if nameless {
                trust.signers.insert(file.clone());
            }
            sources.push(Source { document, signed_by: nameless.then_some(file.as_str()) });
        }
        judge(&sources, &Finding { vulnerabilities: names, product, component }, &trust)
    }
}

fn certain(blank: GateFinding, found: &Match) -> GateFinding {
    let proofs: BTreeSet<String> = found.reports.iter().map(|report| report.proof.to_string()).collect();
    GateFinding {
        advisory: found.id.clone(),
        aliases: found.ids.iter().filter(|id| **id != found.id).cloned().collect(),
        severity: found.severity,
        class: found.class.clone(),
        fixed_in: found.fixed.clone(),
        why: proofs.into_iter().collect::<Vec<_>>().join("; "),
        summary: found.reports.first().map(|report| report.summary.clone()).unwrap_or_default(),
        certain: true,
        published: found.published,
        reports: found
            .reports
            .iter()
            .map(|report| GateStatement {
                id: report.id.clone(),
                source: report.source.clone(),
                severity: report.severity,
                class: report.class.clone(),
                why: report.proof.to_string(),
            })
            .collect(),
        ..blank
    }
}
