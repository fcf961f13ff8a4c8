//! Menu pages, rendered once per version of the menu and kept as the bytes that are sent.

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
    pages: Cache<Moment, Arc<Page>>,
    latest: Cache<(RestaurantId, Origin), (Moment, Arc<Page>)>,
    enabled: bool,
}

/// All that a restaurant's page depends on. The earliest ready time is part of it and moves with the minute; which times are
/// full is read once for each moment, and again when one is chosen. The origin is in its links, and without a public address
/// each request names its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Moment {
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

/// Shared caches ask again after a second; while the origin is away they may serve what they have.
const KEEP: &str = "public, max-age=0, s-maxage=1, stale-while-revalidate=5, stale-if-error=600";

impl PageCache {
    /// A cache of so many megabytes; none at all for 0.
    pub fn new(megabytes: u64) -> Self {
        let weigh =
            |_: &Moment, page: &Arc<Page>| u32::try_from(page.plain.len() + page.brotli.len()).unwrap_or(u32::MAX);
        let pages = Cache::builder()
            .max_capacity(megabytes * 1024 * 1024)
            .weigher(weigh)
            .time_to_live(Duration::from_secs(90))
            .build();
        let latest = Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(90)).build();
        Self { pages, latest, enabled: megabytes > 0 }
    }
}

/// Answers a restaurant's page, from the cache while that is right.
pub async fn restaurant(State(state): State<AppState>, Path(slug): Path<String>, request: Request) -> Response {
    // Pages for a mode, a section or a search are rendered for the one who asks.
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
            pages::visit(State(state), Request::from_parts(parts, body)).await
        }
        Err(error) => pages::refuse(&state, &parts.uri, &parts.headers, &error.into()).await,
    }
}

async fn page(state: &AppState, slug: &str, request: &Parts) -> Result<Arc<Page>, ServerError> {
    let context: &AppContext = &state.context;
    let snapshot = context.catalogue.shown(context, slug).await?;
    let (now, restaurant) = (context.clock.now(), snapshot.restaurant.id);
    let key = (restaurant, state.origin_of(&request.uri, &request.headers));
    // Telling when a menu changes by itself takes longer than sending it, so the last page's moment is asked first.
    if let Some((moment, page)) = state.pages.latest.get(&key).await
        && moment.holds(snapshot.version(), now)
    {
        return Ok(page);
    }
    let moment = Moment {
        restaurant,
        origin: key.1.clone(),
        version: snapshot.version(),
        until: snapshot.menu_until(now),
        minute: minute(now),
    };
    // One render serves everybody who waits for it.
    let page = state.pages.pages.try_get_with(moment.clone(), render(state, request)).await;
    let page = page.map_err(|error: Arc<ServerError>| ServerError::Broken(error.to_string()))?;
    state.pages.latest.insert(key, (moment, page.clone())).await;
    Ok(page)
}

impl Moment {
    fn holds(&self, version: i64, now: Timestamp) -> bool {
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
