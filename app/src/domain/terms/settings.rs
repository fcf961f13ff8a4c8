//! How a restaurant serves, as its team edits it: modes with hours, zones, charges, tables, tax.

use crate::domain::{
    money::Money,
    tax::TaxRules,
    terms::{Charge, ServiceMode, Zone},
};

/// The part of the settings that one page edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermsPart {
    Service,
    Delivery,
    Charges,
    Tables,
    Tax,
}

/// Hours of a day in minutes after midnight, the first open and the first closed one; beyond 1440 is after the next midnight.
pub type DaySpan = (u16, u16);

/// A week's hours, Monday first.
pub type WeekSpans = [Vec<DaySpan>; 7];

/// How one mode is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeSettings {
    pub mode: ServiceMode,
    /// Whether guests can choose it.
    pub offered: bool,
    /// Minutes from order to ready, or to the door.
    pub lead_minutes: u32,
    /// Minutes between two slots.
    pub slot_minutes: u16,
    /// Most orders per slot; none for any number.
    pub orders_per_slot: Option<u32>,
    /// Minimum price of the items; zero when there is none.
    pub minimum: Money,
    /// Its own hours, which count within the opening hours; empty when they are the opening hours.
    pub week: WeekSpans,
}

/// Service modes, and when the last orders are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceSettings {
    /// Minutes between the last orders and closing.
    pub last_order_minutes: u32,
    /// Every mode once, in the order in which they are offered.
    pub modes: Vec<ModeSettings>,
}

/// Charges besides the items, and the offered tips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeSettings {
    pub charges: Vec<Charge>,
    /// In percent of the items, ascending. Zero is always offered and not listed.
    pub tip_percents: Vec<u32>,
}

/// Names and numbers that tax offices require on a receipt, and the taxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxSettings {
    pub legal_name: String,
    pub tax_number: String,
    pub rules: TaxRules,
}

/// A change of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermsChange {
    Service(ServiceSettings),
    /// The zones in their order.
    Delivery(Vec<Zone>),
    Charges(ChargeSettings),
    /// The names of the tables, in their order.
    Tables(Vec<String>),
    Tax(TaxSettings),
}

/// All parts as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsSettings {
    pub service: ServiceSettings,
    pub zones: Vec<Zone>,
    pub charges: ChargeSettings,
    pub tables: Vec<String>,
    pub tax: TaxSettings,
}

impl TermsPart {
    /// All of them, in the order of the pages.
    pub const ALL: [Self; 5] = [Self::Service, Self::Delivery, Self::Charges, Self::Tables, Self::Tax];
}

impl TermsChange {
    /// The part that it changes.
    pub const fn part(&self) -> TermsPart {
        match self {
            Self::Service(_) => TermsPart::Service,
            Self::Delivery(_) => TermsPart::Delivery,
            Self::Charges(_) => TermsPart::Charges,
            Self::Tables(_) => TermsPart::Tables,
            Self::Tax(_) => TermsPart::Tax,
        }
    }
}
