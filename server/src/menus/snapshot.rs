//! A restaurant at one version: all data for pages and orders, without further queries.

use crate::{
    db::unreadable::Unreadable,
    menus::{
        in_flight::InFlight,
        offer::SlotAvailability,
        rules::{hours, mode_rules, picture, service, terms, unreadable},
        stored::MenuPlan,
    },
    queries::menus::Record,
    scheduling::{
        availability::Service,
        hours::Hours,
        hours_display,
        local_time::WallClock,
        opening,
        slots::{ModeRules, Promise, Timetable, mode_not_offered},
    },
};
use app::domain::{
    error::AppError,
    id::{ItemId, RestaurantId},
    listing::ListingStatus,
    locale::Locale,
    menu::Menu,
    money::Currency,
    opening::Opening,
    order::Due,
    problem::Problem,
    restaurant::{Restaurant, ServiceState},
    terms::ServiceMode,
    time::{LocalTime, Timestamp},
};
use jiff::civil::Date;
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};

/// A restaurant at one version.
#[derive(Debug)]
pub struct Snapshot {
    /// The data that does not depend on the time; its displayed hours are those of the day of the read.
    pub restaurant: Arc<Restaurant>,
    version: i64,
    service: Service,
    modes: Vec<ModeRules>,
    kitchen_names: HashMap<ItemId, String>,
    menu: MenuPlan,
    built: Mutex<Vec<Built>>,
    /// The read of the slot loads that is under way.
    pub(super) loads: InFlight<Arc<SlotAvailability>>,
    times: Mutex<Option<Times>>,
    printed: Mutex<Option<(Date, Arc<Restaurant>)>>,
}

/// The slots of all modes, with the minute for which they were computed.
type Times = (i64, Arc<[(ServiceMode, LocalTime)]>);

/// Menus for different times that a snapshot keeps.
const MENUS: usize = 3;

/// A menu for a time, and the interval in which it does not change by itself.
#[derive(Debug)]
struct Built {
    /// None for now.
    at: Option<Timestamp>,
    from: Timestamp,
    until: Option<Timestamp>,
    menu: Arc<Menu>,
}

impl Snapshot {
    /// Decodes a restaurant's rows; `now` decides which exceptional dates are displayed.
    pub(crate) fn of(record: &Record, now: Timestamp) -> Result<Self, Unreadable> {
        let row = &record.restaurant;
        let clock = WallClock::of(&row.zone).ok_or_else(|| unreadable("time zone", &row.zone))?;
        let currency = Currency::from_code(&row.currency).ok_or_else(|| unreadable("currency", &row.currency))?;
        let modes = mode_rules(record);
        let hours = hours(record, &clock)?;
        let restaurant = Restaurant {
            id: RestaurantId::from_uuid(row.restaurant_id),
            slug: row.slug.clone(),
            listing: ListingStatus::from_code(&row.listing),
            name: row.name.clone(),
            locale: Locale::new(&row.language),
            zone: row.zone.clone(),
            currency,
            cuisines: row.cuisines.clone(),
            tagline: row.tagline.clone(),
            description: row.description.clone(),
            address: row.address.clone(),
            phone: row.phone.clone(),
            latitude: row.latitude,
            longitude: row.longitude,
            picture: row.picture.as_deref().map(picture),
            terms: terms(record, currency),
            hours: hours_display::lines(&hours, now),
        };
        let kitchen_names =
            record.items.iter().map(|item| (ItemId::from_uuid(item.item_id), item.kitchen_name.clone()));
        Ok(Self {
            version: row.menu_version,
            service: service(record, hours, &modes),
            kitchen_names: kitchen_names.collect(),
            menu: MenuPlan::of(record, &clock, currency),
            modes,
            restaurant: Arc::new(restaurant),
            built: Mutex::default(),
            loads: InFlight::default(),
            times: Mutex::new(None),
            printed: Mutex::new(None),
        })
    }

    /// Increases with each change that is visible to guests.
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// The stored end of the pause, also in the past.
    pub(crate) const fn paused_until(&self) -> Option<Timestamp> {
        self.service.paused_until
    }

    /// The end of the current pause.
    pub fn pause(&self, now: Timestamp) -> Option<Timestamp> {
        self.service.pause(now)
    }

    /// The restaurant with the hours displayed on the day of an instant: exceptional dates come and go.
    pub fn restaurant_at(&self, now: Timestamp) -> Arc<Restaurant> {
        let hours = &self.service.hours;
        let today = hours.clock.date(now);
        let mut printed = self.printed.lock();
        if let Some((_, restaurant)) = printed.as_ref().filter(|(day, _)| *day == today) {
            return restaurant.clone();
        }
        let restaurant = Arc::new(Restaurant { hours: hours_display::lines(hours, now), ..(*self.restaurant).clone() });
        *printed = Some((today, restaurant.clone()));
        restaurant
    }

    /// The menu now; shared until it changes by itself.
    pub fn menu_at(&self, now: Timestamp) -> Arc<Menu> {
        self.shared_menu(None, now)
    }

    /// The menu at a future instant; shared like that of now.
    pub fn menu_then(&self, at: Timestamp, now: Timestamp) -> Arc<Menu> {
        self.shared_menu(Some(at), now)
    }

