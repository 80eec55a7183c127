//! Checks proofs exactly as RFC 9162 says, from sizes and hashes alone.

use super::{EMPTY_ROOT, ProofError, TreeHead, hash_node};
use crate::base::Digest;

/// Checks that the entry with the hash `leaf` is number `index` of the tree (RFC 9162 §2.1.3.2).
///
/// # Errors
/// When the proof does not hold, with the reason.
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    proof: &[Digest],
    head: &TreeHead,
) -> Result<(), ProofError> {
    if index >= head.size {
        return Err(ProofError::OutsideTree { index, size: head.size });
    }
    let mut path = Path { node: index, last: head.size - 1 };
    let mut hash = *leaf;
    for sibling in proof {
        match path.climb().ok_or_else(|| length(proof, true))? {
            Sibling::Left => hash = hash_node(sibling, &hash),
            Sibling::Right => hash = hash_node(&hash, sibling),
        }
    }
    if path.last != 0 {
        return Err(length(proof, false));
    }
    same_root(head, hash)
}

/// Checks that the `new` tree extends the `old` one (RFC 9162 §2.1.4.2).
///
/// Beyond the RFC, which asks for `0 < old < new`: trees of equal size are consistent when their roots are equal, and
/// every tree extends the empty one; both with an empty proof (c2sp.org/tlog-witness).
///
/// # Errors
/// When the proof does not hold, with the reason.
pub fn verify_consistency(old: &TreeHead, new: &TreeHead, proof: &[Digest]) -> Result<(), ProofError> {
    if old.size > new.size {
        return Err(ProofError::Shrunk { old: old.size, new: new.size });
    }
    if old.size == 0 || old.size == new.size {
        let known = if old.size == 0 { EMPTY_ROOT } else { new.root };
        if !proof.is_empty() {
            return Err(length(proof, true));
        }
        return same_old_root(old, known);
    }
    // an older tree that is one complete subtree is where the path starts, so the proof does not repeat its root
    let complete = old.size.is_power_of_two().then_some(&old.root);
    let mut hashes = complete.into_iter().chain(proof);
    let Some(&first) = hashes.next().filter(|_| !proof.is_empty()) else {
        return Err(length(proof, false));
    };
    let skipped = (old.size - 1).trailing_ones();
    let mut path = Path { node: (old.size - 1) >> skipped, last: (new.size - 1) >> skipped };
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in hashes {
        match path.climb().ok_or_else(|| length(proof, true))? {
            Sibling::Left => {
                old_hash = hash_node(sibling, &old_hash);
                new_hash = hash_node(sibling, &new_hash);
            }
            Sibling::Right => new_hash = hash_node(&new_hash, sibling),
        }
    }
    if path.last != 0 {
        return Err(length(proof, false));
    }
    same_old_root(old, old_hash)?;
    same_root(new, new_hash)
}

/// The way from a node to the root: the node's index and that of the last node on the same level.
struct Path {
    node: u64,
    last: u64,
}

enum Sibling {
    Left,
    Right,
}

impl Path {
    /// One step up; `None` at the root. Levels on which the node has no sibling are skipped.
    fn climb(&mut self) -> Option<Sibling> {
        if self.last == 0 {
            return None;
        }
        let sibling = if self.node & 1 == 1 || self.node == self.last {
            // a node at the right edge without a left sibling moves up unchanged; it is not 0, as `last` is not
            let alone = self.node.trailing_zeros();
            self.node >>= alone;
            self.last >>= alone;
            Sibling::Left
        } else {
            Sibling::Right
        };
        self.node >>= 1;
        self.last >>= 1;
        Some(sibling)
    }
}

fn length(proof: &[Digest], too_many: bool) -> ProofError {
    ProofError::Length { found: proof.len(), too_many }
}

fn same_root(head: &TreeHead, computed: Digest) -> Result<(), ProofError> {
    if computed == head.root { Ok(()) } else { Err(ProofError::Root { expected: head.root, computed }) }
}

fn same_old_root(head: &TreeHead, computed: Digest) -> Result<(), ProofError> {
    if computed == head.root { Ok(()) } else { Err(ProofError::OldRoot { expected: head.root, computed }) }
}

