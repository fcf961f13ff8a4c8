//! The service of the settings of how a restaurant serves.

use crate::{
    domain::{
        error::AppError,
        listing::ListingStatus,
        locale::Locale,
        money::Currency,
        terms::{
            ServiceMode, Terms,
            settings::{TermsChange, TermsPart, TermsSettings},
        },
    },
    services::Staff,
};
use async_trait::async_trait;

/// Settings of modes, zones, charges, tables and tax numbers. Each method rejects people without the permission.
#[async_trait]
pub trait Serving: Send + Sync {
    /// All parts as stored.
    async fn serving(&self, staff: &Staff, slug: &str) -> Result<ServingView, AppError>;
    /// Changes one part; guests see it at once. `base` is that of the view that the change was made on: when the part has
    /// changed since, nothing is stored.
    async fn change_serving(&self, staff: &Staff, slug: &str, base: &str, change: &TermsChange)
    -> Result<(), AppError>;
}

/// The settings of how a restaurant serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServingView {
    pub slug: String,
    pub name: String,
    pub listing: ListingStatus,
    pub currency: Currency,
    pub locale: Locale,
    /// As guests get them.
    pub terms: Terms,
    pub settings: TermsSettings,
    /// Offered modes whose own hours are never within the opening hours.
    pub never_open: Vec<ServiceMode>,
    /// Identifies the values of each part.
    pub bases: Vec<(TermsPart, String)>,
}

impl ServingView {
    /// Identifies the values of a part.
    pub fn base(&self, part: TermsPart) -> &str {
        self.bases.iter().find(|(of, _)| *of == part).map_or("", |(_, base)| base)
    }
}
