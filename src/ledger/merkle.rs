//! The hash tree of RFC 6962 §2.1 (the same as RFC 9162 §2.1) over SHA-256.
//!
//! A tree is kept as the hashes of its *complete* subtrees, each named by a [`NodeId`]. Those never change once
//! written, so a table of them is append-only too; every root and proof is computed from them.

mod check;
mod frontier;
mod proof;

#[cfg(test)]
mod oracle;

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use check::{verify_consistency, verify_inclusion};
pub use frontier::{AppendError, Appended, Frontier, FrontierError, Node};
pub use proof::{ProofPlan, plan_consistency, plan_inclusion};

use crate::base::Digest;

/// The root of the tree without entries: the SHA-256 of nothing (RFC 6962 §2.1).
pub const EMPTY_ROOT: Digest = Digest::from_bytes([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// Names one complete subtree: level 0 are the leaves, `index` counts the subtrees of that level from the left.
///
/// It spans the entries `index << level` up to but not including `(index + 1) << level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NodeId {
    /// The height of the subtree.
    pub level: u8,
    /// Its position among the subtrees of this height.
    pub index: u64,
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} of level {}", self.index, self.level)
    }
}

/// What a tree is known by: its number of entries and its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TreeHead {
    /// The number of entries.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// A proof that cannot be made or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index is not below the size.
    #[error("entry {index} is not in a tree of {size} entries")]
    OutsideTree {
        /// The entry asked for.
        index: u64,
        /// The number of entries.
        size: u64,
    },
    /// The newer tree is the smaller one.
    #[error("a tree of {new} entries cannot extend a tree of {old}")]
    Shrunk {
        /// Entries of the older tree.
        old: u64,
        /// Entries of the newer tree.
        new: u64,
    },
    /// The proof has another number of hashes than these sizes ask for.
    #[error("the proof has {found} hashes, which is too {}", if *.too_many { "many" } else { "few" })]
    Length {
        /// Hashes given.
        found: usize,
        /// Whether hashes are left over, or missing.
        too_many: bool,
    },
    /// The proof leads to another root than the tree's.
    #[error("the proof leads to the root {computed}, the tree has {expected}")]
    Root {
        /// The tree's root.
        expected: Digest,
        /// What the proof leads to.
        computed: Digest,
    },
    /// The consistency proof leads to another root for the older tree.
    #[error("the proof leads to the root {computed} for the older tree, which has {expected}")]
    OldRoot {
        /// The older tree's root.
        expected: Digest,
        /// What the proof leads to.
        computed: Digest,
    },
    /// A stored subtree hash that the proof needs was not found.
    #[error("the hash of {0} is not stored")]
    MissingNode(NodeId),
}

/// Hashes one entry: `SHA-256(0x00 || entry)`.
pub fn hash_leaf(entry: &[u8]) -> Digest {
    let hash = Sha256::new().chain_update([0x00]).chain_update(entry).finalize();
    Digest::from_bytes(hash.into())
}

/// Hashes two subtrees: `SHA-256(0x01 || left || right)`.
pub fn hash_node(left: &Digest, right: &Digest) -> Digest {
    let hash =
        Sha256::new().chain_update([0x01]).chain_update(left.as_bytes()).chain_update(right.as_bytes());
    Digest::from_bytes(hash.finalize().into())
}

/// The root over all `entries`, in order.
pub fn root<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Digest {
    let mut frontier = Frontier::new();
    for entry in entries {
        frontier.append_hash(hash_leaf(entry));
    }
    frontier.root()
}

/// The root of neighbouring subtrees of falling size, or of nothing.
fn fold(hashes: &[Digest]) -> Digest {
    hashes.iter().rev().copied().reduce(|right, left| hash_node(&left, &right)).unwrap_or(EMPTY_ROOT)
}

/// The complete subtrees that together span the entries `start..end`, from the left.
fn cover(mut start: u64, end: u64) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    while let Some(fits) = end.saturating_sub(start).checked_ilog2() {
        let aligned = start.trailing_zeros();
        let level = fits.min(aligned);
        nodes.push(NodeId { level: level as u8, index: start >> level });
        start += 1 << level;
    }
    nodes
}

/// The entries of the reference tree of RFC 6962's first implementation.
#[cfg(test)]
const REFERENCE_ENTRIES: [&[u8]; 8] =
    [b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"];

/// The roots of the reference tree for one to eight entries.
#[cfg(test)]
const REFERENCE_ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_tree_has_the_published_roots() {
        assert_eq!(root([]), EMPTY_ROOT);
        assert_eq!(EMPTY_ROOT, Digest::of(b""));
        for (size, expected) in (1..).zip(REFERENCE_ROOTS) {
            let entries = REFERENCE_ENTRIES.iter().copied().take(size);

            assert_eq!(root(entries).to_hex(), expected, "size {size}");
        }
    }

    #[test]
    fn the_reference_leaves_have_the_published_hash() {
        let hash = hash_leaf(b"L123456");

        assert_eq!(hash.to_hex(), "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
    }

    #[test]
    fn a_range_is_covered_by_the_fewest_complete_subtrees() {
        let node = |level, index| NodeId { level, index };

        assert_eq!(cover(0, 0), []);
        assert_eq!(cover(5, 3), []);
        assert_eq!(cover(0, 7), [node(2, 0), node(1, 2), node(0, 6)]);
        assert_eq!(cover(4, 7), [node(1, 2), node(0, 6)]);
        assert_eq!(cover(0, u64::MAX).len(), 64);
    }
}
