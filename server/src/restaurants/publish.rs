//! Publishing a restaurant, taking it offline, and the checklist before that.

use crate::{
    audit::{self, Change},
    context::AppContext,
    db::{ReadFrom, Tx},
    error::ServerError,
    menus::Snapshot,
    queries::{
        self,
        menus::{self, Record},
        restaurants,
    },
    restaurants::checklist,
};
use app::{
    domain::{
        error::{AppError, Problem},
        id::RestaurantId,
        listing::ListingStatus,
        role::Permission,
    },
    services::{Setup, SetupStep, Staff},
};
use serde_json::json;

/// Who sees each of a person's restaurants; none where it cannot be read.
pub async fn listings(context: &AppContext, staff: &Staff) -> Vec<Option<ListingStatus>> {
    let reads = staff.restaurants.iter().map(|place| context.catalogue.by_id(place.restaurant));
    let read = futures::future::join_all(reads).await;
    read.into_iter().map(|snapshot| snapshot.ok().map(|snapshot| snapshot.restaurant.listing)).collect()
}

/// The checklist of a restaurant.
pub async fn setup(context: &AppContext, staff: &Staff, slug: &str) -> Result<Setup, ServerError> {
    let restaurant = staff.allowed(slug, Permission::EditSettings)?.restaurant;
    let record = queries::menus::read(&context.store, ReadFrom::Leader, restaurant).await?.ok_or_else(gone)?;
    let steps = steps(context, &record)?;
    let row = record.restaurant;
    Ok(Setup { slug: row.slug, name: row.name, listing: ListingStatus::from_code(&row.listing), steps })
}

/// Shows a restaurant to guests, or asks an operator to, when nothing is missing.
pub async fn publish(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    status: ListingStatus,
) -> Result<(), ServerError> {
    let restaurant = staff.allowed(slug, Permission::Publish)?.restaurant;
    let (mut tx, record) = begin(context, restaurant).await?;
    let problems: Vec<_> = steps(context, &record)?
        .into_iter()
        .filter_map(|step| Some(Problem::new(step.topic.code(), "missing", step.missing?)))
        .collect();
    if !problems.is_empty() {
        return Err(AppError::Invalid { problems }.into());
    }
    match ListingStatus::from_code(&record.restaurant.listing) {
        ListingStatus::Published | ListingStatus::Review => Ok(()),
        ListingStatus::Suspended => Err(suspended().into()),
        before @ ListingStatus::Draft => {
            list(context, staff, restaurant, &mut tx, (before, status)).await?;
            commit(context, restaurant, tx).await
        }
    }
}

/// Hides a restaurant from guests. Orders that were placed stay on the board.
pub async fn take_offline(context: &AppContext, staff: &Staff, slug: &str) -> Result<(), ServerError> {
    let restaurant = staff.allowed(slug, Permission::Publish)?.restaurant;
    let (mut tx, record) = begin(context, restaurant).await?;
    match ListingStatus::from_code(&record.restaurant.listing) {
        ListingStatus::Draft => Ok(()),
        ListingStatus::Suspended => Err(suspended().into()),
        before => {
            list(context, staff, restaurant, &mut tx, (before, ListingStatus::Draft)).await?;
            commit(context, restaurant, tx).await
        }
    }
}

/// The rows of a restaurant, locked against other changes.
async fn begin(context: &AppContext, restaurant: RestaurantId) -> Result<(Tx, Record), ServerError> {
    let mut tx = context.store.of(restaurant).begin().await?;
    menus::bump(&mut tx, restaurant).await?.ok_or_else(gone)?;
    let record = menus::read_in(&mut tx, restaurant).await?.ok_or_else(gone)?;
    Ok((tx, record))
}

async fn list(
    context: &AppContext,
    staff: &Staff,
    restaurant: RestaurantId,
    tx: &mut Tx,
    (before, after): (ListingStatus, ListingStatus),
) -> Result<(), ServerError> {
    restaurants::list(tx, restaurant, after).await?;
    let (before, after) = (json!(before.code()), json!(after.code()));
    audit::record(context, tx, restaurant, staff, Change { action: "restaurant.listing", subject: "", before, after })
        .await
}

async fn commit(context: &AppContext, restaurant: RestaurantId, tx: Tx) -> Result<(), ServerError> {
    context.store.commit(tx).await?;
    crate::menus::announce(context, restaurant).await
}

fn steps(context: &AppContext, record: &Record) -> Result<Vec<SetupStep>, ServerError> {
    let now = context.clock.now();
    Ok(checklist::steps(record, &Snapshot::of(record, now)?, now))
}

fn gone() -> AppError {
    AppError::not_found("restaurant")
}

fn suspended() -> AppError {
    let words = "The operator of this site has suspended the restaurant. Ask them before you publish it again.";
    AppError::conflict("suspended", words)
}
