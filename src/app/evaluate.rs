//! Evaluates what is stored, and keeps the verdicts.

use serde::Serialize;

use crate::app::{App, Error};
use crate::base::{ErrorKind, UnixMillis};
use crate::controls::{
    Catalog, EvaluateOptions, Evaluation, Facts, Framework, RequirementStatus, evaluate_with,
};
use crate::ledger::statement::PredicateKind;
use crate::store::Finish;

/// What to evaluate.
#[derive(Debug, Clone, Default)]
pub struct EvaluateRequest {
    /// Framework ids or aliases; all when empty.
    pub frameworks: Vec<String>,
    /// The instant; now when absent.
    pub as_of: Option<UnixMillis>,
}

/// How many requirements of a framework have which status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameworkStatus {
    /// Framework id.
    pub framework: String,
    /// Name as shown.
    pub title: String,
    /// Status word and number of requirements, worst status first.
    pub counts: Vec<(RequirementStatus, u64)>,
}

impl FrameworkStatus {
    /// How many requirements have that status.
    pub fn count(&self, status: RequirementStatus) -> u64 {
        self.counts.iter().find(|(s, _)| *s == status).map_or(0, |(_, n)| *n)
    }

    /// Whether a check ran and something is not met; waiting for a person alone is not.
    pub fn has_open(&self) -> bool {
        use RequirementStatus as S;
        [S::EvidenceNotMet, S::Unknown, S::Stale, S::Missing].iter().any(|s| self.count(*s) > 0)
    }
}

/// What is signed into the ledger about an evaluation.
#[derive(Debug, Serialize)]
struct EvaluationPredicate<'a> {
    at: UnixMillis,
    catalog: crate::base::Digest,
    frameworks: &'a [FrameworkStatus],
}

impl App {
    /// Evaluates every test and framework at the instant and keeps the verdicts.
    ///
    /// # Errors
    /// When a framework is unknown, the instant lies in the future, or the database fails.
    pub async fn evaluate(&self, request: &EvaluateRequest) -> Result<Evaluation, Error> {
        let frameworks = self.frameworks(&request.frameworks)?;
        let at = self.checked_instant(request.as_of)?;
        let run = self.run_here("evaluate", None).await?;
        let made = self.evaluate_and_keep(at).await;
        let error = made.as_ref().err().map_or_else(String::new, ToString::to_string);
        self.finish(run, &Finish { error, ..Finish::default() }).await?;
        let (mut evaluation, _) = made?;
        evaluation.requirements.retain(|v| frameworks.iter().any(|f| f.id == v.framework));
        Ok(evaluation)
    }

    /// Evaluates at the instant, reusing results whose inputs did not change, and stores the whole.
    pub(super) async fn evaluate_and_keep(&self, at: UnixMillis) -> Result<(Evaluation, Facts), Error> {
        let facts = self.facts(at).await?;
        let earlier = match self.store.evaluation_newest(at).await? {
            Some(row) if row.catalog == self.catalog.digest => self.store.evaluation_results(row.no).await?,
            Some(_) | None => Vec::new(),
        };
        let evaluation = evaluate_with(&self.catalog, &facts, self.evaluate_options(at), &earlier);
        self.evaluation_keep(&evaluation).await?;
        Ok((evaluation, facts))
    }

    /// The limits in effect, at that instant.
    pub(super) const fn evaluate_options(&self, at: UnixMillis) -> EvaluateOptions {
        EvaluateOptions { at, feed_max_age_hours: self.config.advisories.max_age_hours }
    }

    /// Stores an evaluation and signs its digest and counts into the ledger.
    pub(super) async fn evaluation_keep(&self, evaluation: &Evaluation) -> Result<(), Error> {
        let json = serde_json::to_vec(evaluation)
            .map_err(|e| Error::new(ErrorKind::Internal, "could not write the evaluation").caused_by(e))?;
        let counts = self.status_counts(evaluation);
        let predicate =
            EvaluationPredicate { at: evaluation.at, catalog: evaluation.catalog, frameworks: &counts };
        let named = ("evaluation.json", crate::base::Digest::of(&json));
        let entry = self.signer.entry(PredicateKind::Evaluation, named, &predicate, self.now())?;
        self.store.evaluation_put(evaluation, self.now(), &entry).await?;
        Ok(())
    }

    /// The frameworks of those ids or aliases; all when none is named.
    pub(super) fn frameworks(&self, ids: &[String]) -> Result<Vec<&Framework>, Error> {
        frameworks_of(&self.catalog, ids)
    }

    /// The instant asked for; nobody knows the future.
    pub(super) fn checked_instant(&self, asked: Option<UnixMillis>) -> Result<UnixMillis, Error> {
        let now = self.now();
        match asked {
            None => Ok(now),
            // Today's date means the end of today: as much of it as there is.
            Some(at) if at <= now => Ok(at),
            Some(at) if at.to_date() == now.to_date() => Ok(now),
            Some(at) => Err(Error::invalid(format!(
                "{} lies in the future: nothing is known of it yet",
                at.to_date()
            ))),
        }
    }

    /// Counts per framework, in catalogue order.
    pub fn status_counts(&self, evaluation: &Evaluation) -> Vec<FrameworkStatus> {
        self.catalog
            .frameworks
            .iter()
            .filter_map(|framework| {
                let mut statuses: Vec<RequirementStatus> = evaluation
                    .requirements
                    .iter()
                    .filter(|v| v.framework == framework.id)
                    .map(|v| v.status)
                    .collect();
                statuses.sort_unstable();
                let mut counts: Vec<(RequirementStatus, u64)> = Vec::new();
                for status in statuses {
                    match counts.last_mut() {
                        Some((last, n)) if *last == status => *n += 1,
                        Some(_) | None => counts.push((status, 1)),
                    }
                }
                (!counts.is_empty()).then(|| FrameworkStatus {
                    framework: framework.id.clone(),
                    title: framework.title.clone(),
                    counts,
                })
            })
            .collect()
    }
}

/// The frameworks of those ids or aliases; all when none is named.
///
/// # Errors
/// When one is unknown.
pub fn frameworks_of<'c>(catalog: &'c Catalog, ids: &[String]) -> Result<Vec<&'c Framework>, Error> {
    if ids.is_empty() {
        return Ok(catalog.frameworks.iter().collect());
    }
    ids.iter()
        .map(|id| {
            catalog.framework(id).ok_or_else(|| {
                let known: Vec<&str> = catalog.frameworks.iter().map(|f| f.id.as_str()).collect();
                Error::invalid(format!("there is no framework `{id}`; one of {}", known.join(", ")))
            })
        })
        .collect()
}
