//! The service of people who open a restaurant: creating it, the checklist, publishing, settings.

use crate::{
    domain::{
        error::AppError,
        listing::ListingStatus,
        restaurant::HoursLine,
        settings::{General, NewRestaurant, OpeningHours},
    },
    services::Staff,
};
use async_trait::async_trait;

/// Opening a restaurant. Each method rejects people without the permission.
#[async_trait]
pub trait Owners: Send + Sync {
    /// Creates a restaurant that only its team sees, once per key, and returns its slug.
    async fn create_restaurant(&self, staff: &Staff, new: &NewRestaurant) -> Result<String, AppError>;
    /// Who sees each of the person's restaurants, as far as it is known, in the order of [`Staff::restaurants`].
    async fn listings(&self, staff: &Staff) -> Vec<Option<ListingStatus>>;
    /// The checklist before opening.
    async fn setup(&self, staff: &Staff, slug: &str) -> Result<Setup, AppError>;
    /// Shows the restaurant to guests, or asks an operator to, when nothing is missing.
    async fn publish(&self, staff: &Staff, slug: &str, as_status: ListingStatus) -> Result<(), AppError>;
    /// Hides the restaurant from guests.
    async fn take_offline(&self, staff: &Staff, slug: &str) -> Result<(), AppError>;
    async fn general(&self, staff: &Staff, slug: &str) -> Result<GeneralSettings, AppError>;
    /// Saves what was changed on the page with this base, and returns the slug.
    async fn save_general(&self, staff: &Staff, slug: &str, base: &str, general: &General) -> Result<String, AppError>;
    async fn hours(&self, staff: &Staff, slug: &str) -> Result<HoursSettings, AppError>;
    /// Saves what was changed on the page with this base.
    async fn save_hours(&self, staff: &Staff, slug: &str, base: &str, hours: &OpeningHours) -> Result<(), AppError>;
}

/// The settings of name, place, contact, language and money.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneralSettings {
    /// Identifies these values when they are sent back.
    pub base: String,
    pub listing: ListingStatus,
    /// The currency cannot be changed any more.
    pub has_orders: bool,
    pub values: General,
}

/// The settings of opening hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursSettings {
    /// Identifies these values when they are sent back.
    pub base: String,
    pub slug: String,
    pub name: String,
    pub listing: ListingStatus,
    /// IANA name.
    pub zone: String,
    /// The dates from today on.
    pub hours: OpeningHours,
    /// As guests read them.
    pub shown: Vec<HoursLine>,
}

/// The checklist of a restaurant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    pub slug: String,
    pub name: String,
    pub listing: ListingStatus,
    pub steps: Vec<SetupStep>,
}

/// A line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupStep {
    pub topic: SetupTopic,
    /// The missing part, as a sentence; none when it is complete.
    pub missing: Option<String>,
}

/// A part of a restaurant that must be complete before it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupTopic {
    Contact,
    Hours,
    Modes,
    Menu,
    Zones,
    Tables,
}

impl SetupTopic {
    /// The code in problems.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Hours => "hours",
            Self::Modes => "modes",
            Self::Menu => "menu",
            Self::Zones => "zones",
            Self::Tables => "tables",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Contact => "Address and contact",
            Self::Hours => "Opening hours",
            Self::Modes => "Pickup, delivery, dine-in",
            Self::Menu => "Menu",
            Self::Zones => "Delivery zones",
            Self::Tables => "Tables",
        }
    }
}
