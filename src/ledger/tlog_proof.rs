//! Proofs as text files that need nothing but themselves, a key and the entry.
//!
//! [`TlogProof`] is c2sp.org/tlog-proof@v1. There is no published file format for consistency; [`ConsistencyFile`]
//! is the body of `add-checkpoint` in c2sp.org/tlog-witness, so a pack's file can be sent to a witness as it is.

use std::fmt;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::encoding::{from_base64, from_decimal, hash_from_base64, to_base64};
use super::merkle::{ProofError, TreeHead, hash_leaf, verify_consistency, verify_inclusion};
use super::note::VerifierKey;
use crate::base::Digest;

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// A tree of 2^63 entries has proofs of 63 hashes, and a consistency proof one more.
const MAX_HASHES: usize = 64;

/// A proof file that cannot be read or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// Not UTF-8.
    #[error("the proof file is not UTF-8 text")]
    NotText,
    /// The first line is another one.
    #[error("the proof file does not begin with `{HEADER}`")]
    Header,
    /// The extra line is no base64.
    #[error("the `extra` line of the proof file is not base64")]
    Extra,
    /// The line with the number is missing or malformed.
    #[error("the proof file has no line `{0} N` with a decimal number")]
    Number(&'static str),
    /// A hash line is malformed.
    #[error("hash {0} of the proof file is not 32 bytes in base64")]
    Hash(usize),
    /// More hashes than any tree needs.
    #[error("the proof file has more than {MAX_HASHES} hashes")]
    TooManyHashes,
    /// Nothing after the hashes.
    #[error("the proof file has no blank line with a checkpoint after it")]
    NoCheckpoint,
    /// The checkpoint in it is malformed or not trusted.
    #[error("the checkpoint in the proof file does not hold")]
    Checkpoint(#[from] CheckpointError),
    /// The proof does not hold.
    #[error("the proof in the file does not hold")]
    Proof(#[from] ProofError),
    /// The file starts from another size than the older checkpoint.
    #[error("the proof file starts from {found} entries, the older checkpoint has {expected}")]
    OldSize {
        /// Entries of the older checkpoint.
        expected: u64,
        /// Entries the file names.
        found: u64,
    },
}

/// Proof that one entry is in the log (c2sp.org/tlog-proof@v1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Opaque bytes for the reader, not covered by any signature.
    pub extra: Option<Vec<u8>>,
    /// The entry's index.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling up.
    pub hashes: Vec<Digest>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
}

/// Proof that the log at one checkpoint extends the log at an older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyFile {
    /// Entries of the older checkpoint.
    pub old_size: u64,
    /// The consistency proof.
    pub hashes: Vec<Digest>,
    /// The newer signed checkpoint, verbatim.
    pub checkpoint: String,
}

impl TlogProof {
    /// Reads a proof file without trusting it.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFileError> {
        let (lines, checkpoint) = split(bytes)?;
        let mut lines = lines.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ProofFileError::Header);
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => {
                Some(line.strip_prefix("extra ").and_then(from_base64).ok_or(ProofFileError::Extra)?)
            }
            None => None,
        };
        let index = number("index", lines.next())?;
        Ok(Self { extra, index, hashes: hashes(lines)?, checkpoint: checkpoint.to_owned() })
    }

    /// Checks that `entry` is at this index of the log, under a checkpoint that a `known` key signed.
    ///
    /// # Errors
    /// When anything of it does not hold.
    pub fn verify(&self, entry: &[u8], known: &[VerifierKey]) -> Result<Checkpoint, ProofFileError> {
        let checkpoint = Checkpoint::open(self.checkpoint.as_bytes(), known)?;
        verify_inclusion(&hash_leaf(entry), self.index, &self.hashes, checkpoint.head())?;
        Ok(checkpoint)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        write_rest(f, &self.hashes, &self.checkpoint)
    }
}

