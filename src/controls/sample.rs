//! Small catalogues and facts for the tests of this module.

use std::collections::BTreeMap;

use crate::base::{DAY_MS, Digest, UnixMillis};
use crate::controls::{
    Catalog, CatalogError, ControlTest, Facts, Observation, Record, SourceFile, Subject, SubjectKind, Value,
};
use crate::evidence::EvidenceKind;

/// 1 October 2026, noon.
pub(super) const NOW: UnixMillis = UnixMillis(1_790_856_000_000);

/// That many days before [`NOW`].
pub(super) const fn days_ago(days: i64) -> i64 {
    NOW.0 - days * DAY_MS
}

/// A framework with an item of each sort.
pub(super) const FRAMEWORK: &str = r#"
id: demo-1
aliases: [demo]
title: Demo
version: "1"
notice: Our own words.
items:
  - {id: "1", kind: principal, title: Inventory}
  - {id: "1.1", kind: requirement, parent: "1", title: Is kept, automation: full}
  - {id: "1.2", kind: requirement, parent: "1", title: Is used, automation: partial, provide: Minutes of a meeting}
  - {id: "1.3", kind: requirement, parent: "1", title: Is signed, automation: manual, provide: A signature}
  - {id: "1.4", kind: requirement, parent: "1", title: Was kept, superseded_by: "1.1"}
"#;

/// A file with one test: `body` holds population, evidence and pass, one per line.
pub(super) fn test_file(id: &str, links: &str, body: &str) -> String {
    let body = body.trim().lines().map(|l| format!("    {}\n", l.trim())).collect::<String>();
    format!(
        "tests:\n  - id: {id}\n    title: It holds\n    evidences: [{links}]\n{body}    severity: high\n    remediation: Mend it\n"
    )
}

/// Loads the demo framework and these test files.
pub(super) fn load(tests: &[String]) -> Result<Catalog, CatalogError> {
    let mut files = vec![SourceFile { name: "frameworks/demo.yaml".to_owned(), text: FRAMEWORK.to_owned() }];
    files.extend(
        tests
            .iter()
            .enumerate()
            .map(|(i, text)| SourceFile { name: format!("tests/t{i}.yaml"), text: text.clone() }),
    );
    Catalog::load(&files)
}

/// One test, linked directly to 1.1.
pub(super) fn test(body: &str) -> ControlTest {
    let file = test_file("demo.holds", "{framework: demo-1, id: '1.1', strength: direct}", body);
    load(&[file]).unwrap_or_else(|e| panic!("{:#?}", e.diagnostics)).tests.remove(0)
}

/// A record from pairs.
pub(super) fn record<const N: usize>(fields: [(&str, Value); N]) -> Record {
    fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
}

/// Words as a value.
pub(super) fn text(words: &str) -> Value {
    Value::Text(words.to_owned())
}

/// A subject without observations.
pub(super) fn subject<const N: usize>(kind: SubjectKind, id: &str, fields: [(&str, Value); N]) -> Subject {
    Subject { kind, id: id.to_owned(), fields: record(fields), observations: Vec::new() }
}

/// An asset with these observations.
pub(super) fn asset(id: &str, observations: Vec<Observation>) -> Subject {
    Subject {
        observations,
        ..subject(SubjectKind::Asset, id, [("type", text("deployable")), ("in_scope", Value::Bool(true))])
    }
}

/// An observation of that age in days.
pub(super) fn observation<const N: usize>(
    kind: EvidenceKind,
    age: i64,
    fields: [(&str, Value); N],
    rows: (&str, Vec<Record>),
) -> Observation {
    Observation {
        evidence: format!("ev-{}-{age}", kind.as_str()),
        sha256: Digest::of(format!("{kind}{age}").as_bytes()),
        kind,
        format: "sample".to_owned(),
        observed_at: UnixMillis(days_ago(age)),
        fields: record(fields),
        rows: BTreeMap::from([(rows.0.to_owned(), rows.1)]),
    }
}

/// An advisory feed of that age in hours.
pub(super) fn feed(hours: i64) -> Subject {
    let fields = [
        ("last_updated", Value::Int(NOW.0 - hours * 3_600_000)),
        ("advisories", Value::Int(9)),
        ("whole", Value::Bool(true)),
    ];
    subject(SubjectKind::Feed, "osv", fields)
}

/// Facts of these subjects.
pub(super) fn facts(subjects: impl Into<Vec<Subject>>) -> Facts {
    Facts { subjects: subjects.into() }
}
