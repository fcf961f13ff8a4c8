//! The service of operators: people who run the installation.

use crate::{
    domain::{
        error::AppError,
        listing::{ListingChange, ListingStatus},
    },
    services::Staff,
};
use async_trait::async_trait;

/// A restaurant as operators see it: how to reach it, and whether it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRestaurant {
    pub slug: String,
    pub name: String,
    pub address: String,
    pub phone: String,
    /// May be empty.
    pub contact_email: String,
    pub listing: ListingStatus,
}

/// A restaurant with its owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestaurantFile {
    pub restaurant: ListedRestaurant,
    /// Their names and e-mail addresses.
    pub owners: Vec<(String, String)>,
    /// Why it is suspended; empty when it is not.
    pub reason: String,
}

/// Restaurants that an operator looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundRestaurants {
    pub found: Vec<ListedRestaurant>,
    /// Those that wait for approval.
    pub waiting: Vec<ListedRestaurant>,
    /// Whether more match than are shown.
    pub more: bool,
}

/// Each method says "not found" to all who are no operators. None reads orders or settings of a restaurant.
#[async_trait]
pub trait Operators: Send + Sync {
    /// Restaurants by part of a name, by slug, or by an owner's e-mail address.
    async fn find(&self, staff: &Staff, text: &str) -> Result<FoundRestaurants, AppError>;
    async fn file(&self, staff: &Staff, slug: &str) -> Result<RestaurantFile, AppError>;
    /// Changes the listing, with an entry in the restaurant's audit log.
    async fn relist(&self, staff: &Staff, slug: &str, change: ListingChange) -> Result<(), AppError>;
}
