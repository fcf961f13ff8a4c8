//! Changing a person's role, and ending their access.

use crate::{
    audit::{self, Change},
    context::AppContext,
    error::ServerError,
    queries::{
        memberships, pins,
        team::{self as stored, MemberRow},
    },
    team::{ensure_manages, is_last_owner, workplace},
};
use app::{
    domain::{
        error::AppError,
        id::{RestaurantId, StaffId},
        role::Role,
    },
    services::Staff,
};
use serde_json::{Value, json};

/// Gives a person another role. The last owner keeps theirs.
pub(super) async fn set_role(
    context: &AppContext,
    staff: &Staff,
    restaurant: RestaurantId,
    member: StaffId,
    role: Role,
) -> Result<(), ServerError> {
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let place = workplace(&snapshot, restaurant, role);
    let mut tx = context.store.of(restaurant).begin().await?;
    let team = stored::lock(&mut tx, restaurant).await?;
    ensure_manages(context, staff, restaurant).await?;
    let row = find(&team, member)?;
    if row.role == role && !row.pending {
        return Ok(());
    }
    if role != Role::Owner && is_last_owner(&team, member) {
        return Err(last_owner(row, "keeps this role").into());
    }
    // Permissions are taken away before the list and the log change, and given after: a failure in between leaves fewer.
    let loses = row.role.loses_with(role);
    if loses {
        memberships::grant(&context.store, member, &place).await?;
    }
    stored::set_role(&mut tx, restaurant, member, role, !loses).await?;
    let change = Change {
        action: "team.role",
        subject: &row.name,
        before: json!({ "role": row.role.label() }),
        after: json!({ "role": role.label() }),
    };
    audit::record(context, &mut tx, restaurant, staff, change).await?;
    context.store.commit(tx).await?;
    if !loses {
        memberships::grant(&context.store, member, &place).await?;
        stored::settle(&context.store, restaurant, member, role).await?;
    }
    Ok(())
}

/// Ends a person's access: their pages within seconds, open streams as well. The last owner stays.
pub(super) async fn remove(
    context: &AppContext,
    staff: &Staff,
    restaurant: RestaurantId,
    member: StaffId,
) -> Result<(), ServerError> {
    let mut tx = context.store.of(restaurant).begin().await?;
    let team = stored::lock(&mut tx, restaurant).await?;
    ensure_manages(context, staff, restaurant).await?;
    let row = find(&team, member)?;
    if is_last_owner(&team, member) {
        return Err(last_owner(row, "stays").into());
    }
    memberships::revoke(&context.store, member, restaurant).await?;
    stored::remove(&mut tx, restaurant, member).await?;
    pins::remove(&mut tx, restaurant, member).await?;
    let change = Change {
        action: "team.remove",
        subject: &row.name,
        before: json!({ "role": row.role.label(), "email": row.email }),
        after: Value::Null,
    };
    audit::record(context, &mut tx, restaurant, staff, change).await?;
    context.store.commit(tx).await
}

fn find(team: &[MemberRow], member: StaffId) -> Result<&MemberRow, AppError> {
    team.iter().find(|row| row.staff == member).ok_or_else(|| AppError::not_found("person"))
}

fn last_owner(row: &MemberRow, keeps: &str) -> AppError {
    let name = &row.name;
    let words = format!("{name} is the only owner and {keeps}. Give another person the role of owner first.");
    AppError::conflict("last_owner", words)
}
