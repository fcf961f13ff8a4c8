//! Cache of rendered menu pages, by version of the menu, as compressed bytes.

use crate::{
    context::AppContext,
    error::ServerError,
    http::{AppState, assets, newcomer, pages},
};
use app::{
    domain::{error::AppError, id::RestaurantId, time::Timestamp},
    services::{Origin, Submission, Viewer},
};
use axum::{
    body::Body,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use moka::future::Cache;
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};

/// Rendered menu pages, bounded by their bytes.
#[derive(Clone)]
pub struct PageCache {
    pages: Cache<CacheKey, Arc<Page>>,
    latest: Cache<(RestaurantId, Origin), (CacheKey, Arc<Page>)>,
    enabled: bool,
}

/// The inputs of a restaurant's page. The earliest ready time is one of them and changes with the minute; full times
/// are read once per key, and again when one is chosen. Without a configured public URL the origin is that of the
/// request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct CacheKey {
    restaurant: RestaurantId,
    origin: Origin,
    version: i64,
    until: Option<Timestamp>,
    minute: i64,
}

/// A page as it is sent.
struct Page {
    plain: Bytes,
    brotli: Bytes,
    tag: HeaderValue,
}

/// Shared caches revalidate after a second; they may serve stale pages while the origin is down.
const KEEP: &str = "public, max-age=0, s-maxage=1, stale-while-revalidate=5, stale-if-error=600";

impl PageCache {
    /// 0 disables the cache.
    pub fn new(megabytes: u64) -> Self {
        let weigher =
            |_: &CacheKey, page: &Arc<Page>| u32::try_from(page.plain.len() + page.brotli.len()).unwrap_or(u32::MAX);
        let pages = Cache::builder()
            .max_capacity(megabytes * 1024 * 1024)
            .weigher(weigher)
            .time_to_live(Duration::from_secs(90))
            .build();
        let latest = Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(90)).build();
        Self { pages, latest, enabled: megabytes > 0 }
    }
}

/// A restaurant's page, from the cache while it is current.
pub async fn restaurant(State(state): State<AppState>, Path(slug): Path<String>, request: Request) -> Response {
    // Pages for a mode, a section or a search are not cached.
    if request.uri().query().is_some() || !state.pages.enabled {
        return newcomer::visit(State(state), request).await;
    }
    let (parts, body) = request.into_parts();
    match page(&state, &slug, &parts).await {
        Ok(page) => {
            let mut response = answer(&page, &parts.headers);
            if newcomer::is_newcomer(&state, &parts.method, &parts.headers) {
                newcomer::welcome(&state, &mut response);
            }
            response
        }
        Err(ServerError::Refused(AppError::NotFound { .. })) => {
            pages::page(State(state), Request::from_parts(parts, body)).await
        }
        Err(error) => pages::error_response(&state, &parts.uri, &parts.headers, &error.into()).await,
    }
}

async fn page(state: &AppState, slug: &str, request: &Parts) -> Result<Arc<Page>, ServerError> {
    let context: &AppContext = &state.context;
    let snapshot = context.catalogue.snapshot_stale_ok(context, slug).await?;
    let (now, restaurant) = (context.clock.now(), snapshot.restaurant.id);
    let key = (restaurant, state.origin_of(&request.uri, &request.headers));
    // Computing when a menu changes by itself costs more than sending it, so the last page's key is checked first.
    if let Some((cache_key, page)) = state.pages.latest.get(&key).await
        && cache_key.is_valid(snapshot.version(), now)
    {
        return Ok(page);
    }
    let cache_key = CacheKey {
        restaurant,
        origin: key.1.clone(),
        version: snapshot.version(),
        until: snapshot.menu_until(now),
        minute: minute(now),
    };
    // Single flight: concurrent requests share one render.
    let page = state.pages.pages.try_get_with(cache_key.clone(), render(state, request)).await;
    let page = page.map_err(|error: Arc<ServerError>| ServerError::Broken(error.to_string()))?;
    state.pages.latest.insert(key, (cache_key, page.clone())).await;
    Ok(page)
}

impl CacheKey {
    fn is_valid(&self, version: i64, now: Timestamp) -> bool {
        self.version == version && self.minute == minute(now) && self.until.is_none_or(|until| now < until)
    }
}

const fn minute(at: Timestamp) -> i64 {
    at.millis() / 60_000
}

async fn render(state: &AppState, request: &Parts) -> Result<Arc<Page>, ServerError> {
    let mut anonymous = Request::new(Body::empty());
    *anonymous.uri_mut() = request.uri.clone();
    if let Some(host) = request.headers.get(header::HOST) {
        anonymous.headers_mut().insert(header::HOST, host.clone());
    }
    let response = pages::render(state, anonymous, Viewer::default(), Submission::default()).await;
    let status = response.status();
    let plain = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .map_err(|error| ServerError::Broken(format!("page: {error}")))?;
    if status != StatusCode::OK {
        return Err(ServerError::Refused(AppError::Unavailable { retry_after: 1 }));
    }
    let tag = format!("\"{}\"", assets::hex(&Sha256::digest(&plain), 12));
    let brotli = tokio::task::spawn_blocking({
        let plain = plain.clone();
        move || assets::compress(&plain, 6)
    });
    let brotli = brotli.await.map_err(|error| ServerError::Broken(format!("compression: {error}")))?;
    Ok(Arc::new(Page {
        plain,
        brotli: brotli.into(),
        tag: HeaderValue::from_str(&tag).map_err(|error| ServerError::Broken(error.to_string()))?,
    }))
}

fn answer(page: &Page, headers: &HeaderMap) -> Response {
    let unchanged = headers.get(header::IF_NONE_MATCH).is_some_and(|sent| *sent == page.tag);
    let packed = assets::accepts_brotli(headers);
    let mut response = match (unchanged, packed) {
        (true, _) => StatusCode::NOT_MODIFIED.into_response(),
        (false, true) => page.brotli.clone().into_response(),
        (false, false) => page.plain.clone().into_response(),
    };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(KEEP));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    answer.insert(header::ETAG, page.tag.clone());
    if packed && !unchanged {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}
