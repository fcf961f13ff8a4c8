//! The setting of how long a restaurant keeps data of its guests.

use crate::{
    context::AppContext,
    error::ServerError,
    queries::{menus::Record, retention},
    settings::{self, Edit, Part},
};
use app::{
    domain::{error::AppError, listing::ListingStatus, role::Permission, typed},
    forms::fields,
    services::{Privacy, Staff},
};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// Days that can be set.
const DAYS: RangeInclusive<i32> = 7..=3_650;

const PART: Part = Part { action: "settings.privacy", values };

fn values(record: &Record) -> Value {
    json!({ "retention_days": record.restaurant.retention_days })
}

/// The setting as it is.
pub async fn privacy(context: &AppContext, staff: &Staff, slug: &str) -> Result<Privacy, ServerError> {
    let record = settings::record(context, staff, slug, Permission::EditSettings).await?;
    Ok(Privacy {
        name: record.restaurant.name.clone(),
        listing: ListingStatus::from_code(&record.restaurant.listing),
        days: record.restaurant.retention_days,
        base: PART.base(&record),
    })
}

/// Changes the setting, as typed. What is kept longer than that is removed within a day.
pub async fn keep_for(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    base: &str,
    days: &str,
) -> Result<(), ServerError> {
    staff.allowed(slug, Permission::EditSettings)?;
    let days = typed::count(days).filter(|days| DAYS.contains(days)).ok_or_else(|| {
        let words = format!("Enter whole days from {} to {}, such as 90.", DAYS.start(), DAYS.end());
        AppError::invalid(fields::DAYS, "days", words)
    })?;
    let mut edit = Edit::begin(context, staff, slug, PART, base).await?;
    retention::keep_for(&mut edit.tx, edit.restaurant, days).await?;
    edit.finish().await
}
