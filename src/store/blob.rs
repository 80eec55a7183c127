//! The original bytes, by digest. Written before the row that names them, so a crash leaves an orphan, never a hole.

use std::path::Path as FsPath;
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::base::Digest;
use crate::store::StoreError;

/// A content-addressed store of bytes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct BlobStore(Arc<dyn ObjectStore>);

impl BlobStore {
    /// Opens (and makes) a local directory.
    ///
    /// # Errors
    /// When it can neither be made nor opened.
    pub fn open_directory(directory: &FsPath) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Directory { path: directory.display().to_string(), source };
        std::fs::create_dir_all(directory).map_err(failed)?;
        let local = LocalFileSystem::new_with_prefix(directory)
            .map_err(|e| failed(std::io::Error::other(e)))?
            // A published checkpoint must not outlive the bytes it vouches for.
            .with_fsync(true);
        Ok(Self(Arc::new(local)))
    }

    /// Stores bytes; storing the same again changes nothing.
    ///
    /// # Errors
    /// When the store refuses, for example because the disk is full.
    pub async fn put(&self, bytes: Bytes) -> Result<Digest, StoreError> {
        let digest = Digest::of(&bytes);
        if self.holds(digest).await? {
            return Ok(digest);
        }
        let put = self.0.put(&address(digest), PutPayload::from_bytes(bytes)).await;
        put.map_err(|source| StoreError::Blob { action: "write", digest, source })?;
        Ok(digest)
    }

    /// Whether the blob is there.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn holds(&self, digest: Digest) -> Result<bool, StoreError> {
        match self.0.head(&address(digest)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(StoreError::Blob { action: "look for", digest, source }),
        }
    }

    /// Reads a blob and checks that its bytes still have its digest.
    ///
    /// # Errors
    /// When it is absent, unreadable or changed.
    pub async fn get(&self, digest: Digest) -> Result<Bytes, StoreError> {
        let failed = |source| StoreError::Blob { action: "read", digest, source };
        let bytes = self.0.get(&address(digest)).await.map_err(failed)?.bytes().await.map_err(failed)?;
        let found = Digest::of(&bytes);
        if found != digest {
            return Err(StoreError::BlobChanged { expected: digest, found });
        }
        Ok(bytes)
    }
}

/// Two levels of folders keep any one of them small.
fn address(digest: Digest) -> Path {
    let hex = digest.to_hex();
    Path::from(format!("sha256/{}/{}", &hex[..2], &hex[2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_come_back_and_a_changed_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let blobs = BlobStore::open_directory(directory.path()).unwrap();
        let digest = blobs.put(Bytes::from_static(b"evidence")).await.unwrap();
        assert_eq!(blobs.get(digest).await.unwrap(), Bytes::from_static(b"evidence"));

        let hex = digest.to_hex();
        let file = directory.path().join("sha256").join(&hex[..2]).join(&hex[2..]);
        std::fs::write(file, b"evidencf").unwrap();

        let error = blobs.get(digest).await.unwrap_err();
        assert!(matches!(error, StoreError::BlobChanged { expected, .. } if expected == digest));
    }
}
