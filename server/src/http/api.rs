//! The public API, `/api/v1`, and its OpenAPI document.

pub mod shape;
mod strict;
mod words;

use crate::http::{
    AppState,
    body::JsonBody,
    errors::{self, BadRequest, ProblemDetails},
};
use app::{
    domain::{
        diet::{Allergen, Diet},
        error::AppError,
        id::OrderId,
        menu::Menu,
        order::{Due, NewOrder, OrderView, PlacedOrder, Quote, QuoteRequest},
        restaurant::{HomeQuery, MenuTime, RestaurantCard, RestaurantPage},
    },
    services::{Menus, OrderKey, Ordering},
};
use axum::{
    Json, Router,
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use strict::Strict;
use utoipa::{IntoParams, OpenApi, ToSchema};
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

/// Query of a search.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; it is read as pairs, because fields may be repeated")]
struct SearchParams {
    /// Words to find in names, cuisines and dishes; only the first 200 characters count.
    q: Option<String>,
    /// `1`: only restaurants that take orders now.
    #[param(value_type = Option<String>, pattern = "^(1)?$")]
    open: Option<String>,
    /// Only this cuisine.
    cuisine: Option<String>,
    /// Only restaurants with dishes that suit all of these; may be repeated.
    diet: Option<Vec<Diet>>,
    /// Only restaurants with dishes free of all of these; may be repeated.
    free_of: Option<Vec<Allergen>>,
    /// Degrees north and east, `52.5,13.4`: nearest first.
    #[param(
        pattern = "^(-?(90(\\.0+)?|[1-8]?[0-9](\\.[0-9]+)?),-?(180(\\.0+)?|(1[0-7][0-9]|[1-9]?[0-9])(\\.[0-9]+)?))?$"
    )]
    near: Option<String>,
    /// Which page of the result, from 1.
    #[param(pattern = "^([1-9][0-9]{0,8})?$")]
    page: Option<String>,
}

