//! Starting the world.

use crate::{
    authority::{self, Secrets},
    boot, checks, disk,
    error::WorldError,
    guests, keys, map, network,
    node::Node,
    place, processors,
    program::run,
    record::Record,
    script,
    steps::{say, step},
    wait::until,
    world::World,
};
use agent::inventory::{Inventory, Role};
use std::{fs, path::PathBuf, sync::Mutex, thread, time::Duration};

/// What to start.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The description.
    pub inventory: PathBuf,
    /// Programs, templates and site.
    pub bundle: PathBuf,
    /// Whether the database is sharded; if not said, where the extension is installed.
    pub citus: Option<bool>,
    /// Mebibytes of the disks of database nodes; without a bound if not said.
    pub disk: Option<u32>,
    /// How far to go.
    pub until: Stage,
}

/// How far a start goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Stage {
    /// Nodes run, and whatever their agents do.
    Nodes,
    /// Nodes have joined the mesh.
    Mesh,
    /// The database has its roles, tables and demonstration restaurants.
    Database,
    /// Guests are served.
    Open,
}

/// More at once make two cores no faster.
const AT_ONCE: usize = 4;
const LONGEST_JOIN: Duration = Duration::from_mins(2);
const LONGEST_PREPARATION: Duration = Duration::from_mins(4);
const LONGEST_OPENING: Duration = Duration::from_mins(4);
const SERVER_ENVIRONMENT: &str = "/etc/toast/rendered/server.env";
const TOAST: &str = "/opt/toast/current/bin/toast";

/// Starts the world. Where it fails, what has started stays for a look, until `down`.
pub fn start(plan: &Plan) -> Result<World, WorldError> {
    let inventory = Inventory::read(&plan.inventory)?;
    checks::check(&inventory, &plan.bundle)?;
    checks::is_free()?;
    let citus = plan.citus.unwrap_or_else(checks::has_citus);
    let secrets = Secrets::make()?;
    let record = step("Making disks, passwords and certificates", || {
        authority::establish(&inventory)?;
        secrets.keep()?;
        boot::install()?;
        let release = disk::stage(&plan.bundle, &inventory)?;
        let record = Record::new(inventory.clone(), citus, plan.disk, release);
        record.inventory.nodes.iter().try_for_each(|node| make_disk(&record, node, &secrets))?;
        Ok(record)
    })?;
    let mut world = World::of(record)?;
    processors::share()?;
    step("Making networks", || make_networks(&world))?;
    world.record.write()?;
    step(&format!("Booting {} nodes", world.nodes.len()), || boot_all(&world))?;
    step("Trusting the public authority", || world.trust_public_authority())?;
    if plan.until >= Stage::Mesh {
        step("Joining the mesh", || join(&mut world))?;
    }
    if plan.until >= Stage::Database {
        prepare_database(&world)?;
    }
    if plan.until >= Stage::Open {
        wait_for_opening(&world)?;
    }
    say(&map::draw(&world));
    Ok(world)
}

/// Makes the disk of a node, with whatever it runs that is not the installation's.
pub fn make_disk(record: &Record, node: &agent::inventory::Node, secrets: &Secrets) -> Result<(), WorldError> {
    disk::prepare(record, node, secrets)?;
    if node.is(Role::Ca) { guests::prepare(&record.inventory, node) } else { Ok(()) }
}

fn make_networks(world: &World) -> Result<(), WorldError> {
    network::make_router(world.inventory())?;
    world.nodes().try_for_each(|node| network::plug(&node.name, node.cables()))
}

fn boot_all(world: &World) -> Result<(), WorldError> {
    // The control server first: all others wait for it.
    let mut waiting: Vec<&Node> = world.nodes().collect();
    waiting.sort_by_key(|node| node.is(Role::Control));
    let waiting = Mutex::new(waiting);
    let next = || waiting.lock().ok().and_then(|mut waiting| waiting.pop());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    while let Some(node) = next() {
                        boot::start(&node.name)?;
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
    })
}

fn join(world: &mut World) -> Result<(), WorldError> {
    let control = world.first(Role::Control)?;
    let owner = keys::ready(control)?;
    let members: Vec<&Node> = world.nodes().filter(|node| node.inside).collect();
    members.iter().try_for_each(|node| keys::give(control, owner, node))?;
    let names: Vec<String> = members.iter().map(|node| node.name.clone()).collect();
    for name in &names {
        until(&format!("{name} in the mesh"), LONGEST_JOIN, || world.learn_mesh_address(name))?;
    }
    world.record.write()
}

fn prepare_database(world: &World) -> Result<(), WorldError> {
    let operator = world.first(Role::Operator)?;
    let app = world.first(Role::App)?;
    step("Waiting for leaders and standbys, and making roles", || {
        operator.run("/opt/toast/current/bin/toast-agent", &["prepare-database"]).map(drop)
    })?;
    step("Waiting for the first backend's settings", || {
        let ready = || Ok(app.run("test", &["-e", SERVER_ENVIRONMENT]).ok());
        until("the settings of the server", LONGEST_PREPARATION, ready).map(drop)
    })?;
    step("Migrating", || toast(app, "migrate").map(drop))?;
    step("Distributing", || toast(app, "distribute").map(drop))?;
    let sign_ins = step("Loading demonstration restaurants", || toast(app, "seed"))?;
    disk::write(&place::sign_ins(), &sign_ins, 0o600)
}

fn toast(app: &Node, verb: &str) -> Result<String, WorldError> {
    let script = script::with_variables(SERVER_ENVIRONMENT, &[TOAST, verb]);
    run(app.command("sh")?.args(["-c", &script]))
}

fn wait_for_opening(world: &World) -> Result<(), WorldError> {
    let guest = world.first(Role::Client)?;
    let domain = world.inventory().domain.clone();
    for (name, address) in world.nodes().filter_map(|node| Some((&node.name, node.public?))) {
        step(&format!("Waiting for https://{domain} through {name}"), || {
            let look = || match guests::ask(guest, &domain, address, "/readyz")? {
                200 => Ok(Some(())),
                status => {
                    Err(WorldError::Program { program: format!("https://{domain}/readyz"), why: status.to_string() })
                }
            };
            until(&format!("{domain} through {name}"), LONGEST_OPENING, look)
        })?;
    }
    Ok(())
}

/// Holds the only start or end; others are told that it is under way.
pub fn hold() -> Result<fs::File, WorldError> {
    let path = place::lock();
    let lock = fs::File::create(&path).map_err(WorldError::file(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => Err(WorldError::Busy),
        Err(fs::TryLockError::Error(error)) => Err(WorldError::File { path, error }),
    }
}
