//! Totals of business days.

use crate::domain::{locale::Locale, money::Money, tax::TaxSummary, terms::ServiceMode};

/// Totals of the business days from one date to another, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takings {
    pub name: String,
    pub locale: Locale,
    /// `2026-11-20`.
    pub from: String,
    pub to: String,
    /// Newest first, without days that have no orders.
    pub days: Vec<DayTotals>,
    /// Those with orders.
    pub modes: Vec<(ServiceMode, Totals)>,
    pub sum: Totals,
    /// The tax of all days, by rate.
    pub tax: TaxSummary,
}

/// The totals of one business day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayTotals {
    /// `Fri 20 Nov 2026`.
    pub label: String,
    /// `2026-11-20`.
    pub date: String,
    pub totals: Totals,
    /// By rate, of the orders in `totals.orders`.
    pub tax: TaxSummary,
}

/// Totals of some orders. Rejected and cancelled ones are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    pub orders: u32,
    pub items: Money,
    pub charges: Money,
    pub delivery: Money,
    pub tips: Money,
    /// Tax that was added to prices; what they include is in the amounts above.
    pub added_tax: Money,
    /// Of the five amounts.
    pub total: Money,
    pub rejected: u32,
    pub cancelled: u32,
    /// The total of rejected and cancelled orders.
    pub lost: Money,
}
