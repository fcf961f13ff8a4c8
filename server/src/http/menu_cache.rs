//! Cache of menus as they are sent, by version of the menu: the page, and the JSON of the API.

use crate::{
    error::ServerError,
    http::{
        AppState, newcomer, pages,
        prepared::{Prepared, compress},
        tables,
    },
    menus::Freshness,
};
use app::{
    domain::{error::AppError, id::RestaurantId, order::Due, time::Timestamp},
    services::{Menus, Origin, Submission, Viewer},
};
use axum::{
    body::Body,
    extract::{Path, Request, State},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, header, request::Parts};
use moka::future::Cache;
use std::{
    sync::{Arc, Weak},
    time::Duration,
};

/// Route of the page, and of the menu in the API.
pub const PAGE: &str = "/restaurants/{slug}";
pub const JSON: &str = "/api/v1/restaurants/{slug}/menu";
/// Shared caches revalidate after a second; they may serve stale menus while the origin is down.
const KEEP_PAGE: &str = "public, max-age=0, s-maxage=1, stale-while-revalidate=5, stale-if-error=600";
pub const KEEP_JSON: &str = "public, max-age=0, s-maxage=1, stale-if-error=600";
/// Longer than a response is current.
const TTL: Duration = Duration::from_secs(90);
/// Addresses whose latest response is known.
const ADDRESSES: u64 = 10_000;
/// Quality of brotli.
const QUALITY: i32 = 6;

/// Menus as they are sent, bounded by their bytes.
#[derive(Clone)]
pub struct MenuCache {
    responses: Cache<CacheKey, Arc<Prepared>>,
    latest: Cache<Address, Arc<Latest>>,
    enabled: bool,
}

/// A form of a menu. Without a configured public URL the origin is that of the request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Form {
    /// The page, whose canonical URL is below the origin.
    Page(Origin),
    /// The response of the API.
    Json,
}

/// The restaurant's slug, and the form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Address(String, Form);

/// The inputs of a response. The earliest ready time is one of them and changes with the minute; full times are read
/// once per key, and again when one is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct CacheKey {
    restaurant: RestaurantId,
    form: Form,
    version: i64,
    until: Option<Timestamp>,
    minute: i64,
}

/// The latest response of an address. Computing when a menu changes by itself costs more than sending it, so this key is
/// checked first.
struct Latest {
    key: CacheKey,
    freshness: Freshness,
    /// Weak, since only the other cache is bounded by bytes.
    response: Weak<Prepared>,
}

impl MenuCache {
    /// 0 disables the cache.
    pub fn new(megabytes: u64) -> Self {
        let weigher = |_: &CacheKey, response: &Arc<Prepared>| u32::try_from(response.size()).unwrap_or(u32::MAX);
        let responses =
            Cache::builder().max_capacity(megabytes * 1024 * 1024).weigher(weigher).time_to_live(TTL).build();
        let latest = Cache::builder().max_capacity(ADDRESSES).time_to_live(TTL).build();
        Self { responses, latest, enabled: megabytes > 0 }
    }

    /// The response for an address, if it is known to be current without a query.
    async fn ready(&self, address: &Address, now: Timestamp) -> Option<Arc<Prepared>> {
        let latest = self.latest.get(address).await?;
        latest.at(latest.freshness.version()?, now)
    }
}

impl Latest {
    fn at(&self, version: i64, now: Timestamp) -> Option<Arc<Prepared>> {
        let key = &self.key;
        let is_current =
            key.version == version && key.minute == minute(now) && key.until.is_none_or(|until| now < until);
        is_current.then(|| self.response.upgrade()).flatten()
    }
}

const fn minute(at: Timestamp) -> i64 {
    at.millis() / 60_000
}

