//! Registration, links of mails, and the account page over HTTP.

use crate::{
    accounts::{self, Confirmation, Registration, Way, devices},
    error::ServerError,
    http::{
        AppState,
        body::Form,
        caller::Caller,
        pages,
        passkeys::{proof, response},
    },
};
use app::{
    domain::{error::AppError, typed::without_marks},
    forms::{fields, routes},
    services::{Client, Submission},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Uri, header};

/// Fields that are never sent back.
const SECRETS: [&str; 6] = [
    fields::PASSWORD,
    fields::CURRENT_PASSWORD,
    fields::EMAIL_PASSWORD,
    fields::PASSKEY_PASSWORD,
    fields::CHALLENGE,
    fields::CREDENTIAL,
];

/// The browser of a request.
pub fn client(Caller(address): Caller, headers: &HeaderMap) -> Client {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Client { address, device: devices::in_words(agent) }
}

pub async fn register(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    form: Form,
) -> Response {
    // A second registration keeps the cookie, so that the link of the first one still knows its browser.
    let browser = state.cookies.registration(&headers).unwrap_or_else(|| accounts::mint().0);
    let registration = Registration {
        name: form.text(fields::NAME),
        email: form.text(fields::EMAIL),
        way: response(&form).map_or_else(|| Way::Password(form.text(fields::PASSWORD)), Way::Passkey),
        browser: &browser,
    };
    let (client, origin) = (client(caller, &headers), state.origin_of(&uri, &headers));
    match accounts::register(&state.context, registration, &client, &origin).await {
        Ok(email) => {
            let mut response = mail_sent(&state, &email);
            add_cookie(&mut response, state.cookies.keep_registration(&browser));
            response
        }
        Err(error) => again(&state, routes::REGISTER, &headers, form, error).await,
    }
}

pub async fn confirm(
    State(state): State<AppState>,
    Path(token): Path<String>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let (registration, client) = (state.cookies.registration(&headers), client(caller, &headers));
    let confirmation = Confirmation {
        registration: registration.as_deref(),
        proof: proof(&form, fields::PASSWORD),
        browser: &state.cookies.passkey(&headers).unwrap_or_default(),
    };
    match accounts::confirm(&state.context, &token, confirmation, &client).await {
        Ok(secret) => {
            let mut response = signed_in(&state, routes::DASHBOARD, &secret);
            add_cookie(&mut response, state.cookies.drop_registration());
            response
        }
        Err(error) => again(&state, uri.path(), &headers, form, error).await,
    }
}

pub async fn forgot(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let (client, origin) = (client(caller, &headers), state.origin_of(&uri, &headers));
    match accounts::forgot(&state.context, form.text(fields::EMAIL), &client, &origin).await {
        Ok(email) => mail_sent(&state, &email),
        Err(error) => again(&state, routes::FORGOT, &headers, form, error).await,
    }
}

pub async fn reset(
    State(state): State<AppState>,
    Path(token): Path<String>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let (client, origin) = (client(caller, &headers), state.origin_of(&uri, &headers));
    match accounts::reset(&state.context, &token, form.text(fields::PASSWORD), &client, &origin).await {
        Ok(secret) => signed_in(&state, routes::DASHBOARD, &secret),
        Err(error) => again(&state, uri.path(), &headers, form, error).await,
    }
}

pub async fn confirm_email(
    State(state): State<AppState>,
    Path(token): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    match accounts::confirm_address(&state.context, &token).await {
        Ok(()) => Redirect::to(&routes::account_done("email_confirmed")).into_response(),
        Err(error) => again(&state, uri.path(), &headers, Form::default(), error).await,
    }
}

/// An action on the account page.
pub async fn change(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    form: Form,
) -> Response {
    match act(&state, caller, &uri, &headers, &form).await {
        Ok(None) => Redirect::to(&routes::account_done(form.text(fields::ACTION))).into_response(),
        Ok(Some(secret)) => signed_in(&state, &routes::account_done(form.text(fields::ACTION)), &secret),
        Err(ServerError::Refused(AppError::Unauthenticated)) => {
            pages::error_response(&state, &uri, &headers, &AppError::Unauthenticated).await
        }
        Err(error) => again(&state, routes::ACCOUNT, &headers, form, error).await,
    }
}

/// The secret of the session that replaces this one, if one does.
async fn act(
    state: &AppState,
    caller: Caller,
    uri: &Uri,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Option<String>, ServerError> {
    let (context, client) = (&state.context, client(caller, headers));
    let (staff, origin) = (state.staff(headers).await?, state.origin_of(uri, headers));
    let session = state.cookies.session(headers).unwrap_or_default();
    match form.text(fields::ACTION) {
        fields::ACCOUNT_NAME => {
            accounts::rename(context, &staff, form.text(fields::NAME), &session).await.map(|()| None)
        }
        fields::ACCOUNT_EMAIL => {
            let (email, proof) = (without_marks(form.text(fields::EMAIL)), proof(form, fields::EMAIL_PASSWORD));
            let asked = accounts::request_address(context, &staff, &email, proof, &session, &client, &origin).await;
            asked.map(|_| None)
        }
        fields::ACCOUNT_PASSWORD => {
            let (current, new) = (proof(form, fields::CURRENT_PASSWORD), form.text(fields::PASSWORD));
            accounts::change_password(context, &staff, current, new, &session, &client, &origin).await.map(Some)
        }
        fields::ACCOUNT_ADD_PASSKEY => {
            let name = without_marks(form.text(fields::PASSKEY_NAME));
            let needs_script =
                || AppError::invalid("", "passkey", "Passkeys need scripts: turn them on in this browser.");
            let response = response(form).ok_or_else(needs_script)?;
            accounts::passkeys::add(context, &staff, response, &name, &session, &client, &origin).await.map(Some)
        }
        fields::ACCOUNT_END_SESSION => {
            accounts::end_session(context, &staff, form.text(fields::SESSION)).await.map(|()| None)
        }
        fields::ACCOUNT_END_OTHERS => accounts::end_other_sessions(context, &staff, &client.device).await.map(Some),
        _ => Err(AppError::invalid("", "unknown_action", "Use one of the buttons on this page.").into()),
    }
}

pub(super) fn signed_in(state: &AppState, to: &str, secret: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    add_cookie(&mut response, state.cookies.keep_session(secret));
    response
}

fn mail_sent(state: &AppState, email: &str) -> Response {
    let mut response = Redirect::to(routes::MAIL_SENT).into_response();
    add_cookie(&mut response, state.cookies.keep_mailed_to(email));
    response
}

pub(super) fn add_cookie(response: &mut Response, cookie: HeaderValue) {
    response.headers_mut().append(header::SET_COOKIE, cookie);
}

/// The page of a rejected form, with what was typed except passwords.
pub(super) async fn again(
    state: &AppState,
    path: &str,
    headers: &HeaderMap,
    form: Form,
    error: ServerError,
) -> Response {
    let mut fields = form.0;
    for secret in SECRETS {
        fields.remove(secret);
    }
    pages::rerender_form(state, path, headers, Submission { fields, error: Some(error.into()) }).await
}
