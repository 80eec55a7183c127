//! The checkpoint a pack is pinned to, and that it extends earlier ones.

use super::outcome::{Faults, Report};
use super::{MAX_SMALL, Previous, Trusted, all_keys};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::key_ring::KeyRing;
use crate::ledger::merkle::TreeHead;
use crate::ledger::note::VerifierKey;
use crate::ledger::tlog_proof::ConsistencyFile;
use crate::report::pack::manifest::{Manifest, PinnedCheckpoint};
use crate::report::pack::source::{Fault, Opened};

const CHECKPOINT: &str = "checkpoint.txt";
const EARLIER: &str = "earlier.txt";
const CONSISTENCY: &str = "consistency.txt";

/// Checks the checkpoint's signature and that the manifest pins this one; returns its bytes too.
pub(super) fn check_checkpoint(
    pack: &mut Opened,
    manifest: &Manifest,
    key: Option<&VerifierKey>,
    report: &mut Report,
) -> (Vec<u8>, Option<Checkpoint>) {
    let mut faults = Faults::default();
    let note = faults.take(pack.read(CHECKPOINT, MAX_SMALL)).unwrap_or_default();
    let known = key.map(std::slice::from_ref).unwrap_or_default();
    let checkpoint = faults.take(open(&note, known, CHECKPOINT));
    if let Some(checkpoint) = &checkpoint
        && pinned(checkpoint) != manifest.checkpoint
    {
        faults.push(Fault::new(CHECKPOINT, "is not the checkpoint that the manifest names"));
    }
    let held = format!("the log had {} entries when it was signed", manifest.checkpoint.size);
    report.step("checkpoint", faults, held);
    (note, checkpoint)
}

fn pinned(checkpoint: &Checkpoint) -> PinnedCheckpoint {
    let head = checkpoint.head();
    PinnedCheckpoint { origin: checkpoint.origin().to_owned(), size: head.size, root: head.root }
}

fn open(note: &[u8], known: &[VerifierKey], path: &str) -> Result<Checkpoint, Fault> {
    Checkpoint::open(note, known).map_err(|error| Fault::new(path, error_in_words(&error)))
}

/// An error with its causes, in one line.
pub(super) fn error_in_words(error: &dyn std::error::Error) -> String {
    let mut words = format!("does not hold: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}

/// Checks that the pack's checkpoint extends the earlier one it brings, if it does.
pub(super) fn check_consistency(pack: &mut Opened, trusted: &Trusted, ring: &KeyRing, report: &mut Report) {
    if !pack.has(EARLIER) && !pack.has(CONSISTENCY) {
        return;
    }
    let mut faults = Faults::default();
    let old = pack.read(EARLIER, MAX_SMALL).and_then(|note| open(&note, &all_keys(ring), EARLIER));
    let old = faults.take(old);
    let file = faults.take(pack.read(CONSISTENCY, MAX_SMALL));
    if let (Some(old), Some(file)) = (old, file) {
        faults.take(check_file(&file, &old, trusted));
    }
    report.step("consistency", faults, "the log only grew since the earlier checkpoint".to_owned());
}

fn check_file(file: &[u8], old: &Checkpoint, trusted: &Trusted) -> Result<(), Fault> {
    let fault = |what: String| Fault::new(CONSISTENCY, what);
    let proof = ConsistencyFile::parse(file).map_err(|error| fault(error_in_words(&error)))?;
    if proof.checkpoint.as_bytes() != trusted.note || proof.to_string().as_bytes() != file {
        return Err(fault("does not lead to the pack's checkpoint".to_owned()));
    }
    let known = trusted.key.as_slice();
    let new = proof.verify(old.head(), known).map_err(|error| fault(error_in_words(&error)))?;
    if new.origin() != old.origin() {
        return Err(fault("connects two different logs".to_owned()));
    }
    Ok(())
}

/// Checks that the log of this pack extends the log of an earlier pack.
pub(super) fn check_previous(
    pack: &mut Opened,
    trusted: &Trusted,
    (ring, previous): (&KeyRing, Option<&Previous>),
    report: &mut Report,
) {
    let Some(previous) = previous else { return };
    let mut faults = Faults::default();
    faults.take(follows(pack, trusted, (ring, previous)));
    report.step("previous pack", faults, "the log only grew since the previous pack".to_owned());
}

fn follows(
    pack: &mut Opened,
    trusted: &Trusted,
    (ring, previous): (&KeyRing, &Previous),
) -> Result<(), Fault> {
    let fault = |what: &str| Fault { member: None, what: what.to_owned() };
    let old = open(previous.checkpoint.as_bytes(), &all_keys(ring), "the previous pack's checkpoint")?;
    let Some(new) = &trusted.checkpoint else { return Err(fault("the pack has no checkpoint to compare")) };
    if old.origin() != new.origin() {
        return Err(fault("the previous pack is of another log"));
    }
    if old.head().size >= new.head().size {
        return same_or_shrunk(old.head(), new.head());
    }
    let from = |bytes: &[u8]| ConsistencyFile::parse(bytes).ok().map(|proof| proof.old_size);
    let own = pack.read(CONSISTENCY, MAX_SMALL).ok().filter(|own| from(own) == Some(old.head().size));
    let given = previous.consistency.as_ref().map(|text| text.clone().into_bytes());
    let file =
        given.or(own).ok_or_else(|| fault("no proof of consistency with the previous pack was given"))?;
    check_file(&file, &old, trusted)
}

fn same_or_shrunk(old: &TreeHead, new: &TreeHead) -> Result<(), Fault> {
    if old == new {
        return Ok(());
    }
    let what = format!(
        "the previous pack's log has {} entries with the root {}, this one's {} with {}",
        old.size, old.root, new.size, new.root
    );
    Err(Fault { member: None, what })
}
