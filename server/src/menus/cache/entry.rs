//! The cached snapshot of one restaurant: when it was checked, and who may check it.

use crate::{db::ReadFrom, menus::snapshot::Snapshot, queries::restaurants::Head};
use parking_lot::RwLock;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// Age up to which a snapshot is fresh; bounds the delay after a lost hint.
const TTL: Duration = Duration::from_secs(1);

/// The cached snapshot of a restaurant, and the lock of its revalidation.
#[derive(Default)]
pub struct Entry {
    cached: RwLock<Option<CachedSnapshot>>,
    pub lock: Mutex<RefreshLock>,
}

/// Held by the one task that reads the restaurant; with the time of the last failure.
#[derive(Default)]
pub struct RefreshLock {
    pub failed: Option<Instant>,
}

/// A snapshot with the times of its last checks; none for unchecked or invalidated.
#[derive(Clone)]
pub struct CachedSnapshot {
    pub snapshot: Arc<Snapshot>,
    /// At the primary.
    primary_checked_at: Option<Instant>,
    /// At the primary or the replica; sufficient for display.
    checked_at: Option<Instant>,
    /// A hint announced a newer version, which the replica may not have yet.
    pub stale: bool,
}

impl Entry {
    pub fn cached_now(&self) -> Option<CachedSnapshot> {
        self.cached.read().clone()
    }

    /// Stores a snapshot unless a newer version is cached: a lagging replica or a deposed primary must not undo a
    /// version that was shown before.
    pub(crate) fn store_snapshot(&self, snapshot: Arc<Snapshot>, source: ReadFrom) -> Arc<Snapshot> {
        let mut cached = self.cached.write();
        let cached_now = cached.take().filter(|cached_now| cached_now.snapshot.version() > snapshot.version());
        let now = Some(Instant::now());
        let (primary_checked_at, stale) = match (source, &cached_now) {
            (ReadFrom::Leader, _) => (now, false),
            (ReadFrom::Standby, Some(cached_now)) => (cached_now.primary_checked_at, cached_now.stale),
            (ReadFrom::Standby, None) => (None, false),
        };
        let snapshot = cached_now.map_or(snapshot, |cached_now| cached_now.snapshot);
        *cached = Some(CachedSnapshot { snapshot: snapshot.clone(), primary_checked_at, checked_at: now, stale });
        snapshot
    }

    /// Records a check that found no newer version.
    pub fn mark_checked(&self) {
        if let Some(cached) = self.cached.write().as_mut() {
            cached.checked_at = Some(Instant::now());
        }
    }

    pub fn mark_stale(&self) {
        if let Some(cached) = self.cached.write().as_mut() {
            (cached.primary_checked_at, cached.checked_at, cached.stale) = (None, None, true);
        }
    }
}

/// Tells without a query which version of a restaurant may be displayed.
#[derive(Clone)]
pub struct Freshness(Arc<Entry>);

impl Freshness {
    /// The version of the snapshot; none when it must be revalidated.
    pub fn version(&self) -> Option<i64> {
        let cached = self.0.cached.read();
        cached.as_ref().filter(|cached| cached.is_fresh_for_display()).map(|cached| cached.snapshot.version())
    }
}

impl From<Arc<Entry>> for Freshness {
    fn from(entry: Arc<Entry>) -> Self {
        Self(entry)
    }
}

impl CachedSnapshot {
    pub fn is_fresh(&self) -> bool {
        self.primary_checked_at.is_some_and(|primary_checked_at| primary_checked_at.elapsed() < TTL)
    }

    pub fn is_fresh_for_display(&self) -> bool {
        self.is_fresh() || self.checked_at.is_some_and(|checked_at| checked_at.elapsed() < TTL)
    }

    pub fn is_same_as(&self, read: &Snapshot) -> bool {
        self.snapshot.version() == read.version() && self.snapshot.paused_until() == read.paused_until()
    }

    pub fn matches(&self, head: Head) -> bool {
        self.snapshot.version() == head.menu_version && self.snapshot.paused_until() == head.paused_until
    }
}
