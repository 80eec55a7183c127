//! How fresh a document is on a day: whole until its last valid day, then fading, or carried by a bridge letter.
//!
//! Counted in whole UTC days, so that a score is the same all day and a date's last day counts in full.

use crate::base::{DAY_MS, UnixMillis};
use crate::risk::facts::{DocumentFact, VendorFacts};
use crate::risk::figure::Share;
use crate::risk::rules::{DocumentRule, Freshness, RuleSet};

/// Where a document stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has confirmed its typed facts.
    Unconfirmed,
    /// It is dated after that day.
    NotYetIssued,
    /// It states no date from which to count.
    Undated,
    /// Within its validity; `until` is missing for what lasts until ended.
    InForce {
        /// Its last valid day.
        until: Option<UnixMillis>,
    },
    /// Past its validity, carried by a bridge letter.
    Bridged {
        /// Days since its last valid day.
        days: i64,
    },
    /// Past its validity.
    Lapsed {
        /// Days since its last valid day.
        days: i64,
    },
}

impl Standing {
    /// Where `document` stands at `at` under the rules of its kind.
    pub fn of(document: &DocumentFact, rule: &DocumentRule, aging: &Freshness, at: UnixMillis) -> Self {
        if document.confirmed_at.is_none_or(|confirmed| confirmed > at) {
            return Self::Unconfirmed;
        }
        if document.issued.is_some_and(|issued| issued > at) {
            return Self::NotYetIssued;
        }
        let Some(until) = last_valid_day(document, rule) else {
            let lasts = rule.valid_days.is_none() && document.issued.is_some();
            return if lasts { Self::InForce { until: None } } else { Self::Undated };
        };
        let days = day_of(at).saturating_sub(day_of(until));
        let bridged = document.bridge_until.is_some_and(|bridge| day_of(at) <= day_of(bridge));
        if days <= 0 {
            Self::InForce { until: Some(until) }
        } else if bridged && days <= i64::from(aging.bridge_days) {
            Self::Bridged { days }
        } else {
            Self::Lapsed { days }
        }
    }

    /// What this standing leaves of a document, before change events.
    pub fn freshness(self, aging: &Freshness) -> f64 {
        match self {
            Self::Unconfirmed | Self::NotYetIssued | Self::Undated => 0.0,
            Self::InForce { .. } => 1.0,
            // In the first days the fading report is still worth more than the letter.
            Self::Bridged { days } => faded(days, aging).max(aging.bridge_factor.get()),
            Self::Lapsed { days } => faded(days, aging),
        }
    }

    /// For people.
    pub fn explain(self) -> String {
        match self {
            Self::Unconfirmed => "its facts are not confirmed by a person".to_owned(),
            Self::NotYetIssued => "dated after the day of the score".to_owned(),
            Self::Undated => "states no date".to_owned(),
            Self::InForce { until: None } => "in force until ended".to_owned(),
            Self::InForce { until: Some(until) } => format!("valid until {}", until.to_date()),
            Self::Bridged { days } => format!("ended {} ago, carried by a bridge letter", in_days(days)),
            Self::Lapsed { days } => format!("ended {} ago", in_days(days)),
        }
    }

    /// Whether it is valid without help.
    pub const fn is_in_force(self) -> bool {
        matches!(self, Self::InForce { .. })
    }
}

impl RuleSet {
    /// Where `document` stands at `at`; `None` for a kind without a rule, which [`RuleSet::parse`] excludes.
    pub fn standing(&self, document: &DocumentFact, at: UnixMillis) -> Option<Standing> {
        let rule = self.documents.get(&document.kind)?;
        Some(Standing::of(document, rule, &self.freshness, at))
    }

    /// The most any document of this vendor carries at `at`: less than 1 while a change event waits for review.
    pub(crate) fn event_cap(&self, facts: &VendorFacts, at: UnixMillis) -> Share {
        let doubted = |e| self.change_events.contains(e);
        if facts.events.iter().any(|e| doubted(&e.kind) && e.awaits_review(at)) {
            self.freshness.change_event_cap
        } else {
            Share::ALL
        }
    }
}

fn last_valid_day(document: &DocumentFact, rule: &DocumentRule) -> Option<UnixMillis> {
    document.valid_until.or_else(|| {
        let from = document.period_to.or(document.issued)?;
        Some(from.plus_days(i64::from(rule.valid_days?)))
    })
}

