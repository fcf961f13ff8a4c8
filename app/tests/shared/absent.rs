//! Services that the pages of a test binary do not visit.

use app::{
    domain::{
        error::AppError,
        history::{HistoryPage, HistoryQuery, PastOrder},
        id::OrderId,
        listing::ListingChange,
        takings::Takings,
        terms::settings::TermsChange,
    },
    services::{
        AtScreen, Client, FoundRestaurants, InvitationView, Joined, KeptMail, LogPosition, LogView, Mails, Operators,
        PinOwner, PinView, Privacy, Records, RestaurantFile, Screens, ScreensView, Serving, ServingView, Staff,
        TeamChange, TeamView, Teams,
    },
};
use async_trait::async_trait;

/// Has nothing, and allows nothing.
pub struct Absent;

#[async_trait]
impl Mails for Absent {
    async fn kept(&self) -> Result<Vec<KeptMail>, AppError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Operators for Absent {
    async fn find(&self, _staff: &Staff, _text: &str) -> Result<FoundRestaurants, AppError> {
        Err(AppError::not_found("page"))
    }

    async fn file(&self, _staff: &Staff, _slug: &str) -> Result<RestaurantFile, AppError> {
        Err(AppError::not_found("page"))
    }

    async fn relist(&self, _staff: &Staff, _slug: &str, _change: ListingChange) -> Result<(), AppError> {
        Err(AppError::not_found("page"))
    }
}

#[async_trait]
impl Records for Absent {
    async fn history(&self, _staff: &Staff, _slug: &str, _query: &HistoryQuery) -> Result<HistoryPage, AppError> {
        Err(AppError::Forbidden)
    }

    async fn takings(&self, _staff: &Staff, _slug: &str, _from: &str, _to: &str) -> Result<Takings, AppError> {
        Err(AppError::Forbidden)
    }

    async fn privacy(&self, _staff: &Staff, _slug: &str) -> Result<Privacy, AppError> {
        Err(AppError::Forbidden)
    }

    async fn keep_for(&self, _staff: &Staff, _slug: &str, _base: &str, _days: &str) -> Result<(), AppError> {
        Err(AppError::Forbidden)
    }

    async fn past_order(&self, _staff: &Staff, _slug: &str, _order: OrderId) -> Result<PastOrder, AppError> {
        Err(AppError::Forbidden)
    }
}

#[async_trait]
impl Serving for Absent {
    async fn serving(&self, _staff: &Staff, _slug: &str) -> Result<ServingView, AppError> {
        Err(AppError::Forbidden)
    }

    async fn change_serving(
        &self,
        _staff: &Staff,
        _slug: &str,
        _base: &str,
        _change: &TermsChange,
    ) -> Result<(), AppError> {
        Err(AppError::Forbidden)
    }
}

#[async_trait]
impl Teams for Absent {
    async fn team(&self, _: &Staff, _: &str) -> Result<TeamView, AppError> {
        Err(AppError::Forbidden)
    }

    async fn change_team(&self, _: &Staff, _: &str, _: &str, _: &TeamChange) -> Result<(), AppError> {
        Err(AppError::Forbidden)
    }

    async fn invitation(&self, _: &str, _: Option<&Staff>) -> Result<InvitationView, AppError> {
        Err(AppError::Forbidden)
    }

    async fn accept_invitation(&self, _: &str, _: &Staff) -> Result<String, AppError> {
        Err(AppError::Forbidden)
    }

    async fn join(&self, _: &str, _: &str, _: &str, _: &Client) -> Result<Joined, AppError> {
        Err(AppError::Forbidden)
    }

    async fn log(&self, _: &Staff, _: &str, _: Option<LogPosition>) -> Result<LogView, AppError> {
        Err(AppError::Forbidden)
    }
}

#[async_trait]
impl Screens for Absent {
    async fn screens(&self, _: &Staff, _: &str) -> Result<ScreensView, AppError> {
        Err(AppError::Forbidden)
    }

    async fn people_with_pins(&self, _: &AtScreen) -> Result<Vec<PinOwner>, AppError> {
        Err(AppError::Forbidden)
    }

    async fn pin(&self, _: &Staff, _: &str) -> Result<PinView, AppError> {
        Err(AppError::Forbidden)
    }
}
