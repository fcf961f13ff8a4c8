//! The service of the team pages.

use crate::{audit, context::AppContext, team};
use app::{
    domain::error::AppError,
    services::{Client, InvitationView, Joined, LogPosition, LogView, Staff, TeamChange, TeamView, Teams},
};
use async_trait::async_trait;

#[async_trait]
impl Teams for AppContext {
    async fn team(&self, staff: &Staff, slug: &str) -> Result<TeamView, AppError> {
        Ok(team::view(self, staff, slug).await?)
    }

    async fn change_team(&self, staff: &Staff, slug: &str, origin: &str, change: &TeamChange) -> Result<(), AppError> {
        Ok(team::change(self, staff, slug, origin, change).await?)
    }

    async fn invitation(&self, secret: &str, staff: Option<&Staff>) -> Result<InvitationView, AppError> {
        Ok(team::invitation(self, secret, staff).await?)
    }

    async fn accept_invitation(&self, secret: &str, staff: &Staff) -> Result<String, AppError> {
        Ok(team::accept(self, secret, staff).await?)
    }

    async fn join(&self, secret: &str, name: &str, password: &str, from: &Client) -> Result<Joined, AppError> {
        Ok(team::join(self, secret, (name, password), from).await?)
    }

    async fn log(&self, staff: &Staff, slug: &str, before: Option<LogPosition>) -> Result<LogView, AppError> {
        Ok(audit::view(self, staff, slug, before).await?)
    }
}
