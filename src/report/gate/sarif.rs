//! The gate's answer as SARIF 2.1.0 (OASIS standard, 2020-03-27) for code-scanning pages.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::base::{Digest, Severity};
use crate::controls::GateLevel;

use super::text::policy_rows;
use super::{GateDocument, GateFinding, GateOutcome, GateRow};

/// Writes the document as one SARIF log with one run.
///
/// A finding is a result of the advisory's rule; a suppressed one carries its suppression. A violation that is about
/// no advisory is a result of the policy's rule. What could not be told is a notification, and then the execution did
/// not succeed.
pub fn to_sarif(document: &GateDocument) -> Value {
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    let mut results = Vec::new();
    for finding in &document.findings {
        rules.entry(finding.advisory.clone()).or_insert_with(|| advisory_rule(finding));
        results.push(finding_result(finding));
    }
    for row in policy_rows(document) {
        let id = format!("policy/{}", row.violation.rule);
        rules.entry(id.clone()).or_insert_with(|| policy_rule(&id, row));
        results.push(row_result(&id, row));
    }
    let places: BTreeMap<String, usize> = rules.keys().cloned().zip(0..).collect();
    for result in &mut results {
        let place = result["ruleId"].as_str().and_then(|id| places.get(id)).copied();
        result["ruleIndex"] = json!(place);
    }
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "attestry",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().collect::<Vec<_>>(),
            }},
            "automationDetails": {"id": format!("attestry-gate/{}/", document.policy)},
            "invocations": [invocation(document)],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn invocation(document: &GateDocument) -> Value {
    let notification = |level: &str, text: &str| json!({"level": level, "message": {"text": text}});
    let undecided = document.undecided.iter().map(|row| {
        let v = &row.violation;
        let text = format!("undecided [{}] {}: {} {}: {}", v.rule, row.file, v.component, v.item, v.why);
        notification(if v.level == GateLevel::Fail { "error" } else { "warning" }, &text)
    });
    let questions = document.open_questions.iter().map(|text| notification("error", text));
    let notes = document.notes.iter().map(|text| notification("note", text));
    json!({
        "executionSuccessful": document.outcome != GateOutcome::Undecided,
        "exitCode": document.exit_code,
        "endTimeUtc": document.at,
        "toolExecutionNotifications": questions.chain(undecided).chain(notes).collect::<Vec<_>>(),
    })
}

fn advisory_rule(finding: &GateFinding) -> Value {
    let title = if finding.summary.is_empty() { &finding.advisory } else { &finding.summary };
    // what only may apply has no class; tags must differ from each other
    let class = Some(finding.class.as_str()).filter(|class| !class.is_empty());
    let tags: Vec<&str> = std::iter::once("security").chain(class).collect();
    let mut properties = json!({"tags": tags});
    if let Some(score) = score(finding.severity) {
        properties["security-severity"] = json!(score);
    }
    json!({
        "id": finding.advisory,
        "shortDescription": {"text": title},
        "helpUri": format!("https://osv.dev/vulnerability/{}", encoded(&finding.advisory, false)),
        "properties": properties,
    })
}

/// The lower end of the severity's band (CVSS v3.1, section 5), which is how GitHub sorts alerts.
const fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.0"),
        Severity::High => Some("7.0"),
        Severity::Medium => Some("4.0"),
        Severity::Low => Some("0.1"),
        Severity::None => Some("0.0"),
        Severity::Unknown => None,
    }
}

fn policy_rule(id: &str, row: &GateRow) -> Value {
    let title = row.violation.why.split(": ").next().unwrap_or(id);
    json!({"id": id, "shortDescription": {"text": title}, "properties": {"tags": ["policy"]}})
}

const fn level(level: Option<GateLevel>) -> &'static str {
    match level {
        Some(GateLevel::Fail) => "error",
        Some(GateLevel::Warn) => "warning",
        None => "note",
    }
}

fn finding_result(finding: &GateFinding) -> Value {
    let fix = if finding.fixed_in.is_empty() {
        "no fix is known".to_owned()
    } else {
        format!("fixed in {}", finding.fixed_in.join(", "))
    };
    let (package, version, advisory) = (&finding.package, &finding.version, &finding.advisory);
    let text = format!("{package} {version} is affected by {advisory}: {}; {fix}", finding.why);
    let text = if finding.certain { text } else { text.replacen("is affected", "may be affected", 1) };
    let mut result = result((advisory, level(finding.level)), &text, &finding.file);
    let print = Digest::of(format!("{advisory}\n{package}\n{version}\n{}", finding.file).as_bytes());
    result["partialFingerprints"] = json!({"attestryFinding/v1": print.to_string()});
    result["properties"] = json!({
        "package": package, "version": version, "purl": finding.purl, "aliases": finding.aliases,
        "severity": finding.severity, "fixed_in": finding.fixed_in, "rules": finding.rules,
    });
    if finding.suppressed {
        let justification = finding.vex.join("; ");
        result["suppressions"] =
            json!([{"kind": "external", "status": "accepted", "justification": justification}]);
    }
    result
}

fn row_result(id: &str, row: &GateRow) -> Value {
    let v = &row.violation;
    let text = format!("{} {}: {}", v.component, v.item, v.why);
    let mut result = result((id, level(Some(v.level))), text.trim(), &row.file);
    let print = Digest::of(format!("{id}\n{}\n{}\n{}", v.component, v.item, row.file).as_bytes());
    result["partialFingerprints"] = json!({"attestryFinding/v1": print.to_string()});
    result
}

fn result((rule, level): (&str, &str), text: &str, file: &str) -> Value {
    json!({
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(file)},
            "region": {"startLine": 1},
        }}],
    })
}

/// A path as a URI reference (RFC 3986): relative ones stay relative.
fn uri(file: &str) -> String {
    let path = file.replace('\\', "/");
    let encoded = encoded(&path, true);
    if path.starts_with('/') { format!("file://{encoded}") } else { encoded }
}

fn encoded(text: &str, path: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (path && b"/!@+".contains(&byte)) {
            out.push(char::from(byte));
        } else {
            let digit = |half: u8| char::from_digit(u32::from(half), 16).map(|c| c.to_ascii_uppercase());
            out.push('%');
            out.extend([byte >> 4, byte & 15].into_iter().filter_map(digit));
        }
    }
    out
}
