//! Audit packs: a zip file that proves itself to somebody who has neither our server nor our code.
//!
//! [`create`] lays out the members, signs the manifest over all of them and writes the same bytes for the same input.
//! [`verify`] takes a pack from anywhere and checks every member, signature and proof; `verify.py` in the pack does
//! the same with Python and OpenSSL alone. [`replay`] computes every verdict anew from the pack and compares;
//! [`diff`] says what changed from one pack to the next.

mod create;
mod diff;
mod error;
mod guide;
mod input;
mod manifest;
mod name;
mod plan;
mod predicate;
mod replay;
mod source;
mod table;
mod verify;

pub use create::{PackSummary, create};
pub use diff::{EvidenceEntry, PackDiff, RequirementChange, diff};
pub use error::PackError;
pub use guide::VERIFIER;
pub use input::{
    EarlierCheckpoint, EvidenceLink, FetchError, Gap, KeyRotation, LedgerInput, PackData, PackFile,
    PackInput, PackItem, PopulationTable, ReplayInput, ScoreFiles,
};
pub use manifest::{
    MANIFEST_PAYLOAD_TYPE, Manifest, ManifestError, ManifestItem, ManifestMember, PACK_FORMAT, PackMode,
    PinnedCheckpoint,
};
pub use name::{evidence_paths, is_safe, safe_segment};
pub use predicate::EvidencePredicate;
pub use replay::{Difference, Replay, ReplayScores, replay};
pub use source::{PackSource, Seekable};
pub use table::Table;
pub use verify::{Previous, Step, Verdict, Verification, VerifyOptions, verify};