/// Query of a menu.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; it is read as pairs, as that of a search is")]
struct MenuParams {
    /// `asap`, or one of the offered times in milliseconds since 1970-01-01T00:00:00Z.
    #[param(value_type = Option<String>, pattern = "^(asap|[0-9]{1,15})$")]
    due: Option<String>,
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

/// The routes of the API.
pub fn router() -> Router<AppState> {
    let text = bytes::Bytes::from(document());
    let document = move || {
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=60")];
        std::future::ready((headers, text.clone()))
    };
    Router::new()
        .route("/api/v1/openapi.json", get(document))
        .route("/api/v1/restaurants", get(search))
        .route("/api/v1/restaurants/{slug}/menu", get(menu))
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
        (status = 422, description = "A filter is unknown", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Try again after Retry-After", body = ProblemDetails, content_type = "application/problem+json"),
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
        (status = 404, description = "No such restaurant", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "That time is not offered, or full", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Not a time", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Try again after Retry-After", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn menu(State(state): State<AppState>, Path(slug): Path<String>, RawQuery(query): RawQuery) -> Response {
    let page = async { state.context.restaurant_for(&slug, due(query.as_deref().unwrap_or_default())?).await };
    match page.await {
        Ok(RestaurantPage { time: MenuTime { gone: Some(gone), .. }, .. }) => {
            errors::error_response(&AppError::Conflict { problem: gone.why })
        }
        Ok(page) => {
            let mut response = Json(&*page.menu).into_response();
            let keep = HeaderValue::from_static("public, max-age=0, s-maxage=1, stale-if-error=600");
            response.headers_mut().insert(header::CACHE_CONTROL, keep);
            response
        }
        Err(error) => errors::error_response(&error),
    }
}

/// The time of a query.
fn due(query: &str) -> Result<Due, AppError> {
    let problem = || {
        AppError::invalid(
            "due",
            "unknown_time",
            "`due` must be `asap` or an instant in milliseconds since 1970-01-01T00:00:00Z, such as 1795201200000.",
        )
    };
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|_| problem())?;
    let named = pairs.iter().find(|(name, _)| name == "due");
    named.map_or(Ok(Due::Asap), |(_, text)| Due::from_field(text).ok_or_else(problem))
}

/// Prices dishes without ordering them.
#[utoipa::path(
    post, path = "/api/v1/restaurants/{slug}/quotes", tag = "guests",
    params(("slug" = String, Path, description = "The restaurant")), request_body = QuoteRequest,
    responses(
        (status = 200, description = "What it would cost and when it would be there", body = Quote),
        (status = 400, description = "Not JSON of the documented shape", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such restaurant", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "Sold out or not served at that time (`sold_out`, `modifier_sold_out`), the time is full (`slot_full`), or the kitchen has paused orders for it (`paused`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Something must change", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Try again after Retry-After", body = ProblemDetails, content_type = "application/problem+json"),
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
        (status = 400, description = "Not JSON of the documented shape, or no Idempotency-Key", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such restaurant", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "Sold out or not served at that time (`sold_out`, `modifier_sold_out`), closed, paused, time full (`slot_full`), total changed, or still being placed", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Something must change, or the key was used for another order", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Try again after Retry-After, with the same key", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn place(
    State(state): State<AppState>,
    Path(slug): Path<String>,
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
        Err(error) => errors::error_response(&error),
    }
}

/// An order, by its token.
#[utoipa::path(
    get, path = "/api/v1/orders/{token}", tag = "guests",
    params(("token" = String, Path, description = "From the answer to placing the order")),
    responses(
        (status = 200, description = "The order", body = OrderView),
        (status = 404, description = "No such order", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Try again after Retry-After", body = ProblemDetails, content_type = "application/problem+json"),
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

/// Decodes the query of home and of the API: unknown values of known filters are rejected, unknown fields ignored.
pub fn home_query(query: &str) -> Result<HomeQuery, AppError> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|_| AppError::invalid("q", "malformed", "The address cannot be read. Search again."))?;
    let mut wanted = HomeQuery::default();
    for (name, value) in pairs {
        match name.as_str() {
            "q" | "open" | "cuisine" | "near" | "page" if value.is_empty() => {}
            "q" => wanted.text = value.replace('\0', "").trim().chars().take(200).collect(),
            "open" if value == "1" => wanted.open = true,
            "open" => {
                let words = "`open` must be 1 for restaurants that take orders now, or be left out.";
                return Err(AppError::invalid("open", "unknown", words));
            }
            "cuisine" => wanted.cuisine = Some(value.replace('\0', "")),
            "diet" => wanted.diets.push(
                Diet::from_code(&value).ok_or_else(|| unknown("diet", Diet::ALL.iter().map(|diet| diet.code())))?,
            ),
            "free_of" => wanted.free_of.push(
                Allergen::from_code(&value)
                    .ok_or_else(|| unknown("free_of", Allergen::ALL.iter().map(|allergen| allergen.code())))?,
            ),
            "near" => wanted.near = Some(place_on_earth(&value)?),
            "page" => wanted.page = page_number(&value)?.saturating_sub(1),
            _ => {}
        }
    }
    Ok(wanted)
}

fn unknown<'a>(field: &str, known: impl Iterator<Item = &'a str>) -> AppError {
    AppError::invalid(field, "unknown", format!("`{field}` must be one of {}.", known.collect::<Vec<_>>().join(", ")))
}

fn page_number(text: &str) -> Result<u32, AppError> {
    let page = text.parse().ok().filter(|page| (1..1_000_000_000).contains(page) && !text.starts_with(['0', '+']));
    page.ok_or_else(|| AppError::invalid("page", "unknown", "`page` must be a whole number from 1, such as 2."))
}

fn place_on_earth(text: &str) -> Result<(f64, f64), AppError> {
    let problem = || AppError::invalid("near", "place", "Use `latitude,longitude` for `near`, such as 52.5,13.4.");
    let (north, east) = text.split_once(',').ok_or_else(problem)?;
    let (north, east) = (degrees(north).ok_or_else(problem)?, degrees(east).ok_or_else(problem)?);
    if (-90.0..=90.0).contains(&north) && (-180.0..=180.0).contains(&east) { Ok((north, east)) } else { Err(problem()) }
}

/// A decimal number as the document describes it: no exponent, no plus sign, digits on both sides of a point.
fn degrees(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let plain = digits(whole) && digits(part) && (whole == "0" || !whole.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}
