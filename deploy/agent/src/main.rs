//! The command line of the agent.

use agent::{
    bundle::{Bundle, MESH_CACHE},
    decommission,
    error::AgentError,
    files, firewall,
    inventory::{Inventory, Role},
    mesh::Mesh,
    provision_database, reconcile_loop, services,
    shards::ShardMover,
    status, systemd_units,
};
use clap::{Parser, Subcommand};
use std::{
    fmt::Display,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tracing_subscriber::EnvFilter;

/// Reconciles one machine of a Toast installation with the inventory.
#[derive(Debug, Parser)]
#[command(name = "toast-agent", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the reconcile loop; SIGHUP forces a full pass
    Run,
    /// Show sites, nodes, leaders, replication lag and open circuit breakers, as the agent of this node sees them
    Status {
        /// Show instead which database node has this restaurant
        #[arg(long, value_name = "SLUG")]
        restaurant: Option<String>,
        /// URL of the agent
        #[arg(long, env = "TOAST_AGENT_URL", value_name = "URL", default_value = "http://127.0.0.1:9300")]
        agent_url: String,
    },
    /// Write the systemd units of this machine's services
    Units {
        /// Directory of the units
        #[arg(long, default_value = "/etc/systemd/system")]
        out: PathBuf,
    },
    /// Load the firewall rules; runs before the mesh starts
    Firewall,
    /// Write the configuration of the mesh's control server; runs before it starts
    Control,
    /// Wait for all database groups, then create the server's role and its rights
    PrepareDatabase {
        /// Seconds to wait for the groups
        #[arg(long, value_name = "SECONDS", default_value_t = 180)]
        timeout: u64,
    },
    /// Move shards until every database group has its share, including new groups
    Rebalance {
        /// Seconds to wait until all groups are complete
        #[arg(long, value_name = "SECONDS", default_value_t = 180)]
        timeout: u64,
    },
    /// Move all shards off a database group, so that its machines can be removed
    Drain {
        /// Number of the group
        group: u16,
    },
    /// Unregister a database group that is drained and whose machines have left
    Forget {
        /// Number of the group
        group: u16,
    },
    /// Drain and stop this machine's services and leave the mesh; joining again takes a new key
    Leave,
    /// Validate an inventory
    Check {
        /// Path of the inventory
        inventory: PathBuf,
    },
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("TOAST_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(Cli::parse().command)),
        Err(error) => Err(AgentError::invalid("runtime", error)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "toast-agent: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), AgentError> {
    match command {
        Command::Run => reconcile_loop::run().await,
        Command::Status { restaurant, agent_url } => print(status::report(&agent_url, restaurant.as_deref()).await?),
        Command::Units { out } => systemd_units::write(&out, &Bundle::current()?).await,
        Command::Firewall => firewall::establish(&Bundle::current()?).await,
        Command::Control => write_control(&Bundle::current()?),
        Command::PrepareDatabase { timeout } => {
            provision_database::provision(&Bundle::current()?, cached_mesh, Duration::from_secs(timeout)).await
        }
        Command::Rebalance { timeout } => {
            let bundle = Bundle::current()?;
            print_moves(ShardMover::new(&bundle, cached_mesh)?.rebalance(Duration::from_secs(timeout)).await?)
        }
        Command::Drain { group } => {
            let bundle = Bundle::current()?;
            print_moves(ShardMover::new(&bundle, cached_mesh)?.drain(group).await?)
        }
        Command::Forget { group } => ShardMover::new(&Bundle::current()?, cached_mesh)?.forget(group).await,
        Command::Leave => decommission::leave(&Bundle::current()?.node).await,
        Command::Check { inventory } => Inventory::read(&inventory).map(drop).map_err(AgentError::from),
    }
}

/// The mesh as last seen by this machine's running agent, which keeps the cache current.
fn cached_mesh() -> Mesh {
    Mesh::load_cache(Path::new(MESH_CACHE))
}

fn print_moves(moves: i64) -> Result<(), AgentError> {
    print(format_args!("{moves} moves"))
}

fn print(text: impl Display) -> Result<(), AgentError> {
    writeln!(std::io::stdout(), "{text}").map_err(AgentError::file(Path::new("standard output")))
}

/// Does not depend on the mesh, because the mesh depends on the control server.
fn write_control(bundle: &Bundle) -> Result<(), AgentError> {
    for file in services::of(Role::Control).iter().flat_map(|service| service.files) {
        let text = bundle.render_static(file.template)?;
        files::replace(&file.path(&bundle.inventory.domain), &text, 0o640, file.owner)?;
    }
    copy_relay_certificate(&bundle.inventory.control_name())
}

/// derper requires a certificate file named after its host.
fn copy_relay_certificate(name: &str) -> Result<(), AgentError> {
    for (from, extension) in [("/etc/toast/control.pem", "crt"), ("/etc/toast/control.key", "key")] {
        let from = Path::new(from);
        let text = std::fs::read_to_string(from).map_err(AgentError::file(from))?;
        files::replace(&Path::new("/etc/toast/relay").join(format!("{name}.{extension}")), &text, 0o600, None)?;
    }
    Ok(())
}
