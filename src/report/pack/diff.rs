//! What changed between two packs, by requirement and by evidence item.

use std::collections::BTreeMap;

use serde::Serialize;

use super::PackError;
use super::manifest::ManifestItem;
use super::replay::{EVALUATION, json, open_verified};
use super::source::PackSource;
use crate::base::Digest;
use crate::controls::{Evaluation, RequirementStatus, RequirementVerdict};

/// What changed from one pack to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackDiff {
    /// Whether verdicts, evidence and definitions are the same.
    pub identical: bool,
    /// Whether the control definitions are others, which alone can change a verdict.
    pub definitions_changed: bool,
    /// Requirements whose verdict changed, came or went, in order.
    pub requirements: Vec<RequirementChange>,
    /// Evidence items that only the second pack has.
    pub added: Vec<EvidenceEntry>,
    /// Evidence items that only the first pack has.
    pub removed: Vec<EvidenceEntry>,
}

/// The verdict on one requirement in both packs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequirementChange {
    /// Framework id.
    pub framework: String,
    /// Requirement id.
    pub id: String,
    /// Its status in the first pack; `None` when it is not there.
    pub before: Option<RequirementStatus>,
    /// Its status in the second pack; `None` when it is not there.
    pub after: Option<RequirementStatus>,
    /// The explanation in the second pack, or in the first when it is gone.
    pub explanation: String,
}

/// One evidence item, as far as a list needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceEntry {
    /// Its id.
    pub id: String,
    /// What it is evidence of.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The file as given.
    pub file: String,
    /// Digest of its bytes.
    pub sha256: Digest,
}

/// What a comparison needs of a pack.
struct Contents {
    evaluation: Evaluation,
    evidence: BTreeMap<String, EvidenceEntry>,
}

/// Verifies two packs and compares them.
///
/// # Errors
/// When one of them does not verify or has no readable verdicts.
pub fn diff(before: PackSource, after: PackSource) -> Result<PackDiff, PackError> {
    let (before, after) = (contents(before)?, contents(after)?);
    let requirements = requirements(&before.evaluation, &after.evaluation);
    let only = |one: &Contents, other: &Contents| -> Vec<EvidenceEntry> {
        let missing = one.evidence.iter().filter(|(id, _)| !other.evidence.contains_key(*id));
        missing.map(|(_, entry)| entry.clone()).collect()
    };
    let (added, removed) = (only(&after, &before), only(&before, &after));
    let definitions_changed = before.evaluation.catalog != after.evaluation.catalog;
    let same = requirements.is_empty() && added.is_empty() && removed.is_empty();
    Ok(PackDiff {
        identical: same && !definitions_changed,
        definitions_changed,
        requirements,
        added,
        removed,
    })
}

fn contents(source: PackSource) -> Result<Contents, PackError> {
    let (mut pack, manifest) = open_verified(source)?;
    let entry = |sha256: Digest, item: &ManifestItem| EvidenceEntry {
        id: item.statement.id.to_string(),
        kind: item.statement.kind.clone(),
        subject: item.statement.subject.clone(),
        file: item.statement.file.clone(),
        sha256,
    };
    let entries = manifest.items().map(|(member, item)| entry(member.sha256, item));
    let evidence = entries.map(|entry| (entry.id.clone(), entry)).collect();
    let mut evaluation: Evaluation = json(&mut pack, EVALUATION)?;
    // The replay data hold every framework; the pack speaks of those it names.
    evaluation.requirements.retain(|verdict| manifest.frameworks.contains(&verdict.framework));
    Ok(Contents { evaluation, evidence })
}

fn requirements(before: &Evaluation, after: &Evaluation) -> Vec<RequirementChange> {
    let by_id = |evaluation: &Evaluation| -> BTreeMap<(String, String), RequirementVerdict> {
        let verdicts = evaluation.requirements.iter().cloned();
        verdicts.map(|one| ((one.framework.clone(), one.id.clone()), one)).collect()
    };
    let (was, is) = (by_id(before), by_id(after));
    let gone = was.keys().filter(|key| !is.contains_key(*key));
    let mut keys: Vec<_> = is.keys().chain(gone).collect();
    keys.sort();
    let change = |key: &(String, String)| {
        let (old, new) = (was.get(key), is.get(key));
        let (before, after) = (old.map(|one| one.status), new.map(|one| one.status));
        let explanation = new.or(old).map(|one| one.explanation.clone()).unwrap_or_default();
        let (framework, id) = key.clone();
        (before != after).then_some(RequirementChange { framework, id, before, after, explanation })
    };
    keys.into_iter().filter_map(change).collect()
}
