//! Rebuilds the log from its entries and names the first thing that does not agree.

use std::collections::BTreeMap;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::dsse::{DsseError, Envelope};
use super::key_ring::{KeyRing, KeyRingError};
use super::merkle::{AppendError, Frontier, Node, TreeHead};
use super::note::{SignedNote, VerifierKey};
use super::statement::Statement;
use crate::base::Digest;

/// The first thing in a log that does not agree with the rest.
#[derive(Debug, thiserror::Error)]
pub enum Disagreement {
    /// An entry is missing, or stands twice.
    #[error("entry {expected} of the ledger is missing: entry {found} stands in its place")]
    Index {
        /// The index that comes next.
        expected: u64,
        /// The index that came.
        found: u64,
    },
    /// An entry is larger than any entry can be.
    #[error("entry {index} of the ledger is too large")]
    TooLarge {
        /// Which entry.
        index: u64,
        /// How large.
        #[source]
        source: AppendError,
    },
    /// An entry is no envelope in canonical form.
    #[error("entry {index} of the ledger is not an envelope in its only form")]
    Envelope {
        /// Which entry.
        index: u64,
        /// What is wrong.
        #[source]
        source: DsseError,
    },
    /// An entry was not signed by whoever could sign then, or what it says cannot be read.
    #[error("entry {index} of the ledger cannot be trusted")]
    Entry {
        /// Which entry.
        index: u64,
        /// What is wrong.
        #[source]
        source: KeyRingError,
    },
    /// A checkpoint cannot be read, or was not signed by whoever could sign then.
    #[error("the checkpoint {position} cannot be trusted", position = Position(*.size))]
    Checkpoint {
        /// The size it is about, if that can be read.
        size: Option<u64>,
        /// What is wrong.
        #[source]
        source: CheckpointError,
    },
    /// The entries are not those the checkpoint was signed over.
    #[error(
        "one of the first {size} entries was altered: they have the root {computed}, signed was {signed}"
    )]
    Root {
        /// The checkpoint's size.
        size: u64,
        /// The root in the checkpoint.
        signed: Digest,
        /// The root of the entries.
        computed: Digest,
    },
    /// Fewer entries than a checkpoint covers.
    #[error("entries were removed: a checkpoint covers {signed} of them, {found} are there")]
    Removed {
        /// Entries the checkpoint covers.
        signed: u64,
        /// Entries that are there.
        found: u64,
    },
}

impl Disagreement {
    /// The whole chain of causes in one line, for reports.
    pub fn in_words(&self) -> String {
        let mut words = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            words.push_str(": ");
            words.push_str(&error.to_string());
            cause = error.source();
        }
        words
    }
}

struct Position(Option<u64>);

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(size) => write!(f, "over {size} entries"),
            None => f.write_str("without a readable size"),
        }
    }
}

/// An entry that agrees with everything before it.
#[derive(Debug)]
pub struct VerifiedEntry {
    /// What the entry says.
    pub statement: Statement,
    /// The subtrees it completes, to be compared with the stored ones.
    pub nodes: Vec<Node>,
}

/// What was checked and found to agree.
#[derive(Debug, Clone)]
pub struct VerifiedLog {
    /// The size and root over all entries, also those that no checkpoint covers yet.
    pub head: TreeHead,
    /// How many entries the largest checkpoint covers.
    pub covered: u64,
    /// The keys at the end of the log.
    pub keys: KeyRing,
}

/// Takes the entries of a log one by one, so that memory stays bounded whatever its length.
#[derive(Debug)]
pub struct Verifier {
    frontier: Frontier,
    keys: KeyRing,
    // signed notes by the size they are about
    checkpoints: BTreeMap<u64, Vec<Vec<u8>>>,
    covered: u64,
}

