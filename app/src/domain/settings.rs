//! The values of forms of people who open a restaurant, decoded.

use crate::domain::location::Location;

/// The code of the error of a form whose page another person has changed.
pub const EDIT_CONFLICT: &str = "edit_conflict";

/// The form of a new restaurant, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRestaurant {
    /// Made by the page: the same key creates one restaurant.
    pub key: String,
    pub name: String,
    /// Where it is, in one line.
    pub address: String,
    pub phone: String,
    /// IANA name.
    pub zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// BCP 47 tag.
    pub language: String,
    /// The code of the template that its menu is copied from; empty for an empty menu.
    pub template: String,
}

/// Name, place, contact, language and money of a restaurant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct General {
    pub name: String,
    /// Names it in addresses.
    pub slug: String,
    pub tagline: String,
    pub description: String,
    /// Short lower-case words.
    pub cuisines: Vec<String>,
    /// Where it is, in one line.
    pub address: String,
    pub phone: String,
    pub contact_email: String,
    /// BCP 47 tag.
    pub language: String,
    /// IANA name.
    pub zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// None when unknown.
    pub location: Option<Location>,
}

/// A span of a day in minutes after midnight; one that ends beyond 1440 ends on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DaySpan {
    /// The first open minute.
    pub opens: u16,
    /// The first closed minute.
    pub closes: u16,
}

/// The hours of a date instead of those of its weekday; closed without spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateHours {
    /// `2026-12-24`.
    pub date: String,
    pub spans: Vec<DaySpan>,
    /// The reason, for guests.
    pub note: String,
}

/// Opening hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpeningHours {
    /// The spans of each day, Monday first.
    pub week: [Vec<DaySpan>; 7],
    pub dates: Vec<DateHours>,
}
