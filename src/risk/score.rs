//! The sum itself: inherent risk, what the documents take off it per domain, the floors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::{Digest, UnixMillis};
use crate::risk::facts::VendorFacts;
use crate::risk::figure::Figure;
use crate::risk::floors::Floor;
use crate::risk::rules::{Domain, RuleSet};
use crate::risk::steps::{Step, explanation, waterfall};
use crate::risk::term::Term;

/// A computed score with every term it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorScore {
    /// The vendor scored.
    pub vendor: String,
    /// The instant scored for.
    pub at: UnixMillis,
    /// Name of the rule set.
    pub rule_set: String,
    /// Digest of the rule set's text.
    pub rule_set_digest: Digest,
    /// Risk before any document, 0 to 100.
    pub inherent: Figure,
    /// How closely the vendor must be watched, from the inherent risk.
    pub tier: Tier,
    /// Each domain with its terms, in the order of [`Domain::ALL`].
    pub domains: Vec<DomainScore>,
    /// Share of the inherent risk the documents take off.
    pub reduction: Figure,
    /// Risk after the documents, before floors.
    pub residual_before_floors: Figure,
    /// Floors whose condition holds, the highest first; the first one counts if it lies above the sum.
    pub floors_applied: Vec<Floor>,
    /// The score, 0 to 100.
    pub residual: Figure,
    /// Share of the weights backed by fresh independent evidence, 0 to 1.
    pub confidence: Figure,
    /// The sum in steps; the values add up to the residual.
    pub waterfall: Vec<Step>,
    /// The sum in words.
    pub explanation: Vec<String>,
}

/// How closely a vendor must be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Little to watch.
    Low,
    /// Something to watch.
    Medium,
    /// Much to watch.
    High,
    /// Everything to watch.
    Critical,
}

impl Tier {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// One domain of a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainScore {
    /// Which one.
    pub domain: Domain,
    /// Its weight, 0 to 1.
    pub weight: Figure,
    /// How well its documents assure us, 0 to the cap.
    pub assurance: Figure,
    /// Points it takes off the inherent risk.
    pub contribution: Figure,
    /// The documents that speak for it.
    pub terms: Vec<Term>,
}

impl RuleSet {
    /// Scores a vendor as of `at`.
    pub fn score(&self, facts: &VendorFacts, at: UnixMillis) -> VendorScore {
        let inherent = self.inherent(facts);
        let terms = self.terms(facts, at);
        let domains: Vec<DomainScore> =
            Domain::ALL.into_iter().map(|domain| self.domain(domain, &terms, inherent)).collect();
        let reduction: f64 = domains.iter().map(|d| d.weight.get() * d.assurance.get()).sum();
        let before = (inherent * (1.0 - reduction)).clamp(0.0, 100.0);
        let floors_applied = self.floors_at(facts, at);
        let residual = floors_applied.first().map_or(before, |floor| floor.minimum.get().max(before));
        let mut score = VendorScore {
            vendor: facts.key.clone(),
            at,
            rule_set: self.rule_set.clone(),
            rule_set_digest: self.digest,
            inherent: Figure::new(inherent),
            tier: self.tier(inherent),
            reduction: Figure::new(reduction),
            residual_before_floors: Figure::new(before),
            floors_applied,
            residual: Figure::new(residual),
            confidence: confidence(&domains),
            domains,
            waterfall: Vec::new(),
            explanation: Vec::new(),
        };
        score.waterfall = waterfall(&score);
        score.explanation = explanation(&score, facts, self.event_cap(facts, at));
        score
    }

    /// Risk before any document: the largest input pulls as hard as the rules say, the mean does the rest.
    fn inherent(&self, facts: &VendorFacts) -> f64 {
        let inputs = [facts.sensitivity, facts.criticality, facts.access].map(|level| level.get());
        let largest = inputs.into_iter().fold(0.0, f64::max);
        let mean = inputs.into_iter().sum::<f64>() / 3.0;
        let pull = self.inherent_share_of_largest.get();
        100.0 * (pull * largest + (1.0 - pull) * mean)
    }

