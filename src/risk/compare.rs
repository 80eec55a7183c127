//! What changed between two scores of a vendor, step by step.

use serde::{Deserialize, Serialize};

use crate::risk::figure::Figure;
use crate::risk::score::VendorScore;

/// A figure that differs between two scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// What it is.
    pub label: String,
    /// In the earlier score.
    pub before: Figure,
    /// In the later score.
    pub after: Figure,
}

/// The figures that differ: every step of the sum, then the score and the confidence.
pub fn compare(earlier: &VendorScore, later: &VendorScore) -> Vec<Movement> {
    let in_both = later.waterfall.iter().map(|step| step.label.as_str());
    let only_before = earlier.waterfall.iter().map(|step| step.label.as_str());
    let gone = only_before.filter(|label| !later.waterfall.iter().any(|step| step.label == *label));
    let mut movements: Vec<Movement> = in_both
        .chain(gone)
        .map(|label| movement(label, step_value(earlier, label), step_value(later, label)))
        .collect();
    movements.push(movement("Score", earlier.residual, later.residual));
    movements.push(movement("Confidence", earlier.confidence, later.confidence));
    movements.retain(|m| m.before != m.after);
    movements
}

fn movement(label: &str, before: Figure, after: Figure) -> Movement {
    Movement { label: label.to_owned(), before, after }
}

fn step_value(score: &VendorScore, label: &str) -> Figure {
    score.waterfall.iter().find(|step| step.label == label).map_or_else(Figure::default, |step| step.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::document::DocumentKind;
    use crate::risk::facts::{DocumentFact, VendorFacts};
    use crate::risk::worked_example::{confirmed, day, rules, vendor};

    #[test]
    fn only_what_moved_is_listed() {
        let sbom = DocumentFact { valid_until: Some(day(10)), ..confirmed(DocumentKind::SignedSbomVex) };
        let facts = VendorFacts { documents: vec![sbom], ..vendor() };
        let (early, late) = (rules().score(&facts, day(0)), rules().score(&facts, day(55)));

        let labels: Vec<String> = compare(&early, &late).into_iter().map(|m| m.label).collect();

        assert_eq!(labels, ["Vulnerability and SBOM", "Score", "Confidence"]);
        assert_eq!(compare(&early, &early), []);
    }

    #[test]
    fn a_floor_that_went_away_is_listed() {
        let personal = VendorFacts { personal_data: true, access: crate::risk::Level::ALL[0], ..vendor() };
        let personal = VendorFacts { sensitivity: crate::risk::Level::ALL[1], ..personal };
        let (with, without) = (
            rules().score(&personal, day(0)),
            rules().score(&VendorFacts { personal_data: false, ..personal.clone() }, day(0)),
        );

        let movements = compare(&with, &without);

        assert_eq!(movements[0].label, "Floor: Personal data without a DPA in force");
        assert_eq!(movements[0].after, Figure::default());
    }
}
