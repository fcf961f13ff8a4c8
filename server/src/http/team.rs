//! Changes of a team, and invitations, over HTTP.

use crate::http::{
    AppState,
    account::client,
    body::{Form, FormAtPath},
    caller::Caller,
    pages,
};
use app::{
    domain::{error::AppError, role::Role},
    forms::{fields, routes},
    services::{Accounts, Client, Submission, TeamChange, Teams},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, Uri, header};
use std::str::FromStr;

/// Invites, withdraws, changes a role, removes.
pub async fn change(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let changed = async {
        let staff = state.staff(&headers).await?;
        let origin = state.origin_of(&uri, &headers).0;
        state.context.change_team(&staff, &slug, &origin, &decode(&form)?).await
    };
    let page = routes::team(&slug);
    match changed.await {
        Ok(()) => Redirect::to(&page).into_response(),
        Err(error) => refused(&state, &page, &uri, &headers, form, error).await,
    }
}

fn decode(form: &Form) -> Result<TeamChange, AppError> {
    match form.text(fields::ACTION) {
        fields::TEAM_INVITE => {
            let choose = || AppError::invalid(fields::ROLE, "required", "Choose a role.");
            let role = Role::from_code(form.text(fields::ROLE)).ok_or_else(choose)?;
            // A corrected address replaces an invitation; another one names none.
            let replaces = form.text(fields::INVITATION).parse().ok();
            Ok(TeamChange::Invite { email: form.text(fields::EMAIL).to_owned(), role, replaces })
        }
        fields::TEAM_WITHDRAW => Ok(TeamChange::Withdraw(id(form, fields::INVITATION)?)),
        fields::TEAM_ROLE => {
            let role = Role::from_code(form.text(fields::ROLE)).ok_or_else(|| out_of_date(fields::ROLE))?;
            Ok(TeamChange::SetRole(id(form, fields::MEMBER)?, role))
        }
        fields::TEAM_REMOVE => Ok(TeamChange::Remove(id(form, fields::MEMBER)?)),
        _ => Err(out_of_date(fields::ACTION)),
    }
}

fn id<T: FromStr>(form: &Form, field: &str) -> Result<T, AppError> {
    form.text(field).parse().map_err(|_| out_of_date(field))
}

fn out_of_date(field: &str) -> AppError {
    AppError::invalid(field, "out_of_date", "This page is out of date. Reload it and try again.")
}

/// Accepts an invitation, with a new account if there is none.
pub async fn answer(
    State(state): State<AppState>,
    caller: Caller,
    (Path(secret), uri, headers, form): FormAtPath,
) -> Response {
    let from = client(caller, &headers);
    let page = routes::invitation(&secret);
    let answered = async {
        match form.text(fields::ACTION) {
            fields::INVITATION_ACCEPT => accept(&state, &secret, &headers).await,
            fields::INVITATION_JOIN => join(&state, &secret, &form, &from).await,
            fields::INVITATION_SWITCH => switch(&state, &page, &headers).await,
            _ => Err(out_of_date(fields::ACTION)),
        }
    };
    match answered.await {
        Ok(response) => response,
        // The page offers to sign in.
        Err(AppError::Unauthenticated) => Redirect::to(&page).into_response(),
        Err(error) => refused(&state, &page, &uri, &headers, form, error).await,
    }
}

async fn accept(state: &AppState, secret: &str, headers: &HeaderMap) -> Result<Response, AppError> {
    let staff = state.staff(headers).await?;
    let slug = state.context.accept_invitation(secret, &staff).await?;
    // The session's person has a new restaurant, which the next page needs to know.
    state.staff_now(headers).await?;
    Ok(Redirect::to(&routes::board(&slug)).into_response())
}

async fn join(state: &AppState, secret: &str, form: &Form, from: &Client) -> Result<Response, AppError> {
    let (name, password) = (form.text(fields::NAME), form.text(fields::PASSWORD));
    let joined = state.context.join(secret, name, password, from).await?;
    let mut response = Redirect::to(&routes::board(&joined.slug)).into_response();
    response.headers_mut().append(header::SET_COOKIE, state.cookies.keep_session(&joined.session));
    Ok(response)
}

async fn switch(state: &AppState, page: &str, headers: &HeaderMap) -> Result<Response, AppError> {
    if let Some(session) = state.cookies.session(headers) {
        state.context.sign_out(&session).await?;
    }
    let mut response = Redirect::to(page).into_response();
    response.headers_mut().append(header::SET_COOKIE, state.cookies.drop_session());
    Ok(response)
}

/// The page again, with what was typed and why it was not done.
async fn refused(
    state: &AppState,
    page: &str,
    uri: &Uri,
    headers: &HeaderMap,
    form: Form,
    error: AppError,
) -> Response {
    let wants_json = crate::http::body::wants_json(headers);
    if wants_json || matches!(error, AppError::Unauthenticated | AppError::Forbidden) {
        return pages::error_response(state, uri, headers, &error).await;
    }
    let mut fields = form.0;
    fields.remove(fields::PASSWORD);
    pages::rerender_form(state, page, headers, Submission { fields, error: Some(error) }).await
}
