//! Checkpoints, and the check that nothing in the ledger or the blob store was changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::app::audit::AuditClaims;
use crate::app::{App, Error, Progress};
use crate::base::{Digest, ErrorKind, UnixMillis};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::merkle::NodeId;
use crate::ledger::note::VerifierKey;
use crate::ledger::statement::PredicateKind;
use crate::ledger::verify::{VerifiedEntry, Verifier};
use crate::store::{CheckpointRow, EntryRow, EvidenceRow};

/// Entries read at once while verifying.
const BATCH: u64 = 500;

/// What a verification of the whole ledger found.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerReport {
    /// Entries in the log.
    pub entries: u64,
    /// Root over all of them.
    pub root: Digest,
    /// Entries the newest checkpoint covers.
    pub covered: u64,
    /// Checkpoints that were checked.
    pub checkpoints: u64,
    /// Evidence items whose bytes were hashed anew.
    pub blobs: u64,
    /// Rows of the audit trail that were compared with what was signed about them.
    pub audit_rows: u64,
    /// Rows of the audit trail that were erased, by the index of the ledger entry that says so.
    pub erased: BTreeMap<u64, u64>,
    /// Fingerprint of the signing key.
    pub fingerprint: String,
    /// What does not hold; empty when everything does.
    pub problems: Vec<String>,
}

