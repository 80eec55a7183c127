//! What the overview and the pages about controls read: small questions in few statements.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use crate::base::UnixMillis;
use crate::store::entity::{
    asset, evaluation, evidence_item, ledger_head, run, seen_again, source, vendor, withdrawal,
};
use crate::store::evidence::EvidenceRow;
use crate::store::run::RunRow;
use crate::store::{Store, StoreError};

/// Changes whenever something is stored that the overview shows.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Pulse {
    /// Number of the last evaluation.
    pub evaluation: Option<i32>,
    /// Entries in the ledger.
    pub ledger: Option<i64>,
    /// Number of the last evidence item.
    pub evidence: Option<i32>,
    /// When the last run was started.
    pub started: Option<i64>,
    /// When the last run ended.
    pub finished: Option<i64>,
    /// When a source was last declared.
    pub source: Option<i64>,
    /// When a vendor was last declared.
    pub vendor: Option<i64>,
    /// When an asset was last declared.
    pub asset: Option<i64>,
}

/// A file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Identifier of the item.
    pub id: String,
    /// Name of the file.
    pub file: String,
    /// What it is about.
    pub subject: String,
}

/// Evidence that came, for counting when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// What it is about.
    pub subject: String,
    /// The instant it speaks for.
    pub at: UnixMillis,
    /// Whether it could be read.
    pub accepted: bool,
}

