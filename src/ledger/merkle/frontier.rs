//! The right edge of a growing tree: all that appending and the root need, at most 64 hashes.

use serde::{Deserialize, Serialize};

use super::{NodeId, ProofError, TreeHead, cover, fold, hash_leaf, hash_node};
use crate::base::Digest;
use crate::ledger::MAX_ENTRY_BYTES;

/// The number of entries and the hashes of the largest complete subtrees, from the left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Frontier {
    size: u64,
    hashes: Vec<Digest>,
}

/// One complete subtree and its hash; it never changes, so it can be stored once and for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Node {
    /// Which subtree.
    pub id: NodeId,
    /// Its hash.
    pub hash: Digest,
}

/// What appending one entry added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The entry's index in the log.
    pub index: u64,
    /// The subtrees that the entry completed, lowest first; the first is the leaf itself.
    pub nodes: Vec<Node>,
}

/// The entry cannot become a leaf.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The entry does not fit the sixteen-bit length of c2sp.org/tlog-tiles.
    #[error("a ledger entry may have {MAX_ENTRY_BYTES} bytes, this one has {0}: put long lists into a blob")]
    TooLarge(usize),
}

/// The parts do not form the right edge of a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// Another number of hashes than the size asks for.
    #[error("the right edge of a tree of {size} entries has {expected} hashes, {found} were given")]
    HashCount {
        /// Entries in the tree.
        size: u64,
        /// Hashes it must have.
        expected: u32,
        /// Hashes given.
        found: usize,
    },
    /// More entries than a database can count.
    #[error("a ledger cannot have {0} entries")]
    TooLarge(u64),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    size: u64,
    hashes: Vec<Digest>,
}

impl Frontier {
    /// The edge of the tree without entries.
    pub const fn new() -> Self {
        Self { size: 0, hashes: Vec::new() }
    }

    /// Puts an edge together from its stored parts.
    ///
    /// # Errors
    /// When the number of hashes does not fit the size.
    pub fn from_parts(size: u64, hashes: Vec<Digest>) -> Result<Self, FrontierError> {
        // a database counts in i64; this also keeps `size + 1` from ever overflowing
        if i64::try_from(size).is_err() {
            return Err(FrontierError::TooLarge(size));
        }
        let expected = size.count_ones();
        if hashes.len() != expected as usize {
            return Err(FrontierError::HashCount { size, expected, found: hashes.len() });
        }
        Ok(Self { size, hashes })
    }

    /// Builds the edge of a tree of `size` entries from stored subtree hashes; [`Frontier::node_ids`] names them.
    ///
    /// # Errors
    /// [`ProofError::MissingNode`] when `stored` lacks one.
    pub fn load(size: u64, stored: impl Fn(NodeId) -> Option<Digest>) -> Result<Self, ProofError> {
        let hash = |id| stored(id).ok_or(ProofError::MissingNode(id));
        let hashes = Self::node_ids(size).into_iter().map(hash).collect::<Result<_, _>>()?;
        Ok(Self { size, hashes })
    }

    /// The subtrees on the right edge of a tree of `size` entries, from the left.
    pub fn node_ids(size: u64) -> Vec<NodeId> {
        cover(0, size)
    }

    /// The number of entries.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The subtree hashes, from the left; one for each binary one in the size.
    pub fn hashes(&self) -> &[Digest] {
        &self.hashes
    }

    /// The root of the tree (RFC 6962 §2.1).
    pub fn root(&self) -> Digest {
        fold(&self.hashes)
    }

    /// The size and root of the tree.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// Appends an entry's exact bytes.
    ///
    /// # Errors
    /// When the entry is larger than [`MAX_ENTRY_BYTES`].
    pub fn append(&mut self, entry: &[u8]) -> Result<Appended, AppendError> {
        if entry.len() > MAX_ENTRY_BYTES {
            return Err(AppendError::TooLarge(entry.len()));
        }
        Ok(self.append_hash(hash_leaf(entry)))
    }

    /// Appends an entry by its leaf hash, as [`hash_leaf`] gives it.
    pub fn append_hash(&mut self, leaf: Digest) -> Appended {
        let index = self.size;
        let mut node = Node { id: NodeId { level: 0, index }, hash: leaf };
        let mut nodes = vec![node];
        // each one at the low end of the size is a complete left neighbour
        while node.id.index & 1 == 1
            && let Some(left) = self.hashes.pop()
        {
            let id = NodeId { level: node.id.level + 1, index: node.id.index >> 1 };
            node = Node { id, hash: hash_node(&left, &node.hash) };
            nodes.push(node);
        }
        self.hashes.push(node.hash);
        self.size += 1;
        Appended { index, nodes }
    }
}

impl TryFrom<Parts> for Frontier {
    type Error = FrontierError;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        Self::from_parts(parts.size, parts.hashes)
    }
}

impl From<Frontier> for Parts {
    fn from(frontier: Frontier) -> Self {
        Self { size: frontier.size, hashes: frontier.hashes }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_complete_subtree_is_reported_once() {
        let mut frontier = Frontier::new();
        let mut stored = BTreeMap::new();

        for entry in 0..100_u32 {
            let appended = frontier.append(&entry.to_be_bytes()).unwrap();
            assert_eq!(appended.index, u64::from(entry));
            for node in appended.nodes {
                assert_eq!(stored.insert(node.id, node.hash), None);
            }
            let loaded = Frontier::load(frontier.size(), |id| stored.get(&id).copied()).unwrap();
            assert_eq!(loaded, frontier);
        }

        // 100 + 50 + 25 + 12 + 6 + 3 + 1
        assert_eq!(stored.len(), 197);
    }

    #[test]
    fn an_edge_survives_json_and_a_wrong_one_is_refused() {
        let mut frontier = Frontier::new();
        for entry in 0..7_u8 {
            frontier.append(&[entry]).unwrap();
        }

        let json = serde_json::to_string(&frontier).unwrap();

        assert_eq!(serde_json::from_str::<Frontier>(&json).unwrap(), frontier);
        assert!(serde_json::from_str::<Frontier>(&json.replace("\"size\":7", "\"size\":8")).is_err());
        assert_eq!(Frontier::from_parts(u64::MAX, vec![]), Err(FrontierError::TooLarge(u64::MAX)));
    }

    #[test]
    fn an_entry_that_no_tile_could_hold_is_refused() {
        let mut frontier = Frontier::new();

        assert!(frontier.append(&vec![0; MAX_ENTRY_BYTES]).is_ok());
        assert_eq!(frontier.append(&vec![0; MAX_ENTRY_BYTES + 1]), Err(AppendError::TooLarge(65_536)));
        assert_eq!(frontier.size(), 1);
    }

    #[test]
    fn a_missing_subtree_is_named() {
        let missing = Frontier::load(6, |id| (id.level == 2).then(|| Digest::of(b"x")));

        assert_eq!(missing, Err(ProofError::MissingNode(NodeId { level: 1, index: 2 })));
    }
}
