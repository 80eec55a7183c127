//! Which of a requirement's tests gave it its status.

use crate::controls::{RequirementStatus, TestResult, TestStatus};
use crate::report::view::requirement::is_open;
use crate::report::view::sources::Sources;

/// The test that weighs heaviest among those that gave the requirement its status; a test that is context only may
/// fail without deciding anything.
pub(super) fn worst<'a>(
    sources: &Sources<'a>,
    tests: &[String],
    status: RequirementStatus,
) -> Option<&'a TestResult> {
    let open =
        |t: &String| sources.result(t).filter(|r| is_open(r.status) && r.status != TestStatus::Exception);
    let mut found: Vec<&TestResult> = tests.iter().filter_map(open).collect();
    found.sort_by_key(|r| (!decides(r.status, status), r.status));
    found.first().copied()
}

/// Whether a test of that status gives a requirement that one.
pub(super) fn decides(test: TestStatus, requirement: RequirementStatus) -> bool {
    match test {
        TestStatus::Fail => requirement == RequirementStatus::EvidenceNotMet,
        TestStatus::Error | TestStatus::Unknown => requirement == RequirementStatus::Unknown,
        TestStatus::Stale => requirement == RequirementStatus::Stale,
        TestStatus::Missing => requirement == RequirementStatus::Missing,
        TestStatus::Exception | TestStatus::Pass | TestStatus::NotApplicable => false,
    }
}
