//! What stands in a row: typed values, so that a page can lay them out and an export can keep them as they are.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Value, json};

use crate::base::UnixMillis;
use crate::report::mark::Mark;
use crate::report::table::{Align, Column};
use crate::report::text;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What a selection posts.
    pub id: String,
    /// The page of the thing; its first column links there.
    pub href: Option<String>,
    /// A cell for each column of the table, in their order.
    pub cells: Vec<Cell>,
}

/// A value in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A link to another page, with a second line when there is one.
    Link {
        /// What it says.
        label: String,
        /// Where it leads.
        href: String,
        /// The second line.
        detail: Option<String>,
    },
    /// A status.
    Chip {
        /// Its icon and colour.
        mark: Mark,
        /// Its word.
        word: String,
    },
    /// An instant.
    Time(UnixMillis),
    /// A whole number.
    Number(i64),
    /// A number with one decimal.
    Score(f64),
    /// A size.
    Bytes(u64),
    /// A digest or another long identifier: shown short, kept whole.
    Code(String),
    /// Several words.
    List(Vec<String>),
    /// Nothing, and why: `not collected`.
    Missing(Cow<'static, str>),
}

impl Cell {
    /// Words, or why there are none.
    pub fn text_or(text: Option<String>, why: &'static str) -> Self {
        text.filter(|t| !t.is_empty()).map_or(Self::Missing(Cow::Borrowed(why)), Self::Text)
    }

    /// An instant, or why there is none.
    pub fn time_or(time: Option<UnixMillis>, why: &'static str) -> Self {
        time.map_or(Self::Missing(Cow::Borrowed(why)), Self::Time)
    }

    /// The value itself, for machines.
    pub fn raw(&self) -> Value {
        match self {
            Self::Text(text) | Self::Code(text) => json!(text),
            Self::Link { label, .. } => json!(label),
            Self::Chip { word, .. } => json!(text::slug(word)),
            Self::Time(time) => json!(time.to_rfc3339()),
            Self::Number(number) => json!(number),
            Self::Score(score) => json!(score),
            Self::Bytes(bytes) => json!(bytes),
            Self::List(words) => json!(words),
            Self::Missing(_) => Value::Null,
        }
    }

    /// The value as words, for spreadsheets; empty when there is nothing.
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Code(text) => text.clone(),
            Self::Link { label, .. } => label.clone(),
            Self::Chip { word, .. } => word.clone(),
            Self::Time(time) => time.to_rfc3339(),
            Self::Number(number) => number.to_string(),
            Self::Score(score) => text::score(*score),
            Self::Bytes(bytes) => bytes.to_string(),
            Self::List(words) => words.join("; "),
            Self::Missing(_) => String::new(),
        }
    }
}

/// A cell as the template takes it. Exactly one of the options is some.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CellView {
    /// Whether it stands at the end.
    pub num: bool,
    /// Whether it is the row's own link.
    pub row_href: Option<String>,
    /// Words.
    pub text: Option<String>,
    /// A link.
    pub link: Option<LinkView>,
    /// A status.
    pub chip: Option<ChipView>,
    /// An instant.
    pub time: Option<TimeView>,
    /// A digest.
    pub code: Option<CodeView>,
    /// Several words.
    pub list: Option<Vec<String>>,
    /// Why there is nothing.
    pub missing: Option<String>,
}

/// A link in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkView {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// The second line.
    pub detail: Option<String>,
}

/// A status in a cell, as `partials/chip` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChipView {
    /// Suffix of its style class and icon.
    pub class: &'static str,
    /// The word.
    pub word: String,
}

/// An instant in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimeView {
    /// For machines.
    pub iso: String,
    /// For people.
    pub shown: String,
}

/// A digest in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeView {
    /// All of it.
    pub full: String,
    /// Its beginning and end.
    pub short: String,
}

impl CellView {
    /// A cell of this column.
    pub(super) fn new(cell: &Cell, column: &Column) -> Self {
        Self { num: column.align == Align::End, ..Self::of(cell) }
    }

    /// A value that stands in no table's column.
    pub fn of(cell: &Cell) -> Self {
        let view = Self::default();
        match cell {
            Cell::Text(text) => Self { text: Some(text.clone()), ..view },
            Cell::Link { label, href, detail } => {
                let link = LinkView { label: label.clone(), href: href.clone(), detail: detail.clone() };
                Self { link: Some(link), ..view }
            }
            Cell::Chip { mark, word } => {
                Self { chip: Some(ChipView { class: mark.class(), word: word.clone() }), ..view }
            }
            Cell::Time(time) => {
                Self { time: Some(TimeView { iso: time.to_rfc3339(), shown: time.to_display() }), ..view }
            }
            Cell::Number(number) => Self { text: Some(text::signed(*number)), ..view },
            Cell::Score(score) => Self { text: Some(text::score(*score)), ..view },
            Cell::Bytes(bytes) => Self { text: Some(text::size(*bytes)), ..view },
            Cell::Code(code) => {
                Self { code: Some(CodeView { full: code.clone(), short: text::short_digest(code) }), ..view }
            }
            Cell::List(words) => Self { list: Some(words.clone()), ..view },
            Cell::Missing(why) => Self { missing: Some(why.clone().into_owned()), ..view },
        }
    }
}
