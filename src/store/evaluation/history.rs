//! How a verdict came to be what it is: the rows that changed it.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::base::UnixMillis;
use crate::store::entity::{evaluation, requirement_status};
use crate::store::{Store, StoreError};

/// A verdict as it was from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictChange {
    /// From when on.
    pub at: UnixMillis,
    /// The evaluation that found it.
    pub evaluation_no: i32,
    /// Status word.
    pub status: String,
    /// Why.
    pub explanation: String,
}

impl Store {
    /// How a requirement's verdict changed up to `at`, oldest first: one entry per status it had. Evaluations made
    /// later for an earlier day answer a question about that day and change no history.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evaluation_history(
        &self,
        (framework, item): (&str, &str),
        at: UnixMillis,
    ) -> Result<Vec<VerdictChange>, StoreError> {
        let rows = requirement_status::Entity::find()
            .filter(requirement_status::Column::Framework.eq(framework))
            .filter(requirement_status::Column::Item.eq(item))
            .order_by_asc(requirement_status::Column::EvaluationNo)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read a requirement's history"))?;
        let numbers: Vec<i32> = rows.iter().map(|r| r.evaluation_no).collect();
        let mut instants: HashMap<i32, i64> = HashMap::new();
        for chunk in numbers.chunks(1000) {
            let made = evaluation::Entity::find()
                .filter(evaluation::Column::No.is_in(chunk.iter().copied()))
                .filter(evaluation::Column::At.lte(at.0))
                .all(&self.reader)
                .await
                .map_err(StoreError::of("read when a requirement was evaluated"))?;
            instants.extend(made.into_iter().map(|m| (m.no, m.at)));
        }
        Ok(changes(rows, &instants))
    }
}

fn changes(rows: Vec<requirement_status::Model>, instants: &HashMap<i32, i64>) -> Vec<VerdictChange> {
    let mut changes: Vec<VerdictChange> = Vec::new();
    let mut latest = i64::MIN;
    for row in rows {
        let Some(at) = instants.get(&row.evaluation_no).copied().filter(|at| *at >= latest) else { continue };
        latest = at;
        match changes.last_mut() {
            Some(last) if last.status == row.status => last.explanation = row.explanation,
            Some(_) | None => changes.push(VerdictChange {
                at: UnixMillis(at),
                evaluation_no: row.evaluation_no,
                status: row.status,
                explanation: row.explanation,
            }),
        }
    }
    changes
}
