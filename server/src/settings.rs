//! Settings of a restaurant: each page edits a part of its rows in one transaction, which increments the version, writes the
//! audit log and refuses an edit whose part another person changed since its page was opened.

mod general;
mod hours;
pub(crate) mod serving;
mod serving_rows;
mod tax;

pub use general::{general, save_general};
pub use hours::{hours, save_hours};

use crate::{
    accounts::fingerprint_of,
    audit::{self, Change},
    context::AppContext,
    db::Tx,
    error::ServerError,
    menus,
    queries::{self, menus::Record},
};
use app::{
    domain::{error::AppError, id::RestaurantId, role::Permission, settings::EDIT_CONFLICT},
    services::Staff,
};
use serde_json::Value;

/// The part of a restaurant that one page edits.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    /// Code of the audit log, such as `settings.hours`.
    pub(crate) action: &'static str,
    /// Its values as JSON, readable in the audit log.
    pub(crate) values: fn(&Record) -> Value,
}

impl Part {
    /// Identifies the values that a page showed; sent back with its form.
    pub(crate) fn base(&self, record: &Record) -> String {
        fingerprint(&(self.values)(record))
    }
}

/// An edit in progress. Dropped without [`Edit::finish`] it changes nothing.
pub(crate) struct Edit<'a> {
    pub(crate) tx: Tx,
    pub(crate) restaurant: RestaurantId,
    /// The rows before the change, locked until the end.
    pub(crate) record: Record,
    context: &'a AppContext,
    staff: &'a Staff,
    part: Part,
    before: Value,
}

impl<'a> Edit<'a> {
    /// Begins to change a part. `base` is that of the page that the form was on: when the part has changed since, the result
    /// is a conflict that names who changed it.
    pub(crate) async fn begin(
        context: &'a AppContext,
        staff: &'a Staff,
        slug: &str,
        part: Part,
        base: &str,
    ) -> Result<Self, ServerError> {
        let restaurant = staff.allowed(slug, Permission::EditSettings)?.restaurant;
        let mut tx = context.store.of(restaurant).begin().await?;
        let gone = || AppError::not_found("restaurant");
        queries::menus::bump(&mut tx, restaurant).await?.ok_or_else(gone)?;
        let record = queries::menus::read_in(&mut tx, restaurant).await?.ok_or_else(gone)?;
        let before = (part.values)(&record);
        if fingerprint(&before) != base {
            let who = queries::audit::latest_actor(&mut tx, restaurant, part.action).await?;
            return Err(edit_conflict(who.as_deref()).into());
        }
        Ok(Self { tx, restaurant, record, context, staff, part, before })
    }

    /// Commits, and shows the result to guests. An edit that changed nothing is not recorded.
    pub(crate) async fn finish(mut self) -> Result<(), ServerError> {
        let Self { context, restaurant, staff, part, .. } = self;
        let record = queries::menus::read_in(&mut self.tx, restaurant).await?;
        let after = record.as_ref().map(part.values).unwrap_or_default();
        if after == self.before {
            return Ok(());
        }
        let change = Change { action: part.action, subject: "", before: self.before, after };
        audit::record(context, &mut self.tx, restaurant, staff, change).await?;
        context.store.commit(self.tx).await?;
        menus::announce(context, restaurant).await
    }
}

/// The rows of a restaurant for its settings pages, read from the primary.
pub(crate) async fn record(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    permission: Permission,
) -> Result<Record, ServerError> {
    let restaurant = staff.allowed(slug, permission)?.restaurant;
    let record = queries::menus::read(&context.store, crate::db::ReadFrom::Leader, restaurant).await?;
    Ok(record.ok_or_else(|| AppError::not_found("restaurant"))?)
}

fn edit_conflict(who: Option<&str>) -> AppError {
    let who = who.unwrap_or("Another person");
    AppError::conflict(
        EDIT_CONFLICT,
        format!(
            "{who} changed this page while you were editing. Nothing of theirs was overwritten: your entries are below, theirs are shown when you open the page again."
        ),
    )
}

/// Of the JSON text, whose keys are sorted.
fn fingerprint(values: &Value) -> String {
    fingerprint_of(values.to_string().as_bytes())
}
