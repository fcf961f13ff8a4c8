//! Every restaurant's card in memory, read anew in the background where it changed.

use crate::{
    backend::Toast,
    catalogue::{
        dishes::Dishes,
        slots::ModeRules,
        snapshot::{hours, mode_rules, picture, service, unreadable},
        state::Service,
        wall::WallClock,
    },
    error::Fault,
    store::{
        restaurants::Head,
        search::{self, CardRecord},
    },
};
use app::types::{
    id::RestaurantId,
    locale::Locale,
    money::{Currency, Money},
    restaurant::{RestaurantCard, ServiceState},
    terms::ServiceMode,
    time::Timestamp,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

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
    turn: tokio::sync::Mutex<()>,
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
#[derive(Debug, Default)]
pub struct List {
    /// By restaurant.
    pub entries: HashMap<RestaurantId, Arc<Entry>>,
    /// Every cuisine, in alphabetical order.
    pub cuisines: Vec<String>,
}

/// One restaurant as lists show it.
#[derive(Debug)]
pub struct Entry {
    head: Head,
    /// The card without what depends on the hour and the query.
    card: RestaurantCard,
    /// Degrees north and east.
    pub place: (f64, f64),
    /// What its dishes hold.
    pub dishes: Dishes,
    /// The text it is found by.
    pub search_text: String,
    service: Service,
    state: Mutex<Option<(Timestamp, ServiceState)>>,
}

impl Directory {
    /// The list, and whether it is only the last one known. A first list is waited for.
    pub async fn list(&self, toast: &Toast) -> Result<(Arc<List>, bool), Fault> {
        let Some(known) = self.known() else {
            let _turn = self.turn.lock().await;
            let list = match self.known() {
                Some(known) => known.list,
                None => self.read(toast, &List::default()).await?,
            };
            return Ok((list, false));
        };
        let age = known.read.elapsed();
        if known.outdated || age > OLD {
            let renewed = tokio::time::timeout(PATIENCE, self.renew(toast)).await;
            if !matches!(renewed, Ok(Ok(()))) {
                self.partial(true);
                return Ok((known.list, true));
            }
        } else if age > FRESH {
            let toast = toast.clone();
            tokio::spawn(async move {
                let directory = toast.catalogue.directory.clone();
                if let Err(fault) = directory.renew(&toast).await {
                    tracing::warn!(%fault, "serving the last known list of restaurants");
                    directory.partial(true);
                }
            });
        }
        let known = self.known().unwrap_or(known);
        Ok((known.list, known.partial))
    }

    /// Has the next reader wait for a list that was read after now.
    pub fn outdated(&self) {
        if let Some(listed) = self.list.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            listed.outdated = true;
        }
    }

    /// Reads what changed, unless somebody else is about to.
    async fn renew(&self, toast: &Toast) -> Result<(), Fault> {
        let asked = Instant::now();
        let _turn = self.turn.lock().await;
        let known = self.known();
        if known.as_ref().is_some_and(|known| known.read > asked && !known.outdated) {
            return Ok(());
        }
        let before = known.map(|known| known.list).unwrap_or_default();
        self.read(toast, &before).await.map(drop)
    }

    async fn read(&self, toast: &Toast, before: &List) -> Result<Arc<List>, Fault> {
        let read = Instant::now();
        self.believe();
        let list = Arc::new(read_list(toast, before).await?);
        let mut listed = self.list.write().unwrap_or_else(PoisonError::into_inner);
        let outdated = listed.as_ref().is_some_and(|listed| listed.outdated);
        *listed = Some(Listed { list: list.clone(), read, outdated, partial: false });
        Ok(list)
    }

    /// What is announced from here on is newer than the list that is about to be read.
    fn believe(&self) {
        if let Some(listed) = self.list.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            listed.outdated = false;
        }
    }

    fn partial(&self, partial: bool) {
        if let Some(listed) = self.list.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            // Not asked for again before the next interval: a database that is away is not hammered.
            (listed.partial, listed.read) = (partial, Instant::now());
        }
    }

    fn known(&self) -> Option<Listed> {
        self.list.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Entry {
    /// Reads one card.
    fn of(record: &CardRecord, head: Head) -> Result<Self, Fault> {
        let (row, rows) = (&record.restaurant, record.record());
        let clock = WallClock::of(&row.zone).ok_or_else(|| unreadable("time zone", &row.zone))?;
        let currency = Currency::from_code(&row.currency).ok_or_else(|| unreadable("currency", &row.currency))?;
        let modes = mode_rules(&rows);
        let delivers = modes.iter().any(|rules| rules.mode == ServiceMode::Delivery);
        let card = RestaurantCard {
            slug: row.slug.clone(),
            name: row.name.clone(),
            locale: Locale::new(&row.language),
            cuisines: row.cuisines.clone(),
            tagline: row.tagline.clone(),
            address: row.address.clone(),
            picture: row.picture.as_deref().map(picture),
            open: false,
            state: String::new(),
            lead_minutes: leads(&modes),
            modes: modes.iter().map(|rules| rules.mode).collect(),
            delivery_from: record.delivery_from.filter(|_| delivers).map(|minor| Money::new(minor, currency)),
            distance_km: None,
            dishes: Vec::new(),
        };
        Ok(Self {
            head,
            card,
            place: (row.latitude, row.longitude),
            dishes: Dishes::of(&record.dishes),
            search_text: row.search_text.clone(),
            service: service(&rows, hours(&rows, &clock)?, &modes),
            state: Mutex::new(None),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.card.name
    }

    /// Its cuisines.
    pub fn cuisines(&self) -> &[String] {
        &self.card.cuisines
    }

    /// Whether it takes orders now.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state(now).open
    }

    /// The card at an instant.
    pub fn card(&self, now: Timestamp, distance_km: Option<f64>, dishes: Vec<String>) -> RestaurantCard {
        let ServiceState { open, text, .. } = self.state(now);
        let lead_minutes = self.card.lead_minutes.filter(|_| open);
        RestaurantCard { open, state: text, lead_minutes, distance_km, dishes, ..self.card.clone() }
    }

    /// Kept until it may change, so that a long list costs no calendar.
    fn state(&self, now: Timestamp) -> ServiceState {
        let mut kept = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.as_ref() {
            Some((from, state)) if *from <= now && state.until.is_some_and(|until| now < until) => state.clone(),
            _ => {
                let state = ServiceState { earliest: Vec::new(), ..self.service.state(now) };
                *kept = Some((now, state.clone()));
                state
            }
        }
    }
}

/// The cards that changed are read, the others kept.
async fn read_list(toast: &Toast, before: &List) -> Result<List, Fault> {
    let heads: HashMap<_, _> = search::heads(&toast.store).await?.into_iter().collect();
    let mut entries: HashMap<_, _> = before
        .entries
        .iter()
        .filter(|(id, entry)| heads.get(id) == Some(&entry.head))
        .map(|(id, entry)| (*id, entry.clone()))
        .collect();
    let changed: Vec<_> = heads.keys().filter(|id| !entries.contains_key(id)).copied().collect();
    for batch in changed.chunks(BATCH) {
        for mut record in search::cards(&toast.store, batch).await? {
            toast.catalogue.pictures.name_restaurant(&mut record.restaurant.picture);
            let id = RestaurantId::from_uuid(record.restaurant.restaurant_id);
            let Some(head) = heads.get(&id) else { continue };
            match Entry::of(&record, *head) {
                Ok(entry) => drop(entries.insert(id, Arc::new(entry))),
                Err(fault) => tracing::error!(restaurant = %id, %fault, "left out of the list"),
            }
        }
    }
    let cuisines: BTreeSet<_> = entries.values().flat_map(|entry| entry.cuisines()).cloned().collect();
    Ok(List { entries, cuisines: cuisines.into_iter().collect() })
}

/// Shortest and longest lead.
fn leads(modes: &[ModeRules]) -> Option<(u32, u32)> {
    let leads = modes.iter().map(|rules| rules.lead_minutes);
    leads.clone().min().zip(leads.max())
}
