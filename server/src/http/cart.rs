//! Carts over HTTP: forms that change them, JSON for the islands.

use crate::http::{
    AppState,
    body::{Form, wants_json},
    change_id,
    cookies::new_visitor,
    no_store, pages, tables,
};
use app::{
    domain::{
        cart::{CartChange, CartView, LineRequest},
        error::AppError,
        id::CartLineId,
        order::Due,
        terms::ServiceMode,
        typed,
    },
    forms::{fields, line_item, routes},
    services::{CartShown, Ordering, Submission},
};
use axum::{
    Json,
    extract::{Path, Request, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, header};
use leptos::prelude::provide_context;
use std::str::FromStr;
use uuid::Uuid;

/// The cart as a page, or as JSON for islands.
pub async fn show(State(state): State<AppState>, Path(slug): Path<String>, request: Request) -> Response {
    let visitor = state.cookies.visitor(request.headers());
    if !wants_json(request.headers()) {
        let shown = CartShown::default();
        let mark = shown.clone();
        let mut response = pages::page_with(&state, request, move || provide_context(mark.clone())).await;
        if let Some(visitor) = visitor.filter(|_| shown.is_marked()) {
            state.cookies.keep_visitor(visitor, &mut response);
        }
        return response;
    }
    match state.context.cart(&slug, visitor).await {
        Ok(cart) => no_store(Json(cart).into_response()),
        Err(error) => crate::http::errors::error_response(&error),
    }
}

/// Changes a cart; a browser without one gets a new one.
pub async fn change(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    change_with(&state, &slug, &headers, form).await
}

/// Like [`change`], from the page of an item.
pub async fn change_from_item(
    State(state): State<AppState>,
    Path((slug, _item)): Path<(String, String)>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    change_with(&state, &slug, &headers, form).await
}

async fn change_with(state: &AppState, slug: &str, headers: &HeaderMap, form: Form) -> Response {
    let known = state.cookies.visitor(headers);
    let visitor = known.unwrap_or_else(new_visitor);
    let key = change_id::key(headers, &form);
    let at = state.context.catalogue.slugs.id(slug).await;
    let seated = match at {
        Ok(at) => tables::take(state, at, visitor, &key, headers).await,
        // The change is refused for the same reason.
        Err(_) => None,
    };
    let changed = match cart_change(&form) {
        Ok(change) => state.context.change_cart(slug, visitor, change_id::change_id(&key, &change), change).await,
        Err(error) => Err(error),
    };
    // The cart may have been stored although the response was lost.
    let is_unknown = matches!(changed, Err(AppError::Unknown));
    let mut response = match changed {
        Ok(cart) if wants_json(headers) => no_store(Json::<CartView>(cart).into_response()),
        Ok(cart) => Redirect::to(&next_page(slug, &form, &cart)).into_response(),
        Err(error) if wants_json(headers) => crate::http::errors::error_response(&error),
        Err(error) => {
            let page = page_of(slug, &form, &error);
            let mut fields = form.0;
            // A retry from the error page is the same change.
            fields.insert(fields::KEY.to_owned(), vec![key]);
            pages::rerender_form(state, &page, headers, Submission { fields, error: Some(error) }).await
        }
    };
    if known.is_some() || response.status().as_u16() < 400 || is_unknown {
        state.cookies.keep_visitor(visitor, &mut response);
    }
    if response.status().as_u16() < 400 {
        response.headers_mut().extend(seated.map(|dropped| (header::SET_COOKIE, dropped)));
    }
    response
}

/// The page after a change without scripts: the cart, or the page of `next`; after a choice of time the menu for it.
fn next_page(slug: &str, form: &Form, cart: &CartView) -> String {
    let is_time = form.text(fields::ACTION) == fields::CART_DUE;
    let otherwise = if is_time { routes::wanted(routes::restaurant(slug), cart.time.due) } else { routes::cart(slug) };
    routes::own_or(form.text(fields::NEXT), &otherwise).to_owned()
}

/// The page of a rejected change; the cart when its item is no longer on the menu.
fn page_of(slug: &str, form: &Form, error: &AppError) -> String {
    let item = form.text(fields::ITEM);
    if error.problems().iter().any(|problem| problem.code == "unknown_item") {
        return routes::cart(slug);
    }
    match form.text(fields::ACTION) {
        fields::CART_DUE if form.text(fields::NEXT) != routes::cart(slug) => routes::restaurant(slug),
        fields::CART_ADD | fields::CART_REPLACE if item.parse::<Uuid>().is_ok() => routes::item(slug, item),
        _ => routes::cart(slug),
    }
}

fn cart_change(form: &Form) -> Result<CartChange, AppError> {
    match form.text(fields::ACTION) {
        fields::CART_ADD => match form.text(fields::DUE) {
            "" => Ok(CartChange::Add(line_request(form)?)),
            _ => Ok(CartChange::AddFor(due(form)?, line_request(form)?)),
        },
        fields::CART_REPLACE => Ok(CartChange::Replace(id(form, fields::LINE)?, line_request(form)?)),
        fields::CART_QUANTITY => Ok(CartChange::SetQuantity(id::<CartLineId>(form, fields::LINE)?, quantity(form)?)),
        fields::CART_MODE => ServiceMode::from_code(form.text(fields::MODE))
            .map(CartChange::SetMode)
            .ok_or_else(|| AppError::invalid(fields::MODE, "unknown", "Choose pickup, delivery or dine in.")),
        fields::CART_DUE => due(form).map(CartChange::SetDue),
        fields::CART_CLEAR => Ok(CartChange::Clear),
        _ => Err(AppError::invalid(fields::ACTION, "unknown", "This form is out of date. Reload the page.")),
    }
}

fn line_request(form: &Form) -> Result<LineRequest, AppError> {
    let item = id(form, fields::ITEM)?;
    let fields = form.0.iter().flat_map(|(name, values)| values.iter().map(|value| (name.as_str(), value.as_str())));
    Ok(line_item::from_fields(item, fields))
}

fn due(form: &Form) -> Result<Due, AppError> {
    let problem = || AppError::invalid(fields::DUE, "unknown_time", "Choose one of the offered times.");
    Due::from_field(form.text(fields::DUE)).ok_or_else(problem)
}

fn quantity(form: &Form) -> Result<u32, AppError> {
    let problem = || AppError::invalid(fields::QUANTITY, "quantity_out_of_range", "Enter a whole number from 0 to 99.");
    typed::count(form.text(fields::QUANTITY)).ok_or_else(problem)
}

fn id<T: FromStr>(form: &Form, name: &str) -> Result<T, AppError> {
    let unknown = |_| AppError::invalid(name, "unknown", "This form is out of date. Reload the page.");
    form.text(name).parse().map_err(unknown)
}
