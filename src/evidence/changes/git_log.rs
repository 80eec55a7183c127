//! Our own change log: what the git collector writes, and what anybody else may write to feed another system's log.

use serde::{Deserialize, Serialize};

use crate::evidence::changes::{Change, ChangeLog};
use crate::evidence::{
    Counts, DecodeError, Decoded, Decoder, Encoding, Evidence, EvidenceKind, Probe, Records, Warnings,
};

/// Reads `{"attestry":"changes/v1", …}`.
pub struct GitChangeLog;

const MARK: &str = "changes/v1";

/// The document as written; its members are in this order.
#[derive(Serialize, Deserialize)]
struct Document {
    attestry: String,
    repository: String,
    #[serde(default)]
    branch: Option<String>,
    #[serde(default)]
    head: Option<String>,
    changes: Vec<Change>,
}

/// The document's bytes: the same log gives the same bytes, so that an unchanged repository is a duplicate.
pub fn encode(log: &ChangeLog) -> Vec<u8> {
    let document = Document {
        attestry: MARK.to_owned(),
        repository: log.repository.clone(),
        branch: log.branch.clone(),
        head: log.head.clone(),
        changes: log.changes.clone(),
    };
    // Strings, integers, booleans and lists only: serialising them to memory has no way to fail.
    let mut bytes = serde_json::to_vec(&document).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

impl Decoder for GitChangeLog {
    fn format(&self) -> &'static str {
        "attestry-changes"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Changes
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        match probe.json() {
            Some(outline) => outline.text("attestry").is_some_and(|mark| mark.starts_with("changes/")),
            None => is_marked(probe.bytes),
        }
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let document: Document = serde_json::from_slice(input.bytes).map_err(|error| {
            let message = format!(
                "this is no change log of the form {MARK}: {error}; it needs `repository` and `changes`, \
                 each change with id, author, committer, authored_at, committed_at and merge"
            );
            DecodeError::at("malformed-changes", format!("line {}", error.line()), message)
        })?;
        if document.attestry != MARK {
            let message = format!("change log version `{}` is not read, only `{MARK}`", document.attestry);
            return Err(DecodeError::at("unsupported-version", "/attestry", message));
        }
        Ok(decoded(document))
    }
}

/// A broken log whose beginning says what it was meant to be.
fn is_marked(bytes: &[u8]) -> bool {
    let head: Vec<u8> = bytes.iter().copied().filter(|b| !b.is_ascii_whitespace()).take(30).collect();
    head.starts_with(b"{\"attestry\":\"changes/")
}

fn decoded(document: Document) -> Decoded {
    let mut warnings = Warnings::default();
    let read = document.changes.len() as u64;
    let mut seen = std::collections::HashSet::new();
    let mut changes = Vec::with_capacity(document.changes.len());
    for (at, change) in document.changes.into_iter().enumerate() {
        if seen.insert(change.id.clone()) {
            changes.push(change);
        } else {
            warnings.add(
                "duplicate-change",
                || format!("/changes/{at}"),
                "a change is listed twice; the first counts",
            );
        }
    }
    let kept = changes.len() as u64;
    let produced_at = changes.iter().map(|change| change.committed_at).max();
    let log =
        ChangeLog { repository: document.repository, branch: document.branch, head: document.head, changes };
    Decoded {
        format_version: Some(MARK.to_owned()),
        encoding: Encoding::Json,
        evidence: Evidence::Changes(log),
        records: Records { read, kept, merged: read - kept, dropped: 0 },
        counts: Counts::from([("changes".to_owned(), read)]),
        warnings: warnings.finish(),
        produced_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::UnixMillis;

    fn change(id: &str) -> Change {
        Change {
            id: id.to_owned(),
            author: "a".to_owned(),
            committer: "b".to_owned(),
            authored_at: UnixMillis(1),
            committed_at: UnixMillis(2),
            merge: false,
            reviewers: vec!["r".to_owned()],
            signed: true,
        }
    }

    fn log(ids: &[&str]) -> ChangeLog {
        ChangeLog {
            repository: "shop".to_owned(),
            branch: Some("main".to_owned()),
            head: ids.first().map(|id| (*id).to_owned()),
            changes: ids.iter().map(|id| change(id)).collect(),
        }
    }

    #[test]
    fn a_log_survives_writing_and_reading() {
        let bytes = encode(&log(&["c2", "c1"]));

        let probe = Probe::new("log.json", &bytes);
        assert!(GitChangeLog.recognises(&probe));
        let decoded = GitChangeLog.decode(&probe).unwrap();
        assert_eq!(decoded.evidence, Evidence::Changes(log(&["c2", "c1"])));
        assert_eq!((decoded.counts["changes"], decoded.produced_at), (2, Some(UnixMillis(2))));
        assert_eq!(encode(&log(&["c2", "c1"])), bytes);
    }

    #[test]
    fn a_change_listed_twice_is_counted_and_merged() {
        let decoded = GitChangeLog.decode(&Probe::new("l", &encode(&log(&["c1", "c1"])))).unwrap();

        assert_eq!(decoded.records, Records { read: 2, kept: 1, merged: 1, dropped: 0 });
    }

    #[test]
    fn other_versions_and_missing_members_are_explained() {
        let error = |text: &str| GitChangeLog.decode(&Probe::new("l", text.as_bytes())).unwrap_err();

        assert_eq!(
            error(r#"{"attestry":"changes/v9","repository":"r","changes":[]}"#).code,
            "unsupported-version"
        );
        assert!(error(r#"{"attestry":"changes/v1","changes":[]}"#).message.contains("repository"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}\",:a-z0-9]{0,80}") {
            let text = format!("{{\"attestry\":\"changes/v1\",{text}");
            drop(GitChangeLog.decode(&Probe::new("x", text.as_bytes())));
        }
    }
}
