//! The rows rules are asked of. A fact that is not known is an absent field.

use crate::base::{Severity, UnixMillis};
use crate::controls::{GateFacts, GatePolicy, GateTable, Record, Value};
use crate::evidence::licence::{self, Confidence, ExceptionUse, LicencePolicy};
use crate::evidence::package::Purl;
use crate::evidence::quality::{self, Level, Outcome, Profile, Written};
use crate::evidence::{Encoding, Receipt, sbom::Sbom};
use crate::report::gate::GateFinding;

use super::inputs::{Input, Package};

/// The rows of one input; tables no rule asks for stay empty.
pub fn facts(input: &Input, findings: &[GateFinding], policy: &GatePolicy, at: UnixMillis) -> GateFacts {
    let asked = |table: GateTable| policy.rules().any(|rule| rule.on == table);
    let mut facts = GateFacts { findings: findings.iter().map(of_finding).collect(), ..GateFacts::default() };
    if asked(GateTable::Components) {
        facts.components = input.packages.iter().map(of_package).collect();
    }
    if asked(GateTable::Licences) {
        facts.licences =
            input.packages.iter().filter_map(|package| of_licence(package, &policy.licences, at)).collect();
    }
    if let Some((sbom, receipt)) = input.sbom.as_ref().filter(|_| asked(GateTable::Quality)) {
        facts.quality = of_quality(sbom, receipt);
    }
    facts
}

/// Builds a record field by field.
#[derive(Default)]
struct Row(Record);

impl Row {
    fn put(mut self, name: &str, value: Option<Value>) -> Self {
        self.0.extend(value.map(|value| (name.to_owned(), value)));
        self
    }

    fn text(self, name: &str, text: Option<&str>) -> Self {
        self.put(name, text.filter(|text| !text.is_empty()).map(|text| Value::Text(text.to_owned())))
    }

    fn list(self, name: &str, list: &[String]) -> Self {
        self.put(name, Some(Value::List(list.to_vec())))
    }

    fn number(self, name: &str, number: u64) -> Self {
        self.put(name, Some(Value::Int(i64::try_from(number).unwrap_or(i64::MAX))))
    }
}

fn of_finding(finding: &GateFinding) -> Record {
    let known = |value: Value| finding.certain.then_some(value);
    Row::default()
        .text("id", Some(&finding.advisory))
        .text("component", Some(&finding.package))
        .text("version", Some(&finding.version))
        .text("purl", finding.purl.as_deref())
        .text("ecosystem", Some(&finding.ecosystem))
        .text("severity", severity(finding))
        .text("class", Some(&finding.class))
        .text("scope", finding.scope)
        .list("aliases", &finding.aliases)
        .put("fixed_in", known(Value::List(finding.fixed_in.clone())))
        .put("fix_available", known(Value::Bool(!finding.fixed_in.is_empty())))
        .put("known_exploited", finding.known_exploited.map(Value::Bool))
        .put("epss", finding.epss.map(Value::Num))
        .put("suppressed", Some(Value::Bool(finding.suppressed)))
        .put("direct", finding.direct.map(Value::Bool))
        .put("published_at", finding.published.map(|at| Value::Int(at.0)))
        .0
}

/// What nobody rates has no severity; an informational advisory is no vulnerability, so its severity is `none`.
fn severity(finding: &GateFinding) -> Option<&'static str> {
    let informational = !matches!(finding.class.as_str(), "" | "vulnerability" | "malicious");
    match finding.severity {
        Severity::Unknown if finding.certain && informational => Some(Severity::None.as_str()),
        Severity::Unknown => None,
        Severity::None | Severity::Low | Severity::Medium | Severity::High | Severity::Critical => {
            Some(finding.severity.as_str())
        }
    }
}

fn of_package(package: &Package) -> Record {
    let ecosystem = package.query.as_ref().map(|query| query.ecosystem.as_ref());
    let licences: Option<Vec<String>> = package.licence.as_ref().map(|expression| {
        let terms: Vec<String> = expression.terms().map(|term| term.text.clone()).collect();
        let raw = !expression.is_silent() && terms.is_empty();
        if raw { vec![expression.raw.clone()] } else { terms }
    });
    Row::default()
        .text("id", Some(package.purl.as_deref().unwrap_or(&package.name)))
        .text("name", Some(&package.name))
        .text("version", Some(&package.version))
        .text("purl", package.purl.as_deref())
        .text("ecosystem", ecosystem)
        .text("supplier", package.supplier.as_deref())
        .text("origin", package.origin)
        .text("scope", package.scope)
        .put("licences", licences.map(Value::List))
        .put("direct", package.direct.map(Value::Bool))
        .number("hashes", package.hashes as u64)
        .0
}

fn of_licence(package: &Package, policy: &LicencePolicy, at: UnixMillis) -> Option<Record> {
    let expression = package.licence.as_ref()?;
    let read = package.purl.as_deref().and_then(Purl::read);
    let mut names = vec![package.name.as_str()];
    if let Some(purl) = &read {
        names.extend([purl.key(), purl.unversioned(), purl.raw()]);
    }
    let decision = licence::evaluate(expression, policy, &names, at);
    let mut families: Vec<String> = expression.terms().map(|term| term.family.as_str().to_owned()).collect();
    families.sort();
    families.dedup();
    let exception = decision.exception.as_ref().map(|used| match used {
        ExceptionUse::Used(_) => "used",
        ExceptionUse::Expired(_) => "expired",
    });
    let row = Row::default()
        .text("id", Some(&expression.raw))
        .text("component", Some(&package.name))
        .text("version", Some(&package.version))
        .text("purl", package.purl.as_deref())
        .text("expression", Some(&expression.raw))
        .list("families", &families)
        .text("confidence", Some(confidence(expression.confidence)))
        .text("verdict", Some(verdict(decision.verdict)))
        .text("exception", exception);
    Some(row.0)
}

const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Exact => "exact",
        Confidence::Normalised => "normalised",
        Confidence::Guessed => "guessed",
        Confidence::None => "none",
    }
}

const fn verdict(verdict: licence::Verdict) -> &'static str {
    match verdict {
        licence::Verdict::Allowed => "allowed",
        licence::Verdict::Review => "review",
        licence::Verdict::Unknown => "unknown",
        licence::Verdict::Denied => "denied",
    }
}

fn of_quality(sbom: &Sbom, receipt: &Receipt) -> Vec<Record> {
    let written = Written {
        format: receipt.format.as_deref().unwrap_or_default(),
        version: receipt.format_version.as_deref(),
        encoding: receipt.encoding.unwrap_or(Encoding::Json),
    };
    let mut rows = Vec::new();
    for profile in Profile::ALL {
        for rule in quality::evaluate(profile, sbom, written).rules {
            let row = Row::default()
                .text("id", Some(rule.id))
                .text("profile", Some(profile.as_str()))
                .text("field", Some(rule.field))
                .text("level", Some(if rule.level == Level::Required { "required" } else { "advised" }))
                .text("outcome", Some(outcome(rule.outcome)))
                .number("passed", rule.passed)
                .number("failed", rule.failed);
            rows.push(row.0);
        }
    }
    rows
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::NotApplicable => "not_applicable",
    }
}
