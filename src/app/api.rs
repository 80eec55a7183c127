//! What programs are told, and do: plain records of a stable shape, behind the HTTP API.
//!
//! Field names and words here are a contract. Instants are RFC 3339 text; what is not known is `null`.

mod controls;
mod evidence;
mod once;
mod packs;
mod people;
mod supply;
mod work;

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::{Count, Listed, UnixMillis};

pub use controls::{
    FailingRecord, FrameworkRecord, GapItemRecord, GapRecord, OverviewRecord, RequirementDetail,
    RequirementRecord, StatusCount, SubjectRecord, TestDetail, TestRecord,
};
pub use evidence::{
    EvidenceRecord, Handing, NoteRecord, ReceiptRecord, RecordCounts, RequirementTurn, WithdrawalAsked,
    WithdrawalDecided,
};
pub use once::{Begun, Kept};
pub use packs::{OrderRecord, PackRecord};
pub use people::{ActionRecord, NewTokenRecord, PersonRecord, TokenOrder, TokenRecord};
pub use supply::{
    ComponentRecord, FindingDetail, FindingRecord, SbomRecord, SightingRecord, VendorDetail, VendorRecord,
};
pub use work::{RunRecord, SourceRecord, StartedRun};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<T> {
    /// The items, in the order asked for.
    pub items: Vec<T>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Cursor of the page before.
    pub previous: Option<String>,
    /// How many the whole list has.
    pub total: Total,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
    /// So many, or at least so many.
    pub count: u64,
    /// Whether counting went to the end.
    pub exact: bool,
}

impl<T> From<Listed<T>> for Page<T> {
    fn from(listed: Listed<T>) -> Self {
        let (count, exact) = match listed.total {
            Count::Exactly(count) => (count, true),
            Count::AtLeast(count) => (count, false),
        };
        Self {
            items: listed.rows,
            next: listed.next,
            previous: listed.previous,
            total: Total { count, exact },
        }
    }
}

/// Where a list that is short by nature is read on from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walk {
    /// The key of the last item that is known.
    pub after: Option<String>,
    /// Most items.
    pub rows: usize,
}

impl Walk {
    /// The page of a list that is held in memory. A key that is not there ends the walk.
    fn page<T>(&self, all: Vec<T>, key: impl Fn(&T) -> &str) -> Page<T> {
        let total = Total { count: all.len() as u64, exact: true };
        let from = match &self.after {
            None => 0,
            Some(after) => all.iter().position(|item| key(item) == after).map_or(all.len(), |at| at + 1),
        };
        let more = all.len() > from + self.rows;
        let items: Vec<T> = all.into_iter().skip(from).take(self.rows).collect();
        let next = items.last().filter(|_| more).map(|item| key(item).to_owned());
        Page { items, next, previous: None, total }
    }
}

fn instant(at: UnixMillis) -> String {
    at.to_rfc3339()
}

/// A word in the database's spelling; empty means that nothing is known.
fn known(word: &str) -> Option<String> {
    (!word.is_empty()).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_list_is_walked_to_its_end() {
        let walk = |after: Option<&str>| Walk { after: after.map(str::to_owned), rows: 2 };
        let all = || vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];

        let first = walk(None).page(all(), |s| s);
        let second = walk(first.next.as_deref()).page(all(), |s| s);

        assert_eq!((first.items.len(), first.next.as_deref(), first.total.count), (2, Some("b"), 3));
        assert_eq!((second.items, second.next), (vec!["c".to_owned()], None));
    }
}
