//! Who signed the manifest, and whether that is who it should be.

use super::outcome::{Faults, Report};
use super::{MAX_MANIFEST, MAX_SMALL};
use crate::ledger::dsse::Envelope;
use crate::ledger::key::PublicKey;
use crate::ledger::key_ring::KeyRing;
use crate::ledger::note::VerifierKey;
use crate::report::pack::manifest::{MANIFEST, MANIFEST_PAYLOAD_TYPE, Manifest, SIGNATURE};
use crate::report::pack::source::{Fault, Opened};

const PEM: &str = "keys/log.pem";
const VKEY: &str = "keys/log.vkey";

/// Checks the signature over the manifest's exact bytes; returns the key in the pack, trusted or not.
pub(super) fn check(pack: &mut Opened, manifest: &[u8], report: &mut Report) -> Option<PublicKey> {
    let mut faults = Faults::default();
    let key = faults.take(read_pem(pack));
    if let Some(key) = &key {
        faults.take(check_envelope(pack, manifest, key));
    }
    let held = key.map(|key| format!("the manifest is signed by {}", key.fingerprint())).unwrap_or_default();
    report.step("manifest signature", faults, held);
    key
}

fn read_pem(pack: &mut Opened) -> Result<PublicKey, Fault> {
    let bytes = pack.read(PEM, MAX_SMALL)?;
    let key = std::str::from_utf8(&bytes).ok().and_then(|text| PublicKey::from_pem(text).ok());
    let key = key.ok_or_else(|| Fault::new(PEM, "is no Ed25519 public key"))?;
    if key.to_pem().as_bytes() != bytes {
        return Err(Fault::new(PEM, "is not written as such a key is written"));
    }
    Ok(key)
}

fn check_envelope(pack: &mut Opened, manifest: &[u8], key: &PublicKey) -> Result<(), Fault> {
    let bytes = pack.read(SIGNATURE, MAX_MANIFEST)?;
    let envelope = Envelope::parse(&bytes).map_err(|error| Fault::new(SIGNATURE, error.to_string()))?;
    let payload = envelope
        .verify(MANIFEST_PAYLOAD_TYPE, &[*key])
        .map_err(|error| Fault::new(SIGNATURE, error.to_string()))?;
    if payload != manifest {
        return Err(Fault::new(MANIFEST, "is missing or not what was signed"));
    }
    Ok(())
}

/// Checks that key file, verifier key and manifest name one key; returns it with the log's name.
pub(super) fn check_keys(
    pack: &mut Opened,
    manifest: &Manifest,
    signer: Option<PublicKey>,
    report: &mut Report,
) -> Option<VerifierKey> {
    let mut faults = Faults::default();
    let key = faults.take(read_vkey(pack, VKEY));
    if let Some(key) = &key
        && signer.as_ref() != Some(key.key())
    {
        faults.push(Fault::new(VKEY, format!("is another key than {PEM}")));
    }
    if signer.is_none_or(|signer| signer.fingerprint() != manifest.signer) {
        faults.push(Fault::new(PEM, "is not the key that the manifest names"));
    }
    report.step("keys", faults, "key file, verifier key and manifest name one key".to_owned());
    key
}

/// Reads a verifier key with a newline after it.
pub(super) fn read_vkey(pack: &mut Opened, path: &str) -> Result<VerifierKey, Fault> {
    let bytes = pack.read(path, MAX_SMALL)?;
    let text = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_suffix('\n'));
    let key: Option<VerifierKey> = text.and_then(|text| text.parse().ok());
    key.filter(|key| Some(key.to_string().as_str()) == text)
        .ok_or_else(|| Fault::new(path, "is no verifier key"))
}

/// Compares the signer with the key somebody got out of band.
pub(super) fn check_pinned(
    signer: Option<PublicKey>,
    ring: &KeyRing,
    pinned: Option<&PublicKey>,
    report: &mut Report,
) {
    let Some(pinned) = pinned else { return };
    let mut faults = Faults::default();
    if signer.as_ref() != Some(pinned) {
        let known = super::all_keys(ring).iter().any(|key| key.key() == pinned);
        let hint =
            if known { "; the pack says the log used that key earlier: ask for the present one" } else { "" };
        let what = format!("is not the key that was asked for, {}{hint}", pinned.fingerprint());
        faults.push(Fault::new(PEM, what));
    }
    report.step("pinned key", faults, "the signer is the key that was asked for".to_owned());
}
