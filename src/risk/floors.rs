//! The least a score may be: conditions no stack of certificates outweighs.

use serde::{Deserialize, Serialize};

use crate::base::UnixMillis;
use crate::evidence::document::DocumentKind;
use crate::risk::facts::{ChangeEvent, DocumentFact, EventKind, VendorFacts};
use crate::risk::figure::Figure;
use crate::risk::freshness::Standing;
use crate::risk::rules::RuleSet;

/// A floor whose condition holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    /// Which one.
    pub rule: FloorRule,
    /// The least the score may be.
    pub minimum: Figure,
    /// What is the case, for people.
    pub reason: String,
}

/// The floors there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorRule {
    /// A breach is not yet closed.
    OpenBreach,
    /// It processes personal data and no data-processing agreement is in force.
    PersonalDataWithoutDpa,
    /// It handles cardholder data and no attestation of compliance is in force.
    CardholderDataWithoutAoc,
    /// A known-exploited vulnerability in what it delivers is open past the time allowed.
    KnownExploitedPastSla,
}

impl FloorRule {
    /// Every floor.
    pub const ALL: [Self; 4] = [
        Self::OpenBreach,
        Self::PersonalDataWithoutDpa,
        Self::CardholderDataWithoutAoc,
        Self::KnownExploitedPastSla,
    ];

    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OpenBreach => "Open breach",
            Self::PersonalDataWithoutDpa => "Personal data without a DPA in force",
            Self::CardholderDataWithoutAoc => "Cardholder data without an AOC in force",
            Self::KnownExploitedPastSla => "Known-exploited vulnerability past its SLA",
        }
    }
}

impl RuleSet {
    /// The floors whose condition holds at `at`, the highest first; ties in the order of [`FloorRule`].
    pub(crate) fn floors_at(&self, facts: &VendorFacts, at: UnixMillis) -> Vec<Floor> {
        let mut floors: Vec<Floor> =
            FloorRule::ALL.into_iter().filter_map(|rule| self.floor(rule, facts, at)).collect();
        floors.sort_by_key(|floor| std::cmp::Reverse(floor.minimum));
        floors
    }

    fn floor(&self, rule: FloorRule, facts: &VendorFacts, at: UnixMillis) -> Option<Floor> {
        let (minimum, reason) = match rule {
            FloorRule::OpenBreach => {
                let event = newest(facts, at, |e| e.kind == EventKind::Breach && e.open)?;
                (self.floors.open_breach, format!("a breach of {} is not closed", event.at.to_date()))
            }
            FloorRule::PersonalDataWithoutDpa if facts.personal_data => {
                (self.floors.personal_data_without_dpa, self.lacks(DocumentKind::Dpa, facts, at)?)
            }
            FloorRule::CardholderDataWithoutAoc if facts.cardholder_data => {
                (self.floors.cardholder_data_without_aoc, self.lacks(DocumentKind::PciAoc, facts, at)?)
            }
            FloorRule::PersonalDataWithoutDpa | FloorRule::CardholderDataWithoutAoc => return None,
            FloorRule::KnownExploitedPastSla => {
                let exploited = EventKind::KnownExploitedVulnerability;
                let event = newest(facts, at, |e| e.kind == exploited && e.open && e.past_sla)?;
                let reason =
                    format!("a vulnerability exploited since {} is not fixed in time", event.at.to_date());
                (self.floors.known_exploited_past_sla, reason)
            }
        };
        Some(Floor { rule, minimum: Figure::new(minimum), reason })
    }

    /// Why no document of `kind` is in force at `at`; `None` when one is.
    fn lacks(&self, kind: DocumentKind, facts: &VendorFacts, at: UnixMillis) -> Option<String> {
        let name = if kind == DocumentKind::Dpa { "data-processing agreement" } else { "AOC" };
        // Canonical order, so that the reason too does not depend on the order given.
        let mut documents: Vec<&DocumentFact> = facts.documents.iter().filter(|d| d.kind == kind).collect();
        documents.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
        let standings = || documents.iter().filter_map(|d| self.standing(d, at).map(|s| (d, s)));
        if standings().any(|(d, s)| s.is_in_force() && self.speaks(d)) {
            return None;
        }
        let lapsed = |s: Standing| match s {
            Standing::Lapsed { days } | Standing::Bridged { days } => Some(days),
            Standing::Unconfirmed | Standing::NotYetIssued | Standing::Undated | Standing::InForce { .. } => {
                None
            }
        };
        let newest = standings().filter_map(|(_, s)| lapsed(s)).min();
        Some(match (newest, standings().next()) {
            (Some(days), _) => format!("the {name} ended {days} days ago"),
            (None, None) => format!("no {name} is on file"),
            (None, Some((_, standing))) if standing.is_in_force() => {
                format!("the {name} on file covers nothing we use or carries an adverse opinion")
            }
            (None, Some((_, standing))) => format!("the {name} on file: {}", standing.explain()),
        })
    }

