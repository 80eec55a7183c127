//! Decides what the evidence says. Never reads the clock: the caller says when.
//!
//! Silence is never a pass, incomplete evidence is never a failure, and every result says how long it holds.

mod brief;
mod inputs;
mod one;
#[cfg(test)]
mod same;
#[cfg(test)]
mod silence;
mod subject;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::{Digest, UnixMillis};
use crate::controls::{Catalog, ControlTest, Facts, RequirementVerdict, TestResult, roll_up};

pub(super) use brief::listed;
pub(super) use one::{Evaluator, population};
pub(super) use subject::{Assessment, Verdict, assess, feed};

/// Hours after which an advisory feed no longer counts as current.
pub const FEED_MAX_AGE_HOURS: u32 = 48;

/// Every verdict at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The instant it is for.
    pub at: UnixMillis,
    /// Edition of the catalogue.
    pub catalog: Digest,
    /// One result per test, ordered by test id.
    pub results: Vec<TestResult>,
    /// One verdict per assessed or superseded item of every framework, in catalogue order.
    pub requirements: Vec<RequirementVerdict>,
}

/// When an evaluation is for, and the limits that are configurable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvaluateOptions {
    /// The instant the verdicts are for.
    pub at: UnixMillis,
    /// Hours after which an advisory feed no longer counts as current.
    pub feed_max_age_hours: u32,
}

impl EvaluateOptions {
    /// The usual limits at that instant.
    pub const fn at(at: UnixMillis) -> Self {
        Self { at, feed_max_age_hours: FEED_MAX_AGE_HOURS }
    }
}

/// Evaluates every test and every assessed item of all frameworks in the catalogue.
///
/// `earlier` holds results of an earlier evaluation: one whose definition and inputs are the same and that is still
/// valid at `at` is taken over unchanged except for its time. The outcome equals a full evaluation.
pub fn evaluate(catalog: &Catalog, facts: &Facts, at: UnixMillis, earlier: &[TestResult]) -> Evaluation {
    evaluate_with(catalog, facts, EvaluateOptions::at(at), earlier)
}

/// Like [`evaluate()`], with other limits than the usual ones.
pub fn evaluate_with(
    catalog: &Catalog,
    facts: &Facts,
    options: EvaluateOptions,
    earlier: &[TestResult],
) -> Evaluation {
    let mut by_test: BTreeMap<&str, Vec<&TestResult>> = BTreeMap::new();
    for result in earlier {
        by_test.entry(&result.test).or_default().push(result);
    }
    let mut evaluator = Evaluator::new(facts, options);
    let mut results: Vec<TestResult> = catalog
        .tests
        .iter()
        .map(|test| evaluator.result(test, by_test.get(test.id.as_str()).map_or(&[], Vec::as_slice)))
        .collect();
    results.sort_by(|a, b| a.test.cmp(&b.test));
    let requirements = roll_up(catalog, &results);

    Evaluation { at: options.at, catalog: catalog.digest, results, requirements }
}

/// Evaluates one test.
pub fn evaluate_test(test: &ControlTest, facts: &Facts, at: UnixMillis) -> TestResult {
    Evaluator::new(facts, EvaluateOptions::at(at)).result(test, &[])
}
