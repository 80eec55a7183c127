//! Scores every vendor from its declared facts and documents, and keeps each calculation with its sum.

use serde::Serialize;

use crate::app::facts::declared;
use crate::app::{App, Error, VendorConfig, sample};
use crate::base::{Digest, ErrorKind, ScoreId, UnixMillis};
use crate::ledger::statement::PredicateKind;
use crate::risk::{ChangeEvent, DocumentFact, RuleSet, VendorFacts, VendorScore};
use crate::store::ScoreRow;

/// One vendor's score with what it was calculated from.
#[derive(Debug, Clone, Serialize)]
pub struct ScoreLine {
    /// The facts.
    pub facts: VendorFacts,
    /// The score.
    pub score: VendorScore,
}

/// The built-in rule set and its text.
pub(super) fn load_rules() -> Result<(RuleSet, String), Error> {
    let text = sample::builtin_rules()?;
    let rules = RuleSet::parse(&text)
        .map_err(|e| Error::new(ErrorKind::Internal, format!("the vendor score rules are wrong: {e}")))?;
    Ok((rules, text))
}

impl App {
    /// Scores every vendor now and keeps the scores.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn score_vendors(&self) -> Result<Vec<ScoreLine>, Error> {
        let now = self.now();
        let lines = self.scores_at(now).await?;
        for line in &lines {
            let body = serde_json::to_string(&line)
                .map_err(|e| Error::new(ErrorKind::Internal, "could not write a score").caused_by(e))?;
            let score = &line.score;
            let row = ScoreRow {
                id: ScoreId::new(),
                vendor: score.vendor.clone(),
                at: now,
                rule_set: score.rule_set.clone(),
                inherent: score.inherent.get(),
                residual: score.residual.get(),
                confidence: score.confidence.get(),
                tier: score.tier.as_str().to_owned(),
                body,
            };
            let named = (score.vendor.as_str(), Digest::of(row.body.as_bytes()));
            let entry = self.signer.entry(PredicateKind::VendorScore, named, score, now)?;
            self.store.score_put(&row, &entry).await?;
        }
        Ok(lines)
    }

    /// Calculates every vendor's score from what was known at `at`, without keeping it.
    pub(super) async fn scores_at(&self, at: UnixMillis) -> Result<Vec<ScoreLine>, Error> {
        let mut lines = Vec::new();
        for vendor in self.store.vendor_list().await? {
            let facts = self.vendor_facts(&declared(&vendor.facts)?, at).await?;
            let score = self.rules.score(&facts, at);
            lines.push(ScoreLine { facts, score });
        }
        Ok(lines)
    }

    async fn vendor_facts(&self, vendor: &VendorConfig, at: UnixMillis) -> Result<VendorFacts, Error> {
        let mut documents = Vec::new();
        let items = self.store.evidence_of_subject(&format!("vendor:{}", vendor.key), at).await?;
        for item in &items {
            if item.status != "accepted" {
                continue;
            }
            for document in self.store.document_list(item.no).await? {
                documents.push(DocumentFact::from_document(&document, Some(item.id.to_string())));
            }
        }
        let has = |class: &str| vendor.data_classes.iter().any(|c| c == class);
        Ok(VendorFacts {
            key: vendor.key.clone(),
            name: vendor.name.clone(),
            sensitivity: vendor.sensitivity,
            criticality: vendor.criticality,
            access: vendor.access,
            personal_data: has("personal"),
            cardholder_data: has("cardholder"),
            documents,
            events: events(vendor)?,
        })
    }
}

fn events(vendor: &VendorConfig) -> Result<Vec<ChangeEvent>, Error> {
    let time = |text: &str| {
        UnixMillis::parse_lenient(text).map_err(|e| Error::invalid(format!("vendor {}: {e}", vendor.key)))
    };
    vendor
        .event
        .iter()
        .map(|event| {
            Ok(ChangeEvent {
                at: time(&event.at)?,
                kind: event.kind,
                open: event.open,
                reviewed_at: event.reviewed_at.as_deref().map(time).transpose()?,
                past_sla: event.past_sla,
            })
        })
        .collect()
}
