//! What must hold for every vendor, tried on generated ones.

use proptest::prelude::*;

use crate::base::UnixMillis;
use crate::evidence::document::{DocumentKind, Opinion};
use crate::risk::facts::{ChangeEvent, DocumentFact, EventKind, VendorFacts};
use crate::risk::figure::{Level, Share};
use crate::risk::worked_example::{day, rules};

fn moment() -> impl Strategy<Value = Option<UnixMillis>> {
    proptest::option::weighted(0.8, (-800_i64..800).prop_map(day))
}

fn document() -> impl Strategy<Value = DocumentFact> {
    let opinion = prop::sample::select(vec![None, Some(Opinion::Unqualified), Some(Opinion::Adverse)]);
    let kind = prop::sample::select(DocumentKind::ALL.to_vec());
    let coverage = proptest::option::of((0.0..=1.0_f64).prop_map(|c| Share::try_from(c).unwrap()));
    let dates = (moment(), moment(), moment(), moment());
    (kind, dates, coverage, opinion, moment(), 0..3_u8).prop_map(
        |(kind, dates, coverage, opinion, confirmed_at, n)| DocumentFact {
            evidence_id: None,
            kind,
            title: format!("document {n}"),
            issued: dates.0,
            period_to: dates.1,
            valid_until: dates.2,
            bridge_until: dates.3,
            coverage,
            opinion,
            exceptions: u32::from(n),
            confirmed_at,
        },
    )
}

fn event() -> impl Strategy<Value = ChangeEvent> {
    let kind = prop::sample::select(EventKind::ALL.to_vec());
    (-50..50_i64, kind, any::<bool>(), moment(), any::<bool>()).prop_map(
        |(at, kind, open, reviewed_at, past_sla)| ChangeEvent {
            at: day(at),
            kind,
            open,
            reviewed_at,
            past_sla,
        },
    )
}

fn facts() -> impl Strategy<Value = VendorFacts> {
    let level = || prop::sample::select(Level::ALL.to_vec());
    let documents = prop::collection::vec(document(), 0..8);
    let events = prop::collection::vec(event(), 0..3);
    ((level(), level(), level()), any::<(bool, bool)>(), documents, events).prop_map(
        |(levels, data, documents, events)| VendorFacts {
            key: "v".to_owned(),
            name: "V".to_owned(),
            sensitivity: levels.0,
            criticality: levels.1,
            access: levels.2,
            personal_data: data.0,
            cardholder_data: data.1,
            documents,
            events,
        },
    )
}

proptest! {
    #[test]
    fn every_figure_stays_in_its_range_and_the_steps_add_up(facts in facts()) {
        let score = rules().score(&facts, day(0));

        prop_assert!((0.0..=100.0).contains(&score.residual.get()));
        prop_assert!((0.0..=100.0).contains(&score.inherent.get()));
        prop_assert!((0.0..=1.0).contains(&score.confidence.get()));
        prop_assert!(score.domains.iter().all(|d| (0.0..=0.9).contains(&d.assurance.get())));
        let sum: f64 = score.waterfall.iter().map(|s| s.value.get()).sum();
        prop_assert!((sum - score.residual.get()).abs() < 1e-9);
        prop_assert!((score.waterfall.last().unwrap().running.get() - score.residual.get()).abs() < 1e-9);
    }

    #[test]
    fn one_more_document_never_raises_the_score(facts in facts(), more in document()) {
        let before = rules().score(&facts, day(0));
        let mut facts = facts;
        facts.documents.push(more);

        let after = rules().score(&facts, day(0));

        prop_assert!(after.residual.get() <= before.residual.get() + 1e-9);
        prop_assert!(after.confidence.get() >= before.confidence.get() - 1e-9);
    }

    #[test]
    fn the_order_of_documents_and_events_changes_no_byte(facts in facts(), turn in 0..8_usize) {
        let expected = serde_json::to_string(&rules().score(&facts, day(0))).unwrap();
        let mut facts = facts;
        let turn = turn.min(facts.documents.len());
        facts.documents.rotate_left(turn);
        facts.documents.reverse();
        facts.events.reverse();

        let again = serde_json::to_string(&rules().score(&facts, day(0))).unwrap();

        prop_assert_eq!(again, expected);
    }

    #[test]
    fn stored_facts_give_the_stored_score_again(facts in facts()) {
        let score = serde_json::to_string(&rules().score(&facts, day(0))).unwrap();

        let read: VendorFacts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
        let back: crate::risk::VendorScore = serde_json::from_str(&score).unwrap();

        prop_assert_eq!(serde_json::to_string(&rules().score(&read, day(0))).unwrap(), score.clone());
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), score);
    }
}
