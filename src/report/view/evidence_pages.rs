//! Evidence as people see it: the list, quarantine, an upload with its receipts, and one item.

mod item;
mod upload;

use serde::Serialize;

use crate::controls::RequirementStatus;
use crate::evidence::EvidenceKind;
use crate::report::mark::Mark;
use crate::report::table::{BatchAction, Column, Direction, Filter, Options, TableSpec, TableView};
use crate::report::view::{Crumb, PageView};

pub use item::{
    CheckpointView, ContentTable, Digested, EvidenceItemPage, HistoryLine, NoteLine, ProofView, TestUse,
    When, WithdrawalView,
};
pub use upload::{ReceiptLine, ReceiptsPage, TurnedLine, UploadForm};

/// Every kind, as filters and selects name it.
const KINDS: &[(&str, &str)] = &[
    ("sbom", "SBOM"),
    ("scan", "Scan"),
    ("access", "Access list"),
    ("document", "Vendor document"),
    ("advisories", "Advisories"),
    ("changes", "Changes"),
    ("vex", "VEX"),
    ("attestation", "Attestation"),
    ("settings", "Settings"),
];

/// The list of evidence.
pub const EVIDENCE: TableSpec = TableSpec {
    id: "evidence",
    path: "/evidence",
    noun: ("item", "items"),
    columns: &[
        Column::new("file", "File").sorted(Direction::Ascending),
        Column::new("kind", "Kind").sorted(Direction::Ascending),
        Column::new("subject", "About").sorted(Direction::Ascending),
        Column::new("status", "Status").sorted(Direction::Ascending),
        Column::new("collected", "Collected").sorted(Direction::Descending),
        Column::new("received", "Received").sorted(Direction::Descending).optional(),
        Column::new("source", "Source").sorted(Direction::Ascending),
        Column::new("size", "Size").sorted(Direction::Descending).figures(),
        Column::new("ledger", "Ledger").sorted(Direction::Descending).figures(),
        Column::new("sha256", "SHA-256").optional(),
        Column::new("format", "Format").optional(),
    ],
    filters: &[
        Filter { key: "kind", label: "Kind", options: Options::Fixed(KINDS) },
        Filter {
            key: "status",
            label: "Status",
            options: Options::Fixed(&[
                ("accepted", "Accepted"),
                ("quarantined", "Quarantined"),
                ("withdrawn", "Withdrawn"),
            ]),
        },
        Filter {
            key: "about",
            label: "About",
            options: Options::Fixed(&[
                ("asset", "An asset"),
                ("vendor", "A vendor"),
                ("feed", "An advisory feed"),
                ("nothing", "Nothing in particular"),
            ]),
        },
        Filter { key: "subject", label: "Subject", options: Options::Dynamic },
        Filter { key: "source", label: "Source", options: Options::Dynamic },
    ],
    default_sort: ("received", Direction::Descending),
    searchable: Some("File, subject or digest"),
    batch: &[],
    keep: &[],
};

/// What could not be read.
pub const QUARANTINE: TableSpec = TableSpec {
    id: "quarantine",
    path: "/quarantine",
    noun: ("file", "files"),
    columns: &[
        Column::new("file", "File").sorted(Direction::Ascending),
        Column::new("why", "Why, and how to fix it"),
        Column::new("code", "Reason").optional(),
        Column::new("subject", "About").sorted(Direction::Ascending),
        Column::new("received", "Received").sorted(Direction::Descending),
        Column::new("size", "Size").sorted(Direction::Descending).figures(),
        Column::new("parser", "Read by").optional(),
    ],
    filters: &[Filter { key: "kind", label: "Kind", options: Options::Fixed(KINDS) }],
    default_sort: ("received", Direction::Descending),
    searchable: Some("File or subject"),
    batch: &[BatchAction { label: "Read again", href: "/quarantine/read-again", confirm: None }],
    keep: &[],
};

/// A kind in words; what could not be told says so.
pub fn kind_label(kind: &str) -> &'static str {
    KINDS.iter().find(|(word, _)| *word == kind).map_or("Not recognised", |(_, label)| label)
}

/// Every kind with its label, for selects.
pub fn kind_choices() -> impl Iterator<Item = (EvidenceKind, &'static str)> {
    EvidenceKind::ALL.into_iter().map(|kind| (kind, kind_label(kind.as_str())))
}

/// How an item's status shows.
pub fn status_mark(status: &str) -> (Mark, &'static str) {
    match status {
        "accepted" => (Mark::Met, "Accepted"),
        "withdrawn" => (Mark::NotApplicable, "Withdrawn"),
        "duplicate" => (Mark::Met, "Known already"),
        "quarantined" => (Mark::NotMet, "Quarantined"),
        _unread => (Mark::Unknown, "Unknown"),
    }
}

/// The page of what an item is about; none for what has no page.
pub fn subject_href(subject: &str) -> Option<String> {
    let (kind, key) = subject.split_once(':')?;
    let key: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
    match kind {
        "vendor" => Some(format!("/vendors/{}", key.replace('+', "%20"))),
        "asset" => Some(format!("/evidence?subject=asset%3A{key}")),
        _no_page => None,
    }
}

/// A chip: class of colour and icon, and its word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusChip {
    /// Suffix of its style class and icon.
    pub class: &'static str,
    /// The word.
    pub word: String,
}

impl StatusChip {
    /// A mark under a word of its own.
    pub fn new(mark: Mark, word: impl Into<String>) -> Self {
        Self { class: mark.class(), word: word.into() }
    }

    /// The chip of an item's status.
    pub fn of_status(status: &str) -> Self {
        let (mark, word) = status_mark(status);
        Self::new(mark, word)
    }

    /// The chip of a requirement's status.
    pub fn of_requirement(status: RequirementStatus) -> Self {
        let (mark, _) = Mark::of_requirement(status);
        Self::new(mark, mark.word())
    }
}

/// The page `/evidence`.
#[derive(Debug, Serialize)]
pub struct EvidenceList {
    /// The table.
    pub table: TableView,
    /// Whether whoever looks may upload.
    pub may_upload: bool,
}

impl PageView for EvidenceList {
    const TEMPLATE: &'static str = "evidence";
    const SEEN_AS_OF: bool = true;

    fn tab(&self) -> String {
        "Evidence".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Evidence")]
    }
}

/// The page `/quarantine`.
#[derive(Debug, Serialize)]
pub struct QuarantineList {
    /// The table.
    pub table: TableView,
}

impl PageView for QuarantineList {
    const TEMPLATE: &'static str = "quarantine";

    fn tab(&self) -> String {
        "Quarantine".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Evidence", "/evidence"), Crumb::here("Quarantine")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_declared_soundly() {
        assert_eq!(EVIDENCE.problems(), Vec::<String>::new());
        assert_eq!(QUARANTINE.problems(), Vec::<String>::new());
    }

    #[test]
    fn every_kind_has_a_label() {
        for kind in EvidenceKind::ALL {
            assert_ne!(kind_label(kind.as_str()), "Not recognised", "{kind}");
        }
    }

    #[test]
    fn subjects_lead_to_their_pages_and_nowhere_else() {
        assert_eq!(subject_href("vendor:nimbus"), Some("/vendors/nimbus".to_owned()));
        assert_eq!(subject_href("vendor:a/../b?c"), Some("/vendors/a%2F..%2Fb%3Fc".to_owned()));
        assert_eq!(subject_href("feed:osv"), None);
        assert_eq!(subject_href(""), None);
    }
}
