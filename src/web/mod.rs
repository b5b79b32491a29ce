//! The pages and the small JSON answers behind them. Server-rendered; every form works without a script.

pub mod error;
pub mod pages;
pub mod session;
pub mod view;
pub mod view_actions;
pub mod view_approval;
pub mod view_blocked;
pub mod view_document;
pub mod view_documents;
pub mod view_drift;
pub mod view_part;
pub mod view_reversal;
pub mod view_settings;
pub mod words;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{pipeline::Context, web::words::Words};

/// What every handler may touch.
#[derive(Debug, Clone)]
pub struct App {
    /// The pipeline's shell.
    pub context: Context,
    /// The messages in three languages.
    pub words: Arc<Words>,
}

/// Scripts, styles and pictures are ours only; nobody may frame us.
const CONTENT_SECURITY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; \
    form-action 'self' https: http://localhost:* http://127.0.0.1:*; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/// All routes.
pub fn router(context: Context) -> Router {
    let app = App { context, words: Arc::new(Words::new()) };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    let mut router = Router::new()
        .route("/", get(|| async { Redirect::to("/documents") }))
        .route("/health", get(|| async { "ok" }))
        .route("/assets/vouch.css", get(|| asset("text/css; charset=utf-8", view::STYLE)))
        .route("/assets/vouch.js", get(|| asset("text/javascript; charset=utf-8", view::SCRIPT)))
        .route("/sign-in", get(session::sign_in_page).post(session::sign_in))
        .route("/sign-out", post(session::sign_out))
        .route("/language", post(session::language))
        .merge(pages::routes())
        .fallback(error::not_found)
        // Uploads count their own bytes as they come in; everything else is a small form.
        .route("/documents", get(pages::documents::list).post(pages::upload::upload).layer(DefaultBodyLimit::disable()))
        .with_state(app);
    for (name, value) in headers {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    router
}

/// Serves the pages until `shutdown`.
///
/// # Errors
/// The listener broke.
pub async fn serve(
    context: Context,
    listener: tokio::net::TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(context)).with_graceful_shutdown(shutdown).await
}

async fn asset(media_type: &'static str, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, text).into_response()
}
