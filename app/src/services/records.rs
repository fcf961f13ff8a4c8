//! The service of a restaurant's records: past orders, receipts, takings.

use crate::{
    domain::{
        error::AppError,
        history::{HistoryPage, HistoryQuery, PastOrder},
        id::OrderId,
        listing::ListingStatus,
        takings::Takings,
    },
    services::Staff,
};
use async_trait::async_trait;

/// How long a restaurant keeps data of its guests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privacy {
    /// The restaurant's name.
    pub name: String,
    pub listing: ListingStatus,
    pub days: i32,
    /// Identifies the shown values.
    pub base: String,
}

/// Looking back. Each method rejects staff of other restaurants, and roles without the permission.
#[async_trait]
pub trait Records: Send + Sync {
    /// Past orders that match, newest first.
    async fn history(&self, staff: &Staff, slug: &str, query: &HistoryQuery) -> Result<HistoryPage, AppError>;
    /// An order with its events.
    async fn past_order(&self, staff: &Staff, slug: &str, order: OrderId) -> Result<PastOrder, AppError>;
    /// Totals of business days, from one date to another as typed; of the last thirty without dates.
    async fn takings(&self, staff: &Staff, slug: &str, from: &str, to: &str) -> Result<Takings, AppError>;
    async fn privacy(&self, staff: &Staff, slug: &str) -> Result<Privacy, AppError>;
    /// Sets the days for which data of guests is kept, as typed; `base` is that of the page.
    async fn keep_for(&self, staff: &Staff, slug: &str, base: &str, days: &str) -> Result<(), AppError>;
}
