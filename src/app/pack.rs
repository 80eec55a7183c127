//! Creates audit packs from what is stored, and checks packs from anywhere.

mod data;
mod order;
mod pages;
mod parts;
mod shown;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::app::{App, Error, Progress};
use crate::base::{Digest, EngagementId, ErrorKind, PackId, RunId, UnixMillis};
use crate::ledger::merkle::{NodeId, ProofError, plan_consistency};
use crate::ledger::statement::PredicateKind;
use crate::ledger::tlog_proof::ConsistencyFile;
use crate::report::pack::{
    self, PackDiff, PackError, PackSource, PackSummary, Replay, Verification, VerifyOptions,
};
use crate::risk::RuleSet;
use crate::store::{CheckpointRow, Finish, PackRow};

pub use order::PackOrder;
pub use shown::PackStand;

/// What to pack.
#[derive(Debug, Clone)]
pub struct PackRequest {
    /// Framework ids or aliases; all when empty.
    pub frameworks: Vec<String>,
    /// The instant; the end of the period in period mode; now when absent.
    pub as_of: Option<UnixMillis>,
    /// Start of the period, in period mode.
    pub from: Option<UnixMillis>,
    /// Where the pack goes. An existing file is never replaced.
    pub output: PathBuf,
    /// The engagement it is made for.
    pub engagement: Option<EngagementId>,
}

/// A created pack.
#[derive(Debug, Clone, Serialize)]
pub struct PackMade {
    /// Where it is.
    pub path: PathBuf,
    /// Its number.
    pub number: u32,
    /// Digest of the file.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
    /// Files in it.
    pub members: u64,
    /// Evidence items in it.
    pub items: u64,
    /// Requirements whose evidence is not enough, or is still a person's to give.
    pub gaps: u64,
    /// Fingerprint of the key that signed it.
    pub fingerprint: String,
    /// Proofs that the log it is pinned to extends that of each earlier pack, newest first.
    pub extends: Vec<Extends>,
}

/// Proof that a pack's log extends an earlier pack's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Extends {
    /// Number of the earlier pack.
    pub pack: u32,
    /// Digest of its file.
    pub sha256: Digest,
    /// Entries its checkpoint covers.
    pub size: u64,
    /// The proof, as `consistency.txt` would hold it.
    pub consistency: String,
}

/// What of a sidecar a verifier reads.
#[derive(Deserialize)]
struct Sidecar {
    extends: Vec<Extends>,
}

/// What is signed into the ledger about a pack.
#[derive(Debug, Serialize)]
struct PackPredicate<'a> {
    frameworks: &'a [String],
    from: Option<UnixMillis>,
    as_of: UnixMillis,
    items: u64,
    gaps: u64,
}

impl From<PackError> for Error {
    fn from(error: PackError) -> Self {
        let kind = error.kind();
        let mut words = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            words.push_str(": ");
            words.push_str(&inner.to_string());
            cause = inner.source();
        }
        Self::new(kind, words).caused_by(error)
    }
}

impl App {
    /// Evaluates, and writes one signed pack with everything needed to check and recompute it.
    ///
    /// # Errors
    /// When the request is wrong, the output exists or cannot be written, or the database fails.
    pub async fn pack_create(
        &self,
        request: &PackRequest,
        progress: &dyn Progress,
    ) -> Result<PackMade, Error> {
        let run = self.run_here("pack", None).await?;
        let made = self.pack_make(request, None, progress).await;
        let error = made.as_ref().err().map_or_else(String::new, ToString::to_string);
        self.finish(run, &Finish { error, ..Finish::default() }).await?;
        made
    }

    async fn pack_make(
        &self,
        request: &PackRequest,
        run: Option<RunId>,
        progress: &dyn Progress,
    ) -> Result<PackMade, Error> {
        refuse_existing(&request.output)?;
        let at = self.checked_instant(request.as_of)?;
        if request.from.is_some_and(|from| from > at) {
            return Err(Error::invalid("the period ends before it begins: --from must lie before --to"));
        }
        progress.begin("gathering the pack", 0);
        let parts = self.pack_parts(request, at).await?;
        progress.end(&format!("{} evidence items", parts.items.len()));
        progress.begin("writing the pack", 0);
        let pinned = Pinned {
            frameworks: parts.frameworks.clone(),
            at,
            size: parts.checkpoint.size,
            run,
            extends: self.extends(&parts.checkpoint).await?,
        };
        let summary = self.pack_write(parts, &request.output).await?;
        progress.end(&format!("{} files", summary.members));
        self.pack_register(request, pinned, &summary).await
    }

