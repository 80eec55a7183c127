//! The sum told twice: as steps of a waterfall and as sentences.

use serde::{Deserialize, Serialize};

use crate::risk::facts::VendorFacts;
use crate::risk::figure::{Figure, Share};
use crate::risk::score::VendorScore;

/// One step of the sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is.
    pub label: String,
    /// What it adds (negative takes off).
    pub value: Figure,
    /// The sum so far.
    pub running: Figure,
}

/// The sum as steps; their values add up to the residual.
pub(crate) fn waterfall(score: &VendorScore) -> Vec<Step> {
    let mut running = score.inherent.get();
    let first = Step { label: "Inherent risk".to_owned(), value: score.inherent, running: score.inherent };
    let mut steps = vec![first];
    for domain in &score.domains {
        let value = -domain.contribution.get();
        running += value;
        let label = domain.domain.label().to_owned();
        steps.push(Step { label, value: Figure::new(value), running: Figure::new(running) });
    }
    if let Some(floor) = score.binding_floor() {
        let label = format!("Floor: {}", floor.rule.label());
        let value = Figure::new(score.residual.get() - running);
        steps.push(Step { label, value, running: score.residual });
    }
    steps
}

/// The sum in sentences.
pub(crate) fn explanation(score: &VendorScore, facts: &VendorFacts, cap: Share) -> Vec<String> {
    let [d, c, a] =
        [facts.sensitivity, facts.criticality, facts.access].map(|l| Figure::new(l.get()).to_precise());
    let mut lines = vec![
        format!("Inherent risk {}: data sensitivity {d}, criticality {c}, access {a}.", score.inherent),
        format!("Tier {}.", score.tier.as_str()),
    ];
    if cap < Share::ALL {
        let share = Figure::new(cap.get()).to_precise();
        lines
            .push(format!("A change waits for review: no document counts for more than {share} until then."));
    }
    for domain in &score.domains {
        lines.push(format!(
            "{}: weight {}, assurance {}, takes off {}.",
            domain.domain.label(),
            domain.weight.to_precise(),
            domain.assurance.to_precise(),
            domain.contribution
        ));
    }
    lines.push(format!("After the documents {}.", score.residual_before_floors));
    for floor in &score.floors_applied {
        lines.push(format!("Not below {}: {}.", floor.minimum, floor.reason));
    }
    lines.push(format!(
        "Score {}; {} % of the weights rest on fresh independent evidence.",
        score.residual,
        score.confidence_percent()
    ));
    lines
}
