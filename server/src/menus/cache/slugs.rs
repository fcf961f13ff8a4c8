//! The restaurants of slugs, also of unknown ones.

use super::IDLE;
use crate::{
    db::{ReadFrom, Store},
    error::ServerError,
    queries::restaurants,
};
use app::domain::{error::AppError, id::RestaurantId};
use moka::future::Cache;
use std::time::Duration;

/// Lifetime of an entry for an unknown slug.
const NEGATIVE_TTL: Duration = Duration::from_secs(2);
/// Longer slugs are unknown without a lookup.
const LONGEST_SLUG: usize = 80;

/// Looked up once each.
#[derive(Clone)]
pub struct Slugs {
    store: Store,
    known: Cache<String, RestaurantId>,
    unknown: Cache<String, ()>,
}

impl Slugs {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            known: Cache::builder().max_capacity(100_000).time_to_idle(IDLE).build(),
            unknown: Cache::builder().max_capacity(10_000).time_to_live(NEGATIVE_TTL).build(),
        }
    }

    /// The id of the restaurant of a slug.
    pub async fn id(&self, slug: &str) -> Result<RestaurantId, ServerError> {
        if let Some(id) = self.known.get(slug).await {
            return Ok(id);
        }
        if !is_slug(slug) || self.unknown.contains_key(slug) {
            return Err(AppError::not_found("restaurant").into());
        }
        if let Some(id) = resolve(&self.store, slug).await? {
            self.known.insert(slug.to_owned(), id).await;
            Ok(id)
        } else {
            self.unknown.insert(slug.to_owned(), ()).await;
            Err(AppError::not_found("restaurant").into())
        }
    }

    /// The id of the restaurant of a slug that another restaurant may have by now, read again. What cannot be read stays.
    pub async fn id_again(&self, slug: &str) -> Result<RestaurantId, ServerError> {
        match resolve(&self.store, slug).await {
            Ok(Some(id)) => self.known.insert(slug.to_owned(), id).await,
            Ok(None) => self.known.invalidate(slug).await,
            Err(error) => tracing::warn!(%error, "earlier slug could not be read again"),
        }
        self.id(slug).await
    }

    /// Removes the entry that says that a slug is unknown.
    pub async fn clear_negative_entry(&self, slug: &str) {
        self.unknown.invalidate(slug).await;
    }
}

/// The restaurant of a slug changes only after it was freed, so the replica is sufficient when the primary is unavailable. Only
/// the primary decides that a slug is unknown.
async fn resolve(store: &Store, slug: &str) -> Result<Option<RestaurantId>, ServerError> {
    match restaurants::named(store, ReadFrom::Leader, slug).await {
        Err(error) if error.is_unavailable() && store.has_standby() => {
            let named = restaurants::named(store, ReadFrom::Standby, slug).await;
            Ok(Some(named.ok().flatten().ok_or(error)?))
        }
        result => result,
    }
}

/// Malformed slugs are rejected without a query.
fn is_slug(text: &str) -> bool {
    (1..=LONGEST_SLUG).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
