//! What one document says: strength times coverage times freshness, with the reasons beside the factors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::UnixMillis;
use crate::evidence::document::DocumentKind;
use crate::risk::facts::{DocumentFact, VendorFacts};
use crate::risk::figure::{Figure, Share};
use crate::risk::rules::{Domain, RuleSet};

/// What one document says for one domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Title of the document.
    pub document: String,
    /// Its kind.
    pub kind: DocumentKind,
    /// The evidence item it was read from.
    pub evidence_id: Option<String>,
    /// What its kind proves at best, less what the auditor's opinion takes.
    pub strength: Figure,
    /// Share of the services in use it covers.
    pub coverage: Figure,
    /// How fresh it is.
    pub freshness: Figure,
    /// Strength times coverage times freshness.
    pub product: Figure,
    /// Whether it counts as fresh independent evidence.
    pub independent: bool,
    /// The three factors in words.
    pub explanation: String,
}

impl RuleSet {
    /// Every document's term once, in an order that does not depend on the one given.
    pub(crate) fn terms(&self, facts: &VendorFacts, at: UnixMillis) -> BTreeMap<Domain, Vec<Term>> {
        let cap = self.event_cap(facts, at);
        let mut documents: Vec<&DocumentFact> = facts.documents.iter().collect();
        documents.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
        // The same facts handed in twice are one document, not two that confirm each other.
        documents.dedup();
        let mut terms: BTreeMap<Domain, Vec<Term>> = BTreeMap::new();
        for document in documents {
            let (Some(rule), Some(term)) = (self.documents.get(&document.kind), self.term(document, cap, at))
            else {
                continue;
            };
            for domain in &rule.domains {
                terms.entry(*domain).or_default().push(term.clone());
            }
        }
        terms
    }

    fn term(&self, document: &DocumentFact, cap: Share, at: UnixMillis) -> Option<Term> {
        let rule = self.documents.get(&document.kind)?;
        let standing = self.standing(document, at)?;
        let opinion = self.opinions.factor(document.opinion);
        let strength = rule.strength.get() * opinion.get();
        let coverage = self.coverage(document).get();
        let uncapped = standing.freshness(&self.freshness);
        let freshness = uncapped.min(cap.get());
        let mut explanation = standing.explain();
        if freshness < uncapped {
            explanation += ", held back by a change nobody has reviewed";
        }
        if document.coverage.is_none() {
            explanation += ", coverage not stated";
        }
        if let Some(opinion) = document.opinion {
            explanation += &format!(", {} opinion", opinion.as_str());
        }
        if document.exceptions > 0 {
            explanation += &format!(", exceptions noted: {}", document.exceptions);
        }
        Some(Term {
            document: document.title.clone(),
            kind: document.kind,
            evidence_id: document.evidence_id.clone(),
            strength: Figure::new(strength),
            coverage: Figure::new(coverage),
            freshness: Figure::new(freshness),
            product: Figure::new(strength * coverage * freshness),
            independent: rule.independent && freshness >= 1.0 && strength > 0.0,
            explanation,
        })
    }

    /// The coverage that counts for a document.
    pub(crate) fn coverage(&self, document: &DocumentFact) -> Share {
        document.coverage.unwrap_or(self.coverage_when_not_stated)
    }
}
