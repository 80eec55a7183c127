//! Every evidence item has a ledger entry that says exactly what the manifest says, signed and in the log.

use std::collections::BTreeMap;

use super::history::error_in_words;
use super::outcome::{Faults, Report};
use super::signature::read_vkey;
use super::{MAX_SMALL, Trusted};
use crate::ledger::dsse::Envelope;
use crate::ledger::key_ring::{KeyChange, KeyRing};
use crate::ledger::merkle::{hash_leaf, verify_inclusion};
use crate::ledger::note::VerifierKey;
use crate::ledger::statement::{PredicateKind, Statement};
use crate::ledger::tlog_proof::TlogProof;
use crate::report::pack::manifest::{Manifest, ManifestItem, ManifestMember};
use crate::report::pack::source::{Fault, Opened};

const FIRST: &str = "keys/first.vkey";
const CHANGES: &str = "keys/changes/";

/// What the entry at an index has to be.
enum Expected<'m> {
    Item(&'m ManifestMember, &'m ManifestItem),
    KeyChange,
}

/// Goes through the pack's entries in the order of the log, following its keys; returns the keys at the end.
pub(super) fn check(pack: &mut Opened, trusted: &Trusted, report: &mut Report) -> KeyRing {
    let (mut proofs, mut faults, mut keys) = (Faults::default(), Faults::default(), Faults::default());
    let mut ring = KeyRing::new(first_key(pack, trusted, &mut keys).into_iter().collect());
    let expected = expected(pack, &trusted.manifest, &mut keys);
    for (index, expected) in &expected {
        let path = match expected {
            Expected::Item(..) => format!("envelopes/{index}.dsse.json"),
            Expected::KeyChange => format!("{CHANGES}{index}.dsse.json"),
        };
        let Some(entry) = faults.take(pack.read(&path, MAX_SMALL)) else { continue };
        proofs.take(check_proof(pack, trusted, *index, &entry));
        faults.take(check_entry(&mut ring, &path, &entry, expected));
    }
    if trusted.key.as_ref().is_none_or(|key| !ring.active().contains(key)) {
        keys.push(Fault::new("keys/log.vkey", "is not the key the log had after its last key change"));
    }
    report.step("key history", keys, "the log's keys lead to the key that signed".to_owned());
    report.step("inclusion proofs", proofs, format!("all {} entries are in the log", expected.len()));
    let held = format!("all {} evidence items are what their entries say", trusted.manifest.items);
    report.step("ledger entries", faults, held);
    check_receipts(&trusted.manifest, report);
    ring
}

fn first_key(pack: &mut Opened, trusted: &Trusted, faults: &mut Faults) -> Option<VerifierKey> {
    if pack.has(FIRST) { faults.take(read_vkey(pack, FIRST)) } else { trusted.key.clone() }
}

fn expected<'m>(pack: &Opened, manifest: &'m Manifest, faults: &mut Faults) -> BTreeMap<u64, Expected<'m>> {
    let items = manifest.items().map(|(member, item)| (item.ledger_index, Expected::Item(member, item)));
    let mut expected: BTreeMap<u64, Expected<'m>> = items.collect();
    for (path, _) in pack.members() {
        let Some(name) = path.strip_prefix(CHANGES) else { continue };
        let number = name.strip_suffix(".dsse.json").and_then(|number| number.parse::<u64>().ok());
        match number.filter(|number| format!("{CHANGES}{number}.dsse.json") == path) {
            Some(index) if !expected.contains_key(&index) => {
                expected.insert(index, Expected::KeyChange);
            }
            Some(_) | None => faults.push(Fault::new(path, "is not the entry of a key change")),
        }
    }
    expected
}

fn check_proof(pack: &mut Opened, trusted: &Trusted, index: u64, entry: &[u8]) -> Result<(), Fault> {
    let path = format!("proofs/{index}.tlog-proof");
    let fault = |what: String| Fault::new(&path, what);
    let bytes = pack.read(&path, MAX_SMALL)?;
    let proof = TlogProof::parse(&bytes).map_err(|error| fault(error_in_words(&error)))?;
    let plain = proof.extra.is_none() && proof.to_string().as_bytes() == bytes;
    if !plain || proof.index != index || proof.checkpoint.as_bytes() != trusted.note {
        return Err(fault(format!("is not the proof of entry {index} under the pack's checkpoint")));
    }
    let Some(checkpoint) = &trusted.checkpoint else {
        return Err(fault("cannot be checked without a checkpoint that holds".to_owned()));
    };
    verify_inclusion(&hash_leaf(entry), index, &proof.hashes, checkpoint.head())
        .map_err(|error| fault(error_in_words(&error)))
}

fn check_entry(ring: &mut KeyRing, path: &str, entry: &[u8], expected: &Expected<'_>) -> Result<(), Fault> {
    let fault = |what: String| Fault::new(path, what);
    let envelope = Envelope::parse(entry).map_err(|error| fault(error_in_words(&error)))?;
    let statement = ring.admit(&envelope).map_err(|error| fault(error_in_words(&error)))?;
    match expected {
        Expected::Item(member, item) => {
            let said = item.statement.statement(member.sha256).map(|statement| statement.to_bytes());
            let same = said.is_ok_and(|said| said == envelope.payload());
            if !same || item.statement.bytes != member.size {
                return Err(fault(format!("does not say what the manifest says of `{}`", member.path)));
            }
        }
        Expected::KeyChange if !is_plain_change(&statement) => {
            return Err(fault("is not the entry of a key change".to_owned()));
        }
        Expected::KeyChange => {}
    }
    Ok(())
}

/// Whether a key change is written the one way we write it, so that every verifier reads the same in it.
fn is_plain_change(statement: &Statement) -> bool {
    let Ok(change) = statement.predicate::<KeyChange>() else { return false };
    let Ok(key) = change.introduced.parse::<VerifierKey>() else { return false };
    let plain = KeyChange::statement(&key, change.retired);
    statement.kind() == PredicateKind::KeyChange
        && plain.is_ok_and(|plain| plain.to_bytes() == statement.to_bytes())
}

fn check_receipts(manifest: &Manifest, report: &mut Report) {
    let (mut faults, mut checked) = (Faults::default(), 0_u64);
    for (_, item) in manifest.items() {
        let path = format!("receipts/{}.json", item.ledger_index);
        let Some(receipt) = manifest.member(&path) else { continue };
        checked += 1;
        if receipt.sha256 != item.statement.receipt_sha256 {
            faults.push(Fault::new(&path, "is not the receipt that the ledger entry names"));
        }
    }
    report.step("receipts", faults, format!("{checked} import receipts are those of the ledger entries"));
}
