//! A directory other tools drop files into. Every file is a document; links are not followed.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};

use crate::base::UnixMillis;
use crate::collect::{CollectError, Collector, Cursor, RawDocument};

/// Deepest folder that is looked into.
const MAX_DEPTH: usize = 16;

/// Reads every file below a directory, in bytewise order of path.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    limit: u64,
}

impl Directory {
    /// A collector for `path`; files of more than `limit` bytes are reported and left out.
    pub const fn new(path: PathBuf, limit: u64) -> Self {
        Self { path, limit }
    }

    fn load(&self, file: &Path) -> Result<RawDocument, CollectError> {
        let gone = |e| CollectError::Gone(file.to_owned(), e);
        let bytes = std::fs::metadata(file).map_err(gone)?.len();
        if bytes > self.limit {
            return Err(CollectError::TooLarge { path: file.to_owned(), bytes, limit: self.limit });
        }
        let name = file.strip_prefix(&self.path).unwrap_or(file).display().to_string();
        Ok(RawDocument {
            bytes: Bytes::from(std::fs::read(file).map_err(gone)?),
            request: serde_json::json!({ "directory": self.path, "file": name }).to_string(),
            name,
            kind: None,
            completeness: "unknown",
            resume: Cursor::default(),
        })
    }
}

impl Collector for Directory {
    fn name(&self) -> &'static str {
        concat!("attestry-directory/", env!("CARGO_PKG_VERSION"))
    }

    fn documents<'a>(
        &'a self,
        _from: &'a Cursor,
        _at: UnixMillis,
    ) -> BoxStream<'a, Result<RawDocument, CollectError>> {
        // Always a full look: files change in place, and known bytes cost only their digest.
        match files_below(&self.path) {
            Ok(files) => stream::iter(files).map(|file| self.load(&file)).boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }
}

/// Every regular file below a directory, in bytewise order of path, hidden ones left out.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_below(root: &Path) -> Result<Vec<PathBuf>, CollectError> {
    let mut files = Vec::new();
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let gone = |e| CollectError::Gone(folder.clone(), e);
        for entry in std::fs::read_dir(&folder).map_err(gone)? {
            let entry = entry.map_err(gone)?;
            let kind = entry.file_type().map_err(gone)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() && depth < MAX_DEPTH {
                folders.push((entry.path(), depth + 1));
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_come_in_order_and_hidden_ones_and_links_stay_out() {
        let root = tempfile::tempdir().unwrap();
        for file in ["b.json", "a/c.json", ".hidden"] {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/hostname", root.path().join("link")).unwrap();
        let directory = Directory::new(root.path().to_owned(), 100);
        let cursor = Cursor::default();

        let documents: Vec<_> = directory.documents(&cursor, UnixMillis(0)).collect().await;

        let names: Vec<String> = documents.into_iter().map(|d| d.unwrap().name).collect();
        assert_eq!(names, ["a/c.json", "b.json"]);
    }

    #[tokio::test]
    async fn a_file_over_the_limit_is_named() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("big"), [0; 11]).unwrap();
        let directory = Directory::new(root.path().to_owned(), 10);
        let cursor = Cursor::default();

        let documents: Vec<_> = directory.documents(&cursor, UnixMillis(0)).collect().await;

        assert!(matches!(documents[0], Err(CollectError::TooLarge { bytes: 11, .. })));
    }
}