impl Verifier {
    /// Starts with the keys trusted from the log's beginning and all checkpoints it has to agree with, in any order.
    ///
    /// A checkpoint must be signed by a key that is active after the last entry it covers.
    ///
    /// # Errors
    /// When a checkpoint cannot be read, or one over no entries does not hold.
    pub fn new<N>(
        keys: Vec<VerifierKey>,
        checkpoints: impl IntoIterator<Item = N>,
    ) -> Result<Self, Disagreement>
    where
        N: AsRef<[u8]>,
    {
        let mut by_size: BTreeMap<u64, Vec<Vec<u8>>> = BTreeMap::new();
        for note in checkpoints {
            let size = claimed_size(note.as_ref())
                .map_err(|source| Disagreement::Checkpoint { size: None, source })?;
            by_size.entry(size).or_default().push(note.as_ref().to_vec());
        }
        let keys = KeyRing::new(keys);
        let mut verifier = Self { frontier: Frontier::new(), keys, checkpoints: by_size, covered: 0 };
        verifier.compare_checkpoints()?;
        Ok(verifier)
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// When it does not agree with what came before, or a checkpoint that ends with it does not.
    pub fn push(&mut self, index: u64, entry: &[u8]) -> Result<VerifiedEntry, Disagreement> {
        let expected = self.frontier.size();
        if index != expected {
            return Err(Disagreement::Index { expected, found: index });
        }
        let appended =
            self.frontier.append(entry).map_err(|source| Disagreement::TooLarge { index, source })?;
        let envelope = Envelope::parse(entry).map_err(|source| Disagreement::Envelope { index, source })?;
        let statement = self.keys.admit(&envelope).map_err(|source| Disagreement::Entry { index, source })?;
        self.compare_checkpoints()?;
        Ok(VerifiedEntry { statement, nodes: appended.nodes })
    }

    /// Ends the log here.
    ///
    /// # Errors
    /// When a checkpoint covers more entries than came.
    pub fn finish(self) -> Result<VerifiedLog, Disagreement> {
        let found = self.frontier.size();
        if let Some((&signed, _)) = self.checkpoints.last_key_value() {
            return Err(Disagreement::Removed { signed, found });
        }
        Ok(VerifiedLog { head: self.frontier.head(), covered: self.covered, keys: self.keys })
    }

    fn compare_checkpoints(&mut self) -> Result<(), Disagreement> {
        let head = self.frontier.head();
        for note in self.checkpoints.remove(&head.size).unwrap_or_default() {
            let checkpoint = Checkpoint::open(&note, self.keys.active())
                .map_err(|source| Disagreement::Checkpoint { size: Some(head.size), source })?;
            let signed = checkpoint.head().root;
            if signed != head.root {
                return Err(Disagreement::Root { size: head.size, signed, computed: head.root });
            }
            self.covered = head.size;
        }
        Ok(())
    }
}

/// Checks a whole log against one signed checkpoint; entries after the checkpoint are checked as far as they go.
///
/// # Errors
/// The first disagreement.
pub fn verify_log<E: AsRef<[u8]>>(
    keys: Vec<VerifierKey>,
    checkpoint: &[u8],
    entries: impl IntoIterator<Item = (u64, E)>,
) -> Result<VerifiedLog, Disagreement> {
    let mut verifier = Verifier::new(keys, [checkpoint])?;
    for (index, entry) in entries {
        verifier.push(index, entry.as_ref())?;
    }
    verifier.finish()
}

/// The size a checkpoint names, not yet trusted: it only says when to look at it.
fn claimed_size(note: &[u8]) -> Result<u64, CheckpointError> {
    let note = SignedNote::parse(note)?;
    Ok(Checkpoint::parse_text(note.text())?.head().size)
}

#[cfg(test)]
mod tests {
    use super::super::MAX_ENTRY_BYTES;
    use super::super::key::{SigningKey, other_key, test_key};
    use super::super::key_ring::KeyChange;
    use super::super::statement::{PredicateKind, Subject};
    use super::*;
    use crate::base::UnixMillis;

    const ORIGIN: &str = "attestry.example/log";

    fn named(key: &SigningKey) -> VerifierKey {
        VerifierKey::new(ORIGIN, *key.public()).unwrap()
    }

    fn entry(number: u64, key: &SigningKey) -> Vec<u8> {
        let subject = Subject { name: format!("item {number}"), sha256: Digest::of(&number.to_be_bytes()) };
        let predicate = BTreeMap::from([("number", number)]);
        Statement::new(PredicateKind::Evidence, vec![subject], &predicate).unwrap().sign(key).to_bytes()
    }

    fn log() -> Vec<(u64, Vec<u8>)> {
        (0..9).map(|number| (number, entry(number, &test_key()))).collect()
    }

    fn checkpoint(entries: &[(u64, Vec<u8>)], key: &SigningKey) -> Vec<u8> {
        let root = super::super::merkle::root(entries.iter().map(|(_, entry)| entry.as_slice()));
        let head = TreeHead { size: entries.len() as u64, root };
        Checkpoint::new(ORIGIN, head, UnixMillis(1)).unwrap().sign(key).unwrap().to_string().into_bytes()
    }

    fn verify(note: &[u8], entries: &[(u64, Vec<u8>)]) -> Result<VerifiedLog, Disagreement> {
        verify_log(vec![named(&test_key())], note, entries.iter().cloned())
    }

    #[test]
    fn a_log_that_was_left_alone_agrees_with_its_checkpoints() {
        let log = log();

        let whole = verify(&checkpoint(&log, &test_key()), &log).unwrap();
        let partly = verify(&checkpoint(&log[..5], &test_key()), &log).unwrap();
        let empty = verify(&checkpoint(&[], &test_key()), &[]).unwrap();

        assert_eq!((whole.head.size, whole.covered), (9, 9));
        assert_eq!((partly.head.size, partly.covered), (9, 5));
        assert_eq!((empty.head.size, empty.covered), (0, 0));
    }

