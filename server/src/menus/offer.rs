//! Times that can be promised: the one rule of menu pages, carts, quotes, checkouts and orders.

use crate::{
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    menus::Snapshot,
    queries,
    scheduling::slots::{Promise, not_offered},
};
use app::{
    domain::{
        date::Date,
        error::AppError,
        id::RestaurantId,
        menu::Menu,
        order::Due,
        restaurant::{EarliestTime, Gone, MenuTime, ServiceState},
        terms::ServiceMode,
        time::{LocalTime, Timestamp},
    },
    services::ModeTimes,
};
use futures::FutureExt as _;
use std::{collections::HashMap, sync::Arc, time::Duration};

/// Orders that were ready up to this many minutes ago may share a slot with new ones.
const LOOK_BACK_MINUTES: i64 = 4 * 60;
/// Longest wait of a page for the slot loads.
const READ_TIMEOUT: Duration = Duration::from_millis(500);

/// Orders per slot; no entry means none.
#[derive(Debug, Default)]
pub struct SlotAvailability(HashMap<(ServiceMode, Timestamp), u32>);

impl SlotAvailability {
    /// Reads the slot loads, beginning with the earliest slot that an order of now may take.
    pub async fn of(context: &AppContext, snapshot: &Snapshot, now: Timestamp) -> Result<Self, ServerError> {
        if !snapshot.is_limited() {
            return Ok(Self::default());
        }
        Self::read(context, ReadFrom::Leader, snapshot.restaurant.id, now).await
    }

    /// Like [`Self::of`] for display: from the replica if there is one, read once for concurrent requests. When it cannot
    /// be read, every slot counts as free, since placing an order checks its slot in any case.
    pub async fn for_display(context: &AppContext, snapshot: &Snapshot, now: Timestamp) -> Arc<Self> {
        if !snapshot.is_limited() {
            return Arc::default();
        }
        let restaurant = snapshot.restaurant.id;
        let read = || {
            let context = context.clone();
            async move { Arc::new(Self::read_for_display(&context, restaurant, now).await) }.boxed()
        };
        snapshot.loads.join(read).await
    }

    async fn read_for_display(context: &AppContext, restaurant: RestaurantId, now: Timestamp) -> Self {
        let reading = context.store.prefer_replica(|source| Self::read(context, source, restaurant, now));
        match tokio::time::timeout(READ_TIMEOUT, reading).await {
            Ok(Ok(availability)) => availability,
            Ok(Err(error)) => {
                tracing::debug!(%restaurant, %error, "slot loads unavailable, all slots shown as free");
                Self::default()
            }
            Err(_) => Self::default(),
        }
    }

    async fn read(
        context: &AppContext,
        source: ReadFrom,
        restaurant: RestaurantId,
        now: Timestamp,
    ) -> Result<Self, ServerError> {
        let from = now.plus_minutes(-LOOK_BACK_MINUTES);
        let loads = queries::carts::loads(&context.store, source, restaurant, from).await?;
        Ok(Self(loads.into_iter().map(|(mode, at, taken)| ((mode, at), taken)).collect()))
    }

    fn has(&self, mode: ServiceMode, slot_at: Timestamp, limit: Option<u32>) -> bool {
        let taken = self.0.get(&(mode, slot_at)).copied().unwrap_or_default();
        limit.is_none_or(|limit| taken < limit)
    }
}

/// The times and menus that a restaurant offers at an instant.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// The restaurant.
    pub(crate) snapshot: &'a Snapshot,
    availability: &'a SlotAvailability,
    /// The instant.
    pub(crate) now: Timestamp,
}

impl<'a> Offer<'a> {
    /// By the restaurant's hours, and the slots' free capacity.
    pub const fn new(snapshot: &'a Snapshot, availability: &'a SlotAvailability, now: Timestamp) -> Self {
        Self { snapshot, availability, now }
    }

    /// The promise for an order, or why there is none.
    pub fn promise(&self, mode: ServiceMode, due: Due) -> Result<Promise, AppError> {
        let has_room = |promise: &Promise| self.availability.has(mode, promise.slot_at, promise.slot_limit);
        match (self.snapshot.promise_with_room(mode, due, self.now, has_room), due) {
            (Err(AppError::Invalid { .. }), Due::At(at)) if self.snapshot.restaurant.terms.mode(mode).is_some() => {
                Err(self.not_offered(Some(mode), at))
            }
            (promise, _) => promise,
        }
    }

    /// The date of supply of an order, which decides its tax rates: that of its promise, else that of the requested time
    /// or of the first slot.
    pub fn supply_date(&self, mode: ServiceMode, due: Due) -> Date {
        let clock = self.snapshot.clock();
        if self.snapshot.restaurant.terms.tax.is_none() {
            return clock.calendar_date(self.now);
        }
        clock.calendar_date(match (self.promise(mode, due), due) {
            (Ok(promise), _) => promise.supplied_at(),
            (Err(_), Due::At(at)) => at,
            (Err(_), Due::Asap) => self.slots(Some(mode)).first().map_or(self.now, |time| time.at),
        })
    }

