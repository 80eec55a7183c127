//! The lists: their columns, filters and orders.

use crate::report::table::{Column, Direction, Filter, Options, TableSpec};

const UP: Direction = Direction::Ascending;
const DOWN: Direction = Direction::Descending;

const fn filter(
    key: &'static str,
    label: &'static str,
    of: &'static [(&'static str, &'static str)],
) -> Filter {
    Filter { key, label, options: Options::Fixed(of) }
}

const YES_NO: &[(&str, &str)] = &[("yes", "Yes"), ("no", "No")];

/// Bills of materials.
pub const SBOMS: TableSpec = TableSpec {
    id: "sboms",
    path: "/sboms",
    noun: ("SBOM", "SBOMs"),
    columns: &[
        Column::new("document", "Document").sorted(UP),
        Column::new("asset", "Asset").sorted(UP),
        Column::new("age", "Age"),
        Column::new("format", "Format"),
        Column::new("components", "Components").figures(),
        Column::new("purl", "With purl").figures(),
        Column::new("observed", "Made or seen").sorted(DOWN),
        Column::new("evidence", "Evidence"),
    ],
    filters: &[
        filter("current", "Shown", &[("newest", "Newest of its asset"), ("superseded", "Superseded")]),
        filter("standard", "Format", &[("cyclonedx", "CycloneDX"), ("spdx", "SPDX")]),
    ],
    default_sort: ("observed", DOWN),
    searchable: Some("Document or asset"),
    batch: &[],
    keep: &[],
};

/// Components of one bill of materials.
pub const COMPONENTS: TableSpec = TableSpec {
    id: "components",
    path: "/sboms",
    noun: ("component", "components"),
    columns: &[
        Column::new("name", "Component").sorted(UP),
        Column::new("version", "Version"),
        Column::new("relation", "Relation"),
        Column::new("vulnerable", "Vulnerabilities"),
        Column::new("licences", "Licences"),
        Column::new("type", "Type").sorted(UP),
        Column::new("supplier", "Supplier").optional(),
        Column::new("purl", "Package URL").optional(),
    ],
    filters: &[
        filter("vulnerable", "Vulnerable", &[("yes", "Matched by an advisory")]),
        filter(
            "relation",
            "Relation",
            &[("direct", "Direct"), ("transitive", "Transitive"), ("unstated", "Not stated")],
        ),
        filter("has-purl", "Package URL", YES_NO),
        filter("has-licence", "Licence", YES_NO),
        Filter { key: "type", label: "Type", options: Options::Dynamic },
        Filter { key: "licence", label: "Licence text", options: Options::Dynamic },
    ],
    default_sort: ("name", UP),
    searchable: Some("Name, package URL or licence"),
    batch: &[],
    keep: &[],
};

/// Findings.
pub const FINDINGS: TableSpec = TableSpec {
    id: "findings",
    path: "/findings",
    noun: ("finding", "findings"),
    columns: &[
        Column::new("title", "Finding"),
        Column::new("severity", "Severity").sorted(DOWN),
        Column::new("asset", "Asset").sorted(UP),
        Column::new("tool", "Tool"),
        Column::new("rule", "Rule").optional(),
        Column::new("location", "Location").optional(),
        Column::new("opened", "Open since").sorted(UP),
        Column::new("due", "To be fixed by").sorted(UP),
        Column::new("state", "State").optional(),
        Column::new("first", "First seen").optional(),
        Column::new("last", "Last seen").optional(),
        Column::new("identity", "Identity").optional(),
    ],
    filters: &[
        filter(
            "severity",
            "Severity",
            &[
                ("critical", "Critical"),
                ("high", "High"),
                ("medium", "Medium"),
                ("low", "Low"),
                ("none", "None"),
                ("unknown", "Unknown"),
            ],
        ),
        filter(
            "state",
            "State",
            &[
                ("open", "Open"),
                ("review", "To be reviewed"),
                ("suppressed", "Suppressed"),
                ("closed", "Closed"),
                ("pass", "Passed"),
                ("not_applicable", "Not applicable"),
            ],
        ),
        filter("clock", "Deadline", &[("overdue", "Past its deadline")]),
        Filter { key: "asset", label: "Asset", options: Options::Dynamic },
        Filter { key: "tool", label: "Tool", options: Options::Dynamic },
    ],
    default_sort: ("severity", DOWN),
    searchable: Some("Title, rule, place or asset"),
    batch: &[],
    keep: &[],
};

