//! Checks a pack from anywhere, step by step. Believes nothing in it but what a signature or a digest holds.

mod entries;
mod history;
mod members;
mod outcome;
mod signature;

use super::manifest::{MANIFEST, Manifest};
use super::source::{Fault, Opened, PackSource};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::key::PublicKey;
use crate::ledger::key_ring::KeyRing;
use crate::ledger::note::VerifierKey;

pub use outcome::{Step, Verdict, Verification};

use outcome::{Faults, Report};

/// The most bytes of a manifest or its signature.
const MAX_MANIFEST: u64 = 1 << 30;
/// The most bytes of a key, checkpoint, proof or ledger entry.
const MAX_SMALL: u64 = 256 * 1024;

/// What a pack is checked against besides itself.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// The key the signer must have, got out of band.
    pub pinned: Option<PublicKey>,
    /// The checkpoint of an earlier pack of the same log.
    pub previous: Option<Previous>,
}

/// The checkpoint of an earlier pack, and a proof that the log only grew since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// Its signed note, the earlier pack's `checkpoint.txt`.
    pub checkpoint: String,
    /// The consistency file from it to this pack's checkpoint; not needed when both are of one size or when the
    /// pack's own `consistency.txt` starts there.
    pub consistency: Option<String>,
}

/// Checks a pack. Never fails: whatever is wrong is in the steps.
pub fn verify(source: PackSource, options: &VerifyOptions) -> Verification {
    match Opened::open(source) {
        Ok(mut pack) => verify_opened(&mut pack, options),
        Err(what) => {
            let mut report = Report::default();
            report.step("container", Faults::from(Fault { member: None, what }), String::new());
            report.skip_rest();
            report.finish(options)
        }
    }
}

/// What later steps need from earlier ones.
struct Trusted {
    manifest: Manifest,
    key: Option<VerifierKey>,
    note: Vec<u8>,
    checkpoint: Option<Checkpoint>,
}

/// Checks a pack whose container could be opened.
pub(super) fn verify_opened(pack: &mut Opened, options: &VerifyOptions) -> Verification {
    let mut report = Report::default();
    let faults = Faults::from(std::mem::take(&mut pack.faults));
    report.step("container", faults, format!("{} files can be listed", pack.members().count()));
    let bytes = pack.read(MANIFEST, MAX_MANIFEST);
    let signer = signature::check(pack, bytes.as_deref().unwrap_or_default(), &mut report);
    report.fingerprint = signer.map(|key| key.fingerprint());
    let manifest = bytes
        .and_then(|bytes| Manifest::parse(&bytes).map_err(|error| Fault::new(MANIFEST, error.to_string())));
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(fault) => {
            report.step("manifest", Faults::from(fault), String::new());
            report.skip_rest();
            return report.finish(options);
        }
    };
    report.step("manifest", Faults::default(), format!("it lists {} files", manifest.members.len()));
    members::check(pack, &manifest, &mut report);
    let key = signature::check_keys(pack, &manifest, signer, &mut report);
    let (note, checkpoint) = history::check_checkpoint(pack, &manifest, key.as_ref(), &mut report);
    let trusted = Trusted { manifest, key, note, checkpoint };
    let ring = entries::check(pack, &trusted, &mut report);
    history::check_consistency(pack, &trusted, &ring, &mut report);
    history::check_previous(pack, &trusted, (&ring, options.previous.as_ref()), &mut report);
    signature::check_pinned(signer, &ring, options.pinned.as_ref(), &mut report);
    report.describe(trusted.manifest);
    report.finish(options)
}

/// Every key a log had, also those that may no longer sign.
fn all_keys(ring: &KeyRing) -> Vec<VerifierKey> {
    ring.active().iter().chain(ring.retired()).cloned().collect()
}
