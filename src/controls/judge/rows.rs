//! Conditions on rows: how many, which share, and whether each has its partner.

use std::collections::HashSet;

use crate::controls::compile::{Condition, Rows};
use crate::controls::words;
use crate::controls::{Record, TestResult};

use super::{Counted, Flips, Item, Judge, Judgement, Line, Scene, Stance, Truth, compare, seen};

/// Rows a sentence names before it counts the rest.
const NAMED: usize = 3;

/// Rows sorted by what a condition says of them; only the first of each sort are remembered.
#[derive(Default)]
struct Tally<'s> {
    yes: Pile<'s>,
    no: Pile<'s>,
    unknown: Pile<'s>,
}

/// Rows of one sort with their position in the table.
#[derive(Default)]
struct Pile<'s> {
    count: u64,
    rows: Vec<(usize, &'s Record)>,
}

impl<'s> Pile<'s> {
    fn add(&mut self, index: usize, row: &'s Record) {
        self.count += 1;
        if self.rows.len() < TestResult::MAX_ITEMS {
            self.rows.push((index, row));
        }
    }
}

/// What is known about a count beside its rows.
struct Counting<'w> {
    truth: Truth,
    wanted: bool,
    why: Option<&'w str>,
}

impl Tally<'_> {
    const fn total(&self) -> u64 {
        self.yes.count + self.no.count + self.unknown.count
    }

    /// The rows of one sort, in few words.
    fn counted(&self, rows: &Rows, pile: &Pile<'_>, counting: Counting<'_>) -> Counted {
        let Counting { truth, wanted, why } = counting;
        let named = pile.rows.iter().take(NAMED);
        let (count, total) = (pile.count, self.total());
        let missing = || self.unknown.rows.first().map(|(_, row)| words::absent_fields(rows, row));
        let doubt = match missing() {
            Some(missing) => {
                let plural = words::plural(rows.table);
                Some(format!(
                    "{} of {total} {plural} cannot be judged: {missing} not stated",
                    self.unknown.count
                ))
            }
            None => why.map(str::to_owned),
        };
        Counted {
            truth,
            table: rows.table,
            wanted,
            count,
            total,
            names: named.map(|(index, row)| words::row_name(rows.table, row, *index)).collect(),
            doubt: doubt.filter(|_| truth == Truth::Unknown),
        }
    }
}

/// The truth of a condition on one row (or on the subject, without one). Stops as soon as it is decided:
/// what was not looked at cannot turn the verdict before what was looked at turns.
pub(super) fn row_truth<'s>(
    condition: &Condition,
    row: Option<&'s Record>,
    scene: &Scene<'s>,
    flips: &mut Flips,
) -> Truth {
    match condition {
        Condition::All(list) => every(list, row, scene, flips),
        Condition::Any(list) => some(list, row, scene, flips),
        Condition::None(list) => some(list, row, scene, flips).not(),
        Condition::Field(c) => compare::test(c, scene.datum(c.scope, c.field, row), scene.at, flips),
        // Compilation refuses rows inside rows.
        Condition::Count { .. } | Condition::Share { .. } | Condition::Join { .. } => Truth::Unknown,
    }
}

fn every<'s>(list: &[Condition], row: Option<&'s Record>, scene: &Scene<'s>, flips: &mut Flips) -> Truth {
    let mut truth = Truth::True;
    for inner in list {
        truth = truth.and(row_truth(inner, row, scene, flips));
        if truth == Truth::False {
            break;
        }
    }
    truth
}

fn some<'s>(list: &[Condition], row: Option<&'s Record>, scene: &Scene<'s>, flips: &mut Flips) -> Truth {
    let mut truth = Truth::False;
    for inner in list {
        truth = truth.or(row_truth(inner, row, scene, flips));
        if truth == Truth::True {
            break;
        }
    }
    truth
}

