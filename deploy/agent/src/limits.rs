//! How much one address may ask of an ingress or an edge: for machines of their own, unless the inventory says otherwise.

use serde::{Deserialize, Serialize};

/// What is more than this is refused with 429; counted for each address by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests a second.
    pub general_per_second: u32,
    /// So many at once beyond that, as a page with its files needs them.
    pub general_burst: u32,
    /// Searches a second.
    pub searches_per_second: u32,
    /// So many at once beyond that.
    pub searches_burst: u32,
    /// Sign-ins a minute.
    pub sign_ins_per_minute: u32,
    /// So many at once beyond that.
    pub sign_ins_burst: u32,
    /// Orders a minute.
    pub orders_per_minute: u32,
    /// So many at once beyond that.
    pub orders_burst: u32,
    /// Requests that are open at a time, of all kinds.
    pub requests: u32,
    /// Requests that are open at a time and that a server works for.
    pub work: u32,
    /// Live streams.
    pub streams: u32,
    /// Requests a second to an edge.
    pub edge_per_second: u32,
    /// So many at once beyond that.
    pub edge_burst: u32,
    /// Seconds that an ingress waits for a server's answer: longer than the server waits for its database.
    pub answer_seconds: u32,
}

impl Default for Limits {
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
            requests: 200,
            work: 16,
            streams: 30,
            edge_per_second: 100,
            edge_burst: 200,
            answer_seconds: 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_is_as_usual_and_what_is_unknown_is_refused() {
        let limits: Limits = toml::from_str("work = 4").unwrap();
        assert_eq!(limits, Limits { work: 4, ..Limits::default() });
        assert!(toml::from_str::<Limits>("wrok = 4").is_err());
    }
}
