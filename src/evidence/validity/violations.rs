//! What breaks the rules, gathered while a document is read: the first places, and how many of each kind.

use super::{Violation, ViolationKind};

/// How many violations are kept with place and sentence; further ones are only counted.
pub(super) const KEPT: usize = 20;

/// The violations found so far.
#[derive(Debug, Default)]
pub(super) struct Violations {
    first: Vec<Violation>,
    counts: Vec<(ViolationKind, u64)>,
}

impl Violations {
    /// Counts one; place and sentence are made only for the first ones, and for the first of each kind.
    pub(super) fn add(&mut self, kind: ViolationKind, violation: impl FnOnce() -> (String, String)) {
        let known = self.counts.iter_mut().find(|(k, _)| *k == kind);
        let is_first = known.is_none();
        match known {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.counts.push((kind, 1)),
        }
        if is_first || self.first.len() < KEPT {
            let (place, message) = violation();
            self.first.push(Violation { kind, place, message });
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The violations that were kept, and how many of each kind there were.
    pub(super) fn finish(self) -> (Vec<Violation>, Vec<(ViolationKind, u64)>) {
        (self.first, self.counts)
    }
}

/// A value as a sentence shows it: short, on one line.
pub(super) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("\"{short}\"")
}
