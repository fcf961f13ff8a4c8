//! All restaurants' cards in memory, refreshed in the background.

use crate::{
    context::AppContext,
    db::{ReadFrom, Store, unreadable::Unreadable},
    error::ServerError,
    queries::{
        restaurants::Head,
        search::{self, CardRecord},
    },
    restaurants::listing::Listing,
};
use app::domain::id::RestaurantId;
use parking_lot::RwLock;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// Age up to which a list is fresh.
const FRESH_FOR: Duration = Duration::from_secs(2);
/// Age from which a request waits for a refresh; between the two the list is served and refreshed in the background.
const STALE_AFTER: Duration = Duration::from_secs(10);
/// Longest wait of a request for a refresh when there is an old list.
const REFRESH_TIMEOUT: Duration = Duration::from_millis(800);
/// Cards per query.
const BATCH: usize = 500;

/// The cached list of all restaurants.
#[derive(Debug, Default)]
pub struct Directory {
    list: RwLock<Option<Listed>>,
    lock: tokio::sync::Mutex<RefreshLock>,
}

/// Held by the one task that reads the list; with the time of the last failure.
#[derive(Debug, Default)]
struct RefreshLock {
    failed: Option<Instant>,
}

/// A list with its age.
#[derive(Debug, Clone)]
struct Listed {
    list: Arc<List>,
    read: Instant,
    stale: bool,
    partial: bool,
}

/// All cards as of one read.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// By restaurant.
    pub entries: HashMap<RestaurantId, Arc<Listing>>,
    /// Cards that cannot be decoded, with the version in which that was found.
    unreadable: HashMap<RestaurantId, Head>,
    /// All cuisines, in alphabetical order.
    pub cuisines: Vec<String>,
}

impl Directory {
    /// The list, and whether it is incomplete or stale. Waits for the first list.
    pub async fn list(&self, context: &AppContext) -> Result<(Arc<List>, bool), ServerError> {
        let Some(known) = self.known() else {
            self.wait_for_first(context).await?;
            let known = self.known().ok_or(ServerError::Deadline)?;
            return Ok((known.list, known.partial));
        };
        let age = known.read.elapsed();
        if known.stale || age > STALE_AFTER {
            let refreshed = tokio::time::timeout(REFRESH_TIMEOUT, join(spawn_refresh(context))).await;
            if !matches!(refreshed, Ok(Ok(()))) {
                return Ok((known.list, true));
            }
        } else if age > FRESH_FOR {
            drop(spawn_refresh(context));
        }
        let known = self.known().unwrap_or(known);
        Ok((known.list, known.partial))
    }

    /// Waits for the first list, complete or partial.
    async fn wait_for_first(&self, context: &AppContext) -> Result<(), ServerError> {
        let reading = join(spawn_refresh(context));
        tokio::pin!(reading);
        loop {
            match tokio::time::timeout(REFRESH_TIMEOUT, &mut reading).await {
                Ok(finished) => return finished,
                Err(_) if self.known().is_some() => return Ok(()),
                Err(_) => {}
            }
        }
    }

    /// Makes the next request wait for a list that is read after now.
    pub fn invalidate(&self) {
        if let Some(listed) = self.list.write().as_mut() {
            listed.stale = true;
        }
    }

    /// Single flight: if another task refreshed (or failed) while this one waited for the lock, its result is reused.
    async fn refresh(&self, context: &AppContext) -> Result<(), ServerError> {
        let asked = Instant::now();
        let mut lock = self.lock.lock().await;
        let known = self.known();
        if known.as_ref().is_some_and(|known| known.read > asked) {
            return Ok(());
        }
        if lock.failed > Some(asked) {
            return Err(ServerError::Deadline);
        }
        let refreshed = self.read(context, known).await;
        lock.failed = refreshed.is_err().then(Instant::now);
        refreshed
    }

    /// The first list is published while it grows, later ones when complete.
    ///
    /// After an invalidation the primary is read, since the replica may not have the change; else the replica is
    /// sufficient.
    async fn read(&self, context: &AppContext, known: Option<Listed>) -> Result<(), ServerError> {
        if known.as_ref().is_some_and(|known| known.stale) {
            return self.read_from(context, ReadFrom::Leader, known).await;
        }
        context.store.prefer_replica(|source| self.read_from(context, source, known.clone())).await
    }

