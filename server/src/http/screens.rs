//! Shared screens over HTTP: starting and ending them, who works at one, and people's own PINs.

use crate::{
    error::ServerError,
    http::{
        AppState,
        account::client,
        body::{Form, FormAtPath},
        caller::Caller,
        pages,
    },
    screens,
};
use app::{
    domain::error::AppError,
    forms::{fields, routes, screen},
    services::Submission,
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Uri, header};
use std::str::FromStr;

/// Fields that are never sent back.
const SECRETS: [&str; 2] = [fields::PIN, fields::PIN_AGAIN];

/// Starts or ends a shared screen.
pub async fn change(
    State(state): State<AppState>,
    caller: Caller,
    (Path(slug), uri, headers, form): FormAtPath,
) -> Response {
    let device = client(caller, &headers).device;
    let page = routes::screens(&slug);
    let done = async {
        match form.text(fields::ACTION) {
            fields::SCREEN_START => start(&state, &slug, &headers, &form, &device).await,
            fields::SCREEN_END => {
                let staff = state.staff(&headers).await?;
                screens::end(&state.context, &staff, &slug, id(&form, fields::SCREEN)?).await?;
                Ok(Redirect::to(&page).into_response())
            }
            _ => Err(out_of_date(fields::ACTION).into()),
        }
    };
    match done.await {
        Ok(response) => response,
        Err(error) => refused(&state, &page, &uri, &headers, form, error).await,
    }
}

/// The device becomes the screen: its person is signed out, and a screen that it was before is ended.
async fn start(
    state: &AppState,
    slug: &str,
    headers: &HeaderMap,
    form: &Form,
    device: &str,
) -> Result<Response, ServerError> {
    let staff = state.staff(headers).await?;
    let new = screen::decode(|name| form.text(name))?;
    let secret = screens::start(&state.context, &staff, slug, &new, device).await?;
    if let Some(before) = state.shared_screen(headers).await?
        && let Err(error) = screens::end(&state.context, &staff, &before.place.slug, before.screen).await
    {
        tracing::warn!(%error, "the screen that a device was before is still in the list");
    }
    if let Some(session) = state.cookies.session(headers) {
        crate::accounts::sign_out(&state.context, &session).await?;
    }
    let cookies = [state.cookies.keep_screen(&secret), state.cookies.drop_session()];
    Ok(redirect(&routes::board(slug), cookies))
}

/// A person begins to work at this screen, or stops, or ends it.
pub async fn work(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let page = routes::who(&slug);
    let done = async {
        let at = state.shared_screen(&headers).await?.ok_or(AppError::Unauthenticated)?;
        match form.text(fields::ACTION) {
            fields::SCREEN_WORK => {
                let member = id(&form, fields::MEMBER)?;
                screens::begin_work(&state.context, &at, member, form.text(fields::PIN)).await?;
                let next = routes::own_or(form.text(fields::NEXT), "").to_owned();
                let next = if next.is_empty() { routes::board(&slug) } else { next };
                // A browser forgets a cookie after 400 days at most, so it is set again.
                let secret = state.cookies.screen(&headers).unwrap_or_default();
                Ok(redirect(&next, [state.cookies.keep_screen(&secret)]))
            }
            fields::SCREEN_LEAVE => {
                screens::leave(&state.context, &at).await?;
                Ok(Redirect::to(&page).into_response())
            }
            fields::SCREEN_END => {
                screens::end_here(&state.context, &at).await?;
                Ok(redirect(routes::SIGN_IN, [state.cookies.drop_screen()]))
            }
            _ => Err(ServerError::from(out_of_date(fields::ACTION))),
        }
    };
    match done.await {
        Ok(response) => response,
        Err(error) => refused(&state, &page, &uri, &headers, form, error).await,
    }
}

/// Sets or removes the PIN of the signed-in person.
pub async fn change_pin(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let page = routes::pin(&slug);
    let done = async {
        let staff = state.staff(&headers).await?;
        match form.text(fields::ACTION) {
            fields::PIN_SET => {
                let typed = (form.text(fields::PIN), form.text(fields::PIN_AGAIN));
                screens::set_pin(&state.context, &staff, &slug, typed).await
            }
            fields::PIN_REMOVE => screens::remove_pin(&state.context, &staff, &slug).await,
            _ => Err(ServerError::from(out_of_date(fields::ACTION))),
        }
    };
    match done.await {
        Ok(()) => Redirect::to(&format!("{page}?{}={}", fields::DONE, form.text(fields::ACTION))).into_response(),
        Err(error) => refused(&state, &page, &uri, &headers, form, error).await,
    }
}

fn redirect<const N: usize>(to: &str, cookies: [HeaderValue; N]) -> Response {
    let mut response = Redirect::to(to).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn id<T: FromStr>(form: &Form, field: &str) -> Result<T, AppError> {
    form.text(field).parse().map_err(|_| out_of_date(field))
}

fn out_of_date(field: &str) -> AppError {
    AppError::invalid(field, "out_of_date", "This page is out of date. Reload it and try again.")
}

/// The page again, with what was typed except PINs, and why it was not done.
async fn refused(
    state: &AppState,
    page: &str,
    uri: &Uri,
    headers: &HeaderMap,
    form: Form,
    error: ServerError,
) -> Response {
    let error = AppError::from(error);
    let wants_json = crate::http::body::wants_json(headers);
    if wants_json || matches!(error, AppError::Unauthenticated | AppError::Forbidden) {
        return pages::error_response(state, uri, headers, &error).await;
    }
    let mut fields = form.0;
    for secret in SECRETS {
        fields.remove(secret);
    }
    pages::rerender_form(state, page, headers, Submission { fields, error: Some(error) }).await
}
