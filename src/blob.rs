//! Blobs: originals under their SHA-256, and the pictures of pages. A folder now; object_store brings S3 later.

use std::{path::Path, sync::Arc};

use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path as Key};

use crate::model::id::DocumentId;

/// A blob could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The folder cannot be made or opened.
    #[error("the folder for originals cannot be used")]
    Open(#[source] std::io::Error),
    /// The storage failed.
    #[error("the storage for originals failed")]
    Storage(#[from] object_store::Error),
}

/// Where blobs are kept. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

impl Blobs {
    /// Blobs in a folder, made when missing.
    ///
    /// # Errors
    /// The folder cannot be made or opened.
    pub fn in_folder(folder: &Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(folder).map_err(BlobError::Open)?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    /// Keeps a blob; the same name with the same bytes again changes nothing.
    ///
    /// # Errors
    /// The storage failed; nothing half-written is seen.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), BlobError> {
        self.store.put(&Key::from(name), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// There is none of this name, or the storage failed.
    pub async fn get(&self, name: &str) -> Result<Vec<u8>, BlobError> {
        Ok(self.store.get(&Key::from(name)).await?.bytes().await?.to_vec())
    }
}

/// The name of an original.
#[must_use]
pub fn original_name(sha256: &str) -> String {
    let shelf = sha256.get(..2).unwrap_or("xx");
    format!("originals/{shelf}/{sha256}")
}

/// The name of a page's picture, made by the reading that left the document at this version.
#[must_use]
pub fn picture_name(document: DocumentId, version: i64, page: u32) -> String {
    format!("pages/{document}/{version}-{page}.jpg")
}
