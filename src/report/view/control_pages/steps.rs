//! What to do next about a requirement: one thing, and where it is done.

use serde::Serialize;

use crate::controls::{ControlTest, Feed, Item, RequirementStatus, SubjectKind, TestResult, TestStatus};
use crate::evidence::EvidenceKind;
use crate::report::view::control_pages::Links;
use crate::report::view::control_pages::deciding::worst;
use crate::report::view::requirement::person;
use crate::report::view::shared::kind_words;
use crate::report::view::sources::Sources;

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// What to do and why, in a sentence.
    pub text: String,
    /// What the button says; empty when there is none.
    pub label: String,
    /// Where it is done.
    pub href: String,
}

impl NextStep {
    fn new(text: impl Into<String>, (label, href): (String, String)) -> Self {
        Self { text: text.into(), label, href }
    }
}

/// What to do next about an item; `None` when nothing is to be done.
pub(super) fn next_step(sources: &Sources<'_>, item: &Item) -> Option<NextStep> {
    use RequirementStatus as S;
    let tests = sources.verdict(&item.id).map(|v| v.tests.as_slice()).unwrap_or_default();
    match sources.status(item) {
        S::EvidenceMet | S::NotApplicableClaimed | S::Superseded => None,
        S::ManualRequired => Some(by_a_person(item)),
        S::EvidenceNotMet | S::Unknown | S::Stale | S::Missing | S::LateWithProcess => {
            let result = worst(sources, tests, sources.status(item))?;
            let test = sources.test(&result.test)?;
            Some(of_test(test, result))
        }
    }
}

fn by_a_person(item: &Item) -> NextStep {
    let text = person(item.provide.as_deref())
        .unwrap_or_else(|| "A person provides evidence for what no test can decide.".to_owned());
    let label = "Upload evidence".to_owned();
    NextStep::new(text, (label, Links::upload("", EvidenceKind::Document.as_str())))
}

/// The step that mends a test.
pub(super) fn of_test(test: &ControlTest, result: &TestResult) -> NextStep {
    let kind = test.evidence.as_ref().map(|e| e.kind);
    let needs_feed = test.evidence.as_ref().is_some_and(|e| e.feed == Feed::Current);
    if needs_feed && result.status == TestStatus::Unknown {
        return NextStep::new(&test.remediation, ("Update the advisories".to_owned(), "/sources".to_owned()));
    }
    let subject = first_open(result);
    let action = match (test.population.of, subject, kind) {
        (SubjectKind::Asset, Some(key), Some(kind)) => upload(key, kind),
        (SubjectKind::Asset, Some(key), None) => (format!("Evidence about {key}"), Links::asset(key)),
        (SubjectKind::Asset, None, Some(kind)) => upload("", kind),
        (SubjectKind::Vendor, Some(key), Some(_) | None) => (format!("Open {key}"), Links::vendor(key)),
        (SubjectKind::Vendor, None, Some(_) | None) => ("Open vendors".to_owned(), "/vendors".to_owned()),
        (SubjectKind::Feed | SubjectKind::Source, _, Some(_) | None) => {
            ("Open sources".to_owned(), "/sources".to_owned())
        }
        (SubjectKind::Installation, _, Some(_) | None) if test.id.contains("quarantine") => {
            ("Open the quarantine".to_owned(), "/quarantine".to_owned())
        }
        (SubjectKind::Installation, _, Some(_) | None) | (SubjectKind::Asset, None, None) => {
            ("Open runs".to_owned(), "/runs".to_owned())
        }
    };
    NextStep::new(&test.remediation, action)
}

fn upload(asset: &str, kind: EvidenceKind) -> (String, String) {
    let what = match kind {
        EvidenceKind::Sbom | EvidenceKind::Vex => kind_words(kind),
        EvidenceKind::Scan
        | EvidenceKind::Advisories
        | EvidenceKind::Access
        | EvidenceKind::Attestation
        | EvidenceKind::Document
        | EvidenceKind::Settings
        | EvidenceKind::Changes => kind_words(kind).to_lowercase(),
    };
    let about = if asset.is_empty() { String::new() } else { format!(" for {asset}") };
    (format!("Upload {what} evidence{about}"), Links::upload(asset, kind.as_str()))
}

/// The first subject that does not hold, the worst first.
fn first_open(result: &TestResult) -> Option<&str> {
    let open = result.subjects.iter().filter(|s| match s.status {
        TestStatus::Fail
        | TestStatus::Error
        | TestStatus::Unknown
        | TestStatus::Stale
        | TestStatus::Missing => true,
        TestStatus::Exception | TestStatus::Pass | TestStatus::NotApplicable => false,
    });
    open.min_by_key(|s| s.status).map(|s| s.subject.as_str())
}
