//! Limits for each client address at ingresses and edges.

use serde::{Deserialize, Serialize};

/// Requests beyond a limit are rejected with 429. Bursts are requests at once above the rate. The defaults suit dedicated
/// machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimits {
    pub general_per_second: u32,
    /// Burst of requests: a page loads several files.
    pub general_burst: u32,
    pub searches_per_second: u32,
    pub searches_burst: u32,
    pub sign_ins_per_minute: u32,
    pub sign_ins_burst: u32,
    pub orders_per_minute: u32,
    pub orders_burst: u32,
    pub open_requests: u32,
    /// Open requests that a server computes, which excludes static files and live streams.
    pub dynamic_requests: u32,
    pub open_streams: u32,
    pub edge_per_second: u32,
    pub edge_burst: u32,
    /// Seconds until an ingress gives up a server's response: longer than the server waits for its database.
    pub upstream_timeout_seconds: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            general_per_second: 50,
            general_burst: 100,
            searches_per_second: 10,
            searches_burst: 20,
            sign_ins_per_minute: 10,
            sign_ins_burst: 5,
            orders_per_minute: 60,
            orders_burst: 20,
            open_requests: 200,
            dynamic_requests: 16,
            open_streams: 30,
            edge_per_second: 100,
            edge_burst: 200,
            upstream_timeout_seconds: 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_limits_have_defaults_and_unknown_ones_are_rejected() {
        let limits: RateLimits = toml::from_str("dynamic_requests = 4").unwrap();
        assert_eq!(limits, RateLimits { dynamic_requests: 4, ..RateLimits::default() });
        assert!(toml::from_str::<RateLimits>("dynamic_request = 4").is_err());
    }
}
