//! Says conditions, values and rows in words an auditor reads. Nothing here depends on the time of evaluation.

mod names;

use crate::base::UnixMillis;
use crate::controls::compile::{Compare, Condition, Op, Rows};
use crate::controls::judge::{Datum, Stance};
use crate::controls::{FieldType, Operand, Period, Record};

pub(super) use names::{
    counted_subjects, evidence_name, feed_words, label, plural, row_id, row_name, subject_noun, text_of,
};

/// Longest value shown.
const MAX_VALUE: usize = 120;

/// "second factor is no".
pub(super) fn fact(compare: &Compare, datum: Option<Datum<'_>>) -> String {
    let share = datum.and_then(Datum::number).filter(|_| compare.field.ends_with("_share"));
    let value = share.map_or_else(|| shown(compare.kind, datum), |share| format!("{} %", percent(share)));
    format!("{} is {value}", label(compare.field))
}

/// "must be yes"; under `none` its opposite.
pub(super) fn must(op: &Op, stance: Stance) -> String {
    let denied = stance == Stance::Denied;
    let not = |denied: bool| if denied { "must not be" } else { "must be" };
    match op {
        Op::Eq(v) => format!("{} {}", not(denied), operand(v)),
        Op::Ne(v) => format!("{} {}", not(!denied), operand(v)),
        Op::In(v) => format!("{} {}", not(denied), one_of(v)),
        Op::NotIn(v) => format!("{} {}", not(!denied), one_of(v)),
        Op::Exists => if denied { "must not be stated" } else { "must be stated" }.to_owned(),
        Op::Absent => if denied { "must be stated" } else { "must not be stated" }.to_owned(),
        Op::AtLeast(n) if denied => format!("must be less than {n}"),
        Op::AtMost(n) if denied => format!("must be more than {n}"),
        Op::AtLeast(n) => format!("must be at least {n}"),
        Op::AtMost(n) => format!("must be at most {n}"),
        Op::OlderThan(p) => must_be_old(*p, denied),
        Op::NewerThan(p) => must_be_old(*p, !denied),
        Op::Matches(r) => format!("{} of the form {}", not(denied), pattern(r)),
    }
}

fn must_be_old(period: Period, denied: bool) -> String {
    match (period.is_zero(), denied) {
        (true, false) => "must lie in the past".to_owned(),
        (true, true) => "must not lie in the past".to_owned(),
        (false, false) => format!("must be more than {period} ago"),
        (false, true) => format!("must not be more than {period} ago"),
    }
}

/// "second factor is not yes": the condition itself, to follow "where".
pub(super) fn condition(condition: &Condition) -> String {
    match condition {
        Condition::All(list) => joined_by(list, " and "),
        Condition::Any(list) => joined_by(list, " or "),
        Condition::None(list) => format!("not ({})", joined_by(list, " or ")),
        Condition::Field(compare) => format!("{} {}", label(compare.field), is(&compare.op)),
        Condition::Count { rows, at_least, at_most } => {
            format!("{} {}", range((*at_least, *at_most)), rows_where(rows))
        }
        Condition::Share { rows, at_least } => {
            format!("at least {} % of {}", percent(*at_least), rows_where(rows))
        }
        Condition::Join { rows, with, on } => {
            format!("each of {} has its {} by {}", rows_where(rows), names::plural(with), label(on))
        }
    }
}

fn joined_by(list: &[Condition], word: &str) -> String {
    let parts: Vec<String> = list
        .iter()
        .map(|inner| {
            let text = condition(inner);
            let compound = matches!(inner, Condition::All(l) | Condition::Any(l) if l.len() > 1);
            if compound && list.len() > 1 { format!("({text})") } else { text }
        })
        .collect();
    parts.join(word)
}

/// "is not yes": the predicate of a comparison.
fn is(op: &Op) -> String {
    match op {
        Op::Eq(v) => format!("is {}", operand(v)),
        Op::Ne(v) => format!("is not {}", operand(v)),
        Op::In(v) => format!("is {}", one_of(v)),
        Op::NotIn(v) => format!("is not {}", one_of(v)),
        Op::Exists => "is stated".to_owned(),
        Op::Absent => "is not stated".to_owned(),
        Op::AtLeast(n) => format!("is at least {n}"),
        Op::AtMost(n) => format!("is at most {n}"),
        Op::OlderThan(p) if p.is_zero() => "lies in the past".to_owned(),
        Op::NewerThan(p) if p.is_zero() => "does not lie in the past".to_owned(),
        Op::OlderThan(p) => format!("is more than {p} ago"),
        Op::NewerThan(p) => format!("is at most {p} ago"),
        Op::Matches(r) => format!("is of the form {}", pattern(r)),
    }
}

fn pattern(regex: &regex::Regex) -> String {
    let text = regex.as_str();
    text.strip_prefix("^(?:").and_then(|t| t.strip_suffix(")$")).unwrap_or(text).to_owned()
}