    fn shared_menu(&self, at: Option<Timestamp>, now: Timestamp) -> Arc<Menu> {
        let mut built = self.built.lock();
        built.retain(|built| built.from <= now && built.until.is_none_or(|until| now < until));
        if let Some(built) = built.iter().find(|built| built.at == at) {
            return built.menu.clone();
        }
        let menu = Arc::new(self.menu.at(at.unwrap_or(now), now));
        if built.len() == MENUS {
            built.remove(0);
        }
        built.push(Built { at, from: now, until: self.menu.boundary(now), menu: menu.clone() });
        menu
    }

    /// The offered modes.
    pub fn modes(&self) -> impl Iterator<Item = ServiceMode> {
        self.modes.iter().map(|rules| rules.mode)
    }

    /// Most orders per slot of a mode.
    pub fn limit(&self, mode: ServiceMode) -> Option<u32> {
        self.modes.iter().find(|rules| rules.mode == mode)?.orders_per_slot
    }

    /// Whether any slot can be full.
    pub fn is_limited(&self) -> bool {
        self.modes.iter().any(|rules| rules.orders_per_slot.is_some())
    }

    /// Whether a time is a slot of any mode, full or not.
    pub fn offers(&self, at: Timestamp, now: Timestamp) -> bool {
        self.modes().any(|mode| self.promise(mode, Due::At(at), now).is_ok())
    }

    /// The slots of each mode, full or not; computed once a minute, since leads end at whole minutes.
    pub fn all_slots(&self, now: Timestamp) -> Arc<[(ServiceMode, LocalTime)]> {
        let minute = now.millis().saturating_add(59_999).div_euclid(60_000);
        let mut known = self.times.lock();
        if let Some((_, times)) = known.as_ref().filter(|(of, _)| *of == minute) {
            return times.clone();
        }
        let of_mode = |mode| self.slots(mode, now).into_iter().map(move |time| (mode, time));
        let times: Arc<[_]> = self.modes().flat_map(of_mode).collect();
        *known = Some((minute, times.clone()));
        times
    }

    /// The next instant at which the ASAP menu, [`Self::state_at`] or [`Self::restaurant_at`] may change.
    pub fn menu_until(&self, now: Timestamp) -> Option<Timestamp> {
        [self.menu.boundary(now), self.state_at(now).until].into_iter().flatten().min()
    }

    /// Whether orders are taken at an instant.
    pub fn state_at(&self, now: Timestamp) -> ServiceState {
        self.service.state(now)
    }

    /// Opening hours for search engines, with exceptional dates from now on.
    pub fn opening_at(&self, now: Timestamp) -> Vec<Opening> {
        opening::openings(&self.service.hours, now)
    }

    /// The promise for a requested time: `closed`, `paused` and `too_late` are conflicts, a time that is not offered
    /// is invalid.
    pub fn promise(&self, mode: ServiceMode, due: Due, now: Timestamp) -> Result<Promise, AppError> {
        let promise = self.timetable(mode).ok_or_else(|| mode_not_offered(mode))?.promise(due, now);
        match (promise, self.pause(now), due) {
            // A conflict, not invalid: without the pause the time would be offered.
            (Err(AppError::Invalid { .. }), Some(until), Due::At(at)) if now < at && at < until => {
                Err(self.paused_then(mode, until, now))
            }
            (promise, _, _) => promise,
        }
    }

    fn paused_then(&self, mode: ServiceMode, until: Timestamp, now: Timestamp) -> AppError {
        let (until, first) = (self.local(until, now).text, self.slots(mode, now).into_iter().next());
        let way_on = first.map_or_else(String::new, |first| format!(" Choose {} or later.", first.text));
        let words = format!("The kitchen has paused orders until {until}.{way_on}");
        AppError::Conflict { problem: Problem::new("due", "paused", words) }
    }

    /// Like [`Self::promise`] with capacity: ASAP takes the next slot before closing with capacity, else the result
    /// is the conflict `slot_full`.
    pub fn promise_with_room(
        &self,
        mode: ServiceMode,
        due: Due,
        now: Timestamp,
        has_room: impl Fn(&Promise) -> bool,
    ) -> Result<Promise, AppError> {
        let first = self.promise(mode, due, now)?;
        if has_room(&first) {
            return Ok(first);
        }
        self.timetable(mode).ok_or_else(|| mode_not_offered(mode))?.instead_of(&first, now, has_room)
    }

    /// The slots of a mode, full or not: today and on the next day with an opening.
    pub fn slots(&self, mode: ServiceMode, now: Timestamp) -> Vec<LocalTime> {
        self.timetable(mode).map(|timetable| timetable.slots(now)).unwrap_or_default()
    }

    /// The kitchen's own short name for an item; empty when it has none.
    pub fn kitchen_name(&self, item: ItemId) -> &str {
        self.kitchen_names.get(&item).map_or("", String::as_str)
    }

    /// An instant as text in the restaurant's zone.
    pub fn local(&self, at: Timestamp, now: Timestamp) -> LocalTime {
        self.service.hours.clock.local(at, now)
    }

    /// The opening hours, which define business days.
    pub(crate) const fn hours(&self) -> &Hours {
        &self.service.hours
    }

    /// The restaurant's zone.
    pub(crate) const fn clock(&self) -> &WallClock {
        &self.service.hours.clock
    }

    /// The start of the next business day, when items sold out today are available again.
    pub(crate) fn next_business_day(&self, now: Timestamp) -> Option<Timestamp> {
        self.service.hours.next_business_day(now)
    }

    fn timetable(&self, mode: ServiceMode) -> Option<Timetable<'_>> {
        let rules = self.modes.iter().find(|rules| rules.mode == mode)?;
        Some(Timetable { service: self.service.of(mode), rules })
    }
}
