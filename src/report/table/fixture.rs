//! A table made up for tests.

use crate::base::{Count, Listed, UnixMillis};
use crate::report::mark::Mark;
use crate::report::table::{
    BatchAction, Cell, Column, Direction, EmptyState, Filter, Options, Row, TableInput, TableSpec,
};

/// Evidence, as a list page would declare it.
pub(crate) const SPEC: TableSpec = TableSpec {
    id: "evidence",
    path: "/evidence",
    noun: ("item", "items"),
    columns: &[
        Column::new("file", "File").sorted(Direction::Ascending),
        Column::new("status", "Status"),
        Column::new("received", "Received").sorted(Direction::Descending),
        Column::new("bytes", "Size").sorted(Direction::Descending).figures(),
        Column::new("sha256", "SHA-256"),
        Column::new("requirements", "Requirements").optional(),
    ],
    filters: &[
        Filter {
            key: "status",
            label: "Status",
            options: Options::Fixed(&[("accepted", "Accepted"), ("quarantined", "Quarantined")]),
        },
        Filter { key: "subject", label: "Subject", options: Options::Dynamic },
    ],
    default_sort: ("received", Direction::Descending),
    searchable: Some("File, subject or digest"),
    batch: &[BatchAction {
        label: "Withdraw",
        href: "/evidence/withdraw",
        confirm: Some("Withdraw the selected items?"),
    }],
    keep: &["run"],
};

/// A row of it.
pub(crate) fn row(number: i64) -> Row {
    let mark = if number % 2 == 0 { (Mark::Met, "Accepted") } else { (Mark::NotMet, "Quarantined") };
    Row {
        id: format!("id-{number}"),
        href: Some(format!("/evidence/id-{number}")),
        cells: vec![
            Cell::Text(format!("=file{number}.json")),
            Cell::Chip { mark: mark.0, word: mark.1.to_owned() },
            Cell::Time(UnixMillis(1_795_132_800_000 + number)),
            Cell::Bytes(1_000 * number.unsigned_abs()),
            Cell::Code("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned()),
            Cell::List(vec!["6.3.2".to_owned(), "6.3.3".to_owned()]),
        ],
    }
}

/// A page of it.
pub(crate) fn input(rows: Vec<Row>) -> TableInput {
    let total = Count::Exactly(if rows.is_empty() { 0 } else { 312 });
    TableInput {
        listed: Listed { rows, start: 25, next: Some("n".to_owned()), previous: Some("p".to_owned()), total },
        options: [("subject", vec![("pay".to_owned(), "Payments".to_owned())])].into(),
        empty: EmptyState {
            title: "No evidence yet".to_owned(),
            text: "Upload a file or connect a source.".to_owned(),
            href: Some("/evidence/upload".to_owned()),
            action: Some("Upload evidence".to_owned()),
        },
    }
}