    fn tier(&self, inherent: f64) -> Tier {
        // Compared as stored: 59.99999 that is shown and stored as 60 is in the tier of 60.
        let at_least = |bound| Figure::new(inherent) >= Figure::new(bound);
        if at_least(self.tiers.critical) {
            Tier::Critical
        } else if at_least(self.tiers.high) {
            Tier::High
        } else if at_least(self.tiers.medium) {
            Tier::Medium
        } else {
            Tier::Low
        }
    }

    fn domain(&self, domain: Domain, terms: &BTreeMap<Domain, Vec<Term>>, inherent: f64) -> DomainScore {
        let terms = terms.get(&domain).cloned().unwrap_or_default();
        let doubt: f64 = terms.iter().map(|t| 1.0 - t.product.get()).product();
        let assurance = (1.0 - doubt).min(self.assurance_cap.get());
        let weight = self.domains.get(&domain).map_or(0.0, |w| w.get());
        DomainScore {
            domain,
            weight: Figure::new(weight),
            assurance: Figure::new(assurance),
            contribution: Figure::new(inherent * weight * assurance),
            terms,
        }
    }
}

/// Weight times the widest coverage by fresh independent evidence, summed over the domains.
fn confidence(domains: &[DomainScore]) -> Figure {
    let backed = |d: &DomainScore| {
        d.terms.iter().filter(|t| t.independent).map(|t| t.coverage.get()).fold(0.0, f64::max)
    };
    Figure::new(domains.iter().map(|d| d.weight.get() * backed(d)).sum())
}

impl VendorScore {
    /// The floor that decided the score, if one did.
    pub fn binding_floor(&self) -> Option<&Floor> {
        self.floors_applied.first().filter(|_| self.residual > self.residual_before_floors)
    }

