//! A checkout on this machine: the component inventory of its cargo workspace, and its history.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};

use crate::base::UnixMillis;
use crate::collect::{CollectError, Collector, Cursor, RawDocument, git, workspace_sbom};
use crate::evidence::EvidenceKind;

/// Collects from one checkout.
#[derive(Debug)]
pub struct LocalRepository {
    path: PathBuf,
}

impl LocalRepository {
    /// A collector for the checkout at `path`.
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn name_of(&self) -> String {
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        path.file_name().map_or_else(|| "repository".to_owned(), |n| n.to_string_lossy().into_owned())
    }
}

impl Collector for LocalRepository {
    fn name(&self) -> &'static str {
        concat!("attestry-local-repository/", env!("CARGO_PKG_VERSION"))
    }

    fn documents<'a>(
        &'a self,
        _from: &'a Cursor,
        at: UnixMillis,
    ) -> BoxStream<'a, Result<RawDocument, CollectError>> {
        let (path, name) = (self.path.clone(), self.name_of());
        let read = tokio::task::spawn_blocking(move || collect(&path, &name, at));
        stream::once(read)
            .flat_map(|done| match done {
                Ok(documents) => stream::iter(documents),
                Err(panicked) => {
                    let (tool, place) = ("the collector", PathBuf::new());
                    stream::iter(vec![Err(CollectError::Tool { tool, place, detail: panicked.to_string() })])
                }
            })
            .boxed()
    }
}

fn collect(path: &Path, name: &str, at: UnixMillis) -> Vec<Result<RawDocument, CollectError>> {
    if let Err(error) = std::fs::read_dir(path) {
        return vec![Err(CollectError::Gone(path.to_owned(), error))];
    }
    let mut documents = Vec::new();
    if path.join("Cargo.toml").exists() {
        documents.push(inventory(path, name, at));
    }
    match git::change_log(path, name) {
        Ok(Some(log)) => documents.push(Ok(RawDocument {
            name: format!("{name}.changes.json"),
            bytes: Bytes::from(crate::evidence::changes::encode(&log)),
            kind: Some(EvidenceKind::Changes),
            request: serde_json::json!({ "tool": "git log", "repository": name, "head": log.head })
                .to_string(),
            completeness: if log.changes.len() < git::MAX_CHANGES { "proven" } else { "unknown" },
            resume: Cursor::default(),
        })),
        Ok(None) => {}
        Err(error) => documents.push(Err(error)),
    }
    documents
}

fn inventory(path: &Path, name: &str, at: UnixMillis) -> Result<RawDocument, CollectError> {
    Ok(RawDocument {
        name: format!("{name}.cdx.json"),
        bytes: Bytes::from(workspace_sbom(path, at)?),
        kind: Some(EvidenceKind::Sbom),
        request: serde_json::json!({ "tool": "cargo metadata", "workspace": name }).to_string(),
        completeness: "proven",
        resume: Cursor::default(),
    })
}