#[cfg(test)]
mod tests {
    use super::super::{REFERENCE_ENTRIES, REFERENCE_ROOTS, hash_leaf};
    use super::*;

    fn digests(hex: &[&str]) -> Vec<Digest> {
        hex.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn head(size: usize) -> TreeHead {
        TreeHead { size: size as u64, root: REFERENCE_ROOTS[size - 1].parse().unwrap() }
    }

    const D1: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    const D23: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    const D47: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    const D4: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    const D67: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    const D45: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    const D6: &str = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f";
    const D0: &str = REFERENCE_ROOTS[0];
    const D01: &str = REFERENCE_ROOTS[1];
    const D03: &str = REFERENCE_ROOTS[3];

    #[test]
    fn the_published_inclusion_proofs_hold_at_their_index_only() {
        let published: [(u64, usize, &[&str]); 5] = [
            (0, 1, &[]),
            (0, 8, &[D1, D23, D47]),
            (5, 8, &[D4, D67, D03]),
            (2, 3, &[D01]),
            (1, 5, &[D0, D23, D4]),
        ];
        for (index, size, proof) in published {
            let proof = digests(proof);
            let leaf = hash_leaf(REFERENCE_ENTRIES[index as usize]);

            assert_eq!(verify_inclusion(&leaf, index, &proof, &head(size)), Ok(()), "{index} of {size}");
            for other in (0..9).filter(|other| *other != index) {
                assert!(verify_inclusion(&leaf, other, &proof, &head(size)).is_err(), "{other} for {index}");
            }
        }
    }

    #[test]
    fn the_published_consistency_proofs_hold() {
        let published: [(usize, usize, &[&str]); 5] = [
            (1, 1, &[]),
            (1, 8, &[D1, D23, D47]),
            (6, 8, &[D45, D67, D03]),
            (2, 5, &[D23, D4]),
            (6, 7, &[D45, D6, D03]),
        ];
        for (old, new, proof) in published {
            let proof = digests(proof);

            assert_eq!(verify_consistency(&head(old), &head(new), &proof), Ok(()), "{old} to {new}");
            assert!(verify_consistency(&head(new), &head(old), &proof).is_err() || old == new);
        }
    }

    #[test]
    fn a_proof_of_the_wrong_length_is_refused_as_such() {
        let leaf = hash_leaf(b"");
        let proof = digests(&[D1, D23, D47]);
        let longer = digests(&[D1, D23, D47, D47]);

        let few = ProofError::Length { found: 2, too_many: false };
        let many = ProofError::Length { found: 4, too_many: true };
        assert_eq!(verify_inclusion(&leaf, 0, &proof[..2], &head(8)), Err(few.clone()));
        assert_eq!(verify_inclusion(&leaf, 0, &longer, &head(8)), Err(many.clone()));
        assert_eq!(verify_consistency(&head(1), &head(8), &proof[..2]), Err(few));
        assert_eq!(verify_consistency(&head(1), &head(8), &longer), Err(many.clone()));
        assert_eq!(verify_consistency(&head(8), &head(8), &longer), Err(many));
        assert!(verify_consistency(&head(1), &head(8), &[]).is_err());
        assert!(verify_consistency(&head(3), &head(8), &[]).is_err());
    }

    #[test]
    fn every_tree_extends_the_empty_one_whose_root_is_known() {
        let empty = TreeHead { size: 0, root: EMPTY_ROOT };
        let forged = TreeHead { size: 0, root: D1.parse().unwrap() };

        assert_eq!(verify_consistency(&empty, &head(8), &[]), Ok(()));
        assert!(verify_consistency(&forged, &head(8), &[]).is_err());
        assert!(verify_inclusion(&EMPTY_ROOT, 0, &[], &empty).is_err());
    }

    #[test]
    fn two_roots_for_one_size_are_a_fork() {
        let forged = TreeHead { root: D1.parse().unwrap(), ..head(8) };

        assert!(matches!(verify_consistency(&forged, &head(8), &[]), Err(ProofError::OldRoot { .. })));
    }
}
