//! A small catalogue with every status, and evidence and vendors to go with it, for tests of pages.

use crate::base::{Digest, UnixMillis};
use crate::controls::{
    Catalog, ControlTest, Evaluation, FailingItem, Framework, RequirementStatus, RequirementVerdict,
    SubjectResult, TestResult, TestStatus,
};
use crate::evidence::{EvidenceKind, ReceiptStatus};
use crate::report::view::{
    AttentionItem, CheckpointFacts, ControlInput, ControlPage, ControlPages, FrameworkBar, LedgerFacts,
    Overview, PackFrameworkInput, PackInput, PackedEvidence, ReportInput, SourceLine, VendorRow, When,
};

pub(crate) const FINGERPRINT: &str = "attestry.example+5f1c2a90+Aa3k0VQ2m8Zr1hXc7uT9pLw4sYbE6dNf";
/// 31 March 2026, end of day.
pub(crate) const AT: UnixMillis = UnixMillis(1_775_001_599_999);

/// Everything a page can be made from.
pub(crate) struct Fixture {
    pub framework: Framework,
    pub catalog: Catalog,
    pub evaluation: Evaluation,
    pub evidence: Vec<PackedEvidence>,
    pub rows: Vec<crate::report::view::EvidenceRow>,
    pub vendors: Vec<VendorRow>,
    pub organisation: String,
    pub checkpoint: CheckpointFacts,
}

impl Fixture {
    pub fn new() -> Self {
        let framework = framework();
        let tests = tests();
        let results: Vec<TestResult> = tests.iter().enumerate().map(|(n, test)| result(n, test)).collect();
        let digest = Digest::of(b"catalogue");
        let requirements = verdicts();
        Self {
            catalog: Catalog { frameworks: vec![framework.clone()], tests, digest },
            evaluation: Evaluation { at: AT, catalog: digest, results, requirements },
            evidence: evidence()
                .into_iter()
                .map(|row| PackedEvidence { path: format!("evidence/{}", row.file), row })
                .collect(),
            rows: evidence(),
            vendors: vendors(),
            organisation: "Northwind Payments Ltd".to_owned(),
            checkpoint: CheckpointFacts {
                size: 48_211,
                root: "mTq4bGZ0c2hfdGhpcyBpcyBhIHJvb3QgaGFzaCBvZiAzMg=".to_owned(),
                at: AT,
            },
            framework,
        }
    }

    pub fn report(&self) -> ReportInput<'_> {
        ReportInput {
            framework: &self.framework,
            catalog: &self.catalog,
            evaluation: &self.evaluation,
            evidence: &self.rows,
            vendors: &self.vendors,
            organisation: &self.organisation,
            sample: true,
            generated_at: AT,
            fingerprint: FINGERPRINT,
        }
    }

    pub fn pack<'a>(&'a self, frameworks: &'a [PackFrameworkInput<'a>]) -> PackInput<'a> {
        PackInput {
            organisation: &self.organisation,
            sample: true,
            scope: "As of 31 Mar 2026",
            frameworks,
            evidence: &self.evidence,
            items: self.evidence.len() as u64,
            gaps: 9,
            checkpoint: &self.checkpoint,
            fingerprint: FINGERPRINT,
            members: &[
                ("report.html", "The framework report, printable"),
                ("gaps.csv", "Every requirement with missing, stale, rejected or unknown evidence"),
                ("manifest.json", "Every file with size, digest and ledger index"),
                ("oscal/assessment-results.json", "The same results as OSCAL"),
            ],
        }
    }

    pub fn part(&self) -> PackFrameworkInput<'_> {
        PackFrameworkInput {
            framework: &self.framework,
            catalog: &self.catalog,
            evaluation: &self.evaluation,
        }
    }

    pub fn control(&self, id: &str) -> ControlPage {
        let item = self.framework.items.iter().find(|i| i.id == id).unwrap();
        let input = ControlInput {
            framework: &self.framework,
            catalog: &self.catalog,
            evaluation: &self.evaluation,
            evidence: &self.evidence,
            organisation: &self.organisation,
            sample: true,
            generated_at: AT,
        };
        ControlPages::new(input).page(item).unwrap()
    }

    pub fn overview(&self) -> Overview {
        let mut overview = Overview::new(Some(AT));
        let item = |what: &str, href: &str| AttentionItem {
            class: "attention",
            what: what.to_owned(),
            href: href.to_owned(),
        };
        overview.attention = vec![
            item("2 of 14 deployables have no inventory newer than 30 days", "/controls/pci-dss-4.0.1/6.3.2"),
            item("The attestation of Halcyon Hosting expires in 12 days", "/vendors/halcyon"),
        ];
        let href = "/controls/pci-dss-4.0.1".to_owned();
        overview.frameworks =
            vec![FrameworkBar::new(&self.framework, &self.evaluation, Some(&self.evaluation), href)];
        overview.worse_note = "Nothing changed since 2026-03-24.".to_owned();
        overview.ledger = Some(LedgerFacts::new(48_211, &self.checkpoint.root, AT, FINGERPRINT));
        let run = |name: &str, (class, word): (&'static str, &str), detail: &str| SourceLine {
            name: name.to_owned(),
            href: "/sources/1".to_owned(),
            class,
            word: word.to_owned(),
            last: When::past(AT),
            next: When::future(AT.plus_days(1)),
            detail: detail.to_owned(),
        };
        overview.sources = vec![
            run("github: northwind", ("met", "Done"), "12 items, 3 new"),
            run("entra: tenant", ("not-met", "Failed"), "The token was refused; renew the client secret."),
        ];
        overview
    }
}