    /// Proofs for the newest earlier packs; they live outside the pack's bytes, which must not depend on them.
    async fn extends(&self, checkpoint: &CheckpointRow) -> Result<Vec<Extends>, Error> {
        let mut extends = Vec::new();
        for earlier in self.store.pack_list(50).await? {
            if earlier.checkpoint_size > checkpoint.size || earlier.checkpoint_size == 0 {
                continue;
            }
            let hashes = self.consistency(earlier.checkpoint_size, checkpoint.size).await?;
            let file = ConsistencyFile {
                old_size: earlier.checkpoint_size,
                hashes,
                checkpoint: checkpoint.note.clone(),
            };
            extends.push(Extends {
                pack: earlier.number,
                sha256: earlier.sha256,
                size: earlier.checkpoint_size,
                consistency: file.to_string(),
            });
        }
        Ok(extends)
    }

    /// The consistency proof between two sizes of the log.
    async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Digest>, Error> {
        let failed =
            |e: ProofError| Error::integrity("the stored ledger cannot prove its growth").caused_by(e);
        let plan = plan_consistency(old, new).map_err(failed)?;
        let ids: Vec<NodeId> = plan.node_ids().collect();
        let hashes = self.store.ledger_nodes(&ids).await?;
        let stored = |id: NodeId| ids.iter().position(|known| *known == id).and_then(|at| *hashes.get(at)?);
        plan.build(stored).map_err(failed)
    }

    async fn pack_write(&self, parts: parts::Parts, output: &Path) -> Result<PackSummary, Error> {
        let (store, blobs, signer) =
            (self.store.clone(), self.blobs.clone(), std::sync::Arc::clone(&self.signer));
        let handle = tokio::runtime::Handle::current();
        let output = output.to_owned();
        let write = move || {
            let failed =
                |e: std::io::Error| Error::upstream(format!("could not write {}: {e}", output.display()));
            let folder =
                output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
            std::fs::create_dir_all(folder).map_err(failed)?;
            let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
            let mut data = data::StoredData { store, blobs, handle };
            let summary = pack::create(&parts.input(&signer), &mut data, file.as_file_mut())?;
            file.as_file().sync_all().map_err(failed)?;
            // Renamed only when whole: a crash before leaves no pack, never half of one.
            file.persist_noclobber(&output).map_err(|e| failed(e.error))?;
            Ok(summary)
        };
        let written = tokio::task::spawn_blocking(write).await;
        written.map_err(|e| Error::new(ErrorKind::Internal, "writing the pack failed").caused_by(e))?
    }

    async fn pack_register(
        &self,
        request: &PackRequest,
        pinned: Pinned,
        summary: &PackSummary,
    ) -> Result<PackMade, Error> {
        let Pinned { frameworks, at, size, run, extends } = pinned;
        let (items, gaps) = (summary.items, summary.gaps);
        let predicate = PackPredicate { frameworks: &frameworks, from: request.from, as_of: at, items, gaps };
        let name = request.output.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let entry =
            self.signer.entry(PredicateKind::Pack, (&name, summary.sha256), &predicate, self.now())?;
        let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let row = PackRow {
            id: PackId::new(),
            number: 0,
            made_at: self.now(),
            frameworks,
            period_from: request.from,
            as_of: at,
            sha256: summary.sha256,
            bytes: summary.bytes,
            items: count(items),
            gaps: count(gaps),
            checkpoint_size: size,
            file: name.clone(),
            run,
            engagement: request.engagement,
        };
        self.keep_file(&request.output).await?;
        let made = PackMade {
            path: request.output.clone(),
            number: self.store.pack_put(&row, &entry).await?,
            sha256: summary.sha256,
            bytes: summary.bytes,
            members: summary.members,
            items,
            gaps,
            fingerprint: self.fingerprint(),
            extends,
        };
        write_sidecar(&made)?;
        Ok(made)
    }
}

impl App {
    /// Keeps a pack among the blobs, so that every replica can hand it out.
    async fn keep_file(&self, path: &Path) -> Result<(), Error> {
        let bytes = tokio::fs::read(path)
            .await
            .map_err(|e| Error::upstream(format!("could not read {}: {e}", path.display())))?;
        self.blobs.put(bytes.into()).await?;
        Ok(())
    }
}

/// What a pack is pinned to.
struct Pinned {
    frameworks: Vec<String>,
    at: UnixMillis,
    size: u64,
    run: Option<RunId>,
    extends: Vec<Extends>,
}

