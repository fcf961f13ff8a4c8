//! Invitations: a mail with a link for one address, which expires, can be withdrawn, and works once.

use crate::{
    accounts::{
        self,
        tenant_secret::{self, Opened},
    },
    audit::{self, Change},
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    mail::{self, LinkMail},
    menus::Snapshot,
    queries::{
        invitations::{self as stored, InvitationRow},
        memberships, staff,
        team::{self, MemberRow},
    },
    team::{ensure_manages, workplace},
};
use app::{
    domain::{
        error::AppError,
        id::{InvitationId, RestaurantId},
        role::Role,
        text,
    },
    forms::{fields, routes},
    services::{Client, InvitationView, Invitee, Joined, Staff},
};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// In days.
const LIFETIME: i64 = 7;
const DAY: i64 = 24 * 60;
/// Invitations of a restaurant in 24 hours: the mails go to addresses that are not confirmed.
const MOST_A_DAY: i64 = 30;

/// Invites an address in a role. An open invitation of the same address is replaced, and one to a mistyped address.
pub(super) async fn invite(
    context: &AppContext,
    staff: &Staff,
    restaurant: RestaurantId,
    origin: &str,
    (email, role): (&str, Role),
    replaces: Option<InvitationId>,
) -> Result<(), ServerError> {
    let email = text::email(email).map_err(|problem| AppError::Invalid { problems: vec![problem] })?.to_lowercase();
    let (snapshot, now) = (context.catalogue.by_id(restaurant).await?, context.clock.now());
    let id = InvitationId::from_uuid(Uuid::now_v7());
    let (secret, fingerprint) = tenant_secret::mint(restaurant, id.uuid());
    let invitation = InvitationRow {
        id,
        email,
        role,
        invited_by: staff.name.clone(),
        fingerprint,
        expires_at: now.plus_minutes(LIFETIME * DAY),
        is_accepted: false,
        is_withdrawn: false,
    };
    let email = invitation.email.as_str();
    let mut tx = context.store.of(restaurant).begin().await?;
    let team = team::lock(&mut tx, restaurant).await?;
    ensure_manages(context, staff, restaurant).await?;
    if let Some(member) = team.iter().find(|member| member.email == email) {
        let words = format!("{} is in the team already. Change the role in the list above.", member.name);
        return Err(AppError::invalid(fields::EMAIL, "in_team", words).into());
    }
    if stored::count_since(&mut tx, restaurant, now.plus_minutes(-DAY)).await? >= MOST_A_DAY {
        let words = format!("At most {MOST_A_DAY} invitations are sent in 24 hours. Invite the others tomorrow.");
        return Err(AppError::invalid(fields::EMAIL, "too_many", words).into());
    }
    stored::withdraw(&mut tx, restaurant, replaces, Some(email), now).await?;
    stored::insert(&mut tx, restaurant, &invitation, now).await?;
    let change =
        Change { action: "team.invite", subject: email, before: Value::Null, after: json!({ "role": role.label() }) };
    audit::record(context, &mut tx, restaurant, staff, change).await?;
    context.store.commit(tx).await?;
    let address = format!("{origin}{}", routes::invitation(&secret));
    let mail = written(&invitation, &snapshot, address, &snapshot.local(invitation.expires_at, now).text);
    mail::queue_as(context, id.uuid(), mail).await
}

fn written<'a>(invitation: &'a InvitationRow, snapshot: &Snapshot, address: String, expires: &str) -> LinkMail<'a> {
    let (name, who, role) = (&snapshot.restaurant.name, &invitation.invited_by, invitation.role);
    LinkMail {
        to: &invitation.email,
        kind: "invite",
        subject: format!("Join the team of {name}"),
        words: vec![format!(
            "{who} invites you to the team of {name} on Toast. Your role would be {}: {}.",
            role.label(),
            role.summary()
        )],
        action: Some(("See the invitation", address)),
        after: vec![
            format!("It is for {} only, and can be accepted until {expires}.", invitation.email),
            format!("You do not know {name}? Then ignore this mail, and nothing happens."),
        ],
    }
}

pub(super) async fn withdraw(
    context: &AppContext,
    staff: &Staff,
    restaurant: RestaurantId,
    id: InvitationId,
) -> Result<(), ServerError> {
    let mut tx = context.store.of(restaurant).begin().await?;
    team::lock(&mut tx, restaurant).await?;
    ensure_manages(context, staff, restaurant).await?;
    let withdrawn = stored::withdraw(&mut tx, restaurant, Some(id), None, context.clock.now()).await?;
    let email = withdrawn.first().ok_or_else(|| {
        AppError::conflict(
            "invitation_gone",
            "This invitation was accepted or withdrawn in the meantime. Look at the list.",
        )
    })?;
    let change = Change { action: "team.withdraw", subject: email, before: Value::Null, after: Value::Null };
    audit::record(context, &mut tx, restaurant, staff, change).await?;
    context.store.commit(tx).await
}

