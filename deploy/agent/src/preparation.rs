//! Preparing the databases once they have leaders: roles, rights, and what worker nodes need to let each other in.

use crate::{
    error::Trouble,
    identity::{Identity, Secrets},
    inventory::{Inventory, Role},
    mesh::Mesh,
};
use serde::Deserialize;
use sqlx::{Connection, PgConnection};
use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

/// Waits until every group has its leader and its standbys stream, then makes the server's role and its rights.
/// Safe to repeat.
pub async fn prepare(
    inventory: &Inventory,
    identity: &Identity,
    secrets: &Secrets,
    look: impl Fn() -> Mesh,
    patience: Duration,
) -> Result<(), Trouble> {
    let groups = if identity.citus { inventory.groups() } else { vec![0] };
    let deadline = Instant::now() + patience;
    let mut leaders = BTreeMap::new();
    for group in groups {
        let expected = inventory.members(group).count();
        leaders.insert(group, wait_for_group(&look, identity, group, expected, deadline).await?);
    }
    let coordinator = leaders.get(&0).ok_or_else(|| Trouble::Waiting("group 0".to_owned()))?;
    make_role(*coordinator, secrets).await?;
    if identity.citus {
        for leader in leaders.values() {
            let_in(*leader, secrets).await?;
        }
        order(*coordinator, secrets, READ_STANDBYS).await?;
        if leaders.len() == 1 {
            order(*coordinator, secrets, HOLD_SHARDS).await?;
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Cluster {
    members: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    role: String,
    state: String,
    host: Option<Ipv4Addr>,
}

async fn wait_for_group(
    look: &impl Fn() -> Mesh,
    identity: &Identity,
    group: u16,
    expected: usize,
    deadline: Instant,
) -> Result<Ipv4Addr, Trouble> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(2)).build()?;
    loop {
        let mesh = look();
        for member in mesh.everyone(Role::Database, identity).iter().filter(|member| member.group == Some(group)) {
            if let Some(leader) = whole(&client, member.address, expected).await {
                return Ok(leader);
            }
        }
        if Instant::now() > deadline {
            return Err(Trouble::Waiting(format!("database group {group} to have a leader and {expected} members")));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// The leader of a group that is complete.
pub(crate) async fn whole(client: &reqwest::Client, member: Ipv4Addr, expected: usize) -> Option<Ipv4Addr> {
    let cluster: Cluster = client.get(format!("http://{member}:8008/cluster")).send().await.ok()?.json().await.ok()?;
    let streaming =
        cluster.members.iter().filter(|member| member.state == "streaming" || member.state == "running").count();
    let leader = cluster.members.iter().find(|member| member.role == "leader" && member.state == "running")?;
    if streaming < expected { None } else { leader.host }
}

/// A connection with all rights.
pub(crate) async fn superuser(host: Ipv4Addr, database: &str, secrets: &Secrets) -> Result<PgConnection, Trouble> {
    let url = format!("postgres://postgres:{}@{host}:5432/{database}?sslmode=disable", secrets.postgres);
    Ok(PgConnection::connect(&url).await?)
}

/// The role, its database, and the one thing it may do with the superuser's rights.
async fn make_role(leader: Ipv4Addr, secrets: &Secrets) -> Result<(), Trouble> {
    let mut connection = superuser(leader, "postgres", secrets).await?;
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'toast')")
        .fetch_one(&mut connection)
        .await?;
    if !there {
        sqlx::query("CREATE DATABASE toast").execute(&mut connection).await?;
    }
    connection.close().await?;
    let mut connection = superuser(leader, "toast", secrets).await?;
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'toast')")
        .fetch_one(&mut connection)
        .await?;
    if !there {
        // The password is generated from letters and digits; a role's password cannot be bound.
        let create = format!("CREATE ROLE toast LOGIN PASSWORD '{}'", secrets.toast);
        sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&mut connection).await?;
    }
    for statement in RIGHTS {
        sqlx::raw_sql(*statement).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}

const RIGHTS: &[&str] = &[
    "GRANT ALL ON DATABASE toast TO toast",
    "GRANT ALL ON SCHEMA public TO toast",
    // A shard on the move is read from a transaction that waits for as long as its copy takes.
    "ALTER ROLE postgres SET idle_in_transaction_session_timeout = 0",
    "CREATE OR REPLACE FUNCTION toast_settle_prepared() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$
        DECLARE settled integer := 0;
        BEGIN
            IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
                EXECUTE 'SELECT recover_prepared_transactions()' INTO settled;
            END IF;
            RETURN settled;
        END $$",
    "REVOKE ALL ON FUNCTION toast_settle_prepared() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION toast_settle_prepared() TO toast",
];

/// Patroni tells the nodes only the superuser's password; the server's statements travel under its own role.
pub(crate) async fn let_in(leader: Ipv4Addr, secrets: &Secrets) -> Result<(), Trouble> {
    let mut connection = superuser(leader, "toast", secrets).await?;
    sqlx::query(
        "INSERT INTO pg_dist_authinfo (nodeid, rolename, authinfo) SELECT 0, 'toast', $1
         WHERE NOT EXISTS (SELECT FROM pg_dist_authinfo WHERE nodeid = 0 AND rolename = 'toast')",
    )
    .bind(format!("password={}", secrets.toast))
    .execute(&mut connection)
    .await?;
    connection.close().await?;
    Ok(())
}

/// Does one thing with the superuser's rights.
async fn order(leader: Ipv4Addr, secrets: &Secrets, statement: &'static str) -> Result<(), Trouble> {
    let mut connection = superuser(leader, "toast", secrets).await?;
    sqlx::raw_sql(statement).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Reads that may be stale ask each group's standby; whether a session does is a setting that only superusers may change.
const READ_STANDBYS: &str = "GRANT SET ON PARAMETER citus.use_secondary_nodes TO toast";

/// Where there are no workers yet, the coordinator holds the shards itself; workers that come later take theirs from it.
const HOLD_SHARDS: &str = "SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', true)
    FROM pg_dist_node WHERE groupid = 0 AND noderole = 'primary' AND NOT shouldhaveshards";
