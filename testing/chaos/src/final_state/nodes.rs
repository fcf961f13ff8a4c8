//! Leaders of database groups and their standbys.

use super::FinalState;
use sqlx::PgConnection;
use std::time::Duration;
use support::{
    Error,
    patroni::{Cluster, Member, PORT},
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leader {
    /// 0 is the coordinator's.
    pub group: i32,
    /// As in the coordinator's list of nodes.
    pub host: String,
    pub port: u16,
    /// Number of prepared transactions.
    pub prepared: i64,
    /// Names and states of connected standbys.
    pub standbys: Vec<(String, String)>,
    /// The group's members as Patroni reports them; empty without Patroni.
    pub members: Vec<Member>,
}

impl FinalState {
    /// Asks each leader's Patroni for the members of its group.
    pub async fn query_patroni(&mut self) -> Result<(), Error> {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build();
        let client = client.map_err(Error::http("Patroni"))?;
        for leader in &mut self.leaders {
            let url = format!("http://{}:{PORT}/cluster", leader.host);
            let response = client.get(&url).send().await.map_err(Error::http(&url))?;
            let cluster: Cluster = response.json().await.map_err(Error::http(&url))?;
            leader.members = cluster.members;
        }
        Ok(())
    }
}

impl Leader {
    pub(super) fn new(group: i32, host: String, port: u16) -> Self {
        Self { group, host, port, ..Self::default() }
    }
}

pub(super) async fn prepared(connection: &mut PgConnection) -> Result<i64, Error> {
    sqlx::query_scalar("SELECT count(*) FROM pg_prepared_xacts")
        .fetch_one(connection)
        .await
        .map_err(Error::database("counting prepared transactions"))
}

pub(super) async fn standbys(connection: &mut PgConnection) -> Result<Vec<(String, String)>, Error> {
    sqlx::query_as("SELECT coalesce(application_name, ''), coalesce(state, '') FROM pg_stat_replication ORDER BY 1")
        .fetch_all(connection)
        .await
        .map_err(Error::database("reading pg_stat_replication"))
}
