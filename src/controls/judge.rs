//! Judges one subject by three-valued logic, and keeps the sentence for everything it looked at.
//!
//! Silence never helps: an empty table, or one with dropped records, can make a condition fail or unknown, never pass.

mod compare;
mod rows;
mod scene;
#[cfg(test)]
mod truths;

use crate::controls::compile::{Compare, Condition};
use crate::controls::{Record, words};

pub(super) use compare::{Datum, Flips};
pub(super) use scene::Scene;

/// What a condition is (Kleene): unknown is neither yes nor no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    Unknown,
}

impl Truth {
    pub const fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    pub const fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            (Self::True | Self::Unknown, Self::Unknown) | (Self::Unknown, Self::True) => Self::Unknown,
        }
    }

    pub const fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }
}

/// Whether a condition has to hold, or (under `none`) has to not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stance {
    Asserted,
    Denied,
}

impl Stance {
    const fn flip(self) -> Self {
        match self {
            Self::Asserted => Self::Denied,
            Self::Denied => Self::Asserted,
        }
    }

    /// The truth that speaks against the subject.
    pub const fn bad(self) -> Truth {
        match self {
            Self::Asserted => Truth::False,
            Self::Denied => Truth::True,
        }
    }

    /// The truth that speaks for the subject.
    pub const fn good(self) -> Truth {
        self.bad().not()
    }
}

/// One thing that was looked at, as a sentence. Its truth is seen from the subject: true speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub truth: Truth,
    pub text: String,
}

/// One thing that fails: a row, or with an empty row the subject itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub row: String,
    pub reason: String,
}

/// Rows that were counted, in few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    /// Seen from the subject.
    pub truth: Truth,
    pub table: &'static str,
    /// Whether such rows are asked for; otherwise they speak against the subject.
    pub wanted: bool,
    pub count: u64,
    pub total: u64,
    /// The first of them.
    pub names: Vec<String>,
    /// Why it cannot be told, when it cannot.
    pub doubt: Option<String>,
}

/// The verdict on a condition and everything said on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judgement {
    pub truth: Truth,
    pub lines: Vec<Line>,
    pub items: Vec<Item>,
    /// Failing items beyond those listed.
    pub more: u64,
    /// The rows the verdict turns on, when it turns on rows.
    pub counted: Option<Counted>,
}

impl Judgement {
    /// A verdict with one sentence; when it speaks against the subject, the sentence is the failing item.
    fn plain(truth: Truth, stance: Stance, text: String) -> Self {
        let items = if truth == stance.bad() {
            vec![Item { row: String::new(), reason: text.clone() }]
        } else {
            Vec::new()
        };
        Self { truth, lines: vec![Line { truth: seen(truth, stance), text }], items, more: 0, counted: None }
    }

    /// With the rows it turns on.
    fn over(self, counted: Counted) -> Self {
        Self { counted: Some(counted), ..self }
    }

    /// The sentences of that truth, each once: a field asked twice is one fact.
    pub fn sentences(&self, truth: Truth) -> Vec<&str> {
        let mut said: Vec<&str> = Vec::new();
        for line in self.lines.iter().filter(|l| l.truth == truth) {
            if !said.contains(&line.text.as_str()) {
                said.push(&line.text);
            }
        }
        said
    }
}

/// A truth from the subject's side.
const fn seen(truth: Truth, stance: Stance) -> Truth {
    match stance {
        Stance::Asserted => truth,
        Stance::Denied => truth.not(),
    }
}

/// Judges a condition over a subject and what speaks about it.
pub(super) fn judge(condition: &Condition, scene: &Scene<'_>, flips: &mut Flips) -> Judgement {
    Judge { scene, flips }.condition(condition, Stance::Asserted)
}

/// Only the truth, without sentences.
pub(super) fn truth_of(condition: &Condition, scene: &Scene<'_>, flips: &mut Flips) -> Truth {
    rows::row_truth(condition, None, scene, flips)
}

