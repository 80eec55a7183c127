//! A list of findings, made up.

use crate::base::{Count, Listed, UnixMillis};
use crate::report::Mark;
use crate::report::table::{
    BatchAction, Cell, Column, Direction, EmptyState, Filter, Options, Row, TableInput, TableSpec, TableView,
};

const FINDINGS: TableSpec = TableSpec {
    id: "findings",
    path: "/findings",
    noun: ("finding", "findings"),
    columns: &[
        Column::new("id", "Finding").sorted(Direction::Ascending),
        Column::new("title", "What"),
        Column::new("asset", "Asset").sorted(Direction::Ascending),
        Column::new("status", "Status"),
        Column::new("due", "Due").sorted(Direction::Ascending),
        Column::new("age", "Age, days").sorted(Direction::Descending).figures(),
        Column::new("digest", "Evidence").optional(),
    ],
    filters: &[
        Filter {
            key: "state",
            label: "State",
            options: Options::Fixed(&[("open", "Open"), ("accepted", "Accepted"), ("mended", "Mended")]),
        },
        Filter { key: "asset", label: "Asset", options: Options::Dynamic },
    ],
    default_sort: ("due", Direction::Ascending),
    searchable: Some("Finding, CVE or asset"),
    batch: &[
        BatchAction { label: "Assign", href: "/findings/assign", confirm: None },
        BatchAction {
            label: "Accept risk",
            href: "/findings/accept",
            confirm: Some("Accept the selected risks?"),
        },
    ],
    keep: &[],
};

/// Finding, what, asset, status, days until due, age in days.
type Line = (&'static str, &'static str, &'static str, Mark, Option<i64>, i64);

const LINES: &[Line] = &[
    ("F-2041", "CVE-2026-21144 in openssl 3.0.14", "billing-api", Mark::NotMet, Some(-2), 34),
    ("F-2039", "CVE-2026-19902 in log4j-core 2.17.0", "ledger-worker", Mark::Attention, Some(4), 26),
    ("F-2037", "Public bucket without access logging", "aws-prod", Mark::Attention, Some(11), 12),
    ("F-2036", "Branch protection is off for main", "card-vault", Mark::Unknown, None, 11),
    ("F-2031", "Penetration test is older than 12 months", "Northwind Payments", Mark::Manual, Some(25), 9),
    ("F-2030", "TLS 1.1 accepted on the partner gateway", "partner-gateway", Mark::Met, Some(-21), 41),
    ("F-2028", "Wireless scan", "Warsaw office", Mark::NotApplicable, None, 40),
    ("F-2022", "CVE-2026-18110 in libxml2 2.9.14", "statement-renderer", Mark::Attention, Some(9), 22),
    ("F-2019", "Container runs as root", "settlement-batch", Mark::NotMet, Some(-10), 55),
    ("F-2011", "Administrator without second factor", "aws-prod", Mark::Met, Some(-19), 3),
];

/// The second page of it, narrowed.
pub(super) fn table() -> TableView {
    let request = FINDINGS.read("state=open&asset=aws-prod&as_of=2026-11-20").unwrap();
    let options = [("asset", vec![("aws-prod".to_owned(), "aws-prod".to_owned())])].into();
    let empty = EmptyState {
        title: "No finding is open".to_owned(),
        text: "Findings come from scanners, tests and auditors.".to_owned(),
        href: None,
        action: None,
    };
    let rows = LINES.iter().map(row).collect();
    let listed = Listed {
        rows,
        start: 25,
        next: Some("n".to_owned()),
        previous: Some("p".to_owned()),
        total: Count::Exactly(312),
    };
    FINDINGS.view(&request, TableInput { listed, options, empty })
}

fn row((id, title, asset, mark, due, age): &Line) -> Row {
    let now = 1_795_132_800_000;
    let due = due.map(|days| UnixMillis(now + days * 86_400_000));
    Row {
        id: (*id).to_owned(),
        href: Some(format!("/findings/{id}")),
        cells: vec![
            Cell::Text((*id).to_owned()),
            Cell::Text((*title).to_owned()),
            Cell::Text((*asset).to_owned()),
            Cell::Chip { mark: *mark, word: mark.word().to_owned() },
            due.map_or(Cell::Missing("no due date".into()), Cell::Time),
            Cell::Number(*age),
            Cell::Code("9f2c81d0a7e45b0f3c1d22aa90b1c7745ea6e3ff0912c4d2b8716e7e3a41aa07".to_owned()),
        ],
    }
}