    /// The confidence in whole percent.
    pub fn confidence_percent(&self) -> u32 {
        (self.confidence.get() * 100.0).round().clamp(0.0, 100.0) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::document::DocumentKind;
    use crate::risk::facts::{ChangeEvent, DocumentFact, EventKind};
    use crate::risk::figure::Share;
    use crate::risk::worked_example::{confirmed, day, level, rules, vendor};

    fn fresh(kind: DocumentKind) -> DocumentFact {
        DocumentFact { valid_until: Some(day(100)), ..confirmed(kind) }
    }

    fn with(documents: Vec<DocumentFact>) -> VendorScore {
        rules().score(&VendorFacts { documents, ..vendor() }, day(0))
    }

    fn assurance(score: &VendorScore, domain: Domain) -> f64 {
        score.domains.iter().find(|d| d.domain == domain).unwrap().assurance.get()
    }

    #[test]
    fn the_design_s_worked_check_holds() {
        let score = with(vec![]);

        assert_eq!(score.inherent.get(), 87.5);
        assert_eq!(score.tier, Tier::Critical);
        assert_eq!(score.residual.get(), 87.5);
        assert_eq!(score.confidence.get(), 0.0);
    }

    #[test]
    fn the_tiers_begin_where_the_rules_say() {
        let tier = |d: f64, c: f64, a: f64| {
            let facts =
                VendorFacts { sensitivity: level(d), criticality: level(c), access: level(a), ..vendor() };
            rules().score(&facts, day(0)).tier
        };

        assert_eq!(tier(1.0, 1.0, 1.0), Tier::Critical);
        assert_eq!(tier(0.75, 0.75, 0.5), Tier::High);
        assert_eq!(tier(0.5, 0.25, 0.25), Tier::Medium);
        assert_eq!(tier(0.25, 0.25, 0.0), Tier::Low);
        assert_eq!(tier(0.0, 0.0, 0.0), Tier::Low);
    }

    #[test]
    fn assurance_stops_at_nine_tenths() {
        let score = with(vec![fresh(DocumentKind::PciAoc), fresh(DocumentKind::Soc2Type2)]);

        assert_eq!(assurance(&score, Domain::Access), 0.9);
        assert_eq!(assurance(&score, Domain::Resilience), 0.9);
        assert_eq!(assurance(&score, Domain::Privacy), 0.0);
    }

    #[test]
    fn two_weak_documents_add_up_as_doubts_multiply() {
        let score = with(vec![fresh(DocumentKind::Questionnaire), fresh(DocumentKind::Policy)]);

        assert!((assurance(&score, Domain::Privacy) - (1.0 - 0.65 * 0.75)).abs() < 1e-12);
    }

    #[test]
    fn the_same_facts_twice_count_once() {
        let once = with(vec![fresh(DocumentKind::Questionnaire)]);
        let twice = with(vec![fresh(DocumentKind::Questionnaire), fresh(DocumentKind::Questionnaire)]);

        assert_eq!(once, twice);
    }

    #[test]
    fn a_change_nobody_reviewed_halves_every_document_and_the_confidence_is_gone() {
        let event = ChangeEvent {
            at: day(-1),
            kind: EventKind::KnownExploitedVulnerability,
            open: true,
            reviewed_at: None,
            past_sla: false,
        };
        let facts =
            VendorFacts { documents: vec![fresh(DocumentKind::Iso27001)], events: vec![event], ..vendor() };

        let score = rules().score(&facts, day(0));

        assert!((assurance(&score, Domain::Access) - 0.425).abs() < 1e-12);
        assert_eq!(score.confidence.get(), 0.0);
        assert!(score.explanation.iter().any(|line| line.contains("waits for review")));
    }

    #[test]
    fn confidence_counts_only_fresh_independent_evidence_by_its_coverage() {
        let half = DocumentFact { coverage: Share::try_from(0.5).ok(), ..fresh(DocumentKind::SignedSbomVex) };
        let lapsed = DocumentFact { valid_until: Some(day(-1)), ..fresh(DocumentKind::Soc2Type2) };

        assert!((with(vec![half.clone()]).confidence.get() - 0.1).abs() < 1e-12);
        assert!((with(vec![half, lapsed]).confidence.get() - 0.1).abs() < 1e-12);
        assert_eq!(with(vec![fresh(DocumentKind::Questionnaire)]).confidence.get(), 0.0);
    }

    #[test]
    fn coverage_nobody_stated_counts_half_and_a_qualified_opinion_takes_its_share() {
        let unstated = DocumentFact { coverage: None, ..fresh(DocumentKind::SignedSbomVex) };
        let qualified = DocumentFact {
            opinion: Some(crate::evidence::document::Opinion::Qualified),
            ..fresh(DocumentKind::Soc2Type2)
        };

        assert!((assurance(&with(vec![unstated]), Domain::Vulnerability) - 0.4).abs() < 1e-12);
        assert!((assurance(&with(vec![qualified]), Domain::Resilience) - 0.6).abs() < 1e-12);
    }

    #[test]
    fn a_floor_lifts_the_score_and_the_waterfall_shows_it() {
        let facts = VendorFacts {
            personal_data: true,
            documents: vec![fresh(DocumentKind::PciAoc), fresh(DocumentKind::Soc2Type2)],
            ..vendor()
        };

        let score = rules().score(&facts, day(0));

        assert!(score.residual_before_floors.get() < 40.0);
        assert_eq!(score.residual.get(), 70.0);
        let last = score.waterfall.last().unwrap();
        assert_eq!(last.label, "Floor: Personal data without a DPA in force");
        assert_eq!(last.running, score.residual);
    }

    #[test]
    fn a_floor_below_the_sum_changes_nothing_but_is_named() {
        let score = rules().score(&VendorFacts { personal_data: true, ..vendor() }, day(0));

        assert_eq!(score.residual.get(), 87.5);
        assert_eq!(score.floors_applied.len(), 1);
        assert_eq!(score.binding_floor(), None);
    }
}
