//! The reconcile loop: each second it observes the mesh and the backends, and applies the difference to the configuration.

use crate::{
    backends::HealthChecker,
    background,
    bundle::Bundle,
    certificates::CertificateRenewer,
    error::AgentError,
    firewall::Firewall,
    hosts,
    inventory::Role,
    mesh::Mesh,
    mesh_membership::MeshMembership,
    service_reconciler::{Outcome, Reconcile, ServiceReconciler},
    services,
    state::{BackendState, SharedState},
    templates::Backend,
};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::timeout,
};

/// How often the configuration is compared with the disk although nothing changed.
const FULL_INTERVAL: Duration = Duration::from_mins(15);

/// Runs until SIGTERM.
pub async fn run() -> Result<(), AgentError> {
    let bundle = Bundle::current()?;
    let shared = SharedState::default();
    shared.update(|state| {
        state.name.clone_from(&bundle.node.name);
        state.site.clone_from(&bundle.node.site);
        state.roles.clone_from(&bundle.node.roles);
    });
    let mesh = MeshMembership::new()?;
    let _tasks = background::spawn(&bundle, &shared, &mesh.subscribe())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let hangup = listen(SignalKind::hangup())?;
    let reconciler = Reconciler::new(bundle, shared, mesh)?;
    tokio::select! {
        () = reconcile_loop(reconciler, hangup) => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn listen(kind: SignalKind) -> Result<Signal, AgentError> {
    signal(kind).map_err(AgentError::file(Path::new("signal handler")))
}

/// SIGHUP forces a full pass.
async fn reconcile_loop(mut reconciler: Reconciler, mut hangup: Signal) {
    let mut last_full: Option<Instant> = None;
    let mut is_forced = false;
    loop {
        let full = is_forced || last_full.is_none_or(|pass| pass.elapsed() > FULL_INTERVAL);
        reconciler.reconcile(full).await;
        if full {
            last_full = Some(Instant::now());
        }
        // Random, so that nodes do not check the backends in step.
        let pause = Duration::from_secs(1).mul_f64(rand::random_range(0.9..1.1));
        is_forced = timeout(pause, hangup.recv()).await.is_ok();
    }
}

/// The parts of a node that are reconciled.
struct Reconciler {
    bundle: Bundle,
    shared: SharedState,
    firewall: Firewall,
    mesh: MeshMembership,
    health: Option<HealthChecker>,
    certificate: Option<CertificateRenewer>,
    services: Vec<ServiceReconciler>,
    observed: (Mesh, Vec<Backend>),
}

impl Reconciler {
    fn new(bundle: Bundle, shared: SharedState, mesh: MeshMembership) -> Result<Self, AgentError> {
        let node = &bundle.node;
        let services = services::of_node(node).map(|service| ServiceReconciler::new(*service));
        Ok(Self {
            services: services.collect(),
            health: node.is(Role::Ingress).then(HealthChecker::new).transpose()?,
            certificate: CertificateRenewer::for_node(&bundle),
            bundle,
            shared,
            firewall: Firewall::default(),
            mesh,
            observed: (Mesh::default(), Vec::new()),
        })
    }

    async fn reconcile(&mut self, full: bool) {
        let firewall = self.firewall.reconcile(&self.bundle, full).await;
        self.report("firewall", firewall.map(drop));
        self.report("hosts", hosts::reconcile(&self.bundle, &self.mesh.current()));
        if self.bundle.node.in_mesh() && self.mesh.is_due() {
            let joined = self.mesh.ensure_mesh_joined(&self.bundle).await;
            self.report("mesh", joined);
        }
        let mesh = self.mesh.current();
        let backends = match &mut self.health {
            Some(health) => health.check(&mesh, &self.bundle.node).await,
            None => Vec::new(),
        };
        if let Some(certificate) = self.certificate.as_mut().filter(|certificate| certificate.is_due()) {
            let renewed = certificate.reconcile(&self.bundle).await;
            self.report("certificate", renewed);
        }
        let observed = (mesh, backends);
        let extent = match (full, self.observed == observed) {
            (true, _) => Reconcile::Full,
            (false, true) => Reconcile::Unchanged,
            (false, false) => Reconcile::Changed,
        };
        self.observed = observed;
        self.reconcile_services(extent).await;
    }

    async fn reconcile_services(&mut self, extent: Reconcile) {
        let (mesh, backends) = &self.observed;
        let context = self.bundle.context(mesh, backends);
        let mut drift_corrections = self.firewall.drift_corrections();
        for service in &mut self.services {
            match service.reconcile(&self.bundle.templates, &context, extent).await {
                Outcome::Unchanged => {}
                Outcome::Applied => tracing::info!(service = service.name(), "configuration applied"),
                Outcome::DriftCorrected => tracing::warn!(service = service.name(), "drift corrected"),
            }
            drift_corrections += service.drift_corrections();
            let status = service.error().unwrap_or("up").to_owned();
            self.shared.update(|state| drop(state.services.insert(service.name().to_owned(), status)));
        }
        self.shared.update(|state| {
            state.drift_corrections = drift_corrections;
            state.backends = backends.iter().map(BackendState::from).collect();
            state.mesh = mesh.address;
        });
    }

    /// Records the result of a part and logs a new error.
    fn report(&self, part: &str, result: Result<(), AgentError>) {
        let status = result.map_or_else(|error| error.to_string(), |()| "up".to_owned());
        self.shared.update(|state| {
            let before = state.services.insert(part.to_owned(), status.clone());
            if before.as_deref() != Some(status.as_str()) && status != "up" {
                tracing::warn!(part, error = status, "reconcile failed, retrying");
            }
        });
    }
}
