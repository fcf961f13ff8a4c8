//! Server-side rendering of pages, with services and viewer in context.

use crate::http::{AppState, errors, markup};
use app::{
    domain::error::AppError,
    pages::{App, parts::PageParts, shell, sign_in_address},
    services::{Submission, Viewer},
};
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use leptos::prelude::provide_context;

/// A page of the app.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    page_with(&state, request, || ()).await
}

/// Like [`page`], with the context that `more` provides.
pub async fn page_with(
    state: &AppState,
    request: Request,
    more: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let viewer = match state.viewer(request.headers()).await {
        Ok(viewer) => viewer,
        Err(error) => return page_of_error(state, request.uri(), request.headers(), &error).await,
    };
    let mut response = render_with(state, request, viewer, Submission::default(), more).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Renders the page at `path` again after a rejected form, with the sent fields and the error.
pub async fn rerender_form(state: &AppState, path: &str, headers: &HeaderMap, submission: Submission) -> Response {
    let error = submission.error.clone();
    let viewer = state.viewer(headers).await.unwrap_or_default();
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = path.parse().unwrap_or_default();
    *request.headers_mut() = headers.clone();
    let mut response = render(state, request, viewer, submission).await;
    if let Some(error) = &error {
        if response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        }
        errors::add_retry_after(&mut response, error);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An error as JSON, as a redirect to sign-in, or as a page.
pub async fn error_response(state: &AppState, uri: &Uri, headers: &HeaderMap, error: &AppError) -> Response {
    if crate::http::body::wants_json(headers) {
        return errors::error_response(error);
    }
    if *error == AppError::Unauthenticated {
        return Redirect::to(&sign_in_address(uri.path())).into_response();
    }
    page_of_error(state, uri, headers, error).await
}

async fn page_of_error(state: &AppState, uri: &Uri, headers: &HeaderMap, error: &AppError) -> Response {
    let submission = Submission { error: Some(error.clone()), ..Submission::default() };
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = uri.clone();
    *request.headers_mut() = headers.clone();
    let shown = error.clone();
    let provide_extra = move || provide_context(app::pages::PageError(shown.clone()));
    let mut response = render_with(state, request, Viewer::default(), submission, provide_extra).await;
    *response.status_mut() = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    errors::add_retry_after(&mut response, error);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Renders the page of a request's path.
pub async fn render(state: &AppState, request: Request, viewer: Viewer, submission: Submission) -> Response {
    render_with(state, request, viewer, submission, || ()).await
}

/// Like [`render`], with the context that `more` provides.
async fn render_with(
    state: &AppState,
    request: Request,
    viewer: Viewer,
    submission: Submission,
    more: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let head_only = request.method() == Method::HEAD;
    let origin = state.origin_of(request.uri(), request.headers());
    let (context, parts) = (state.clone(), PageParts::new(&state.rendered, markup::tidy));
    let page_parts = parts.clone();
    let render = leptos_axum::render_app_async_with_context(
        move || {
            context.provide(origin.clone(), viewer.clone(), submission.clone());
            provide_context(page_parts.clone());
            more();
        },
        || shell(App),
    );
    let response = put_together(render(request).await, &parts).await;
    if head_only { response.map(|_| Body::empty()) } else { response }
}

async fn put_together(response: Response, page: &PageParts) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return errors::error_response(&AppError::Unavailable { retry_after: 1 });
    };
    let Ok(html) = std::str::from_utf8(&bytes) else { return Response::from_parts(parts, Body::from(bytes)) };
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(markup::put_together(html, &page.take())))
}
