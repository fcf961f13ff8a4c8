//! The agent's life: look, render, check, swap, reload; each second, for as long as the machine runs.

use crate::{
    backends::Backends,
    bundle::{Bundle, JOIN_KEY, REMEMBERED, current},
    certificates::{self, Renewal},
    engines,
    error::Trouble,
    fence::Fence,
    files,
    firewall::Firewall,
    hosts,
    inventory::Role,
    keeper::{Keeper, Look, Round, pause},
    mesh::{self, Mesh, Standing, Window},
    newcomers::{self, Newcomers},
    page, settle,
    state::{self, BackendState, Shared},
    supervisor::Act,
    templates::Backend,
};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// How often everything is compared with the disk although nothing changed.
const LOOK_CLOSELY_EVERY: Duration = Duration::from_mins(15);

/// How often the mesh is asked for its nodes; a new one is known to all within this time.
const LOOK_AT_MESH_EVERY: Duration = Duration::from_secs(3);

/// Keeps this node right until the process is told to end.
pub async fn run() -> Result<(), Trouble> {
    let bundle = Bundle::read(&current())?;
    let shared = Shared::default();
    shared.change(|state| {
        state.name.clone_from(&bundle.identity.name);
        state.site.clone_from(&bundle.identity.site);
        state.roles.clone_from(&bundle.identity.roles);
    });
    let (sender, receiver) = watch::channel(Mesh::recall(Path::new(REMEMBERED)));
    let tasks = beside(&bundle, &shared, &receiver)?;
    let stop = async {
        let mut told = signal(SignalKind::terminate()).ok();
        match told.as_mut() {
            Some(told) => drop(told.recv().await),
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = keep_for_ever(bundle, shared, sender) => ended,
        () = stop => {
            for task in tasks {
                task.abort();
            }
            Ok(())
        }
    }
}

/// What goes on beside the rounds, at its own pace.
fn beside(
    bundle: &Bundle,
    shared: &Shared,
    mesh: &watch::Receiver<Mesh>,
) -> Result<Vec<tokio::task::JoinHandle<()>>, Trouble> {
    let identity = &bundle.identity;
    let mut tasks = Vec::new();
    if identity.in_mesh() {
        tasks.push(tokio::spawn(show(shared.clone(), mesh.clone())));
        tasks.push(tokio::spawn(watch_own(identity.group, identity.is(Role::App), shared.clone(), mesh.clone())?));
    }
    if identity.citus && identity.group == Some(0) {
        tasks.push(tokio::spawn(fence_for_ever(Fence::new()?, shared.clone(), mesh.clone())));
    }
    if let (true, Some(0), Some(secrets)) = (identity.citus, identity.group, &bundle.secrets) {
        tasks.push(tokio::spawn(let_in_for_ever(Newcomers::new(secrets.clone())?, mesh.clone())));
    }
    if let (true, true, Some(secrets)) = (identity.citus, identity.is(Role::App), &bundle.secrets) {
        tasks.push(tokio::spawn(settle_for_ever(secrets.toast.clone(), shared.clone())));
    }
    Ok(tasks)
}

async fn show(shared: Shared, mut mesh: watch::Receiver<Mesh>) {
    let mut failures = 0;
    loop {
        let address = mesh.borrow_and_update().address;
        if let Some(address) = address
            && let Err(trouble) = page::serve(address, shared.clone(), mesh.clone()).await
        {
            tracing::warn!(%trouble, "cannot show the state yet");
            failures += 1;
        }
        tokio::time::sleep(pause(failures)).await;
    }
}

fn watch_own(
    group: Option<u16>,
    is_app: bool,
    shared: Shared,
    mesh: watch::Receiver<Mesh>,
) -> Result<impl Future<Output = ()>, Trouble> {
    let client = state::client()?;
    Ok(async move {
        loop {
            let own = mesh.borrow().address;
            if let Some(own) = own {
                if let Some(group) = group {
                    let database = state::ask_patroni(&client, own, group).await;
                    shared.change(|state| state.database = Some(database));
                }
                if is_app {
                    let circuits = state::ask_server(&client, own).await;
                    shared.change(|state| state.circuits = circuits);
                }
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    })
}

async fn fence_for_ever(mut fence: Fence, shared: Shared, mesh: watch::Receiver<Mesh>) {
    loop {
        let seen = mesh.borrow().clone();
        if let Err(trouble) = fence.round(&seen).await {
            tracing::debug!(%trouble, "the fence could not look");
        }
        let ended = fence.ended;
        shared.change(|state| state.fenced = ended);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn let_in_for_ever(mut newcomers: Newcomers, mesh: watch::Receiver<Mesh>) {
    loop {
        let own = mesh.borrow().address;
        if let Some(own) = own
            && let Err(trouble) = newcomers.round(own).await
        {
            tracing::debug!(%trouble, "could not look for new groups");
        }
        tokio::time::sleep(newcomers::EVERY).await;
    }
}

async fn settle_for_ever(password: String, shared: Shared) {
    loop {
        match settle::settle(&password).await {
            Ok(0) => {}
            Ok(settled) => {
                tracing::info!(settled, "settled prepared transactions");
                shared.change(|state| state.settled = state.settled.saturating_add(settled.unsigned_abs().into()));
            }
            Err(trouble) => tracing::debug!(%trouble, "could not settle prepared transactions"),
        }
        tokio::time::sleep(settle::EVERY.mul_f64(rand::random_range(0.8..1.2))).await;
    }
}

async fn keep_for_ever(bundle: Bundle, shared: Shared, sender: watch::Sender<Mesh>) -> Result<(), Trouble> {
    let mut node = Node::new(bundle, shared, sender)?;
    let mut told = signal(SignalKind::hangup()).map_err(Trouble::file(Path::new("SIGHUP")))?;
    let mut looked_closely: Option<Instant> = None;
    let mut asked = false;
    loop {
        let closely = asked || looked_closely.is_none_or(|moment| moment.elapsed() > LOOK_CLOSELY_EVERY);
        node.round(closely).await;
        if closely {
            looked_closely = Some(Instant::now());
        }
        let rest = Duration::from_secs(1).mul_f64(rand::random_range(0.9..1.1));
        asked = tokio::time::timeout(rest, told.recv()).await.is_ok();
    }
}

/// Everything that one round of one node needs.
struct Node {
    bundle: Bundle,
    shared: Shared,
    sender: watch::Sender<Mesh>,
    window: Window,
    mesh_looked: Option<Instant>,
    firewall: Firewall,
    keepers: Vec<Keeper>,
    backends: Option<Backends>,
    ready: Vec<Backend>,
    seen: (Mesh, Vec<Backend>),
    certificate_checked: Option<Instant>,
    certificate_failures: u32,
    join_failures: u32,
    join_not_before: Option<Instant>,
}

impl Node {
    fn new(bundle: Bundle, shared: Shared, sender: watch::Sender<Mesh>) -> Result<Self, Trouble> {
        let identity = &bundle.identity;
        let keepers = engines::of_node(identity).map(|engine| Keeper::new(*engine, identity.supervisor)).collect();
        let backends = identity.is(Role::Ingress).then(Backends::new).transpose()?;
        Ok(Self {
            bundle,
            shared,
            sender,
            window: Window::new()?,
            mesh_looked: None,
            firewall: Firewall::default(),
            keepers,
            backends,
            ready: Vec::new(),
            seen: (Mesh::default(), Vec::new()),
            certificate_checked: None,
            certificate_failures: 0,
            join_failures: 0,
            join_not_before: None,
        })
    }

    async fn round(&mut self, closely: bool) {
        let walled = self.keep_firewall(closely).await;
        self.tell("firewall", walled);
        let name_control = self.name_control();
        self.tell("hosts", name_control);
        if self.bundle.identity.in_mesh() && self.mesh_looked.is_none_or(|moment| moment.elapsed() > LOOK_AT_MESH_EVERY)
        {
            let standing = self.stand_in_mesh().await;
            // What has not joined looks again at once.
            self.mesh_looked = standing.is_ok().then(Instant::now).filter(|_| self.sender.borrow().address.is_some());
            self.tell("mesh", standing);
        }
        let mesh = self.sender.borrow().clone();
        if let Some(backends) = &mut self.backends {
            self.ready = backends.look(&mesh, &self.bundle.identity).await;
        }
        if self.has_certificate() {
            let certified = self.keep_certificate().await;
            self.tell("certificate", certified);
        }
        let seen = (mesh, self.ready.clone());
        let look = match (closely, self.seen == seen) {
            (true, _) => Look::Closely,
            (false, true) => Look::Same,
            (false, false) => Look::Anew,
        };
        self.keep_engines(&seen.0, look).await;
        self.seen = seen;
    }

    async fn keep_firewall(&mut self, closely: bool) -> Result<(), Trouble> {
        if self.firewall.round(&self.bundle, closely).await? == Round::Repaired {
            tracing::warn!("the firewall was put right");
        }
        Ok(())
    }

    async fn keep_engines(&mut self, mesh: &Mesh, look: Look) {
        let scene = self.bundle.scene(mesh, &self.ready);
        let mut repairs = self.firewall.repairs();
        for keeper in &mut self.keepers {
            match keeper.round(&self.bundle.templates, &scene, look).await {
                Round::Quiet => {}
                Round::Changed => tracing::info!(service = keeper.service(), "has a new configuration"),
                Round::Repaired => tracing::warn!(service = keeper.service(), "was put right"),
            }
            let standing = keeper.trouble().unwrap_or("up").to_owned();
            repairs += keeper.repairs();
            self.shared.change(|state| drop(state.services.insert(keeper.service().to_owned(), standing)));
        }
        let backends: Vec<BackendState> = self.ready.iter().map(BackendState::from).collect();
        self.shared.change(|state| {
            state.repairs = repairs;
            state.backends = backends;
            state.mesh = mesh.address;
        });
    }

    /// The control server's name has to resolve before there is a mesh.
    fn name_control(&self) -> Result<(), Trouble> {
        let inventory = &self.bundle.inventory;
        let name = inventory.control_name();
        let control = inventory.with_role(Role::Control).next().filter(|_| self.bundle.identity.in_mesh());
        let control = control.map(|node| (node.underlay, name.as_str()));
        let mesh = self.sender.borrow();
        let domain = &inventory.mesh_domain;
        hosts::keep(Path::new("/etc/hosts"), &self.bundle.identity.name, domain, control, &mesh)
    }

    async fn stand_in_mesh(&mut self) -> Result<(), Trouble> {
        match self.window.look().await? {
            Standing::Joined(seen) => self.remember(seen),
            Standing::Starting => Ok(()),
            Standing::Outside => self.join().await,
        }
    }

    fn remember(&mut self, seen: Mesh) -> Result<(), Trouble> {
        self.join_failures = 0;
        let before = self.sender.borrow().clone();
        let seen = seen.or_remembered(&before);
        if seen == before {
            return Ok(());
        }
        let text = serde_json::to_string(&seen).unwrap_or_default();
        self.sender.send_replace(seen);
        files::replace(Path::new(REMEMBERED), &text, 0o600, None)
    }

    /// A key is good once: it is removed when it has been used.
    async fn join(&mut self) -> Result<(), Trouble> {
        let key = Path::new(JOIN_KEY);
        if !key.exists() {
            return Err(Trouble::Waiting(format!("a key in {JOIN_KEY}")));
        }
        if self.join_not_before.is_some_and(|moment| Instant::now() < moment) {
            return Ok(());
        }
        let joined = mesh::join(&self.bundle.identity.name, &self.bundle.inventory.control_name(), key).await;
        if joined.is_ok() {
            tracing::info!("joined the mesh");
            std::fs::remove_file(key).map_err(Trouble::file(key))?;
        } else {
            self.join_failures = self.join_failures.saturating_add(1);
            self.join_not_before = Some(Instant::now() + pause(self.join_failures));
        }
        joined
    }

    fn has_certificate(&self) -> bool {
        self.bundle.identity.is(Role::Ingress) || self.bundle.identity.is(Role::Edge)
    }

    /// The name that this node answers for.
    fn public_name(&self) -> String {
        let domain = &self.bundle.inventory.domain;
        if self.bundle.identity.is(Role::Ingress) { domain.clone() } else { format!("cdn.{domain}") }
    }

    async fn keep_certificate(&mut self) -> Result<(), Trouble> {
        let name = self.public_name();
        certificates::have_one(&name).await?;
        let rest =
            if self.certificate_failures == 0 { Duration::from_secs(30) } else { pause(self.certificate_failures) };
        if self.certificate_checked.is_some_and(|moment| moment.elapsed() < rest) {
            return Ok(());
        }
        self.certificate_checked = Some(Instant::now());
        // An authority comes back to ask, so the ingress has to answer first.
        if !self.bundle.identity.supervisor.is_up("toast-nginx").await {
            self.certificate_checked = None;
            return Ok(());
        }
        match certificates::renew(&self.bundle).await {
            Ok(Renewal::Good) => {
                self.certificate_failures = 0;
                Ok(())
            }
            Ok(Renewal::New) => {
                self.certificate_failures = 0;
                tracing::info!(name, "has a new certificate");
                self.bundle.identity.supervisor.act(Act::Reload, "toast-nginx").await
            }
            Err(trouble) => {
                self.certificate_failures = self.certificate_failures.saturating_add(1);
                Err(trouble)
            }
        }
    }

    fn tell(&self, what: &str, outcome: Result<(), Trouble>) {
        let standing = match outcome {
            Ok(()) => "up".to_owned(),
            Err(trouble) => trouble.to_string(),
        };
        self.shared.change(|state| {
            let before = state.services.insert(what.to_owned(), standing.clone());
            if before.as_deref() != Some(standing.as_str()) && standing != "up" {
                tracing::warn!(what, why = standing, "cannot be kept right yet");
            }
        });
    }
}
