//! The gate's answer for people: what closes it first.

use std::collections::HashSet;

use crate::controls::GateLevel;

use super::{GateDocument, GateFinding, GateOutcome, GateRow};

/// Undecided rows shown; the others are counted.
const MOST_UNDECIDED: usize = 20;

/// Writes the document as lines, the answer last.
pub fn to_text(document: &GateDocument) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        // control characters of a document may not steer a terminal
        out.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
        out.push('\n');
    };
    for input in &document.inputs {
        let (part, all) = (input.looked_up, input.components);
        line(&format!("{} ({}): {part} of {all} components looked up", input.file, input.format));
    }
    for source in &document.basis.sources {
        let as_of = source.as_of.as_deref().unwrap_or("unknown date");
        line(&format!("{} ({}): {} records, newest of {as_of}", source.name, source.format, source.records));
    }
    document.findings.iter().flat_map(finding).for_each(|text| line(&text));
    for row in policy_rows(document) {
        line(&shown(row, word(row.violation.level)));
    }
    for row in document.undecided.iter().take(MOST_UNDECIDED) {
        line(&shown(row, "undecided"));
    }
    if document.undecided.len() > MOST_UNDECIDED {
        line(&format!("… and {} more undecided rows", document.undecided.len() - MOST_UNDECIDED));
    }
    for question in &document.open_questions {
        line(&format!("cannot tell: {question}"));
    }
    for note in &document.notes {
        line(&format!("note: {note}"));
    }
    line(&answer(document));
    out
}

/// The violations that are not about a finding; those are shown with the finding already.
pub(super) fn policy_rows(document: &GateDocument) -> impl Iterator<Item = &GateRow> {
    let shown: HashSet<(&str, &str, &str)> = document
        .findings
        .iter()
        .flat_map(|f| f.rules.iter().map(move |rule| (f.file.as_str(), f.advisory.as_str(), rule.as_str())))
        .collect();
    let key = |row: &'_ GateRow| {
        let v = &row.violation;
        shown.contains(&(row.file.as_str(), v.item.as_str(), v.rule.as_str()))
    };
    let rows: Vec<&GateRow> = document.violations.iter().filter(|row| !key(row)).collect();
    rows.into_iter()
}

const fn word(level: GateLevel) -> &'static str {
    match level {
        GateLevel::Fail => "FAIL",
        GateLevel::Warn => "warn",
    }
}

fn shown(row: &GateRow, word: &str) -> String {
    let violation = &row.violation;
    let item = if violation.item.is_empty() { String::new() } else { format!(" {}", violation.item) };
    format!("{word} [{}] {}: {}{item}: {}", violation.rule, row.file, violation.component, violation.why)
}

fn finding(finding: &GateFinding) -> Vec<String> {
    let word = match (finding.suppressed, finding.level) {
        (true, _) => "suppressed",
        (false, Some(level)) => word(level),
        (false, None) => "found",
    };
    let class = if finding.class == "vulnerability" { "" } else { finding.class.as_str() };
    let names = if finding.aliases.is_empty() {
        finding.advisory.clone()
    } else {
        format!("{} ({})", finding.advisory, finding.aliases.join(", "))
    };
    let (package, version) = (&finding.package, &finding.version);
    let severity = finding.severity.as_str();
    let head = format!("{word} {package} {version}: {names}, {severity} {class}");
    let fix = if finding.fixed_in.is_empty() {
        "no fix known".to_owned()
    } else {
        format!("fixed in {}", finding.fixed_in.join(", "))
    };
    let mut lines = vec![head.trim_end().to_owned()];
    if !finding.summary.is_empty() {
        lines.push(format!("     {}", finding.summary));
    }
    lines.push(format!("     {}; {fix}; {}", finding.why, finding.file));
    lines
}

fn answer(document: &GateDocument) -> String {
    let count = |level: GateLevel| document.violations.iter().filter(|r| r.violation.level == level).count();
    let (failing, warnings) = (count(GateLevel::Fail), count(GateLevel::Warn));
    let undecided = document.undecided.len();
    let policy = &document.policy;
    match document.outcome {
        GateOutcome::Passed => {
            format!("gate open: policy {policy} holds; {warnings} warnings, {undecided} undecided")
        }
        GateOutcome::Violated => {
            format!("gate closed: {failing} violations of policy {policy}; {warnings} warnings")
        }
        GateOutcome::Undecided => format!(
            "gate closed: a failing rule of policy {policy} cannot be decided; {failing} violations, {warnings} \
             warnings, {undecided} undecided"
        ),
    }
}
