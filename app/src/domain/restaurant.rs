//! A restaurant as guests meet it: on a card, at the head of its page, and by its hours.

use crate::domain::{
    diet::{Allergen, Diet},
    id::RestaurantId,
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

/// What does not depend on the hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restaurant {
    /// The tenant.
    pub id: RestaurantId,
    /// Names it in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Language of its menu.
    pub locale: Locale,
    /// IANA zone of its clock.
    pub zone: String,
    /// What it charges in.
    pub currency: Currency,
    /// Short lower-case words (`pizza`).
    pub cuisines: Vec<String>,
    /// One line about it.
    pub tagline: String,
    /// A paragraph about it.
    pub description: String,
    /// Where it is, in one line.
    pub address: String,
    /// Its phone.
    pub phone: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Address of its picture.
    pub picture: Option<String>,
    /// Modes, zones, charges, tips.
    pub terms: Terms,
    /// The week in words, one line per run of equal days, exceptions after it.
    pub hours: Vec<HoursLine>,
}

/// A line of the printed opening hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HoursLine {
    /// `Mon–Fri`, or a date.
    pub days: String,
    /// `11:00–22:30`, or `closed`.
    pub times: String,
}

/// Whether orders are taken at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ServiceState {
    /// Whether an order for now is taken.
    pub open: bool,
    /// In words: `Open until 22:00`, `Opens Mon 11:00`, `Paused until 18:30`.
    pub text: String,
    /// The next instant at which `open` or `text` may change; a cached page is right until then.
    pub until: Option<Timestamp>,
    /// The modes that take orders for now, each with the earliest time.
    pub earliest: Vec<EarliestTime>,
}

/// When an order of a mode would be ready or at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EarliestTime {
    /// The mode.
    pub mode: ServiceMode,
    /// Minutes from now: the lead, or more when everything before is full.
    pub minutes: u32,
    /// The earliest time if ordered now.
    pub time: LocalTime,
}

/// A restaurant's page: who, when, what.
#[derive(Debug, Clone, PartialEq)]
pub struct RestaurantPage {
    /// Who.
    pub restaurant: std::sync::Arc<Restaurant>,
    /// When.
    pub state: ServiceState,
    /// Its hours, and those of the coming dates that differ.
    pub opening: Vec<Opening>,
    /// What.
    pub menu: std::sync::Arc<Menu>,
    /// Which time the menu is for.
    pub time: MenuTime,
    /// The times that can be chosen, of any mode.
    pub times: std::sync::Arc<[LocalTime]>,
}

/// Which time a menu is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuTime {
    /// As it was asked for; as soon as possible when that time is not offered any more.
    pub due: Due,
    /// The time; none for now. As soon as possible is the first offered time while no order for now is taken.
    pub at: Option<LocalTime>,
    /// The time that was asked for, when it cannot be had.
    pub gone: Option<Gone>,
}

/// A time that was asked for and cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// The time.
    pub time: LocalTime,
    /// Why, in a sentence that says what to do.
    pub why: Problem,
}

/// What a guest is looking for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HomeQuery {
    /// Words to find in names, cuisines and dishes.
    pub text: String,
    /// Only restaurants that take orders now.
    pub open: bool,
    /// Only this cuisine.
    pub cuisine: Option<String>,
    /// Only restaurants with dishes that suit all of these.
    pub diets: Vec<Diet>,
    /// Only restaurants with dishes free of all of these, traces included.
    pub free_of: Vec<Allergen>,
    /// Degrees north and east; nearest first when given.
    pub near: Option<(f64, f64)>,
}

/// A restaurant in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
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
    /// Kilometres away, when the query said from where.
    pub distance_km: Option<f64>,
    /// Names of dishes that match the query, best first, at most three.
    pub dishes: Vec<String>,
}

/// What home shows for a query.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HomePage {
    /// Open ones first.
    pub restaurants: Vec<RestaurantCard>,
    /// Every cuisine that can be filtered by.
    pub cuisines: Vec<String>,
    /// Set when part of the restaurants cannot be reached at the moment: the list is the last one known.
    pub partial: bool,
}
