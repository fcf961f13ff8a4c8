//! Limits of mails that strangers can cause: by receiver, and by the network that asks.

use crate::{
    accounts::{
        lock::{MAILS_FROM_NETWORK, MAILS_TO_ADDRESS, Schedule},
        secrets,
        tries::{network, stored},
    },
    context::AppContext,
    error::ServerError,
    queries::sign_ins::Tried,
};
use app::domain::time::Timestamp;
use std::net::IpAddr;

/// The origin of rows that count mails; those of sign-ins are fingerprints.
const MAILS: &str = "mails";

/// Counts a request for a mail before anything is done for it; an error when there were too many.
pub async fn count(context: &AppContext, email: &str, from: IpAddr, now: Timestamp) -> Result<(), ServerError> {
    // In the column of addresses, where it cannot be one.
    let network = secrets::fingerprint_of(network(from).as_bytes());
    match within(context, &network, MAILS_FROM_NETWORK, now).await {
        // Its node is another one than that of the address, and must not keep people from registering.
        Err(error) if error.is_unavailable() => match context.sessions.count(&network, MAILS_FROM_NETWORK, now).await {
            None => {}
            Some(count) => return Err(MAILS_FROM_NETWORK.too_many(count, now).into()),
        },
        counted => counted?,
    }
    within(context, email, MAILS_TO_ADDRESS, now).await
}

async fn within(context: &AppContext, counted: &str, schedule: Schedule, now: Timestamp) -> Result<(), ServerError> {
    let tried = Tried { email: counted, origin: MAILS };
    match stored(context, tried, schedule, now).await? {
        None => Ok(()),
        Some(count) => Err(schedule.too_many(count, now).into()),
    }
}
