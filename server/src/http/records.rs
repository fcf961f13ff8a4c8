//! A restaurant's records over HTTP: the export of orders, and how long data of guests is kept.

use crate::{
    http::{AppState, body::FormAtPath, owners, pages},
    takings,
};
use app::{
    domain::error::AppError,
    forms::{fields, routes},
    services::{Records, Submission},
};
use axum::{
    body::{Body, Bytes},
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Uri, header};
use serde::Deserialize;

/// The range of an export, as typed.
#[derive(Debug, Deserialize)]
pub struct Range {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// Orders of business days as CSV, sent as it is read. A range that is refused gets the page of the takings with a sentence.
pub async fn export(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    Query(range): Query<Range>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let begun = async {
        let staff = state.staff(&headers).await?;
        Ok::<_, AppError>(takings::export(&state.context, &staff, &slug, &range.from, &range.to).await?)
    };
    let export = match begun.await {
        Ok(export) => export,
        Err(error @ AppError::Invalid { .. }) => {
            let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            let page = format!("{}{query}", routes::takings(&slug));
            let fields = [(fields::FROM.to_owned(), vec![range.from]), (fields::TO.to_owned(), vec![range.to])].into();
            let submission = Submission { fields, error: Some(error) };
            return pages::rerender_form(&state, &page, &headers, submission).await;
        }
        Err(error) => return pages::error_response(&state, &uri, &headers, &error).await,
    };
    let disposition = format!("attachment; filename=\"{}\"", export.file_name);
    // An error after the first part ends the connection, so that the browser reports an incomplete file.
    let parts = futures::stream::try_unfold(export, |mut export| async move {
        let part = export.next().await.inspect_err(|error| tracing::warn!(%error, "export of orders failed"))?;
        Ok::<_, crate::error::ServerError>(part.map(|part| (Bytes::from(part), export)))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

/// Changes how long data of guests is kept.
pub async fn keep_for(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let changed = async {
        let staff = state.staff(&headers).await?;
        state.context.keep_for(&staff, &slug, form.text(fields::BASE), form.text(fields::DAYS)).await
    };
    let page = routes::settings(&slug, "privacy");
    match changed.await {
        Ok(()) => owners::to_saved(&page),
        Err(error) => owners::refused(&state, &page, &uri, &headers, form, error).await,
    }
}
