//! Uploads: from the script one file at a time, from the plain form many.

use axum::{
    Json,
    extract::{
        Multipart, State,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{
    model::{category::Category, id::ConnectionId},
    pipeline::receive::{IntakeError, ReceiveError, Received, Upload, receive},
    web::{
        App,
        error::WebError,
        session::{Signed, redirect_with_notice},
        view::NoticeKind,
    },
};

/// The most files one form may bring.
const FILES_MAX: usize = 500;
/// The longest text field beside the files, in bytes.
const TEXT_BYTES_MAX: usize = 1024;

/// Takes files in. Answers JSON to scripts and goes back to the list for forms.
pub async fn upload(State(app): State<App>, signed: Signed, form: Multipart) -> Response {
    match take_all(&app, &signed, form).await {
        Ok(taken) if signed.wants_json() => match taken.last() {
            Some(received) => Json(json!({
                "id": received.document.id.to_string(),
                "state": received.document.state.name(),
                "duplicate": received.same_bytes,
                "url": format!("/documents/{}", received.document.id),
            }))
            .into_response(),
            None => signed.problem(WebError::new(StatusCode::UNPROCESSABLE_ENTITY, "body_missing")),
        },
        Ok(taken) if taken.is_empty() => {
            signed.problem(WebError::new(StatusCode::UNPROCESSABLE_ENTITY, "body_missing"))
        }
        Ok(_) => redirect_with_notice(&app, "/documents", NoticeKind::Good, "uploaded"),
        Err(error) => signed.problem(error),
    }
}

async fn take_all(app: &App, signed: &Signed, mut form: Multipart) -> Result<Vec<Received>, WebError> {
    let (mut token, mut category, mut connection) = (None, Category::Other, None);
    let mut taken = Vec::new();
    while let Some(mut part) = form.next_field().await.map_err(|error| broken(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            // The fields before the files say whose they are; without the token no file is read at all.
            signed.check(token.as_deref())?;
            let file_name = part.file_name().unwrap_or_default().to_owned();
            let bytes = bytes_of(&mut part, app.context.config.upload_bytes_max).await?;
            if file_name.is_empty() && bytes.is_empty() {
                continue;
            }
            if taken.len() == FILES_MAX {
                return Err(WebError::new(StatusCode::PAYLOAD_TOO_LARGE, "upload_too_large"));
            }
            let upload = Upload { bytes, file_name, person: signed.person.id, category, connection };
            taken.push(receive(&app.context, upload).await?);
            continue;
        }
        let text = bytes_of(&mut part, u64::try_from(TEXT_BYTES_MAX).unwrap_or(u64::MAX)).await?;
        let text = String::from_utf8_lossy(&text).into_owned();
        match name.as_str() {
            "csrf" => token = Some(text),
            "category" => category = Category::from_name(&text).unwrap_or(Category::Other),
            "destination" => connection = text.parse::<ConnectionId>().ok(),
            _ => {}
        }
    }
    Ok(taken)
}

/// The bytes of a part, as long as there are not too many: a file over the limit is not read to its end.
async fn bytes_of(part: &mut Field<'_>, bytes_max: u64) -> Result<Vec<u8>, WebError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|error| broken(&error))? {
        bytes.extend_from_slice(&chunk);
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > bytes_max {
            return Err(ReceiveError::Intake(IntakeError::TooLarge { bytes_max }).into());
        }
    }
    Ok(bytes)
}

fn broken(error: &MultipartError) -> WebError {
    WebError::new(StatusCode::BAD_REQUEST, "body_missing").with_detail(error.body_text())
}
