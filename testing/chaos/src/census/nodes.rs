//! The nodes that lead, and who stands by.

use super::Census;
use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::time::Duration;

/// A node that leads a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leader {
    /// 0 is the coordinator.
    pub group: i32,
    /// As the coordinator's list of nodes has it.
    pub host: String,
    /// PostgreSQL's.
    pub port: u16,
    /// Two-phase commits that are neither here nor there.
    pub prepared: i64,
    /// Names and states of the standbys that it sends to.
    pub standbys: Vec<(String, String)>,
    /// The group's members as Patroni sees them; none where there is no Patroni.
    pub members: Vec<Member>,
}

/// A member of a group as Patroni's interface shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// `leader`, `replica`, `sync_standby`, `quorum_standby`.
    pub role: String,
    /// `running` or `streaming` when all is well.
    #[serde(default)]
    pub state: String,
    /// Its address.
    #[serde(default)]
    pub host: String,
}

/// What Patroni's `/cluster` answers.
#[derive(Debug, Deserialize)]
struct Cluster {
    members: Vec<Member>,
}

/// Patroni's interface.
const PATRONI: u16 = 8008;

impl Census {
    /// Asks the Patroni beside each leader who is who.
    pub async fn ask_patroni(&mut self) -> Result<(), Failure> {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build();
        let client = client.map_err(Failure::web("asking Patroni"))?;
        for leader in &mut self.leaders {
            leader.ask_patroni(&client).await?;
        }
        Ok(())
    }
}

impl Leader {
    pub(super) fn new(group: i32, host: String, port: u16) -> Self {
        Self { group, host, port, ..Self::default() }
    }

    async fn ask_patroni(&mut self, client: &reqwest::Client) -> Result<(), Failure> {
        let url = format!("http://{}:{PATRONI}/cluster", self.host);
        let answer = client.get(&url).send().await.map_err(Failure::web(&url))?;
        let cluster: Cluster = answer.json().await.map_err(Failure::web(&url))?;
        self.members = cluster.members;
        Ok(())
    }
}

pub(super) async fn prepared(connection: &mut PgConnection) -> Result<i64, Failure> {
    sqlx::query_scalar("SELECT count(*) FROM pg_prepared_xacts")
        .fetch_one(connection)
        .await
        .map_err(Failure::database("counting prepared transactions"))
}

pub(super) async fn standbys(connection: &mut PgConnection) -> Result<Vec<(String, String)>, Failure> {
    sqlx::query_as("SELECT coalesce(application_name, ''), coalesce(state, '') FROM pg_stat_replication ORDER BY 1")
        .fetch_all(connection)
        .await
        .map_err(Failure::database("looking for standbys"))
}
