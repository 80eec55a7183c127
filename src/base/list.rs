//! What a list is asked for and what it answers, whatever is listed: search, filters, order, one page by its key.
//!
//! A page is found by the key of its neighbour, not by counting rows over: page 400 costs what page 1 costs, and a row
//! that arrives meanwhile neither hides another nor shows it twice.

use std::collections::BTreeMap;

/// Rows are counted up to here; beyond it a list says "more than".
pub const COUNT_MOST: u64 = 10_000;

/// One page of a list, as asked for. Keys and values are not yet known to exist: whoever answers it checks them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Words that must all be found; empty for no search.
    pub search: String,
    /// Per filter the values of which one must hold.
    pub filters: BTreeMap<String, Vec<String>>,
    /// Key of the column it is ordered by.
    pub sort: String,
    /// Whether the order is turned round.
    pub descending: bool,
    /// The page after this cursor.
    pub after: Option<String>,
    /// The page before this cursor; not together with `after`.
    pub before: Option<String>,
    /// Most rows on the page.
    pub limit: u32,
}

impl ListQuery {
    /// The values asked for of a filter; none when it is not used.
    pub fn filter(&self, key: &str) -> &[String] {
        self.filters.get(key).map_or(&[], Vec::as_slice)
    }

    /// The same list from its first page on, with pages of `limit` rows: how an export walks the filtered set.
    #[must_use]
    pub fn from_start(&self, limit: u32) -> Self {
        Self { after: None, before: None, limit, ..self.clone() }
    }

    /// The same list at the page after this cursor.
    #[must_use]
    pub fn following(&self, cursor: String) -> Self {
        Self { after: Some(cursor), before: None, ..self.clone() }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows, in the order asked for.
    pub rows: Vec<T>,
    /// How many rows come before these, as far as the walk to this page knows.
    pub start: u64,
    /// Cursor of the page after this one; `None` on the last.
    pub next: Option<String>,
    /// Cursor of the page before this one; `None` on the first.
    pub previous: Option<String>,
    /// How many rows the whole list has.
    pub total: Count,
}

impl<T> Listed<T> {
    /// All rows on one page, for lists that are short by nature.
    pub fn whole(rows: Vec<T>) -> Self {
        let total = Count::Exactly(rows.len() as u64);
        Self { rows, start: 0, next: None, previous: None, total }
    }

    /// The same page with each row turned into another.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Listed<U> {
        Listed {
            rows: self.rows.into_iter().map(turn).collect(),
            start: self.start,
            next: self.next,
            previous: self.previous,
            total: self.total,
        }
    }

    /// The same page with each row turned into another, unless one cannot be.
    ///
    /// # Errors
    /// The first failure.
    pub fn try_map<U, E>(self, turn: impl FnMut(T) -> Result<U, E>) -> Result<Listed<U>, E> {
        Ok(Listed {
            rows: self.rows.into_iter().map(turn).collect::<Result<_, _>>()?,
            start: self.start,
            next: self.next,
            previous: self.previous,
            total: self.total,
        })
    }
}

/// How many rows there are, as far as anybody counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Counted to the end.
    Exactly(u64),
    /// Counting stopped here; there are at least so many.
    AtLeast(u64),
}

impl Count {
    /// The count behind a figure that was counted no further than one past [`COUNT_MOST`].
    pub const fn bounded(counted: u64) -> Self {
        if counted > COUNT_MOST { Self::AtLeast(COUNT_MOST + 1) } else { Self::Exactly(counted) }
    }

    /// Whether there is nothing.
    pub const fn is_zero(self) -> bool {
        matches!(self, Self::Exactly(0))
    }
}

/// A list was asked for in a way it cannot answer. Every message may be shown to whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// The cursor was not made by this list in this order.
    #[error(
        "the page marker in `{0}` does not belong to this list: open the list without it, from its first page"
    )]
    Cursor(&'static str),
    /// Both directions at once.
    #[error("`after` and `before` ask for two different pages: give one of them")]
    TwoCursors,
    /// Not a column it can be ordered by.
    #[error("the list cannot be sorted by `{given}`: use one of {known}")]
    Sort {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// Not a filter of this list.
    #[error("the list has no filter `{given}`: it has {known}")]
    Filter {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// Not a value of this filter.
    #[error("`{given}` is no value of the filter `{filter}`: use one of {known}")]
    Value {
        /// The filter.
        filter: String,
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// Not a column of this table.
    #[error("the table has no column `{given}`: it has {known}")]
    Column {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// Not a page size.
    #[error("`rows={given}` is no page size: use one of {known}")]
    Rows {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// Not a format of an export.
    #[error("`format={0}` is no export: use csv, xlsx or json")]
    Format(String),
    /// More values than anybody picks.
    #[error("`{key}` has more than {most} values: choose fewer")]
    TooMany {
        /// The filter.
        key: String,
        /// The limit.
        most: usize,
    },
    /// Longer than anybody types.
    #[error("`{key}` is longer than {most} characters: shorten it")]
    TooLong {
        /// The parameter.
        key: String,
        /// The limit.
        most: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_exact_up_to_its_bound_and_says_so_beyond_it() {
        assert_eq!(Count::bounded(COUNT_MOST), Count::Exactly(10_000));
        assert_eq!(Count::bounded(COUNT_MOST + 1), Count::AtLeast(10_001));
    }

    #[test]
    fn an_export_walks_the_same_set_from_its_start() {
        let asked =
            ListQuery { search: "log".to_owned(), before: Some("x".to_owned()), ..ListQuery::default() };

        let first = asked.from_start(500);

        assert_eq!((first.search.as_str(), first.before, first.limit), ("log", None, 500));
    }
}
