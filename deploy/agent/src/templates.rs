//! Configuration files of all services, rendered from the inventory and the observed mesh.

use crate::{
    error::AgentError,
    inventory::{Access, Inventory, Network, Opening, Role, SiteKind},
    mesh::{Mesh, Peer},
    node_config::{NodeConfig, Secrets},
};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context, path_loader, value::Value};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
    path::Path,
};

/// A server reaches the leader of worker group `n` at this port + `n` of its own machine.
pub const GROUP_PORTS: u16 = 5010;

/// The templates of a release.
pub struct Templates {
    environment: Environment<'static>,
}

/// A server as seen from an ingress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backend {
    pub name: String,
    /// Its address in the mesh.
    pub address: Ipv4Addr,
    /// Whether it passes the health check.
    pub ready: bool,
    /// Whether it is in the site of the ingress.
    pub local: bool,
}

/// The values that templates may use.
#[derive(Clone, Copy)]
pub struct TemplateContext<'a> {
    pub inventory: &'a Inventory,
    pub access: &'a Access,
    pub node: &'a NodeConfig,
    /// Its passwords, if it has any.
    pub secrets: Option<&'a Secrets>,
    /// The mesh as this node sees it.
    pub mesh: &'a Mesh,
    /// All servers, on an ingress.
    pub backends: &'a [Backend],
}

impl Templates {
    /// Loads templates from a directory when they are first used.
    pub fn new(directory: &Path) -> Self {
        let mut environment = Environment::new();
        environment.set_loader(path_loader(directory));
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_keep_trailing_newline(true);
        // HTML is escaped; configuration files have no common syntax to escape for.
        environment.set_auto_escape_callback(|name| {
            if name.ends_with(".html.j2") { AutoEscape::Html } else { AutoEscape::None }
        });
        // A misspelt name is an error instead of an empty setting.
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        Self { environment }
    }

    pub fn render(&self, name: &str, context: &TemplateContext<'_>) -> Result<String, AgentError> {
        self.render_with(name, context.values())
    }

    /// Renders a template from other values.
    pub fn render_with(&self, name: &str, values: Value) -> Result<String, AgentError> {
        Ok(self.environment.get_template(name)?.render(values)?)
    }
}

impl TemplateContext<'_> {
    fn values(&self) -> Value {
        let node = self.node;
        let in_inventory = self.inventory.node(&node.name);
        let acme = self.inventory.acme.as_ref();
        context! {
            inventory => self.inventory,
            access => self.access,
            node => context! {
                name => node.name, site => node.site, roles => node.roles, group => node.group,
                underlay => in_inventory.map(|node| node.underlay),
                public => in_inventory.and_then(|node| node.public),
                mesh => self.mesh.address,
                watchdog => node.watchdog,
            },
            citus => node.citus,
            secrets => self.secrets,
            coordinators => self.mesh.members_of(0, node),
            workers => self.workers(),
            group_ports => GROUP_PORTS,
            group_size => self.group_size(),
            coordinator_group_size => self.inventory.members(0).count(),
            etcds => self.mesh.all_with_role(Role::Etcd, node),
            ingresses => self.mesh.with_role(Role::Ingress).collect::<Vec<_>>(),
            backends => self.backends,
            ready => self.backends.iter().any(|backend| backend.ready),
            edges => self.inventory.with_role(Role::Edge).collect::<Vec<_>>(),
            control_name => self.inventory.control_name(),
            certificate => context! { chain => "/var/lib/toast/tls/current/chain.pem", key => "/var/lib/toast/tls/current/key.pem" },
            acme_directory => acme.map(|acme| &acme.directory),
            acme_contact => acme.and_then(|acme| acme.contact.as_ref()),
            origin_ca => acme.and_then(|acme| acme.signed_roots.as_ref()),
            openings => self.openings(),
            site_networks => self.site_networks(),
            site_names => self.inventory.sites.keys().collect::<Vec<_>>(),
            roles => Role::ALL.iter().filter(|role| !role.is_outside()).collect::<Vec<_>>(),
            witness => self.inventory.sites.get(&node.site).is_some_and(|site| site.kind == SiteKind::Witness),
        }
    }

    /// The members of each worker group in the mesh, also of groups that are in no inventory. Without Citus no server uses them.
    fn workers(&self) -> BTreeMap<u16, Vec<Peer>> {
        let mut workers: BTreeMap<u16, Vec<Peer>> = BTreeMap::new();
        for member in self.mesh.all_with_role(Role::Database, self.node) {
            if let Some(group) = member.group.filter(|group| *group > 0 && self.node.citus) {
                workers.entry(group).or_default().push(member);
            }
        }
        workers
    }

    /// The intended number of members of this node's database group. A group that is in no inventory gets the coordinator's
    /// number: its first member alone must not acknowledge writes that have no second copy.
    fn group_size(&self) -> usize {
        let count = |group| self.inventory.members(group).count();
        self.node.group.map_or(0, |group| if count(group) == 0 { count(0) } else { count(group) })
    }

    /// The ports that this node's firewall opens to the internet and to the networks of the sites.
    fn openings(&self) -> Value {
        let ports = |openings: &[Opening], protocol: fn(&Opening) -> &Vec<u16>| -> BTreeSet<u16> {
            let own = openings.iter().filter(|opening| opening.role.matches_roles(&self.node.roles));
            own.flat_map(protocol).copied().collect()
        };
        context! {
            public_tcp => ports(&self.access.public, |opening| &opening.tcp),
            public_udp => ports(&self.access.public, |opening| &opening.udp),
            underlay_tcp => ports(&self.access.underlay, |opening| &opening.tcp),
            underlay_udp => ports(&self.access.underlay, |opening| &opening.udp),
        }
    }

    fn site_networks(&self) -> Vec<Network> {
        let sites = self.inventory.sites.values();
        sites.filter(|site| site.kind != SiteKind::Internet).map(|site| site.network).collect()
    }
}