impl ConsistencyFile {
    /// Reads a consistency file without trusting it.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFileError> {
        let (lines, checkpoint) = split(bytes)?;
        let mut lines = lines.split('\n');
        let old_size = number("old", lines.next())?;
        Ok(Self { old_size, hashes: hashes(lines)?, checkpoint: checkpoint.to_owned() })
    }

    /// Checks that the log under the checkpoint in this file, signed by a `known` key, extends the `old` one.
    ///
    /// # Errors
    /// When anything of it does not hold.
    pub fn verify(&self, old: &TreeHead, known: &[VerifierKey]) -> Result<Checkpoint, ProofFileError> {
        if self.old_size != old.size {
            return Err(ProofFileError::OldSize { expected: old.size, found: self.old_size });
        }
        let checkpoint = Checkpoint::open(self.checkpoint.as_bytes(), known)?;
        verify_consistency(old, checkpoint.head(), &self.hashes)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for ConsistencyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        write_rest(f, &self.hashes, &self.checkpoint)
    }
}

/// The lines before the first blank line, and the checkpoint after it.
fn split(bytes: &[u8]) -> Result<(&str, &str), ProofFileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ProofFileError::NotText)?;
    text.split_once("\n\n").ok_or(ProofFileError::NoCheckpoint)
}

fn number(word: &'static str, line: Option<&str>) -> Result<u64, ProofFileError> {
    let text = line.and_then(|line| line.strip_prefix(word)).and_then(|rest| rest.strip_prefix(' '));
    text.and_then(from_decimal).ok_or(ProofFileError::Number(word))
}

fn hashes<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Digest>, ProofFileError> {
    let mut hashes = Vec::new();
    for line in lines {
        if hashes.len() == MAX_HASHES {
            return Err(ProofFileError::TooManyHashes);
        }
        hashes.push(hash_from_base64(line).ok_or(ProofFileError::Hash(hashes.len() + 1))?);
    }
    Ok(hashes)
}

