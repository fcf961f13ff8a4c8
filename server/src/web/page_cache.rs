//! Menu pages, rendered once per version of the menu and kept as the bytes that are sent.

use crate::{
    backend::Toast,
    catalogue::Snapshot,
    error::Fault,
    web::{Web, files, pages},
};
use app::{
    backend::{Submission, Viewer},
    error::AppError,
    types::{id::RestaurantId, time::Timestamp},
};
use axum::{
    body::Body,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use moka::future::Cache;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Rendered menu pages, bounded by their bytes.
#[derive(Clone)]
pub struct PageCache {
    pages: Cache<RestaurantId, Arc<Page>>,
    enabled: bool,
}

/// A page as it is sent, and for how long it is right.
struct Page {
    version: i64,
    from: Timestamp,
    until: Option<Timestamp>,
    plain: Bytes,
    brotli: Bytes,
    tag: HeaderValue,
}

/// Shared caches ask again after a second; while the origin is away they may serve what they have.
const KEEP: &str = "public, max-age=0, s-maxage=1, stale-while-revalidate=5, stale-if-error=600";

impl PageCache {
    /// A cache of so many megabytes; none at all for 0.
    pub fn new(megabytes: u64) -> Self {
        let weigh = |_: &RestaurantId, page: &Arc<Page>| u32::try_from(page.plain.len() + page.brotli.len()).unwrap_or(u32::MAX);
        let pages = Cache::builder().max_capacity(megabytes * 1024 * 1024).weigher(weigh).build();
        Self { pages, enabled: megabytes > 0 }
    }
}

/// Answers a restaurant's page, from the cache while that is right.
pub async fn restaurant(State(web): State<Web>, Path(slug): Path<String>, request: Request) -> Response {
    // Pages for a mode, a section or a search are rendered for the one who asks.
    if request.uri().query().is_some() || !web.pages.enabled {
        return pages::visit(State(web), request).await;
    }
    match page(&web, &slug, &request).await {
        Ok(page) => answer(&page, request.headers()),
        Err(Fault::Refused(AppError::NotFound { .. })) => pages::visit(State(web), request).await,
        Err(fault) => pages::refuse(&web, request.uri(), request.headers(), &fault.into()).await,
    }
}

async fn page(web: &Web, slug: &str, request: &Request) -> Result<Arc<Page>, Fault> {
    let toast: &Toast = &web.toast;
    let snapshot = toast.catalogue.snapshot(toast, slug).await?;
    let id = snapshot.restaurant.id;
    let now = toast.clock.now();
    if let Some(page) = web.pages.pages.get(&id).await
        && page.is_right(&snapshot, now)
    {
        metrics::counter!("toast_page_cache_hits_total").increment(1);
        return Ok(page);
    }
    // One render serves everybody who waits for it.
    let rendered = web.pages.pages.entry(id).or_try_insert_with_if(render(web, request, &snapshot, now), |kept| !kept.is_right(&snapshot, now));
    let entry = rendered.await.map_err(|fault: Arc<Fault>| Fault::Broken(fault.to_string()))?;
    Ok(entry.into_value())
}

impl Page {
    fn is_right(&self, snapshot: &Snapshot, now: Timestamp) -> bool {
        self.version == snapshot.version() && self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

async fn render(web: &Web, request: &Request, snapshot: &Snapshot, now: Timestamp) -> Result<Arc<Page>, Fault> {
    let mut anonymous = Request::new(Body::empty());
    *anonymous.uri_mut() = request.uri().clone();
    if let Some(host) = request.headers().get(header::HOST) {
        anonymous.headers_mut().insert(header::HOST, host.clone());
    }
    let response = pages::render(web, anonymous, Viewer::default(), Submission::default()).await;
    let status = response.status();
    let plain = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .map_err(|error| Fault::Broken(format!("page: {error}")))?;
    if status != StatusCode::OK {
        return Err(Fault::Refused(AppError::Unavailable { retry_after: 1 }));
    }
    let tag = format!("\"{}\"", files::hex(&Sha256::digest(&plain), 12));
    // The earliest ready time is part of the page and moves with the clock.
    let minute = Timestamp::from_millis((now.millis() / 60_000 + 1) * 60_000);
    let until = snapshot.menu_until(now).map_or(minute, |until| until.min(minute));
    let brotli = tokio::task::spawn_blocking({
        let plain = plain.clone();
        move || files::compress(&plain, 6)
    });
    let brotli = brotli.await.map_err(|error| Fault::Broken(format!("compression: {error}")))?;
    Ok(Arc::new(Page {
        version: snapshot.version(),
        from: now,
        until: Some(until),
        plain,
        brotli: brotli.into(),
        tag: HeaderValue::from_str(&tag).map_err(|error| Fault::Broken(error.to_string()))?,
    }))
}

fn answer(page: &Page, headers: &HeaderMap) -> Response {
    let unchanged = headers.get(header::IF_NONE_MATCH).is_some_and(|sent| *sent == page.tag);
    let packed = files::accepts_brotli(headers);
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
