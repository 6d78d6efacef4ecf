//! The web chat: a page that needs nothing but this server.

use axum::{
    Router,
    http::header,
    response::{Html, IntoResponse},
    routing::get,
};

pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(|| async { (policy(), Html(include_str!("../web/index.html"))) }))
        .route(
            "/chat.css",
            get(|| async { typed("text/css; charset=utf-8", include_str!("../web/chat.css")) }),
        )
        .route(
            "/chat.js",
            get(|| async { typed("text/javascript; charset=utf-8", include_str!("../web/chat.js")) }),
        )
}

fn typed(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text)
}

/// Messages show what strangers wrote: no script and no picture but from here.
fn policy() -> [(header::HeaderName, &'static str); 2] {
    [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; img-src 'self' data: https:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-cache"),
    ]
}
