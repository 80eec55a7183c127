//! Frameworks, requirements, tests and the overview's figures for programs.

mod records;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::api::{Page, Walk, instant};
use crate::app::{App, Error};
use crate::base::UnixMillis;
use crate::controls::{ControlTest, Framework, Item, TestResult};
use crate::report::view::{GapGroup, GapItem};
use crate::store::{EvaluationRow, RequirementRow};

pub use records::{
    FailingRecord, FrameworkRecord, GapItemRecord, GapRecord, OverviewRecord, RequirementDetail,
    RequirementRecord, StatusCount, SubjectRecord, TestDetail, TestRecord,
};

impl App {
    /// The overview's figures as of an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_overview(&self, at: Option<UnixMillis>) -> Result<OverviewRecord, Error> {
        let (evaluation, rows) = self.api_verdicts(at).await?;
        let head = self.store.ledger_tree_head().await?;
        Ok(OverviewRecord {
            evaluated_at: evaluation.map(|e| instant(e.at)),
            frameworks: self.catalog.frameworks.iter().map(|f| framework(f, &rows)).collect(),
            evidence_items: self.store.evidence_count().await?,
            ledger_entries: head.size,
            ledger_root: head.root.to_hex(),
            signer: self.fingerprint(),
        })
    }

    /// The frameworks, with what the evidence says as of an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_frameworks(
        &self,
        walk: &Walk,
        at: Option<UnixMillis>,
    ) -> Result<Page<FrameworkRecord>, Error> {
        let (_, rows) = self.api_verdicts(at).await?;
        let all = self.catalog.frameworks.iter().map(|f| framework(f, &rows)).collect();
        Ok(walk.page(all, |f: &FrameworkRecord| &f.id))
    }

    /// The items of a framework in its own order, with what the evidence says as of an instant.
    ///
    /// # Errors
    /// When there is no such framework or the database fails.
    pub async fn api_requirements(
        &self,
        id: &str,
        (walk, at): (&Walk, Option<UnixMillis>),
    ) -> Result<Page<RequirementRecord>, Error> {
        let framework = self.api_framework(id)?;
        let (_, rows) = self.api_verdicts(at).await?;
        let verdicts = by_item(&rows, framework);
        let all = framework.items.iter().map(|item| requirement(framework, item, &verdicts)).collect();
        Ok(walk.page(all, |r: &RequirementRecord| &r.id))
    }

    /// One requirement with its tests as of an instant.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn api_requirement(
        &self,
        (framework, id): (&str, &str),
        at: Option<UnixMillis>,
    ) -> Result<RequirementDetail, Error> {
        let framework = self.api_framework(framework)?;
        let item = framework.items.iter().find(|item| item.id == id);
        let item = item.ok_or_else(|| Error::not_found("there is no such requirement"))?;
        let (evaluation, rows) = self.api_verdicts(at).await?;
        let results = self.api_results(evaluation.as_ref()).await?;
        let speaks = |test: &&ControlTest| {
            test.evidences.iter().any(|l| l.framework == framework.id && l.id == item.id)
        };
        let tests = self.catalog.tests.iter().filter(speaks);
        Ok(RequirementDetail {
            requirement: requirement(framework, item, &by_item(&rows, framework)),
            at: evaluation.map(|e| instant(e.at)),
            provide: item.provide.clone(),
            tests: tests.map(|test| test_record(test, result_of(&results, test))).collect(),
        })
    }

    /// The tests, with their results as of an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_tests(&self, walk: &Walk, at: Option<UnixMillis>) -> Result<Page<TestRecord>, Error> {
        let evaluation = self.store.evaluation_newest(at.unwrap_or_else(|| self.now())).await?;
        let results = self.api_results(evaluation.as_ref()).await?;
        let all = self.catalog.tests.iter().map(|t| test_record(t, result_of(&results, t))).collect();
        Ok(walk.page(all, |t: &TestRecord| &t.id))
    }

    /// One test with its reasons as of an instant.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn api_test(&self, id: &str, at: Option<UnixMillis>) -> Result<TestDetail, Error> {
        let test = self.catalog.test(id).ok_or_else(|| Error::not_found("there is no such test"))?;
        let evaluation = self.store.evaluation_newest(at.unwrap_or_else(|| self.now())).await?;
        let results = self.api_results(evaluation.as_ref()).await?;
        let result = result_of(&results, test);
        let evidences = test.evidences.iter().map(|l| format!("{} {}", l.framework, l.id));
        Ok(TestDetail {
            test: test_record(test, result),
            at: result.and(evaluation).map(|e| instant(e.at)),
            remediation: test.remediation.clone(),
            evidences: evidences.collect(),
            failing: result.map_or_else(Vec::new, failing),
            more_failing: result.map_or(0, |r| r.more_failing),
            subjects: result.map_or_else(Vec::new, subjects),
        })
    }

    /// The rules about gaps that found something, as of an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_gaps(&self, walk: &Walk, at: Option<UnixMillis>) -> Result<Page<GapRecord>, Error> {
        let page = self.gaps_page(at).await?;
        Ok(walk.page(page.open.iter().map(gap).collect(), |g: &GapRecord| &g.rule))
    }

    fn api_framework(&self, id: &str) -> Result<&Framework, Error> {
        self.catalog.framework(id).ok_or_else(|| Error::not_found("there is no such framework"))
    }

    async fn api_verdicts(
        &self,
        at: Option<UnixMillis>,
    ) -> Result<(Option<EvaluationRow>, Vec<RequirementRow>), Error> {
        let newest = self.store.evaluation_newest(at.unwrap_or_else(|| self.now())).await?;
        let rows = match &newest {
            Some(evaluation) => self.store.evaluation_requirements(evaluation.no).await?,
            None => Vec::new(),
        };
        Ok((newest, rows))
    }

    async fn api_results(&self, evaluation: Option<&EvaluationRow>) -> Result<Vec<TestResult>, Error> {
        match evaluation {
            Some(evaluation) => Ok(self.store.evaluation_results(evaluation.no).await?),
            None => Ok(Vec::new()),
        }
    }
}

