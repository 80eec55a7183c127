//! A repository's history, read by the `git` program with every hook and foreign configuration switched off.

use std::path::Path;
use std::process::Command;

use crate::base::UnixMillis;
use crate::collect::CollectError;
use crate::evidence::changes::{Change, ChangeLog};

/// Newest changes that are read.
pub const MAX_CHANGES: usize = 1000;

/// Field and record separators of the format below; neither can stand in a commit's header fields.
const FIELD: char = '\u{1f}';
const RECORD: char = '\u{1e}';
const REVIEWER: char = '\u{1d}';
const FORMAT: &str = "--format=%H%x1f%P%x1f%an <%ae>%x1f%cn <%ce>%x1f%at%x1f%ct%x1f\
                      %(trailers:key=Reviewed-by,valueonly,separator=%x1d)%x1f%G?%x1e";

/// The newest changes of the checked-out branch; `None` when the directory is no repository or has no commit.
///
/// # Errors
/// When git is not installed or fails.
pub fn change_log(repository: &Path, name: &str) -> Result<Option<ChangeLog>, CollectError> {
    let Some(head) = git(repository, &["rev-parse", "--verify", "--quiet", "HEAD"])? else { return Ok(None) };
    let branch = git(repository, &["symbolic-ref", "--short", "--quiet", "HEAD"])?;
    let count = format!("--max-count={MAX_CHANGES}");
    let log = git(repository, &["log", "--no-show-signature", &count, FORMAT])?.unwrap_or_default();
    let changes = log.split(RECORD).filter_map(|record| change(record.trim_start_matches('\n'))).collect();
    Ok(Some(ChangeLog {
        repository: name.to_owned(),
        branch: branch.map(|b| b.trim().to_owned()),
        head: Some(head.trim().to_owned()),
        changes,
    }))
}

fn change(record: &str) -> Option<Change> {
    let fields: Vec<&str> = record.split(FIELD).collect();
    let [id, parents, author, committer, authored, committed, reviewers, signature] = fields.as_slice()
    else {
        return None;
    };
    let seconds = |text: &str| Some(UnixMillis(text.parse::<i64>().ok()?.saturating_mul(1000)));
    Some(Change {
        id: (*id).to_owned(),
        author: (*author).to_owned(),
        committer: (*committer).to_owned(),
        authored_at: seconds(authored)?,
        committed_at: seconds(committed)?,
        merge: parents.split_whitespace().count() > 1,
        reviewers: reviewers
            .split(REVIEWER)
            .map(str::trim)
            .filter(|r| !r.is_empty())
            .map(str::to_owned)
            .collect(),
        signed: *signature != "N",
    })
}

/// Runs git; `None` when it answers with a failure that only means "not here".
fn git(repository: &Path, arguments: &[&str]) -> Result<Option<String>, CollectError> {
    let failed = |detail: String| CollectError::Tool { tool: "git", place: repository.to_owned(), detail };
    let output = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args([
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "log.showSignature=false",
        ])
        // %G? would start the verifier named by the repository's own configuration.
        .args(["-c", "gpg.program=false", "-c", "gpg.ssh.program=false", "-c", "gpg.x509.program=false"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .output()
        .map_err(|e| failed(format!("could not start git: {e}")))?;
    if !output.status.success() {
        return Ok(None);
    }
    String::from_utf8(output.stdout).map(Some).map_err(|e| failed(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(directory: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=Dana Reyes", "-c", "user.email=dana@example.com"];
        let done =
            Command::new("git").arg("-C").arg(directory).args(identity).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    #[test]
    fn history_comes_with_authors_and_reviewers() {
        let directory = tempfile::tempdir().unwrap();
        run(directory.path(), &["init", "-q", "-b", "main"]);
        let message = "Add ledger\n\nReviewed-by: Olena Marsh <olena@example.com>";
        run(directory.path(), &["commit", "-q", "--allow-empty", "--no-gpg-sign", "-m", "First"]);
        run(directory.path(), &["commit", "-q", "--allow-empty", "--no-gpg-sign", "-m", message]);

        let log = change_log(directory.path(), "sample").unwrap().unwrap();

        assert_eq!(log.branch.as_deref(), Some("main"));
        assert_eq!(log.changes.len(), 2);
        assert_eq!(log.changes[0].reviewers, ["Olena Marsh <olena@example.com>"]);
        assert_eq!(log.changes[1].author, "Dana Reyes <dana@example.com>");
        assert!(!log.changes[1].signed && !log.changes[1].merge);
    }

    #[test]
    fn a_directory_without_history_has_no_changes() {
        let directory = tempfile::tempdir().unwrap();

        assert_eq!(change_log(directory.path(), "none").unwrap(), None);
    }
}
