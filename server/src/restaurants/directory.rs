//! Every restaurant's card in memory, read anew in the background where it changed.

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
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// Younger than this, a list is right.
const FRESH: Duration = Duration::from_secs(2);
/// Older than this, a list is looked at before it is shown; in between while it is shown.
const OLD: Duration = Duration::from_secs(10);
/// How long home waits for a newer list when it has an old one.
const PATIENCE: Duration = Duration::from_millis(800);
/// So many cards are read at a time.
const BATCH: usize = 500;

/// Every restaurant's card.
#[derive(Debug, Default)]
pub struct Directory {
    list: RwLock<Option<Listed>>,
    turn: tokio::sync::Mutex<Turn>,
}

/// Whose turn it is to read the list, and when the last one read in vain.
#[derive(Debug, Default)]
struct Turn {
    failed: Option<Instant>,
}

/// A list and how right it is.
#[derive(Debug, Clone)]
struct Listed {
    list: Arc<List>,
    read: Instant,
    outdated: bool,
    partial: bool,
}

/// All cards at a time.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// By restaurant.
    pub entries: HashMap<RestaurantId, Arc<Listing>>,
    /// What cannot be shown, and at which version that was found out.
    unreadable: HashMap<RestaurantId, Head>,
    /// Every cuisine, in alphabetical order.
    pub cuisines: Vec<String>,
}

impl Directory {
    /// The list, and whether it is only the last one known. A first list is waited for.
    pub async fn list(&self, context: &AppContext) -> Result<(Arc<List>, bool), ServerError> {
        let Some(known) = self.known() else {
            self.first(context).await?;
            let known = self.known().ok_or(ServerError::Deadline)?;
            return Ok((known.list, known.partial));
        };
        let age = known.read.elapsed();
        if known.outdated || age > OLD {
            let renewed = tokio::time::timeout(PATIENCE, finished(renewal(context))).await;
            if !matches!(renewed, Ok(Ok(()))) {
                return Ok((known.list, true));
            }
        } else if age > FRESH {
            drop(renewal(context));
        }
        let known = self.known().unwrap_or(known);
        Ok((known.list, known.partial))
    }

    /// Waits for a list, or for what there is of one after a while.
    async fn first(&self, context: &AppContext) -> Result<(), ServerError> {
        let reading = finished(renewal(context));
        tokio::pin!(reading);
        loop {
            match tokio::time::timeout(PATIENCE, &mut reading).await {
                Ok(finished) => return finished,
                Err(_) if self.known().is_some() => return Ok(()),
                Err(_) => {}
            }
        }
    }

    /// Has the next reader wait for a list that was read after now.
    pub fn outdated(&self) {
        if let Some(listed) = self.list.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            listed.outdated = true;
        }
    }

    /// Reads what changed, unless somebody else did, well or in vain, while this one waited for its turn.
    async fn renew(&self, context: &AppContext) -> Result<(), ServerError> {
        let asked = Instant::now();
        let mut turn = self.turn.lock().await;
        let known = self.known();
        if known.as_ref().is_some_and(|known| known.read > asked) {
            return Ok(());
        }
        if turn.failed > Some(asked) {
            return Err(ServerError::Deadline);
        }
        let renewed = self.read(context, known).await;
        turn.failed = renewed.is_err().then(Instant::now);
        renewed
    }

    /// A first list is shown while it grows; a later one when it is whole.
    ///
    /// What was announced is read from the leader, which alone has it for sure; everything else may be a little late.
    async fn read(&self, context: &AppContext, known: Option<Listed>) -> Result<(), ServerError> {
        if known.as_ref().is_some_and(|known| known.outdated) {
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
        let (read, first) = (Instant::now(), known.is_none());
        self.believe();
        let mut heads: HashMap<_, _> = search::heads(&context.store, source).await?.into_iter().collect();
        if let Some(known) = &known {
            known.list.keep_newer(&mut heads);
        }
        let mut list = known.map(|known| known.list.kept(&heads)).unwrap_or_default();
        let changed: Vec<_> = heads.keys().filter(|id| !list.knows(**id)).copied().collect();
        for batch in changed.chunks(BATCH) {
            let mut cards = search::cards(&context.store, source, batch).await?;
            for card in cards.iter_mut().filter_map(|(_, card)| card.as_mut().ok()) {
                context.catalogue.pictures.name_restaurant(&mut card.restaurant.picture);
            }
            list.take(cards, &heads, &context.store);
            if first {
                self.show(&list, read, true);
            }
        }
        self.show(&list, read, false);
        Ok(())
    }

    fn show(&self, list: &List, read: Instant, partial: bool) {
        let list = Arc::new(list.clone().with_cuisines());
        let mut listed = self.list.write().unwrap_or_else(PoisonError::into_inner);
        let outdated = listed.as_ref().is_some_and(|listed| listed.outdated);
        *listed = Some(Listed { list, read, outdated, partial });
    }

    /// What is announced from here on is newer than the list that is about to be read.
    fn believe(&self) {
        if let Some(listed) = self.list.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            listed.outdated = false;
        }
    }

    /// The list stays as it is until the next interval: a database that is away is not hammered.
    fn make_do(&self) {
        if let Some(listed) = self.list.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            (listed.partial, listed.outdated, listed.read) = (true, false, Instant::now());
        }
    }

    fn known(&self) -> Option<Listed> {
        self.list.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Reads what changed, also when nobody waits for it any more.
fn renewal(context: &AppContext) -> JoinHandle<Result<(), ServerError>> {
    let context = context.clone();
    tokio::spawn(async move {
        let directory = context.catalogue.directory.clone();
        let renewed = directory.renew(&context).await;
        if let Err(error) = &renewed {
            tracing::warn!(%error, "the list of restaurants could not be renewed");
            directory.make_do();
        }
        renewed
    })
}

async fn finished(renewal: JoinHandle<Result<(), ServerError>>) -> Result<(), ServerError> {
    renewal.await.map_err(|error| ServerError::Broken(format!("renewing the list broke off: {error}")))?
}

impl List {
    /// A standby that is behind does not bring back what was shown before.
    fn keep_newer(&self, heads: &mut HashMap<RestaurantId, Head>) {
        for (id, entry) in &self.entries {
            if let Some(head) = heads.get_mut(id).filter(|head| head.menu_version < entry.head.menu_version) {
                *head = entry.head;
            }
        }
    }

    /// What is still right.
    fn kept(&self, heads: &HashMap<RestaurantId, Head>) -> Self {
        let right = |id: &RestaurantId, head: &Head| heads.get(id) == Some(head);
        let entries = self.entries.iter().filter(|(id, entry)| right(id, &entry.head));
        let unreadable = self.unreadable.iter().filter(|(id, head)| right(id, head));
        Self {
            entries: entries.map(|(id, entry)| (*id, entry.clone())).collect(),
            unreadable: unreadable.map(|(id, head)| (*id, *head)).collect(),
            cuisines: Vec::new(),
        }
    }

    fn knows(&self, restaurant: RestaurantId) -> bool {
        self.entries.contains_key(&restaurant) || self.unreadable.contains_key(&restaurant)
    }

    /// One that cannot be read is left out until it changes.
    fn take(
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
