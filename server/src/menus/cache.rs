//! In-memory restaurant cache: revalidated after a second, and serves stale snapshots while the database is down.
//!
//! A snapshot has two ages: since its check at the primary, and since its check at any database node. Orders and
//! quotes need the first below a second, pages the second. An invalidated snapshot must be checked at the primary,
//! since the replica may lag.
//!
//! Revalidation is single flight: other requests get the cached snapshot while one checks it.

mod entry;
mod slugs;

pub use entry::Freshness;

use crate::{
    clock::Clock,
    db::{ReadFrom, Store, unreadable::Unreadable},
    error::ServerError,
    menus::{pictures::Pictures, snapshot::Snapshot},
    queries::{menus, restaurants},
    restaurants::directory::Directory,
};
use app::domain::{error::AppError, id::RestaurantId};
use entry::{CachedSnapshot, Entry};
use futures::FutureExt as _;
use moka::future::Cache;
use slugs::Slugs;
use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

/// Longest wait of a request for a revalidation when it can serve a stale snapshot instead.
const REVALIDATE_TIMEOUT: Duration = Duration::from_millis(500);
/// Entries without readers are evicted after this time.
const IDLE: Duration = Duration::from_mins(30);

/// Restaurants and menus, cached by version.
#[derive(Clone)]
pub struct Catalogue {
    store: Store,
    clock: Clock,
    pub(crate) slugs: Slugs,
    entries: Cache<RestaurantId, Arc<Entry>>,
    pub(crate) pictures: Pictures,
    pub(crate) directory: Arc<Directory>,
}

impl Catalogue {
    /// An empty cache.
    pub fn new(store: Store, clock: Clock, pictures: Pictures) -> Self {
        Self {
            slugs: Slugs::new(store.clone()),
            entries: Cache::builder()
                .max_capacity(5_000)
                .time_to_idle(IDLE)
                // For those that still hold the entry and would miss an invalidation.
                .eviction_listener(|_, entry: Arc<Entry>, _| entry.mark_stale())
                .build(),
            directory: Arc::new(Directory::new(store.clone(), clock.clone(), pictures.clone())),
            pictures,
            store,
            clock,
        }
    }

    /// The restaurant of a slug.
    pub async fn snapshot(&self, slug: &str) -> Result<Arc<Snapshot>, ServerError> {
        let id = self.slugs.id(slug).await?;
        self.by_id(id).await
    }

    /// The restaurant of an id.
    pub async fn by_id(&self, restaurant: RestaurantId) -> Result<Arc<Snapshot>, ServerError> {
        let entry = self.entry(restaurant).await;
        let cached_now = entry.cached_now();
        if let Some(cached) = cached_now.as_ref().filter(|cached| cached.is_fresh()) {
            return Ok(cached.snapshot.clone());
        }
        match cached_now {
            None => self.read_first(restaurant, &entry).await.map_err(|error| self.report_once(restaurant, error)),
            Some(cached) => {
                // Another task revalidates already: serve the cached snapshot.
                let Ok(_lock) = entry.lock.try_lock() else { return Ok(cached.snapshot) };
                self.revalidate(restaurant, &entry, cached).await
            }
        }
    }

    /// The restaurant of a slug for display: as old as the region's replica at most, but never older than a version
    /// shown before. Without a replica it is the same as [`Self::snapshot`].
    pub async fn snapshot_stale_ok(&self, slug: &str) -> Result<Arc<Snapshot>, ServerError> {
        let id = self.slugs.id(slug).await?;
        if !self.store.has_standby() {
            return self.by_id(id).await;
        }
        let entry = self.entry(id).await;
        match entry.cached_now() {
            Some(cached) if cached.is_fresh_for_display() => Ok(cached.snapshot),
            Some(cached) if cached.stale => self.by_id(id).await,
            Some(cached) => {
                let Ok(_lock) = entry.lock.try_lock() else { return Ok(cached.snapshot) };
                match with_timeout(self.revalidate_at_replica(id, &entry, &cached)).await {
                    Ok(snapshot) => Ok(snapshot),
                    // The replica cannot decide that a restaurant is gone, and may be down for long.
                    Err(_) => self.revalidate(id, &entry, cached).await,
                }
            }
            None => {
                let _lock = entry.lock.lock().await;
                if let Some(cached) = entry.cached_now() {
                    return Ok(cached.snapshot);
                }
                let read = self.store.prefer_replica(|source| self.read(source, id, &entry)).await;
                read.map_err(|error| self.report_once(id, error))
            }
        }
    }

    /// The cached snapshot, or the replica's when that is newer.
    async fn revalidate_at_replica(
        &self,
        restaurant: RestaurantId,
        entry: &Entry,
        cached: &CachedSnapshot,
    ) -> Result<Arc<Snapshot>, ServerError> {
        let head = restaurants::head(&self.store, ReadFrom::Standby, restaurant).await?;
        let head = head.ok_or_else(|| ServerError::from(AppError::not_found("restaurant")))?;
        if head.menu_version > cached.snapshot.version() {
            return self.read(ReadFrom::Standby, restaurant, entry).await;
        }
        entry.mark_checked();
        Ok(cached.snapshot.clone())
    }

