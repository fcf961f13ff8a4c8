//! Restaurants as shown to guests: cards, page heads, hours.

use crate::domain::{
    diet::{Allergen, Diet},
    id::RestaurantId,
    listing::ListingStatus,
    locale::Locale,
    menu::Menu,
    money::{Currency, Money},
    opening::Opening,
    order::Due,
    problem::Problem,
    terms::{ServiceMode, Terms},
    time::{LocalTime, Timestamp},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The data that does not depend on the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restaurant {
    pub id: RestaurantId,
    pub slug: String,
    /// Who sees it.
    pub listing: ListingStatus,
    pub name: String,
    /// Language of its menu.
    pub locale: Locale,
    /// IANA zone of its clock.
    pub zone: String,
    pub currency: Currency,
    /// Short lower-case words (`pizza`).
    pub cuisines: Vec<String>,
    pub tagline: String,
    pub description: String,
    /// Where it is, in one line.
    pub address: String,
    pub phone: String,
    pub latitude: f64,
    pub longitude: f64,
    pub picture: Option<String>,
    /// Modes, zones, charges, tips.
    pub terms: Terms,
    /// The opening hours as text, one line per run of equal days, then exceptions.
    pub hours: Vec<HoursLine>,
}

/// A line of the printed opening hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HoursLine {
    /// `Mon–Fri`, or a date.
    pub days: String,
    /// `11:00–22:30`, or `closed`.
    pub times: String,
}

/// Whether orders are taken at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceState {
    /// Whether an order for now is taken.
    pub open: bool,
    /// As text: `Open until 22:00`, `Opens Mon 11:00`, `Paused until 18:30`.
    pub text: String,
    /// The next instant at which `open` or `text` may change; a cached page is valid until then.
    pub until: Option<Timestamp>,
    /// The modes that take orders for now, each with the earliest time.
    pub earliest: Vec<EarliestTime>,
}

/// When an order of a mode would be ready or at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EarliestTime {
    /// The mode.
    pub mode: ServiceMode,
    /// Minutes from now: the lead, or more when everything before is full.
    pub minutes: u32,
    /// The earliest time if ordered now.
    pub time: LocalTime,
}

/// The data of a menu page.
#[derive(Debug, Clone, PartialEq)]
pub struct RestaurantPage {
    pub restaurant: std::sync::Arc<Restaurant>,
    pub state: ServiceState,
    /// Its hours, and those of the coming dates that differ.
    pub opening: Vec<Opening>,
    pub menu: std::sync::Arc<Menu>,
    /// Which time the menu is for.
    pub time: MenuTime,
    /// The times that can be chosen, of any mode.
    pub times: std::sync::Arc<[LocalTime]>,
}

/// Which time a menu is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuTime {
    /// The requested time; as soon as possible when that time is not offered any more.
    pub due: Due,
    /// The time; none for now. As soon as possible is the first offered time while no order for now is taken.
    pub at: Option<LocalTime>,
    /// The requested time, when it is not available.
    pub gone: Option<Gone>,
}

/// A requested time that is not available.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    pub time: LocalTime,
    /// The reason, as a sentence that states what to do.
    pub why: Problem,
}

/// A search for restaurants.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HomeQuery {
    /// Text to find in names, cuisines and items.
    pub text: String,
    /// Only restaurants that take orders now.
    pub open: bool,
    pub cuisine: Option<String>,
    /// Only restaurants with dishes that suit all of these.
    pub diets: Vec<Diet>,
    /// Only restaurants with dishes free of all of these, traces included.
    pub free_of: Vec<Allergen>,
    /// Degrees north and east; nearest first when given.
    pub near: Option<(f64, f64)>,
    /// Which page of the result, from 0; the last one stands for those that do not exist.
    pub page: u32,
}

/// A restaurant in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RestaurantCard {
    /// Names it in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Language of its name.
    pub locale: Locale,
    /// Short lower-case words.
    pub cuisines: Vec<String>,
    /// One line about it.
    pub tagline: String,
    /// Where it is, in one line.
    pub address: String,
    /// Address of its picture.
    pub picture: Option<String>,
    /// Whether an order for now is taken.
    pub open: bool,
    /// `Open until 22:00`.
    pub state: String,
    /// Shortest and longest lead of its modes in minutes, while open.
    pub lead_minutes: Option<(u32, u32)>,
    /// Modes on offer.
    pub modes: Vec<ServiceMode>,
    /// Cheapest delivery, where it delivers.
    pub delivery_from: Option<Money>,
    /// Distance in kilometres, when the query has a location.
    pub distance_km: Option<f64>,
    /// Names of dishes that match the query, best first, at most three.
    pub dishes: Vec<String>,
}

/// A page of the result of a search.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HomePage {
    /// Open ones first.
    pub restaurants: Vec<RestaurantCard>,
    /// Restaurants on all pages.
    pub total: u32,
    /// Which page this is, from 0.
    pub page: u32,
    /// Number of pages, at least 1.
    pub pages: u32,
    /// Every cuisine that can be filtered by.
    pub cuisines: Vec<String>,
    /// Set when the text has no word to search for, such as a single letter: the result is that without a text.
    pub no_words: bool,
    /// Set when the list is incomplete or the last one known, because it is being read or cannot be.
    pub partial: bool,
}
