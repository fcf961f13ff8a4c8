//! Challenges: stored for one purpose and one session or browser, for some minutes, used once, by any server.

use crate::{
    accounts::{passkeys::relying_party::CHALLENGE_MINUTES, secrets},
    context::AppContext,
    error::ServerError,
    queries::account_tokens::{self as stored, NewToken},
};
use app::domain::error::AppError;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

/// The use of the response to a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Register,
    Confirm,
    SignIn,
    Proof,
    Add,
}

impl Purpose {
    /// In the database.
    const fn code(self) -> &'static str {
        match self {
            Self::Register => "passkey_register",
            Self::Confirm => "passkey_confirm",
            Self::SignIn => "passkey_sign_in",
            Self::Proof => "passkey_proof",
            Self::Add => "passkey_add",
        }
    }
}

/// A challenge for a browser.
#[derive(Debug, Clone, Serialize)]
pub struct Challenge {
    /// The secret that its response is sent with.
    pub challenge: String,
    /// `PublicKeyCredentialCreationOptions` or `PublicKeyCredentialRequestOptions` as JSON.
    pub options: Value,
}

/// A stored challenge.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept<S> {
    /// The fingerprint of the session or browser that asked for it.
    holder: String,
    /// The person, if the challenge is for one.
    pub staff: Uuid,
    /// State of the library of WebAuthn between the two requests.
    pub state: S,
}

/// Stores a challenge. `holder` is the secret of the session or of the browser.
pub(super) async fn issue<S: Serialize>(
    context: &AppContext,
    purpose: Purpose,
    holder: &str,
    staff: Uuid,
    state: S,
    options: Value,
) -> Result<Challenge, ServerError> {
    let holder = secrets::fingerprint(holder).ok_or(AppError::Unauthenticated)?;
    let payload = serde_json::to_value(Kept { holder, staff, state });
    let payload = payload.map_err(|error| ServerError::Broken(error.to_string()))?;
    let now = context.clock.now();
    let stored = |fingerprint: String| {
        let (store, payload) = (&context.store, &payload);
        async move {
            let token = NewToken {
                fingerprint: &fingerprint,
                purpose: purpose.code(),
                // Not known before the response names a person.
                email: "",
                payload,
                expires_at: now.plus_minutes(CHALLENGE_MINUTES),
            };
            stored::insert(store, token, now).await
        }
    };
    let (challenge, _) = secrets::minted(stored).await?;
    Ok(Challenge { challenge, options })
}

/// Takes a challenge for its only use: a failed check needs a new one.
pub(in crate::accounts) async fn take<S: DeserializeOwned>(
    context: &AppContext,
    purpose: Purpose,
    challenge: &str,
    holder: &str,
) -> Result<Kept<S>, ServerError> {
    let fingerprint = secrets::fingerprint(challenge).ok_or_else(gone)?;
    let row = stored::find(&context.store, &fingerprint, purpose.code()).await?.ok_or_else(gone)?;
    let kept: Kept<S> = serde_json::from_value(row.payload)
        .map_err(|error| ServerError::Unreadable { what: "challenge of a passkey", why: error.to_string() })?;
    if secrets::fingerprint(holder).is_none_or(|holder| holder != kept.holder) {
        return Err(gone().into());
    }
    if !stored::claim(&context.store, &fingerprint, purpose.code(), context.clock.now()).await? {
        return Err(gone().into());
    }
    Ok(kept)
}

fn gone() -> AppError {
    let words = "This use of the passkey took too long, or was sent before. Use the passkey again.";
    AppError::conflict("challenge_gone", words)
}
