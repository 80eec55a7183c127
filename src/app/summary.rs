//! Summary fields of a document: what a test may ask without looking at its rows.

use crate::base::{DAY_MS, UnixMillis};
use crate::controls::{Record, Value};
use crate::evidence::Evidence;
use crate::evidence::sbom::{Component, Sbom};
use crate::evidence::scan::{FindingState, Scan};
use crate::store::FeedUpdate;

/// Tools by what their findings are about. Anything else is `other`.
const CATEGORIES: [(&str, &[&str]); 5] = [
    // our own match reports are a category of their own: no second opinion on themselves
    ("matches", &["attestry"]),
    ("secrets", &["gitleaks", "trufflehog", "detect-secrets", "ggshield", "noseyparker", "secret"]),
    (
        "dependencies",
        &[
            "trivy",
            "grype",
            "osv-scanner",
            "cargo-audit",
            "cargo-deny",
            "npm audit",
            "pip-audit",
            "snyk",
            "dependency",
        ],
    ),
    (
        "infrastructure",
        &["checkov", "tfsec", "kics", "terrascan", "prowler", "kube", "dockle", "hadolint", "cfn"],
    ),
    (
        "sast",
        &[
            "semgrep",
            "codeql",
            "clippy",
            "bandit",
            "gosec",
            "eslint",
            "brakeman",
            "spotbugs",
            "sonar",
            "pmd",
            "flawfinder",
            "cppcheck",
            "devskim",
            "bearer",
            "njsscan",
            "rust-analyzer",
            "horusec",
            "psalm",
        ],
    ),
];

/// The fields of a document under their names in `controls::FactSchema`.
pub fn summary(evidence: &Evidence) -> Record {
    match evidence {
        Evidence::Sbom(sbom) => of_sbom(sbom),
        Evidence::Scan(scan) => of_scan(scan),
        Evidence::Access(list) => {
            let mut record = Record::from([("accounts".to_owned(), count(list.accounts.len()))]);
            put_text(&mut record, "system", list.system.as_deref());
            record
        }
        Evidence::Changes(log) => {
            let mut record = Record::from([("changes".to_owned(), count(log.changes.len()))]);
            put_text(&mut record, "head", log.head.as_deref());
            record
        }
        Evidence::Advisories(advisories) => {
            let newest = advisories.iter().filter_map(|a| a.modified.max(a.published)).max();
            let mut record = Record::from([("advisories".to_owned(), count(advisories.len()))]);
            if let Some(newest) = newest {
                record.insert("newest".to_owned(), Value::Int(newest.0));
            }
            record
        }
        Evidence::Exploitation(stated) => {
            let mut record = Record::from([("vulnerabilities".to_owned(), count(stated.len()))]);
            if let Some(updated) = stated.updated() {
                record.insert("newest".to_owned(), Value::Int(updated.0));
            }
            record
        }
        Evidence::Vex(document) => {
            let mut record = Record::from([("statements".to_owned(), count(document.statements.len()))]);
            put_text(&mut record, "author", document.author.as_deref());
            record
        }
        Evidence::Attestation(attestations) => {
            Record::from([("attestations".to_owned(), count(attestations.list.len()))])
        }
        Evidence::Document(document) => {
            Record::from([("document".to_owned(), Value::Text(document.document.as_str().to_owned()))])
        }
    }
}

fn of_sbom(sbom: &Sbom) -> Record {
    let share = |has: fn(&Component) -> bool| {
        let with = sbom.components.iter().filter(|c| has(c)).count();
        // An empty inventory identifies nothing.
        let all = sbom.components.len().max(1);
        #[expect(clippy::cast_precision_loss, reason = "component counts are far below 2^52")]
        Value::Num((with as f64 / all as f64 * 10_000.0).floor() / 10_000.0)
    };
    let mut record = Record::from([
        ("components".to_owned(), count(sbom.components.len())),
        ("dependencies".to_owned(), count(sbom.dependencies.len())),
        ("purl_share".to_owned(), share(|c| c.purl_key.is_some())),
        ("version_share".to_owned(), share(|c| c.version.as_deref().is_some_and(|v| !v.is_empty()))),
        ("licence_share".to_owned(), share(|c| !c.licences.is_empty())),
        ("supplier_share".to_owned(), share(|c| c.supplier.is_some())),
    ]);
    put_text(&mut record, "described", sbom.name.as_deref());
    put_text(&mut record, "tool", sbom.tools.first().map(String::as_str));
    record
}

