//! One comparison of one value, and the instant at which time alone will turn it.

use crate::base::UnixMillis;
use crate::controls::compile::{Compare, Op};
use crate::controls::{FieldType, Operand, Period, Value};

use super::Truth;

/// A borrowed field value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::controls) enum Datum<'v> {
    Bool(bool),
    Int(i64),
    Num(f64),
    Text(&'v str),
    List(&'v [String]),
}

impl<'v> Datum<'v> {
    pub fn of(value: &'v Value) -> Self {
        match value {
            Value::Bool(b) => Self::Bool(*b),
            Value::Int(i) => Self::Int(*i),
            Value::Num(n) => Self::Num(*n),
            Value::Text(t) => Self::Text(t),
            Value::List(l) => Self::List(l),
        }
    }

    /// The number, or the length of a list.
    #[expect(clippy::cast_precision_loss, reason = "counts and bounds stay far below 2^53")]
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Int(i) => Some(i as f64),
            Self::Num(n) => Some(n).filter(|n| !n.is_nan()),
            Self::List(list) => Some(list.len() as f64),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }

    /// Whether something is really there: empty words say nothing.
    pub fn is_stated(self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Bool(_) | Self::Int(_) | Self::Num(_) => true,
        }
    }

    fn fits(self, kind: FieldType) -> bool {
        match self {
            Self::Bool(_) => kind == FieldType::Bool,
            Self::Int(_) => matches!(kind, FieldType::Number | FieldType::Time),
            Self::Num(n) => kind == FieldType::Number && !n.is_nan(),
            Self::Text(_) => kind == FieldType::Text,
            Self::List(_) => kind == FieldType::List,
        }
    }
}

/// The first instant after the evaluation at which a comparison that was made turns.
#[derive(Debug, Default)]
pub(in crate::controls) struct Flips(Option<UnixMillis>);

impl Flips {
    /// Whether `at` lies beyond `limit`; remembers when it first will.
    pub fn passed(&mut self, limit: UnixMillis, at: UnixMillis) -> bool {
        if at > limit {
            return true;
        }
        if limit < UnixMillis(i64::MAX) {
            let turn = limit.plus_millis(1);
            self.0 = Some(self.0.map_or(turn, |first| first.min(turn)));
        }
        false
    }

    /// The first such instant; `None` when time alone changes nothing.
    pub const fn first(&self) -> Option<UnixMillis> {
        self.0
    }
}

impl Op {
    /// Whether it asks if a field is there at all.
    pub fn asks_for_presence(&self) -> bool {
        matches!(self, Self::Exists | Self::Absent)
    }
}

/// Compares. An absent value, or one of another type than the schema says, is unknown.
pub(super) fn test(compare: &Compare, datum: Option<Datum<'_>>, at: UnixMillis, flips: &mut Flips) -> Truth {
    let stated = datum.is_some_and(Datum::is_stated);
    match &compare.op {
        Op::Exists => return Truth::of(stated),
        Op::Absent => return Truth::of(!stated),
        Op::Eq(_) | Op::Ne(_) | Op::In(_) | Op::NotIn(_) | Op::AtLeast(_) | Op::AtMost(_) => {}
        Op::OlderThan(_) | Op::NewerThan(_) | Op::Matches(_) => {}
    }
    let Some(datum) = datum.filter(|d| d.fits(compare.kind)) else { return Truth::Unknown };
    match &compare.op {
        Op::Eq(operand) => Truth::of(equal(datum, operand)),
        Op::Ne(operand) => Truth::of(!equal(datum, operand)),
        Op::In(operands) => Truth::of(any_of(datum, operands)),
        Op::NotIn(operands) => Truth::of(!any_of(datum, operands)),
        Op::Exists | Op::Absent => Truth::Unknown,
        Op::AtLeast(bound) => datum.number().map_or(Truth::Unknown, |n| Truth::of(n >= *bound)),
        Op::AtMost(bound) => datum.number().map_or(Truth::Unknown, |n| Truth::of(n <= *bound)),
        Op::OlderThan(period) => beyond(datum, *period, at, flips),
        Op::NewerThan(period) => beyond(datum, *period, at, flips).not(),
        Op::Matches(regex) => {
            if let Datum::Text(text) = datum {
                Truth::of(regex.is_match(text))
            } else {
                Truth::Unknown
            }
        }
    }
}

fn beyond(datum: Datum<'_>, period: Period, at: UnixMillis, flips: &mut Flips) -> Truth {
    let Datum::Int(instant) = datum else { return Truth::Unknown };
    Truth::of(flips.passed(period.after(UnixMillis(instant)), at))
}

/// Exactly equal, as written in the control.
fn equal(datum: Datum<'_>, operand: &Operand) -> bool {
    match (datum, operand) {
        (Datum::Bool(left), Operand::Bool(right)) => left == *right,
        (Datum::Int(left), Operand::Int(right)) => left == *right,
        (Datum::Text(left), Operand::Text(right)) => left == right,
        (Datum::Num(_), Operand::Int(right)) => datum.number() == Datum::Int(*right).number(),
        (Datum::Int(_) | Datum::Num(_), Operand::Num(right)) => datum.number() == Some(*right),
        (Datum::Bool(_) | Datum::Int(_) | Datum::Num(_) | Datum::Text(_) | Datum::List(_), _) => false,
    }
}

/// For a list, whether any member is one of the operands.
fn any_of(datum: Datum<'_>, operands: &[Operand]) -> bool {
    match datum {
        Datum::List(list) => list.iter().any(|member| operands.iter().any(|o| equal(Datum::Text(member), o))),
        Datum::Bool(_) | Datum::Int(_) | Datum::Num(_) | Datum::Text(_) => {
            operands.iter().any(|operand| equal(datum, operand))
        }
    }
}
