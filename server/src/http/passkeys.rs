//! Challenges of passkeys as JSON, sign-in with one, and the page of one.

use crate::{
    accounts::{
        self, Proof,
        passkeys::{self, Challenge, PasskeyResponse},
    },
    error::ServerError,
    http::{
        AppState,
        account::{add_cookie, again, client, signed_in},
        body::Form,
        caller::Caller,
        errors, no_store, pages,
    },
};
use app::{
    domain::{error::AppError, typed::without_marks},
    forms::{fields, routes},
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Uri};

/// The response of an authenticator in a form.
pub fn response(form: &Form) -> Option<PasskeyResponse<'_>> {
    let response =
        PasskeyResponse { challenge: form.text(fields::CHALLENGE), credential: form.text(fields::CREDENTIAL) };
    (!response.credential.is_empty()).then_some(response)
}

/// The passkey of a form, else the password in a field.
pub fn proof<'a>(form: &'a Form, password: &str) -> Proof<'a> {
    response(form).map_or_else(|| Proof::Password(form.text(password)), Proof::Passkey)
}

/// A challenge for a browser without a session; its secret is in a cookie.
pub async fn begin(State(state): State<AppState>, caller: Caller, headers: HeaderMap, form: Form) -> Response {
    let (context, Caller(from)) = (&state.context, caller);
    let secret = |stored: Option<String>| stored.unwrap_or_else(|| accounts::mint().0);
    let browser = secret(state.cookies.passkey(&headers));
    let (begun, cookie) = match form.text(fields::PURPOSE) {
        fields::PASSKEY_SIGN_IN => {
            (passkeys::begin_sign_in(context, &browser, from).await, state.cookies.keep_passkey(&browser))
        }
        fields::PASSKEY_CONFIRM => {
            let begun = accounts::begin_confirmation(context, form.text(fields::TOKEN), &browser, from).await;
            (begun, state.cookies.keep_passkey(&browser))
        }
        fields::PASSKEY_REGISTER => {
            let browser = secret(state.cookies.registration(&headers));
            let (name, email) = (form.text(fields::NAME), form.text(fields::EMAIL));
            let begun = passkeys::begin_registration(context, name, email, &browser, from).await;
            (begun, state.cookies.keep_registration(&browser))
        }
        _ => return errors::error_response(&unknown_purpose()),
    };
    challenge(begun, Some(cookie))
}

/// A challenge for the signed-in person.
pub async fn begin_signed_in(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let begun = async {
        let (staff, from) = (state.staff(&headers).await?, client(caller, &headers));
        let session = state.cookies.session(&headers).unwrap_or_default();
        match form.text(fields::PURPOSE) {
            fields::PASSKEY_PROOF => passkeys::begin_proof(&state.context, &staff, &session).await,
            fields::PASSKEY_ADD => {
                let proof = proof(&form, fields::PASSKEY_PASSWORD);
                passkeys::begin_adding(&state.context, &staff, proof, &session, &from).await
            }
            _ => Err(unknown_purpose().into()),
        }
    };
    challenge(begun.await, None)
}

fn challenge(begun: Result<Challenge, ServerError>, cookie: Option<HeaderValue>) -> Response {
    match begun {
        Ok(challenge) => {
            let mut response = no_store(Json(challenge).into_response());
            if let Some(cookie) = cookie {
                add_cookie(&mut response, cookie);
            }
            response
        }
        Err(error) => errors::error_response(&error.into()),
    }
}

fn unknown_purpose() -> AppError {
    AppError::invalid(fields::PURPOSE, "unknown_purpose", "Use one of the buttons of the page.")
}

pub async fn sign_in(State(state): State<AppState>, caller: Caller, headers: HeaderMap, form: Form) -> Response {
    let (from, browser) = (client(caller, &headers), state.cookies.passkey(&headers).unwrap_or_default());
    let sent = response(&form).unwrap_or(PasskeyResponse { challenge: "", credential: "" });
    match passkeys::sign_in(&state.context, sent, &browser, &from).await {
        Ok(secret) => signed_in(&state, routes::own_or(form.text(fields::NEXT), routes::DASHBOARD), &secret),
        Err(error) => again(&state, routes::SIGN_IN, &headers, form, error).await,
    }
}

/// Renames or removes a passkey.
pub async fn change(
    State(state): State<AppState>,
    Path(id): Path<String>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let done = routes::account_done(form.text(fields::ACTION));
    let changed = async {
        let (staff, from) = (state.staff(&headers).await?, client(caller, &headers));
        let session = state.cookies.session(&headers).unwrap_or_default();
        match form.text(fields::ACTION) {
            fields::ACCOUNT_RENAME_PASSKEY => {
                let name = without_marks(form.text(fields::PASSKEY_NAME));
                passkeys::rename(&state.context, &staff, &id, &name).await.map(|()| None)
            }
            fields::ACCOUNT_REMOVE_PASSKEY => {
                let (proof, origin) = (proof(&form, fields::PASSKEY_PASSWORD), state.origin_of(&uri, &headers));
                passkeys::remove(&state.context, &staff, &id, proof, &session, &from, &origin).await.map(Some)
            }
            _ => Err(AppError::invalid("", "unknown_action", "Use one of the buttons on this page.").into()),
        }
    };
    match changed.await {
        Ok(None) => Redirect::to(&done).into_response(),
        Ok(Some(secret)) => signed_in(&state, &done, &secret),
        Err(ServerError::Refused(error @ (AppError::Unauthenticated | AppError::NotFound { .. }))) => {
            pages::error_response(&state, &uri, &headers, &error).await
        }
        Err(error) => again(&state, uri.path(), &headers, form, error).await,
    }
}