fn write_rest(f: &mut fmt::Formatter<'_>, hashes: &[Digest], checkpoint: &str) -> fmt::Result {
    for hash in hashes {
        writeln!(f, "{}", to_base64(hash.as_bytes()))?;
    }
    write!(f, "\n{checkpoint}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::key::{other_key, test_key};
    use super::super::merkle::{Frontier, NodeId, plan_consistency, plan_inclusion};
    use super::*;
    use crate::base::UnixMillis;

    const ORIGIN: &str = "attestry.example/log";

    struct Log {
        nodes: HashMap<NodeId, Digest>,
        heads: Vec<TreeHead>,
    }

    fn log() -> Log {
        let mut frontier = Frontier::new();
        let mut log = Log { nodes: HashMap::new(), heads: vec![frontier.head()] };
        for index in 0..11_u8 {
            let appended = frontier.append(&[index]).unwrap();
            log.nodes.extend(appended.nodes.iter().map(|node| (node.id, node.hash)));
            log.heads.push(frontier.head());
        }
        log
    }

    fn checkpoint(head: TreeHead) -> String {
        Checkpoint::new(ORIGIN, head, UnixMillis(1)).unwrap().sign(&test_key()).unwrap().to_string()
    }

    fn known() -> [VerifierKey; 1] {
        [VerifierKey::new(ORIGIN, *test_key().public()).unwrap()]
    }

    fn inclusion() -> TlogProof {
        let log = log();
        let hashes = plan_inclusion(6, 11).unwrap().build(|id| log.nodes.get(&id).copied()).unwrap();
        TlogProof { extra: None, index: 6, hashes, checkpoint: checkpoint(log.heads[11]) }
    }

    fn consistency() -> ConsistencyFile {
        let log = log();
        let hashes = plan_consistency(6, 11).unwrap().build(|id| log.nodes.get(&id).copied()).unwrap();
        ConsistencyFile { old_size: 6, hashes, checkpoint: checkpoint(log.heads[11]) }
    }

    #[test]
    fn a_proof_file_is_written_as_published() {
        let proof = TlogProof { extra: Some(b"hi".to_vec()), ..inclusion() };
        let text = proof.to_string();

        let lines: Vec<&str> = text.split('\n').collect();

        assert_eq!(lines[..3], ["c2sp.org/tlog-proof@v1", "extra aGk=", "index 6"]);
        assert_eq!(lines[7..10], ["", ORIGIN, "11"]);
        assert_eq!(TlogProof::parse(text.as_bytes()), Ok(proof));
    }

    #[test]
    fn a_proof_file_proves_its_entry_and_no_other() {
        let read = TlogProof::parse(inclusion().to_string().as_bytes()).unwrap();

        assert_eq!(read.verify(&[6], &known()).unwrap().head().size, 11);
        assert!(matches!(read.verify(&[5], &known()), Err(ProofFileError::Proof(ProofError::Root { .. }))));
        let stranger = [VerifierKey::new(ORIGIN, *other_key().public()).unwrap()];
        assert!(matches!(read.verify(&[6], &stranger), Err(ProofFileError::Checkpoint(_))));
    }

    #[test]
    fn a_log_of_one_entry_needs_no_hashes() {
        let proof =
            TlogProof { extra: None, index: 0, hashes: vec![], checkpoint: checkpoint(log().heads[1]) };

        let read = TlogProof::parse(proof.to_string().as_bytes()).unwrap();

        assert_eq!(read, proof);
        assert!(read.verify(&[0], &known()).is_ok());
    }

    #[test]
    fn a_consistency_file_proves_an_extension() {
        let log = log();
        let read = ConsistencyFile::parse(consistency().to_string().as_bytes()).unwrap();

        assert_eq!(read, consistency());
        assert!(read.to_string().starts_with("old 6\n"));
        assert_eq!(read.verify(&log.heads[6], &known()).unwrap().head(), &log.heads[11]);
        let other = ProofFileError::OldSize { expected: 7, found: 6 };
        assert_eq!(read.verify(&log.heads[7], &known()), Err(other));
        let fork = TreeHead { size: 6, root: log.heads[5].root };
        assert!(matches!(
            read.verify(&fork, &known()),
            Err(ProofFileError::Proof(ProofError::OldRoot { .. }))
        ));
    }

    #[test]
    fn a_malformed_proof_file_says_what_is_wrong() {
        let text = inclusion().to_string();
        let parse =
            |from: &str, to: &str| TlogProof::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err();

        assert_eq!(parse("@v1", "@v2"), ProofFileError::Header);
        assert_eq!(parse("@v1\n", "@v1\r\n"), ProofFileError::Header);
        assert_eq!(parse("index 6", "index 06"), ProofFileError::Number("index"));
        assert_eq!(parse("index 6", "extra *\nindex 6"), ProofFileError::Extra);
        assert_eq!(parse("index 6\n", "index 6\nAAAA\n"), ProofFileError::Hash(1));
        assert_eq!(parse("index 6\n", "index 6\nextra aGk=\n"), ProofFileError::Hash(1));
        let zero = format!("{}\n", to_base64(&[0; 32]));
        assert_eq!(
            parse("index 6\n", &format!("index 6\n{}", zero.repeat(65))),
            ProofFileError::TooManyHashes
        );
        assert_eq!(TlogProof::parse(b"\xff"), Err(ProofFileError::NotText));
        assert_eq!(TlogProof::parse(HEADER.as_bytes()), Err(ProofFileError::NoCheckpoint));
        assert_eq!(ConsistencyFile::parse(text.as_bytes()), Err(ProofFileError::Number("old")));
    }

    fn every_flip(good: &str, holds: impl Fn(&[u8]) -> bool) {
        assert!(holds(good.as_bytes()));
        for bit in 0..good.len() * 8 {
            let mut bytes = good.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!holds(&bytes), "bit {bit}");
        }
    }

    #[test]
    fn every_flipped_bit_of_a_proof_file_is_noticed() {
        let known = known();
        let holds =
            |bytes: &[u8]| TlogProof::parse(bytes).is_ok_and(|proof| proof.verify(&[6], &known).is_ok());

        every_flip(&inclusion().to_string(), holds);
    }

    #[test]
    fn every_flipped_bit_of_a_consistency_file_is_noticed() {
        let (old, known) = (log().heads[6], known());
        let holds =
            |bytes: &[u8]| ConsistencyFile::parse(bytes).is_ok_and(|file| file.verify(&old, &known).is_ok());

        every_flip(&consistency().to_string(), holds);
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(c2sp.org/tlog-proof@v1\n)?(index [0-9]{1,3}\n)?\\PC{0,60}\n\n\\PC{0,60}") {
            prop_assert!(TlogProof::parse(text.as_bytes()).and_then(|proof| proof.verify(&[], &known())).is_err());
            prop_assert!(ConsistencyFile::parse(text.as_bytes()).is_err());
        }
    }
}