impl<'s> Judge<'_, 's> {
    fn tally(&mut self, rows: &Rows) -> Tally<'s> {
        let mut tally = Tally::default();
        for (index, row) in self.scene.rows(rows.table).enumerate() {
            let truth = match &rows.condition {
                Some(condition) => row_truth(condition, Some(row), self.scene, self.flips),
                None => Truth::True,
            };
            match truth {
                Truth::True => tally.yes.add(index, row),
                Truth::False => tally.no.add(index, row),
                Truth::Unknown => tally.unknown.add(index, row),
            }
        }
        tally
    }

    /// How many rows may exist that nobody listed; unbounded when an empty table is not proven to be one.
    fn hidden(&self, table: &str, total: u64) -> (u64, Option<String>) {
        match self.scene.silence(table) {
            Ok(()) => (0, None),
            Err(why) if total == 0 => (u64::MAX, Some(why)),
            Err(why) => match self.scene.dropped() {
                0 if self.scene.failed_run() => {
                    (u64::MAX, Some("the tool says that it did not succeed".to_owned()))
                }
                0 => (0, None),
                lost => (lost, Some(why)),
            },
        }
    }

    pub(super) fn count(
        &mut self,
        rows: &Rows,
        (least, most): (Option<u64>, Option<u64>),
        stance: Stance,
    ) -> Judgement {
        let tally = self.tally(rows);
        let (hidden, why) = self.hidden(rows.table, tally.total());
        let possible = tally.yes.count.saturating_add(tally.unknown.count);
        let with_hidden = possible.saturating_add(hidden);
        // Rows nobody listed can only take a good verdict away.
        let (for_least, for_most) = match stance {
            Stance::Asserted => (possible, with_hidden),
            Stance::Denied => (with_hidden, possible),
        };
        let at_least = least.map_or(Truth::True, |k| between(tally.yes.count >= k, for_least < k));
        let at_most = most.map_or(Truth::True, |k| between(for_most <= k, tally.yes.count > k));
        let truth = at_least.and(at_most);

        let too_many = match stance {
            Stance::Asserted => at_most == Truth::False,
            Stance::Denied => at_least == Truth::True && least.is_some_and(|k| k > 0),
        };
        let (upper, bad) = (if stance == Stance::Asserted { most } else { least }, truth == stance.bad());
        // Too few rows are no rows against the subject, even where there is an upper bound too.
        let wanted = if bad { !too_many } else { upper.is_none() };
        let counting = Counting { truth: seen(truth, stance), wanted, why: why.as_deref() };
        let counted = tally.counted(rows, &tally.yes, counting);
        let mut text = words::counted(rows, tally.yes.count, tally.total());
        if truth != stance.good() {
            text.push_str(&words::bounds((least, most), stance));
            text.push_str(&unjudged(rows, &tally.unknown));
        }
        text.push_str(&doubted(truth, why));
        if bad && too_many {
            return named(truth, stance, text, (rows, &tally.yes)).over(counted);
        }
        if at_least == Truth::False && stance == Stance::Asserted {
            text.push_str(&near_misses(rows, &tally.no));
        }
        Judgement::plain(truth, stance, text).over(counted)
    }

    #[expect(clippy::cast_precision_loss, reason = "row counts stay far below 2^53")]
    pub(super) fn share(&mut self, rows: &Rows, least: f64, stance: Stance) -> Judgement {
        let tally = self.tally(rows);
        let (hidden, why) = self.hidden(rows.table, tally.total());
        let total = tally.total();
        let (yes, unknown) = (tally.yes.count as f64, tally.unknown.count as f64);
        let hidden = hidden as f64;
        let (low_of, high) = match stance {
            Stance::Asserted => (total as f64 + hidden, (yes + unknown) / total as f64),
            Stance::Denied => (total as f64, (yes + unknown + hidden) / (total as f64 + hidden)),
        };
        let truth = if total == 0 { Truth::Unknown } else { between(yes / low_of >= least, high < least) };

        let counting = Counting { truth: seen(truth, stance), wanted: false, why: why.as_deref() };
        let counted = tally.counted(rows, &tally.no, counting);
        let mut text = words::counted(rows, tally.yes.count, total);
        if truth != stance.good() {
            text.push_str(&words::share_bound(least, stance));
            text.push_str(&unjudged(rows, &tally.unknown));
        }
        text.push_str(&doubted(truth, why));
        if truth == Truth::False && stance == Stance::Asserted {
            return named(truth, stance, text, (rows, &tally.no)).over(counted);
        }
        Judgement::plain(truth, stance, text).over(counted)
    }

    pub(super) fn join(&mut self, rows: &Rows, (with, on): (&str, &str), stance: Stance) -> Judgement {
        let tally = self.tally(rows);
        let scene = *self.scene;
        let keys: HashSet<&str> = scene.rows(with).filter_map(|row| words::text_of(row, on)).collect();
        let mut alone = Pile::default();
        let mut unknown = Pile::default();
        for (index, row) in self.matching(rows) {
            match words::text_of(row, on) {
                Some(key) if keys.contains(key) => {}
                Some(_) => alone.add(index, row),
                None => unknown.add(index, row),
            }
        }
        for (index, row) in &tally.unknown.rows {
            if !words::text_of(row, on).is_some_and(|key| keys.contains(key)) {
                unknown.add(*index, row);
            }
        }
        // Unknown rows beyond the remembered ones cannot be looked up: they stay unknown.
        unknown.count += tally.unknown.count - tally.unknown.rows.len() as u64;
        let (hidden, why) = self.hidden(rows.table, tally.total());
        let doubt = unknown.count > 0 || (hidden > 0 && stance == Stance::Asserted);
        let truth = between(alone.count == 0 && !doubt, alone.count > 0);

        let counting = Counting { truth: seen(truth, stance), wanted: false, why: why.as_deref() };
        let counted = tally.counted(rows, &alone, counting);
        let mut text = words::joined(rows, (with, on), (alone.count, tally.yes.count));
        if truth == Truth::Unknown {
            text.push_str(&unjudged(rows, &unknown));
            text.push_str(&doubted(truth, why));
        }
        if truth == Truth::False && stance == Stance::Asserted {
            return named(truth, stance, text, (rows, &alone)).over(counted);
        }
        Judgement::plain(truth, stance, text).over(counted)
    }

    /// Every row that satisfies the condition, with its position.
    fn matching(&mut self, rows: &Rows) -> Vec<(usize, &'s Record)> {
        let scene = *self.scene;
        scene
            .rows(rows.table)
            .enumerate()
            .filter(|(_, row)| {
                rows.condition
                    .as_ref()
                    .is_none_or(|c| row_truth(c, Some(row), &scene, self.flips) == Truth::True)
            })
            .collect()
    }
}

