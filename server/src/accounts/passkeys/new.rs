//! New passkeys: for an account that is being opened, and for one that is there.

use crate::{
    accounts::passkeys::{
        Challenge, PasskeyResponse, Purpose,
        authentication::{broken, set},
        challenges::{self, take},
        count, relying_party,
    },
    context::AppContext,
    error::ServerError,
    queries::passkeys::PasskeyRow,
};
use app::domain::{error::AppError, time::Timestamp};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::net::IpAddr;
use uuid::Uuid;
use webauthn_rs::prelude::{CredentialID, PasskeyRegistration, RegisterPublicKeyCredential, WebauthnError};

/// Bytes of a credential id at most (Level 3, 7.1 "Registering a New Credential").
const LONGEST_ID: usize = 1_023;

/// A passkey that is not stored yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewPasskey {
    /// The credential id in base64url.
    pub id: String,
    pub name: String,
    pub credential: Value,
}

impl NewPasskey {
    pub fn row(&self, now: Timestamp) -> PasskeyRow {
        PasskeyRow {
            id: self.id.clone(),
            name: self.name.clone(),
            credential: self.credential.clone(),
            created_at: now,
            used_at: None,
        }
    }
}

/// Who a passkey is for: what the authenticator shows when it is used.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    pub id: Uuid,
    pub email: &'a str,
    pub name: &'a str,
}

/// Stores the challenge of a passkey for an account that is to be opened. The same for addresses that have one.
pub async fn begin_registration(
    context: &AppContext,
    name: &str,
    email: &str,
    browser: &str,
    from: IpAddr,
) -> Result<Challenge, ServerError> {
    let (name, email) = crate::accounts::registration::identity(name, email)?;
    count(context, from).await?;
    let owner = Owner { id: Uuid::now_v7(), email: &email, name: &name };
    begin(context, Purpose::Register, browser, owner, Vec::new()).await
}

/// Stores the challenge of a new passkey; `existing` are those that the browser does not offer a second time.
pub(super) async fn begin(
    context: &AppContext,
    purpose: Purpose,
    holder: &str,
    owner: Owner<'_>,
    existing: Vec<CredentialID>,
) -> Result<Challenge, ServerError> {
    let site = relying_party(context)?;
    let begun = site.webauthn.start_passkey_registration(owner.id, owner.email, owner.name, Some(existing));
    let (options, state) = begun.map_err(broken)?;
    let mut options =
        serde_json::to_value(options.public_key).map_err(|error| ServerError::Broken(error.to_string()))?;
    // The library discourages what signing in without an address needs: a credential that the authenticator finds by the site.
    let selection = json!({ "residentKey": "required", "requireResidentKey": true, "userVerification": "required" });
    set(&mut options, "authenticatorSelection", selection);
    challenges::issue(context, purpose, holder, owner.id, state, options).await
}

/// Checks the response to such a challenge. Returns the person it was for, with the passkey.
pub(in crate::accounts) async fn registered(
    context: &AppContext,
    purpose: Purpose,
    response: PasskeyResponse<'_>,
    holder: &str,
    name: String,
) -> Result<(Uuid, NewPasskey), ServerError> {
    let site = relying_party(context)?;
    let credential: RegisterPublicKeyCredential = response.parse()?;
    let challenge = take::<PasskeyRegistration>(context, purpose, response.challenge, holder).await?;
    let passkey = site.webauthn.finish_passkey_registration(&credential, &challenge.state).map_err(|error| {
        tracing::info!(%error, "new passkey refused");
        refused(&error)
    })?;
    if passkey.cred_id().len() > LONGEST_ID {
        return Err(refused(&WebauthnError::CredentialNotFound).into());
    }
    let id = URL_SAFE_NO_PAD.encode(passkey.cred_id());
    let credential = serde_json::to_value(passkey).map_err(|error| ServerError::Broken(error.to_string()))?;
    Ok((challenge.staff, NewPasskey { id, name, credential }))
}

fn refused(error: &WebauthnError) -> AppError {
    let words = match error {
        WebauthnError::UserNotVerified => {
            "This passkey did not ask for a PIN, a fingerprint or a face. Use one that does."
        }
        _ => "The new passkey could not be checked. Try again, or use another device.",
    };
    AppError::invalid("", "passkey", words)
}
