//! Evaluations: appended whole, never rewritten.

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, NotSet, QueryFilter, QueryOrder, Set,
};

use crate::base::{Digest, UnixMillis};
use crate::controls::{Evaluation, TestResult};
use crate::store::entity::{evaluation, requirement_status, test_result};
use crate::store::error::readable;
use crate::store::{NewEntry, Store, StoreError};

/// An evaluation that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationRow {
    /// Row number.
    pub no: i32,
    /// The instant it is for.
    pub at: UnixMillis,
    /// When it was made.
    pub made_at: UnixMillis,
    /// Edition of the catalogue.
    pub catalog: Digest,
}

/// A requirement's verdict as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementRow {
    /// Framework id.
    pub framework: String,
    /// Item id.
    pub item: String,
    /// Status word.
    pub status: String,
    /// Why.
    pub explanation: String,
}

fn status_word<T: serde::Serialize>(status: &T) -> String {
    serde_json::to_value(status).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn into_row(m: evaluation::Model) -> Result<EvaluationRow, StoreError> {
    Ok(EvaluationRow {
        no: m.no,
        at: UnixMillis(m.at),
        made_at: UnixMillis(m.made_at),
        catalog: readable("catalogue digest", m.catalog.parse())?,
    })
}

impl Store {
    /// Stores an evaluation with its results, its verdicts and its ledger entry.
    ///
    /// # Errors
    /// When the database does not answer; nothing is stored then.
    pub async fn evaluation_put(
        &self,
        made: &Evaluation,
        made_at: UnixMillis,
        entry: &NewEntry,
    ) -> Result<i32, StoreError> {
        let txn = self.write().await?;
        let row = evaluation::ActiveModel {
            no: NotSet,
            at: Set(made.at.0),
            made_at: Set(made_at.0),
            catalog: Set(made.catalog.to_hex()),
        };
        let inserted = evaluation::Entity::insert(row).exec(&txn).await;
        let no = inserted.map_err(StoreError::of("store an evaluation"))?.last_insert_id;
        for chunk in made.results.chunks(500) {
            let rows = chunk.iter().map(|r| result_model(no, r).into_active_model());
            let done = test_result::Entity::insert_many(rows).exec_without_returning(&txn).await;
            done.map_err(StoreError::of("store test results"))?;
        }
        insert_verdicts_in(&txn, no, made).await?;
        super::ledger::append_in(&txn, entry).await?;
        // A crash before this line stores nothing: the same facts and time give the same verdicts again.
        txn.commit().await.map_err(StoreError::of("commit an evaluation"))?;
        Ok(no)
    }

    /// The newest evaluation for an instant up to `at`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evaluation_newest(&self, at: UnixMillis) -> Result<Option<EvaluationRow>, StoreError> {
        let row = evaluation::Entity::find()
            .filter(evaluation::Column::At.lte(at.0))
            .order_by_desc(evaluation::Column::At)
            .order_by_desc(evaluation::Column::No)
            .one(&self.reader)
            .await;
        row.map_err(StoreError::of("read the newest evaluation"))?.map(into_row).transpose()
    }

    /// Test results of an evaluation, by test id.
    ///
    /// # Errors
    /// When the database does not answer or a row cannot be read.
    pub async fn evaluation_results(&self, no: i32) -> Result<Vec<TestResult>, StoreError> {
        let rows = test_result::Entity::find()
            .filter(test_result::Column::EvaluationNo.eq(no))
            .order_by_asc(test_result::Column::Test)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read test results"))?;
        rows.iter().map(|m| readable("test result", serde_json::from_str(&m.body))).collect()
    }

    /// Verdicts of an evaluation, in catalogue order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evaluation_requirements(&self, no: i32) -> Result<Vec<RequirementRow>, StoreError> {
        let rows = requirement_status::Entity::find()
            .filter(requirement_status::Column::EvaluationNo.eq(no))
            .order_by_asc(requirement_status::Column::Ordinal)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read verdicts"))?;
        Ok(rows
            .into_iter()
            .map(|m| RequirementRow {
                framework: m.framework,
                item: m.item,
                status: m.status,
                explanation: m.explanation,
            })
            .collect())
    }
}

async fn insert_verdicts_in(txn: &DatabaseTransaction, no: i32, made: &Evaluation) -> Result<(), StoreError> {
    let verdicts: Vec<_> = made.requirements.iter().enumerate().collect();
    for chunk in verdicts.chunks(500) {
        let rows = chunk.iter().map(|(ordinal, v)| {
            let row = requirement_status::Model {
                evaluation_no: no,
                framework: v.framework.clone(),
                item: v.id.clone(),
                ordinal: i32::try_from(*ordinal).unwrap_or(i32::MAX),
                status: status_word(&v.status),
                explanation: v.explanation.clone(),
                tests: v.tests.join(" "),
                provide: v.provide.clone(),
            };
            row.into_active_model()
        });
        let done = requirement_status::Entity::insert_many(rows).exec_without_returning(txn).await;
        done.map_err(StoreError::of("store verdicts"))?;
    }
    Ok(())
}

fn result_model(no: i32, result: &TestResult) -> test_result::Model {
    test_result::Model {
        evaluation_no: no,
        test: result.test.clone(),
        definition: result.definition.to_hex(),
        inputs: result.inputs.to_hex(),
        status: status_word(&result.status),
        valid_until: result.valid_until.map(|t| t.0),
        body: serde_json::to_string(result).unwrap_or_default(),
    }
}
