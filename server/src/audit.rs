//! The audit log of a restaurant: each change of its settings, menu and team, in the transaction of the change.

mod differences;
mod log;
mod week;
mod words;

pub use log::view;

use crate::{
    context::AppContext,
    db::Tx,
    error::ServerError,
    queries::audit::{self, Entry},
};
use app::{domain::id::RestaurantId, services::Staff};
use serde_json::Value;

/// Records a change by a member of the team.
pub(crate) async fn record(
    context: &AppContext,
    tx: &mut Tx,
    restaurant: RestaurantId,
    staff: &Staff,
    change: Change<'_>,
) -> Result<(), ServerError> {
    audit::append(tx, restaurant, &entry(context, staff, change)).await
}

/// Records a change by an operator.
pub(crate) async fn record_operator(
    context: &AppContext,
    tx: &mut Tx,
    restaurant: RestaurantId,
    operator: &Staff,
    change: Change<'_>,
) -> Result<(), ServerError> {
    let entry = Entry { actor: "operator", ..entry(context, operator, change) };
    audit::append(tx, restaurant, &entry).await
}

fn entry(context: &AppContext, staff: &Staff, change: Change<'_>) -> Entry {
    Entry {
        at: context.clock.now(),
        actor: "staff",
        staff: Some(staff.id),
        actor_name: staff.name.clone(),
        action: change.action.to_owned(),
        subject: change.subject.to_owned(),
        before: change.before,
        after: change.after,
    }
}

/// Records a change that completes one which was interrupted.
pub(crate) async fn record_by_system(
    context: &AppContext,
    tx: &mut Tx,
    restaurant: RestaurantId,
    change: Change<'_>,
) -> Result<(), ServerError> {
    let entry = Entry {
        at: context.clock.now(),
        actor: "system",
        staff: None,
        actor_name: "Toast".to_owned(),
        action: change.action.to_owned(),
        subject: change.subject.to_owned(),
        before: change.before,
        after: change.after,
    };
    audit::append(tx, restaurant, &entry).await
}

/// A change and both values.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    /// A code such as `settings.hours`.
    pub action: &'a str,
    /// The name of the changed thing; empty for the restaurant as a whole.
    pub subject: &'a str,
    pub before: Value,
    pub after: Value,
}
