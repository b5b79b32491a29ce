//! The body of an upload. Written by hand so that the same file and key are the same bytes on every attempt: the
//! request key promises QuickBooks that a repeated request is the same request.

use crate::post::{
    Attachment,
    entry::Resource,
    quickbooks::{convert::entity, wire},
};

/// The body and its `Content-Type`, the details first and the file second.
pub(crate) fn upload_body(
    resource: Resource,
    external_id: &str,
    attachment: &Attachment,
    key: &str,
) -> Result<(String, Vec<u8>), serde_json::Error> {
    // The key is a UUID: it cannot be met in the file by chance.
    let boundary = format!("vouch-{}", plain(key));
    let file_name = plain(&attachment.file_name);
    let kind = entity(resource);
    let category = match resource {
        Resource::Paid => "Receipt",
        Resource::Bill | Resource::Credit => "Document",
    };
    let details = serde_json::to_string(&wire::AttachableCreate {
        attachable_ref: vec![wire::AttachableReference {
            entity_ref: wire::EntityReference { value: external_id.to_owned(), kind },
            include_on_send: false,
        }],
        file_name: file_name.clone(),
        content_type: attachment.media_type,
        category,
    })?;
    let head = format!(
        "--{boundary}\r\n\
         Content-Disposition: form-data; name=\"file_metadata_01\"; filename=\"attachment.json\"\r\n\
         Content-Type: application/json; charset=UTF-8\r\n\r\n\
         {details}\r\n\
         --{boundary}\r\n\
         Content-Disposition: form-data; name=\"file_content_01\"; filename=\"{file_name}\"\r\n\
         Content-Type: {}\r\n\r\n",
        attachment.media_type
    );
    let mut body = head.into_bytes();
    body.extend_from_slice(&attachment.bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Ok((format!("multipart/form-data; boundary={boundary}"), body))
}

/// Only letters, digits, `.`, `_`, `-`: nothing that could end a header early.
fn plain(text: &str) -> String {
    let safe = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    text.chars().map(|letter| if safe(letter) { letter } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upload_is_details_then_file() {
        let attachment =
            Attachment { file_name: "a\"\r\nb.pdf".to_owned(), media_type: "application/pdf", bytes: b"%PDF".to_vec() };
        let (content_type, body) = upload_body(Resource::Paid, "252", &attachment, "k-1").expect("plain values");
        assert_eq!(content_type, "multipart/form-data; boundary=vouch-k-1");
        assert_eq!(
            String::from_utf8_lossy(&body),
            "--vouch-k-1\r\n\
             Content-Disposition: form-data; name=\"file_metadata_01\"; filename=\"attachment.json\"\r\n\
             Content-Type: application/json; charset=UTF-8\r\n\r\n\
             {\"AttachableRef\":[{\"EntityRef\":{\"value\":\"252\",\"type\":\"Purchase\"},\"IncludeOnSend\":false}],\
             \"FileName\":\"a___b.pdf\",\"ContentType\":\"application/pdf\",\"Category\":\"Receipt\"}\r\n\
             --vouch-k-1\r\n\
             Content-Disposition: form-data; name=\"file_content_01\"; filename=\"a___b.pdf\"\r\n\
             Content-Type: application/pdf\r\n\r\n\
             %PDF\r\n\
             --vouch-k-1--\r\n"
        );
    }
}