    /// Reads a restaurant now: the result is at least as new as the call. Invalidates the directory only when the
    /// version changed.
    pub async fn refresh(&self, restaurant: RestaurantId) -> Result<Arc<Snapshot>, ServerError> {
        let entry = self.entry(restaurant).await;
        let _lock = entry.lock.lock().await;
        let cached_now = entry.cached_now();
        let snapshot = self.read(ReadFrom::Leader, restaurant, &entry).await?;
        if cached_now.is_some_and(|cached_now| !cached_now.is_same_as(&snapshot)) {
            self.directory.invalidate(restaurant);
        }
        Ok(snapshot)
    }

    /// Reads a restaurant after a change, and invalidates the directory.
    pub async fn changed(&self, restaurant: RestaurantId) -> Result<Arc<Snapshot>, ServerError> {
        let snapshot = self.refresh(restaurant).await;
        // Also when another task read the change first, or the read failed.
        self.directory.invalidate(restaurant);
        snapshot
    }

    /// Makes the next request revalidate the snapshot.
    pub fn invalidate(&self, restaurant: RestaurantId) {
        // The lookup does not wait; should it ever, the snapshot is revalidated within a second anyway.
        if let Some(entry) = self.entries.get(&restaurant).now_or_never().flatten() {
            entry.mark_stale();
        }
        self.directory.invalidate(restaurant);
    }

    /// Tells without a query which version of a restaurant may be displayed.
    pub async fn freshness(&self, restaurant: RestaurantId) -> Freshness {
        self.entry(restaurant).await.into()
    }

    async fn entry(&self, restaurant: RestaurantId) -> Arc<Entry> {
        self.entries.get_with(restaurant, async { Arc::default() }).await
    }

    /// Single flight: if another task read the restaurant (or failed) while this one waited for the lock, its result
    /// is reused.
    async fn read_first(&self, restaurant: RestaurantId, entry: &Entry) -> Result<Arc<Snapshot>, ServerError> {
        let asked = Instant::now();
        let mut lock = entry.lock.lock().await;
        if let Some(cached) = entry.cached_now() {
            return Ok(cached.snapshot);
        }
        if lock.failed > Some(asked) {
            return Err(ServerError::Deadline);
        }
        let read = self.read(ReadFrom::Leader, restaurant, entry).await;
        lock.failed = read.is_err().then(Instant::now);
        read
    }

    async fn revalidate(
        &self,
        restaurant: RestaurantId,
        entry: &Entry,
        cached: CachedSnapshot,
    ) -> Result<Arc<Snapshot>, ServerError> {
        let outcome = with_timeout(async {
            match restaurants::head(&self.store, ReadFrom::Leader, restaurant).await? {
                Some(head) if cached.matches(head) => {
                    Ok(entry.store_snapshot(cached.snapshot.clone(), ReadFrom::Leader))
                }
                Some(_) => self.read(ReadFrom::Leader, restaurant, entry).await,
                None => Err(self.evict(restaurant).await),
            }
        });
        match outcome.await {
            Ok(snapshot) => Ok(snapshot),
            Err(ServerError::Refused(refusal)) => Err(refusal.into()),
            Err(error) => {
                match self.report_once(restaurant, error) {
                    ServerError::Refused(_) => {}
                    error => tracing::warn!(%restaurant, %error, "menu revalidation failed, serving stale snapshot"),
                }
                Ok(entry.store_snapshot(cached.snapshot, ReadFrom::Leader))
            }
        }
    }

    async fn read(
        &self,
        source: ReadFrom,
        restaurant: RestaurantId,
        entry: &Entry,
    ) -> Result<Arc<Snapshot>, ServerError> {
        let Some(mut record) = menus::read(&self.store, source, restaurant).await? else {
            // The replica may not have it yet.
            return Err(if source == ReadFrom::Leader { self.evict(restaurant).await } else { ServerError::Deadline });
        };
        self.pictures.name_restaurant(&mut record.restaurant.picture);
        for item in &mut record.items {
            self.pictures.name_dish(&mut item.picture);
        }
        let snapshot = Arc::new(Snapshot::of(&record, self.clock.now())?);
        Ok(entry.store_snapshot(snapshot, source))
    }

    async fn evict(&self, restaurant: RestaurantId) -> ServerError {
        self.entries.invalidate(&restaurant).await;
        AppError::not_found("restaurant").into()
    }

    /// A restaurant that this version cannot decode is reported to operators once, not per request.
    fn report_once(&self, restaurant: RestaurantId, error: ServerError) -> ServerError {
        match error {
            ServerError::Unreadable { what, why } => {
                self.store.unreadable().refuse(restaurant, restaurant.uuid(), &Unreadable { what, why })
            }
            error => error,
        }
    }
}

async fn with_timeout<T>(future: impl Future<Output = Result<T, ServerError>>) -> Result<T, ServerError> {
    tokio::time::timeout(REVALIDATE_TIMEOUT, future).await.unwrap_or(Err(ServerError::Deadline))
}
