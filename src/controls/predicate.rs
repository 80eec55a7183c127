//! The closed language of conditions. It terminates, names what fails, and is type-checked when loaded.

mod decode;
mod span;

use serde::{Deserialize, Serialize};

pub(super) use decode::nearest;
pub use span::{Period, SpanError};

/// A length of time as written: `30d`, `48h`, `90m`, or `1mo` (one calendar month, clamped to the month's end).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub String);

/// A literal to compare with.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Operand {
    /// Yes or no.
    Bool(bool),
    /// Whole number.
    Int(i64),
    /// Fraction.
    Num(f64),
    /// Words.
    Text(String),
}

/// A condition on a record. In YAML exactly one form per entry: a `path` with one operator, or one of
/// `all`, `any`, `none`, `count`, `share`, `join`.
///
/// Paths: `subject.<field>`, `evidence.<field>`, and inside `where` of a row table the plain field name.
/// A comparison with an absent field is *unknown*, except `exists` and `absent`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Predicate {
    /// Every condition holds.
    All {
        /// The conditions.
        all: Vec<Predicate>,
    },
    /// At least one condition holds.
    Any {
        /// The conditions.
        any: Vec<Predicate>,
    },
    /// No condition holds.
    None {
        /// The conditions.
        none: Vec<Predicate>,
    },
    /// How many rows satisfy `where`.
    Count {
        /// The counting.
        count: RowCount,
    },
    /// Which share of the rows (0 to 1) satisfies `where`.
    Share {
        /// The counting.
        share: RowShare,
    },
    /// For every row of one table that satisfies `where`, a row of another with the same key must exist.
    Join {
        /// The join.
        join: RowJoin,
    },
    /// A comparison of one field.
    Field(FieldTest),
}

/// See [`Predicate::Count`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowCount {
    /// Row table (`accounts`).
    pub of: String,
    /// Which rows count; all when absent.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Box<Predicate>>,
    /// At least so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// At most so many; when there are more, each of them is a failing item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
}

/// See [`Predicate::Share`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowShare {
    /// Row table.
    pub of: String,
    /// Which rows count.
    #[serde(rename = "where")]
    pub condition: Box<Predicate>,
    /// Least share, 0 to 1.
    pub at_least: f64,
}

/// See [`Predicate::Join`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowJoin {
    /// Left row table.
    pub of: String,
    /// Which left rows must have a partner.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Box<Predicate>>,
    /// Right row table.
    pub with: String,
    /// Field of both that must be equal.
    pub on: String,
}

/// A comparison of the field at `path` by exactly one operator.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FieldTest {
    /// Where the field is.
    pub path: String,
    /// Equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eq: Option<Operand>,
    /// Not equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ne: Option<Operand>,
    /// One of; for a list: any of its members is one of.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub within: Option<Vec<Operand>>,
    /// None of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_in: Option<Vec<Operand>>,
    /// Whether the field is there (and, for text and lists, not empty).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    /// Whether the field is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<bool>,
    /// At least; for a list, its length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// At most; for a list, its length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// The instant lies more than this before the evaluation (`0d`: in the past).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_than: Option<Span>,
    /// The instant lies at most this before the evaluation, or after it (`0d`: in the future).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newer_than: Option<Span>,
    /// The text matches the anchored, linear-time regular expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
}
