//! Hands a pack its bytes and proofs one at a time, from the database and the blob store.

use tokio::runtime::Handle;

use crate::base::Digest;
use crate::ledger::merkle::{NodeId, plan_inclusion};
use crate::report::pack::{FetchError, PackData};
use crate::store::{BlobStore, Store};

/// Reads from a blocking thread while the runtime drives the database.
pub struct StoredData {
    /// Entries and tree nodes.
    pub store: Store,
    /// Original bytes.
    pub blobs: BlobStore,
    /// The runtime.
    pub handle: Handle,
}

impl PackData for StoredData {
    fn blob(&mut self, sha256: &Digest) -> Result<Vec<u8>, FetchError> {
        Ok(self.handle.block_on(self.blobs.get(*sha256))?.to_vec())
    }

    fn envelope(&mut self, index: u64) -> Result<Vec<u8>, FetchError> {
        let entry = self.handle.block_on(self.store.ledger_entry(index))?;
        let entry = entry.ok_or_else(|| format!("ledger entry {index} is not there"))?;
        Ok(entry.envelope.into_bytes())
    }

    fn proof(&mut self, index: u64, size: u64) -> Result<Vec<Digest>, FetchError> {
        let plan = plan_inclusion(index, size)?;
        let ids: Vec<NodeId> = plan.node_ids().collect();
        let hashes = self.handle.block_on(self.store.ledger_nodes(&ids))?;
        let stored = |id: NodeId| ids.iter().position(|known| *known == id).and_then(|at| *hashes.get(at)?);
        Ok(plan.build(stored)?)
    }
}
