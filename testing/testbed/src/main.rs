//! `toast-testbed`: starts, shows and ends a whole installation on one host.

use agent::inventory::Role;
use clap::{Parser, Subcommand};
use std::{
    io::Write as _,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};
use testbed::{
    World, WorldError, bare, checks, debian, down, map, runit,
    steps::{say, step},
    up::{self, Plan, Stage},
};

/// A whole installation of Toast on one host, every node with a network, processes and a disk of its own. Needs root.
#[derive(Parser)]
#[command(name = "toast-testbed")]
struct Arguments {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Start the world.
    Up {
        /// Which nodes there are.
        #[arg(long, default_value = "deploy/inventory/multi.toml")]
        inventory: PathBuf,
        /// Programs, templates and site, as `make regions` puts them together.
        #[arg(long, default_value = ".toast/bundle")]
        bundle: PathBuf,
        /// Shard the database, whether or not the extension is found.
        #[arg(long, conflicts_with = "plain")]
        citus: bool,
        /// Do not shard the database.
        #[arg(long)]
        plain: bool,
        /// Bound the disks of database nodes, so that they can be filled.
        #[arg(long, value_name = "MEBIBYTES", num_args = 0..=1, default_missing_value = "1024")]
        small_disks: Option<u32>,
        /// How far to go.
        #[arg(long, value_enum, default_value = "open")]
        until: Stage,
    },
    /// End the world, or what is left of one; nothing stays.
    Down,
    /// Show what stands where.
    Map,
    /// Show which processes are alive.
    Status,
    /// Run a command inside a node.
    Exec {
        /// Which node.
        node: String,
        /// The command, after `--`.
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
    /// Take the power of a node away.
    Crash {
        /// Which node.
        node: String,
    },
    /// Give the power of a node back.
    Boot {
        /// Which node.
        node: String,
    },
    /// Stop everything on a node where it is.
    Freeze {
        /// Which node.
        node: String,
    },
    /// Let everything on a node go on.
    Thaw {
        /// Which node.
        node: String,
    },
    /// Cut a site off, or two sites from each other.
    Cut {
        /// Which site.
        site: String,
        /// From which other alone.
        other: Option<String>,
    },
    /// Add a bare Debian machine, and have `bootstrap.sh` make it a node; takes a minute more the first time.
    Add {
        /// What to call it.
        node: String,
        /// Where it stands.
        #[arg(long)]
        site: String,
        /// What it does: app or database.
        #[arg(long)]
        role: Role,
        /// Which database group it belongs to.
        #[arg(long)]
        group: Option<u16>,
        /// Where images of Debian are kept.
        #[arg(long, default_value = ".toast")]
        images: PathBuf,
    },
    /// Take a machine away for good; before that, on a node: `toast-agent leave`.
    Remove {
        /// Which node.
        node: String,
    },
    /// Take every fault back and boot what is down.
    Heal,
    /// Make services of units; run at the boot of a node.
    #[command(hide = true)]
    Services {
        #[arg(long)]
        units: PathBuf,
        #[arg(long)]
        out: PathBuf,
    },
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

fn run(verb: Verb) -> Result<ExitCode, WorldError> {
    if !checks::is_root() {
        return Err(WorldError::Unfit(vec!["namespaces need root: run this as root or with sudo".to_owned()]));
    }
    match verb {
        Verb::Up { inventory, bundle, citus, plain, small_disks, until } => {
            let citus = if plain { Some(false) } else { citus.then_some(true) };
            let _lock = up::hold()?;
            up::start(&Plan { inventory, bundle, citus, disk: small_disks, until })?;
        }
        Verb::Down => {
            let _lock = up::hold()?;
            if !step("Ending the world", down::end)? {
                say("There was none.");
            }
        }
        Verb::Map => say(&map::draw(&World::open()?)),
        Verb::Status => return status(&World::open()?),
        Verb::Exec { node, command } => return exec(&World::open()?, &node, &command),
        Verb::Crash { node } => World::open()?.node(&node)?.crash()?,
        Verb::Boot { node } => World::open()?.node(&node)?.boot()?,
        Verb::Freeze { node } => World::open()?.node(&node)?.freeze()?,
        Verb::Thaw { node } => World::open()?.node(&node)?.thaw()?,
        Verb::Cut { site, other: None } => World::open()?.cut_site(&site)?,
        Verb::Cut { site, other: Some(other) } => World::open()?.cut_pair(&site, &other)?,
        Verb::Add { node, site, role, group, images } => add(&mut World::open()?, &node, &site, role, group, &images)?,
        Verb::Remove { node } => World::open()?.remove_node(&node)?,
        Verb::Heal => World::open()?.heal()?,
        Verb::Services { units, out } => drop(runit::write_services(&units, &out)?),
    }
    Ok(ExitCode::SUCCESS)
}

fn add(
    world: &mut World,
    name: &str,
    site: &str,
    role: Role,
    group: Option<u16>,
    images: &Path,
) -> Result<(), WorldError> {
    let machine = world.plan(name, site, role, group)?;
    let image = step("Making an image of Debian, if there is none", || {
        debian::image(images, bare::word(role), world.is_sharded())
    })?;
    step("Booting a bare machine", || world.add_bare_node(&machine, &image).map(drop))?;
    step("bootstrap.sh", || world.bootstrap(name))?;
    step("Joining the mesh", || world.wait_until_joined(name))
}

/// Becomes the command, so that signals and its status are its own.
fn exec(world: &World, node: &str, words: &[String]) -> Result<ExitCode, WorldError> {
    let Some((program, arguments)) = words.split_first() else {
        return Ok(ExitCode::FAILURE);
    };
    let error = world.node(node)?.command(program)?.args(arguments).exec();
    Err(WorldError::Program { program: program.clone(), why: error.to_string() })
}

fn status(world: &World) -> Result<ExitCode, WorldError> {
    let mut all_up = true;
    for node in world.nodes() {
        let Ok(init) = node.init_pid() else {
            all_up = false;
            say(&format!("✗ {:<12} down", node.name));
            continue;
        };
        let mut services = Vec::new();
        for name in node.services()? {
            let service = node.service(&name);
            let standing = if service.is_up()? { "" } else { " (down)" };
            services.push(format!("{}{standing}", service.name().trim_start_matches("toast-")));
        }
        let processes = node.processes()?;
        let frozen = processes.iter().filter(|one| one.stopped).count();
        let frozen = if frozen > 0 { format!(", {frozen} frozen") } else { String::new() };
        let count = processes.len();
        say(&format!("  {:<12} pid {init}, {count} processes{frozen}: {}", node.name, services.join(", ")));
    }
    Ok(if all_up { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