fn operand(operand: &Operand) -> String {
    match operand {
        Operand::Bool(b) => yes_no(*b).to_owned(),
        Operand::Int(i) => i.to_string(),
        Operand::Num(n) => n.to_string(),
        Operand::Text(t) if t.is_empty() => "empty".to_owned(),
        Operand::Text(t) => clipped(t),
    }
}

fn one_of(operands: &[Operand]) -> String {
    match operands {
        [single] => operand(single),
        many => format!("one of {}", many.iter().map(operand).collect::<Vec<_>>().join(", ")),
    }
}

const fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// A value for people; an absent one is "not stated".
pub(super) fn shown(kind: FieldType, datum: Option<Datum<'_>>) -> String {
    match datum {
        None => "not stated".to_owned(),
        Some(Datum::Bool(b)) => yes_no(b).to_owned(),
        Some(Datum::Int(i)) if kind == FieldType::Time => UnixMillis(i).to_date(),
        Some(Datum::Int(i)) => i.to_string(),
        Some(Datum::Num(n)) => n.to_string(),
        Some(Datum::Text("")) => "empty".to_owned(),
        Some(Datum::Text(t)) => clipped(names::shortened(t)),
        Some(Datum::List([])) => "empty".to_owned(),
        Some(Datum::List(l)) => clipped(&l.join(", ")),
    }
}

/// The text, cut where it would run away with the page.
pub(super) fn clipped(text: &str) -> String {
    if text.chars().nth(MAX_VALUE).is_none() {
        return text.to_owned();
    }
    text.chars().take(MAX_VALUE).chain(['…']).collect()
}

/// "3 of 14 accounts where second factor is not yes".
pub(super) fn counted(rows: &Rows, yes: u64, total: u64) -> String {
    match rows.condition {
        Some(_) => format!("{yes} of {total} {}", rows_where(rows)),
        None => format!("{total} {}", names::plural(rows.table)),
    }
}

fn rows_where(rows: &Rows) -> String {
    let plural = names::plural(rows.table);
    match &rows.condition {
        Some(inner) => format!("{plural} where {}", condition(inner)),
        None => plural.to_owned(),
    }
}

/// ", at most 0 required".
pub(super) fn bounds(bounds: (Option<u64>, Option<u64>), stance: Stance) -> String {
    match stance {
        Stance::Asserted if bounds == (None, Some(0)) => ", none allowed".to_owned(),
        Stance::Asserted => format!(", {} required", range(bounds)),
        Stance::Denied if bounds == (None, Some(0)) => ", must not be none".to_owned(),
        Stance::Denied => format!(", must not be {}", range(bounds)),
    }
}

fn range((least, most): (Option<u64>, Option<u64>)) -> String {
    if (least, most) == (None, Some(0)) {
        return "no".to_owned();
    }
    let least = least.map(|k| format!("at least {k}"));
    let most = most.map(|k| format!("at most {k}"));
    least.into_iter().chain(most).collect::<Vec<_>>().join(" and ")
}

/// ", at least 95 % required".
pub(super) fn share_bound(least: f64, stance: Stance) -> String {
    match stance {
        Stance::Asserted => format!(", at least {} % required", percent(least)),
        Stance::Denied => format!(", must be less than {} %", percent(least)),
    }
}

fn percent(share: f64) -> f64 {
    (share * 10_000.0).round() / 100.0
}

/// "2 of 9 changes without a document of the same id".
pub(super) fn joined(rows: &Rows, (with, on): (&str, &str), (alone, total): (u64, u64)) -> String {
    format!(
        "{alone} of {total} {} lack an entry among the {} with the same {}",
        rows_where(rows),
        names::plural(with),
        label(on)
    )
}

/// "dana.reyes: second factor is no": a failing row with the values that were asked for.
pub(super) fn row(rows: &Rows, record: &Record, index: usize) -> String {
    let name = row_name(rows.table, record, index);
    let facts: Vec<String> =
        asked(rows).into_iter().map(|c| fact(c, record.get(c.field).map(Datum::of))).collect();
    if facts.is_empty() { name } else { format!("{name}: {}", facts.join(", ")) }
}

/// The fields a condition on rows asks for that this row does not state.
pub(super) fn absent_fields(rows: &Rows, record: &Record) -> String {
    let absent: Vec<String> =
        asked(rows).into_iter().filter(|c| !record.contains_key(c.field)).map(|c| label(c.field)).collect();
    if absent.is_empty() { "a value is".to_owned() } else { format!("{} is", absent.join(", ")) }
}

/// Each row field once, in the order the condition names them.
fn asked(rows: &Rows) -> Vec<&Compare> {
    let mut all = Vec::new();
    if let Some(inner) = &rows.condition {
        inner.comparisons(&mut all);
    }
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|c| c.scope == crate::controls::compile::Scope::Row && seen.insert(c.field));
    all
}
