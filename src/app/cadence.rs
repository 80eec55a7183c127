//! Whether an activity was carried out as often as it must be: the audit period in slots, by the arithmetic of PCI DSS
//! (one occurrence per slot, and no gap above the limit).

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{DAY_MS, UnixMillis};
use crate::report::chart::{Slot, SlotState};
use crate::store::Occurrence;

/// An audit period looks back this far.
pub(super) const PERIOD_DAYS: i64 = 366;

/// What has to be repeated.
#[derive(Debug, Clone)]
pub(super) struct Plan<'a> {
    /// Whom each occurrence has to cover, as evidence names them (`asset:shop`).
    pub subjects: &'a BTreeSet<String>,
    /// Largest gap in days.
    pub days: u32,
    /// The end of the period.
    pub now: UnixMillis,
}

/// A slot as milliseconds, its end not included.
type Bounds = (UnixMillis, UnixMillis);

impl Plan<'_> {
    /// The slots of the period, oldest first. It begins with the first evidence: of the time before, nothing is known.
    pub fn slots(&self, came: &[Occurrence]) -> Vec<Slot> {
        let earliest = self.now.plus_days(-PERIOD_DAYS);
        let own: Vec<&Occurrence> = came.iter().filter(|o| self.subjects.contains(&o.subject)).collect();
        let Some(first) = own.iter().map(|o| o.at.max(earliest)).min() else { return Vec::new() };
        let length = i64::from(self.days.max(1)) * DAY_MS;
        let mut slots = Vec::new();
        let mut from = first;
        while from <= self.now {
            let until = from.plus_millis(length);
            slots.push(self.slot(&own, (from, until)));
            from = until;
        }
        slots
    }

    fn slot(&self, came: &[&Occurrence], bounds: Bounds) -> Slot {
        let covered = covered(came, bounds);
        let all = self.subjects.len();
        let (state, note) = if covered.len() == all {
            self.kept(came, bounds, &covered)
        } else if bounds.1 > self.now {
            (SlotState::Planned, format!("{} of {all} so far", covered.len()))
        } else {
            self.not_kept(came, bounds, covered.len())
        };
        Slot { from: bounds.0, until: bounds.1.plus_millis(-1), state, note }
    }

    /// Everybody is covered; but one early in its slot and the next late in its own may lie too far apart.
    fn kept(
        &self,
        came: &[&Occurrence],
        bounds: Bounds,
        covered: &BTreeMap<&str, UnixMillis>,
    ) -> (SlotState, String) {
        let before = |subject: &str| {
            let earlier = came.iter().filter(|o| o.accepted && o.subject == subject && o.at < bounds.0);
            earlier.map(|o| o.at).max()
        };
        let gaps = covered.iter().filter_map(|(subject, at)| before(subject).map(|b| at.since(b)));
        let gap = gaps.max().unwrap_or(0) / DAY_MS;
        if gap > i64::from(self.days) {
            return (SlotState::Late, format!("{gap} days after the one before, {} are allowed", self.days));
        }
        let done = covered.values().max().copied().unwrap_or(bounds.0);
        (SlotState::Kept, format!("complete on {}", done.to_date()))
    }

    fn not_kept(&self, came: &[&Occurrence], bounds: Bounds, covered: usize) -> (SlotState, String) {
        let all = self.subjects.len();
        let inside = |o: &&&Occurrence| o.at >= bounds.0 && o.at < bounds.1;
        if came.iter().filter(inside).any(|o| !o.accepted) {
            return (SlotState::CollectionFailed, format!("{covered} of {all}; a file could not be read"));
        }
        let next = (bounds.1, bounds.1.plus_millis(bounds.1.since(bounds.0)));
        let later = self::covered(came, next);
        let both: BTreeSet<&str> = self::covered(came, bounds).keys().chain(later.keys()).copied().collect();
        if covered > 0 && both.len() == all {
            return (SlotState::Late, format!("{covered} of {all} in time, the rest in the next slot"));
        }
        (SlotState::Missed, format!("{covered} of {all} covered"))
    }
}

/// When each subject was first covered within the bounds.
fn covered<'o>(came: &[&'o Occurrence], (from, until): Bounds) -> BTreeMap<&'o str, UnixMillis> {
    let mut covered = BTreeMap::new();
    for o in came.iter().filter(|o| o.accepted && o.at >= from && o.at < until) {
        covered.entry(o.subject.as_str()).or_insert(o.at);
    }
    covered
}

/// What the slots say together.
pub(super) fn in_words(slots: &[Slot], days: u32) -> String {
    let past: Vec<&Slot> = slots.iter().filter(|s| s.state != SlotState::Planned).collect();
    let kept = past.iter().filter(|s| s.state == SlotState::Kept).count();
    let Some(first) = slots.first() else { return String::new() };
    format!(
        "{kept} of {} slots of {days} days kept since {}, when the first evidence is from.",
        past.len(),
        first.from.to_date()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_800_000_000_000);

    fn came(subject: &str, days_ago: i64) -> Occurrence {
        Occurrence { subject: subject.to_owned(), at: NOW.plus_days(-days_ago), accepted: true }
    }

    fn states(came: &[Occurrence], subjects: &[&str]) -> Vec<SlotState> {
        let subjects = subjects.iter().map(|s| (*s).to_owned()).collect();
        let plan = Plan { subjects: &subjects, days: 30, now: NOW };
        plan.slots(came).into_iter().map(|s| s.state).collect()
    }

    #[test]
    fn one_occurrence_of_everybody_in_each_slot_is_kept() {
        let all = [came("a", 60), came("b", 60), came("a", 30), came("b", 30), came("a", 0), came("b", 0)];

        assert_eq!(states(&all, &["a", "b"]), [SlotState::Kept; 3]);
    }

    #[test]
    fn a_slot_nobody_kept_is_missed_and_one_that_still_runs_is_planned() {
        assert_eq!(
            states(&[came("a", 70)], &["a"]),
            [SlotState::Kept, SlotState::Missed, SlotState::Planned]
        );
    }

    #[test]
    fn part_of_the_population_is_not_enough() {
        let part = [came("a", 40), came("b", 5)];

        assert_eq!(states(&part, &["a", "b"])[0], SlotState::Late);
        assert_eq!(states(&part, &["a", "b", "c"])[0], SlotState::Missed);
    }

    #[test]
    fn two_occurrences_too_far_apart_are_late_although_each_slot_has_one() {
        let far = [came("a", 59), came("a", 1)];

        assert_eq!(states(&far, &["a"]), [SlotState::Kept, SlotState::Late]);
    }

    #[test]
    fn a_file_that_could_not_be_read_is_a_failed_collection_and_no_miss() {
        let failed = [came("a", 70), Occurrence { accepted: false, ..came("a", 20) }];

        assert_eq!(states(&failed, &["a"])[1], SlotState::CollectionFailed);
    }

    #[test]
    fn without_evidence_there_is_no_strip() {
        assert!(states(&[], &["a"]).is_empty());
    }
}