impl App {
    /// Signs the head of the log, also when nothing was added: a missing heartbeat makes a gap visible.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoint(&self) -> Result<CheckpointRow, Error> {
        let head = self.store.ledger_tree_head().await?;
        let at = self.now();
        let internal =
            |e: anyhow::Error| Error::new(ErrorKind::Internal, "could not sign a checkpoint").caused_by(e);
        let checkpoint =
            Checkpoint::new(self.signer.verifier.name(), head, at).map_err(|e| internal(e.into()))?;
        let note = checkpoint.sign(self.signer.key()).map_err(|e| internal(e.into()))?;
        let row = CheckpointRow { size: head.size, at, note: note.to_string() };
        self.store.checkpoint_put(&row).await?;
        Ok(row)
    }

    /// The first checkpoint that covers `size` entries, made now when there is none.
    pub(super) async fn checkpoint_over(&self, size: u64) -> Result<CheckpointRow, Error> {
        match self.store.checkpoint_covering(size).await? {
            Some(row) => Ok(row),
            None => self.checkpoint().await,
        }
    }

    /// Hashes everything anew from the raw blobs up and compares it with entries, nodes and checkpoints.
    ///
    /// # Errors
    /// When something cannot be read; what does not hold is in the report.
    pub async fn ledger_verify(&self, progress: &dyn Progress) -> Result<LedgerReport, Error> {
        let head = self.store.ledger_tree_head().await?;
        let checkpoints = self.store.checkpoint_list().await?;
        let mut report = LedgerReport {
            entries: head.size,
            root: head.root,
            covered: 0,
            checkpoints: checkpoints.len() as u64,
            blobs: 0,
            audit_rows: 0,
            erased: BTreeMap::new(),
            fingerprint: self.fingerprint(),
            problems: Vec::new(),
        };
        progress.begin("ledger entries", head.size);
        let claims = self.verify_entries(&mut report, &checkpoints, progress).await?;
        progress.end(&format!("{} entries, {} checkpoints", report.entries, report.checkpoints));
        // what the entries say counts only when they are intact
        if let Some(claims) = claims {
            self.verify_audit(claims, &mut report, progress).await?;
        }
        self.verify_evidence(&mut report, progress).await?;
        Ok(report)
    }

    async fn verify_entries(
        &self,
        report: &mut LedgerReport,
        checkpoints: &[CheckpointRow],
        progress: &dyn Progress,
    ) -> Result<Option<AuditClaims>, Error> {
        let notes = checkpoints.iter().map(|c| c.note.as_bytes());
        let mut verifier = match Verifier::new(self.first_key().await?, notes) {
            Ok(verifier) => verifier,
            Err(disagreement) => {
                report.problems.push(disagreement.in_words());
                return Ok(None);
            }
        };
        let (mut next, mut claims) = (0, AuditClaims::default());
        loop {
            let batch = self.store.ledger_entries(next, BATCH).await?;
            let Some(last) = batch.last() else { break };
            next = last.seq + 1;
            for entry in &batch {
                match verifier.push(entry.seq, entry.envelope.as_bytes()) {
                    Ok(verified) => {
                        self.verify_columns(entry, &verified, report).await?;
                        claims.take(entry, &verified);
                    }
                    Err(disagreement) => {
                        report.problems.push(disagreement.in_words());
                        return Ok(None);
                    }
                }
                progress.advance(1);
            }
        }
        match verifier.finish() {
            Ok(log) => {
                report.covered = log.covered;
                if log.head.root != report.root || log.head.size != report.entries {
                    report.problems.push("the ledger's head does not fit its entries".to_owned());
                }
            }
            Err(disagreement) => report.problems.push(disagreement.in_words()),
        }
        Ok(Some(claims))
    }

    /// The key the log began with; every later one is introduced by an entry.
    async fn first_key(&self) -> Result<Vec<VerifierKey>, Error> {
        let rows = self.store.key_list().await?;
        let keys: Result<Vec<VerifierKey>, _> = rows.iter().take(1).map(|row| row.vkey.parse()).collect();
        keys.map_err(|e| Error::integrity("the stored public key is damaged").caused_by(e))
    }

    /// Columns and stored hashes must be what the signed entry and the tree over it say.
    async fn verify_columns(
        &self,
        entry: &EntryRow,
        verified: &VerifiedEntry,
        report: &mut LedgerReport,
    ) -> Result<(), Error> {
        let named = verified.statement.subjects().iter().any(|s| s.sha256 == entry.subject);
        if !named || verified.statement.kind().slug() != entry.predicate {
            report.problems.push(format!("the columns of ledger entry {} were changed", entry.seq));
        }
        let ids: Vec<NodeId> = verified.nodes.iter().map(|n| n.id).collect();
        let stored = self.store.ledger_nodes(&ids).await?;
        if verified.nodes.iter().zip(stored).any(|(node, hash)| hash != Some(node.hash)) {
            report.problems.push(format!("a stored hash at ledger entry {} was changed", entry.seq));
        }
        Ok(())
    }

    async fn verify_evidence(&self, report: &mut LedgerReport, progress: &dyn Progress) -> Result<(), Error> {
        let items = self.store.evidence_until(UnixMillis(i64::MAX)).await?;
        progress.begin("evidence files", items.len() as u64);
        let mut hashed: BTreeSet<Digest> = BTreeSet::new();
        for item in &items {
            if hashed.insert(item.sha256) {
                self.verify_blob(item, report).await?;
            }
            self.verify_item(item, report).await?;
            progress.advance(1);
        }
        report.blobs = hashed.len() as u64;
        progress.end(&format!("{} files hashed anew", report.blobs));
        Ok(())
    }

    async fn verify_blob(&self, item: &EvidenceRow, report: &mut LedgerReport) -> Result<(), Error> {
        match self.blobs.get(item.sha256).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::Integrity => {
                report.problems.push(format!("{} ({}): {error}", item.file, item.id));
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The row must say what its signed entry says.
    async fn verify_item(&self, item: &EvidenceRow, report: &mut LedgerReport) -> Result<(), Error> {
        let entry = self.store.ledger_entry(item.ledger_index.unsigned_abs()).await?;
        let fits = entry.as_ref().is_some_and(|e| {
            e.predicate == PredicateKind::Evidence.slug() && e.subject == item.sha256 && says(e, item)
        });
        if !fits {
            let (file, id) = (&item.file, item.id);
            report.problems.push(format!("{file} ({id}): the row does not say what its ledger entry says"));
        }
        Ok(())
    }
}

fn says(entry: &EntryRow, item: &EvidenceRow) -> bool {
    let Ok(envelope) = crate::ledger::dsse::Envelope::parse(entry.envelope.as_bytes()) else { return false };
    let Ok(statement) = crate::ledger::statement::Statement::parse(envelope.payload()) else { return false };
    let stated = statement.predicate::<crate::report::pack::EvidencePredicate>();
    stated.is_ok_and(|stated| stated == super::import::predicate(item))
}