    /// Whether the document says anything good about anything we use.
    fn speaks(&self, document: &DocumentFact) -> bool {
        self.opinions.factor(document.opinion).get() > 0.0 && self.coverage(document).get() > 0.0
    }
}

fn newest(
    facts: &VendorFacts,
    at: UnixMillis,
    wanted: impl Fn(&ChangeEvent) -> bool,
) -> Option<&ChangeEvent> {
    facts.events.iter().filter(|e| e.happened_by(at) && wanted(e)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::document::Opinion;
    use crate::risk::worked_example::{confirmed, day, rules, vendor};

    fn floors(facts: &VendorFacts) -> Vec<(FloorRule, f64, String)> {
        let floors = rules().floors_at(facts, day(0));
        floors.into_iter().map(|f| (f.rule, f.minimum.get(), f.reason)).collect()
    }

    fn event(kind: EventKind) -> ChangeEvent {
        ChangeEvent { at: day(-20), kind, open: true, reviewed_at: Some(day(-19)), past_sla: true }
    }

    fn aoc(valid_until: i64) -> DocumentFact {
        DocumentFact { valid_until: Some(day(valid_until)), ..confirmed(DocumentKind::PciAoc) }
    }

    #[test]
    fn personal_data_needs_an_agreement_in_force() {
        let personal = VendorFacts { personal_data: true, ..vendor() };
        let signed = DocumentFact { issued: Some(day(-9)), ..confirmed(DocumentKind::Dpa) };
        let ended = DocumentFact { valid_until: Some(day(-2)), ..signed.clone() };
        let with = |d: DocumentFact| VendorFacts { documents: vec![d], ..personal.clone() };

        let reason = "no data-processing agreement is on file".to_owned();
        assert_eq!(floors(&personal), [(FloorRule::PersonalDataWithoutDpa, 70.0, reason)]);
        assert_eq!(floors(&with(signed)), []);
        assert_eq!(floors(&with(ended))[0].2, "the data-processing agreement ended 2 days ago");
    }

    #[test]
    fn cardholder_data_needs_an_aoc_that_has_not_lapsed_not_even_with_a_bridge_letter() {
        let cardholder = VendorFacts { cardholder_data: true, ..vendor() };
        let with = |d: DocumentFact| VendorFacts { documents: vec![d], ..cardholder.clone() };
        let bridged = DocumentFact { bridge_until: Some(day(50)), ..aoc(-10) };

        assert_eq!(floors(&with(aoc(0))), []);
        assert_eq!(
            floors(&with(bridged)),
            [(FloorRule::CardholderDataWithoutAoc, 70.0, "the AOC ended 10 days ago".to_owned())]
        );
        assert_eq!(floors(&cardholder)[0].2, "no AOC is on file");
    }

    #[test]
    fn an_aoc_with_an_adverse_opinion_or_unconfirmed_facts_is_none() {
        let with = |d| VendorFacts { cardholder_data: true, documents: vec![d], ..vendor() };
        let adverse = DocumentFact { opinion: Some(Opinion::Adverse), ..aoc(9) };
        let unconfirmed = DocumentFact { confirmed_at: None, ..aoc(9) };

        assert_eq!(floors(&with(adverse)).len(), 1);
        assert!(floors(&with(unconfirmed))[0].2.contains("not confirmed"));
    }

    #[test]
    fn an_exploited_vulnerability_past_its_time_lifts_to_60() {
        let exploited = event(EventKind::KnownExploitedVulnerability);
        let with = |e| VendorFacts { events: vec![e], ..vendor() };

        assert_eq!(floors(&with(exploited.clone()))[0].1, 60.0);
        assert_eq!(floors(&with(ChangeEvent { past_sla: false, ..exploited.clone() })), []);
        assert_eq!(floors(&with(ChangeEvent { open: false, ..exploited })), []);
    }

    #[test]
    fn an_open_breach_lifts_to_80_and_stands_first() {
        let events = vec![event(EventKind::KnownExploitedVulnerability), event(EventKind::Breach)];
        let open = VendorFacts { events, ..vendor() };

        let minimums: Vec<f64> = floors(&open).into_iter().map(|f| f.1).collect();

        assert_eq!(minimums, [80.0, 60.0]);
        assert_eq!(rules().floors_at(&open, day(-21)), []);
    }
}