fn framework() -> Framework {
    serde_json::from_str(include_str!("fixture/framework.json")).unwrap()
}

fn tests() -> Vec<ControlTest> {
    serde_json::from_str(include_str!("fixture/tests.json")).unwrap()
}

fn result(place: usize, test: &ControlTest) -> TestResult {
    let (status, explanation, failing) = match test.id.as_str() {
        "access.reviewed-in-time" => {
            (TestStatus::Stale, "The newest review is 201 days old; 184 are allowed.", 0)
        }
        "sbom.every-deployable-has-a-fresh-sbom" => (
            TestStatus::Fail,
            "2 of 14 deployables have no inventory newer than 30 days, and 24 more lack package identifiers.",
            26,
        ),
        "vendor.agreement-in-force" => {
            (TestStatus::Exception, "1 of 6 vendors is covered by an exception.", 1)
        }
        "vendor.status-checked" => {
            (TestStatus::Missing, "No vendor is declared, so nobody could be checked.", 0)
        }
        "vuln.critical-fixed-in-time" => (TestStatus::Unknown, "The advisory feed is 61 hours old.", 0),
        _ => (TestStatus::Pass, "All 14 deployables were matched against a feed of today.", 0),
    };
    TestResult {
        test: test.id.clone(),
        definition: Digest::of(test.id.as_bytes()),
        inputs: Digest::of(&[u8::try_from(place).unwrap()]),
        status,
        population: 14,
        evaluated: 12,
        failing: (0..failing).map(failing_item).collect(),
        more_failing: if failing > 20 { 1_204 } else { 0 },
        subjects: (0..14).map(|n| subject(n, status)).collect(),
        explanation: explanation.to_owned(),
        at: AT,
        valid_until: place.is_multiple_of(2).then(|| AT.plus_days(9)),
    }
}

fn failing_item(place: usize) -> FailingItem {
    FailingItem {
        subject: format!("asset:payments-api-{place:02}"),
        item: if place < 2 { String::new() } else { format!("pkg:generic/libledger-{place}@1.{place}.0") },
        reason: format!("The newest inventory was made {} days ago; 30 are allowed.", 31 + place),
    }
}

fn subject(place: usize, status: TestStatus) -> SubjectResult {
    let status = if place % 7 == 3 { status } else { TestStatus::Pass };
    SubjectResult {
        subject: format!("asset:payments-api-{place:02}"),
        status,
        explanation: "The newest inventory was made 12 days ago and names 412 components.".to_owned(),
        relied_on: vec![format!("item-{:02}", place % 9), format!("item-{:02}", (place + 3) % 26)],
    }
}

