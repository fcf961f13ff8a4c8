//! Implements the service of operators.

use crate::{context::AppContext, operators};
use app::{
    domain::{error::AppError, listing::ListingChange},
    services::{FoundRestaurants, Operators, RestaurantFile, Staff},
};
use async_trait::async_trait;

#[async_trait]
impl Operators for AppContext {
    async fn find(&self, staff: &Staff, text: &str) -> Result<FoundRestaurants, AppError> {
        Ok(operators::find(self, staff, text).await?)
    }

    async fn file(&self, staff: &Staff, slug: &str) -> Result<RestaurantFile, AppError> {
        Ok(operators::file(self, staff, slug).await?)
    }

    async fn relist(&self, staff: &Staff, slug: &str, change: ListingChange) -> Result<(), AppError> {
        Ok(operators::relist(self, staff, slug, &change).await?)
    }
}
