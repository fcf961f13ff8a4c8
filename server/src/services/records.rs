//! Implements the service of a restaurant's records.

use crate::{context::AppContext, history, retention, takings};
use app::{
    domain::{
        error::AppError,
        history::{HistoryPage, HistoryQuery, PastOrder},
        id::OrderId,
        takings::Takings,
    },
    services::{Privacy, Records, Staff},
};
use async_trait::async_trait;

#[async_trait]
impl Records for AppContext {
    async fn history(&self, staff: &Staff, slug: &str, query: &HistoryQuery) -> Result<HistoryPage, AppError> {
        Ok(history::history(self, staff, slug, query).await?)
    }

    async fn past_order(&self, staff: &Staff, slug: &str, order: OrderId) -> Result<PastOrder, AppError> {
        Ok(history::past_order(self, staff, slug, order).await?)
    }

    async fn takings(&self, staff: &Staff, slug: &str, from: &str, to: &str) -> Result<Takings, AppError> {
        Ok(takings::takings(self, staff, slug, from, to).await?)
    }

    async fn privacy(&self, staff: &Staff, slug: &str) -> Result<Privacy, AppError> {
        Ok(retention::privacy(self, staff, slug).await?)
    }

    async fn keep_for(&self, staff: &Staff, slug: &str, base: &str, days: &str) -> Result<(), AppError> {
        Ok(retention::keep_for(self, staff, slug, base, days).await?)
    }
}
