//! Databases that are carried in by hand, where no network reaches: archives, files, and folders of records.

use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::app::{App, Error, Import, Origin, collect::in_words};
use crate::base::ErrorKind;
use crate::collect::{FeedName, packed_folder};
use crate::evidence::{EvidenceKind, Receipt, ReceiptStatus};

impl App {
    /// Imports advisories from a file, or from a folder as one database where its files make one.
    ///
    /// `feed` says that the file is the whole of that feed; without it advisories belong to the feed of their format,
    /// and count as whole when they are many.
    ///
    /// # Errors
    /// When `feed` is no feed, the path cannot be read, or the database fails.
    pub async fn advisories_import(
        &self,
        path: &Path,
        feed: Option<&str>,
        run: &str,
    ) -> Result<Vec<Receipt>, Error> {
        let feed = feed.map(FeedName::parse).transpose().map_err(Error::invalid)?;
        let origin = Origin {
            feed: feed.map(|name| name.to_string()),
            ..Origin::upload(self.now(), Some(run.to_owned()))
        };
        if !path.is_dir() {
            return self.carried_file(path, &origin).await;
        }
        if let Some(packed) = self.carried_folder(path, &origin).await? {
            return self.import(&packed).await;
        }
        let mut receipts = Vec::new();
        for file in crate::app::files_below(path)? {
            receipts.extend(self.carried_file(&file, &origin).await?);
        }
        Ok(receipts)
    }

    async fn carried_file(&self, path: &Path, origin: &Origin) -> Result<Vec<Receipt>, Error> {
        let bytes = read_bounded(path.to_owned(), self.config.limits.document_bytes).await?;
        self.import(&carried(path.display().to_string(), bytes, origin)).await
    }

    /// The folder as one archive; `None` when its files make no database together.
    async fn carried_folder(&self, path: &Path, origin: &Origin) -> Result<Option<Import>, Error> {
        let packed = packed_folder(path, self.config.limits.archive_bytes)
            .map_err(|e| Error::new(e.kind(), in_words(&e)).caused_by(e))?;
        let folder =
            path.file_name().map_or_else(|| "advisories".to_owned(), |n| n.to_string_lossy().into_owned());
        let import = carried(format!("{folder}.tar"), packed, origin);
        let readings = self.read(&import).await?;
        let [reading] = readings.as_slice() else { return Ok(None) };
        let one = reading.receipt.status == ReceiptStatus::Accepted && reading.receipt.file == import.file;
        Ok(one.then_some(import))
    }
}

fn carried(file: String, bytes: Bytes, origin: &Origin) -> Import {
    Import { file, bytes, kind: Some(EvidenceKind::Advisories), asset: None, origin: origin.clone() }
}

/// Reads one byte more than the limit at most: whether the file is over it is then the importer's to say.
async fn read_bounded(path: PathBuf, limit: u64) -> Result<Bytes, Error> {
    let shown = path.display().to_string();
    let read = move || {
        use std::io::Read as _;
        let mut bytes = Vec::new();
        std::fs::File::open(&path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(Bytes::from(bytes))
    };
    let failed = |kind, e: anyhow::Error| Error::new(kind, format!("could not read {shown}")).caused_by(e);
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(failed(ErrorKind::Upstream, error.into())),
        Err(error) => Err(failed(ErrorKind::Internal, error.into())),
    }
}