fn of_scan(scan: &Scan) -> Record {
    let open = scan.findings.iter().filter(|f| f.state == FindingState::Open).count();
    let successful = match scan.successful {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    let mut record = Record::from([
        ("findings".to_owned(), count(scan.findings.len())),
        ("open".to_owned(), count(open)),
        ("successful".to_owned(), Value::Text(successful.to_owned())),
        ("category".to_owned(), Value::Text(category(scan).to_owned())),
    ]);
    put_text(&mut record, "tool", scan.tools.first().map(|t| t.name.as_str()));
    record
}

fn category(scan: &Scan) -> &'static str {
    let names: Vec<String> = scan.tools.iter().map(|t| t.name.to_lowercase()).collect();
    let known = |words: &[&str]| names.iter().any(|name| words.iter().any(|word| name.contains(word)));
    CATEGORIES.iter().find(|(_, words)| known(words)).map_or("other", |(category, _)| category)
}

fn count(n: usize) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

fn put_text(record: &mut Record, key: &str, text: Option<&str>) {
    if let Some(text) = text.filter(|t| !t.is_empty()) {
        record.insert(key.to_owned(), Value::Text(text.to_owned()));
    }
}

/// Records from which on a file nobody says more about counts as a whole database; RustSec alone has several hundred.
const WHOLE: i64 = 100;

/// How much of its feed a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it: it was fetched from where the feed is published or mirrored.
    Whole,
    /// Nobody says: judged by its size.
    BySize,
}

/// What an imported advisory set says about its feed.
///
/// A large database whose newest record is old was not fetched lately, whatever the date of the import says: RustSec
/// and OSV publish more often than every fortnight.
pub fn feed_update((key, extent): (&str, Extent), summary: &Record, imported: UnixMillis) -> FeedUpdate {
    let number = |field: &str| match summary.get(field) {
        Some(Value::Int(n)) => Some(*n),
        Some(Value::Bool(_) | Value::Num(_) | Value::Text(_) | Value::List(_)) | None => None,
    };
    let records = number("advisories").or_else(|| number("vulnerabilities")).unwrap_or_default();
    let large = records >= WHOLE;
    let whole = large || (extent == Extent::Whole && records > 0);
    // some ecosystems of OSV have a handful of records, and none for months
    let newest = number("newest").map(UnixMillis).filter(|t| large && imported.since(*t) > 14 * DAY_MS);
    FeedUpdate { key: key.to_owned(), updated: newest.unwrap_or(imported), whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::scan::Tool;

    #[test]
    fn a_scan_is_sorted_by_its_tool() {
        let scan = |name: &str| Scan {
            tools: vec![Tool { name: name.to_owned(), version: None }],
            ..Scan::default()
        };

        assert_eq!(category(&scan("Semgrep OSS")), "sast");
        assert_eq!(category(&scan("gitleaks")), "secrets");
        assert_eq!(category(&scan("my own")), "other");
    }

    #[test]
    fn an_empty_inventory_identifies_nothing() {
        assert_eq!(of_sbom(&Sbom::default())["purl_share"], Value::Num(0.0));
    }

    #[test]
    fn an_old_advisory_set_imported_today_is_still_old() {
        let now = UnixMillis(1_800_000_000_000);
        let old = now.plus_days(-40);
        let set = |size| {
            Record::from([
                ("advisories".to_owned(), Value::Int(size)),
                ("newest".to_owned(), Value::Int(old.0)),
            ])
        };

        assert_eq!(
            feed_update(("rustsec", Extent::BySize), &set(600), now),
            FeedUpdate { key: "rustsec".into(), updated: old, whole: true }
        );
        assert_eq!(
            feed_update(("osv", Extent::BySize), &set(1), now),
            FeedUpdate { key: "osv".into(), updated: now, whole: false }
        );
        assert_eq!(
            feed_update(("osv:Hex", Extent::Whole), &set(1), now),
            FeedUpdate { key: "osv:Hex".into(), updated: now, whole: true },
            "a small database that is published as one is whole"
        );
        assert!(!feed_update(("osv:Hex", Extent::Whole), &set(0), now).whole, "nothing is no database");
    }
}
