//! Opening a restaurant over HTTP: creating, publishing, taking offline.

use crate::http::{
    AppState,
    body::{Form, FormAtPath},
    pages,
};
use app::{
    domain::error::AppError,
    forms::{fields, general, hours, new_restaurant, routes},
    services::{Owners, Submission},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, Uri};

/// Creates a restaurant and leads to its checklist.
pub async fn create(State(state): State<AppState>, uri: Uri, headers: HeaderMap, form: Form) -> Response {
    let created = async {
        let staff = state.staff(&headers).await?;
        let new = new_restaurant::decode(|name| form.text(name)).map_err(|problems| AppError::Invalid { problems })?;
        state.context.create_restaurant(&staff, &new).await
    };
    match created.await {
        Ok(slug) => {
            // The session as it is with the new restaurant; a failure leads to the one of some seconds ago.
            drop(state.staff_now(&headers).await);
            Redirect::to(&routes::setup(&slug)).into_response()
        }
        Err(error) => refused(&state, routes::NEW_RESTAURANT, &uri, &headers, form, error).await,
    }
}

/// Publishes a restaurant, or takes it offline.
pub async fn publish(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let done = async {
        let staff = state.staff(&headers).await?;
        match form.text(fields::ACTION) {
            fields::PUBLISH => state.context.publish(&staff, &slug, state.published_as).await,
            fields::OFFLINE => state.context.take_offline(&staff, &slug).await,
            _ => Err(AppError::invalid("", "unknown", "This form is out of date. Reload the page.")),
        }
    };
    let page = routes::setup(&slug);
    match done.await {
        Ok(()) => Redirect::to(&page).into_response(),
        Err(error) => refused(&state, &page, &uri, &headers, form, error).await,
    }
}

/// Saves name, address, contact, language and money; the address of the page may have changed.
pub async fn save_general(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let saved = async {
        let staff = state.staff(&headers).await?;
        let general = general::decode(|name| form.text(name)).map_err(|problems| AppError::Invalid { problems })?;
        state.context.save_general(&staff, &slug, form.text(fields::BASE), &general).await
    };
    match saved.await {
        Ok(slug) => {
            drop(state.staff_now(&headers).await);
            to_saved(&routes::settings(&slug, "general"))
        }
        Err(error) => refused(&state, &routes::settings(&slug, "general"), &uri, &headers, form, error).await,
    }
}

/// Saves the opening hours, or shows the form again with Monday's on the other weekdays.
pub async fn save_hours(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let page = routes::settings(&slug, "hours");
    if form.text(fields::ACTION) == hours::COPY {
        let mut fields = form.0;
        hours::copy_monday(&mut fields);
        return pages::rerender_form(&state, &page, &headers, Submission { fields, error: None }).await;
    }
    let saved = async {
        let staff = state.staff(&headers).await?;
        let hours = hours::decode(&form.0).map_err(|problems| AppError::Invalid { problems })?;
        state.context.save_hours(&staff, &slug, form.text(fields::BASE), &hours).await
    };
    match saved.await {
        Ok(()) => to_saved(&page),
        Err(error) => refused(&state, &page, &uri, &headers, form, error).await,
    }
}

/// The page of the settings, which says that it was saved.
pub fn to_saved(page: &str) -> Response {
    Redirect::to(&format!("{page}?{}=1", fields::SAVED)).into_response()
}

/// The form's page with what was sent and why it was refused, unless the person may not see it.
pub async fn refused(
    state: &AppState,
    page: &str,
    uri: &Uri,
    headers: &HeaderMap,
    form: Form,
    error: AppError,
) -> Response {
    if matches!(error, AppError::Unauthenticated | AppError::Forbidden) {
        return pages::error_response(state, uri, headers, &error).await;
    }
    pages::rerender_form(state, page, headers, Submission { fields: form.0, error: Some(error) }).await
}