    /// The times of a mode.
    pub fn times(&self, mode: ServiceMode) -> ModeTimes {
        let earliest = self.promise(mode, Due::Asap).ok().map(|promise| promise.estimated_at);
        ModeTimes {
            mode,
            earliest: earliest.map(|at| self.snapshot.local(at, self.now)),
            wait_minutes: earliest.and_then(|at| self.minutes_until(at)),
            slots: self.slots(Some(mode)),
        }
    }

    /// The slots with capacity of a mode, or of any mode.
    pub fn slots(&self, mode: Option<ServiceMode>) -> Vec<LocalTime> {
        let all = self.snapshot.all_slots(self.now);
        let of_mode = all.iter().filter(|(of, _)| mode.is_none_or(|mode| mode == *of));
        let with_room =
            of_mode.filter(|(mode, time)| self.availability.has(*mode, time.at, self.snapshot.limit(*mode)));
        let mut times: Vec<_> = with_room.map(|(_, time)| time.clone()).collect();
        times.sort_unstable_by_key(|time| time.at);
        times.dedup_by_key(|time| time.at);
        times
    }

    /// Whether orders are taken, with the earliest slot with capacity of each mode that takes orders for now.
    pub fn state(&self) -> ServiceState {
        let ServiceState { open, text, until, earliest } = self.snapshot.state_at(self.now);
        let earliest = earliest.into_iter().filter_map(|usual| self.with_room(usual));
        ServiceState { open, text, until, earliest: earliest.collect() }
    }

    fn with_room(&self, usual: EarliestTime) -> Option<EarliestTime> {
        let at = self.promise(usual.mode, Due::Asap).ok()?.estimated_at;
        if at == usual.time.at {
            return Some(usual);
        }
        let minutes = self.minutes_until(at)?;
        Some(EarliestTime { minutes, time: self.snapshot.local(at, self.now), ..usual })
    }

    /// Minutes from now, rounded up.
    fn minutes_until(&self, at: Timestamp) -> Option<u32> {
        let millis = at.millis().saturating_sub(self.now.millis());
        u32::try_from(millis.saturating_add(59_999).div_euclid(60_000)).ok()
    }

    /// The menu at the instant that an order is promised for.
    ///
    /// That is the requested time. ASAP is now; while no order for now is taken it is the first slot that can be
    /// chosen, since nothing earlier can be ordered. Without a mode, slots of all modes count. A full slot keeps its
    /// menu, one that is not offered has none.
    pub fn menu(&self, mode: Option<ServiceMode>, due: Due) -> (MenuTime, Arc<Menu>) {
        let local = |at| self.snapshot.local(at, self.now);
        let (due, gone) = match due {
            Due::Asap => (due, None),
            Due::At(at) => {
                let why = self.refusal(mode, at).and_then(|refusal| refusal.problems().first().cloned());
                let is_offered = self.snapshot.offers(at, self.now);
                (if is_offered { due } else { Due::Asap }, why.map(|why| Gone { time: local(at), why }))
            }
        };
        let at = match due {
            Due::At(at) => Some(at),
            Due::Asap => self.first_time(mode),
        };
        let menu = at.map_or_else(|| self.snapshot.menu_at(self.now), |at| self.snapshot.menu_then(at, self.now));
        (MenuTime { due, at: at.map(local), gone }, menu)
    }

    /// The instant of a choice, none for ASAP, or why no mode offers it: the mode may still change.
    pub fn chosen(&self, due: Due) -> Result<Option<Timestamp>, AppError> {
        let Due::At(at) = due else { return Ok(None) };
        self.refusal(None, at).map_or(Ok(Some(at)), Err)
    }

    /// Like [`Self::chosen`] for an item that is added for a time: a full time is kept, so that the item is not lost,
    /// and the cart shows that it is full.
    pub fn added_for(&self, due: Due) -> Result<Option<Timestamp>, AppError> {
        match due {
            Due::At(at) if self.snapshot.offers(at, self.now) => Ok(Some(at)),
            due => self.chosen(due),
        }
    }

    /// The first slot that can be chosen; none while orders for now are taken.
    fn first_time(&self, mode: Option<ServiceMode>) -> Option<Timestamp> {
        let mut modes = self.snapshot.modes().filter(|of| mode.is_none_or(|mode| mode == *of));
        if modes.any(|mode| self.promise(mode, Due::Asap).is_ok()) {
            return None;
        }
        self.slots(mode).first().map(|time| time.at)
    }

    /// Why a time is unavailable in a mode, or in all. Full or paused takes precedence over not offered.
    fn refusal(&self, mode: Option<ServiceMode>, at: Timestamp) -> Option<AppError> {
        let mut refusal = None;
        for mode in self.snapshot.modes().filter(|of| mode.is_none_or(|mode| mode == *of)) {
            match self.promise(mode, Due::At(at)) {
                Ok(_) => return None,
                Err(conflict @ AppError::Conflict { .. }) => refusal = refusal.or(Some(conflict)),
                Err(_) => {}
            }
        }
        Some(refusal.unwrap_or_else(|| self.not_offered(mode, at)))
    }

    fn not_offered(&self, mode: Option<ServiceMode>, at: Timestamp) -> AppError {
        not_offered(&self.snapshot.local(at, self.now), self.slots(mode).first())
    }
}