/// The truth about one row by itself, with what the fields it turns on say.
pub(super) fn judge_row<'s>(
    condition: &Condition,
    row: &'s Record,
    scene: &Scene<'s>,
) -> (Truth, Vec<String>) {
    let truth = rows::row_truth(condition, Some(row), scene, &mut Flips::default());
    if truth == Truth::False {
        return (truth, Vec::new());
    }
    let mut comparisons = Vec::new();
    condition.comparisons(&mut comparisons);
    let mut facts: Vec<String> = Vec::new();
    for compare in comparisons {
        let fact = words::fact(compare, scene.datum(compare.scope, compare.field, Some(row)));
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    (truth, facts)
}

struct Judge<'j, 's> {
    scene: &'j Scene<'s>,
    flips: &'j mut Flips,
}

impl Judge<'_, '_> {
    fn condition(&mut self, condition: &Condition, stance: Stance) -> Judgement {
        match condition {
            Condition::All(list) => {
                let truth = |parts: &[Judgement]| parts.iter().fold(Truth::True, |t, p| t.and(p.truth));
                self.list(list, (stance, stance == Stance::Denied), truth)
            }
            Condition::Any(list) => {
                let truth = |parts: &[Judgement]| parts.iter().fold(Truth::False, |t, p| t.or(p.truth));
                self.list(list, (stance, stance == Stance::Asserted), truth)
            }
            Condition::None(list) => {
                let inner = stance.flip();
                let truth = |parts: &[Judgement]| parts.iter().fold(Truth::False, |t, p| t.or(p.truth));
                let mut judged = self.list(list, (inner, inner == Stance::Asserted), truth);
                judged.truth = judged.truth.not();
                judged
            }
            Condition::Count { rows, at_least, at_most } => self.count(rows, (*at_least, *at_most), stance),
            Condition::Share { rows, at_least } => self.share(rows, *at_least, stance),
            Condition::Join { rows, with, on } => self.join(rows, (*with, *on), stance),
            Condition::Field(compare) => self.field(compare, stance),
        }
    }

    /// Judges a list. `one_suffices`: a single good part is enough, so bad parts only count all together.
    fn list(
        &mut self,
        list: &[Condition],
        (stance, one_suffices): (Stance, bool),
        truth: impl Fn(&[Judgement]) -> Truth,
    ) -> Judgement {
        let parts: Vec<Judgement> = list.iter().map(|inner| self.condition(inner, stance)).collect();
        let truth = truth(&parts);
        let mut out = Judgement { truth, lines: Vec::new(), items: Vec::new(), more: 0, counted: None };
        for part in parts {
            let speaks = !(one_suffices && truth == stance.good()) || part.truth == stance.good();
            if speaks {
                out.lines.extend(part.lines);
                if part.truth == truth {
                    out.counted = out.counted.or(part.counted);
                }
            }
            if truth == stance.bad() && part.truth == stance.bad() {
                out.more += part.more;
                out.items.extend(part.items);
            }
        }
        if one_suffices && list.len() > 1 && truth == stance.bad() {
            out.merge();
        }
        out
    }

    fn field(&mut self, compare: &Compare, stance: Stance) -> Judgement {
        let datum = self.scene.datum(compare.scope, compare.field, None);
        let truth = compare::test(compare, datum, self.scene.at, self.flips);
        let fact = words::fact(compare, datum);
        if truth == stance.good()
            && let Some(why) = self.silent_zero(compare, datum)
        {
            return Judgement::plain(Truth::Unknown, stance, format!("{fact}, but {why}"));
        }
        let text = if truth == stance.good() {
            fact
        } else {
            format!("{fact}, {}", words::must(&compare.op, stance))
        };
        Judgement::plain(truth, stance, text)
    }

    /// Why a count of zero in a summary field proves nothing, when it does not.
    fn silent_zero(&self, compare: &Compare, datum: Option<Datum<'_>>) -> Option<String> {
        let zero = datum.is_some_and(|d| d.number() == Some(0.0));
        if compare.counts_records && zero && !compare.op.asks_for_presence() {
            return self.scene.silence(compare.field).err();
        }
        None
    }
}

impl Judgement {
    /// Several alternatives of which none is fulfilled are one failure, said in one sentence.
    fn merge(&mut self) {
        let (whole, rows): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.items).into_iter().partition(|i| i.row.is_empty());
        self.items = rows;
        if whole.len() > 1 {
            let texts: Vec<_> = whole.into_iter().map(|i| i.reason).collect();
            self.items.push(Item { row: String::new(), reason: alternatives(&texts) });
        } else {
            self.items.extend(whole);
        }
        let texts: Vec<_> = std::mem::take(&mut self.lines).into_iter().map(|l| l.text).collect();
        self.lines.push(Line { truth: Truth::False, text: alternatives(&texts) });
    }
}

fn alternatives(texts: &[String]) -> String {
    format!("none of {} alternatives holds: {}", texts.len(), texts.join("; "))
}