    async fn read_from(
        &self,
        context: &AppContext,
        source: ReadFrom,
        known: Option<Listed>,
    ) -> Result<(), ServerError> {
        let (read, is_first) = (Instant::now(), known.is_none());
        self.clear_stale();
        let mut heads: HashMap<_, _> = search::heads(&context.store, source).await?.into_iter().collect();
        if let Some(known) = &known {
            known.list.keep_newer(&mut heads);
        }
        let mut list = known.map(|known| known.list.retain_current(&heads)).unwrap_or_default();
        let changed: Vec<_> = heads.keys().filter(|id| !list.contains(**id)).copied().collect();
        for batch in changed.chunks(BATCH) {
            let mut cards = search::cards(&context.store, source, batch).await?;
            for card in cards.iter_mut().filter_map(|(_, card)| card.as_mut().ok()) {
                context.catalogue.pictures.name_restaurant(&mut card.restaurant.picture);
            }
            list.apply(cards, &heads, &context.store);
            if is_first {
                self.publish(&list, read, true);
            }
        }
        self.publish(&list, read, false);
        Ok(())
    }

    fn publish(&self, list: &List, read: Instant, partial: bool) {
        let list = Arc::new(list.clone().with_cuisines());
        let mut listed = self.list.write();
        let stale = listed.as_ref().is_some_and(|listed| listed.stale);
        *listed = Some(Listed { list, read, stale, partial });
    }

    /// An invalidation from now on concerns a change after the read that begins.
    fn clear_stale(&self) {
        if let Some(listed) = self.list.write().as_mut() {
            listed.stale = false;
        }
    }

    /// Serves the known list until the next interval, so that a database that is down is not queried by each request.
    fn serve_stale(&self) {
        if let Some(listed) = self.list.write().as_mut() {
            (listed.partial, listed.stale, listed.read) = (true, false, Instant::now());
        }
    }

    fn known(&self) -> Option<Listed> {
        self.list.read().clone()
    }
}

/// Runs a refresh to completion, also when its request is cancelled.
fn spawn_refresh(context: &AppContext) -> JoinHandle<Result<(), ServerError>> {
    let context = context.clone();
    tokio::spawn(async move {
        let directory = context.catalogue.directory.clone();
        let refreshed = directory.refresh(&context).await;
        if let Err(error) = &refreshed {
            tracing::warn!(%error, "directory refresh failed, serving stale list");
            directory.serve_stale();
        }
        refreshed
    })
}

async fn join(task: JoinHandle<Result<(), ServerError>>) -> Result<(), ServerError> {
    task.await.map_err(|error| ServerError::Broken(format!("directory refresh aborted: {error}")))?
}

impl List {
    /// A lagging replica must not bring back versions older than those shown before.
    fn keep_newer(&self, heads: &mut HashMap<RestaurantId, Head>) {
        for (id, entry) in &self.entries {
            if let Some(head) = heads.get_mut(id).filter(|head| head.menu_version < entry.head.menu_version) {
                *head = entry.head;
            }
        }
    }

    /// The cards whose version is current.
    fn retain_current(&self, heads: &HashMap<RestaurantId, Head>) -> Self {
        let is_current = |id: &RestaurantId, head: &Head| heads.get(id) == Some(head);
        let entries = self.entries.iter().filter(|(id, entry)| is_current(id, &entry.head));
        let unreadable = self.unreadable.iter().filter(|(id, head)| is_current(id, head));
        Self {
            entries: entries.map(|(id, entry)| (*id, entry.clone())).collect(),
            unreadable: unreadable.map(|(id, head)| (*id, *head)).collect(),
            cuisines: Vec::new(),
        }
    }

    fn contains(&self, restaurant: RestaurantId) -> bool {
        self.entries.contains_key(&restaurant) || self.unreadable.contains_key(&restaurant)
    }

    /// An unreadable restaurant is omitted until its version changes.
    fn apply(
        &mut self,
        cards: Vec<(RestaurantId, Result<CardRecord, Unreadable>)>,
        heads: &HashMap<RestaurantId, Head>,
        store: &Store,
    ) {
        for (id, card) in cards {
            let Some(head) = heads.get(&id) else { continue };
            match card.and_then(|record| Listing::of(&record, *head)) {
                Ok(entry) => drop(self.entries.insert(id, Arc::new(entry))),
                Err(unreadable) => {
                    store.unreadable().tell(id, id.uuid(), &unreadable);
                    self.unreadable.insert(id, *head);
                }
            }
        }
    }

    fn with_cuisines(mut self) -> Self {
        let cuisines: BTreeSet<_> = self.entries.values().flat_map(|entry| entry.cuisines()).cloned().collect();
        self.cuisines = cuisines.into_iter().collect();
        self
    }
}
