//! The audit trail: appended together with its ledger entry, never changed, except that a row's key may be destroyed.

use sea_orm::{ColumnTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::base::{Digest, UnixMillis};
use crate::store::entity::audit_entry;
use crate::store::error::readable;
use crate::store::ledger::append_in;
use crate::store::{NewEntry, Store, StoreError};

/// One action as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Number in the trail; given by the database.
    pub no: i32,
    /// When.
    pub at: UnixMillis,
    /// What was done: the action's word.
    pub action: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// Who: a person's identifier, `local` or `stranger`.
    pub actor: String,
    /// To what: `kind:identifier`, or empty.
    pub object: String,
    /// Name, address, agent, before and after, encrypted under the row's key.
    pub sealed: String,
    /// That key, sealed under the master key; empty once it was destroyed.
    pub row_key: String,
    /// Digest of the encrypted part, which the ledger entry names.
    pub sha256: Digest,
    /// Index of its ledger entry; given when it is appended.
    pub ledger_index: i64,
}

impl Store {
    /// Appends an action with its ledger entry, in one transaction.
    ///
    /// # Errors
    /// When the database does not answer; nothing is stored then.
    pub async fn audit_append(&self, row: &AuditRow, entry: &NewEntry) -> Result<(), StoreError> {
        let txn = self.write().await?;
        let index = append_in(&txn, entry).await?;
        let model = audit_entry::ActiveModel {
            no: NotSet,
            at: Set(row.at.0),
            action: Set(row.action.clone()),
            outcome: Set(row.outcome.clone()),
            actor: Set(row.actor.clone()),
            object: Set(row.object.clone()),
            sealed: Set(row.sealed.clone()),
            row_key: Set(row.row_key.clone()),
            sha256: Set(row.sha256.to_hex()),
            ledger_index: Set(index),
        };
        let done = audit_entry::Entity::insert(model).exec_without_returning(&txn).await;
        done.map_err(StoreError::of("write the audit trail"))?;
        txn.commit().await.map_err(StoreError::of("commit the audit trail"))
    }

    /// Up to `limit` actions numbered above `after`, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_after(&self, after: i32, limit: u64) -> Result<Vec<AuditRow>, StoreError> {
        let rows = audit_entry::Entity::find()
            .filter(audit_entry::Column::No.gt(after))
            .order_by_asc(audit_entry::Column::No)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read the audit trail"))?;
        rows.into_iter().map(into_audit).collect()
    }

    /// The newest actions on an object, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_of_object(&self, object: &str, limit: u64) -> Result<Vec<AuditRow>, StoreError> {
        let rows = audit_entry::Entity::find()
            .filter(audit_entry::Column::Object.eq(object))
            .order_by_desc(audit_entry::Column::No)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read the audit trail of an object"))?;
        rows.into_iter().map(into_audit).collect()
    }
}

pub(super) fn into_audit(m: audit_entry::Model) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        no: m.no,
        at: UnixMillis(m.at),
        action: m.action,
        outcome: m.outcome,
        actor: m.actor,
        object: m.object,
        sealed: m.sealed,
        row_key: m.row_key,
        sha256: readable("audit digest", m.sha256.parse())?,
        ledger_index: m.ledger_index,
    })
}
