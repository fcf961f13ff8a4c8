//! The list of all restaurants, kept current: read in the background from the start of the server, compared with the
//! stored versions every few seconds, and read again where a change is announced.

use crate::{
    clock::Clock,
    db::{ReadFrom, Store},
    error::ServerError,
    menus::pictures::Pictures,
    queries::search::{self, CardRow},
    restaurants::{
        list::{self, List},
        listing::Listing,
    },
};
use app::domain::{id::RestaurantId, listing::ListingStatus, time::Timestamp};
use parking_lot::{Mutex, RwLock};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// Age up to which the comparison with the stored versions is not repeated.
const FRESH_FOR: Duration = Duration::from_secs(2);
/// The same as a multiple of the time that a comparison takes, so that it costs a twentieth of a processor at most.
const FRESH_TIMES: u32 = 20;
/// Between two comparisons while there are no visits.
const IDLE: Duration = Duration::from_secs(30);
/// Longest wait of a request for a change to be read.
const NEWS_TIMEOUT: Duration = Duration::from_millis(800);
/// Cards per query.
const BATCH: usize = 500;
/// Restaurants that the first page is made of, while the others are read.
const FIRST: u16 = 100;

/// The list, and how current it is.
pub struct Directory {
    store: Store,
    clock: Clock,
    pictures: Pictures,
    list: RwLock<List>,
    state: RwLock<State>,
    /// Restaurants whose change was announced, with a number that differs from announcement to announcement.
    news: Mutex<HashMap<RestaurantId, u64>>,
    /// Held while all versions are compared.
    sweep: tokio::sync::Mutex<()>,
    /// Held while news are read.
    reading: tokio::sync::Mutex<()>,
    /// Notified when there are restaurants to show.
    begun: Notify,
}

/// How current the list is.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// Whether there are restaurants to show.
    begun: bool,
    /// Whether all restaurants have been read.
    complete: bool,
    /// When the last comparison ended, and the time it took.
    compared: Option<(Instant, Duration)>,
    /// When the last read failed; none after a success.
    failed: Option<Instant>,
}

impl Directory {
    /// An empty list.
    pub fn new(store: Store, clock: Clock, pictures: Pictures) -> Self {
        Self {
            store,
            clock,
            pictures,
            list: RwLock::default(),
            state: RwLock::default(),
            news: Mutex::default(),
            sweep: tokio::sync::Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            begun: Notify::new(),
        }
    }

    /// Makes the list as current as the announced changes; false while it is incomplete or may be outdated. Waits for
    /// the first restaurants.
    pub async fn is_current(self: &Arc<Self>) -> Result<bool, ServerError> {
        if !self.state.read().begun {
            self.wait_for_first().await?;
        }
        if self.has_news() {
            let read = tokio::time::timeout(NEWS_TIMEOUT, join(self.spawn(Task::News))).await;
            return Ok(matches!(read, Ok(Ok(()))) && self.state.read().complete);
        }
        let state = *self.state.read();
        if state.is_due(FRESH_FOR) && self.sweep.try_lock().is_ok() {
            drop(self.spawn(Task::Sweep));
        }
        Ok(state.complete && state.failed.is_none())
    }

    /// Looks at the list at an instant.
    pub fn look<T>(&self, now: Timestamp, look: impl FnOnce(&List) -> T) -> T {
        let list = self.list.read();
        if list.is_current(now) {
            return look(&list);
        }
        drop(list);
        self.list.write().advance(now);
        look(&self.list.read())
    }

    /// Makes the next request wait until a restaurant was read again.
    pub fn invalidate(&self, restaurant: RestaurantId) {
        let mut news = self.news.lock();
        let number = news.values().max().map_or(0, |last| last + 1);
        news.insert(restaurant, number);
    }

    /// Whether there are changes to read. After a failure they wait, so that a database that is down is not queried by
    /// each request.
    fn has_news(&self) -> bool {
        let waits = self.state.read().failed.is_some_and(|failed| failed.elapsed() < FRESH_FOR);
        !waits && !self.news.lock().is_empty()
    }

    async fn wait_for_first(self: &Arc<Self>) -> Result<(), ServerError> {
        let begun = self.begun.notified();
        tokio::pin!(begun);
        begun.as_mut().enable();
        if self.state.read().begun {
            return Ok(());
        }
        tokio::select! {
            () = begun => Ok(()),
            read = join(self.spawn(Task::Sweep)) => read,
        }
    }

    /// Runs a task to completion, also when its request is cancelled.
    fn spawn(self: &Arc<Self>, task: Task) -> JoinHandle<Result<(), ServerError>> {
        let directory = self.clone();
        tokio::spawn(async move {
            let read = match task {
                Task::Sweep => directory.sweep().await,
                Task::News => directory.read_news().await,
            };
            if let Err(error) = &read {
                tracing::warn!(%error, "directory refresh failed, serving stale list");
            }
            directory.state.write().failed = read.is_err().then(Instant::now);
            read
        })
    }