    #[test]
    fn a_missing_doubled_or_swapped_entry_is_named() {
        let (log, note) = (log(), checkpoint(&log(), &test_key()));
        let mut missing = log.clone();
        missing.remove(4);
        let mut doubled = log.clone();
        doubled.insert(4, log[3].clone());
        let mut swapped = log.clone();
        (swapped[4].1, swapped[5].1) = (log[5].1.clone(), log[4].1.clone());

        assert_eq!(
            verify(&note, &missing).unwrap_err().to_string(),
            "entry 4 of the ledger is missing: entry 5 stands in its place"
        );
        assert!(matches!(verify(&note, &doubled), Err(Disagreement::Index { expected: 4, found: 3 })));
        assert!(matches!(verify(&note, &swapped), Err(Disagreement::Root { size: 9, .. })));
        let cut = verify(&note, &log[..8]).unwrap_err().to_string();
        assert_eq!(cut, "entries were removed: a checkpoint covers 9 of them, 8 are there");
    }

    #[test]
    fn an_entry_signed_anew_still_breaks_the_root() {
        let (mut log, note) = (log(), checkpoint(&log(), &test_key()));
        log[4].1 = entry(99, &test_key());

        assert!(matches!(verify(&note, &log), Err(Disagreement::Root { size: 9, .. })));
    }

    #[test]
    fn the_checkpoint_nearest_to_the_alteration_finds_it() {
        let log = log();
        let notes: Vec<_> = [2, 5, 9].iter().map(|size| checkpoint(&log[..*size], &test_key())).collect();
        let mut verifier = Verifier::new(vec![named(&test_key())], &notes).unwrap();
        let mut altered = log;
        altered[3].1 = entry(99, &test_key());

        let found = altered.iter().find_map(|(index, entry)| verifier.push(*index, entry).err());

        assert!(matches!(found, Some(Disagreement::Root { size: 5, .. })));
    }

    #[test]
    fn entries_and_checkpoints_by_strangers_are_named() {
        let (mut log, note) = (log(), checkpoint(&log(), &test_key()));
        let forged = verify(&checkpoint(&log, &other_key()), &log).unwrap_err();
        log[4].1 = entry(4, &other_key());
        let stranger = verify(&note, &log).unwrap_err();

        assert!(
            forged.in_words().starts_with("the checkpoint over 9 entries cannot be trusted: "),
            "{}",
            forged.in_words()
        );
        let words = stranger.in_words();
        assert!(words.starts_with("entry 4 of the ledger cannot be trusted: "), "{words}");
        assert!(words.ends_with("which is not a known key"), "{words}");
        let unread = verify(b"nothing", &log).unwrap_err().to_string();
        assert_eq!(unread, "the checkpoint without a readable size cannot be trusted");
    }

    #[test]
    fn an_entry_too_large_or_in_another_form_is_named() {
        let (log, note) = (log(), checkpoint(&log(), &test_key()));
        let (mut large, mut spaced) = (log.clone(), log);
        large[4].1 = vec![b' '; MAX_ENTRY_BYTES + 1];
        spaced[4].1.push(b'\n');

        assert!(matches!(verify(&note, &large), Err(Disagreement::TooLarge { index: 4, .. })));
        assert!(matches!(verify(&note, &spaced), Err(Disagreement::Envelope { index: 4, .. })));
    }

    #[test]
    fn a_rotation_is_followed_through_the_log() {
        let mut log = log();
        let change =
            KeyChange::statement(&named(&other_key()), Some(test_key().public().fingerprint())).unwrap();
        let mut envelope = change.sign(&test_key());
        envelope.add_signature(&other_key());
        log.push((9, envelope.to_bytes()));
        log.push((10, entry(10, &other_key())));
        let before = checkpoint(&log[..9], &test_key());

        let notes = [before.clone(), checkpoint(&log[..10], &other_key()), checkpoint(&log, &other_key())];
        let mut verifier = Verifier::new(vec![named(&test_key())], &notes).unwrap();
        for (index, entry) in &log {
            verifier.push(*index, entry).unwrap();
        }
        let verified = verifier.finish().unwrap();

        assert_eq!(verified.keys.active(), [named(&other_key())]);
        assert_eq!(verified.covered, 11);
        assert!(verify(&before, &log).is_ok());
        let by_old_key = verify(&checkpoint(&log, &test_key()), &log);
        assert!(matches!(by_old_key, Err(Disagreement::Checkpoint { size: Some(11), .. })));
    }
}
