//! Explains how one file would fare in a test, without storing anything.

use std::collections::BTreeMap;

use crate::app::{App, Error};
use crate::controls::{Facts, Observation, Subject, SubjectKind, TestStatus, evaluate_test, explain};
use crate::evidence::advisory::Index;
use crate::evidence::{Upload, intake};

/// What a test would say of a file.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Line by line, why.
    pub lines: Vec<String>,
    /// Whether it would pass.
    pub passes: bool,
}

impl App {
    /// Reads the file, gives it to the test as the evidence on an imagined subject, and explains the outcome.
    ///
    /// # Errors
    /// When there is no such test, or the file cannot be understood.
    pub async fn explain_file(&self, test: &str, name: &str, bytes: Vec<u8>) -> Result<Explained, Error> {
        let Some(test) = self.catalog.test(test) else {
            let known: Vec<&str> = self.catalog.tests.iter().map(|t| t.id.as_str()).collect();
            return Err(Error::not_found(format!("there is no test `{test}`; one of {}", known.join(", "))));
        };
        let now = self.now();
        let (limits, redaction_key) = (self.config.limits, &self.signer.redaction_key);
        let readings = intake::read(&Upload { name, bytes: &bytes, kind: None, limits, redaction_key });
        let advisories = self.store.advisory_list().await?;
        let index = (!advisories.is_empty()).then(|| Index::build(advisories));
        let mut observations = Vec::new();
        for reading in &readings {
            let (Some(evidence), Some(kind)) = (&reading.evidence, reading.receipt.kind) else {
                let why = reading.receipt.errors.first().map_or("it is over a limit", |e| e.message.as_str());
                return Err(Error::invalid(format!("{}: {why}", reading.receipt.file)));
            };
            observations.push(Observation {
                evidence: reading.receipt.file.clone(),
                sha256: reading.receipt.sha256,
                kind,
                format: reading.receipt.format.clone().unwrap_or_default(),
                observed_at: reading.produced_at.unwrap_or(now).min(now),
                fields: super::facts::observed_fields(evidence, reading, now),
                rows: super::facts::evidence_rows(evidence, index.as_ref()),
            });
        }
        let mut subjects = self.feed_subjects(now).await?;
        subjects.push(imagined(test.population.of, observations));
        let facts = Facts { subjects };
        let result = evaluate_test(&test_of_everybody(test), &facts, now);
        let passes = result.status == TestStatus::Pass;
        Ok(Explained { lines: explain(&test_of_everybody(test), &facts, now), passes })
    }
}

/// The subject the file is imagined to be about: nothing else is known of it.
fn imagined(kind: SubjectKind, observations: Vec<Observation>) -> Subject {
    Subject { kind, id: "the-file".to_owned(), fields: BTreeMap::new(), observations }
}

/// The test without its population's condition: the question is what the file says, not whom it is about.
fn test_of_everybody(test: &crate::controls::ControlTest) -> crate::controls::ControlTest {
    let mut test = test.clone();
    test.population.condition = None;
    test
}
