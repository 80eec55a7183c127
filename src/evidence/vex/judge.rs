//! Decides over all statements at hand whether a finding is suppressed, and says by whom and why, or why not.
//!
//! Only trusted authors count. Of one author the newest statement about a product counts. When trusted statements
//! disagree, nothing is suppressed and the disagreement is the answer.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::matching::{Applies, Finding, Refusal, VersionMatch, applies, concerns};
use super::{Justification, Status, VexDocument, VexStatement};
use crate::base::{Digest, UnixMillis};

/// A document and how far its author is proven.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The document.
    pub document: &'a VexDocument,
    /// The identity a verified signature over the document proves; `None` when nobody proved anything.
    pub signed_by: Option<&'a str>,
}

/// Whether a statement that names no version may suppress.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unversioned {
    /// It may not: it would speak about versions its author has never seen.
    #[default]
    Refused,
    /// It may, as OpenVEX means it.
    Accepted,
}

/// Whose statements may suppress a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// Identities of signers.
    pub signers: BTreeSet<String>,
    /// Authors (or namespaces) believed as the document states them; for documents whose way here is trusted.
    pub stated: BTreeSet<String>,
    /// What becomes of statements about all versions.
    pub unversioned: Unversioned,
}

/// Names one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRef {
    /// The statement's identity.
    pub identity: Digest,
    /// The document's identifier.
    pub document: Option<String>,
    /// Where in the document.
    pub path: String,
    /// Who made it: the signer where one is proven, else the author as stated.
    pub author: String,
    /// What it says.
    pub status: Status,
    /// Why, in one of the five words.
    pub justification: Option<Justification>,
    /// When it was made or last changed.
    pub at: Option<UnixMillis>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The finding is suppressed by these statements; the weakest match of versions among them.
    Suppressed {
        /// The statements.
        by: Vec<StatementRef>,
        /// How the version was matched.
        version: VersionMatch,
    },
    /// Nothing suppresses it.
    Open,
    /// Trusted statements disagree; the finding stays open.
    Conflict {
        /// Statements that would suppress it.
        suppressing: Vec<StatementRef>,
        /// Statements that keep it open.
        opposing: Vec<StatementRef>,
    },
}

/// The answer with every statement about the vulnerability that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The answer.
    pub verdict: Verdict,
    /// Each statement that names the vulnerability, and what became of it, in the order of the sources.
    pub considered: Vec<(StatementRef, Applies)>,
}

/// One statement that names the vulnerability.
struct Candidate<'a> {
    name: StatementRef,
    statement: &'a VexStatement,
    applies: Applies,
}

