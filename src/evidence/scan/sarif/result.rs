//! Turns one SARIF result into a finding.

use serde_json::Value;

use super::model::{clean, index, items, text};
use super::rules::{RuleBook, RuleRef, rule_id, security_severity};
use crate::base::{Digest, IdentityHasher, Severity};
use crate::evidence::scan::{ClockStart, Finding, FindingState};

/// Longest title kept, in characters; the whole text stays in the document.
const TITLE_CHARS: usize = 2_000;

/// A finding before equal ones are told apart; `order` is what tells them apart, never what identifies them.
pub(super) struct Draft {
    pub finding: Finding,
    pub order: Place,
}

/// Where exactly and with what words: orders and merges findings of one identity.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    region: Vec<i64>,
    message: String,
}

/// What the results of one run share.
pub(super) struct RunContext<'a> {
    pub tool: &'a str,
    pub rules: &'a RuleBook,
    pub artifacts: &'a [Option<String>],
}

/// Reads one result.
pub(super) fn draft(result: &Value, run: &RunContext<'_>) -> Draft {
    let found = run.rules.find(result);
    let rule = rule_id(result).or_else(|| text(found?.rule, "id")).unwrap_or_default();
    let (severity, severity_raw) = severity(result, found, run.rules);
    let location = items(result, "locations").first().unwrap_or(&Value::Null);
    let path = path(location, run.artifacts);
    let message = message(result, found, run.rules);
    let finding = Finding {
        identity: identity(result, (run.tool, rule), path.as_deref()),
        tool: run.tool.to_owned(),
        rule: clean(rule).into_owned(),
        severity,
        severity_raw,
        title: title(&message, found, rule),
        location: shown_location(path, region(location)),
        state: state(result),
        clock: ClockStart::Opened,
    };
    Draft { finding, order: Place { region: coordinates(region(location)), message } }
}

/// Hash of tool, rule, path and fingerprints; without fingerprints, of the code shown there.
fn identity(result: &Value, (tool, rule): (&str, &str), path: Option<&str>) -> Digest {
    let hasher = IdentityHasher::new("finding/sarif").field(tool).field(rule).optional(path);
    let location = items(result, "locations").first().unwrap_or(&Value::Null);
    let mut prints = fingerprints(result, "fingerprints");
    if prints.is_empty() {
        prints = fingerprints(result, "partialFingerprints");
    }
    if prints.is_empty() {
        return hasher.optional(snippet(location).as_deref()).finish();
    }
    prints.sort();
    prints.iter().fold(hasher, |h, (name, value)| h.field(name).field(value)).finish()
}

/// Fingerprints as name and value; values are strings, or objects with a `value` as some tools write.
fn fingerprints(result: &Value, member: &str) -> Vec<(String, String)> {
    let Some(map) = result.get(member).and_then(Value::as_object) else { return Vec::new() };
    map.iter()
        .filter_map(|(name, value)| {
            let value = value.as_str().or_else(|| value.get("value")?.as_str())?.trim();
            // Semgrep writes this sentence for every finding of somebody who is not logged in.
            (!value.is_empty() && value != "requires login").then(|| (name.clone(), value.to_owned()))
        })
        .collect()
}

fn region(location: &Value) -> &Value {
    location.get("physicalLocation").and_then(|p| p.get("region")).unwrap_or(&Value::Null)
}

