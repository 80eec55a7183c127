//! Changes to source code: who wrote, who reviewed, who merged.

mod git_log;

pub use git_log::{GitChangeLog, encode};

use serde::{Deserialize, Serialize};

use crate::base::UnixMillis;

/// The changes of one repository, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLog {
    /// Name of the repository.
    pub repository: String,
    /// The branch the changes are on.
    pub branch: Option<String>,
    /// Identifier of the newest change.
    pub head: Option<String>,
    /// Every change read.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Commit identifier.
    pub id: String,
    /// Keyed hash or name of the author, as the collector was told to record it.
    pub author: String,
    /// The same for the committer.
    pub committer: String,
    /// When it was written.
    pub authored_at: UnixMillis,
    /// When it was committed.
    pub committed_at: UnixMillis,
    /// Whether it has more than one parent.
    pub merge: bool,
    /// People named in `Reviewed-by` trailers.
    #[serde(default)]
    pub reviewers: Vec<String>,
    /// Whether it carries a signature, verified or not.
    #[serde(default)]
    pub signed: bool,
}
