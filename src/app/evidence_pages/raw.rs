//! An item's bytes exactly as stored, and the proof of its place in the ledger.

use bytes::Bytes;
use serde_json::json;

use crate::app::identity::Actor;
use crate::app::{App, Error, Event};
use crate::base::{Digest, ErrorKind, EvidenceId};
use crate::ledger::merkle::{NodeId, ProofError, plan_inclusion};
use crate::ledger::tlog_proof::TlogProof;
use crate::store::{CheckpointRow, EvidenceRow};

/// An item's bytes.
#[derive(Debug, Clone)]
pub struct Raw {
    /// Its file as given, which may hold anything.
    pub file: String,
    /// Digest of the bytes.
    pub sha256: Digest,
    /// The bytes; `None` when the caller has them already.
    pub bytes: Option<Bytes>,
}

impl App {
    /// An item's bytes exactly as stored, unless the caller has those of that digest. Every download is audited.
    ///
    /// # Errors
    /// When there is no such item, or its bytes are gone or were changed.
    pub async fn evidence_raw(
        &self,
        actor: &Actor,
        id: EvidenceId,
        known: Option<Digest>,
    ) -> Result<Raw, Error> {
        let item = self.evidence_row(id).await?;
        if known == Some(item.sha256) {
            return Ok(Raw { file: item.file, sha256: item.sha256, bytes: None });
        }
        let bytes = self.blobs.get(item.sha256).await?;
        let event = Event::done("evidence.downloaded", format!("evidence:{id}"));
        self.audited(actor, event.after(json!({"sha256": item.sha256.to_hex(), "bytes": bytes.len()})))
            .await?;
        Ok(Raw { file: item.file, sha256: item.sha256, bytes: Some(bytes) })
    }

    /// The proof that an item's entry is in the ledger, as packs hold it, with its name.
    ///
    /// # Errors
    /// When there is no such item, or no checkpoint covers it yet.
    pub async fn evidence_proof(&self, id: EvidenceId) -> Result<(String, String), Error> {
        let item = self.evidence_row(id).await?;
        let index = item.ledger_index.unsigned_abs();
        let Some((checkpoint, hashes)) = self.inclusion(&item).await? else {
            return Err(Error::new(
                ErrorKind::Conflict,
                "no checkpoint covers this item yet: one is signed after every batch and at least hourly",
            ));
        };
        let proof = TlogProof { extra: None, index, hashes, checkpoint: checkpoint.note };
        Ok((format!("{index}.tlog-proof"), proof.to_string()))
    }

    pub(super) async fn evidence_row(&self, id: EvidenceId) -> Result<EvidenceRow, Error> {
        let item = self.store.evidence_get(id).await?;
        item.ok_or_else(|| Error::not_found("there is no such evidence item"))
    }

    /// The newest checkpoint and the hashes that lead from the item's entry to its root; `None` when it is not covered.
    pub(super) async fn inclusion(
        &self,
        item: &EvidenceRow,
    ) -> Result<Option<(CheckpointRow, Vec<Digest>)>, Error> {
        let index = item.ledger_index.unsigned_abs();
        let newest = self.store.checkpoint_newest(self.now()).await?;
        let Some(checkpoint) = newest.filter(|c| c.size > index) else { return Ok(None) };
        let failed =
            |e: ProofError| Error::integrity("the stored ledger cannot prove its entry").caused_by(e);
        let plan = plan_inclusion(index, checkpoint.size).map_err(failed)?;
        let ids: Vec<NodeId> = plan.node_ids().collect();
        let hashes = self.store.ledger_nodes(&ids).await?;
        let stored = |id: NodeId| ids.iter().position(|known| *known == id).and_then(|at| *hashes.get(at)?);
        let hashes = plan.build(stored).map_err(failed)?;
        Ok(Some((checkpoint, hashes)))
    }
}
