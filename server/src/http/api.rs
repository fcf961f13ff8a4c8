//! The public API, `/api/v1`, and its OpenAPI document.

mod query;
pub mod shape;
mod strict;
mod words;

use crate::http::{
    AppState,
    access::Hidden,
    body::JsonBody,
    errors::{self, BadRequest, ProblemDetails},
    menu_cache,
    prepared::{Prepared, compress},
};
use app::{
    domain::{
        error::AppError,
        id::OrderId,
        menu::Menu,
        order::{NewOrder, OrderView, PlacedOrder, Quote, QuoteRequest},
        restaurant::{MenuTime, RestaurantCard, RestaurantPage},
    },
    services::{Menus, OrderKey, Ordering},
};
use axum::{
    Extension, Json, Router,
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use query::{MenuParams, SearchParams, due, home_query};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use strict::Strict;
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

/// Makes retries of an order safe.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Restaurants that match a search.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RestaurantList {
    /// One page of the result, open ones first.
    pub restaurants: Vec<RestaurantCard>,
    /// Restaurants on all pages.
    pub total: u32,
    /// Which page this is, from 1. The last one stands for pages that do not exist.
    #[schema(minimum = 1)]
    pub page: u32,
    /// Number of pages.
    #[schema(minimum = 1)]
    pub pages: u32,
    /// Set when part of the data is unavailable and the list is the last one known.
    pub partial: bool,
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Toast", version = "1", description = "Find restaurants, read menus, price and place orders."),
    paths(search, menu, quote, place, order),
    components(schemas(ProblemDetails)),
    modifiers(&Strict),
    tags((name = "guests", description = "What a guest may do"))
)]
struct Document;

/// The OpenAPI document as JSON.
pub fn document() -> String {
    Document::openapi().to_pretty_json().unwrap_or_default()
}

/// The OpenAPI document as it is sent, written at the first request.
static DOCUMENT: LazyLock<Prepared> = LazyLock::new(|| {
    let text = document();
    let brotli = compress(text.as_bytes(), 6);
    Prepared::new(text.into(), Some(brotli), "application/json", "public, max-age=60")
});

/// The routes of the API.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/api/v1/openapi.json", get(|headers: HeaderMap| async move { DOCUMENT.response(&headers) }))
        .route("/api/v1/restaurants", get(search))
        .route(menu_cache::JSON, get(menu))
        .route("/api/v1/restaurants/{slug}/quotes", post(quote))
        .route("/api/v1/restaurants/{slug}/orders", post(place))
        .route("/api/v1/orders/{token}", get(order))
        .method_not_allowed_fallback(not_allowed)
}

async fn not_allowed() -> Response {
    let details = ProblemDetails {
        r#type: "urn:toast:method_not_allowed".to_owned(),
        title: "Method Not Allowed".to_owned(),
        status: 405,
        detail: "This address takes another method; see /api/v1/openapi.json.".to_owned(),
        code: "method_not_allowed".to_owned(),
        errors: Vec::new(),
    };
    details.into_response()
}

/// Finds restaurants.
#[utoipa::path(
    get, path = "/api/v1/restaurants", tag = "guests", params(SearchParams),
    responses(
        (status = 200, description = "Restaurants that match", body = RestaurantList),
        (status = 422, description = "A filter is unknown"),
    )
)]
async fn search(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    let found = async {
        let query = home_query(query.as_deref().unwrap_or_default())?;
        state.context.home(&query).await
    };
    answer(found.await.map(|found| RestaurantList {
        restaurants: found.restaurants,
        total: found.total,
        page: found.page + 1,
        pages: found.pages,
        partial: found.partial,
    }))
}

/// A restaurant's menu for a time. Without a time it is the menu of now, or of the first offered time while no orders
/// for now are taken.
#[utoipa::path(
    get, path = "/api/v1/restaurants/{slug}/menu", tag = "guests",
    params(("slug" = String, Path, description = "The restaurant"), MenuParams),
    responses(
        (status = 200, description = "The menu", body = Menu),
        (status = 304, description = "The menu that If-None-Match names"),
        (status = 409, description = "That time is not offered, or full"),
        (status = 422, description = "Not a time"),
    )
)]
async fn menu(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if query.is_none()
        && let Some(cached) = menu_cache::json(&state, &slug, &headers).await
    {
        return cached.unwrap_or_else(|error| errors::error_response(&error));
    }
    let page = async { state.context.restaurant_for(&slug, due(query.as_deref().unwrap_or_default())?).await };
    match page.await {
        Ok(RestaurantPage { time: MenuTime { gone: Some(gone), .. }, .. }) => {
            errors::error_response(&AppError::Conflict { problem: gone.why })
        }
        Ok(page) => {
            let mut response = Json(&*page.menu).into_response();
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(menu_cache::KEEP_JSON));
            response
        }
        Err(error) => errors::error_response(&error),
    }
}

