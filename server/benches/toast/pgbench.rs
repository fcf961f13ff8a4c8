//! The baseline of orders: pgbench with the server's own statement, prepared, with the same bytes.

use crate::{
    database::{Arguments, Database},
    failure::{Failure, written},
    settings::{Bench, scratch},
};
use serde_json::Value;
use std::{fs, path::PathBuf};

/// A statement per restaurant, with its weight.
pub struct Script {
    files: Vec<(PathBuf, u64)>,
    variables: Vec<String>,
}

/// Ids in order of time, as the server generates them, so that inserts go to one end of the index.
const NEW_ID: &str = "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') \
                      || '-' || substr(gen_random_uuid()::text, 15))::uuid";

impl Script {
    /// Writes the script files.
    pub fn write(name: &str, orders: &[(Arguments, u64)]) -> Result<Self, Failure> {
        let mut script = Self { files: Vec::new(), variables: Vec::new() };
        for (at, (arguments, weight)) in orders.iter().enumerate() {
            let file = scratch().join(format!("{name}-{at}.sql"));
            fs::write(&file, statement(at)).map_err(Failure::system(file.display()))?;
            script.files.push((file, *weight));
            script.variables.extend(variables(at, arguments)?);
        }
        Ok(script)
    }
}

/// The statement of `server/src/queries/orders/place.rs`. Values that differ by order are generated: key, ids,
/// instant, and the token in the payload.
fn statement(at: usize) -> String {
    format!(
        "SELECT answer, order_id, token, number, total_minor, currency FROM place_order(:restaurant_{at}, \
         gen_random_uuid()::text, :fingerprint_{at}, {NEW_ID}, :menu_version_{at}, :slot_limit_{at}, NULL, NULL, \
         clock_timestamp(), (:head_{at}::text || gen_random_uuid()::text || :tail_{at}::text)::jsonb);\n"
    )
}

fn variables(at: usize, arguments: &Arguments) -> Result<Vec<String>, Failure> {
    // The last 36 of the token's 43 characters are new in each order.
    let kept: String = arguments.token.chars().take(arguments.token.len().saturating_sub(36)).collect();
    let payload = payload(&arguments.fields)?;
    let rest = payload.strip_prefix('{').unwrap_or_default();
    Ok(vec![
        format!("restaurant_{at}={}", arguments.restaurant_id),
        format!("fingerprint_{at}=\\x{}", arguments.fingerprint),
        format!("menu_version_{at}={}", arguments.menu_version),
        format!("slot_limit_{at}={}", arguments.slot_limit.unwrap_or(i32::MAX)),
        format!("head_{at}={{\"token\":\"{kept}"),
        format!("tail_{at}=\",{rest}"),
    ])
}

fn payload(fields: &Value) -> Result<String, Failure> {
    match fields.as_object() {
        Some(fields) if !fields.is_empty() => Ok(serde_json::to_string(fields)?),
        _ => Err(Failure::untrue("an order has no fields")),
    }
}

impl Bench {
    /// Orders per second by pgbench, each verified in the database.
    pub async fn pgbench(&self, database: &Database, script: &Script) -> Result<f64, Failure> {
        database.settle().await?;
        let before = database.orders().await?;
        let mut pgbench = tokio::process::Command::new(&self.settings.pgbench);
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=1"]);
        pgbench.arg(format!("--client={}", self.settings.clients)).arg(format!("--time={}", self.settings.seconds));
        for variable in &script.variables {
            pgbench.arg("-D").arg(variable);
        }
        for (file, weight) in &script.files {
            pgbench.arg("-f").arg(format!("{}@{weight}", file.display()));
        }
        pgbench.arg(&database.url).kill_on_drop(true);
        let output = pgbench.output().await.map_err(Failure::system("pgbench"))?;
        let report = written("pgbench", &output)?;
        let number = |label: &str| {
            let line = report.lines().find_map(|line| line.strip_prefix(label));
            let word = line.and_then(|words| words.split_whitespace().next()?.split('/').next()?.parse::<f64>().ok());
            word.ok_or_else(|| Failure::untrue(format!("pgbench wrote: {report}")))
        };
        let (processed, rate) = (number("number of transactions actually processed:")?, number("tps =")?);
        let found = database.orders().await? - before;
        if format!("{processed}") != found.to_string() {
            return Err(Failure::untrue(format!("pgbench placed {processed} orders, the database has {found} more")));
        }
        Ok(rate)
    }
}
