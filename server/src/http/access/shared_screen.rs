//! Rules of routes for shared screens: the board without a person, everything else by the person who works there.

use crate::{
    http::{
        AppState,
        access::{GET, POST, Passage, RULES},
    },
    screens,
};
use app::{
    domain::{error::AppError, role::Permission},
    forms::routes,
    pages::who_address,
    services::AtScreen,
};
use axum::{
    extract::Request,
    response::{IntoResponse, Redirect, Response},
};
use http::Method;

/// The board, which is read without a person. Its alarm is silenced without one, too: that changes no order.
const WITHOUT_PERSON: &[(Method, &str)] = &[
    (GET, "/dashboard/{slug}/orders"),
    (GET, "/dashboard/{slug}/orders/snapshot"),
    (GET, "/dashboard/{slug}/orders/events"),
    (POST, "/dashboard/{slug}/orders/acknowledge"),
];

/// A route for the team. What a person does or opens is their latest action; the board, which reloads itself, is none.
pub(super) async fn team(
    state: &AppState,
    at: &AtScreen,
    slug: &str,
    permission: Permission,
    (method, route): (&Method, &str),
) -> Result<Passage, AppError> {
    let method = if *method == Method::HEAD { &GET } else { method };
    if let Some(renamed) = elsewhere(state, at, slug).await? {
        return Ok(renamed);
    }
    if !at.place.role.may(permission) {
        return Err(AppError::Forbidden);
    }
    let without_person = WITHOUT_PERSON.iter().any(|(of, path)| of == method && *path == route);
    if !without_person {
        at.person()?.allowed(slug, permission)?;
    }
    if (!without_person || *method == POST)
        && let Err(error) = screens::acted(&state.context, at).await
    {
        tracing::warn!(%error, "action of a person at a shared screen is not counted");
    }
    Ok(Passage::Open)
}

/// A route for shared screens alone.
pub(super) async fn own(state: &AppState, at: &AtScreen, slug: &str) -> Result<Passage, AppError> {
    Ok(elsewhere(state, at, slug).await?.unwrap_or(Passage::Open))
}

/// None at the screen's own restaurant; where that has another slug by now, the way to it.
async fn elsewhere(state: &AppState, at: &AtScreen, slug: &str) -> Result<Option<Passage>, AppError> {
    if at.place.slug == slug {
        return Ok(None);
    }
    let restaurant = state.context.catalogue.slugs.id(slug).await.map_err(|_| AppError::Forbidden)?;
    if restaurant == at.place.restaurant {
        Ok(Some(Passage::Renamed(at.place.slug.clone())))
    } else {
        Err(AppError::Forbidden)
    }
}

/// The page that asks who works at the screen, and leads to the page of the request afterwards.
pub(super) fn ask(request: &Request, route: &str, slug: &str) -> Response {
    let is_page = RULES.iter().any(|(method, of, _)| *method == GET && *of == route);
    let next = if is_page { request.uri().path().to_owned() } else { routes::board(slug) };
    Redirect::to(&who_address(slug, &next)).into_response()
}
