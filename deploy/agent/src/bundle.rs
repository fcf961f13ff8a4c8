//! The deployed release of this machine (programs, templates, inventory) and the files of this node alone.

use crate::{
    error::AgentError,
    inventory::{Access, Inventory},
    mesh::Mesh,
    node_config::{self, NodeConfig, Secrets},
    templates::{Backend, TemplateContext, Templates},
};
use std::path::Path;

/// Directory of the release in use.
pub const CURRENT: &str = "/opt/toast/current";
/// Name, site and roles of this node.
pub const NODE: &str = "/etc/toast/node.toml";
/// Passwords of this node.
pub const SECRETS: &str = "/etc/toast/secrets.toml";
/// Single-use key to join the mesh; removed after use.
pub const JOIN_KEY: &str = "/etc/toast/join.key";
/// The mesh as last seen, for restarts while the control server is down.
pub const MESH_CACHE: &str = "/var/lib/toast/agent/mesh.json";

pub struct Bundle {
    pub inventory: Inventory,
    pub access: Access,
    pub node: NodeConfig,
    /// Its passwords, on nodes that use the database.
    pub secrets: Option<Secrets>,
    pub templates: Templates,
}

impl Bundle {
    pub fn current() -> Result<Self, AgentError> {
        let (release, secrets) = (Path::new(CURRENT), Path::new(SECRETS));
        Ok(Self {
            inventory: Inventory::read(&release.join("inventory.toml"))?,
            access: Access::read(&release.join("access.toml"))?,
            node: node_config::read(Path::new(NODE))?,
            secrets: secrets.exists().then(|| node_config::read(secrets)).transpose()?,
            templates: Templates::new(&release.join("templates")),
        })
    }

    /// The values for templates, given the observed mesh and backends.
    pub fn context<'a>(&'a self, mesh: &'a Mesh, backends: &'a [Backend]) -> TemplateContext<'a> {
        TemplateContext {
            inventory: &self.inventory,
            access: &self.access,
            node: &self.node,
            secrets: self.secrets.as_ref(),
            mesh,
            backends,
        }
    }

    /// Renders a template that depends on nothing observed.
    pub fn render_static(&self, template: &str) -> Result<String, AgentError> {
        self.templates.render(template, &self.context(&Mesh::default(), &[]))
    }

    /// The passwords, or an error on a node that has none.
    pub fn require_secrets(&self) -> Result<&Secrets, AgentError> {
        self.secrets.as_ref().ok_or_else(|| AgentError::Waiting(SECRETS.to_owned()))
    }
}
