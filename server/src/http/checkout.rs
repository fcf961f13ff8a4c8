//! The checkout form: places an order once per order id, also with retries.

use crate::http::{
    AppState,
    access::Hidden,
    body::{Form, wants_json},
    errors, pages,
};
use app::{
    domain::{
        error::AppError,
        id::OrderId,
        order::{Address, Contact, PlacedOrder},
        terms::ServiceMode,
    },
    forms::{fields, routes},
    services::{CheckoutForm, OrderKey, Ordering, Submission},
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode, Uri};
use sha2::{Digest, Sha256};

/// Places the cart as an order, or shows the checkout again with the problems.
pub async fn place(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    uri: Uri,
    hidden: Option<Extension<Hidden>>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let page = routes::checkout(&slug);
    if form.has(fields::UPDATE) && hidden.is_none() {
        return pages::rerender_form(&state, &page, &headers, Submission { fields: form.0, error: None }).await;
    }
    match place_cart(&state, &slug, &headers, &form).await {
        Ok(placed) if wants_json(&headers) => (StatusCode::CREATED, Json(placed)).into_response(),
        Ok(placed) => Redirect::to(&routes::order(&placed.token)).into_response(),
        Err(_) if hidden.is_some() => {
            pages::error_response(&state, &uri, &headers, &AppError::not_found("restaurant")).await
        }
        Err(error) if wants_json(&headers) => errors::error_response(&error),
        Err(error) => {
            pages::rerender_form(&state, &page, &headers, Submission { fields: form.0, error: Some(error) }).await
        }
    }
}

async fn place_cart(state: &AppState, slug: &str, headers: &HeaderMap, form: &Form) -> Result<PlacedOrder, AppError> {
    let key = order_key(form)?;
    let visitor = state.cookies.visitor(headers);
    match state.context.place_cart(slug, visitor, &key, &sent(form)).await {
        // Unlike an API client, the guest has ordered and gets the page of that order.
        Err(AppError::KeyReused) => Err(state.context.ordered_before(visitor, slug, key.order).await),
        placed => placed,
    }
}

fn order_key(form: &Form) -> Result<OrderKey, AppError> {
    let out_of_date =
        |_| AppError::invalid(fields::ORDER, "unknown", "This page is out of date. Reload it and try again.");
    let order: OrderId = form.text(fields::ORDER).parse().map_err(out_of_date)?;
    let mut digest = Sha256::new();
    for (name, values) in &form.0 {
        for value in values {
            digest.update(name.len().to_le_bytes());
            digest.update(name);
            digest.update(value.len().to_le_bytes());
            digest.update(value);
        }
    }
    Ok(OrderKey { key: order.to_string(), fingerprint: digest.finalize().into(), order })
}

fn sent(form: &Form) -> CheckoutForm {
    let wait = format!("{}{}", fields::WAIT_PREFIX, form.text(fields::MODE));
    let text = |name| form.text(name).to_owned();
    let trimmed = |name| form.text(name).trim().to_owned();
    CheckoutForm {
        mode: ServiceMode::from_code(form.text(fields::MODE)),
        due: text(fields::DUE),
        contact: Contact { name: text(fields::NAME), phone: trimmed(fields::PHONE), email: trimmed(fields::EMAIL) },
        address: Address {
            street: text(fields::STREET),
            postcode: text(fields::POSTCODE),
            city: text(fields::CITY),
            directions: text(fields::DIRECTIONS),
            location: None,
        },
        location: text(fields::LOCATION),
        table: text(fields::TABLE),
        tip: text(fields::TIP),
        tip_other: text(fields::TIP_OTHER),
        note: text(fields::NOTE),
        shown_total_minor: form.text(fields::EXPECTED_TOTAL).parse().ok(),
        shown_wait_minutes: form.text(&wait).parse().ok(),
    }
}
