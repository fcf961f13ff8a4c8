//! Databases of tests on servers that outlive them. Their names end with the id of the process that created them, or contain
//! it, so that a later run can drop those of an earlier one.

use crate::Error;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::path::Path;

/// A URL of the same server for another database.
pub fn with_database(url: &str, name: &str) -> Result<String, Error> {
    let mut url = reqwest::Url::parse(url).map_err(|error| Error::failed("the database's URL", error))?;
    url.set_path(name);
    Ok(url.into())
}

pub async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    PgConnection::connect_with(options).await.map_err(Error::database("connecting"))
}

pub async fn execute(connection: &mut PgConnection, statement: &str) -> Result<(), Error> {
    let done = connection.execute(AssertSqlSafe(statement.to_owned())).await;
    done.map(drop).map_err(Error::database(statement))
}

/// Executes a statement on a new connection.
pub async fn execute_at(url: &str, statement: &str) -> Result<(), Error> {
    let mut connection = PgConnection::connect(url).await.map_err(Error::database("connecting"))?;
    execute(&mut connection, statement).await?;
    connection.close().await.map_err(Error::database("disconnecting"))
}

/// Drops databases whose names begin with a prefix and the id of a process that has ended.
pub async fn drop_stale(connection: &mut PgConnection, prefix: &str) -> Result<(), Error> {
    let names: Vec<String> = sqlx::query_scalar("SELECT datname FROM pg_database WHERE starts_with(datname, $1)")
        .bind(prefix)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing databases"))?;
    for name in names {
        let process = name.strip_prefix(prefix).and_then(|rest| rest.split('_').next()).unwrap_or_default();
        if process.parse::<u32>().is_ok_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            execute(connection, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_keeps_its_password_and_its_options() {
        let url = "postgres://postgres:p%40ss@127.0.0.1:5433/postgres?sslmode=disable";
        assert_eq!(with_database(url, "toast").unwrap(), url.replace("/postgres?", "/toast?"));
        assert_eq!(with_database("postgres://u@host", "toast").unwrap(), "postgres://u@host/toast");
    }
}
