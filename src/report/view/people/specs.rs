//! The lists: their columns, filters and orders.

use crate::report::table::{Column, Direction, Filter, Options, TableSpec};

const UP: Direction = Direction::Ascending;
const DOWN: Direction = Direction::Descending;

const fn fixed(
    key: &'static str,
    label: &'static str,
    of: &'static [(&'static str, &'static str)],
) -> Filter {
    Filter { key, label, options: Options::Fixed(of) }
}

/// People who may sign in.
pub const USERS: TableSpec = TableSpec {
    id: "users",
    path: "/users",
    noun: ("person", "people"),
    columns: &[
        Column::new("name", "Name").sorted(UP),
        Column::new("email", "E-mail").sorted(UP),
        Column::new("role", "Role").sorted(UP),
        Column::new("engagement", "Engagement"),
        Column::new("second", "Second factor"),
        Column::new("seen", "Last seen"),
        Column::new("status", "Status"),
        Column::new("added", "Added").sorted(DOWN).optional(),
    ],
    filters: &[
        fixed(
            "role",
            "Role",
            &[
                ("administrator", "Administrator"),
                ("officer", "Compliance officer"),
                ("contributor", "Contributor"),
                ("reviewer", "Reviewer"),
                ("auditor", "Auditor"),
                ("vendor-contact", "Vendor contact"),
            ],
        ),
        fixed("disabled", "Status", &[("false", "Active"), ("true", "Disabled")]),
    ],
    default_sort: ("name", UP),
    searchable: Some("Name or e-mail"),
    batch: &[],
    keep: &[],
};

/// API tokens.
pub const TOKENS: TableSpec = TableSpec {
    id: "tokens",
    path: "/tokens",
    noun: ("token", "tokens"),
    columns: &[
        Column::new("name", "Name").sorted(UP),
        Column::new("owner", "Owner"),
        Column::new("scopes", "May"),
        Column::new("status", "Status"),
        Column::new("used", "Last used"),
        Column::new("expires", "Expires").sorted(DOWN),
        Column::new("created", "Created").sorted(DOWN),
    ],
    filters: &[],
    default_sort: ("created", DOWN),
    searchable: Some("Name"),
    batch: &[],
    keep: &[],
};

/// The audit trail.
pub const AUDIT_TRAIL: TableSpec = TableSpec {
    id: "audit-trail",
    path: "/audit-trail",
    noun: ("action", "actions"),
    columns: &[
        Column::new("when", "When").sorted(DOWN),
        Column::new("who", "Who"),
        Column::new("what", "What"),
        Column::new("action", "Action"),
        Column::new("object", "Object"),
        Column::new("outcome", "Outcome"),
        Column::new("place", "From"),
        Column::new("entry", "Ledger entry").figures(),
        Column::new("no", "Number").figures().optional(),
        Column::new("agent", "Program").optional(),
    ],
    filters: &[
        Filter { key: "action", label: "Action", options: Options::Dynamic },
        Filter { key: "actor", label: "Who", options: Options::Dynamic },
        fixed("outcome", "Outcome", &[("done", "Done"), ("refused", "Refused")]),
    ],
    default_sort: ("when", DOWN),
    searchable: Some("Action, object or identifier"),
    batch: &[],
    keep: &["from", "to"],
};

/// Engagements of auditors.
pub const AUDITS: TableSpec = TableSpec {
    id: "audits",
    path: "/audits",
    noun: ("engagement", "engagements"),
    columns: &[
        Column::new("name", "Engagement").sorted(UP),
        Column::new("frameworks", "Frameworks"),
        Column::new("from", "Period from").sorted(DOWN),
        Column::new("to", "Period to").sorted(DOWN),
        Column::new("auditors", "Auditors").figures(),
        Column::new("packs", "Packs").figures(),
        Column::new("status", "Status"),
        Column::new("created", "Set up").sorted(DOWN),
    ],
    filters: &[],
    default_sort: ("created", DOWN),
    searchable: Some("Name or framework"),
    batch: &[],
    keep: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_laid_out_soundly() {
        for spec in [USERS, TOKENS, AUDIT_TRAIL, AUDITS] {
            assert_eq!(spec.problems(), Vec::<String>::new(), "{}", spec.id);
        }
    }
}
