//! The image: hung on the entry once, in a form and size that the ledger takes.

use super::{
    Stop, shrink,
    steps::{Run, call},
};
use crate::{
    blob::BlobError,
    model::media::MediaType,
    pipeline::parts::OwnFile,
    post::{Attachment, entry::Resource, error::LedgerError},
    store::{document::page_list, posting::Posting},
};

impl Run<'_> {
    /// Hangs the image on the entry, unless an earlier attempt did.
    pub(super) async fn attachment(&mut self, posting: &mut Posting, resource: Resource) -> Result<(), Stop> {
        if posting.attachment_id.is_some() {
            return Ok(());
        }
        let external_id = posting.external_id.clone().unwrap_or_default();
        let attachment = self.image(posting).await?;
        let now_us = self.context.clock.now_us();
        if posting.attachment_sent_at_us.is_some() || self.look_first {
            let there = call!(self, ledger => ledger.attachment_list(resource, &external_id));
            let there = there.map_err(|error| self.stop(error))?;
            if let Some(same) = there.into_iter().find(|other| other.file_name == attachment.file_name) {
                posting.attachment_id = Some(same.external_id);
                return self.save(posting).await;
            }
        }
        posting.attachment_sent_at_us = Some(posting.attachment_sent_at_us.unwrap_or(now_us));
        self.save(posting).await?;
        let key = self.key(posting, "attachment");
        let made = call!(self, ledger => ledger.attachment_create(resource, &external_id, &attachment, &key));
        posting.attachment_id = Some(made.map_err(|error| self.stop(error))?);
        self.save(posting).await
    }

    /// The original, or its own picture where the original shows other papers too; where the ledger does not take its
    /// kind or its size, the pages' pictures that people approved by.
    async fn image(&self, posting: &Posting) -> Result<Attachment, Stop> {
        let file = OwnFile::of(self.document);
        let media = file.media_type;
        let stem = format!("receipt-{}", posting.reference);
        let bytes_max = self.ledger.attachment_bytes_max();
        let size = usize::try_from(file.bytes).unwrap_or(usize::MAX);
        if size <= bytes_max && !matches!(media, MediaType::WebP | MediaType::Heic) {
            let bytes = self.blob(&file.name).await?;
            let file_name = format!("{stem}.{}", media.extension());
            return Ok(Attachment { file_name, media_type: media.name(), bytes });
        }
        let mut pictures = Vec::new();
        for page in page_list(&self.context.db, self.document.id).await? {
            pictures.push(self.blob(&page.picture).await?);
        }
        let several = pictures.len() > 1;
        let made = tokio::task::spawn_blocking(move || shrink::within(&pictures, bytes_max)).await.ok().flatten();
        let bytes = made.ok_or_else(|| {
            Stop::Blocked(
                "The image is too large for the ledger, or has no picture; attach it there by hand.".to_owned(),
            )
        })?;
        let media = if several { MediaType::Pdf } else { MediaType::Jpeg };
        Ok(Attachment { file_name: format!("{stem}.{}", media.extension()), media_type: media.name(), bytes })
    }

    async fn blob(&self, name: &str) -> Result<Vec<u8>, Stop> {
        self.context.blobs.get(name).await.map_err(|error: BlobError| Stop::Later(error.into()))
    }
}