/// Decides over one finding. Linear in the statements; the order of sources never changes the verdict.
pub fn judge(sources: &[Source<'_>], finding: &Finding<'_>, trust: &Trust) -> Judgement {
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    let latest = latest_issues(sources);
    for (place, source) in sources.iter().enumerate() {
        for statement in &source.document.statements {
            let mut answer = applies(statement, finding, trust.unversioned == Unversioned::Accepted);
            if answer == Applies::DoesNot(Refusal::OtherVulnerability) {
                continue;
            }
            if !trust.covers(source) {
                answer = Applies::DoesNot(Refusal::UntrustedAuthor);
            } else if !latest.contains(&place) {
                answer = Applies::DoesNot(Refusal::Superseded);
            }
            candidates.push(Candidate { name: name(source, statement), statement, applies: answer });
        }
    }
    drop_superseded(&mut candidates, finding);
    let verdict = verdict(&mut candidates, finding);
    Judgement { verdict, considered: candidates.into_iter().map(|c| (c.name, c.applies)).collect() }
}

impl Trust {
    fn covers(&self, source: &Source<'_>) -> bool {
        let document = source.document;
        source.signed_by.is_some_and(|signer| self.signers.contains(signer))
            || [&document.author, &document.namespace]
                .into_iter()
                .flatten()
                .any(|name| self.stated.contains(name))
    }
}

fn author(source: &Source<'_>) -> String {
    source.signed_by.or(source.document.author.as_deref()).unwrap_or_default().to_owned()
}

fn name(source: &Source<'_>, statement: &VexStatement) -> StatementRef {
    StatementRef {
        identity: statement.identity,
        document: source.document.id.clone(),
        path: statement.path.clone(),
        author: author(source),
        status: statement.status,
        justification: statement.justification,
        at: statement.effective_at(),
    }
}

/// Of several issues of one document (same author and identifier) only the newest speaks: what it no longer says is
/// withdrawn.
fn latest_issues(sources: &[Source<'_>]) -> BTreeSet<usize> {
    let mut newest: HashMap<(String, &str), usize> = HashMap::new();
    let mut latest = BTreeSet::new();
    let age = |place: usize| {
        let document = sources.get(place).map(|source| source.document);
        let version = document.and_then(|d| d.version.as_deref()).and_then(|v| v.parse::<u64>().ok());
        (document.and_then(|d| d.last_updated.max(d.timestamp)), version)
    };
    for (place, source) in sources.iter().enumerate() {
        let Some(id) = source.document.id.as_deref() else {
            latest.insert(place);
            continue;
        };
        let known = newest.entry((author(source), id)).or_insert(place);
        if age(place) > age(*known) {
            *known = place;
        }
    }
    // issues of the same age all speak; when they disagree that is a conflict
    for (place, source) in sources.iter().enumerate() {
        let Some(id) = source.document.id.as_deref() else { continue };
        if newest.get(&(author(source), id)).is_some_and(|best| age(place) == age(*best)) {
            latest.insert(place);
        }
    }
    latest
}

/// Whether a candidate is about the finding and may still speak.
fn speaks(candidate: &Candidate<'_>) -> bool {
    !matches!(candidate.applies, Applies::DoesNot(Refusal::UntrustedAuthor | Refusal::Superseded))
}

/// Newest wins per author and product; statements of the same instant all stay.
fn drop_superseded(candidates: &mut [Candidate<'_>], finding: &Finding<'_>) {
    let mut newest: BTreeMap<(String, String), Option<UnixMillis>> = BTreeMap::new();
    let key = |candidate: &Candidate<'_>| {
        let (_, product) = concerns(candidate.statement, finding).ok()?;
        Some((candidate.name.author.clone(), product.key()))
    };
    for candidate in candidates.iter().filter(|candidate| speaks(candidate)) {
        if let Some(key) = key(candidate) {
            let known = newest.entry(key).or_insert(candidate.name.at);
            *known = (*known).max(candidate.name.at);
        }
    }
    for candidate in candidates.iter_mut().filter(|candidate| speaks(candidate)) {
        let best = key(candidate).and_then(|key| newest.get(&key).copied());
        if best.is_some_and(|best| candidate.name.at < best) {
            candidate.applies = Applies::DoesNot(Refusal::Superseded);
        }
    }
}

fn verdict(candidates: &mut [Candidate<'_>], finding: &Finding<'_>) -> Verdict {
    let opposes = |candidate: &Candidate<'_>| {
        let open = match candidate.statement.status {
            Status::Affected | Status::UnderInvestigation | Status::Unknown => true,
            Status::NotAffected | Status::Fixed => false,
        };
        open && speaks(candidate) && concerns(candidate.statement, finding).is_ok()
    };
    let opposing: Vec<StatementRef> =
        candidates.iter().filter(|c| opposes(c)).map(|c| c.name.clone()).collect();
    let mut suppressing = Vec::new();
    let mut weakest = VersionMatch::Identical;
    for candidate in candidates.iter_mut() {
        let Applies::Yes(found) = candidate.applies else { continue };
        suppressing.push(candidate.name.clone());
        weakest = weakest.min(found);
        if !opposing.is_empty() {
            candidate.applies = Applies::DoesNot(Refusal::Contradicted);
        }
    }
    match (suppressing.is_empty(), opposing.is_empty()) {
        (true, _) => Verdict::Open,
        (false, true) => Verdict::Suppressed { by: suppressing, version: weakest },
        (false, false) => Verdict::Conflict { suppressing, opposing },
    }
}

#[cfg(test)]
mod tests;
