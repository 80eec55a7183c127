//! Writes a pack: the same input gives the same bytes, on every machine and at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek, SeekFrom, Write};

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::PackError;
use super::input::{PackData, PackInput};
use super::manifest::{
    MANIFEST, MANIFEST_PAYLOAD_TYPE, Manifest, ManifestItem, ManifestMember, PACK_FORMAT, PinnedCheckpoint,
    SIGNATURE,
};
use super::name::evidence_paths;
use super::plan::{Content, Plan};
use crate::base::Digest;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::dsse::Envelope;
use crate::ledger::merkle::{hash_leaf, verify_inclusion};

/// Above this a member needs the 64-bit form; below, deflate cannot push it over 4 GiB.
const LARGE: u64 = 4_200_000_000;
/// A fixed level: another one would be another file.
const LEVEL: i64 = 6;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackSummary {
    /// Digest of the whole file.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
    /// Number of files in it.
    pub members: u64,
    /// Number of evidence items.
    pub items: u64,
    /// How many of those are quarantined.
    pub quarantined: u64,
    /// Number of requirements with a gap.
    pub gaps: u64,
}

/// Writes a pack to `out`, from its start, and reads it back once for its digest.
///
/// # Errors
/// When a name is not safe, bytes are missing or not what they are said to be, a proof does not hold, the checkpoint
/// is not signed by the key, or writing fails. What `out` holds is then no pack.
pub fn create<W>(input: &PackInput<'_>, data: &mut dyn PackData, out: W) -> Result<PackSummary, PackError>
where
    W: Read + Write + Seek,
{
    let checkpoint = trusted_checkpoint(input)?;
    let mut plan = Plan::of(input, &checkpoint)?;
    check_proofs(input, &checkpoint, data)?;
    let members = members(input, &plan, data)?;
    let large =
        members.iter().filter(|member| member.size > LARGE).map(|member| member.path.clone()).collect();
    let manifest = manifest(input, &checkpoint, members).to_bytes();
    let signature = Envelope::sign(MANIFEST_PAYLOAD_TYPE, manifest.clone(), input.ledger.signer).to_bytes();
    plan.add(MANIFEST.to_owned(), Content::Bytes(manifest.into()))?;
    plan.add(SIGNATURE.to_owned(), Content::Bytes(signature.into()))?;
    let mut out = write_zip(&plan, &large, data, out)?;
    let (sha256, bytes) = digest_of(&mut out).map_err(PackError::Write)?;
    Ok(PackSummary {
        sha256,
        bytes,
        members: plan.members.len() as u64,
        items: input.items.len() as u64,
        quarantined: input.items.iter().filter(|item| item.is_quarantined()).count() as u64,
        gaps: input.gaps.len() as u64,
    })
}

fn trusted_checkpoint(input: &PackInput<'_>) -> Result<Checkpoint, PackError> {
    let ledger = &input.ledger;
    if ledger.signer.public() != ledger.key.key() {
        return Err(PackError::Signer);
    }
    let known = std::slice::from_ref(ledger.key);
    Checkpoint::open(ledger.checkpoint.as_bytes(), known).map_err(PackError::Checkpoint)
}

/// A pack that would not verify is refused here, where the fault can still be found.
fn check_proofs(
    input: &PackInput<'_>,
    checkpoint: &Checkpoint,
    data: &mut dyn PackData,
) -> Result<(), PackError> {
    let changes = input.ledger.rotation.map(|rotation| rotation.changes).unwrap_or_default();
    for index in input.items.iter().map(|item| item.ledger_index).chain(changes.iter().copied()) {
        let fetch = |source| PackError::Entry { index, source };
        let leaf = hash_leaf(&data.envelope(index).map_err(fetch)?);
        let proof = data.proof(index, checkpoint.head().size).map_err(fetch)?;
        verify_inclusion(&leaf, index, &proof, checkpoint.head())
            .map_err(|source| PackError::Proof { index, source })?;
    }
    Ok(())
}

fn members(
    input: &PackInput<'_>,
    plan: &Plan<'_>,
    data: &mut dyn PackData,
) -> Result<Vec<ManifestMember>, PackError> {
    let mut evidence = evidence_by_path(input);
    let mut members = Vec::with_capacity(plan.members.len());
    for (path, content) in &plan.members {
        let (sha256, size) = match content {
            // known already; its bytes are checked when they are written
            Content::Blob { sha256, bytes } => (*sha256, *bytes),
            Content::Bytes(_)
            | Content::Facts(_)
            | Content::Evaluation(_)
            | Content::Envelope(_)
            | Content::Proof(_) => measure(plan, content, data)?,
        };
        let evidence = evidence.remove(path).unwrap_or_default();
        members.push(ManifestMember { path: path.clone(), sha256, size, evidence });
    }
    Ok(members)
}

fn evidence_by_path(input: &PackInput<'_>) -> BTreeMap<String, Vec<ManifestItem>> {
    let paths = evidence_paths(input.items);
    let mut by_path: BTreeMap<String, Vec<ManifestItem>> = BTreeMap::new();
    let mut items: Vec<_> = input.items.iter().collect();
    items.sort_by_key(|item| item.ledger_index);
    for item in items {
        let Some(path) = paths.get(&item.statement.id.to_string()) else { continue };
        let (ledger_index, reason) = (item.ledger_index, item.reason.clone());
        let listed = ManifestItem { ledger_index, reason, statement: item.statement.clone() };
        by_path.entry(path.clone()).or_default().push(listed);
    }
    by_path
}

fn manifest(input: &PackInput<'_>, checkpoint: &Checkpoint, members: Vec<ManifestMember>) -> Manifest {
    Manifest {
        format: PACK_FORMAT.to_owned(),
        generator: concat!("attestry ", env!("CARGO_PKG_VERSION")).to_owned(),
        organisation: input.organisation.to_owned(),
        installation: input.installation.to_owned(),
        sample: input.sample,
        mode: input.mode,
        frameworks: input.frameworks.to_vec(),
        catalog: input.replay.evaluation.catalog,
        signer: input.ledger.key.key().fingerprint(),
        checkpoint: PinnedCheckpoint {
            origin: checkpoint.origin().to_owned(),
            size: checkpoint.head().size,
            root: checkpoint.head().root,
        },
        items: input.items.len() as u64,
        gaps: input.gaps.len() as u64,
        members,
    }
}

/// Passes bytes on and keeps their digest and number.
struct Measured<W> {
    sink: W,
    hash: Sha256,
    size: u64,
}

impl<W: Write> Write for Measured<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.sink.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

fn measure(
    plan: &Plan<'_>,
    content: &Content<'_>,
    data: &mut dyn PackData,
) -> Result<(Digest, u64), PackError> {
    let mut measured = Measured { sink: io::sink(), hash: Sha256::new(), size: 0 };
    plan.write(content, data, &mut measured)?;
    Ok((Digest::from_bytes(measured.hash.finalize().into()), measured.size))
}

fn write_zip<W: Write + Seek>(
    plan: &Plan<'_>,
    large: &BTreeSet<String>,
    data: &mut dyn PackData,
    out: W,
) -> Result<W, PackError> {
    let mut zip = ZipWriter::new(out);
    for (path, content) in &plan.members {
        zip.start_file(path.as_str(), options(large.contains(path))).map_err(PackError::Zip)?;
        plan.write(content, data, &mut zip)?;
    }
    zip.finish().map_err(PackError::Zip)
}

/// Nothing of the machine: no owner, no mode, no clock.
fn options(large: bool) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::default())
        .system(System::Dos)
        .external_attributes(0)
        .large_file(large)
}

fn digest_of(out: &mut (impl Read + Seek)) -> io::Result<(Digest, u64)> {
    out.seek(SeekFrom::Start(0))?;
    let mut measured = Measured { sink: io::sink(), hash: Sha256::new(), size: 0 };
    io::copy(out, &mut measured)?;
    Ok((Digest::from_bytes(measured.hash.finalize().into()), measured.size))
}
