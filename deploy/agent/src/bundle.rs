//! What was put on this machine: programs, templates and descriptions of one version, and where they stand.

use crate::{
    error::Trouble,
    identity::{Identity, Secrets},
    inventory::{Access, Inventory},
    mesh::Mesh,
    templates::{Backend, Scene, Templates},
};
use std::path::{Path, PathBuf};

/// Where this node is told who it is.
pub const NODE: &str = "/etc/toast/node.toml";
/// The passwords that it was given.
pub const SECRETS: &str = "/etc/toast/secrets.toml";
/// The key with which it joins the mesh, once.
pub const JOIN_KEY: &str = "/etc/toast/join.key";
/// What it saw at its last look.
pub const REMEMBERED: &str = "/var/lib/toast/agent/mesh.json";

/// One version of everything, and who this node is.
pub struct Bundle {
    /// The installation.
    pub inventory: Inventory,
    /// Who may reach whom.
    pub access: Access,
    /// This node.
    pub identity: Identity,
    /// Its passwords, where it was given any.
    pub secrets: Option<Secrets>,
    /// The templates.
    pub templates: Templates,
}

impl Bundle {
    /// Reads a bundle's folder and this node's identity.
    pub fn read(folder: &Path) -> Result<Self, Trouble> {
        let secrets = Path::new(SECRETS);
        Ok(Self {
            inventory: Inventory::read(&folder.join("inventory.toml"))?,
            access: Access::read(&folder.join("access.toml"))?,
            identity: Identity::read(Path::new(NODE))?,
            secrets: secrets.exists().then(|| Secrets::read(secrets)).transpose()?,
            templates: Templates::new(&folder.join("templates")),
        })
    }

    /// What templates may name, given what is seen.
    pub fn scene<'a>(&'a self, mesh: &'a Mesh, backends: &'a [Backend]) -> Scene<'a> {
        Scene {
            inventory: &self.inventory,
            access: &self.access,
            identity: &self.identity,
            secrets: self.secrets.as_ref(),
            mesh,
            backends,
        }
    }
}

/// Where the bundle in use stands.
pub fn current() -> PathBuf {
    PathBuf::from("/opt/toast/current")
}
