//! The six statuses people see, each with icon, word and colour. The same six in chips, bars, reports and packs.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::controls::{Framework, RequirementStatus, RequirementVerdict, TestStatus};

/// One of the six statuses shown. Which verdict shows as which is fixed by the contract on chips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// The evidence meets it, or an exception in force covers it.
    Met,
    /// The evidence does not meet it, or there is none.
    NotMet,
    /// The evidence is too old, or came late.
    Attention,
    /// The evidence cannot say.
    Unknown,
    /// A person has to provide evidence.
    Manual,
    /// Claimed not to apply, or superseded.
    NotApplicable,
}

impl Mark {
    /// Every mark, in the order they are shown.
    pub const ALL: [Self; 6] =
        [Self::Met, Self::NotMet, Self::Attention, Self::Unknown, Self::Manual, Self::NotApplicable];

    /// The word shown beside the icon.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Met => "Met",
            Self::NotMet => "Not met",
            Self::Attention => "Attention",
            Self::Unknown => "Unknown",
            Self::Manual => "Manual",
            Self::NotApplicable => "Not applicable",
        }
    }

    /// The suffix of its style classes and of its icon's name.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::Attention => "attention",
            Self::Unknown => "unknown",
            Self::Manual => "manual",
            Self::NotApplicable => "not-applicable",
        }
    }

    /// What it means, in a sentence for the method page.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Met => {
                "Every automated test that decides the requirement passes for its whole population, or an approved \
                 exception in force covers what fails. It speaks for the part the tests name, not for the rest."
            }
            Self::NotMet => "A test fails, or the evidence that should exist does not.",
            Self::Attention => "There is evidence, but it is too old or came late.",
            Self::Unknown => {
                "The evidence cannot say: it is incomplete, could not be read, or was judged by an outdated \
                 vulnerability feed. It is never counted as met."
            }
            Self::Manual => "A person has to provide evidence; no machine can.",
            Self::NotApplicable => {
                "Claimed not to apply, with reason and proof, or replaced by another requirement. Shown, never scored."
            }
        }
    }

    /// The mark of a requirement, and the detail that tells apart what shares a mark.
    pub const fn of_requirement(status: RequirementStatus) -> (Self, &'static str) {
        match status {
            RequirementStatus::EvidenceMet => (Self::Met, "by the evidence"),
            RequirementStatus::EvidenceNotMet => (Self::NotMet, "a test fails"),
            RequirementStatus::Missing => (Self::NotMet, "evidence missing"),
            RequirementStatus::Stale => (Self::Attention, "evidence too old"),
            RequirementStatus::LateWithProcess => (Self::Attention, "late, process followed"),
            RequirementStatus::Unknown => (Self::Unknown, "evidence cannot say"),
            RequirementStatus::ManualRequired => (Self::Manual, "a person provides"),
            RequirementStatus::NotApplicableClaimed => (Self::NotApplicable, "claimed"),
            RequirementStatus::Superseded => (Self::NotApplicable, "superseded"),
        }
    }

    /// The mark of a test, and the detail that tells apart what shares a mark.
    pub const fn of_test(status: TestStatus) -> (Self, &'static str) {
        match status {
            TestStatus::Pass => (Self::Met, "passes"),
            TestStatus::Exception => (Self::Met, "exception in force"),
            TestStatus::Fail => (Self::NotMet, "fails"),
            TestStatus::Missing => (Self::NotMet, "evidence missing"),
            TestStatus::Stale => (Self::Attention, "evidence too old"),
            TestStatus::Unknown => (Self::Unknown, "evidence cannot say"),
            TestStatus::Error => (Self::Unknown, "could not be carried out"),
            TestStatus::NotApplicable => (Self::NotApplicable, "out of scope"),
        }
    }

    const fn place(self) -> usize {
        match self {
            Self::Met => 0,
            Self::NotMet => 1,
            Self::Attention => 2,
            Self::Unknown => 3,
            Self::Manual => 4,
            Self::NotApplicable => 5,
        }
    }
}

/// How many requirements carry each mark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally([u64; 6]);

impl Tally {
    /// Counts the assessed items of a framework; one without a verdict is unknown, never left out.
    pub fn of_framework(framework: &Framework, verdicts: &[RequirementVerdict]) -> Self {
        let own = verdicts.iter().filter(|v| v.framework == framework.id);
        let statuses: HashMap<&str, RequirementStatus> = own.map(|v| (v.id.as_str(), v.status)).collect();
        let status = |id: &str| statuses.get(id).copied().unwrap_or(RequirementStatus::Unknown);
        let assessed = framework.items.iter().filter(|i| i.is_assessed());
        assessed.map(|i| Mark::of_requirement(status(&i.id)).0).collect()
    }

    /// How many carry this mark.
    pub const fn count(&self, mark: Mark) -> u64 {
        self.0[mark.place()]
    }

    /// How many there are in all.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl FromIterator<Mark> for Tally {
    fn from_iter<T: IntoIterator<Item = Mark>>(marks: T) -> Self {
        let mut tally = Self::default();
        for mark in marks {
            tally.0[mark.place()] += 1;
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_has_its_own_place_word_and_class() {
        for (place, mark) in Mark::ALL.into_iter().enumerate() {
            assert_eq!(mark.place(), place);
        }
        let words: std::collections::BTreeSet<_> = Mark::ALL.map(Mark::word).into();
        let classes: std::collections::BTreeSet<_> = Mark::ALL.map(Mark::class).into();

        assert_eq!((words.len(), classes.len()), (6, 6));
    }

    #[test]
    fn verdicts_show_as_the_contract_on_chips_says() {
        assert_eq!(Mark::of_test(TestStatus::Exception).0, Mark::Met);
        assert_eq!(Mark::of_test(TestStatus::Missing).0, Mark::NotMet);
        assert_eq!(Mark::of_test(TestStatus::Error).0, Mark::Unknown);
        assert_eq!(Mark::of_requirement(RequirementStatus::Missing).0, Mark::NotMet);
        assert_eq!(Mark::of_requirement(RequirementStatus::LateWithProcess).0, Mark::Attention);
        assert_eq!(Mark::of_requirement(RequirementStatus::Superseded).0, Mark::NotApplicable);
    }

    #[test]
    fn a_tally_counts_what_it_is_given() {
        let tally: Tally = [Mark::Met, Mark::Unknown, Mark::Met].into_iter().collect();

        assert_eq!((tally.count(Mark::Met), tally.count(Mark::Manual), tally.total()), (2, 0, 3));
    }
}
