//! The lists of teams follow a person's name and address.

use crate::{
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    queries::{people, staff as stored, team},
};
use app::domain::id::StaffId;

/// Stores the name and the address of an account in the teams of its person. What fails is completed by the next view of the
/// team, so the change of the account stands.
pub(super) async fn follow(context: &AppContext, id: StaffId) {
    if let Err(error) = try_follow(context, id).await {
        tracing::warn!(%error, "teams do not show the new name or address of a person yet");
    }
}

async fn try_follow(context: &AppContext, id: StaffId) -> Result<(), ServerError> {
    let store = &context.store;
    let Some(person) = people::person(store, ReadFrom::Leader, id).await? else { return Ok(()) };
    for place in stored::at_work(store, ReadFrom::Leader, id).await?.restaurants {
        team::follow_account(store, place.restaurant, id, &person.email, &person.name).await?;
    }
    Ok(())
}
