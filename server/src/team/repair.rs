//! Completes what a crash or a node that was down interrupted: a change of the team between its list and a person's membership,
//! and a change of a person's name or address.

use crate::{
    audit::{self, Change},
    context::AppContext,
    error::ServerError,
    menus::Snapshot,
    queries::{
        memberships, pins,
        team::{self as stored, MemberRow},
    },
    team::workplace,
};
use app::domain::{id::RestaurantId, role::Role};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

/// Memberships read at the same time.
const CONCURRENCY: usize = 8;

/// The list follows the accounts of its people. A pending member gets the membership. For others the membership is right:
/// access was ended or lowered, and the list is behind. A person whose node is down is left for the next view.
pub(super) async fn complete(
    context: &AppContext,
    snapshot: &Snapshot,
    restaurant: RestaurantId,
) -> Result<(), ServerError> {
    let members = stored::members(&context.store, restaurant).await?;
    let checks = members.into_iter().map(|member| async move {
        match check(context, snapshot, restaurant, &member).await {
            Err(error) if error.is_unavailable() => {
                tracing::warn!(%error, "membership could not be compared with the team");
                Ok(())
            }
            done => done,
        }
    });
    futures::stream::iter(checks).buffer_unordered(CONCURRENCY).try_collect::<()>().await
}

async fn check(
    context: &AppContext,
    snapshot: &Snapshot,
    restaurant: RestaurantId,
    member: &MemberRow,
) -> Result<(), ServerError> {
    let known = memberships::listed_at(&context.store, member.staff, restaurant).await?;
    let mut member = member.clone();
    if let Some((email, name)) = known.account
        && (&email, &name) != (&member.email, &member.name)
    {
        stored::follow_account(&context.store, restaurant, member.staff, &email, &name).await?;
        member = MemberRow { email, name, ..member };
    }
    if member.pending {
        memberships::grant(&context.store, member.staff, &workplace(snapshot, restaurant, member.role)).await?;
        return stored::settle(&context.store, restaurant, member.staff, member.role).await;
    }
    if known.role == Some(member.role) { Ok(()) } else { follow(context, restaurant, &member, known.role).await }
}

/// Makes the list follow a membership, unless the list has changed since it was read.
async fn follow(
    context: &AppContext,
    restaurant: RestaurantId,
    member: &MemberRow,
    role: Option<Role>,
) -> Result<(), ServerError> {
    let mut tx = context.store.of(restaurant).begin().await?;
    let team = stored::lock(&mut tx, restaurant).await?;
    // A change in progress holds the lock, and its membership may be the one that was read.
    if !team.contains(member) || memberships::role_at(&context.store, member.staff, restaurant).await? != role {
        return Ok(());
    }
    let (action, after) = if let Some(role) = role {
        stored::set_role(&mut tx, restaurant, member.staff, role, false).await?;
        ("team.role", json!({ "role": role.label() }))
    } else {
        stored::remove(&mut tx, restaurant, member.staff).await?;
        pins::remove(&mut tx, restaurant, member.staff).await?;
        ("team.remove", Value::Null)
    };
    let change = Change { action, subject: &member.name, before: json!({ "role": member.role.label() }), after };
    audit::record_by_system(context, &mut tx, restaurant, change).await?;
    context.store.commit(tx).await
}
