//! A restaurant in lists: its card, and the inputs of filters.

use crate::{
    db::unreadable::Unreadable,
    menus::rules::{hours, mode_rules, picture, service, unreadable},
    queries::{menus::RestaurantRow, restaurants::Head, search::CardRecord},
    restaurants::dishes::Dishes,
    scheduling::{availability::Service, local_time::WallClock},
};
use app::domain::{
    locale::Locale,
    money::{Currency, Money},
    restaurant::{RestaurantCard, ServiceState},
    terms::ServiceMode,
    time::Timestamp,
};
use parking_lot::Mutex;

/// A restaurant in lists.
#[derive(Debug)]
pub struct Listing {
    /// The version of the card.
    pub head: Head,
    /// The card without the parts that depend on time and query.
    card: RestaurantCard,
    /// Degrees north and east.
    pub place: (f64, f64),
    /// Allergens and diets of its items.
    pub dishes: Dishes,
    service: Service,
    state: Mutex<Option<Known>>,
}

/// A state, from when on it is right, and shortest and longest lead of the modes that take orders then.
type Known = (Timestamp, ServiceState, Option<(u32, u32)>);

impl Listing {
    /// Decodes a card.
    pub(crate) fn of(record: &CardRecord, head: Head) -> Result<Self, Unreadable> {
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
            lead_minutes: None,
            modes: modes.iter().map(|rules| rules.mode).collect(),
            delivery_from: record.delivery_from.filter(|_| delivers).map(|minor| Money::new(minor, currency)),
            distance_km: None,
            dishes: Vec::new(),
        };
        Ok(Self {
            head,
            card,
            place: place(row),
            dishes: Dishes::of(record),
            service: service(&rows, hours(&rows, &clock)?, &modes),
            state: Mutex::new(None),
        })
    }

    /// Its position in an alphabetical list; the slug makes it unique.
    pub fn alphabetical(&self) -> (&str, &str) {
        (&self.card.name, &self.card.slug)
    }

    /// Its cuisines.
    pub fn cuisines(&self) -> &[String] {
        &self.card.cuisines
    }

    /// The card at an instant.
    pub fn card(&self, now: Timestamp, distance_km: Option<f64>, dishes: Vec<String>) -> RestaurantCard {
        let (ServiceState { open, text, .. }, lead_minutes) = self.state(now);
        RestaurantCard { open, state: text, lead_minutes, distance_km, dishes, ..self.card.clone() }
    }

    /// Whether it takes orders at an instant, and when that may change.
    pub fn open_until(&self, now: Timestamp) -> (bool, Option<Timestamp>) {
        let (state, _) = self.state(now);
        (state.open, state.until)
    }

    /// Cached until it may change, since computing it is slow.
    fn state(&self, now: Timestamp) -> (ServiceState, Option<(u32, u32)>) {
        let mut kept = self.state.lock();
        match kept.as_ref() {
            Some((from, state, leads)) if *from <= now && state.until.is_some_and(|until| now < until) => {
                (state.clone(), *leads)
            }
            _ => {
                let state = ServiceState { earliest: Vec::new(), ..self.service.state(now) };
                let leads = self.service.leads_now(now);
                *kept = Some((now, state.clone(), leads));
                (state, leads)
            }
        }
    }
}

/// Not near anything without a place, which is stored as zero.
fn place(row: &RestaurantRow) -> (f64, f64) {
    let is_placed = row.latitude != 0.0 || row.longitude != 0.0;
    if is_placed { (row.latitude, row.longitude) } else { (f64::NAN, f64::NAN) }
}
