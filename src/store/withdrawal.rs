//! Withdrawals: one person asks, another decides. Which items still speak at an instant follows from these rows alone.

use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Set,
};

use crate::base::{EvidenceId, UnixMillis, WithdrawalId};
use crate::store::entity::{evidence_item, feed, withdrawal};
use crate::store::error::readable;
use crate::store::ledger::append_in;
use crate::store::{NewEntry, Store, StoreError};

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawalState {
    /// Nobody decided yet.
    Asked,
    /// The item no longer speaks.
    Withdrawn,
    /// The item stays as it is.
    Declined,
}

impl WithdrawalState {
    /// The stable word.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Withdrawn => "withdrawn",
            Self::Declined => "declined",
        }
    }

    fn parse(word: &str) -> Result<Self, StoreError> {
        let known = [Self::Asked, Self::Withdrawn, Self::Declined].into_iter().find(|s| s.slug() == word);
        readable("withdrawal", known.ok_or("its state is no word of ours"))
    }
}

/// A request as stored, with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalRow {
    /// Identifier.
    pub id: WithdrawalId,
    /// Row number of the item.
    pub item_no: i32,
    /// The item.
    pub evidence: EvidenceId,
    /// Its file.
    pub file: String,
    /// What it is about.
    pub subject: String,
    /// What became of the request.
    pub state: WithdrawalState,
    /// Why it should be withdrawn.
    pub reason: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: UnixMillis,
    /// Who decided; empty while nobody did.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<UnixMillis>,
    /// What was said to the decision.
    pub decision_reason: String,
    /// Index of the decision's ledger entry; -1 while there is none.
    pub ledger_index: i64,
}

/// A decision on a request.
#[derive(Debug, Clone)]
pub struct Deciding {
    /// What becomes of it; never [`WithdrawalState::Asked`].
    pub state: WithdrawalState,
    /// Who decides.
    pub by: String,
    /// When.
    pub at: UnixMillis,
    /// What is said to it.
    pub reason: String,
    /// The signed envelope for the ledger.
    pub entry: NewEntry,
}

impl Store {
    /// Stores a request.
    ///
    /// # Errors
    /// With a conflict when one is open already; when the database does not answer.
    pub async fn withdrawal_ask(&self, row: &WithdrawalRow) -> Result<(), StoreError> {
        let model = withdrawal::ActiveModel {
            no: NotSet,
            id: Set(row.id.to_string()),
            item_no: Set(row.item_no),
            state: Set(WithdrawalState::Asked.slug().to_owned()),
            slot: Set(slot(WithdrawalState::Asked, row)),
            reason: Set(row.reason.clone()),
            asked_by: Set(row.asked_by.clone()),
            asked_at: Set(row.asked_at.0),
            decided_by: Set(String::new()),
            decided_at: Set(0),
            decision_reason: Set(String::new()),
            ledger_index: Set(-1),
        };
        let done = withdrawal::Entity::insert(model).exec_without_returning(&self.writer).await;
        done.map_err(StoreError::of("ask for a withdrawal"))?;
        Ok(())
    }

    /// Decides on an open request, together with the ledger entry; `false` when somebody decided before.
    ///
    /// # Errors
    /// When the database does not answer; nothing is decided then.
    pub async fn withdrawal_decide(
        &self,
        row: &WithdrawalRow,
        deciding: &Deciding,
    ) -> Result<bool, StoreError> {
        let txn = self.write().await?;
        let update = withdrawal::Entity::update_many()
            .col_expr(withdrawal::Column::State, Expr::value(deciding.state.slug()))
            .col_expr(withdrawal::Column::Slot, Expr::value(slot(deciding.state, row)))
            .col_expr(withdrawal::Column::DecidedBy, Expr::value(deciding.by.as_str()))
            .col_expr(withdrawal::Column::DecidedAt, Expr::value(deciding.at.0))
            .col_expr(withdrawal::Column::DecisionReason, Expr::value(deciding.reason.as_str()))
            .filter(withdrawal::Column::Id.eq(row.id.to_string()))
            .filter(withdrawal::Column::State.eq(WithdrawalState::Asked.slug()));
        let done = update.exec(&txn).await.map_err(StoreError::of("decide on a withdrawal"))?;
        if done.rows_affected != 1 {
            txn.rollback().await.map_err(StoreError::of("leave another's decision"))?;
            return Ok(false);
        }
        if deciding.state == WithdrawalState::Withdrawn {
            unsay_in(&txn, &row.subject).await?;
        }
        // Last, because appending holds the ledger's lock until the commit.
        let index = append_in(&txn, &deciding.entry).await?;
        let placed = withdrawal::Entity::update_many()
            .col_expr(withdrawal::Column::LedgerIndex, Expr::value(index))
            .filter(withdrawal::Column::Id.eq(row.id.to_string()));
        placed.exec(&txn).await.map_err(StoreError::of("place a withdrawal in the ledger"))?;
        // A crash before this line leaves the request open.
        txn.commit().await.map_err(StoreError::of("commit a decision"))?;
        Ok(true)
    }