/// Sources.
pub const SOURCES: TableSpec = TableSpec {
    id: "sources",
    path: "/sources",
    noun: ("source", "sources"),
    columns: &[
        Column::new("name", "Source").sorted(UP),
        Column::new("health", "Health"),
        Column::new("type", "Type").sorted(UP),
        Column::new("last", "Last run"),
        Column::new("brought", "It brought"),
        Column::new("schedule", "Schedule"),
        Column::new("next", "Next run"),
    ],
    filters: &[filter("enabled", "Enabled", &[("true", "Yes"), ("false", "No")])],
    default_sort: ("name", UP),
    searchable: Some("Name or type"),
    batch: &[],
    keep: &[],
};

/// Runs.
pub const RUNS: TableSpec = TableSpec {
    id: "runs",
    path: "/runs",
    noun: ("run", "runs"),
    columns: &[
        Column::new("what", "Run"),
        Column::new("state", "Outcome").sorted(UP),
        Column::new("trigger", "Why"),
        Column::new("started", "Started").sorted(DOWN),
        Column::new("took", "Took").figures(),
        Column::new("accepted", "Accepted").figures(),
        Column::new("duplicates", "Seen before").figures(),
        Column::new("quarantined", "Quarantined").figures(),
        Column::new("missed", "Missed before").figures().optional(),
        Column::new("problem", "Problem"),
    ],
    filters: &[
        filter(
            "state",
            "Outcome",
            &[
                ("ready", "Waiting"),
                ("running", "Running"),
                ("done", "Done"),
                ("failed", "Failed"),
                ("abandoned", "Abandoned"),
            ],
        ),
        filter(
            "job",
            "Job",
            &[
                ("collect", "Collect"),
                ("evaluate", "Evaluate"),
                ("match", "Match advisories"),
                ("score", "Score vendors"),
                ("checkpoint", "Checkpoint"),
                ("import", "Import"),
                ("pack", "Create pack"),
            ],
        ),
        filter(
            "trigger",
            "Why",
            &[
                ("schedule", "Schedule"),
                ("catch-up", "Catch-up"),
                ("now", "Asked for"),
                ("command", "Command line"),
            ],
        ),
    ],
    default_sort: ("started", DOWN),
    searchable: None,
    batch: &[],
    keep: &[],
};

/// Vendors.
pub const VENDORS: TableSpec = TableSpec {
    id: "vendors",
    path: "/vendors",
    noun: ("vendor", "vendors"),
    columns: &[
        Column::new("name", "Vendor").sorted(UP),
        Column::new("tier", "Tier"),
        Column::new("residual", "Residual risk").sorted(DOWN).figures(),
        Column::new("change", "Since the run before").figures(),
        Column::new("confidence", "Confidence").figures(),
        Column::new("worst", "Worst point"),
        Column::new("documents", "Documents"),
        Column::new("scored", "Scored").optional(),
        Column::new("inherent", "Inherent risk").figures().optional(),
    ],
    filters: &[filter(
        "tier",
        "Tier",
        &[
            ("critical", "Critical"),
            ("high", "High"),
            ("medium", "Medium"),
            ("low", "Low"),
            ("none", "Not scored"),
        ],
    )],
    default_sort: ("residual", DOWN),
    searchable: Some("Name or key"),
    batch: &[],
    keep: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_declared_without_contradiction() {
        for spec in [SBOMS, COMPONENTS, FINDINGS, SOURCES, RUNS, VENDORS] {
            assert!(spec.problems().is_empty(), "{}: {:?}", spec.id, spec.problems());
        }
    }
}
