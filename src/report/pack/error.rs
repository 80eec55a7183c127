//! What can go wrong when a pack is made or replayed.

use std::io;

use zip::result::ZipError;

use super::input::FetchError;
use crate::base::{Digest, ErrorKind};
use crate::ledger::checkpoint::CheckpointError;
use crate::ledger::merkle::ProofError;

/// A pack that cannot be made or replayed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A member's path would not be safe on every system.
    #[error("`{0}` cannot be the path of a file in a pack")]
    Name(String),
    /// Two members have one path where case does not count.
    #[error("two files of the pack would be named `{0}`")]
    Clash(String),
    /// A page that every pack has was not handed in.
    #[error("the pack has no `{0}`")]
    Page(&'static str),
    /// The manifest would be signed by another key than the checkpoint.
    #[error("the signing key is not the key of the checkpoint")]
    Signer,
    /// The checkpoint does not hold.
    #[error("the checkpoint for the pack does not hold")]
    Checkpoint(#[source] CheckpointError),
    /// Stored bytes could not be had.
    #[error("could not fetch the bytes {sha256}")]
    Blob {
        /// Their digest.
        sha256: Digest,
        /// The cause.
        #[source]
        source: FetchError,
    },
    /// Stored bytes are not what they were.
    #[error("the stored bytes of {0} were changed")]
    BlobChanged(Digest),
    /// A ledger entry or its proof could not be had.
    #[error("could not fetch ledger entry {index} or its proof")]
    Entry {
        /// Its index.
        index: u64,
        /// The cause.
        #[source]
        source: FetchError,
    },
    /// A ledger entry is not in the log of the checkpoint.
    #[error("ledger entry {index} is not covered by the pack's checkpoint")]
    Proof {
        /// Its index.
        index: u64,
        /// The cause.
        #[source]
        source: ProofError,
    },
    /// Writing failed.
    #[error("could not write the pack")]
    Write(#[source] io::Error),
    /// Writing the container failed.
    #[error("could not write the pack's zip file")]
    Zip(#[source] ZipError),
    /// A pack does not verify, so nothing is computed from it.
    #[error("NOT VERIFIED: {step}: {detail}")]
    NotVerified {
        /// The first step that failed.
        step: String,
        /// What is wrong.
        detail: String,
    },
    /// A pack has no replay data that can be read.
    #[error("NOT VERIFIED: the pack cannot be replayed: `{member}` {detail}")]
    Replay {
        /// The member.
        member: String,
        /// What is wrong.
        detail: String,
    },
}

impl PackError {
    /// How a caller may act on it.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Name(_) | Self::Clash(_) | Self::Page(_) | Self::Signer => ErrorKind::Internal,
            Self::Checkpoint(_)
            | Self::BlobChanged(_)
            | Self::Proof { .. }
            | Self::NotVerified { .. }
            | Self::Replay { .. } => ErrorKind::Integrity,
            Self::Blob { .. } | Self::Entry { .. } | Self::Write(_) | Self::Zip(_) => ErrorKind::Upstream,
        }
    }
}
