//! The forms of the settings pages of how a restaurant serves.

use crate::http::{
    AppState,
    body::{Form, FormAtPath, wants_json},
    no_store, pages,
};
use app::{
    domain::{error::AppError, terms::settings::TermsPart},
    forms::{
        fields, routes,
        settings::{self, STEP, Typing},
    },
    pages::settings_page,
    services::{Serving, Submission},
};
use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use http::{HeaderMap, Uri};

/// The pages with their forms.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/dashboard/{slug}/settings/service", form_of(TermsPart::Service))
        .route("/dashboard/{slug}/settings/delivery", form_of(TermsPart::Delivery))
        .route("/dashboard/{slug}/settings/charges", form_of(TermsPart::Charges))
        .route("/dashboard/{slug}/settings/tables", form_of(TermsPart::Tables))
        .route("/dashboard/{slug}/settings/tables/print", get(pages::page))
        .route("/dashboard/{slug}/settings/tax", form_of(TermsPart::Tax))
}

fn form_of(part: TermsPart) -> MethodRouter<AppState> {
    get(pages::page).post(
        move |State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath| async move {
            save(&state, part, &slug, &uri, &headers, form).await
        },
    )
}

/// Saves the form, or shows it again with one entry more or less.
async fn save(
    state: &AppState,
    part: TermsPart,
    slug: &str,
    uri: &Uri,
    headers: &HeaderMap,
    mut form: Form,
) -> Response {
    let page = routes::settings(slug, settings_page(part));
    if let Some(step) = form.0.remove(STEP).and_then(|values| values.into_iter().next()) {
        settings::step(part, &mut form.0, &step);
        return pages::rerender_form(state, &page, headers, Submission { fields: form.0, error: None }).await;
    }
    match change(state, part, slug, headers, &form).await {
        Ok(()) if wants_json(headers) => no_store(Json(serde_json::json!({ "saved": true })).into_response()),
        Ok(()) => Redirect::to(&format!("{page}?{}=1", fields::SAVED)).into_response(),
        Err(error) if wants_json(headers) || matches!(error, AppError::Unauthenticated | AppError::Forbidden) => {
            pages::error_response(state, uri, headers, &error).await
        }
        Err(error) => {
            pages::rerender_form(state, &page, headers, Submission { fields: form.0, error: Some(error) }).await
        }
    }
}

async fn change(
    state: &AppState,
    part: TermsPart,
    slug: &str,
    headers: &HeaderMap,
    form: &Form,
) -> Result<(), AppError> {
    let staff = state.staff(headers).await?;
    let snapshot = state.context.catalogue.snapshot(slug).await?;
    let restaurant = &snapshot.restaurant;
    let typing = Typing { currency: restaurant.currency, locale: &restaurant.locale };
    let today = snapshot.clock().calendar_date(state.context.clock.now());
    let change = settings::read(part, &form.0, typing, today).map_err(|problems| AppError::Invalid { problems })?;
    state.context.change_serving(&staff, slug, form.text(fields::BASE), &change).await
}
