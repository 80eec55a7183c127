//! Computes every verdict anew from a pack alone and names each one that comes out otherwise.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::PackError;
use super::manifest::{MANIFEST, Manifest};
use super::plan::ReplayOptions;
use super::source::{Fault, Opened, PackSource};
use super::verify::{VerifyOptions, verify_opened};
use crate::base::UnixMillis;
use crate::controls::{Catalog, EvaluateOptions, Evaluation, Facts, SourceFile, evaluate_with};

const DEFINITIONS: &str = "replay/definitions/";
const FACTS: &str = "replay/facts.json";
pub(super) const EVALUATION: &str = "replay/evaluation.json";
const OPTIONS: &str = "replay/options.json";
const SCORES: &str = "replay/scores/";
/// The most bytes of replay data held at once.
const MAX_REPLAY: u64 = 4 << 30;
/// The most bytes of a text that is held whole.
const MAX_TEXT: u64 = 64 << 20;
/// How much of a value a difference shows.
const SHOWN: usize = 600;

/// Computes vendor scores from a rule set (YAML) and facts (JSON); the text must be what was packed, byte for byte.
pub type ReplayScores = fn(rules: &str, facts: &str) -> Result<String, String>;

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replay {
    /// Whether everything came out as packed.
    pub identical: bool,
    /// The instant the verdicts are for.
    pub at: UnixMillis,
    /// Test results compared.
    pub tests: u64,
    /// Requirement verdicts compared.
    pub requirements: u64,
    /// Whether vendor scores were compared.
    pub scores: bool,
    /// What came out otherwise.
    pub differences: Vec<Difference>,
}

/// One thing that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it is: `test ID`, `requirement FRAMEWORK ID`, …
    pub what: String,
    /// As packed; empty when it is not in the pack.
    pub packed: String,
    /// As computed now; empty when it does not come out.
    pub recomputed: String,
}

/// Verifies a pack and computes its verdicts anew.
///
/// # Errors
/// When the pack does not verify, or its replay data is missing or unreadable.
pub fn replay(source: PackSource, scores: Option<ReplayScores>) -> Result<Replay, PackError> {
    let (mut pack, _) = open_verified(source)?;
    let packed: Evaluation = json(&mut pack, EVALUATION)?;
    let facts: Facts = json(&mut pack, FACTS)?;
    let catalog = catalog(&mut pack)?;
    let limits: ReplayOptions = json(&mut pack, OPTIONS)?;
    let limits = EvaluateOptions { at: packed.at, feed_max_age_hours: limits.feed_max_age_hours };
    let recomputed = evaluate_with(&catalog, &facts, limits, &[]);
    let mut differences = compare(&packed, &recomputed);
    let scored = match scores {
        Some(scores) => compare_scores(&mut pack, scores, &mut differences)?,
        None => false,
    };
    Ok(Replay {
        identical: differences.is_empty(),
        at: packed.at,
        tests: packed.results.len() as u64,
        requirements: packed.requirements.len() as u64,
        scores: scored,
        differences,
    })
}

/// Opens a pack and verifies it: nothing is read from one that does not.
pub(super) fn open_verified(source: PackSource) -> Result<(Opened, Manifest), PackError> {
    let not_verified = |step: &str, detail: String| PackError::NotVerified { step: step.to_owned(), detail };
    let mut pack = Opened::open(source).map_err(|what| not_verified("container", what))?;
    let verification = verify_opened(&mut pack, &VerifyOptions::default());
    if let Some(step) = verification.first_failure() {
        return Err(not_verified(step.name, step.detail.clone()));
    }
    let manifest = pack.read(MANIFEST, MAX_REPLAY).map_err(unreadable)?;
    let manifest = Manifest::parse(&manifest);
    let manifest = manifest.map_err(|error| unreadable(Fault::new(MANIFEST, error.to_string())))?;
    Ok((pack, manifest))
}

fn unreadable(fault: Fault) -> PackError {
    PackError::Replay { member: fault.member.unwrap_or_default(), detail: fault.what }
}

