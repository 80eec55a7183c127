//! Evaluations: append-only, never rewritten. A row is valid from its evaluation until the next row of the same test
//! or requirement; what an evaluation said as a whole is a query over the rows from its base on.

mod history;
mod keep;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::base::{Digest, UnixMillis};
use crate::controls::{RequirementVerdict, TestResult};
use crate::store::entity::{evaluation, requirement_status, test_result};
use crate::store::error::readable;
use crate::store::{Store, StoreError};

pub use history::VerdictChange;

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

/// The evaluations whose rows together are one evaluation: from its base up to itself.
#[derive(Debug, Clone, Copy)]
struct Span {
    base: i32,
    no: i32,
}

impl Span {
    async fn results(self, db: &impl ConnectionTrait) -> Result<Vec<test_result::Model>, StoreError> {
        use test_result::Column as C;
        let newest = Query::select()
            .column(C::Test)
            .expr(Expr::col(C::EvaluationNo).max())
            .from(test_result::Entity)
            .and_where(C::EvaluationNo.between(self.base, self.no))
            .group_by_col(C::Test)
            .to_owned();
        let key = Expr::tuple([Expr::col(C::Test), Expr::col(C::EvaluationNo)]);
        let rows = test_result::Entity::find().filter(key.in_subquery(newest)).order_by_asc(C::Test).all(db);
        rows.await.map_err(StoreError::of("read test results"))
    }

    async fn requirements(
        self,
        db: &impl ConnectionTrait,
    ) -> Result<Vec<requirement_status::Model>, StoreError> {
        use requirement_status::Column as C;
        let newest = Query::select()
            .columns([C::Framework, C::Item])
            .expr(Expr::col(C::EvaluationNo).max())
            .from(requirement_status::Entity)
            .and_where(C::EvaluationNo.between(self.base, self.no))
            .group_by_columns([C::Framework, C::Item])
            .to_owned();
        let key = Expr::tuple([Expr::col(C::Framework), Expr::col(C::Item), Expr::col(C::EvaluationNo)]);
        let rows = requirement_status::Entity::find()
            .filter(key.in_subquery(newest))
            .order_by_asc(C::Ordinal)
            .all(db);
        rows.await.map_err(StoreError::of("read verdicts"))
    }
}

fn status_word<T: serde::Serialize>(status: &T) -> String {
    serde_json::to_value(status).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A stored result as it reads at an evaluation for `at`: taken over unchanged except for its time.
fn parsed(model: &test_result::Model, at: UnixMillis) -> Result<TestResult, StoreError> {
    let result: TestResult = readable("test result", serde_json::from_str(&model.body))?;
    Ok(TestResult { at, ..result })
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

    /// Test results of an evaluation, by test id; none when there is no such evaluation.
    ///
    /// # Errors
    /// When the database does not answer or a row cannot be read.
    pub async fn evaluation_results(&self, no: i32) -> Result<Vec<TestResult>, StoreError> {
        let Some(of) = self.evaluation_of(no).await? else { return Ok(Vec::new()) };
        let rows = Span { base: of.base_no, no }.results(&self.reader).await?;
        rows.iter().map(|m| parsed(m, UnixMillis(of.at))).collect()
    }

    /// Verdicts of an evaluation, in catalogue order; none when there is no such evaluation.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evaluation_requirements(&self, no: i32) -> Result<Vec<RequirementRow>, StoreError> {
        let Some(of) = self.evaluation_of(no).await? else { return Ok(Vec::new()) };
        let rows = Span { base: of.base_no, no }.requirements(&self.reader).await?;
        let row = |m: requirement_status::Model| RequirementRow {
            framework: m.framework,
            item: m.item,
            status: m.status,
            explanation: m.explanation,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Verdicts of an evaluation as the domain has them, in catalogue order.
    ///
    /// # Errors
    /// When the database does not answer or a row cannot be read.
    pub async fn evaluation_verdicts(&self, no: i32) -> Result<Vec<RequirementVerdict>, StoreError> {
        let Some(of) = self.evaluation_of(no).await? else { return Ok(Vec::new()) };
        let rows = Span { base: of.base_no, no }.requirements(&self.reader).await?;
        let verdict = |m: requirement_status::Model| {
            Ok(RequirementVerdict {
                status: readable("status", serde_json::from_value(serde_json::Value::String(m.status)))?,
                framework: m.framework,
                id: m.item,
                explanation: m.explanation,
                tests: m.tests.split_whitespace().map(str::to_owned).collect(),
                provide: m.provide,
            })
        };
        rows.into_iter().map(verdict).collect()
    }

    async fn evaluation_of(&self, no: i32) -> Result<Option<evaluation::Model>, StoreError> {
        let row = evaluation::Entity::find_by_id(no).one(&self.reader).await;
        row.map_err(StoreError::of("read an evaluation"))
    }
}
