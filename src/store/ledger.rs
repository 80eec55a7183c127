//! The ledger's rows: appended to inside the transaction that stores what an entry vouches for.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel,
    NotSet, QueryFilter, QueryOrder, QuerySelect, Set,
};

use crate::base::{Digest, UnixMillis};
use crate::ledger::merkle::{Frontier, NodeId, TreeHead};
use crate::store::entity::{checkpoint, ledger_entry, ledger_head, ledger_node, signing_key};
use crate::store::error::readable;
use crate::store::{Store, StoreError};

/// The only row of the head table.
const HEAD: i32 = 1;

/// An entry to be appended: its bytes are final, its place is not yet known.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Predicate type's short word (`evidence`).
    pub predicate: String,
    /// Digest of what the entry is about.
    pub subject: Digest,
    /// The exact signed envelope.
    pub envelope: String,
    /// When it was made.
    pub at: UnixMillis,
}

/// An entry as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Index in the log.
    pub seq: u64,
    /// Predicate type's short word.
    pub predicate: String,
    /// Digest of what the entry is about.
    pub subject: Digest,
    /// The exact signed envelope.
    pub envelope: String,
    /// When it was made.
    pub at: UnixMillis,
}

/// Size and right edge of the log.
pub type LedgerHead = Frontier;

/// A signed head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// Entries it covers.
    pub size: u64,
    /// When it was signed.
    pub at: UnixMillis,
    /// The signed note.
    pub note: String,
}

/// A signing key, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// Fingerprint of the public key.
    pub fingerprint: String,
    /// The sealed seed.
    pub sealed: String,
    /// Public key in the C2SP form.
    pub vkey: String,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it stopped signing.
    pub retired_at: Option<UnixMillis>,
}

/// Appends one entry and returns its index. The first statement takes the head's row lock, so writers queue up here.
pub(super) async fn append_in(txn: &DatabaseTransaction, new: &NewEntry) -> Result<i64, StoreError> {
    let mut frontier = lock_head_in(txn).await?;
    let before = signed(frontier.size());
    let appended = readable("ledger entry", frontier.append(new.envelope.as_bytes()))?;
    let entry = ledger_entry::Model {
        seq: before,
        predicate: new.predicate.clone(),
        subject_sha256: new.subject.to_hex(),
        envelope: new.envelope.clone(),
        at: new.at.0,
    };
    let done = ledger_entry::Entity::insert(entry.into_active_model()).exec_without_returning(txn).await;
    done.map_err(StoreError::of("append a ledger entry"))?;
    let nodes = appended.nodes.iter().map(|n| {
        let node = ledger_node::Model {
            level: i32::from(n.id.level),
            idx: signed(n.id.index),
            hash: n.hash.to_hex(),
        };
        node.into_active_model()
    });
    let done = ledger_node::Entity::insert_many(nodes).exec_without_returning(txn).await;
    done.map_err(StoreError::of("append ledger nodes"))?;
    move_head_in(txn, before, &frontier).await?;
    Ok(before)
}

async fn lock_head_in(txn: &DatabaseTransaction) -> Result<Frontier, StoreError> {
    let locked = txn.execute_unprepared("UPDATE ledger_head SET size = size WHERE id = 1").await;
    if locked.map_err(StoreError::of("lock the ledger"))?.rows_affected() == 0 {
        let first = ledger_head::ActiveModel { id: Set(HEAD), size: Set(0), frontier: Set(String::new()) };
        let done = ledger_head::Entity::insert(first).exec_without_returning(txn).await;
        done.map_err(StoreError::of("begin the ledger"))?;
        return Ok(Frontier::new());
    }
    let head = ledger_head::Entity::find_by_id(HEAD)
        .one(txn)
        .await
        .map_err(StoreError::of("read the ledger head"))?;
    head.map_or_else(|| Ok(Frontier::new()), into_frontier)
}

fn into_frontier(head: ledger_head::Model) -> Result<Frontier, StoreError> {
    let hashes: Result<Vec<Digest>, _> = head.frontier.split_whitespace().map(str::parse).collect();
    let hashes = readable("ledger head", hashes)?;
    readable("ledger head", Frontier::from_parts(head.size.unsigned_abs(), hashes))
}

