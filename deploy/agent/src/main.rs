//! The command line of the agent.

use agent::{
    bundle::{Bundle, REMEMBERED, current},
    departure, engines,
    error::Trouble,
    files, firewall,
    identity::Secrets,
    inventory::{Inventory, Role},
    mesh::Mesh,
    preparation, rounds,
    shards::{Desk, Moved},
    units,
};
use clap::{Parser, Subcommand};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tracing_subscriber::EnvFilter;

/// Keeps one machine of a Toast installation what the inventory says it is.
#[derive(Debug, Parser)]
#[command(name = "toast-agent", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Keep this machine right until told to stop; SIGHUP looks at everything at once
    Run,
    /// Write the unit files of this machine's services
    Units {
        /// Folder to write into
        #[arg(long, default_value = "/etc/systemd/system")]
        out: PathBuf,
    },
    /// Load the firewall; runs before the mesh does
    Firewall,
    /// Write the configuration that has to be there before the mesh is, on the control node
    Control,
    /// Wait for the databases, then make the server's role and its rights
    PrepareDatabase {
        /// Seconds to wait
        #[arg(long, default_value_t = 180)]
        patience: u64,
    },
    /// Move shards until every database group has its share, one that has just joined included
    Rebalance {
        /// Seconds to wait until all groups are complete
        #[arg(long, default_value_t = 180)]
        patience: u64,
    },
    /// Move all shards off a database group, so that its machines can be taken away
    Drain {
        /// Which group
        group: u16,
    },
    /// Forget a database group that was drained and whose machines have left
    Forget {
        /// Which group
        group: u16,
    },
    /// Take no more load, finish what is open, and leave the mesh; to come back, a machine needs a new key
    Leave,
    /// Say what is wrong with an inventory
    Check {
        /// The file
        inventory: PathBuf,
    },
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("TOAST_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(obey(Cli::parse().command)),
        Err(error) => Err(Trouble::Waiting(error.to_string())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            drop(writeln!(std::io::stderr(), "toast-agent: {trouble}"));
            ExitCode::FAILURE
        }
    }
}

async fn obey(command: Command) -> Result<(), Trouble> {
    match command {
        Command::Run => rounds::run().await,
        Command::Units { out } => {
            let bundle = Bundle::read(&current())?;
            let nothing = Mesh::default();
            units::write(&out, &bundle.templates, &bundle.scene(&nothing, &[])).await
        }
        Command::Firewall => firewall::establish(&Bundle::read(&current())?).await,
        Command::Control => write_control(),
        Command::PrepareDatabase { patience } => {
            let bundle = Bundle::read(&current())?;
            let patience = Duration::from_secs(patience);
            preparation::prepare(&bundle.inventory, &bundle.identity, secrets(&bundle)?, look, patience).await
        }
        Command::Rebalance { patience } => {
            let bundle = Bundle::read(&current())?;
            say(desk(&bundle)?.rebalance(Duration::from_secs(patience)).await?)
        }
        Command::Drain { group } => {
            let bundle = Bundle::read(&current())?;
            say(desk(&bundle)?.drain(group).await?)
        }
        Command::Forget { group } => desk(&Bundle::read(&current())?)?.forget(group).await,
        Command::Leave => departure::leave(&Bundle::read(&current())?.identity).await,
        Command::Check { inventory } => Inventory::read(&inventory).map(drop).map_err(Trouble::from),
    }
}

/// The agent that runs beside goes on learning who is there.
fn look() -> Mesh {
    Mesh::recall(Path::new(REMEMBERED))
}

fn secrets(bundle: &Bundle) -> Result<&Secrets, Trouble> {
    bundle.secrets.as_ref().ok_or_else(|| Trouble::Waiting("the passwords".to_owned()))
}

fn desk(bundle: &Bundle) -> Result<Desk<'_>, Trouble> {
    Desk::new(&bundle.identity, secrets(bundle)?, look)
}

fn say(moved: Moved) -> Result<(), Trouble> {
    writeln!(std::io::stdout(), "{moved}").map_err(Trouble::file(Path::new("standard output")))
}

/// The control server is what every mesh waits for, so its files are written without looking at one.
fn write_control() -> Result<(), Trouble> {
    let bundle = Bundle::read(&current())?;
    let nothing = Mesh::default();
    let scene = bundle.scene(&nothing, &[]);
    for file in engines::of(Role::Control).iter().flat_map(|engine| engine.files) {
        let text = bundle.templates.render(file.template, &scene)?;
        files::replace(&file.place(&bundle.inventory.domain), &text, 0o640, file.owner)?;
    }
    name_relay_certificate(&bundle.inventory.control_name())
}

/// The relay looks for a certificate that is called like its host.
fn name_relay_certificate(name: &str) -> Result<(), Trouble> {
    for (from, ending) in [("/etc/toast/control.pem", "crt"), ("/etc/toast/control.key", "key")] {
        let from = Path::new(from);
        let text = std::fs::read_to_string(from).map_err(Trouble::file(from))?;
        files::replace(&Path::new("/etc/toast/relay").join(format!("{name}.{ending}")), &text, 0o600, None)?;
    }
    Ok(())
}