/// The code at the place with white space evened out, so that re-indenting changes no identity.
fn snippet(location: &Value) -> Option<String> {
    let code = text(region(location).get("snippet")?, "text")?;
    Some(code.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn coordinates(region: &Value) -> Vec<i64> {
    ["startLine", "startColumn", "endLine", "endColumn", "byteOffset", "charOffset"]
        .iter()
        .map(|name| region.get(name).and_then(Value::as_i64).unwrap_or(-1))
        .collect()
}

/// The artifact's URI (direct or by index), else the logical name.
fn path(location: &Value, artifacts: &[Option<String>]) -> Option<String> {
    let artifact =
        location.get("physicalLocation").and_then(|p| p.get("artifactLocation")).unwrap_or(&Value::Null);
    let direct = text(artifact, "uri").map(|uri| uri.strip_prefix("./").unwrap_or(uri));
    let indexed = || artifacts.get(index(artifact, "index")?)?.as_deref();
    let logical = || {
        let single = location.get("logicalLocation");
        let listed = single.or_else(|| items(location, "logicalLocations").first())?;
        text(listed, "fullyQualifiedName").or_else(|| text(listed, "name"))
    };
    direct.or_else(indexed).or_else(logical).map(|path| clean(path).into_owned())
}

fn shown_location(path: Option<String>, region: &Value) -> Option<String> {
    let path = path?;
    match region.get("startLine").and_then(Value::as_u64) {
        Some(line) => Some(format!("{path}:{line}")),
        None => Some(path),
    }
}

/// The result's message: its text, or the rule's string of that id with the arguments put in.
fn message(result: &Value, found: Option<RuleRef<'_>>, rules: &RuleBook) -> String {
    let message = result.get("message").unwrap_or(&Value::Null);
    let by_id = || {
        let id = text(message, "id")?;
        let of_rule = found.and_then(|r| text(r.rule.get("messageStrings")?.get(id)?, "text"));
        of_rule.or_else(|| rules.global_message(id))
    };
    let plain = text(message, "text").or_else(|| message.as_str());
    let template = plain.or_else(by_id).or_else(|| text(message, "markdown")).unwrap_or_default();
    fill(template, items(message, "arguments"))
}

/// Replaces `{0}`, `{1}` …; a placeholder without an argument stays as written.
fn fill(template: &str, arguments: &[Value]) -> String {
    if arguments.is_empty() {
        return template.to_owned();
    }
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        // Arguments are few: a number of more than three digits is none.
        let hit = from.bytes().take(5).position(|b| b == b'}').and_then(|close| {
            let number: usize = from.get(1..close)?.parse().ok()?;
            Some((arguments.get(number)?.as_str()?, close + 1))
        });
        let (text, taken) = hit.unwrap_or(("{", 1));
        out.push_str(text);
        rest = &from[taken..];
    }
    out.push_str(rest);
    out
}

fn title(message: &str, found: Option<RuleRef<'_>>, rule: &str) -> String {
    let described = || {
        let found = found?.rule;
        let texts = ["shortDescription", "fullDescription"].iter().find_map(|d| text(found.get(d)?, "text"));
        texts.or_else(|| text(found, "name"))
    };
    let title = Some(message).filter(|m| !m.trim().is_empty()).or_else(described).unwrap_or(rule);
    clean(&title.chars().take(TITLE_CHARS).collect::<String>()).into_owned()
}

/// Severity and its source: `security-severity` first, else the level.
fn severity(result: &Value, found: Option<RuleRef<'_>>, rules: &RuleBook) -> (Severity, String) {
    if let Some((severity, raw)) = security_severity(result, found.map(|r| r.rule)) {
        return (severity, format!("security-severity {raw}"));
    }
    if let Some(level) = text(result, "level") {
        return (Severity::from_word(level), level.to_owned());
    }
    // A result that reports no problem has the level `none` unless it says otherwise (SARIF 3.27.10).
    if text(result, "kind").is_some_and(|kind| kind != "fail") {
        return (Severity::None, "none (default)".to_owned());
    }
    let (level, source) = rules.default_level(result, found);
    (Severity::from_word(level), format!("{level} ({source})"))
}

fn state(result: &Value) -> FindingState {
    // `absent` lists what an earlier run found and this one did not.
    if text(result, "baselineState") == Some("absent") {
        return FindingState::Pass;
    }
    match text(result, "kind") {
        Some("pass") => FindingState::Pass,
        Some("notApplicable") => FindingState::NotApplicable,
        _ if is_suppressed(result) => FindingState::Suppressed,
        Some("review" | "open" | "informational") => FindingState::Review,
        // `fail`, nothing, or a word we do not know: a problem until shown otherwise.
        _ => FindingState::Open,
    }
}

/// Whether somebody dismissed the result and nobody objects: a rejected or pending request dismisses nothing.
fn is_suppressed(result: &Value) -> bool {
    let list = items(result, "suppressions");
    // Drafts of 2.1.0 wrote `state` for what became `status`; absent means accepted.
    let accepted = |s: &Value| {
        let status = s.get("status").or_else(|| s.get("state"));
        s.is_object() && status.is_none_or(|word| word.is_null() || word.as_str() == Some("accepted"))
    };
    !list.is_empty() && list.iter().all(accepted)
}
