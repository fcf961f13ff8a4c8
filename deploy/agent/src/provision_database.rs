//! Provisioning of the database groups once they have leaders: the server's role and its rights, and the credentials that
//! worker nodes use between each other.

use crate::{
    bundle::Bundle,
    database::superuser,
    error::AgentError,
    mesh::Mesh,
    node_config::{NodeConfig, Secrets},
    patroni::Patroni,
};
use sqlx::{AssertSqlSafe, PgConnection};
use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

/// Waits until every group has its leader and all members, then creates the server's role, its database and its rights.
/// Idempotent.
pub async fn provision(bundle: &Bundle, mesh: impl Fn() -> Mesh, wait: Duration) -> Result<(), AgentError> {
    let (inventory, node, secrets) = (&bundle.inventory, &bundle.node, bundle.require_secrets()?);
    let groups = if node.citus { inventory.groups() } else { vec![0] };
    let deadline = Instant::now() + wait;
    let mut leaders = BTreeMap::new();
    for group in groups {
        let expected = inventory.members(group).count();
        leaders.insert(group, wait_for_group(&mesh, node, group, expected, deadline).await?);
    }
    let coordinator = *leaders.get(&0).ok_or_else(|| AgentError::Waiting("group 0".to_owned()))?;
    let mut connection = superuser(coordinator, "postgres", secrets).await?;
    if !exists(&mut connection, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'toast')").await? {
        sqlx::query("CREATE DATABASE toast").execute(&mut connection).await?;
    }
    let mut connection = superuser(coordinator, "toast", secrets).await?;
    create_role(&mut connection, secrets).await?;
    if node.citus {
        for leader in leaders.values() {
            authorize_group(*leader, secrets).await?;
        }
        sqlx::raw_sql(GRANT_READ_STANDBYS).execute(&mut connection).await?;
        if leaders.len() == 1 {
            sqlx::raw_sql(PLACE_SHARDS_ON_COORDINATOR).execute(&mut connection).await?;
        }
    }
    Ok(())
}

async fn wait_for_group(
    mesh: &impl Fn() -> Mesh,
    node: &NodeConfig,
    group: u16,
    expected: usize,
    deadline: Instant,
) -> Result<Ipv4Addr, AgentError> {
    let patroni = Patroni::new(Duration::from_secs(2))?;
    loop {
        if let Some(leader) = patroni.leader_of(&mesh().members_of(group, node), expected).await {
            return Ok(leader);
        }
        if Instant::now() > deadline {
            return Err(AgentError::Waiting(format!("database group {group} to have a leader and {expected} members")));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn exists(connection: &mut PgConnection, query: &'static str) -> sqlx::Result<bool> {
    sqlx::query_scalar(query).fetch_one(connection).await
}

async fn create_role(connection: &mut PgConnection, secrets: &Secrets) -> sqlx::Result<()> {
    if !exists(connection, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'toast')").await? {
        // CREATE ROLE takes no parameters; generated passwords contain letters and digits only.
        let create = format!("CREATE ROLE toast LOGIN PASSWORD '{}'", secrets.toast);
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut *connection).await?;
    }
    for statement in RIGHTS {
        sqlx::raw_sql(*statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Gives a group the password of the server's role for connections to the other groups: Patroni stores only the
/// superuser's, but the server's statements run under its own role.
pub(crate) async fn authorize_group(leader: Ipv4Addr, secrets: &Secrets) -> Result<(), AgentError> {
    let mut connection = superuser(leader, "toast", secrets).await?;
    let password = format!("password={}", secrets.toast);
    sqlx::query(AUTHORIZE).bind(password).execute(&mut connection).await?;
    Ok(())
}

/// Whether a group has the password of the server's role.
pub(crate) async fn is_authorized(leader: Ipv4Addr, secrets: &Secrets) -> Result<bool, AgentError> {
    Ok(exists(&mut superuser(leader, "toast", secrets).await?, IS_AUTHORIZED).await?)
}

const RIGHTS: &[&str] = &[
    "GRANT ALL ON DATABASE toast TO toast",
    "GRANT ALL ON SCHEMA public TO toast",
    // The copy of a shard is read in a transaction that stays idle until the copy is complete.
    "ALTER ROLE postgres SET idle_in_transaction_session_timeout = 0",
    // recover_prepared_transactions() needs superuser rights, which the server's role gets for this function only.
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

const IS_AUTHORIZED: &str = "SELECT EXISTS (SELECT FROM pg_dist_authinfo WHERE nodeid = 0 AND rolename = 'toast')";

const AUTHORIZE: &str = "INSERT INTO pg_dist_authinfo (nodeid, rolename, authinfo) SELECT 0, 'toast', $1
    WHERE NOT EXISTS (SELECT FROM pg_dist_authinfo WHERE nodeid = 0 AND rolename = 'toast')";

/// Reads that may be stale go to each group's standby; only superusers may change the session setting for that.
const GRANT_READ_STANDBYS: &str = "GRANT SET ON PARAMETER citus.use_secondary_nodes TO toast";

/// Without workers the coordinator holds the shards itself; workers that join later get theirs from it.
const PLACE_SHARDS_ON_COORDINATOR: &str = "SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', true)
    FROM pg_dist_node WHERE groupid = 0 AND noderole = 'primary' AND NOT shouldhaveshards";
