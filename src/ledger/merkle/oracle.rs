//! Compares our trees and proofs with an independent implementation, and tampers with every part of a proof.

use std::collections::HashMap;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use sha2::Sha256;

use super::*;

type Oracle = MemoryBackedTree<Sha256, Vec<u8>>;

struct Tree {
    nodes: HashMap<NodeId, Digest>,
    heads: Vec<TreeHead>,
    oracle: Oracle,
}

impl Tree {
    fn of(size: u64) -> Self {
        let mut frontier = Frontier::new();
        let mut tree = Self { nodes: HashMap::new(), heads: vec![frontier.head()], oracle: Oracle::new() };
        for index in 0..size {
            let appended = frontier.append(&entry(index)).unwrap();
            tree.nodes.extend(appended.nodes.iter().map(|node| (node.id, node.hash)));
            tree.heads.push(frontier.head());
            tree.oracle.push(entry(index));
        }
        tree
    }

    fn build(&self, plan: &ProofPlan) -> Vec<Digest> {
        plan.build(|id| self.nodes.get(&id).copied()).unwrap()
    }

    fn last(&self) -> TreeHead {
        *self.heads.last().unwrap()
    }
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn flat(proof: &[Digest]) -> Vec<u8> {
    proof.iter().flat_map(|hash| hash.as_bytes().iter().copied()).collect()
}

fn flip(digest: &Digest, bit: usize) -> Digest {
    let mut bytes = *digest.as_bytes();
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    Digest::from_bytes(bytes)
}

fn oracle_root(head: &TreeHead) -> RootHash<Sha256> {
    RootHash::new((*head.root.as_bytes()).into(), head.size)
}

#[test]
fn every_root_and_proof_of_the_small_trees_is_the_oracles() {
    let tree = Tree::of(40);
    for size in 1..=40_u64 {
        let oracle = Tree::of(size).oracle;
        let head = tree.heads[size as usize];
        assert_eq!(head.root.as_bytes().as_slice(), oracle.root().as_bytes().as_slice());

        for index in 0..size {
            let proof = tree.build(&plan_inclusion(index, size).unwrap());
            assert_eq!(flat(&proof), oracle.prove_inclusion(index as usize).as_bytes(), "{index} of {size}");
            assert_eq!(verify_inclusion(&hash_leaf(&entry(index)), index, &proof, &head), Ok(()));
        }
        for old in 1..size {
            let proof = tree.build(&plan_consistency(old, size).unwrap());
            assert_eq!(
                flat(&proof),
                oracle.prove_consistency((size - old) as usize).as_bytes(),
                "{old} to {size}"
            );
            assert_eq!(verify_consistency(&tree.heads[old as usize], &head, &proof), Ok(()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn our_proofs_convince_the_oracle_and_the_oracles_convince_us(size in 1..320_u64, a in any::<u64>(), b in any::<u64>()) {
        let tree = Tree::of(size);
        let (index, old, head) = (a % size, 1 + b % size, tree.last());
        let inclusion = tree.build(&plan_inclusion(index, size).unwrap());
        let consistency = tree.build(&plan_consistency(old, size).unwrap());

        prop_assert!(head.root.as_bytes().as_slice() == tree.oracle.root().as_bytes().as_slice());
        let theirs = tree.oracle.prove_inclusion(index as usize);
        prop_assert_eq!(theirs.as_bytes(), flat(&inclusion));
        prop_assert!(tree.oracle.prove_consistency((size - old) as usize).as_bytes() == flat(&consistency));
        let ours = InclusionProof::<Sha256>::try_from_bytes(flat(&inclusion)).unwrap();
        prop_assert!(oracle_root(&head).verify_inclusion(&entry(index), index, &ours).is_ok());
        let ours = ConsistencyProof::<Sha256>::try_from_bytes(flat(&consistency)).unwrap();
        let older = oracle_root(&tree.heads[old as usize]);
        prop_assert!(oracle_root(&head).verify_consistency(&older, &ours).is_ok());
        prop_assert_eq!(verify_inclusion(&hash_leaf(&entry(index)), index, &inclusion, &head), Ok(()));
        prop_assert_eq!(verify_consistency(&tree.heads[old as usize], &head, &consistency), Ok(()));
    }

    #[test]
    fn any_flipped_bit_breaks_an_inclusion_proof(size in 1..320_u64, a in any::<u64>(), bit in any::<u16>()) {
        let tree = Tree::of(size);
        let (index, bit, head) = (a % size, usize::from(bit), tree.last());
        let proof = tree.build(&plan_inclusion(index, size).unwrap());
        let leaf = hash_leaf(&entry(index));

        let mut bytes = entry(index);
        let at = bit % (bytes.len() * 8);
        bytes[at / 8] ^= 1 << (at % 8);
        prop_assert!(verify_inclusion(&hash_leaf(&bytes), index, &proof, &head).is_err());
        let other = TreeHead { root: flip(&head.root, bit), ..head };
        prop_assert!(verify_inclusion(&leaf, index, &proof, &other).is_err());
        prop_assert!(verify_inclusion(&leaf, index ^ (1 << (bit % 64)), &proof, &head).is_err());
        for at in 0..proof.len() {
            let mut forged = proof.clone();
            forged[at] = flip(&forged[at], bit);
            prop_assert!(verify_inclusion(&leaf, index, &forged, &head).is_err());
        }
    }

    #[test]
    fn any_flipped_bit_breaks_a_consistency_proof(size in 2..320_u64, a in any::<u64>(), bit in any::<u16>()) {
        let tree = Tree::of(size);
        let (old, new) = (tree.heads[(1 + a % (size - 1)) as usize], tree.last());
        let bit = usize::from(bit);
        let proof = tree.build(&plan_consistency(old.size, size).unwrap());

        let forged_old = TreeHead { root: flip(&old.root, bit), ..old };
        let forged_new = TreeHead { root: flip(&new.root, bit), ..new };
        prop_assert!(verify_consistency(&forged_old, &new, &proof).is_err());
        prop_assert!(verify_consistency(&old, &forged_new, &proof).is_err());
        prop_assert!(verify_consistency(&new, &old, &proof).is_err());
        for at in 0..proof.len() {
            let mut forged = proof.clone();
            forged[at] = flip(&forged[at], bit);
            prop_assert!(verify_consistency(&old, &new, &forged).is_err());
        }
    }

    #[test]
    fn arbitrary_proofs_never_panic(
        index in any::<u64>(), old in any::<u64>(), new in any::<u64>(),
        bytes in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let proof: Vec<Digest> = bytes.into_iter().map(Digest::from_bytes).collect();
        let head = |size| TreeHead { size, root: EMPTY_ROOT };

        prop_assert!(verify_inclusion(&EMPTY_ROOT, index, &proof, &head(new)).is_err() || new <= 1);
        prop_assert!(verify_consistency(&head(old), &head(new), &proof).is_err() || old == 0 || old == new);
        if let Ok(plan) = plan_consistency(old, new) {
            prop_assert!(plan.node_ids().count() <= 126);
        }
    }
}