/// The page of a link, for the person who is signed in.
pub async fn view(context: &AppContext, secret: &str, staff: Option<&Staff>) -> Result<InvitationView, ServerError> {
    let opened = tenant_secret::open(secret).ok_or_else(unknown)?;
    let (row, snapshot) = find(context, &opened).await?;
    let now = context.clock.now();
    let account = staff::account(&context.store, ReadFrom::Leader, &row.email).await?;
    let invitee = match (staff, account) {
        (Some(staff), Some(account)) if account.id == staff.id => Invitee::Invited { name: staff.name.clone() },
        (Some(staff), _) => Invitee::OtherPerson { name: staff.name.clone() },
        (None, Some(_)) => Invitee::HasAccount,
        (None, None) => Invitee::IsNew,
    };
    Ok(InvitationView {
        restaurant: snapshot.restaurant.name.clone(),
        expires: snapshot.local(row.expires_at, now).text,
        email: row.email,
        role: row.role,
        invited_by: row.invited_by,
        invitee,
    })
}

async fn find(context: &AppContext, opened: &Opened) -> Result<(InvitationRow, Arc<Snapshot>), ServerError> {
    let row = stored::find(&context.store, opened.restaurant, InvitationId::from_uuid(opened.row)).await?;
    let row = row.filter(|row| row.fingerprint == opened.fingerprint).ok_or_else(unknown)?;
    let snapshot = context.catalogue.by_id(opened.restaurant).await?;
    refuse(context, &row, &snapshot.restaurant.name)?;
    Ok((row, snapshot))
}

fn refuse(context: &AppContext, row: &InvitationRow, restaurant: &str) -> Result<(), AppError> {
    let gone = |code: &str, words: String| Err(AppError::conflict(code, words));
    if row.is_accepted {
        return gone("link_used", format!("This invitation was accepted already. Sign in to work at {restaurant}."));
    }
    if row.is_withdrawn {
        let words = format!("This invitation was withdrawn, or replaced by a newer one. Ask {restaurant} about it.");
        return gone("link_withdrawn", words);
    }
    if row.expires_at <= context.clock.now() {
        let words =
            format!("This invitation is over: it was open for {LIFETIME} days. Ask {restaurant} for a new one.");
        return gone("link_expired", words);
    }
    Ok(())
}

fn unknown() -> AppError {
    let words = "This link is not complete, or none of ours. Open it from the mail again, or ask for a new invitation.";
    AppError::conflict("link_unknown", words)
}

/// Accepts an invitation for the person of its address, and returns the restaurant's slug. A repeat by the same person
/// completes what was interrupted.
pub async fn accept(context: &AppContext, secret: &str, staff: &Staff) -> Result<String, ServerError> {
    let opened = tenant_secret::open(secret).ok_or_else(unknown)?;
    let restaurant = opened.restaurant;
    let (snapshot, now) = (context.catalogue.by_id(restaurant).await?, context.clock.now());
    let mut tx = context.store.of(restaurant).begin().await?;
    let row = stored::lock(&mut tx, restaurant, InvitationId::from_uuid(opened.row)).await?;
    let row = row.filter(|row| row.fingerprint == opened.fingerprint).ok_or_else(unknown)?;
    let account = staff::account(&context.store, ReadFrom::Leader, &row.email).await?;
    if account.is_none_or(|account| account.id != staff.id) {
        let words = format!("This invitation is for {}. Sign in with that address to accept it.", row.email);
        return Err(AppError::conflict("other_address", words).into());
    }
    let team = team::lock(&mut tx, restaurant).await?;
    let role = match team.iter().find(|member| member.staff == staff.id) {
        // Accepted already by this person.
        Some(member) if row.is_accepted => member.role,
        Some(member) => {
            refuse(context, &row, &snapshot.restaurant.name)?;
            stored::accept(&mut tx, restaurant, row.id, now).await?;
            member.role
        }
        None => {
            refuse(context, &row, &snapshot.restaurant.name)?;
            stored::accept(&mut tx, restaurant, row.id, now).await?;
            let (email, name, role) = (row.email.clone(), staff.name.clone(), row.role);
            let member = MemberRow { staff: staff.id, email, name, role, pending: true };
            team::add(&mut tx, restaurant, &member, now).await?;
            let after = json!({ "role": role.label(), "email": row.email });
            let change = Change { action: "team.join", subject: &staff.name, before: Value::Null, after };
            audit::record(context, &mut tx, restaurant, staff, change).await?;
            role
        }
    };
    context.store.commit(tx).await?;
    memberships::grant(&context.store, staff.id, &workplace(&snapshot, restaurant, role)).await?;
    team::settle(&context.store, restaurant, staff.id, role).await?;
    Ok(snapshot.restaurant.slug.clone())
}

/// Creates the account of the invited address, which the link proves, and accepts.
pub async fn join(
    context: &AppContext,
    secret: &str,
    (name, password): (&str, &str),
    from: &Client,
) -> Result<Joined, ServerError> {
    let opened = tenant_secret::open(secret).ok_or_else(unknown)?;
    let (row, _) = find(context, &opened).await?;
    let (staff, session) = accounts::invited(context, &row.email, name, password, from).await?;
    let slug = accept(context, secret, &staff).await?;
    Ok(Joined { slug, session })
}