/// True, false, or neither.
const fn between(certainly: bool, certainly_not: bool) -> Truth {
    if certainly {
        Truth::True
    } else if certainly_not {
        Truth::False
    } else {
        Truth::Unknown
    }
}

/// A verdict whose failing items are rows.
fn named(truth: Truth, stance: Stance, mut text: String, (rows, pile): (&Rows, &Pile<'_>)) -> Judgement {
    let items: Vec<Item> = pile
        .rows
        .iter()
        .map(|(index, row)| Item { row: words::row_id(row, *index), reason: words::row(rows, row, *index) })
        .collect();
    text.push_str(": ");
    text.push_str(&listed(rows, pile));
    let more = pile.count - items.len() as u64;
    Judgement { truth, lines: vec![Line { truth: seen(truth, stance), text }], items, more, counted: None }
}

/// Why it cannot be told, when it cannot.
fn doubted(truth: Truth, why: Option<String>) -> String {
    why.filter(|_| truth == Truth::Unknown).map(|why| format!("; {why}")).unwrap_or_default()
}

fn unjudged(rows: &Rows, pile: &Pile<'_>) -> String {
    if pile.count == 0 {
        return String::new();
    }
    let missing = pile.rows.first().map(|(_, row)| words::absent_fields(rows, row)).unwrap_or_default();
    format!("; {} cannot be judged ({missing} not stated): {}", pile.count, listed(rows, pile))
}

/// What was there instead, so that "too few" does not leave the reader searching.
fn near_misses(rows: &Rows, pile: &Pile<'_>) -> String {
    if rows.condition.is_none() || pile.count == 0 {
        return String::new();
    }
    let shown: Vec<String> =
        pile.rows.iter().take(NAMED).map(|(index, row)| words::row(rows, row, *index)).collect();
    let rest = pile.count - shown.len() as u64;
    let tail = if rest > 0 { format!("; and {rest} more") } else { String::new() };
    format!(" (there is {}{tail})", shown.join("; "))
}

/// The first few rows by name.
fn listed(rows: &Rows, pile: &Pile<'_>) -> String {
    let names: Vec<String> =
        pile.rows.iter().take(NAMED).map(|(index, row)| words::row_name(rows.table, row, *index)).collect();
    let rest = pile.count - names.len() as u64;
    let tail = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{tail}", names.join(", "))
}
