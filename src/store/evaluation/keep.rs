//! Writes an evaluation: only the rows that differ from the evaluation before.

use std::collections::HashMap;

use sea_orm::{DatabaseTransaction, EntityTrait, IntoActiveModel, NotSet, QueryOrder, Set};

use crate::base::UnixMillis;
use crate::controls::{Evaluation, RequirementVerdict, TestResult};
use crate::store::entity::{evaluation, requirement_status, test_result};
use crate::store::evaluation::{Span, parsed, status_word};
use crate::store::{NewEntry, Store, StoreError};

/// After so many evaluations one is stored whole again, so that reading one stays cheap.
const REBASE_AFTER: i32 = 500;

impl Store {
    /// Stores an evaluation with its ledger entry. A row that says what the evaluation before said is not repeated:
    /// it holds until a later one of the same test or requirement.
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
        // First, because it takes the ledger's lock: two evaluations at once must not build on the same one.
        super::super::ledger::append_in(&txn, entry).await?;
        let before = newest_in(&txn).await?;
        let row = evaluation::ActiveModel {
            no: NotSet,
            at: Set(made.at.0),
            made_at: Set(made_at.0),
            catalog: Set(made.catalog.to_hex()),
            base_no: Set(0),
        };
        let inserted = evaluation::Entity::insert(row).exec(&txn).await;
        let no = inserted.map_err(StoreError::of("store an evaluation"))?.last_insert_id;
        let catalog = made.catalog.to_hex();
        let base = before.filter(|b| b.catalog == catalog && no - b.base_no < REBASE_AFTER);
        let placed = evaluation::ActiveModel {
            no: Set(no),
            base_no: Set(base.as_ref().map_or(no, |b| b.base_no)),
            ..Default::default()
        };
        let update = evaluation::Entity::update(placed).exec_without_returning(&txn).await;
        update.map_err(StoreError::of("place an evaluation"))?;
        let span = base.map(|b| Span { base: b.base_no, no: b.no });
        put_results_in(&txn, no, made, span).await?;
        put_verdicts_in(&txn, no, made, span).await?;
        // A crash before this line stores nothing: the same facts and time give the same verdicts again.
        txn.commit().await.map_err(StoreError::of("commit an evaluation"))?;
        Ok(no)
    }
}

async fn newest_in(txn: &DatabaseTransaction) -> Result<Option<evaluation::Model>, StoreError> {
    let newest = evaluation::Entity::find().order_by_desc(evaluation::Column::No).one(txn).await;
    newest.map_err(StoreError::of("read the evaluation before"))
}

async fn put_results_in(
    txn: &DatabaseTransaction,
    no: i32,
    made: &Evaluation,
    before: Option<Span>,
) -> Result<(), StoreError> {
    let mut known: HashMap<String, TestResult> = HashMap::new();
    if let Some(span) = before {
        for model in span.results(txn).await? {
            known.insert(model.test.clone(), parsed(&model, made.at)?);
        }
    }
    let changed: Vec<&TestResult> = made.results.iter().filter(|r| known.get(&r.test) != Some(*r)).collect();
    for chunk in changed.chunks(500) {
        let rows = chunk.iter().map(|r| result_model(no, r).into_active_model());
        let done = test_result::Entity::insert_many(rows).exec_without_returning(txn).await;
        done.map_err(StoreError::of("store test results"))?;
    }
    Ok(())
}

async fn put_verdicts_in(
    txn: &DatabaseTransaction,
    no: i32,
    made: &Evaluation,
    before: Option<Span>,
) -> Result<(), StoreError> {
    let mut known = HashMap::new();
    if let Some(span) = before {
        for model in span.requirements(txn).await? {
            known.insert((model.framework.clone(), model.item.clone()), model);
        }
    }
    let rows: Vec<requirement_status::Model> =
        (0..).zip(&made.requirements).map(|(n, v)| verdict_model((no, n), v)).collect();
    let same = |row: &requirement_status::Model| {
        let before = known.get(&(row.framework.clone(), row.item.clone()));
        before.is_some_and(|b| requirement_status::Model { evaluation_no: no, ..b.clone() } == *row)
    };
    let changed: Vec<requirement_status::Model> = rows.into_iter().filter(|r| !same(r)).collect();
    for chunk in changed.chunks(500) {
        let rows = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        let done = requirement_status::Entity::insert_many(rows).exec_without_returning(txn).await;
        done.map_err(StoreError::of("store verdicts"))?;
    }
    Ok(())
}

fn verdict_model((no, ordinal): (i32, i32), v: &RequirementVerdict) -> requirement_status::Model {
    requirement_status::Model {
        evaluation_no: no,
        framework: v.framework.clone(),
        item: v.id.clone(),
        ordinal,
        status: status_word(&v.status),
        explanation: v.explanation.clone(),
        tests: v.tests.join(" "),
        provide: v.provide.clone(),
    }
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
