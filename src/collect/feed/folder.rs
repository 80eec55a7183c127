//! A folder of records as one archive: the same files give the same bytes, whoever packs them and when.

use std::path::Path;

use bytes::Bytes;

use crate::collect::{CollectError, files_below};

/// Packs every file below a folder, hidden ones left out, sorted, without times or owners.
///
/// # Errors
/// When a file cannot be read, or all together have more than `limit` bytes.
pub fn packed_folder(root: &Path, limit: u64) -> Result<Bytes, CollectError> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut total = 0_u64;
    for file in files_below(root)? {
        let gone = |e| CollectError::Gone(file.clone(), e);
        total = total.saturating_add(std::fs::metadata(&file).map_err(gone)?.len());
        if total > limit {
            return Err(CollectError::TooLarge { path: root.to_owned(), bytes: total, limit });
        }
        let bytes = std::fs::read(&file).map_err(gone)?;
        let name = file.strip_prefix(root).unwrap_or(&file);
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, bytes.as_slice()).map_err(gone)?;
    }
    let gone = |e| CollectError::Gone(root.to_owned(), e);
    Ok(Bytes::from(archive.into_inner().map_err(gone)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        root
    }

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let (one, other) = (folder(&["b", "a/c", ".git/x"]), folder(&["a/c", "b"]));

        assert_eq!(packed_folder(one.path(), 100).unwrap(), packed_folder(other.path(), 100).unwrap());
    }

    #[test]
    fn a_folder_over_the_limit_is_refused() {
        let root = folder(&["abc", "def"]);

        assert!(matches!(packed_folder(root.path(), 5), Err(CollectError::TooLarge { bytes: 6, .. })));
    }
}