async fn move_head_in(txn: &DatabaseTransaction, before: i64, frontier: &Frontier) -> Result<(), StoreError> {
    let hashes: Vec<String> = frontier.hashes().iter().map(ToString::to_string).collect();
    let moved = ledger_head::Entity::update_many()
        .col_expr(ledger_head::Column::Size, Expr::value(signed(frontier.size())))
        .col_expr(ledger_head::Column::Frontier, Expr::value(hashes.join(" ")))
        .filter(ledger_head::Column::Id.eq(HEAD))
        .filter(ledger_head::Column::Size.eq(before))
        .exec(txn)
        .await
        .map_err(StoreError::of("move the ledger head"))?;
    if moved.rows_affected == 1 { Ok(()) } else { Err(StoreError::LedgerMoved) }
}

/// Log sizes are counted one by one from zero and stay far below `i64::MAX`.
fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn into_entry(m: ledger_entry::Model) -> Result<EntryRow, StoreError> {
    Ok(EntryRow {
        seq: m.seq.unsigned_abs(),
        predicate: m.predicate,
        subject: readable("digest", m.subject_sha256.parse())?,
        envelope: m.envelope,
        at: UnixMillis(m.at),
    })
}

impl Store {
    /// Appends entries that vouch for no other row, in one transaction; returns the index of the first.
    ///
    /// # Errors
    /// When the database does not answer; nothing is appended then.
    pub async fn ledger_append(&self, entries: &[NewEntry]) -> Result<i64, StoreError> {
        let txn = self.write().await?;
        let mut first = -1;
        for (position, entry) in entries.iter().enumerate() {
            let index = append_in(&txn, entry).await?;
            if position == 0 {
                first = index;
            }
        }
        txn.commit().await.map_err(StoreError::of("commit ledger entries"))?;
        Ok(first)
    }