fn faded(days: i64, aging: &Freshness) -> f64 {
    (1.0 - days as f64 / f64::from(aging.decay_days)).clamp(0.0, 1.0)
}

const fn day_of(instant: UnixMillis) -> i64 {
    instant.0.div_euclid(DAY_MS)
}

fn in_days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::document::DocumentKind;
    use crate::risk::facts::{ChangeEvent, EventKind};
    use crate::risk::worked_example::{confirmed, day, rules, vendor};

    fn freshness(document: &DocumentFact, at: UnixMillis) -> f64 {
        let rules = rules();
        rules.standing(document, at).unwrap().freshness(&rules.freshness)
    }

    fn certificate() -> DocumentFact {
        DocumentFact { valid_until: Some(day(0)), ..confirmed(DocumentKind::Iso27001) }
    }

    #[test]
    fn a_document_is_whole_through_its_last_day_then_fades_over_90_days() {
        let at = |days| freshness(&certificate(), day(days));

        assert_eq!((at(-400), at(0), at(45), at(90), at(500)), (1.0, 1.0, 0.5, 0.0, 0.0));
        assert_eq!(freshness(&certificate(), day(1).plus_millis(-1)), 1.0);
        assert!((at(1) - 89.0 / 90.0).abs() < 1e-12);
    }

    #[test]
    fn a_bridge_letter_carries_four_fifths_for_at_most_90_days() {
        let until = |days| DocumentFact { bridge_until: Some(day(days)), ..certificate() };

        assert_eq!(freshness(&until(60), day(60)), 0.8);
        assert_eq!(freshness(&until(400), day(90)), 0.8);
        assert_eq!(freshness(&until(400), day(91)), 0.0);
        assert!((freshness(&until(60), day(63)) - 0.3).abs() < 1e-12);
        assert!(freshness(&until(60), day(9)) > 0.89);
    }

    #[test]
    fn without_a_stated_end_the_kind_decides_from_the_end_of_the_period() {
        let report = DocumentFact {
            issued: Some(day(40)),
            period_to: Some(day(0)),
            ..confirmed(DocumentKind::Soc2Type2)
        };

        assert_eq!(freshness(&report, day(365)), 1.0);
        assert!(freshness(&report, day(366)) < 1.0);
        assert_eq!(freshness(&report, day(39)), 0.0);
    }

    #[test]
    fn an_agreement_lasts_until_ended_but_needs_a_date() {
        let signed = DocumentFact { issued: Some(day(-3000)), ..confirmed(DocumentKind::Dpa) };
        let undated = confirmed(DocumentKind::Dpa);

        assert_eq!(freshness(&signed, day(0)), 1.0);
        assert_eq!(freshness(&undated, day(0)), 0.0);
        assert_eq!(freshness(&DocumentFact { valid_until: Some(day(-90)), ..signed }, day(0)), 0.0);
    }

    #[test]
    fn facts_confirmed_later_prove_nothing_today() {
        let later = DocumentFact { confirmed_at: Some(day(1)), ..certificate() };

        assert_eq!(rules().standing(&later, day(0)), Some(Standing::Unconfirmed));
        assert_eq!(rules().standing(&later, day(1)), Some(Standing::Lapsed { days: 1 }));
    }

    #[test]
    fn an_unreviewed_change_caps_every_document_until_the_review() {
        let event = |reviewed_at| ChangeEvent {
            at: day(-5),
            kind: EventKind::NewSubProcessor,
            open: false,
            reviewed_at,
            past_sla: false,
        };
        let with = |event| VendorFacts { events: vec![event], ..vendor() };

        assert_eq!(rules().event_cap(&with(event(None)), day(0)).get(), 0.5);
        assert_eq!(rules().event_cap(&with(event(Some(day(1)))), day(0)).get(), 0.5);
        assert_eq!(rules().event_cap(&with(event(Some(day(-1)))), day(0)).get(), 1.0);
        assert_eq!(rules().event_cap(&with(event(None)), day(-6)).get(), 1.0);
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let ancient = DocumentFact { valid_until: Some(UnixMillis(i64::MIN)), ..certificate() };

        assert_eq!(
            freshness(&DocumentFact { confirmed_at: Some(UnixMillis(0)), ..ancient }, UnixMillis(i64::MAX)),
            0.0
        );
    }
}
