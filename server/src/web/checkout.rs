//! The checkout form: once per order id, whatever the network does in between.

use crate::web::{
    Web,
    body::{Form, wants_json},
    pages, problem,
};
use app::{
    api::{field, path},
    backend::{CheckoutWish, OrderKey, Ordering, Submission},
    error::AppError,
    types::{
        cart::CartView,
        id::{OrderId, VisitorId},
        money::Money,
        order::{Address, Contact, Due, NewOrder, PlacedOrder},
        terms::ServiceMode,
    },
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};

/// Places the cart as an order, or shows the checkout again with what to change.
pub async fn place(State(web): State<Web>, Path(slug): Path<String>, headers: HeaderMap, form: Form) -> Response {
    let page = path::checkout(&slug);
    if form.has(field::UPDATE) {
        return pages::again(&web, &page, &headers, Submission { fields: form.0, error: None }).await;
    }
    match place_cart(&web, &slug, &headers, &form).await {
        Ok(placed) if wants_json(&headers) => (StatusCode::CREATED, Json(placed)).into_response(),
        Ok(placed) => Redirect::to(&path::order(&placed.token)).into_response(),
        Err(error) if wants_json(&headers) => problem::refuse(&error),
        Err(error) => pages::again(&web, &page, &headers, Submission { fields: form.0, error: Some(error) }).await,
    }
}

async fn place_cart(web: &Web, slug: &str, headers: &HeaderMap, form: &Form) -> Result<PlacedOrder, AppError> {
    let key = order_key(form)?;
    // The first answer emptied the cart: a retry is recognised before the cart is looked at.
    if let Some(placed) = web.toast.replay(slug, &key).await? {
        return Ok(placed);
    }
    let visitor = web.cookies.visitor(headers);
    let cart = web.toast.cart(slug, visitor).await?;
    let subtotal = subtotal(web, slug, visitor, form, &cart).await?;
    let order = new_order(form, &cart, subtotal)?;
    web.toast.place(slug, &key, visitor, &order).await
}

fn order_key(form: &Form) -> Result<OrderKey, AppError> {
    let out_of_date =
        |_| AppError::invalid(field::ORDER, "unknown", "This page is out of date. Reload it and try again.");
    let order: OrderId = form.text(field::ORDER).parse().map_err(out_of_date)?;
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

/// What the dishes cost that a tip in percent is of: those that can be had at the time of the form, which may be another
/// one than the cart's.
async fn subtotal(
    web: &Web,
    slug: &str,
    visitor: Option<VisitorId>,
    form: &Form,
    cart: &CartView,
) -> Result<Money, AppError> {
    let due = due(form.text(field::DUE))?;
    if matches!(form.text(field::TIP), "" | "0" | "other") || due == cart.time.due {
        return Ok(cart.bill.subtotal);
    }
    let wish = CheckoutWish { due: Some(due), ..CheckoutWish::default() };
    Ok(web.toast.checkout(slug, visitor, &wish).await?.cart.bill.subtotal)
}

fn new_order(form: &Form, cart: &CartView, subtotal: Money) -> Result<NewOrder, AppError> {
    let mode = ServiceMode::from_code(form.text(field::MODE)).unwrap_or(cart.mode);
    let tip_minor = tip(form, subtotal)?;
    let agreed: Option<i64> = form.text(field::AGREED).parse().ok();
    Ok(NewOrder {
        lines: cart.lines.iter().map(|line| line.line.request.clone()).collect(),
        mode,
        due: due(form.text(field::DUE))?,
        contact: Contact {
            name: form.text(field::NAME).to_owned(),
            phone: form.text(field::PHONE).trim().to_owned(),
            email: form.text(field::EMAIL).trim().to_owned(),
        },
        address: (mode == ServiceMode::Delivery).then(|| Address {
            street: form.text(field::STREET).to_owned(),
            postcode: form.text(field::POSTCODE).to_owned(),
            city: form.text(field::CITY).to_owned(),
            directions: form.text(field::DIRECTIONS).to_owned(),
        }),
        table: (mode == ServiceMode::DineIn).then(|| form.text(field::TABLE).to_owned()),
        tip_minor,
        note: form.text(field::NOTE).to_owned(),
        agreed_total_minor: agreed.and_then(|shown| shown.checked_add(tip_minor)),
    })
}

fn due(text: &str) -> Result<Due, AppError> {
    let unknown = || AppError::invalid(field::DUE, "unknown_time", "Choose one of the offered times.");
    if text.is_empty() { Ok(Due::Asap) } else { Due::from_field(text).ok_or_else(unknown) }
}

/// The tip in minor units: a percentage of the items, or a sum as people type it.
pub fn tip(form: &Form, subtotal: Money) -> Result<i64, AppError> {
    let refuse = |field: &str| {
        AppError::invalid(field, "tip_out_of_range", "Choose one of the tips, or enter a sum such as 2.50.")
    };
    match form.text(field::TIP) {
        "" => Ok(0),
        "other" => {
            let typed = Money::parse(form.text(field::TIP_OTHER), subtotal.currency());
            typed.map(Money::minor).ok_or_else(|| refuse(field::TIP_OTHER))
        }
        percent => {
            let percent = percent.parse().ok().filter(|percent| *percent <= 100);
            let part = percent.and_then(|percent| subtotal.percent(percent).ok());
            part.map(Money::minor).ok_or_else(|| refuse(field::TIP))
        }
    }
}
