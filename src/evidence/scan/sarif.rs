//! SARIF 2.1.0, read as scanners really write it rather than as the schema wishes.
//!
//! A run without a list of results did not run to its end (SARIF 3.14.23), so its emptiness proves nothing.

mod json_strings;
mod model;
mod redact;
mod result;
mod rules;

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use self::model::{Log, Run, items, text, try_value, value};
use self::result::{Draft, RunContext, draft};
use self::rules::RuleBook;
use crate::base::{Digest, IdentityHasher, UnixMillis};
use crate::evidence::decoder::Redaction;
use crate::evidence::scan::{Finding, Scan, json_repair};
use crate::evidence::{
    Counts, DecodeError, Decoded, Decoder, Encoding, Evidence, EvidenceKind, Probe, Records, Warnings,
};

/// Reads SARIF 2.1.0.
pub struct Sarif;

const VERSION: &str = "2.1.0";

impl Decoder for Sarif {
    fn format(&self) -> &'static str {
        "sarif"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Scan
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        match probe.json() {
            Some(outline) => {
                let schema =
                    outline.text("$schema").is_some_and(|s| s.to_ascii_lowercase().contains("sarif"));
                (outline.has("runs") && outline.has("version")) || (schema && outline.has("version"))
            }
            None => looks_like_sarif(probe.bytes),
        }
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let mut reader = Reader::default();
        let bytes = reader.sound_bytes(input.bytes)?;
        let log: Log<'_> = serde_json::from_slice(&bytes).map_err(|error| malformed(&error))?;
        let version = supported_version(&log, &mut reader.warnings)?;
        reader.runs(log.runs)?;
        Ok(reader.finish(version))
    }

    fn redact(&self, input: &Probe<'_>, key: &[u8; 32]) -> Option<Redaction> {
        redact::redact(input.bytes, key)
    }
}

/// A broken document that was meant to be SARIF: its first bytes say so.
fn looks_like_sarif(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4_096)]);
    let head = head.trim_start_matches('\u{FEFF}').trim_start();
    head.starts_with('{')
        && head.contains("\"version\"")
        && (head.contains("\"runs\"") || head.contains("sarif-schema") || head.contains("/sarif-"))
}

fn malformed(error: &serde_json::Error) -> DecodeError {
    let message = format!("this SARIF log is no well-formed JSON ({error}); let the scanner write it again");
    DecodeError::at("malformed-json", format!("line {}", error.line()), message)
}

fn unsupported(version: &str) -> DecodeError {
    let message = format!(
        "SARIF version `{version}` is not read, only {VERSION}; let the scanner write {VERSION} \
         (many tools have an option for it) or convert the log"
    );
    DecodeError::at("unsupported-version", "/version", message)
}

fn supported_version(log: &Log<'_>, warnings: &mut Warnings) -> Result<String, DecodeError> {
    match log.version.as_str() {
        Some(version) if version.trim().starts_with(VERSION) => Ok(version.trim().to_owned()),
        Some(version) => Err(unsupported(version)),
        None if log.schema.as_str().is_some_and(|s| s.contains("2.1.0")) => {
            warnings.add("no-version", || "/version".to_owned(), "the version is taken from `$schema`");
            Ok(VERSION.to_owned())
        }
        None => Err(unsupported("(absent)")),
    }
}

#[derive(Default)]
struct Reader {
    scan: Scan,
    drafts: Vec<Draft>,
    records: Records,
    warnings: Warnings,
    started_at: Option<UnixMillis>,
    successes: Vec<Option<bool>>,
}

