//! What changed between two evaluations.

use std::collections::HashMap;

use crate::controls::{Catalog, Evaluation, RequirementStatus, RequirementVerdict};
use crate::report::Mark;

/// A requirement whose status changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change<'a> {
    /// What it is now.
    pub now: &'a RequirementVerdict,
    /// Its title.
    pub title: &'a str,
    /// What it was.
    pub from: RequirementStatus,
}

impl Change<'_> {
    /// Whether it got worse. Statuses are ordered worst first.
    pub fn is_worse(&self) -> bool {
        self.now.status < self.from
    }
}

/// What is scored in both and is shown with another word, the worst first. A requirement that is new says nothing about
/// change, and neither does one that was not met for another reason.
pub(super) fn changes<'a>(catalog: &'a Catalog, before: &Evaluation, now: &'a Evaluation) -> Vec<Change<'a>> {
    let was: HashMap<(&str, &str), RequirementStatus> =
        before.requirements.iter().map(|v| ((v.framework.as_str(), v.id.as_str()), v.status)).collect();
    let titles: HashMap<(&str, &str), &str> = catalog
        .frameworks
        .iter()
        .flat_map(|f| f.items.iter().map(|i| ((f.id.as_str(), i.id.as_str()), i.title.as_str())))
        .collect();
    let mark = |status| Mark::of_requirement(status).0;
    let change = |v: &'a RequirementVerdict| {
        let key = (v.framework.as_str(), v.id.as_str());
        let from = was.get(&key).copied().filter(|from| *from != v.status)?;
        let title = titles.get(&key).copied().unwrap_or_default();
        let told = is_scored(from) && is_scored(v.status) && mark(from) != mark(v.status);
        told.then_some(Change { now: v, title, from })
    };
    let mut changes: Vec<Change<'a>> = now.requirements.iter().filter_map(change).collect();
    changes.sort_by_key(|c| (!c.is_worse(), c.now.status));
    changes
}

const fn is_scored(status: RequirementStatus) -> bool {
    match status {
        RequirementStatus::EvidenceNotMet
        | RequirementStatus::Unknown
        | RequirementStatus::Stale
        | RequirementStatus::Missing
        | RequirementStatus::LateWithProcess
        | RequirementStatus::ManualRequired
        | RequirementStatus::EvidenceMet => true,
        RequirementStatus::NotApplicableClaimed | RequirementStatus::Superseded => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Digest, UnixMillis};

    fn evaluation(statuses: &[(&str, RequirementStatus)]) -> Evaluation {
        let verdict = |(id, status): &(&str, RequirementStatus)| RequirementVerdict {
            framework: "f".to_owned(),
            id: (*id).to_owned(),
            status: *status,
            explanation: String::new(),
            tests: Vec::new(),
            provide: None,
        };
        let requirements = statuses.iter().map(verdict).collect();
        Evaluation { at: UnixMillis(0), catalog: Digest::of(b""), results: Vec::new(), requirements }
    }

    #[test]
    fn what_got_worse_stands_first_and_what_is_new_not_scored_or_the_same_word_is_no_change() {
        use RequirementStatus as S;
        let before = evaluation(&[
            ("1", S::Missing),
            ("2", S::EvidenceMet),
            ("3", S::EvidenceMet),
            ("5", S::Stale),
            ("6", S::Missing),
        ]);
        let now = evaluation(&[
            ("1", S::EvidenceMet),
            ("2", S::EvidenceNotMet),
            ("3", S::NotApplicableClaimed),
            ("4", S::EvidenceNotMet),
            ("5", S::Stale),
            ("6", S::EvidenceNotMet),
        ]);
        let catalog = Catalog { frameworks: Vec::new(), tests: Vec::new(), digest: Digest::of(b"") };

        let found = changes(&catalog, &before, &now);

        let ids: Vec<(&str, bool)> = found.iter().map(|c| (c.now.id.as_str(), c.is_worse())).collect();
        assert_eq!(ids, [("2", true), ("1", false)]);
    }
}
