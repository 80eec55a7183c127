//! The manifest: what is in a pack, in one strict form that is signed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::name::is_safe;
use super::predicate::EvidencePredicate;
use crate::base::{Digest, UnixMillis};
use crate::ledger::key::Fingerprint;

/// The payload type of the manifest's signature.
pub const MANIFEST_PAYLOAD_TYPE: &str = "application/vnd.attestry.pack-manifest+json";
/// The layout this module writes and reads.
pub const PACK_FORMAT: &str = "attestry-pack/v1";

/// What a pack is about in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PackMode {
    /// The state at one instant.
    AsOf {
        /// The instant.
        at: UnixMillis,
    },
    /// A period, both ends included.
    Period {
        /// Its first instant.
        from: UnixMillis,
        /// Its last instant.
        to: UnixMillis,
    },
}

/// The checkpoint a pack is pinned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedCheckpoint {
    /// Which log.
    pub origin: String,
    /// Its number of entries.
    pub size: u64,
    /// Its root.
    pub root: Digest,
}

/// One evidence item in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestItem {
    /// Where its entry stands in the ledger.
    pub ledger_index: u64,
    /// Why it does not speak: quarantined, or withdrawn.
    pub reason: Option<String>,
    /// What its ledger entry says.
    pub statement: EvidencePredicate,
}

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestMember {
    /// Its path from the pack's root.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// Size of its bytes.
    pub size: u64,
    /// The evidence items whose stored bytes it is: one, or several that share the same bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<ManifestItem>,
}

/// What a pack is and every file in it but the manifest and its signature.
///
/// Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`PACK_FORMAT`].
    pub format: String,
    /// The program that wrote it, with its version.
    pub generator: String,
    /// Whose pack it is.
    pub organisation: String,
    /// The installation it was made by.
    pub installation: String,
    /// Whether the data is sample data.
    pub sample: bool,
    /// What it is about in time.
    pub mode: PackMode,
    /// The frameworks it covers.
    pub frameworks: Vec<String>,
    /// Edition of the control definitions the verdicts were made with.
    pub catalog: Digest,
    /// The key that signed the manifest and the checkpoint.
    pub signer: Fingerprint,
    /// The checkpoint that covers every item.
    pub checkpoint: PinnedCheckpoint,
    /// Number of evidence items.
    pub items: u64,
    /// Number of requirements listed in `gaps.csv`.
    pub gaps: u64,
    /// The files, ordered bytewise by path.
    pub members: Vec<ManifestMember>,
}

/// A manifest that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not the JSON of a manifest.
    #[error("it is no manifest of the form {PACK_FORMAT}: {0}")]
    Malformed(#[source] serde_json::Error),
    /// A manifest that could be written differently.
    #[error("it is not in its only form: written anew it has other bytes")]
    NotCanonical,
    /// Another layout.
    #[error("its format is `{0}`, `{PACK_FORMAT}` is expected")]
    Format(String),
    /// A path that is not safe, or out of order.
    #[error("the path `{0}` is not safe, stands twice or is out of order")]
    Path(String),
    /// The number of items is not the one it says, or two are one ledger entry.
    #[error("its evidence items do not agree with their number, or share a ledger entry")]
    Items,
}

impl Manifest {
    /// The only bytes this manifest has: indented JSON with a final newline.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = to_json(self);
        bytes.push(b'\n');
        bytes
    }

    /// Reads a manifest in its only form.
    ///
    /// # Errors
    /// When it is none, or could be written in another way.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(ManifestError::Malformed)?;
        if manifest.format != PACK_FORMAT {
            return Err(ManifestError::Format(manifest.format));
        }
        if manifest.to_bytes() != bytes {
            return Err(ManifestError::NotCanonical);
        }
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), ManifestError> {
        let mut last = "";
        for path in self.members.iter().map(|member| member.path.as_str()) {
            if !is_safe(path) || path <= last || path == MANIFEST || path == SIGNATURE {
                return Err(ManifestError::Path(path.to_owned()));
            }
            last = path;
        }
        let indexes: BTreeSet<u64> = self.items().map(|(_, item)| item.ledger_index).collect();
        if indexes.len() != self.items().count() || indexes.len() as u64 != self.items {
            return Err(ManifestError::Items);
        }
        Ok(())
    }

    /// Every evidence item with the member that holds its bytes.
    pub fn items(&self) -> impl Iterator<Item = (&ManifestMember, &ManifestItem)> {
        self.members.iter().flat_map(|member| member.evidence.iter().map(move |item| (member, item)))
    }

    /// The member at a path.
    pub fn member(&self, path: &str) -> Option<&ManifestMember> {
        let at = self.members.binary_search_by(|member| member.path.as_str().cmp(path)).ok()?;
        self.members.get(at)
    }
}

/// The manifest's own path.
pub(super) const MANIFEST: &str = "manifest.json";
/// The path of its signature.
pub(super) const SIGNATURE: &str = "manifest.dsse.json";

#[expect(clippy::expect_used, reason = "structs of strings and numbers always serialise")]
fn to_json(manifest: &Manifest) -> Vec<u8> {
    serde_json::to_vec_pretty(manifest).expect("structs of strings and numbers always serialise")
}