impl Reader {
    /// The bytes as they are when they are JSON, else with odd strings mended.
    fn sound_bytes<'a>(&mut self, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>, DecodeError> {
        let Err(error) = serde_json::from_slice::<&RawValue>(bytes) else { return Ok(Cow::Borrowed(bytes)) };
        let mended = json_repair::repair(bytes).map(|(mended, _)| mended);
        let mended = mended.filter(|m| serde_json::from_slice::<&RawValue>(m).is_ok());
        let Some(mended) = mended else {
            return Err(broken_version(bytes).map_or_else(|| malformed(&error), |v| unsupported(&v)));
        };
        let message = "strings held raw control characters or unknown escapes; they were escaped for reading";
        self.warnings.add("mended-strings", || format!("line {}", error.line()), message);
        Ok(Cow::Owned(mended))
    }

    fn runs(&mut self, runs: Option<Vec<Option<Run<'_>>>>) -> Result<(), DecodeError> {
        let runs: Vec<_> = runs.unwrap_or_default();
        if !runs.iter().any(Option::is_some) {
            self.warnings.add("no-runs", || "/runs".to_owned(), "the log holds no run: no tool ran");
            self.successes.push(Some(false));
        }
        for (at, run) in runs.iter().enumerate() {
            match run {
                Some(run) => self.run(at, run)?,
                None => self.warnings.add("null-run", || format!("/runs/{at}"), "a run is null"),
            }
        }
        Ok(())
    }

    fn run(&mut self, at: usize, run: &Run<'_>) -> Result<(), DecodeError> {
        let tool = run.tool.map(value).unwrap_or_default();
        let invocations = run.invocations.map(value).unwrap_or_default();
        let book = RuleBook::new(&tool, &invocations);
        let tool = book.tool();
        self.invocations(at, &invocations);
        let artifacts = run.artifact_uris();
        let context = RunContext { tool: &tool.name, rules: &book, artifacts: &artifacts };
        match run.results() {
            Some(list) => self.results(at, &list.map_err(|error| no_list(at, &error))?, &context),
            None => self.unfinished(at, run.results_elsewhere()),
        }
        self.scan.tools.push(tool);
        Ok(())
    }

    fn unfinished(&mut self, at: usize, elsewhere: bool) {
        let path = || format!("/runs/{at}/results");
        if elsewhere {
            self.warnings.add(
                "external-results",
                path,
                "the results are in another file, which was not given",
            );
        } else {
            let message = "the run has no list of results: the tool did not run to its end";
            self.warnings.add("unfinished-run", path, message);
        }
        self.successes.push(Some(false));
    }

    fn results(&mut self, run: usize, list: &[&RawValue], context: &RunContext<'_>) {
        for (at, raw) in list.iter().enumerate() {
            self.records.read += 1;
            match try_value(raw).filter(Value::is_object) {
                Some(result) => self.drafts.push(draft(&result, context)),
                None => {
                    self.records.dropped += 1;
                    let path = || format!("/runs/{run}/results/{at}");
                    self.warnings.add("unreadable-result", path, "a result is null or no object");
                }
            }
        }
    }

    fn invocations(&mut self, run: usize, invocations: &Value) {
        let list = invocations.as_array().map_or(&[][..], Vec::as_slice);
        let said: Vec<Option<bool>> =
            list.iter().map(|i| i.get("executionSuccessful").and_then(Value::as_bool)).collect();
        self.successes.push(together(&said));
        for invocation in list {
            let time = |name| text(invocation, name).and_then(|t| UnixMillis::parse_lenient(t).ok());
            self.scan.finished_at = self.scan.finished_at.max(time("endTimeUtc"));
            self.started_at = self.started_at.max(time("startTimeUtc"));
            let notes = items(invocation, "toolExecutionNotifications");
            for _ in notes.iter().filter(|n| text(n, "level") == Some("error")) {
                let path = || format!("/runs/{run}/invocations");
                self.warnings.add("tool-errors", path, "the tool reports errors of its own");
            }
        }
    }

    fn finish(mut self, version: String) -> Decoded {
        self.scan.successful = together(&self.successes);
        self.scan.findings = tell_apart(self.drafts);
        self.records.kept = self.scan.findings.len() as u64;
        self.records.merged = self.records.read - self.records.dropped - self.records.kept;
        let produced_at = self.scan.finished_at.or(self.started_at);
        Decoded {
            format_version: Some(version),
            encoding: Encoding::Json,
            counts: Counts::from([("findings".to_owned(), self.records.read)]),
            evidence: Evidence::Scan(self.scan),
            records: self.records,
            warnings: self.warnings.finish(),
            produced_at,
        }
    }
}

fn no_list(run: usize, error: &serde_json::Error) -> DecodeError {
    let message = format!("`results` must be a list ({error})");
    DecodeError::at("malformed-sarif", format!("/runs/{run}/results"), message)
}

/// The version a broken log states near its beginning, when it is one we would not read anyway.
fn broken_version(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1_024)]).into_owned();
    let after = head.split_once("\"version\"")?.1.trim_start().strip_prefix(':')?.trim_start();
    let version = after.strip_prefix('"')?.split_once('"')?.0;
    (!version.starts_with(VERSION)).then(|| version.to_owned())
}

/// All yes is yes, any no is no, anything else is not said.
fn together(said: &[Option<bool>]) -> Option<bool> {
    if said.contains(&Some(false)) {
        return Some(false);
    }
    (!said.is_empty() && said.iter().all(|s| *s == Some(true))).then_some(true)
}

/// Merges equal findings and numbers those that share an identity but stand at different places.
///
/// The numbers follow place and words, not the order in the document, so a reordered log yields the same identities.
fn tell_apart(mut drafts: Vec<Draft>) -> Vec<Finding> {
    let rank = |d: &Draft| (d.finding.state as u8, std::cmp::Reverse(d.finding.severity));
    drafts.sort_by(|a, b| {
        (a.finding.identity, &a.order, rank(a)).cmp(&(b.finding.identity, &b.order, rank(b)))
    });
    drafts.dedup_by(|b, a| a.finding.identity == b.finding.identity && a.order == b.order);
    let mut seen: HashMap<Digest, u64> = HashMap::new();
    let mut findings: Vec<Finding> = drafts.into_iter().map(|draft| draft.finding).collect();
    for finding in &mut findings {
        let number = seen.entry(finding.identity).or_insert(0);
        if *number > 0 {
            let base = finding.identity.to_hex();
            finding.identity =
                IdentityHasher::new("finding/again").field(&base).field(&number.to_string()).finish();
        }
        *number += 1;
    }
    findings
}

#[cfg(test)]
mod tests;