pub(super) fn json<T: DeserializeOwned>(pack: &mut Opened, path: &str) -> Result<T, PackError> {
    let bytes = pack.read(path, MAX_REPLAY).map_err(unreadable)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| unreadable(Fault::new(path, format!("cannot be read: {error}"))))
}

fn text(pack: &mut Opened, path: &str) -> Result<String, PackError> {
    let bytes = pack.read(path, MAX_TEXT).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| unreadable(Fault::new(path, "is no text")))
}

fn catalog(pack: &mut Opened) -> Result<Catalog, PackError> {
    let paths: Vec<String> = pack.members().map(|(path, _)| path.to_owned()).collect();
    let mut files = Vec::new();
    for path in paths {
        if let Some(name) = path.strip_prefix(DEFINITIONS) {
            files.push(SourceFile { name: name.to_owned(), text: text(pack, &path)? });
        }
    }
    Catalog::load(&files).map_err(|error| {
        let first = error.diagnostics.first();
        let first = first.map(|one| format!(", the first in {}: {}", one.file, one.message));
        unreadable(Fault::new(DEFINITIONS, format!("has {error}{}", first.unwrap_or_default())))
    })
}

fn compare(packed: &Evaluation, recomputed: &Evaluation) -> Vec<Difference> {
    let mut differences = Vec::new();
    if packed.catalog != recomputed.catalog {
        differences.push(Difference {
            what: "control definitions".to_owned(),
            packed: packed.catalog.to_hex(),
            recomputed: recomputed.catalog.to_hex(),
        });
    }
    let tests = |evaluation: &Evaluation| by_name(&evaluation.results, |one| format!("test {}", one.test));
    compare_all(&tests(packed), &tests(recomputed), &mut differences);
    let requirements = |evaluation: &Evaluation| {
        by_name(&evaluation.requirements, |one| format!("requirement {} {}", one.framework, one.id))
    };
    compare_all(&requirements(packed), &requirements(recomputed), &mut differences);
    differences
}

/// Values in the form they are compared and shown in; a name that stands twice keeps both.
fn by_name<T: Serialize>(values: &[T], name: impl Fn(&T) -> String) -> BTreeMap<String, String> {
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    for value in values {
        let json = serde_json::to_string(value).unwrap_or_else(|error| error.to_string());
        named.entry(name(value)).or_default().push_str(&json);
    }
    named
}

fn compare_all(
    packed: &BTreeMap<String, String>,
    recomputed: &BTreeMap<String, String>,
    differences: &mut Vec<Difference>,
) {
    let only_new = recomputed.keys().filter(|name| !packed.contains_key(*name));
    for name in packed.keys().chain(only_new) {
        let (was, is) = (packed.get(name), recomputed.get(name));
        if was != is {
            let (packed, recomputed) = shown(was, is);
            differences.push(Difference { what: name.clone(), packed, recomputed });
        }
    }
}

/// Both values around the first place where they differ.
fn shown(was: Option<&String>, is: Option<&String>) -> (String, String) {
    let (was, is) = (was.map_or("", String::as_str), is.map_or("", String::as_str));
    let same = was.bytes().zip(is.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        let start = same.saturating_sub(SHOWN / 4).min(text.len());
        let start = (0..=start).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
        let cut: String = text[start..].chars().take(SHOWN).collect();
        if start > 0 { format!("…{cut}") } else { cut }
    };
    (around(was), around(is))
}

fn compare_scores(
    pack: &mut Opened,
    scores: ReplayScores,
    differences: &mut Vec<Difference>,
) -> Result<bool, PackError> {
    if !pack.members().any(|(path, _)| path.starts_with(SCORES)) {
        return Ok(false);
    }
    let mut part = |name: &str| text(pack, &format!("{SCORES}{name}"));
    let (rules, facts, packed) = (part("rules.yaml")?, part("facts.json")?, part("scores.json")?);
    let recomputed = scores(&rules, &facts).unwrap_or_else(|error| format!("no scores: {error}"));
    if packed != recomputed {
        let (packed, recomputed) = shown(Some(&packed), Some(&recomputed));
        differences.push(Difference { what: "vendor scores".to_owned(), packed, recomputed });
    }
    Ok(true)
}
