//! Passkeys (W3C, Web Authentication Level 3): signing in, proofs and registration without a password.
//!
//! Each ceremony has two requests. The first stores a challenge and returns it with the options of the browser; the second
//! brings the response of an authenticator. User verification (PIN, fingerprint, face) is required in each.

mod authentication;
mod challenges;
mod limit;
mod manage;
mod new;
mod relying_party;
mod sign_in;

pub use challenges::Challenge;
pub use manage::{add, begin_adding, begin_proof, remove, rename};
pub use new::begin_registration;
pub use relying_party::RelyingParty;
pub use sign_in::{begin_sign_in, sign_in};

pub(super) use authentication::{begin_with, verify};
pub(super) use challenges::{Purpose, take};
pub(super) use new::{NewPasskey, registered};
pub(super) use sign_in::use_passkey;

use crate::{context::AppContext, error::ServerError};
use app::domain::error::AppError;
use std::net::IpAddr;

/// The response of an authenticator, as a form brings it.
#[derive(Debug, Clone, Copy)]
pub struct PasskeyResponse<'a> {
    /// The secret of the challenge.
    pub challenge: &'a str,
    /// A `PublicKeyCredential` as JSON.
    pub credential: &'a str,
}

impl PasskeyResponse<'_> {
    /// The parsed credential.
    pub(super) fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T, AppError> {
        serde_json::from_str(self.credential).map_err(|error| {
            tracing::info!(%error, "response of an authenticator cannot be read");
            unreadable()
        })
    }
}

/// Counts a challenge that anyone may ask for; an error when there were too many from one network.
pub(super) async fn count(context: &AppContext, from: IpAddr) -> Result<(), ServerError> {
    limit::count(relying_party(context)?, from).await
}

/// The site as WebAuthn names it, or the sentence for a site without passkeys.
fn relying_party(context: &AppContext) -> Result<&RelyingParty, ServerError> {
    let none = "Passkeys cannot be used at this address: they need a site with a name and TLS, or localhost.";
    Ok(context.relying_party.as_ref().ok_or_else(|| AppError::conflict("no_passkeys", none))?)
}

fn unreadable() -> AppError {
    AppError::invalid("", "passkey", "The passkey could not be read. Try again, or use another one.")
}

/// The same for an unknown passkey, a removed one and a wrong signature.
pub(super) fn refused() -> AppError {
    let words = "This passkey belongs to no account here, or it could not be checked. Try again, or use another way.";
    AppError::invalid("", "passkey", words)
}
