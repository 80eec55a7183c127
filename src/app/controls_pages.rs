//! Gathers the pages about controls.

use std::collections::BTreeSet;

use crate::app::{App, Error, cadence};
use crate::base::UnixMillis;
use crate::controls::{Cadence, ControlTest, Framework, Item, SubjectKind};
use crate::report::chart::{Cadence as Strip, Chart, Figure};
use crate::report::view::{
    ControlsInput, ControlsPage, RequirementInput, RequirementPage, TestPage, TreeQuery, VerdictStep,
};

use super::standing::Standing;

impl App {
    /// A framework's tree; the first framework when none is named.
    ///
    /// # Errors
    /// When there is no such framework, or the database fails.
    pub async fn controls_page(
        &self,
        framework: Option<&str>,
        query: &TreeQuery,
        as_of: Option<UnixMillis>,
    ) -> Result<ControlsPage, Error> {
        let framework = match framework {
            Some(id) => self.framework_of(id)?,
            None => {
                self.catalog.frameworks.first().ok_or_else(|| Error::not_found("no framework is loaded"))?
            }
        };
        let standing = self.standing(as_of.unwrap_or_else(|| self.now())).await?;
        Ok(ControlsPage::build(ControlsInput {
            framework,
            catalog: &self.catalog,
            evaluation: standing.as_ref().map(|s| &s.evaluation),
            evidence: standing.as_ref().map(|s| s.evidence.as_slice()).unwrap_or_default(),
            query,
            as_of,
        }))
    }

    /// One requirement's page.
    ///
    /// # Errors
    /// When there is no such requirement or nothing was evaluated by then, or the database fails.
    pub async fn requirement_page(
        &self,
        (framework, id): (&str, &str),
        as_of: Option<UnixMillis>,
    ) -> Result<RequirementPage, Error> {
        let framework = self.framework_of(framework)?;
        let item = framework.items.iter().find(|i| i.id == id);
        let item = item
            .filter(|i| i.is_assessed() || i.superseded_by.is_some())
            .ok_or_else(|| Error::not_found(format!("{} has no requirement {id}", framework.title)))?;
        let at = as_of.unwrap_or_else(|| self.now());
        let standing = self.standing(at).await?.ok_or_else(|| {
            Error::not_found("nothing was evaluated by then: import evidence, then evaluate")
        })?;
        let history = self.verdict_steps((framework, item), at).await?;
        let cadence = self.cadence_of((framework, item), &standing, at).await?;
        let input = RequirementInput {
            framework,
            catalog: &self.catalog,
            evaluation: &standing.evaluation,
            evidence: &standing.evidence,
            history: &history,
            cadence,
            as_of,
        };
        Ok(RequirementPage::build(input, item))
    }

    /// One test's page.
    ///
    /// # Errors
    /// When there is no such test, or the database fails.
    pub async fn test_page(&self, id: &str, as_of: Option<UnixMillis>) -> Result<TestPage, Error> {
        let test = self.catalog.tests.iter().find(|t| t.id == id);
        let test = test.ok_or_else(|| Error::not_found(format!("there is no test `{id}`")))?;
        let standing = self.standing(as_of.unwrap_or_else(|| self.now())).await?;
        Ok(TestPage::build((test, &self.catalog), standing.as_ref().map(|s| &s.evaluation), as_of)?)
    }

    fn framework_of(&self, id: &str) -> Result<&Framework, Error> {
        self.catalog.framework(id).ok_or_else(|| Error::not_found(format!("there is no framework `{id}`")))
    }

    async fn verdict_steps(
        &self,
        (framework, item): (&Framework, &Item),
        at: UnixMillis,
    ) -> Result<Vec<VerdictStep>, Error> {
        let changes = self.store.evaluation_history((&framework.id, &item.id), at).await?;
        let step = |change: crate::store::VerdictChange| {
            let status = serde_json::from_value(serde_json::Value::String(change.status));
            let status = status.map_err(|e| {
                Error::new(crate::base::ErrorKind::Internal, "a stored status is unreadable").caused_by(e)
            })?;
            Ok(VerdictStep { at: change.at, status, explanation: change.explanation })
        };
        changes.into_iter().map(step).collect()
    }

    async fn cadence_of(
        &self,
        (framework, item): (&Framework, &Item),
        standing: &Standing,
        at: UnixMillis,
    ) -> Result<Option<(Figure, String)>, Error> {
        let verdicts = &standing.evaluation.requirements;
        let verdict = verdicts.iter().find(|v| v.framework == framework.id && v.id == item.id);
        let ids = verdict.map(|v| v.tests.as_slice()).unwrap_or_default();
        let tests: Vec<&ControlTest> = self.catalog.tests.iter().filter(|t| ids.contains(&t.id)).collect();
        let Some(days) = days(item, &tests) else { return Ok(None) };
        let kinds: BTreeSet<&str> =
            tests.iter().filter_map(|t| t.evidence.as_ref()).map(|e| e.kind.as_str()).collect();
        let subjects = subjects(&tests, standing);
        if kinds.is_empty() || subjects.is_empty() {
            return Ok(None);
        }
        let kinds: Vec<&str> = kinds.into_iter().collect();
        let period = (at.plus_days(-cadence::PERIOD_DAYS), at);
        let came = self.store.evidence_occurrences(&kinds, period).await?;
        let slots = cadence::Plan { subjects: &subjects, days, now: at }.slots(&came);
        if slots.is_empty() {
            return Ok(None);
        }
        let words = cadence::in_words(&slots, days);
        let title = format!("{}: evidence every {days} days", item.id);
        let strip = Strip { id: "cadence".to_owned(), title, slots };
        Ok(Some((Figure::of(Chart::Cadence(strip)), words)))
    }
}

/// The requirement's own interval wins over those of its tests.
fn days(item: &Item, tests: &[&ControlTest]) -> Option<u32> {
    let of = |cadence: &Option<Cadence>| cadence.as_ref().and_then(|c| c.days);
    of(&item.cadence).or_else(|| tests.iter().filter_map(|t| of(&t.cadence)).min())
}

/// Whom the tests cover, as evidence names them.
fn subjects(tests: &[&ControlTest], standing: &Standing) -> BTreeSet<String> {
    let mut subjects = BTreeSet::new();
    for test in tests.iter().filter(|t| t.evidence.is_some()) {
        let prefix = match test.population.of {
            SubjectKind::Asset => "asset",
            SubjectKind::Vendor => "vendor",
            SubjectKind::Feed | SubjectKind::Source | SubjectKind::Installation => continue,
        };
        let result = standing.evaluation.results.iter().find(|r| r.test == test.id);
        let members = result.map(|r| r.subjects.as_slice()).unwrap_or_default();
        subjects.extend(members.iter().map(|s| format!("{prefix}:{}", s.subject)));
    }
    subjects
}
