//! Limit of challenges that one network can have stored, since anyone may ask for them.

use crate::{
    accounts::{
        passkeys::relying_party::{CHALLENGE_MINUTES, RelyingParty},
        tries::network,
    },
    error::ServerError,
};
use app::domain::error::AppError;
use moka::future::Cache;
use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// Challenges for one network in the lifetime of one, by each server. A restaurant is one network with all of its devices.
const MOST: u32 = 200;

/// Challenges by network, counted from the first one on for the lifetime of one.
#[derive(Debug, Clone)]
pub struct Begun(Cache<String, Arc<AtomicU32>>);

impl Default for Begun {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(10_000).time_to_live(window()).build())
    }
}

fn window() -> Duration {
    Duration::from_mins(u64::try_from(CHALLENGE_MINUTES).unwrap_or(1))
}

/// Counts a challenge; an error when there were too many.
pub(super) async fn count(site: &RelyingParty, from: IpAddr) -> Result<(), ServerError> {
    let counted = site.begun.0.get_with(network(from), async { Arc::default() }).await;
    if counted.fetch_add(1, Ordering::Relaxed) < MOST {
        return Ok(());
    }
    Err(AppError::TooMany { retry_after: u32::try_from(window().as_secs()).unwrap_or(60) }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn is_reached_by_one_network_alone() {
        let site = RelyingParty::of("https://toast.example").unwrap();
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..MOST {
            count(&site, one).await.unwrap();
        }
        assert!(count(&site, one).await.is_err());
        assert!(count(&site, other).await.is_ok());
    }
}
