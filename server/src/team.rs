//! The team of a restaurant: people, their roles, invitations by mail.
//!
//! `team_members`, on the restaurant's shard, is the list; `staff_memberships`, on the person's, decides access. No transaction
//! spans both: the list is written first where access grows, last where it ends, so that a crash in between never leaves more
//! access than the list shows. The next view of the team completes what was interrupted.

mod invitations;
mod members;
mod repair;

pub use invitations::{accept, join, view as invitation};

use crate::{
    context::AppContext,
    error::ServerError,
    mail,
    menus::Snapshot,
    queries::{
        invitations::{self as stored, InvitationRow},
        memberships,
        team::{self, MemberRow},
    },
};
use app::{
    domain::{
        error::AppError,
        id::{RestaurantId, StaffId},
        role::{Permission, Role},
        time::Timestamp,
    },
    services::{Member, OpenInvitation, Staff, TeamChange, TeamView, Workplace},
};
use futures::future::join_all;

/// The team page. Only for those who may change the team.
pub async fn view(context: &AppContext, staff: &Staff, slug: &str) -> Result<TeamView, ServerError> {
    let restaurant = staff.allowed(slug, Permission::ManageTeam)?.restaurant;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    repair::complete(context, &snapshot, restaurant).await?;
    let now = context.clock.now();
    let (members, open) =
        tokio::try_join!(team::members(&context.store, restaurant), stored::open(&context.store, restaurant, now))?;
    let shown = members.iter().map(|member| Member {
        id: member.staff,
        name: member.name.clone(),
        email: member.email.clone(),
        role: member.role,
        is_you: member.staff == staff.id,
        is_last_owner: is_last_owner(&members, member.staff),
    });
    Ok(TeamView {
        slug: snapshot.restaurant.slug.clone(),
        name: snapshot.restaurant.name.clone(),
        members: shown.collect(),
        invitations: join_all(open.into_iter().map(|row| shown_invitation(context, row, &snapshot, now))).await,
    })
}

async fn shown_invitation(
    context: &AppContext,
    row: InvitationRow,
    snapshot: &Snapshot,
    now: Timestamp,
) -> OpenInvitation {
    // The mail has the invitation's id. While its node is down, the page does without.
    let refused = mail::refusal(context, &row.email, row.id.uuid()).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "mail of an invitation could not be read");
        None
    });
    OpenInvitation {
        refused,
        id: row.id,
        email: row.email,
        role: row.role,
        invited_by: row.invited_by,
        expires: snapshot.local(row.expires_at, now).text,
    }
}

/// Changes the team. `origin` is that of the links in mails.
pub async fn change(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    origin: &str,
    change: &TeamChange,
) -> Result<(), ServerError> {
    let restaurant = staff.allowed(slug, Permission::ManageTeam)?.restaurant;
    match change {
        TeamChange::Invite { email, role, replaces } => {
            invitations::invite(context, staff, restaurant, origin, (email.as_str(), *role), *replaces).await
        }
        TeamChange::Withdraw(id) => invitations::withdraw(context, staff, restaurant, *id).await,
        TeamChange::SetRole(member, role) => members::set_role(context, staff, restaurant, *member, *role).await,
        TeamChange::Remove(member) => members::remove(context, staff, restaurant, *member).await,
    }
}

/// Reads again whether a person may change the team, under its lock: the one of the request may be some seconds old, and
/// another owner may have ended it.
async fn ensure_manages(context: &AppContext, staff: &Staff, restaurant: RestaurantId) -> Result<(), ServerError> {
    let role = memberships::role_at(&context.store, staff.id, restaurant).await?;
    if role.is_some_and(|role| role.may(Permission::ManageTeam)) { Ok(()) } else { Err(AppError::Forbidden.into()) }
}

/// Whether a person is the only owner with access. Every restaurant has one.
fn is_last_owner(team: &[MemberRow], member: StaffId) -> bool {
    let is_owner = |row: &MemberRow| row.role == Role::Owner && !row.pending;
    team.iter().any(|row| row.staff == member && is_owner(row))
        && !team.iter().any(|row| row.staff != member && is_owner(row))
}

/// The workplace that a role at a restaurant makes.
fn workplace(snapshot: &Snapshot, restaurant: RestaurantId, role: Role) -> Workplace {
    let shown = &snapshot.restaurant;
    Workplace { restaurant, slug: shown.slug.clone(), name: shown.name.clone(), role }
}