    /// Size and right edge.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ledger_head(&self) -> Result<LedgerHead, StoreError> {
        let head = ledger_head::Entity::find_by_id(HEAD).one(&self.writer).await;
        head.map_err(StoreError::of("read the ledger head"))?
            .map_or_else(|| Ok(Frontier::new()), into_frontier)
    }

    /// Size and root.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ledger_tree_head(&self) -> Result<TreeHead, StoreError> {
        Ok(self.ledger_head().await?.head())
    }

    /// Up to `limit` entries from index `from` on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ledger_entries(&self, from: u64, limit: u64) -> Result<Vec<EntryRow>, StoreError> {
        let rows = ledger_entry::Entity::find()
            .filter(ledger_entry::Column::Seq.gte(signed(from)))
            .order_by_asc(ledger_entry::Column::Seq)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read ledger entries"))?;
        rows.into_iter().map(into_entry).collect()
    }

    /// The entry of that index.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ledger_entry(&self, index: u64) -> Result<Option<EntryRow>, StoreError> {
        let row = ledger_entry::Entity::find_by_id(signed(index)).one(&self.reader).await;
        row.map_err(StoreError::of("read a ledger entry"))?.map(into_entry).transpose()
    }

    /// Hashes of the named subtrees, in the same order; `None` for one that is not stored.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ledger_nodes(&self, ids: &[NodeId]) -> Result<Vec<Option<Digest>>, StoreError> {
        let mut found = std::collections::HashMap::new();
        for chunk in ids.chunks(200) {
            let wanted = chunk.iter().fold(Condition::any(), |any, id| {
                let level = ledger_node::Column::Level.eq(i32::from(id.level));
                any.add(level.and(ledger_node::Column::Idx.eq(signed(id.index))))
            });
            let rows = ledger_node::Entity::find().filter(wanted).all(&self.reader).await;
            for row in rows.map_err(StoreError::of("read ledger nodes"))? {
                found.insert((row.level, row.idx), readable("ledger node", row.hash.parse::<Digest>())?);
            }
        }
        Ok(ids.iter().map(|id| found.get(&(i32::from(id.level), signed(id.index))).copied()).collect())
    }

    /// Stores a signed head.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn checkpoint_put(&self, row: &CheckpointRow) -> Result<(), StoreError> {
        let model = checkpoint::ActiveModel {
            no: NotSet,
            size: Set(signed(row.size)),
            at: Set(row.at.0),
            note: Set(row.note.clone()),
        };
        let done = checkpoint::Entity::insert(model).exec_without_returning(&self.writer).await;
        done.map_err(StoreError::of("store a checkpoint"))?;
        Ok(())
    }

    /// The first signed head that covers at least `size` entries.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn checkpoint_covering(&self, size: u64) -> Result<Option<CheckpointRow>, StoreError> {
        let row = checkpoint::Entity::find()
            .filter(checkpoint::Column::Size.gte(signed(size)))
            .order_by_asc(checkpoint::Column::No)
            .one(&self.reader)
            .await;
        Ok(row.map_err(StoreError::of("read a checkpoint"))?.map(into_checkpoint))
    }

    /// The newest signed head made up to `at`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn checkpoint_newest(&self, at: UnixMillis) -> Result<Option<CheckpointRow>, StoreError> {
        let row = checkpoint::Entity::find()
            .filter(checkpoint::Column::At.lte(at.0))
            .order_by_desc(checkpoint::Column::No)
            .one(&self.reader)
            .await;
        Ok(row.map_err(StoreError::of("read a checkpoint"))?.map(into_checkpoint))
    }

    /// How many entries the largest signed head covers; 0 before the first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn checkpoint_largest(&self) -> Result<u64, StoreError> {
        let row = checkpoint::Entity::find().order_by_desc(checkpoint::Column::Size).one(&self.reader).await;
        Ok(row.map_err(StoreError::of("read the largest checkpoint"))?.map_or(0, |c| c.size.unsigned_abs()))
    }

    /// Every signed head, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn checkpoint_list(&self) -> Result<Vec<CheckpointRow>, StoreError> {
        let rows = checkpoint::Entity::find().order_by_asc(checkpoint::Column::No).all(&self.reader).await;
        Ok(rows.map_err(StoreError::of("list checkpoints"))?.into_iter().map(into_checkpoint).collect())
    }

    /// Stores the installation's first signing key with the ledger entry that introduces it. When another process
    /// was quicker, its key stands and nothing is stored.
    ///
    /// # Errors
    /// When the database does not answer; nothing is stored then.
    pub async fn key_create_first(&self, row: &SigningKeyRow, entry: &NewEntry) -> Result<(), StoreError> {
        let txn = self.write().await?;
        // Appending takes the ledger's lock: of two first starts one waits here and then sees the other's key.
        append_in(&txn, entry).await?;
        let known =
            signing_key::Entity::find().one(&txn).await.map_err(StoreError::of("look for a signing key"))?;
        if known.is_some() {
            return txn.rollback().await.map_err(StoreError::of("leave the other first start's key"));
        }
        let model = signing_key::Model {
            fingerprint: row.fingerprint.clone(),
            sealed: row.sealed.clone(),
            vkey: row.vkey.clone(),
            created_at: row.created_at.0,
            retired_at: row.retired_at.map(|t| t.0),
        };
        let done = signing_key::Entity::insert(model.into_active_model()).exec_without_returning(&txn).await;
        done.map_err(StoreError::of("store a signing key"))?;
        txn.commit().await.map_err(StoreError::of("commit a signing key"))
    }

    /// Every signing key, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn key_list(&self) -> Result<Vec<SigningKeyRow>, StoreError> {
        let rows =
            signing_key::Entity::find().order_by_asc(signing_key::Column::CreatedAt).all(&self.writer).await;
        Ok(rows
            .map_err(StoreError::of("list signing keys"))?
            .into_iter()
            .map(|m| SigningKeyRow {
                fingerprint: m.fingerprint,
                sealed: m.sealed,
                vkey: m.vkey,
                created_at: UnixMillis(m.created_at),
                retired_at: m.retired_at.map(UnixMillis),
            })
            .collect())
    }
}

fn into_checkpoint(m: checkpoint::Model) -> CheckpointRow {
    CheckpointRow { size: m.size.unsigned_abs(), at: UnixMillis(m.at), note: m.note }
}