fn framework(framework: &Framework, rows: &[RequirementRow]) -> FrameworkRecord {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.framework == framework.id) {
        *counts.entry(&row.status).or_default() += 1;
    }
    let count = |(status, count): (&str, u64)| StatusCount { status: status.to_owned(), count };
    FrameworkRecord {
        id: framework.id.clone(),
        title: framework.title.clone(),
        version: framework.version.clone(),
        notice: framework.notice.clone(),
        statuses: counts.into_iter().map(count).collect(),
    }
}

fn by_item<'r>(rows: &'r [RequirementRow], framework: &Framework) -> BTreeMap<&'r str, &'r RequirementRow> {
    let of_it = rows.iter().filter(|row| row.framework == framework.id);
    of_it.map(|row| (row.item.as_str(), row)).collect()
}

fn requirement(
    framework: &Framework,
    item: &Item,
    verdicts: &BTreeMap<&str, &RequirementRow>,
) -> RequirementRecord {
    let verdict = verdicts.get(item.id.as_str());
    RequirementRecord {
        framework: framework.id.clone(),
        id: item.id.clone(),
        parent: item.parent.clone(),
        title: item.title.clone(),
        status: verdict.map(|v| v.status.clone()),
        explanation: verdict.map(|v| v.explanation.clone()),
    }
}

fn result_of<'r>(results: &'r [TestResult], test: &ControlTest) -> Option<&'r TestResult> {
    results.iter().find(|result| result.test == test.id)
}

/// The word a status is written as.
fn word<T: Serialize>(status: T) -> String {
    let value = serde_json::to_value(status).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn test_record(test: &ControlTest, result: Option<&TestResult>) -> TestRecord {
    TestRecord {
        id: test.id.clone(),
        title: test.title.clone(),
        status: result.map(|r| word(r.status)),
        explanation: result.map(|r| r.explanation.clone()),
        population: result.map(|r| r.population),
        evaluated: result.map(|r| r.evaluated),
    }
}

fn gap(group: &GapGroup) -> GapRecord {
    let item = |item: &GapItem| GapItemRecord {
        what: item.what.clone(),
        detail: item.detail.clone(),
        page: item.href.clone(),
    };
    GapRecord {
        rule: group.anchor.clone(),
        title: group.title.to_owned(),
        why: group.why.to_owned(),
        count: group.count,
        items: group.items.iter().map(item).collect(),
    }
}

fn failing(result: &TestResult) -> Vec<FailingRecord> {
    let record = |f: &crate::controls::FailingItem| FailingRecord {
        subject: f.subject.clone(),
        item: f.item.clone(),
        reason: f.reason.clone(),
    };
    result.failing.iter().map(record).collect()
}

fn subjects(result: &TestResult) -> Vec<SubjectRecord> {
    let record = |s: &crate::controls::SubjectResult| SubjectRecord {
        subject: s.subject.clone(),
        status: word(s.status),
        explanation: s.explanation.clone(),
        relied_on: s.relied_on.clone(),
    };
    result.subjects.iter().map(record).collect()
}
