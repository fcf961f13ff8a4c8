//! Restaurants in memory: right to the second, and still there when the database is not.

use crate::{
    backend::Toast,
    catalogue::{directory::Directory, pictures::Pictures, snapshot::Snapshot},
    error::Fault,
    store::{
        menus,
        restaurants::{self, Head},
    },
};
use app::{error::AppError, types::id::RestaurantId};
use futures::FutureExt as _;
use moka::future::Cache;
use std::{
    future::Future,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// A copy younger than this is believed; a lost hint costs no more.
const BELIEVED: Duration = Duration::from_secs(1);
/// How long a request that has a copy to fall back on waits to learn whether it is still right.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long an unknown slug stays unknown.
const UNKNOWN: Duration = Duration::from_secs(2);
/// Copies are forgotten after so long without a reader.
const IDLE: Duration = Duration::from_mins(30);
/// The longest slug that is looked for.
const LONGEST_SLUG: usize = 80;

/// Restaurants and menus, cached by version.
#[derive(Clone)]
pub struct Catalogue {
    slugs: Cache<String, RestaurantId>,
    unknown: Cache<String, ()>,
    entries: Cache<RestaurantId, Arc<Entry>>,
    pub(super) pictures: Pictures,
    pub(super) directory: Arc<Directory>,
}

/// One restaurant's copy, and whose turn it is to look whether it is right.
#[derive(Default)]
struct Entry {
    copy: RwLock<Option<Copy>>,
    turn: Mutex<Turn>,
}

/// Whose turn it is to read a restaurant for the first time, and when the last one did in vain.
#[derive(Default)]
struct Turn {
    failed: Option<Instant>,
}

/// A snapshot and when it was last known to be right; none is never.
#[derive(Clone)]
struct Copy {
    snapshot: Arc<Snapshot>,
    checked: Option<Instant>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::new()
    }
}

impl Catalogue {
    /// Remembers nothing yet.
    pub fn new() -> Self {
        Self {
            slugs: Cache::builder().max_capacity(100_000).time_to_idle(IDLE).build(),
            unknown: Cache::builder().max_capacity(10_000).time_to_live(UNKNOWN).build(),
            entries: Cache::builder().max_capacity(5_000).time_to_idle(IDLE).build(),
            pictures: Pictures::default(),
            directory: Arc::new(Directory::default()),
        }
    }

    /// Links to pictures by these names.
    #[must_use]
    pub fn with_pictures(self, pictures: Pictures) -> Self {
        Self { pictures, ..self }
    }

    /// The restaurant that a slug names.
    pub async fn snapshot(&self, toast: &Toast, slug: &str) -> Result<Arc<Snapshot>, Fault> {
        let id = self.named(toast, slug).await?;
        self.by_id(toast, id).await
    }

    /// The restaurant with this id.
    pub async fn by_id(&self, toast: &Toast, restaurant: RestaurantId) -> Result<Arc<Snapshot>, Fault> {
        let entry = self.entry(restaurant).await;
        let known = entry.known();
        if let Some(copy) = known.as_ref().filter(|copy| copy.is_believed()) {
            return Ok(copy.snapshot.clone());
        }
        match known {
            None => self.first(toast, restaurant, &entry).await,
            Some(copy) => {
                // Somebody else is looking already: whoever comes meanwhile gets the copy at hand.
                let Ok(_turn) = entry.turn.try_lock() else { return Ok(copy.snapshot) };
                self.revalidated(toast, restaurant, &entry, copy).await
            }
        }
    }

    /// Reads a restaurant now: the answer is at least as new as the call.
    pub async fn refresh(&self, toast: &Toast, restaurant: RestaurantId) -> Result<Arc<Snapshot>, Fault> {
        let entry = self.entry(restaurant).await;
        let _turn = entry.turn.lock().await;
        let snapshot = self.read(toast, restaurant, &entry).await?;
        self.directory.outdated();
        Ok(snapshot)
    }

    /// Looks at the next request whether the copy is still right.
    pub fn invalidate(&self, restaurant: RestaurantId) {
        // A look-up waits for nothing; should that change, the copy is looked at within a second all the same.
        if let Some(entry) = self.entries.get(&restaurant).now_or_never().flatten() {
            entry.doubt();
        }
        self.directory.outdated();
    }

