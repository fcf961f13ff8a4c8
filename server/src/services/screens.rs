//! The service of shared screens and PINs.

use crate::{context::AppContext, screens};
use app::{
    domain::error::AppError,
    services::{AtScreen, PinOwner, PinView, Screens, ScreensView, Staff},
};
use async_trait::async_trait;

#[async_trait]
impl Screens for AppContext {
    async fn screens(&self, staff: &Staff, slug: &str) -> Result<ScreensView, AppError> {
        Ok(screens::view(self, staff, slug).await?)
    }

    async fn people_with_pins(&self, screen: &AtScreen) -> Result<Vec<PinOwner>, AppError> {
        Ok(screens::people_with_pins(self, screen).await?)
    }

    async fn pin(&self, staff: &Staff, slug: &str) -> Result<PinView, AppError> {
        Ok(screens::pin(self, staff, slug).await?)
    }
}
