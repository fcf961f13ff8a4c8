//! Starting the testbed.

use crate::{
    boot, ca, client, cpu_scheduling,
    error::TestbedError,
    exec::run,
    files, network,
    node::Node,
    paths, preauth_keys, preflight,
    progress::{print, step},
    provision::provision,
    releases,
    secrets::Secrets,
    state_file::State,
    testbed::Testbed,
    topology_report,
    wait::until,
};
use agent::inventory::{Inventory, Role};
use std::{fs, path::PathBuf, sync::Mutex, thread, time::Duration};

#[derive(Debug, Clone)]
pub struct Settings {
    pub inventory: PathBuf,
    /// Folder with programs, templates and site.
    pub bundle: PathBuf,
    /// Whether to shard the database; `None`: if the extension is installed.
    pub citus: Option<bool>,
    /// Size of the disks of database nodes in MiB; `None`: the host's disk.
    pub disk: Option<u32>,
    /// Last phase of the start.
    pub until: Phase,
}

/// Phases of a start, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Phase {
    /// Nodes have booted; their agents run.
    Nodes,
    /// Nodes have joined the mesh.
    Mesh,
    /// The database has its roles, tables and demo restaurants.
    Database,
    /// All ingresses serve pages.
    Open,
}

/// Nodes that boot at the same time; more do not boot faster on two cores.
const PARALLEL_BOOTS: usize = 4;
const JOIN_TIMEOUT: Duration = Duration::from_mins(2);
const SETTINGS_TIMEOUT: Duration = Duration::from_mins(4);
const INGRESS_TIMEOUT: Duration = Duration::from_mins(4);
const SERVER_ENVIRONMENT: &str = "/etc/toast/rendered/server.env";
const TOAST: &str = "/opt/toast/current/bin/toast";

/// Starts the testbed. A failed start is left as it is, for inspection, until `down`.
pub fn start(settings: &Settings) -> Result<Testbed, TestbedError> {
    let inventory = Inventory::read(&settings.inventory)?;
    preflight::check(&inventory, &settings.bundle)?;
    preflight::check_no_other_testbed()?;
    let citus = settings.citus.unwrap_or_else(preflight::has_citus);
    let state = step("Creating disks, passwords and certificates", || {
        let secrets = Secrets::generate();
        ca::create(&inventory)?;
        secrets.store()?;
        boot::install()?;
        let release = releases::stage(&settings.bundle, &inventory)?;
        let state = State::new(inventory.clone(), citus, settings.disk, release);
        state.inventory.nodes.iter().try_for_each(|node| provision(&state, node, &secrets))?;
        Ok(state)
    })?;
    let mut testbed = Testbed::new(state)?;
    cpu_scheduling::disable_autogroup()?;
    step("Creating networks", || create_networks(&testbed))?;
    testbed.state.write()?;
    step(&format!("Booting {} nodes", testbed.nodes.len()), || boot_all(&testbed))?;
    step("Installing the public CA's root certificates", || testbed.trust_public_ca())?;
    if settings.until >= Phase::Mesh {
        step("Joining the mesh", || join(&mut testbed))?;
    }
    if settings.until >= Phase::Database {
        prepare_database(&testbed)?;
    }
    if settings.until >= Phase::Open {
        wait_for_ingresses(&testbed)?;
    }
    print(&topology_report::render(&testbed));
    Ok(testbed)
}

fn create_networks(testbed: &Testbed) -> Result<(), TestbedError> {
    network::create_router(testbed.inventory())?;
    testbed.nodes().try_for_each(|node| network::create_namespace(&node.name, node.veth_pairs()))
}

fn boot_all(testbed: &Testbed) -> Result<(), TestbedError> {
    // The control server is taken first: the other nodes wait for it.
    let mut queue: Vec<&Node> = testbed.nodes().collect();
    queue.sort_by_key(|node| node.is(Role::Control));
    let queue = Mutex::new(queue);
    let next = || queue.lock().ok().and_then(|mut queue| queue.pop());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..PARALLEL_BOOTS)
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

fn join(testbed: &mut Testbed) -> Result<(), TestbedError> {
    let control = testbed.first(Role::Control)?;
    let owner = preauth_keys::wait_for_owner(control)?;
    let members: Vec<&Node> = testbed.nodes().filter(|node| node.in_mesh).collect();
    members.iter().try_for_each(|node| preauth_keys::install(control, owner, node))?;
    let names: Vec<String> = members.iter().map(|node| node.name.clone()).collect();
    for name in &names {
        until(&format!("{name} joining the mesh"), JOIN_TIMEOUT, || testbed.fetch_mesh_address(name))?;
    }
    testbed.state.write()
}

fn prepare_database(testbed: &Testbed) -> Result<(), TestbedError> {
    let operator = testbed.first(Role::Operator)?;
    let app = testbed.first(Role::App)?;
    step("Waiting for primaries and standbys, and creating database roles", || {
        operator.run("/opt/toast/current/bin/toast-agent", &["prepare-database"]).map(drop)
    })?;
    step("Waiting for the first backend's settings", || {
        let ready = || Ok(app.run("test", &["-e", SERVER_ENVIRONMENT]).ok());
        until("settings of the server", SETTINGS_TIMEOUT, ready).map(drop)
    })?;
    step("Migrating", || toast(app, "migrate").map(drop))?;
    step("Distributing", || toast(app, "distribute").map(drop))?;
    let sign_ins = step("Loading demo restaurants", || toast(app, "seed"))?;
    files::write(&paths::sign_ins(), &sign_ins, 0o600)
}

/// Runs a command of the server with the settings of its unit, and returns what it printed.
fn toast(app: &Node, verb: &str) -> Result<String, TestbedError> {
    let settings = files::read(&app.folder().join("toast/rendered/server.env"))?;
    let lines = settings.lines().filter(|line| !line.starts_with('#'));
    run(app.command(TOAST)?.arg(verb).envs(lines.filter_map(|line| line.split_once('='))))
}

fn wait_for_ingresses(testbed: &Testbed) -> Result<(), TestbedError> {
    let client = testbed.first(Role::Client)?;
    let domain = &testbed.inventory().domain;
    for (name, address) in testbed.nodes().filter_map(|node| Some((&node.name, node.public?))) {
        let what = format!("https://{domain} through {name}");
        let is_ready = || match client::http_status(client, domain, address, "/readyz")? {
            200 => Ok(Some(())),
            status => {
                Err(TestbedError::Command { command: format!("https://{domain}/readyz"), reason: status.to_string() })
            }
        };
        step(&format!("Waiting for {what}"), || until(&what, INGRESS_TIMEOUT, is_ready))?;
    }
    Ok(())
}

/// Takes the lock that prevents a second start or end at the same time.
pub fn lock() -> Result<fs::File, TestbedError> {
    let path = paths::lock();
    let lock = fs::File::create(&path).map_err(TestbedError::file(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => Err(TestbedError::Locked),
        Err(fs::TryLockError::Error(error)) => Err(TestbedError::File { path, error }),
    }
}