    /// Forgets that a slug named nothing.
    pub async fn welcome(&self, slug: &str) {
        self.unknown.invalidate(slug).await;
    }

    async fn named(&self, toast: &Toast, slug: &str) -> Result<RestaurantId, Fault> {
        if let Some(id) = self.slugs.get(slug).await {
            return Ok(id);
        }
        if !is_slug(slug) || self.unknown.contains_key(slug) {
            return Err(AppError::not_found("restaurant").into());
        }
        if let Some(id) = restaurants::named(&toast.store, slug).await? {
            self.slugs.insert(slug.to_owned(), id).await;
            Ok(id)
        } else {
            self.unknown.insert(slug.to_owned(), ()).await;
            Err(AppError::not_found("restaurant").into())
        }
    }

    async fn entry(&self, restaurant: RestaurantId) -> Arc<Entry> {
        self.entries.get_with(restaurant, async { Arc::default() }).await
    }

    /// Reads a restaurant, unless somebody else did, well or in vain, while this one waited for its turn.
    async fn first(&self, toast: &Toast, restaurant: RestaurantId, entry: &Entry) -> Result<Arc<Snapshot>, Fault> {
        let asked = Instant::now();
        let mut turn = entry.turn.lock().await;
        if let Some(copy) = entry.known() {
            return Ok(copy.snapshot);
        }
        if turn.failed > Some(asked) {
            return Err(Fault::Deadline);
        }
        let read = self.read(toast, restaurant, entry).await;
        turn.failed = read.is_err().then(Instant::now);
        read
    }

    async fn revalidated(
        &self,
        toast: &Toast,
        restaurant: RestaurantId,
        entry: &Entry,
        copy: Copy,
    ) -> Result<Arc<Snapshot>, Fault> {
        let looked = patient(async {
            match restaurants::head(&toast.store, restaurant).await? {
                Some(head) if copy.is_at(head) => {
                    entry.keep(copy.snapshot.clone());
                    Ok(copy.snapshot.clone())
                }
                Some(_) => self.read(toast, restaurant, entry).await,
                None => Err(self.gone(restaurant).await),
            }
        });
        match looked.await {
            Ok(snapshot) => Ok(snapshot),
            Err(Fault::Refused(refusal)) => Err(refusal.into()),
            Err(fault) => {
                tracing::warn!(%restaurant, %fault, "serving the last known menu");
                entry.keep(copy.snapshot.clone());
                Ok(copy.snapshot)
            }
        }
    }

    async fn read(&self, toast: &Toast, restaurant: RestaurantId, entry: &Entry) -> Result<Arc<Snapshot>, Fault> {
        let Some(mut record) = menus::read(&toast.store, restaurant).await? else {
            return Err(self.gone(restaurant).await);
        };
        self.pictures.name_restaurant(&mut record.restaurant.picture);
        for item in &mut record.items {
            self.pictures.name_dish(&mut item.picture);
        }
        let snapshot = Arc::new(Snapshot::of(&record, toast.clock.now())?);
        entry.keep(snapshot.clone());
        Ok(snapshot)
    }

    async fn gone(&self, restaurant: RestaurantId) -> Fault {
        self.entries.invalidate(&restaurant).await;
        AppError::not_found("restaurant").into()
    }
}

impl Entry {
    fn known(&self) -> Option<Copy> {
        self.copy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, snapshot: Arc<Snapshot>) {
        let copy = Copy { snapshot, checked: Some(Instant::now()) };
        *self.copy.write().unwrap_or_else(PoisonError::into_inner) = Some(copy);
    }

    fn doubt(&self) {
        if let Some(copy) = self.copy.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            copy.checked = None;
        }
    }
}

impl Copy {
    fn is_believed(&self) -> bool {
        self.checked.is_some_and(|checked| checked.elapsed() < BELIEVED)
    }

    fn is_at(&self, head: Head) -> bool {
        self.snapshot.version() == head.menu_version && self.snapshot.paused_until() == head.paused_until
    }
}

async fn patient<T>(looking: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or(Err(Fault::Deadline))
}

/// What cannot be a slug is not looked for: nobody's database is asked for noise.
fn is_slug(text: &str) -> bool {
    (1..=LONGEST_SLUG).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