/// Prices dishes without ordering them.
#[utoipa::path(
    post, path = "/api/v1/restaurants/{slug}/quotes", tag = "guests",
    params(("slug" = String, Path, description = "The restaurant")), request_body = QuoteRequest,
    responses(
        (status = 200, description = "What it would cost and when it would be there", body = Quote),
        (status = 400, description = "Not JSON of the documented shape"),
        (status = 409, description = "Sold out or not served at that time (`sold_out`, `modifier_sold_out`), the time is full (`slot_full`), or the kitchen has paused orders for it (`paused`)"),
        (status = 422, description = "Something must change"),
    )
)]
async fn quote(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    JsonBody(request): JsonBody<QuoteRequest>,
) -> Response {
    answer(state.context.quote(&slug, &request).await)
}

/// Places an order, once for each `Idempotency-Key`.
#[utoipa::path(
    post, path = "/api/v1/restaurants/{slug}/orders", tag = "guests",
    params(
        ("slug" = String, Path, description = "The restaurant"),
        ("Idempotency-Key" = String, Header, description = "A new one for each order; the same one to repeat a request", min_length = 1, max_length = 255, pattern = "^[!-~]+$"),
    ),
    request_body = NewOrder,
    responses(
        (status = 200, description = "This key's order, placed before", body = PlacedOrder),
        (status = 201, description = "Placed", body = PlacedOrder),
        (status = 400, description = "Not JSON of the documented shape, or no Idempotency-Key"),
        (status = 409, description = "Sold out or not served at that time (`sold_out`, `modifier_sold_out`), closed, paused, time full (`slot_full`), total changed, or still being placed"),
        (status = 422, description = "Something must change, or the key was used for another order"),
        (status = 503, description = "Try again after Retry-After, with the same key"),
    )
)]
async fn place(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    hidden: Option<Extension<Hidden>>,
    headers: HeaderMap,
    JsonBody(order): JsonBody<NewOrder>,
) -> Response {
    let Some(key) = order_key(&headers, &order) else { return BadRequest::KeyMissing.into_response() };
    match state.context.place(&slug, &key, &order).await {
        Ok(placed) => {
            let status = if placed.replayed { StatusCode::OK } else { StatusCode::CREATED };
            let place = HeaderValue::from_str(&format!("/api/v1/orders/{}", placed.token));
            let mut response = (status, Json(placed)).into_response();
            if let Ok(place) = place {
                response.headers_mut().insert(header::LOCATION, place);
            }
            response
        }
        Err(_) if hidden.is_some() => errors::error_response(&AppError::not_found("restaurant")),
        Err(error) => errors::error_response(&error),
    }
}

/// An order, by its token.
#[utoipa::path(
    get, path = "/api/v1/orders/{token}", tag = "guests",
    params(("token" = String, Path, description = "From the answer to placing the order")),
    responses(
        (status = 200, description = "The order", body = OrderView),
        (status = 404, description = "No such order"),
    )
)]
async fn order(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    let mut response = answer(state.context.order(&token).await);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn answer<T: Serialize>(result: Result<T, AppError>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(error) => errors::error_response(&error),
    }
}

/// The key with the fingerprint of the whole request; JSON formatting does not matter.
fn order_key(headers: &HeaderMap, order: &NewOrder) -> Option<OrderKey> {
    let key = headers.get(&IDEMPOTENCY_KEY)?.to_str().ok()?.trim();
    if !(1..=255).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let canonical = serde_json::to_vec(order).ok()?;
    let order = OrderId::from_uuid(Uuid::now_v7());
    Some(OrderKey { key: key.to_owned(), fingerprint: Sha256::digest(canonical).into(), order })
}
