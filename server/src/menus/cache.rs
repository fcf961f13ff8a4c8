//! Restaurants in memory: right to the second, and still there when the database is not.

use crate::{
    context::AppContext,
    db::{ReadFrom, unreadable::Unreadable},
    error::ServerError,
    menus::{pictures::Pictures, snapshot::Snapshot},
    queries::{
        menus,
        restaurants::{self, Head},
    },
    restaurants::Directory,
};
use app::domain::{error::AppError, id::RestaurantId};
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
    pub(crate) pictures: Pictures,
    pub(crate) directory: Arc<Directory>,
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
    /// By the leader.
    checked: Option<Instant>,
    /// By the leader or the standby, whose word is enough for what is only shown.
    shown: Option<Instant>,
    /// Somebody said that there is a newer one, which the standby may not have yet.
    outdated: bool,
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
    pub async fn snapshot(&self, context: &AppContext, slug: &str) -> Result<Arc<Snapshot>, ServerError> {
        let id = self.named(context, slug).await?;
        self.by_id(context, id).await
    }

    /// The restaurant with this id.
    pub async fn by_id(&self, context: &AppContext, restaurant: RestaurantId) -> Result<Arc<Snapshot>, ServerError> {
        let entry = self.entry(restaurant).await;
        let known = entry.known();
        if let Some(copy) = known.as_ref().filter(|copy| copy.is_believed()) {
            return Ok(copy.snapshot.clone());
        }
        match known {
            None => {
                self.first(context, restaurant, &entry).await.map_err(|error| told_once(context, restaurant, error))
            }
            Some(copy) => {
                // Somebody else is looking already: whoever comes meanwhile gets the copy at hand.
                let Ok(_turn) = entry.turn.try_lock() else { return Ok(copy.snapshot) };
                self.revalidated(context, restaurant, &entry, copy).await
            }
        }
    }

    /// The restaurant that a slug names, for what is only shown: it may be as late as the region's standby, but never
    /// goes back. Without a standby it is as right as [`Self::snapshot`].
    pub async fn shown(&self, context: &AppContext, slug: &str) -> Result<Arc<Snapshot>, ServerError> {
        let id = self.named(context, slug).await?;
        if !context.store.has_standby() {
            return self.by_id(context, id).await;
        }
        let entry = self.entry(id).await;
        match entry.known() {
            Some(copy) if copy.is_showable() => Ok(copy.snapshot),
            Some(copy) if copy.outdated => self.by_id(context, id).await,
            Some(copy) => {
                let Ok(_turn) = entry.turn.try_lock() else { return Ok(copy.snapshot) };
                match patient(self.look_nearby(context, id, &entry, &copy)).await {
                    Ok(snapshot) => Ok(snapshot),
                    // The standby is no authority on what is gone, and cannot be asked for ever.
                    Err(_) => self.revalidated(context, id, &entry, copy).await,
                }
            }
            None => {
                let _turn = entry.turn.lock().await;
                if let Some(copy) = entry.known() {
                    return Ok(copy.snapshot);
                }
                let read = context.store.prefer_replica(|source| self.read(context, source, id, &entry)).await;
                read.map_err(|error| told_once(context, id, error))
            }
        }
    }

    /// The copy at hand, or the standby's when that is newer.
    async fn look_nearby(
        &self,
        context: &AppContext,
        restaurant: RestaurantId,
        entry: &Entry,
        copy: &Copy,
    ) -> Result<Arc<Snapshot>, ServerError> {
        let head = restaurants::head(&context.store, ReadFrom::Standby, restaurant).await?;
        let head = head.ok_or_else(|| ServerError::from(AppError::not_found("restaurant")))?;
        if head.menu_version > copy.snapshot.version() {
            return self.read(context, ReadFrom::Standby, restaurant, entry).await;
        }
        entry.show();
        Ok(copy.snapshot.clone())
    }

    /// Reads a restaurant now: the answer is at least as new as the call. The list of all restaurants is outdated only when
    /// what was read is news.
    pub async fn refresh(&self, context: &AppContext, restaurant: RestaurantId) -> Result<Arc<Snapshot>, ServerError> {
        let entry = self.entry(restaurant).await;
        let _turn = entry.turn.lock().await;
        let known = entry.known();
        let snapshot = self.read(context, ReadFrom::Leader, restaurant, &entry).await?;
        if known.is_some_and(|known| !known.is_as(&snapshot)) {
            self.directory.outdated();
        }
        Ok(snapshot)
    }

    /// Reads a restaurant after a change: pages and lists show it from now on.
    pub async fn changed(&self, context: &AppContext, restaurant: RestaurantId) -> Result<Arc<Snapshot>, ServerError> {
        let snapshot = self.refresh(context, restaurant).await;
        // Also when another reader came before and this one found nothing new, or found nothing at all.
        self.directory.outdated();
        snapshot
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

    /// The id of the restaurant that a slug names.
    pub async fn id(&self, context: &AppContext, slug: &str) -> Result<RestaurantId, ServerError> {
        self.named(context, slug).await
    }

    async fn named(&self, context: &AppContext, slug: &str) -> Result<RestaurantId, ServerError> {
        if let Some(id) = self.slugs.get(slug).await {
            return Ok(id);
        }
        if !is_slug(slug) || self.unknown.contains_key(slug) {
            return Err(AppError::not_found("restaurant").into());
        }
        if let Some(id) = resolve(context, slug).await? {
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
    async fn first(
        &self,
        context: &AppContext,
        restaurant: RestaurantId,
        entry: &Entry,
    ) -> Result<Arc<Snapshot>, ServerError> {
        let asked = Instant::now();
        let mut turn = entry.turn.lock().await;
        if let Some(copy) = entry.known() {
            return Ok(copy.snapshot);
        }
        if turn.failed > Some(asked) {
            return Err(ServerError::Deadline);
        }
        let read = self.read(context, ReadFrom::Leader, restaurant, entry).await;
        turn.failed = read.is_err().then(Instant::now);
        read
    }

    async fn revalidated(
        &self,
        context: &AppContext,
        restaurant: RestaurantId,
        entry: &Entry,
        copy: Copy,
    ) -> Result<Arc<Snapshot>, ServerError> {
        let looked = patient(async {
            match restaurants::head(&context.store, ReadFrom::Leader, restaurant).await? {
                Some(head) if copy.is_at(head) => Ok(entry.keep(copy.snapshot.clone(), ReadFrom::Leader)),
                Some(_) => self.read(context, ReadFrom::Leader, restaurant, entry).await,
                None => Err(self.gone(restaurant).await),
            }
        });
        match looked.await {
            Ok(snapshot) => Ok(snapshot),
            Err(ServerError::Refused(refusal)) => Err(refusal.into()),
            Err(error) => {
                match told_once(context, restaurant, error) {
                    ServerError::Refused(_) => {}
                    error => tracing::warn!(%restaurant, %error, "serving the last known menu"),
                }
                Ok(entry.keep(copy.snapshot, ReadFrom::Leader))
            }
        }
    }

    async fn read(
        &self,
        context: &AppContext,
        source: ReadFrom,
        restaurant: RestaurantId,
        entry: &Entry,
    ) -> Result<Arc<Snapshot>, ServerError> {
        let Some(mut record) = menus::read(&context.store, source, restaurant).await? else {
            // A standby may not have heard of it yet.
            return Err(if source == ReadFrom::Leader { self.gone(restaurant).await } else { ServerError::Deadline });
        };
        self.pictures.name_restaurant(&mut record.restaurant.picture);
        for item in &mut record.items {
            self.pictures.name_dish(&mut item.picture);
        }
        let snapshot = Arc::new(Snapshot::of(&record, context.clock.now())?);
        Ok(entry.keep(snapshot, source))
    }

    async fn gone(&self, restaurant: RestaurantId) -> ServerError {
        self.entries.invalidate(&restaurant).await;
        AppError::not_found("restaurant").into()
    }
}

impl Entry {
    fn known(&self) -> Option<Copy> {
        self.copy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps what was read, unless a newer version was seen before: what a standby, or a leader that is one no more,
    /// still tells must not undo what somebody was shown.
    fn keep(&self, snapshot: Arc<Snapshot>, source: ReadFrom) -> Arc<Snapshot> {
        let mut copy = self.copy.write().unwrap_or_else(PoisonError::into_inner);
        let known = copy.take().filter(|known| known.snapshot.version() > snapshot.version());
        let now = Some(Instant::now());
        let (checked, outdated) = match (source, &known) {
            (ReadFrom::Leader, _) => (now, false),
            (ReadFrom::Standby, Some(known)) => (known.checked, known.outdated),
            (ReadFrom::Standby, None) => (None, false),
        };
        let snapshot = known.map_or(snapshot, |known| known.snapshot);
        *copy = Some(Copy { snapshot: snapshot.clone(), checked, shown: now, outdated });
        snapshot
    }

    /// Notes that the copy was good enough to be shown.
    fn show(&self) {
        if let Some(copy) = self.copy.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            copy.shown = Some(Instant::now());
        }
    }

    fn doubt(&self) {
        if let Some(copy) = self.copy.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            (copy.checked, copy.shown, copy.outdated) = (None, None, true);
        }
    }
}

impl Copy {
    fn is_believed(&self) -> bool {
        self.checked.is_some_and(|checked| checked.elapsed() < BELIEVED)
    }

    fn is_showable(&self) -> bool {
        self.is_believed() || self.shown.is_some_and(|shown| shown.elapsed() < BELIEVED)
    }

    fn is_as(&self, read: &Snapshot) -> bool {
        self.snapshot.version() == read.version() && self.snapshot.paused_until() == read.paused_until()
    }

    fn is_at(&self, head: Head) -> bool {
        self.snapshot.version() == head.menu_version && self.snapshot.paused_until() == head.paused_until
    }
}

/// What a slug names never changes, so the standby's word is as good when the leader cannot be asked; that it names
/// nothing only the leader knows.
async fn resolve(context: &AppContext, slug: &str) -> Result<Option<RestaurantId>, ServerError> {
    match restaurants::named(&context.store, ReadFrom::Leader, slug).await {
        Err(error) if error.is_unavailable() && context.store.has_standby() => {
            let named = restaurants::named(&context.store, ReadFrom::Standby, slug).await;
            Ok(Some(named.ok().flatten().ok_or(error)?))
        }
        told => told,
    }
}

/// A restaurant that this version cannot read is told to operators once, however often it is asked for.
fn told_once(context: &AppContext, restaurant: RestaurantId, error: ServerError) -> ServerError {
    match error {
        ServerError::Unreadable { what, why } => {
            context.store.unreadable().refuse(restaurant, restaurant.uuid(), &Unreadable { what, why })
        }
        error => error,
    }
}

async fn patient<T>(looking: impl Future<Output = Result<T, ServerError>>) -> Result<T, ServerError> {
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or(Err(ServerError::Deadline))
}

/// What cannot be a slug is not looked for: nobody's database is asked for noise.
fn is_slug(text: &str) -> bool {
    (1..=LONGEST_SLUG).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