    /// Compares all versions with the stored ones and reads those that differ. The first list is shown while it grows.
    ///
    /// Single flight: if another task compared (or failed) while this one waited for the lock, its result is used.
    async fn sweep(self: &Arc<Self>) -> Result<(), ServerError> {
        let asked = Instant::now();
        let _lock = self.sweep.lock().await;
        let state = *self.state.read();
        if state.compared.is_some_and(|(at, _)| at > asked) {
            return Ok(());
        }
        if state.failed > Some(asked) {
            return Err(ServerError::Deadline);
        }
        self.store.prefer_replica(|source| self.sweep_at(source)).await
    }

    async fn sweep_at(self: &Arc<Self>, source: ReadFrom) -> Result<(), ServerError> {
        let begun = Instant::now();
        if !self.state.read().begun {
            let some = search::heads(&self.store, source, Some(FIRST.into())).await?;
            let some: Vec<_> = some.into_iter().map(|(id, _)| id).collect();
            self.read(source, &some).await?;
            let are_all = some.len() < usize::from(FIRST);
            let compared = are_all.then(|| (Instant::now(), begun.elapsed()));
            *self.state.write() = State { begun: true, complete: are_all, compared, failed: None };
            self.begun.notify_waiters();
            if are_all {
                return Ok(());
            }
        }
        let begun = Instant::now();
        let stored: HashMap<_, _> = search::heads(&self.store, source, None).await?.into_iter().collect();
        let (gone, outdated) = {
            let list = self.list.read();
            (list.gone(&stored), list.outdated(&stored))
        };
        for id in gone {
            self.list.write().remove(id);
        }
        let took = begun.elapsed();
        for batch in outdated.chunks(BATCH) {
            self.read(source, batch).await?;
        }
        let mut state = self.state.write();
        (state.complete, state.compared) = (true, Some((Instant::now(), took)));
        Ok(())
    }

    /// Reads the restaurants whose change was announced, from the primary: the replica may not have it yet.
    async fn read_news(self: &Arc<Self>) -> Result<(), ServerError> {
        let asked = Instant::now();
        let _lock = self.reading.lock().await;
        if self.state.read().failed > Some(asked) {
            return Err(ServerError::Deadline);
        }
        let news = self.news.lock().clone();
        let restaurants: Vec<_> = news.keys().copied().collect();
        for batch in restaurants.chunks(BATCH) {
            self.read(ReadFrom::Leader, batch).await?;
        }
        self.news.lock().retain(|id, number| news.get(id) != Some(&*number));
        Ok(())
    }

    /// Reads restaurants; one that is not there is removed, an unreadable one omitted.
    async fn read(self: &Arc<Self>, source: ReadFrom, restaurants: &[RestaurantId]) -> Result<(), ServerError> {
        let rows = search::cards(&self.store, source, restaurants).await?;
        if source == ReadFrom::Leader {
            let gone = restaurants.iter().filter(|id| rows.iter().all(|row| row.restaurant != **id));
            gone.for_each(|id| self.list.write().remove(*id));
        }
        let directory = self.clone();
        // Decoding hundreds of cards takes tens of milliseconds.
        let applied = tokio::task::spawn_blocking(move || {
            for row in &rows {
                directory.apply(row);
            }
            directory.list.write().sort();
        });
        applied.await.map_err(|error| aborted(&error))
    }

    /// The list is locked for one restaurant at a time, so that requests do not wait for a batch.
    fn apply(&self, row: &CardRow) {
        let id = row.restaurant;
        let listing = row.record().and_then(|mut record| {
            self.pictures.name_restaurant(&mut record.restaurant.picture);
            Ok((Listing::of(&record, row.head)?, record))
        });
        match listing {
            Ok((_, record)) if !ListingStatus::from_code(&record.restaurant.listing).is_published() => {
                self.list.write().omit(id, row.head);
            }
            Ok((listing, record)) => {
                let text = list::text(&record);
                self.list.write().put(id, listing, &text, self.clock.now());
            }
            Err(unreadable) => {
                self.store.unreadable().tell(id, id.uuid(), &unreadable);
                self.list.write().omit(id, row.head);
            }
        }
    }
}

impl State {
    /// Whether versions are to be compared again. A failed comparison is repeated at the same pace.
    fn is_due(&self, interval: Duration) -> bool {
        let compared = self.compared.is_none_or(|(at, took)| at.elapsed() > interval.max(took * FRESH_TIMES));
        compared && self.failed.is_none_or(|failed| failed.elapsed() > FRESH_FOR)
    }
}

/// Reads the list at the start of the server, and compares it from time to time without visits, until the server
/// drains.
pub fn start(directory: Arc<Directory>, shutdown: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let state = *directory.state.read();
            if state.is_due(if state.complete { IDLE } else { FRESH_FOR }) {
                drop(join(directory.spawn(Task::Sweep)).await);
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(FRESH_FOR) => {}
            }
        }
    })
}

#[derive(Debug, Clone, Copy)]
enum Task {
    Sweep,
    News,
}

async fn join(task: JoinHandle<Result<(), ServerError>>) -> Result<(), ServerError> {
    task.await.map_err(|error| aborted(&error))?
}

fn aborted(error: &tokio::task::JoinError) -> ServerError {
    ServerError::Broken(format!("directory refresh aborted: {error}"))
}
