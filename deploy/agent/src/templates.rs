//! The engines' configuration files, rendered from the inventory and what the node sees.

use crate::{
    error::Trouble,
    identity::{Identity, Secrets},
    inventory::{Access, Inventory, Role, SiteKind},
    mesh::Mesh,
};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context, path_loader, value::Value};
use serde::Serialize;
use std::{collections::BTreeSet, net::Ipv4Addr, path::Path};

/// Every template of the bundle.
pub struct Templates {
    environment: Environment<'static>,
}

/// A server that an ingress may send guests to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backend {
    /// Its node.
    pub name: String,
    /// Where it stands.
    pub site: String,
    /// Its address in the mesh.
    pub address: Ipv4Addr,
    /// Whether it says that requests may come.
    pub ready: bool,
    /// Whether it stands where this ingress stands.
    pub local: bool,
}

/// Everything that a template may name.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The installation.
    pub inventory: &'a Inventory,
    /// Who may reach whom.
    pub access: &'a Access,
    /// This node.
    pub identity: &'a Identity,
    /// Its passwords, where it was given any.
    pub secrets: Option<&'a Secrets>,
    /// What it sees of the others.
    pub mesh: &'a Mesh,
    /// The servers, as an ingress sees them.
    pub backends: &'a [Backend],
}

impl Templates {
    /// Prepares the templates of a folder.
    pub fn new(folder: &Path) -> Self {
        let mut environment = Environment::new();
        environment.set_loader(path_loader(folder));
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_keep_trailing_newline(true);
        // Only pages are escaped: a configuration file says what it is given.
        environment.set_auto_escape_callback(|name| {
            if name.ends_with(".html.j2") { AutoEscape::Html } else { AutoEscape::None }
        });
        // A misspelt name must not become an empty setting.
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        Self { environment }
    }

    /// Renders one file.
    pub fn render(&self, name: &str, scene: &Scene<'_>) -> Result<String, Trouble> {
        Ok(self.environment.get_template(name)?.render(scene.values())?)
    }

    /// Renders one file from values of its own, for pages.
    pub fn page(&self, name: &str, values: Value) -> Result<String, Trouble> {
        Ok(self.environment.get_template(name)?.render(values)?)
    }
}

impl Scene<'_> {
    fn values(&self) -> Value {
        let identity = self.identity;
        let in_inventory = self.inventory.node(&identity.name);
        let of = |role| self.mesh.everyone(role, identity);
        context! {
            inventory => self.inventory,
            access => self.access,
            node => context! {
                name => identity.name, site => identity.site, roles => identity.roles, group => identity.group,
                underlay => in_inventory.map(|node| node.underlay),
                public => in_inventory.and_then(|node| node.public),
                mesh => self.mesh.address,
                watchdog => identity.watchdog,
            },
            citus => identity.citus,
            secrets => self.secrets,
            coordinators => of(Role::Database).into_iter().filter(|peer| peer.group == Some(0)).collect::<Vec<_>>(),
            members => self.members(),
            members_of_zero => self.inventory.members(0).count(),
            etcds => of(Role::Etcd),
            ingresses => self.mesh.with_role(Role::Ingress).collect::<Vec<_>>(),
            backends => self.backends,
            ready => self.backends.iter().any(|backend| backend.ready),
            edges => self.inventory.with_role(Role::Edge).collect::<Vec<_>>(),
            control_name => self.inventory.control_name(),
            certificate => context! { chain => "/var/lib/toast/tls/current/chain.pem", key => "/var/lib/toast/tls/current/key.pem" },
            acme_directory => self.inventory.acme.as_ref().map(|acme| &acme.directory),
            acme_contact => self.inventory.acme.as_ref().and_then(|acme| acme.contact.as_ref()),
            origin_ca => self.inventory.acme.as_ref().and_then(|acme| acme.signed_roots.as_ref()),
            openings => self.openings(),
            site_networks => self.site_networks(),
            sites_of_tags => self.inventory.sites.keys().collect::<Vec<_>>(),
            roles => Role::ALL.iter().filter(|role| !role.is_outside()).collect::<Vec<_>>(),
            witness => self.inventory.sites.get(&identity.site).is_some_and(|site| site.kind == SiteKind::Witness),
        }
    }

    /// How many members this node's database group is meant to have. One that is in no inventory is made like the
    /// coordinator's: its first member alone must not acknowledge what nobody else has.
    fn members(&self) -> usize {
        let count = |group| self.inventory.members(group).count();
        self.identity.group.map_or(0, |group| if count(group) == 0 { count(0) } else { count(group) })
    }

    /// The ports that this node's firewall leaves open, on which side.
    fn openings(&self) -> Value {
        let mine = |who: crate::inventory::Who| match who {
            crate::inventory::Who::Everybody => true,
            crate::inventory::Who::Role(role) => self.identity.is(role),
        };
        let ports = |openings: &[crate::inventory::Opening], pick: fn(&crate::inventory::Opening) -> &Vec<u16>| {
            let ports: BTreeSet<u16> = openings
                .iter()
                .filter(|opening| mine(opening.role))
                .flat_map(|opening| pick(opening).clone())
                .collect();
            ports
        };
        context! {
            public_tcp => ports(&self.access.public, |opening| &opening.tcp),
            public_udp => ports(&self.access.public, |opening| &opening.udp),
            underlay_tcp => ports(&self.access.underlay, |opening| &opening.tcp),
            underlay_udp => ports(&self.access.underlay, |opening| &opening.udp),
        }
    }

    fn site_networks(&self) -> Vec<crate::inventory::Network> {
        let sites = self.inventory.sites.values();
        sites.filter(|site| site.kind != SiteKind::Internet).map(|site| site.network).collect()
    }
}