fn refuse_existing(output: &Path) -> Result<(), Error> {
    if output.exists() {
        let shown = output.display();
        return Err(Error::invalid(format!(
            "{shown} exists already: packs are never replaced, choose another name"
        )));
    }
    Ok(())
}

/// Number and digest live outside the pack's bytes, so that the same pack can be created again and compared.
fn write_sidecar(made: &PackMade) -> Result<(), Error> {
    let path = sidecar_of(&made.path);
    let json = serde_json::to_string_pretty(made)
        .map_err(|e| Error::new(ErrorKind::Internal, "could not write the pack's receipt").caused_by(e))?;
    std::fs::write(&path, json + "\n")
        .map_err(|e| Error::upstream(format!("could not write {}: {e}", path.display())))
}

fn sidecar_of(pack: &Path) -> PathBuf {
    let mut path = pack.as_os_str().to_owned();
    path.push(".receipt.json");
    PathBuf::from(path)
}

/// Opens a pack file or directory.
fn open(path: &Path) -> Result<PackSource, Error> {
    PackSource::at(path).map_err(|e| {
        let kind =
            if e.kind() == std::io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Upstream };
        Error::new(kind, format!("could not open {}: {e}", path.display()))
    })
}

/// Checks a pack with nothing but the pack, and the pinned key when one is given (C2SP verifier key or PEM).
///
/// # Errors
/// When a path or the key cannot be read. What does not hold is in the verification.
pub fn pack_verify(path: &Path, key: Option<&str>, previous: Option<&Path>) -> Result<Verification, Error> {
    let pinned = key
        .map(crate::ledger::note::parse_pinned_key)
        .transpose()
        .map_err(|e| Error::invalid(format!("the key cannot be read: {e}")))?;
    let previous = previous.map(|earlier| previous_of(path, earlier)).transpose()?;
    Ok(pack::verify(open(path)?, &VerifyOptions { pinned, previous }))
}

/// The earlier checkpoint, with the proof of growth from the sidecar beside the pack, if it is there.
fn previous_of(pack: &Path, earlier: &Path) -> Result<pack::Previous, Error> {
    let checkpoint = previous_checkpoint(earlier)?;
    let size = checkpoint.lines().nth(1).and_then(|line| line.parse::<u64>().ok());
    let sidecar = std::fs::read_to_string(sidecar_of(pack)).ok();
    let sidecar: Option<Sidecar> = sidecar.and_then(|text| serde_json::from_str(&text).ok());
    let proof = sidecar.and_then(|s| s.extends.into_iter().find(|e| Some(e.size) == size));
    Ok(pack::Previous { checkpoint, consistency: proof.map(|p| p.consistency) })
}

/// The checkpoint an earlier pack pinned, read from the pack or from a bare `checkpoint.txt`.
fn previous_checkpoint(path: &Path) -> Result<String, Error> {
    let failed =
        |e: &dyn std::fmt::Display| Error::upstream(format!("could not read {}: {e}", path.display()));
    if path.extension().is_some_and(|e| e == "zip") {
        let file = std::fs::File::open(path).map_err(|e| failed(&e))?;
        let mut zip = zip::ZipArchive::new(file).map_err(|e| failed(&e))?;
        let member = zip.by_name("checkpoint.txt").map_err(|e| failed(&e))?;
        std::io::read_to_string(std::io::Read::take(member, 1 << 20)).map_err(|e| failed(&e))
    } else {
        let file = if path.is_dir() { path.join("checkpoint.txt") } else { path.to_owned() };
        std::fs::read_to_string(file).map_err(|e| failed(&e))
    }
}

/// Recomputes every verdict and vendor score from the pack alone.
///
/// # Errors
/// When the pack does not verify or its replay data is missing.
pub fn pack_replay(path: &Path) -> Result<Replay, Error> {
    Ok(pack::replay(open(path)?, Some(replay_scores))?)
}

/// What changed between two packs, by requirement and evidence.
///
/// # Errors
/// When one of them does not verify.
pub fn pack_diff(before: &Path, after: &Path) -> Result<PackDiff, Error> {
    Ok(pack::diff(open(before)?, open(after)?)?)
}

/// Scores anew what a pack's facts say; the text must equal the packed one byte for byte.
fn replay_scores(rules: &str, facts: &str) -> Result<String, String> {
    let rules = RuleSet::parse(rules).map_err(|e| e.to_string())?;
    let facts: parts::ScoreFacts = serde_json::from_str(facts).map_err(|e| e.to_string())?;
    parts::scores_text(&rules, &facts)
}
