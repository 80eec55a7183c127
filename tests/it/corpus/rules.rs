//! What must hold for the files of each manifest kind, and where each count follows from.

use attestry::evidence::EvidenceKind;

use super::{Fact, Figure, Rule, number};

pub(super) const RULES: &[Rule] = &[
    Rule {
        kind: "cyclonedx-json",
        format: "cyclonedx",
        evidence: EvidenceKind::Sbom,
        must_accept: |f| {
            f.number("parse_ok") == Some(1) && f.expected != "invalid" && !f.text("spec_version").is_empty()
        },
        counts: &[
            ("components", |f| {
                Some(number(f, "components_total")? + number(f, "metadata_component_nested")?)
            }),
            ("dependencies", |f| number(f, "dependency_edges_distinct")),
            ("services", |f| number(f, "services_total")),
            ("findings", |f| number(f, "vulnerabilities")),
        ],
    },
    Rule {
        kind: "cyclonedx-xml",
        format: "cyclonedx",
        evidence: EvidenceKind::Sbom,
        must_accept: |f| {
            f.number("parse_ok") == Some(1)
                && f.expected != "invalid"
                && f.text("namespace").starts_with("http://cyclonedx.org/schema/bom/1.")
        },
        counts: &[
            ("components", |f| {
                Some(number(f, "components_total")? + number(f, "metadata_component_nested")?)
            }),
            ("dependencies", |f| number(f, "dependency_edges_distinct")),
            ("services", |f| number(f, "services_total")),
            ("findings", |f| number(f, "vulnerabilities")),
        ],
    },
    Rule {
        kind: "compressed-sbom",
        format: "cyclonedx",
        evidence: EvidenceKind::Sbom,
        must_accept: |f| f.expected == "valid",
        counts: &[],
    },
    SPDX_JSON,
    Rule { kind: "spdx-mixed", ..SPDX_JSON },
    Rule { kind: "github-dependency-graph", ..SPDX_JSON },
    Rule { kind: "spdx-yaml", ..SPDX_JSON },
    Rule { kind: "spdx-xml", ..SPDX_JSON },
    Rule { kind: "spdx-rdf", ..SPDX_JSON },
    Rule {
        kind: "spdx-tag-value",
        // the facts of these files say of none that it could not be parsed
        must_accept: |f| is_spdx_2(f.text("spec_version")),
        ..SPDX_JSON
    },
    Rule {
        kind: "spdx3-jsonld",
        must_accept: |f| f.number("parse_ok") == Some(1),
        counts: &[
            ("components", |f| number(f, "packages")),
            ("elements", |f| number(f, "graph_elements")),
            ("files", |f| number(f, "files")),
            ("relationships", |f| number(f, "relationships")),
        ],
        ..SPDX_JSON
    },
    Rule {
        kind: "sarif",
        format: "sarif",
        evidence: EvidenceKind::Scan,
        must_accept: |f| f.number("parse_ok") == Some(1) && f.text("version") == "2.1.0",
        counts: &[("findings", |f| number(f, "results"))],
    },
    Rule {
        kind: "aws-iam-credential-report",
        format: "aws-iam-credential-report",
        evidence: EvidenceKind::Access,
        must_accept: |_| true,
        counts: &[("accounts", |f| number(f, "rows"))],
    },
    Rule {
        kind: "rustsec-md",
        format: "rustsec",
        evidence: EvidenceKind::Advisories,
        must_accept: |_| true,
        counts: &[("advisories", |_| Some(1))],
    },
    Rule {
        kind: "rustsec-tar",
        format: "rustsec",
        evidence: EvidenceKind::Advisories,
        must_accept: |_| true,
        counts: &[("advisories", |f| number(f, "files").or_else(|| number(f, "advisories")))],
    },
    Rule {
        kind: "osv",
        format: "osv",
        evidence: EvidenceKind::Advisories,
        must_accept: |f| {
            f.number("parse_ok") == Some(1) && !f.text("id").is_empty() && f.expected != "invalid"
        },
        // a list of records has no id of its own, and then the facts count nothing
        counts: &[("advisories", |f| f.get("id").map(|_| 1))],
    },
    Rule {
        kind: "osv-jsonl",
        format: "osv",
        evidence: EvidenceKind::Advisories,
        must_accept: |_| true,
        counts: &[("advisories", |f| number(f, "records"))],
    },
    Rule {
        kind: "openvex",
        format: "openvex",
        evidence: EvidenceKind::Vex,
        must_accept: |f| f.number("parse_ok") == Some(1) && f.text("context").contains("openvex"),
        counts: &[("statements", |f| number(f, "statements"))],
    },
    Rule {
        kind: "csaf",
        format: "csaf",
        evidence: EvidenceKind::Vex,
        // other categories are advisories
        must_accept: |f| {
            f.number("parse_ok") == Some(1) && f.expected != "invalid" && f.text("category") == "csaf_vex"
        },
        counts: &[("vulnerabilities", |f| number(f, "vulnerabilities"))],
    },
    Rule {
        kind: "in-toto-statement",
        format: "in-toto",
        evidence: EvidenceKind::Attestation,
        must_accept: is_statement,
        counts: STATEMENT,
    },
    Rule {
        kind: "dsse",
        format: "dsse",
        evidence: EvidenceKind::Attestation,
        must_accept: is_statement,
        counts: STATEMENT,
    },
    Rule {
        kind: "in-toto-metadata",
        format: "in-toto",
        evidence: EvidenceKind::Attestation,
        must_accept: |f| matches!(f.text("signed_type"), "link" | "layout"),
        counts: &[],
    },
    Rule {
        kind: "sigstore-bundle",
        format: "sigstore-bundle",
        evidence: EvidenceKind::Attestation,
        must_accept: |f| {
            f.number("parse_ok") == Some(1) && f.expected != "invalid" && !f.text("media_type").is_empty()
        },
        counts: &[],
    },
    Rule {
        kind: "pypi-attestation",
        format: "pep740",
        evidence: EvidenceKind::Attestation,
        must_accept: |f| f.number("parse_ok") == Some(1),
        counts: &[],
    },
];

/// A statement whose type, or whose signed payload, is well-formed.
fn is_statement(fact: &Fact) -> bool {
    fact.number("parse_ok") == Some(1)
        && fact.expected != "invalid"
        && fact.text("statement_type").contains("in-toto.io/Statement")
}

const STATEMENT: &[(&str, Figure)] =
    &[("statements", |f| f.get("statement_type").map(|_| 1)), ("subjects", |f| number(f, "subjects"))];

const SPDX_JSON: Rule = Rule {
    kind: "spdx-json",
    format: "spdx",
    evidence: EvidenceKind::Sbom,
    must_accept: |f| {
        f.number("parse_ok") == Some(1) && f.expected != "invalid" && is_spdx_2(f.text("spec_version"))
    },
    counts: &[
        ("components", |f| number(f, "packages")),
        ("files", |f| number(f, "files")),
        ("relationships", |f| number(f, "relationships")),
    ],
};

fn is_spdx_2(version: &str) -> bool {
    matches!(version, "SPDX-2.2" | "SPDX-2.3")
}