    /// The request of that identifier.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn withdrawal_get(&self, id: WithdrawalId) -> Result<Option<WithdrawalRow>, StoreError> {
        let found = withdrawal::Entity::find().filter(withdrawal::Column::Id.eq(id.to_string()));
        Ok(self.withdrawals(found).await?.pop())
    }

    /// Every request about an item, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn withdrawal_of_item(&self, no: i32) -> Result<Vec<WithdrawalRow>, StoreError> {
        self.withdrawals(withdrawal::Entity::find().filter(withdrawal::Column::ItemNo.eq(no))).await
    }

    /// Up to `limit` requests nobody decided on, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn withdrawal_pending(&self, limit: u64) -> Result<Vec<WithdrawalRow>, StoreError> {
        let asked = withdrawal::Column::State.eq(WithdrawalState::Asked.slug());
        self.withdrawals(withdrawal::Entity::find().filter(asked).limit(limit)).await
    }

    /// Every withdrawal in force at `at`, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn withdrawal_in_force(&self, at: UnixMillis) -> Result<Vec<WithdrawalRow>, StoreError> {
        self.withdrawals(in_force(at)).await
    }

    async fn withdrawals(
        &self,
        select: sea_orm::Select<withdrawal::Entity>,
    ) -> Result<Vec<WithdrawalRow>, StoreError> {
        let rows = select
            .order_by_asc(withdrawal::Column::No)
            .find_also_related(evidence_item::Entity)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read withdrawals"))?;
        rows.into_iter().filter_map(|(w, item)| item.map(|item| into_row(w, item))).collect()
    }
}

/// Takes back what was derived from a withdrawn item.
async fn unsay_in(txn: &DatabaseTransaction, subject: &str) -> Result<(), StoreError> {
    if let Some(key) = subject.strip_prefix("feed:") {
        // Without these advisories the feed is not whole: its silence must not pass for a clean bill of health.
        let feeds = feed::Entity::update_many()
            .col_expr(feed::Column::Whole, Expr::value(false))
            .filter(feed::Column::Key.eq(key));
        feeds.exec(txn).await.map_err(StoreError::of("mark a feed as partial"))?;
    }
    super::finding_register::rebuild_in(txn, subject).await
}

/// Withdrawals in force at `at`.
fn in_force(at: UnixMillis) -> sea_orm::Select<withdrawal::Entity> {
    withdrawal::Entity::find()
        .filter(withdrawal::Column::State.eq(WithdrawalState::Withdrawn.slug()))
        .filter(withdrawal::Column::DecidedAt.lte(at.0))
}

/// Row numbers of the items that no longer speak at `at`: `no NOT IN (…)`.
pub(super) fn silent(at: UnixMillis) -> SelectStatement {
    in_force(at).select_only().column(withdrawal::Column::ItemNo).into_query()
}

/// One open request and one withdrawal per item at most: the unique column says so.
fn slot(state: WithdrawalState, row: &WithdrawalRow) -> String {
    match state {
        WithdrawalState::Asked | WithdrawalState::Withdrawn => format!("{}:{}", state.slug(), row.evidence),
        WithdrawalState::Declined => format!("{}:{}", state.slug(), row.id),
    }
}

fn into_row(w: withdrawal::Model, item: evidence_item::Model) -> Result<WithdrawalRow, StoreError> {
    Ok(WithdrawalRow {
        id: readable("withdrawal id", w.id.parse())?,
        item_no: w.item_no,
        evidence: readable("evidence id", item.id.parse())?,
        file: item.file,
        subject: item.subject,
        state: WithdrawalState::parse(&w.state)?,
        reason: w.reason,
        asked_by: w.asked_by,
        asked_at: UnixMillis(w.asked_at),
        decided_by: w.decided_by,
        decided_at: (w.decided_at > 0).then_some(UnixMillis(w.decided_at)),
        decision_reason: w.decision_reason,
        ledger_index: w.ledger_index,
    })
}
