//! `toast-testbed`: starts, inspects, breaks and ends a multi-node installation on one host.

use agent::inventory::Role;
use clap::{Parser, Subcommand};
use std::{
    io::Write as _,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};
use testbed::{
    Testbed, TestbedError, debootstrap, down, preflight,
    progress::{print, step},
    topology_report,
    up::{self, Phase, Settings},
};

/// Multi-node testbed: an installation of Toast on one host, each node with its own namespaces and systemd. Needs root.
#[derive(Parser)]
#[command(name = "toast-testbed")]
struct Arguments {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Start the testbed.
    Up {
        /// Inventory of the nodes.
        #[arg(long, default_value = "deploy/inventory/multi.toml")]
        inventory: PathBuf,
        /// Programs, templates and site, as `make regions` creates them.
        #[arg(long, default_value = ".toast/bundle")]
        bundle: PathBuf,
        /// Shard the database; the default if Citus is installed.
        #[arg(long, conflicts_with = "plain")]
        citus: bool,
        /// Do not shard the database.
        #[arg(long)]
        plain: bool,
        /// Limit the disks of database nodes, so that they can be filled.
        #[arg(long, value_name = "MEBIBYTES", num_args = 0..=1, default_missing_value = "1024")]
        small_disks: Option<u32>,
        /// Last phase of the start.
        #[arg(long, value_enum, default_value = "open")]
        until: Phase,
    },
    /// End the testbed, or what is left of one, and remove its files.
    Down,
    /// Show sites, nodes and addresses.
    Map,
    /// Show which nodes and services run.
    Status,
    /// Run a command inside a node.
    Exec {
        /// Name of the node.
        node: String,
        /// The command, after `--`.
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
    /// Crash a node, as a power loss does.
    Crash {
        /// Name of the node.
        node: String,
    },
    /// Boot a crashed node.
    Boot {
        /// Name of the node.
        node: String,
    },
    /// Stop all processes of a node (SIGSTOP).
    Freeze {
        /// Name of the node.
        node: String,
    },
    /// Continue all processes of a node (SIGCONT).
    Thaw {
        /// Name of the node.
        node: String,
    },
    /// Isolate a site, or partition two sites.
    Cut {
        /// Name of the site.
        site: String,
        /// Only from this site.
        other: Option<String>,
    },
    /// Add a bare Debian node and run `bootstrap.sh` on it; the first time an image is created, which takes a minute.
    Add {
        /// Name of the new node.
        node: String,
        /// Its site.
        #[arg(long)]
        site: String,
        /// Its role: app or database.
        #[arg(long)]
        role: Role,
        /// Its database group.
        #[arg(long)]
        group: Option<u16>,
        /// Folder of the Debian images.
        #[arg(long, default_value = ".toast")]
        images: PathBuf,
    },
    /// Remove a node. Run `toast-agent leave` on it first.
    Remove {
        /// Name of the node.
        node: String,
    },
    /// Revert all faults and boot nodes that are down.
    Heal,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "toast-testbed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<ExitCode, TestbedError> {
    if !preflight::is_root() {
        return Err(TestbedError::Preflight(vec!["namespaces need root: run this as root or with sudo".to_owned()]));
    }
    match verb {
        Verb::Up { inventory, bundle, citus, plain, small_disks, until } => {
            let citus = if plain { Some(false) } else { citus.then_some(true) };
            let _lock = up::lock()?;
            up::start(&Settings { inventory, bundle, citus, disk: small_disks, until })?;
        }
        Verb::Down => {
            let _lock = up::lock()?;
            if !step("Ending the testbed", down::end)? {
                print("There was none.");
            }
        }
        Verb::Map => print(&topology_report::render(&Testbed::open()?)),
        Verb::Status => return status(&Testbed::open()?),
        Verb::Exec { node, command } => return exec(&Testbed::open()?, &node, &command),
        Verb::Crash { node } => Testbed::open()?.node(&node)?.crash()?,
        Verb::Boot { node } => Testbed::open()?.node(&node)?.boot()?,
        Verb::Freeze { node } => Testbed::open()?.node(&node)?.freeze()?,
        Verb::Thaw { node } => Testbed::open()?.node(&node)?.thaw()?,
        Verb::Cut { site, other: None } => Testbed::open()?.cut_site(&site)?,
        Verb::Cut { site, other: Some(other) } => Testbed::open()?.cut_pair(&site, &other)?,
        Verb::Add { node, site, role, group, images } => {
            add(&mut Testbed::open()?, &node, &site, role, group, &images)?;
        }
        Verb::Remove { node } => Testbed::open()?.remove_node(&node)?,
        Verb::Heal => Testbed::open()?.heal()?,
    }
    Ok(ExitCode::SUCCESS)
}

fn add(
    testbed: &mut Testbed,
    name: &str,
    site: &str,
    role: Role,
    group: Option<u16>,
    images: &Path,
) -> Result<(), TestbedError> {
    let machine = testbed.plan(name, site, role, group)?;
    let image = step("Creating the Debian image, if there is none", || {
        debootstrap::image(images, debootstrap::role_name(role), testbed.is_sharded())
    })?;
    step("Booting a bare node", || testbed.add_bare_node(&machine, &image).map(drop))?;
    step("Running bootstrap.sh", || testbed.bootstrap(name))?;
    step("Joining the mesh", || testbed.wait_until_joined(name))
}

/// Replaces this process by the command, which then gets signals and sets the exit status.
fn exec(testbed: &Testbed, node: &str, words: &[String]) -> Result<ExitCode, TestbedError> {
    let Some((program, arguments)) = words.split_first() else {
        return Ok(ExitCode::FAILURE);
    };
    let error = testbed.node(node)?.command(program)?.args(arguments).exec();
    Err(TestbedError::Command { command: program.clone(), reason: error.to_string() })
}

fn status(testbed: &Testbed) -> Result<ExitCode, TestbedError> {
    let mut all_up = true;
    for node in testbed.nodes() {
        let Ok(init) = node.init_pid() else {
            all_up = false;
            print(&format!("✗ {:<12} down", node.name));
            continue;
        };
        let mut services = Vec::new();
        for name in node.services()? {
            let service = node.service(&name);
            let suffix = if service.is_up()? { "" } else { " (down)" };
            services.push(format!("{}{suffix}", service.name().trim_start_matches("toast-")));
        }
        let processes = node.processes()?;
        let frozen = processes.iter().filter(|one| one.stopped).count();
        let frozen = if frozen > 0 { format!(", {frozen} frozen") } else { String::new() };
        let count = processes.len();
        print(&format!("  {:<12} pid {init}, {count} processes{frozen}: {}", node.name, services.join(", ")));
    }
    Ok(if all_up { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
