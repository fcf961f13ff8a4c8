//! Checks of a signature by a stored passkey.

use crate::{
    accounts::passkeys::{Challenge, Purpose, challenges, refused, relying_party},
    context::AppContext,
    error::ServerError,
};
use app::domain::error::AppError;
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PublicKeyCredential, WebauthnError};

/// Stores a challenge for a signature by one of some passkeys, given by their ids in base64url; without ids by any passkey
/// that the browser knows for this site.
pub(in crate::accounts) async fn begin_with(
    context: &AppContext,
    purpose: Purpose,
    holder: &str,
    staff: Uuid,
    allowed: &[String],
) -> Result<Challenge, ServerError> {
    let site = relying_party(context)?;
    let (options, state) = site.webauthn.start_discoverable_authentication().map_err(broken)?;
    let mut options =
        serde_json::to_value(options.public_key).map_err(|error| ServerError::Broken(error.to_string()))?;
    let allowed: Vec<_> = allowed.iter().map(|id| json!({ "type": "public-key", "id": id })).collect();
    set(&mut options, "allowCredentials", Value::Array(allowed));
    challenges::issue(context, purpose, holder, staff, state, options).await
}

/// Checks the signature of a passkey, and returns the passkey with its new counter.
pub(in crate::accounts) fn verify(
    context: &AppContext,
    credential: &Value,
    response: &PublicKeyCredential,
    state: DiscoverableAuthentication,
) -> Result<Value, ServerError> {
    let site = relying_party(context)?;
    let unreadable = |error: serde_json::Error| ServerError::Unreadable { what: "passkey", why: error.to_string() };
    let mut passkey: Passkey = serde_json::from_value(credential.clone()).map_err(unreadable)?;
    match site.webauthn.finish_discoverable_authentication_v2(response, state, &passkey) {
        Ok(result) => {
            passkey.update_credential(&result);
            serde_json::to_value(passkey).map_err(unreadable)
        }
        Err(WebauthnError::CredentialPossibleCompromise) => {
            tracing::warn!("passkey refused: its signature counter did not increase, so it may have been copied");
            Err(copied().into())
        }
        Err(error) => {
            tracing::info!(%error, "passkey refused");
            Err(refused().into())
        }
    }
}

/// Sets a member of options that the library has no parameter for.
pub(super) fn set(options: &mut Value, name: &str, value: Value) {
    if let Some(members) = options.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

fn copied() -> AppError {
    let words = "This passkey was used more often than its device says, so there may be a copy of it. It was refused: use another \
                 way, and remove this passkey on your account page.";
    AppError::invalid("", "passkey_copied", words)
}

pub(super) fn broken(error: WebauthnError) -> ServerError {
    ServerError::Broken(format!("webauthn: {error}"))
}
