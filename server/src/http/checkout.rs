//! The checkout form: places an order once per order id, also with retries.

use crate::http::{
    AppState,
    body::{Form, wants_json},
    errors, pages,
};
use app::{
    domain::{
        cart::CartView,
        error::{AppError, Problem},
        id::{OrderId, VisitorId},
        money::Money,
        order::{Address, Contact, NewOrder, PlacedOrder},
        terms::ServiceMode,
    },
    forms::{checkout, fields, routes},
    services::{CheckoutOptions, OrderKey, OrderedCart, Ordering, Submission},
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};

/// Places the cart as an order, or shows the checkout again with the problems.
pub async fn place(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let page = routes::checkout(&slug);
    if form.has(fields::UPDATE) {
        return pages::rerender_form(&state, &page, &headers, Submission { fields: form.0, error: None }).await;
    }
    match place_cart(&state, &slug, &headers, &form).await {
        Ok(placed) if wants_json(&headers) => (StatusCode::CREATED, Json(placed)).into_response(),
        Ok(placed) => Redirect::to(&routes::order(&placed.token)).into_response(),
        Err(error) if wants_json(&headers) => errors::error_response(&error),
        Err(error) => {
            pages::rerender_form(&state, &page, &headers, Submission { fields: form.0, error: Some(error) }).await
        }
    }
}

async fn place_cart(state: &AppState, slug: &str, headers: &HeaderMap, form: &Form) -> Result<PlacedOrder, AppError> {
    let key = order_key(form)?;
    let visitor = state.cookies.visitor(headers);
    match place_once(state, slug, &key, visitor, form).await {
        // Unlike an API client, the guest has ordered and gets the page of that order.
        Err(AppError::KeyReused) => Err(state.context.ordered_before(visitor, slug, key.order).await),
        placed => placed,
    }
}

async fn place_once(
    state: &AppState,
    slug: &str,
    key: &OrderKey,
    visitor: Option<VisitorId>,
    form: &Form,
) -> Result<PlacedOrder, AppError> {
    // The first request emptied the cart: a retry is recognised before the cart is read.
    if let Some(placed) = state.context.replay(slug, key).await? {
        return Ok(placed);
    }
    let cart = state.context.cart(slug, visitor).await?;
    let subtotal = subtotal(state, slug, visitor, form, &cart).await?;
    let order = new_order(form, &cart, subtotal)?;
    let ordered = visitor.map(|visitor| OrderedCart::of(visitor, &cart));
    state.context.place(slug, key, ordered.as_ref(), &order).await
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

/// The subtotal for a tip in percent: of the items available at the form's time, which may differ from the cart's.
async fn subtotal(
    state: &AppState,
    slug: &str,
    visitor: Option<VisitorId>,
    form: &Form,
    cart: &CartView,
) -> Result<Money, AppError> {
    let due = checkout::due(form.text(fields::DUE)).map_err(read)?;
    if matches!(form.text(fields::TIP), "" | "0" | "other") || due == cart.time.due {
        return Ok(cart.bill.subtotal);
    }
    let options = CheckoutOptions { due: Some(due), ..CheckoutOptions::default() };
    Ok(state.context.checkout(slug, visitor, &options).await?.cart.bill.subtotal)
}

fn new_order(form: &Form, cart: &CartView, subtotal: Money) -> Result<NewOrder, AppError> {
    let mode = ServiceMode::from_code(form.text(fields::MODE)).unwrap_or(cart.mode);
    let (choice, other) = (form.text(fields::TIP), form.text(fields::TIP_OTHER));
    let tip_minor = checkout::tip(choice, other, subtotal, &cart.locale).map_err(read)?.minor();
    let expected: Option<i64> = form.text(fields::EXPECTED_TOTAL).parse().ok();
    Ok(NewOrder {
        lines: cart.lines.iter().map(|line| line.line.request.clone()).collect(),
        mode,
        due: checkout::due(form.text(fields::DUE)).map_err(read)?,
        contact: Contact {
            name: form.text(fields::NAME).to_owned(),
            phone: form.text(fields::PHONE).trim().to_owned(),
            email: form.text(fields::EMAIL).trim().to_owned(),
        },
        address: (mode == ServiceMode::Delivery).then(|| Address {
            street: form.text(fields::STREET).to_owned(),
            postcode: form.text(fields::POSTCODE).to_owned(),
            city: form.text(fields::CITY).to_owned(),
            directions: form.text(fields::DIRECTIONS).to_owned(),
        }),
        table: (mode == ServiceMode::DineIn).then(|| form.text(fields::TABLE).to_owned()),
        tip_minor,
        note: form.text(fields::NOTE).to_owned(),
        agreed_total_minor: expected.and_then(|shown| shown.checked_add(tip_minor)),
    })
}

fn read(problem: Problem) -> AppError {
    AppError::Invalid { problems: vec![problem] }
}