/// The response of an address that is known to be current without a query, and the address's route.
pub async fn ready(
    state: &AppState,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Option<(&'static str, Response)> {
    if uri.query().is_some() {
        return None;
    }
    let path = uri.path();
    if let Some(slug) = path.strip_prefix("/restaurants/") {
        let address = Address(slug.to_owned(), Form::Page(state.origin_of(uri, headers)));
        let page = state.menus.ready(&address, state.context.clock.now()).await?;
        return Some((PAGE, send_page(state, &page, method, headers)));
    }
    let slug = path.strip_prefix("/api/v1/restaurants/")?.strip_suffix("/menu")?;
    let json = state.menus.ready(&Address(slug.to_owned(), Form::Json), state.context.clock.now()).await?;
    Some((JSON, json.response(headers)))
}

fn send_page(state: &AppState, page: &Prepared, method: &Method, headers: &HeaderMap) -> Response {
    let mut response = page.response(headers);
    if newcomer::is_newcomer(state, method, headers) {
        newcomer::welcome(state, &mut response);
    }
    response
}

/// A restaurant's page, from the cache while it is current.
pub async fn page(State(state): State<AppState>, Path(slug): Path<String>, request: Request) -> Response {
    if let Some(table) = tables::asked(request.uri()) {
        return tables::visit(state, slug, table, request).await;
    }
    // Pages for a mode, a section or a search are not cached.
    if request.uri().query().is_some() || !state.menus.enabled {
        return newcomer::visit(State(state), request).await;
    }
    let (parts, body) = request.into_parts();
    let form = Form::Page(state.origin_of(&parts.uri, &parts.headers));
    match current(&state, Address(slug, form), render(&state, &parts)).await {
        Ok(page) => send_page(&state, &page, &parts.method, &parts.headers),
        Err(ServerError::Refused(AppError::NotFound { .. })) => {
            newcomer::visit(State(state), Request::from_parts(parts, body)).await
        }
        Err(error) => pages::error_response(&state, &parts.uri, &parts.headers, &error.into()).await,
    }
}

/// The menu that the API sends without a time; none while the cache is disabled.
pub async fn json(state: &AppState, slug: &str, headers: &HeaderMap) -> Option<Result<Response, AppError>> {
    if !state.menus.enabled {
        return None;
    }
    let prepared = current(state, Address(slug.to_owned(), Form::Json), write(state, slug)).await;
    Some(prepared.map(|prepared| prepared.response(headers)).map_err(AppError::from))
}

/// The response for an address, from the cache or made now.
async fn current(
    state: &AppState,
    address: Address,
    make: impl Future<Output = Result<Prepared, ServerError>>,
) -> Result<Arc<Prepared>, ServerError> {
    let (context, menus) = (&state.context, &state.menus);
    let snapshot = context.catalogue.snapshot_stale_ok(&address.0).await?;
    let restaurant = &snapshot.restaurant;
    // Its team sees a restaurant that is not published; a page that is not cached says so.
    if !restaurant.listing.is_published() || restaurant.slug != address.0 {
        return Err(AppError::not_found("restaurant").into());
    }
    let now = context.clock.now();
    let latest = menus.latest.get(&address).await;
    if let Some(response) = latest.and_then(|latest| latest.at(snapshot.version(), now)) {
        return Ok(response);
    }
    let key = CacheKey {
        restaurant: snapshot.restaurant.id,
        form: address.1.clone(),
        version: snapshot.version(),
        until: snapshot.menu_until(now),
        minute: minute(now),
    };
    // Single flight: concurrent requests share one response.
    let outcome = menus.responses.try_get_with(key.clone(), async { make.await.map(Arc::new) }).await;
    let response = outcome.map_err(|error: Arc<ServerError>| match &*error {
        ServerError::Refused(refusal) => refusal.clone().into(),
        error => ServerError::Broken(error.to_string()),
    })?;
    let freshness = context.catalogue.freshness(key.restaurant).await;
    let latest = Latest { key, freshness, response: Arc::downgrade(&response) };
    menus.latest.insert(address, Arc::new(latest)).await;
    Ok(response)
}

async fn render(state: &AppState, request: &Parts) -> Result<Prepared, ServerError> {
    let mut anonymous = Request::new(Body::empty());
    *anonymous.uri_mut() = request.uri.clone();
    if let Some(host) = request.headers.get(header::HOST) {
        anonymous.headers_mut().insert(header::HOST, host.clone());
    }
    // Boxed, since a cached response would otherwise carry its 16 kB too.
    let response = Box::pin(pages::render(state, anonymous, Viewer::default(), Submission::default())).await;
    let status = response.status();
    let plain = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .map_err(|error| ServerError::Broken(format!("page: {error}")))?;
    if status != StatusCode::OK {
        return Err(ServerError::Refused(AppError::Unavailable { retry_after: 1 }));
    }
    prepare(plain, "text/html; charset=utf-8", KEEP_PAGE).await
}

async fn write(state: &AppState, slug: &str) -> Result<Prepared, ServerError> {
    let page = state.context.restaurant_for(slug, Due::Asap).await.map_err(ServerError::Refused)?;
    let plain = serde_json::to_vec(&*page.menu).map_err(|error| ServerError::Broken(format!("menu: {error}")))?;
    prepare(plain.into(), "application/json", KEEP_JSON).await
}

async fn prepare(plain: Bytes, kind: &'static str, keep: &'static str) -> Result<Prepared, ServerError> {
    let prepare = move || {
        let brotli = compress(&plain, QUALITY);
        Prepared::new(plain, Some(brotli), kind, keep)
    };
    let prepared = tokio::task::spawn_blocking(prepare).await;
    prepared.map_err(|error| ServerError::Broken(format!("compression: {error}")))
}