impl Store {
    /// Reads the pulse in one statement.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pulse(&self) -> Result<Pulse, StoreError> {
        let newest = |table: &mut sea_orm::sea_query::SelectStatement| {
            Expr::SubQuery(None, Box::new(table.take().into()))
        };
        let query = Query::select()
            .expr_as(
                newest(Query::select().expr(evaluation::Column::No.max()).from(evaluation::Entity)),
                "evaluation",
            )
            .expr_as(
                newest(Query::select().expr(ledger_head::Column::Size.max()).from(ledger_head::Entity)),
                "ledger",
            )
            .expr_as(
                newest(Query::select().expr(evidence_item::Column::No.max()).from(evidence_item::Entity)),
                "evidence",
            )
            .expr_as(newest(Query::select().expr(run::Column::StartedAt.max()).from(run::Entity)), "started")
            .expr_as(
                newest(Query::select().expr(run::Column::FinishedAt.max()).from(run::Entity)),
                "finished",
            )
            .expr_as(
                newest(Query::select().expr(source::Column::UpdatedAt.max()).from(source::Entity)),
                "source",
            )
            .expr_as(
                newest(Query::select().expr(vendor::Column::UpdatedAt.max()).from(vendor::Entity)),
                "vendor",
            )
            .expr_as(
                newest(Query::select().expr(asset::Column::UpdatedAt.max()).from(asset::Entity)),
                "asset",
            )
            .to_owned();
        let row =
            self.reader.query_one(&query).await.map_err(StoreError::of("look whether anything changed"))?;
        let row = row.ok_or(StoreError::Unreadable { what: "pulse", detail: "no row".to_owned() })?;
        Pulse::from_query_result(&row, "").map_err(StoreError::of("read whether anything changed"))
    }

    /// Evidence items of those ids, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_of_ids(&self, ids: &[String]) -> Result<Vec<EvidenceRow>, StoreError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(1000) {
            let rows = evidence_item::Entity::find()
                .filter(evidence_item::Column::Id.is_in(chunk))
                .order_by_asc(evidence_item::Column::No)
                .all(&self.reader)
                .await
                .map_err(StoreError::of("read evidence items"))?;
            for row in rows {
                found.push(super::evidence::into_row(row)?);
            }
        }
        Ok(found)
    }

    /// When evidence of those kinds came between two instants, seen again included, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_occurrences(
        &self,
        kinds: &[&str],
        (from, to): (UnixMillis, UnixMillis),
    ) -> Result<Vec<Occurrence>, StoreError> {
        let items: Vec<(i32, String, i64, String)> = evidence_item::Entity::find()
            .select_only()
            .columns([
                evidence_item::Column::No,
                evidence_item::Column::Subject,
                evidence_item::Column::ObservedAt,
                evidence_item::Column::Status,
            ])
            .filter(evidence_item::Column::Kind.is_in(kinds.iter().copied()))
            .filter(evidence_item::Column::ReceivedAt.lte(to.0))
            .filter(Expr::col(evidence_item::Column::No).not_in_subquery(withdrawn(to)))
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read when evidence came"))?;
        let numbers = Query::select()
            .column(evidence_item::Column::No)
            .from(evidence_item::Entity)
            .and_where(evidence_item::Column::Kind.is_in(kinds.iter().copied()))
            .to_owned();
        let again = seen_again::Entity::find()
            .filter(seen_again::Column::At.between(from.0, to.0))
            .filter(Expr::col(seen_again::Column::ItemNo).in_subquery(numbers))
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read when evidence was seen again"))?;
        Ok(occurrences(&items, &again, (from, to)))
    }

    /// Which kinds of evidence were accepted about what by `at`, as (subject, kind). Our own match reports are left out:
    /// they follow from the rest.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_kinds(&self, at: UnixMillis) -> Result<Vec<(String, String)>, StoreError> {
        let rows = evidence_item::Entity::find()
            .select_only()
            .columns([evidence_item::Column::Subject, evidence_item::Column::Kind])
            .distinct()
            .filter(evidence_item::Column::Status.eq("accepted"))
            .filter(evidence_item::Column::Format.ne(crate::evidence::scan::matches::FORMAT))
            .filter(evidence_item::Column::ReceivedAt.lte(at.0))
            .filter(Expr::col(evidence_item::Column::No).not_in_subquery(withdrawn(at)))
            .into_tuple()
            .all(&self.reader);
        rows.await.map_err(StoreError::of("read which evidence there is"))
    }

    /// The newest files that could not be read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_unread(&self, at: UnixMillis, limit: u64) -> Result<Vec<Unread>, StoreError> {
        let rows: Vec<(String, String, String)> = evidence_item::Entity::find()
            .select_only()
            .columns([evidence_item::Column::Id, evidence_item::Column::File, evidence_item::Column::Subject])
            .filter(evidence_item::Column::Status.eq("quarantined"))
            .filter(evidence_item::Column::ReceivedAt.lte(at.0))
            .filter(Expr::col(evidence_item::Column::No).not_in_subquery(withdrawn(at)))
            .order_by_desc(evidence_item::Column::No)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read the quarantine"))?;
        Ok(rows.into_iter().map(|(id, file, subject)| Unread { id, file, subject }).collect())
    }

    /// The newest run of each source that had ended by `at`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn runs_of_sources(&self, at: UnixMillis) -> Result<Vec<RunRow>, StoreError> {
        let newest = Query::select()
            .column(run::Column::SourceId)
            .expr(run::Column::FinishedAt.max())
            .from(run::Entity)
            .and_where(run::Column::SourceId.is_not_null())
            .and_where(run::Column::FinishedAt.lte(at.0))
            .group_by_col(run::Column::SourceId)
            .to_owned();
        let key = Expr::tuple([Expr::col(run::Column::SourceId), Expr::col(run::Column::FinishedAt)]);
        let rows = run::Entity::find().filter(key.in_subquery(newest)).order_by_asc(run::Column::Id);
        let rows = rows.all(&self.reader).await.map_err(StoreError::of("read the newest runs of sources"))?;
        rows.into_iter().map(super::run::into_run).collect()
    }
}

/// Items that were withdrawn by `at`: they speak no more.
fn withdrawn(at: UnixMillis) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(withdrawal::Column::ItemNo)
        .from(withdrawal::Entity)
        .and_where(withdrawal::Column::State.eq("withdrawn"))
        .and_where(withdrawal::Column::DecidedAt.lte(at.0))
        .to_owned()
}

fn occurrences(
    items: &[(i32, String, i64, String)],
    again: &[seen_again::Model],
    (from, to): (UnixMillis, UnixMillis),
) -> Vec<Occurrence> {
    let by_no: HashMap<i32, (&String, &String)> =
        items.iter().map(|(no, subject, _, status)| (*no, (subject, status))).collect();
    let first = items.iter().map(|(_, subject, at, status)| Occurrence {
        subject: subject.clone(),
        at: UnixMillis(*at),
        accepted: status == "accepted",
    });
    let seen = again.iter().filter_map(|s| {
        let (subject, status) = by_no.get(&s.item_no)?;
        Some(Occurrence {
            subject: (*subject).clone(),
            at: UnixMillis(s.at),
            accepted: *status == "accepted",
        })
    });
    let mut all: Vec<Occurrence> = first.chain(seen).filter(|o| o.at >= from && o.at <= to).collect();
    all.sort_by_key(|o| o.at);
    all
}