fn verdicts() -> Vec<RequirementVerdict> {
    use RequirementStatus as S;
    let verdict = |id: &str, status: S, tests: &[&str], explanation: &str| RequirementVerdict {
        framework: "pci-dss-4.0.1".to_owned(),
        id: id.to_owned(),
        status,
        explanation: explanation.to_owned(),
        tests: tests.iter().map(|t| (*t).to_owned()).collect(),
        provide: (status == S::EvidenceMet).then(|| "An interview on how the inventory is used.".to_owned()),
    };
    vec![
        verdict("6.1.1", S::ManualRequired, &[], "A person has to provide evidence."),
        verdict("6.3.1", S::EvidenceMet, &["vuln.feed-is-current"], "Every deciding test passes."),
        verdict(
            "6.3.2",
            S::EvidenceNotMet,
            &["sbom.every-deployable-has-a-fresh-sbom", "vuln.feed-is-current"],
            "2 of 14 deployables have no inventory newer than 30 days.",
        ),
        verdict("6.3.3", S::Unknown, &["vuln.critical-fixed-in-time"], "The advisory feed is 61 hours old."),
        verdict("6.4.1", S::Superseded, &[], "Replaced by 6.4.2."),
        verdict(
            "6.4.2",
            S::LateWithProcess,
            &[],
            "Ran three days late; the documented process was followed.",
        ),
        verdict(
            "7.2.4",
            S::Stale,
            &["access.reviewed-in-time"],
            "The newest review is 201 days old; 184 are allowed.",
        ),
        verdict("12.8.2", S::EvidenceMet, &["vendor.agreement-in-force"], "Met with one exception in force."),
        verdict("12.8.4", S::Missing, &["vendor.status-checked"], "No vendor is declared."),
        verdict("12.9.1", S::NotApplicableClaimed, &[], "Claimed: the organisation serves no third party."),
    ]
}

/// 26 items, one of them quarantined, one not yet in the ledger.
pub(crate) fn evidence() -> Vec<crate::report::view::EvidenceRow> {
    (0_u8..26)
        .map(|n| crate::report::view::EvidenceRow {
            id: format!("item-{n:02}"),
            kind: EvidenceKind::ALL
                .get(usize::from(n))
                .copied()
                .or(Some(EvidenceKind::Sbom))
                .filter(|_| n != 11),
            format: if n == 11 { String::new() } else { "CycloneDX 1.6".to_owned() },
            file: format!("sbom/payments-api-{n:02}.cdx.json"),
            subject: if n == 12 { String::new() } else { format!("asset:payments-api-{n:02}") },
            sha256: Digest::of(&[n]),
            bytes: u64::from(n) * 48_211,
            produced_at: (n % 3 > 0).then(|| AT.plus_days(-i64::from(n))),
            collected_at: AT.plus_days(-i64::from(n)).plus_millis(1_000),
            ledger_index: (n != 25).then(|| 40_000 + u64::from(n) * 31),
            status: if n == 11 { ReceiptStatus::Quarantined } else { ReceiptStatus::Accepted },
        })
        .collect()
}

fn vendors() -> Vec<VendorRow> {
    let steps = |steps: &[(&str, f64)]| steps.iter().map(|(l, v)| ((*l).to_owned(), *v)).collect();
    vec![
        VendorRow {
            name: "Aster Mail".to_owned(),
            tier: "Medium".to_owned(),
            inherent: 42.5,
            residual: 18.4,
            confidence: 0.81,
            floors: Vec::new(),
            waterfall: steps(&[
                ("Inherent", 42.5),
                ("Access", -8.1),
                ("Privacy", -9.0),
                ("Governance", -7.0),
            ]),
        },
        VendorRow {
            name: "Halcyon Hosting".to_owned(),
            tier: "Critical".to_owned(),
            inherent: 87.5,
            residual: 70.0,
            confidence: 0.46,
            floors: vec!["Personal data without an agreement in force: at least 70".to_owned()],
            waterfall: steps(&[
                ("Inherent", 87.5),
                ("Access control", -14.0),
                ("Vulnerabilities and SBOM", -11.2),
                ("Privacy", -3.1),
                ("Resilience", -9.6),
                ("Governance", -8.4),
                ("Incidents", 0.0),
                ("Floor: no agreement", 28.8),
            ]),
        },
    ]
}
