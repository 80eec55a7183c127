//! Makes proofs from stored subtree hashes: first which hashes are needed, then the proof.
//!
//! The two steps let a store fetch all hashes in one query and keep this module without I/O.

use super::{NodeId, ProofError, cover, fold};
use crate::base::Digest;

/// Which stored hashes make up a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofPlan {
    // each hash of the proof is the root over neighbouring complete subtrees, mostly of just one
    parts: Vec<Vec<NodeId>>,
}

impl ProofPlan {
    /// The subtrees whose hashes are needed, at most 126, none twice.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> {
        self.parts.iter().flatten().copied()
    }

    /// The proof, put together from the stored hashes.
    ///
    /// # Errors
    /// [`ProofError::MissingNode`] when `stored` lacks one.
    pub fn build(&self, stored: impl Fn(NodeId) -> Option<Digest>) -> Result<Vec<Digest>, ProofError> {
        let hash = |id: &NodeId| stored(*id).ok_or(ProofError::MissingNode(*id));
        let part = |part: &Vec<NodeId>| Ok(fold(&part.iter().map(hash).collect::<Result<Vec<_>, _>>()?));
        self.parts.iter().map(part).collect()
    }
}

/// Plans the proof that entry `index` is in the tree of `size` entries (RFC 9162 §2.1.3.1).
///
/// # Errors
/// When there is no such entry.
pub fn plan_inclusion(index: u64, size: u64) -> Result<ProofPlan, ProofError> {
    if index >= size {
        return Err(ProofError::OutsideTree { index, size });
    }
    let mut parts = Vec::new();
    let (mut start, mut end) = (0, size);
    while let Some(middle) = split(start, end) {
        if index < middle {
            parts.push(cover(middle, end));
            end = middle;
        } else {
            parts.push(cover(start, middle));
            start = middle;
        }
    }
    parts.reverse();
    Ok(ProofPlan { parts })
}

/// Plans the proof that the tree of `new` entries extends that of `old` entries (RFC 9162 §2.1.4.1).
///
/// The proof is empty for equal sizes and for the empty tree, which every tree extends (c2sp.org/tlog-witness).
///
/// # Errors
/// When the newer tree is the smaller one.
pub fn plan_consistency(old: u64, new: u64) -> Result<ProofPlan, ProofError> {
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    let mut parts = Vec::new();
    if old == 0 || old == new {
        return Ok(ProofPlan { parts });
    }
    let (mut start, mut end) = (0, new);
    while end != old
        && let Some(middle) = split(start, end)
    {
        if old <= middle {
            parts.push(cover(middle, end));
            end = middle;
        } else {
            parts.push(cover(start, middle));
            start = middle;
        }
    }
    // the verifier already knows the old root, so it is left out where the old tree is one complete subtree
    if start > 0 {
        parts.push(cover(start, end));
    }
    parts.reverse();
    Ok(ProofPlan { parts })
}

/// Where a subtree of more than one entry divides: after the largest power of two below its size.
fn split(start: u64, end: u64) -> Option<u64> {
    let last = (end - start).checked_sub(1)?;
    let level = last.checked_ilog2()?;
    Some(start + (1 << level))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(plan: &ProofPlan) -> Vec<(u8, u64)> {
        plan.node_ids().map(|id| (id.level, id.index)).collect()
    }

    #[test]
    fn an_inclusion_proof_names_the_siblings_from_the_leaf_up() {
        assert_eq!(named(&plan_inclusion(0, 1).unwrap()), []);
        assert_eq!(named(&plan_inclusion(0, 7).unwrap()), [(0, 1), (1, 1), (1, 2), (0, 6)]);
        assert_eq!(named(&plan_inclusion(4, 7).unwrap()), [(0, 5), (0, 6), (2, 0)]);
        assert_eq!(plan_inclusion(7, 7), Err(ProofError::OutsideTree { index: 7, size: 7 }));
        assert_eq!(plan_inclusion(0, 0), Err(ProofError::OutsideTree { index: 0, size: 0 }));
    }

    #[test]
    fn a_consistency_proof_names_what_the_older_tree_lacks() {
        assert_eq!(named(&plan_consistency(5, 7).unwrap()), [(0, 4), (0, 5), (0, 6), (2, 0)]);
        assert_eq!(named(&plan_consistency(4, 7).unwrap()), [(1, 2), (0, 6)]);
        assert_eq!(named(&plan_consistency(0, 7).unwrap()), []);
        assert_eq!(named(&plan_consistency(7, 7).unwrap()), []);
        assert_eq!(plan_consistency(8, 7), Err(ProofError::Shrunk { old: 8, new: 7 }));
    }

    #[test]
    fn the_largest_trees_are_planned_without_overflow() {
        assert_eq!(plan_inclusion(u64::MAX - 1, u64::MAX).unwrap().parts.len(), 63);
        assert_eq!(plan_inclusion(0, u64::MAX).unwrap().node_ids().count(), 126);
        assert!(plan_consistency(1, u64::MAX).is_ok());
        assert!(plan_consistency(u64::MAX - 1, u64::MAX).is_ok());
    }

    #[test]
    fn a_missing_hash_is_named() {
        let plan = plan_inclusion(0, 7).unwrap();

        let missing = plan.build(|id| (id.level == 0).then(|| Digest::of(b"x")));

        assert_eq!(missing, Err(ProofError::MissingNode(NodeId { level: 1, index: 1 })));
    }
}
