//! Signing in with a passkey: the authenticator names the person, so no address is typed.

use crate::{
    accounts::{
        opening,
        passkeys::{
            Challenge, PasskeyResponse, Purpose, begin_with, challenges::take, count, refused, relying_party, verify,
        },
        tries::{self, Ledger},
    },
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    queries::{passkeys as stored, people, staff},
};
use app::{
    domain::{error::AppError, id::StaffId},
    services::Client,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::net::IpAddr;
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential};

/// `browser` is a secret in a cookie.
pub async fn begin_sign_in(context: &AppContext, browser: &str, from: IpAddr) -> Result<Challenge, ServerError> {
    count(context, from).await?;
    begin_with(context, Purpose::SignIn, browser, Uuid::nil(), &[]).await
}

/// Opens a session and returns the secret for the cookie.
///
/// The attempt is counted before the signature is checked, together with those with a password, and uncounted when it is
/// correct.
pub async fn sign_in(
    context: &AppContext,
    response: PasskeyResponse<'_>,
    browser: &str,
    from: &Client,
) -> Result<String, ServerError> {
    let site = relying_party(context)?;
    let credential: PublicKeyCredential = response.parse()?;
    let challenge = take::<DiscoverableAuthentication>(context, Purpose::SignIn, response.challenge, browser).await?;
    let Ok((id, _)) = site.webauthn.identify_discoverable_authentication(&credential) else {
        return Err(refused().into());
    };
    let (id, now) = (StaffId::from_uuid(id), context.clock.now());
    let Some(person) = people::person(&context.store, ReadFrom::Leader, id).await? else {
        return unknown(context, id, from).await;
    };
    let counted = tries::count(context, &person.email, from.address, Ledger::Account, now).await?;
    let account = staff::account(&context.store, ReadFrom::Leader, &person.email).await?;
    let signed = use_passkey(context, id, &credential, challenge.state).await;
    let outcome = if signed.is_ok() { "opened" } else { "refused" };
    metrics::counter!("toast_sign_ins_total", "outcome" => outcome).increment(1);
    signed?;
    let account = account.filter(|account| account.id == id).ok_or_else(refused)?;
    counted.reset_failures(context).await?;
    opening::open(context, id, &account.name, Some(person.sessions_from), &from.device, now).await
}

/// Counts and refuses an attempt with a passkey of no person, as one of a person is.
async fn unknown(context: &AppContext, id: StaffId, from: &Client) -> Result<String, ServerError> {
    let now = context.clock.now();
    tries::count(context, &id.uuid().to_string(), from.address, Ledger::Process, now).await?;
    metrics::counter!("toast_sign_ins_total", "outcome" => "refused").increment(1);
    Err(refused().into())
}

/// Checks the signature of a person's passkey, and stores the use.
pub(in crate::accounts) async fn use_passkey(
    context: &AppContext,
    id: StaffId,
    credential: &PublicKeyCredential,
    state: DiscoverableAuthentication,
) -> Result<(), ServerError> {
    let named = URL_SAFE_NO_PAD.encode(credential.get_credential_id());
    let passkeys = stored::list(&context.store, id).await?;
    let passkey = passkeys.into_iter().find(|passkey| passkey.id == named).ok_or_else(refused)?;
    let used = verify(context, &passkey.credential, credential, state)?;
    if !stored::update_use(&context.store, id, &passkey, &used, context.clock.now()).await? {
        let words = "This passkey was used or removed at the same time. Use it again.";
        return Err(AppError::conflict("passkey_changed", words).into());
    }
    Ok(())
}
