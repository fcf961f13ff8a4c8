//! The services of each role: their configuration files, how a new one is validated and how it is applied.

use crate::{error::AgentError, exec, inventory::Role, mesh::Mesh, node_config::NodeConfig, supervisor::Action};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Directory of rendered configuration files.
pub const RENDERED: &str = "/etc/toast/rendered";

#[derive(Debug, Clone, Copy)]
pub struct ConfigFile {
    /// Path of the template in the release.
    pub template: &'static str,
    /// Path below [`RENDERED`]; `@domain` is replaced by the public domain.
    pub name: &'static str,
    /// The user that reads it; root if none.
    pub owner: Option<&'static str>,
}

impl ConfigFile {
    pub fn path(&self, domain: &str) -> PathBuf {
        Path::new(RENDERED).join(self.name.replace("@domain", domain))
    }
}

/// A service that the agent configures and keeps running.
#[derive(Debug, Clone, Copy)]
pub struct ManagedService {
    /// Name of its unit.
    pub name: &'static str,
    pub files: &'static [ConfigFile],
    /// Program and arguments that validate a new first file before it is used, with `{}` for its path.
    pub validate: &'static [&'static str],
    /// How the running service takes a changed file.
    pub on_change: Action,
    pub requires: Requirement,
    /// Directories that the validation needs: the unit creates them only when the service starts.
    pub validate_directories: &'static [&'static str],
}

/// The condition to start a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Always: the mesh depends on it, or it is outside the mesh.
    None,
    /// This node has an address in the mesh.
    MeshAddress,
    /// At least one node with a role is in the mesh.
    AnyNode(Role),
    /// All nodes of the inventory with a role are in the mesh.
    AllNodes(Role),
}

const fn file(template: &'static str, name: &'static str) -> ConfigFile {
    ConfigFile { template, name, owner: None }
}

const fn file_of(owner: &'static str, template: &'static str, name: &'static str) -> ConfigFile {
    ConfigFile { template, name, owner: Some(owner) }
}

const HEADSCALE: ManagedService = ManagedService {
    name: "toast-headscale",
    files: &[
        file("headscale/headscale.yaml.j2", "headscale.yaml"),
        file("headscale/policy.hujson.j2", "policy.hujson"),
        file("headscale/relay.yaml.j2", "relay.yaml"),
    ],
    validate: &["/opt/toast/current/bin/headscale", "configtest", "--config", "{}"],
    on_change: Action::Reload,
    requires: Requirement::None,
    validate_directories: &["/run/toast", "/var/lib/toast/headscale"],
};

const SSH: ManagedService = ManagedService {
    name: "toast-ssh",
    files: &[file("ssh/sshd_config.j2", "sshd_config")],
    validate: &["/usr/sbin/sshd", "-t", "-f", "{}"],
    on_change: Action::Reload,
    requires: Requirement::MeshAddress,
    validate_directories: &["/run/sshd", "/run/toast"],
};

const ETCD: ManagedService = ManagedService {
    name: "toast-etcd",
    files: &[file_of("etcd", "etcd/etcd.yaml.j2", "etcd.yaml")],
    validate: &[],
    // etcd reads its file only when it starts, and the list of members only at its first start.
    on_change: Action::Start,
    requires: Requirement::AllNodes(Role::Etcd),
    validate_directories: &[],
};

const PATRONI: ManagedService = ManagedService {
    name: "toast-patroni",
    files: &[file_of("postgres", "patroni/patroni.yaml.j2", "patroni.yaml")],
    validate: &[
        "/opt/toast/current/patroni/bin/python3",
        "-m",
        "patroni",
        "--validate-config",
        "--ignore-listen-port",
        "{}",
    ],
    on_change: Action::Reload,
    requires: Requirement::AnyNode(Role::Etcd),
    validate_directories: &[],
};

const HAPROXY: ManagedService = ManagedService {
    name: "toast-haproxy",
    files: &[file_of("haproxy", "haproxy/haproxy.cfg.j2", "haproxy.cfg")],
    validate: &["/usr/sbin/haproxy", "-c", "-q", "-f", "{}"],
    on_change: Action::Reload,
    requires: Requirement::AnyNode(Role::Database),
    validate_directories: &["/run/toast", "/run/toast/haproxy"],
};

const SERVER: ManagedService = ManagedService {
    name: "toast-server",
    files: &[file_of("toast", "server/server.env.j2", "server.env")],
    validate: &[],
    on_change: Action::Restart,
    requires: Requirement::AnyNode(Role::Database),
    validate_directories: &[],
};

const INGRESS: ManagedService = ManagedService {
    name: "toast-nginx",
    files: &[file("nginx/ingress.conf.j2", "nginx.conf")],
    validate: &["/usr/sbin/nginx", "-t", "-q", "-c", "{}"],
    on_change: Action::Reload,
    requires: Requirement::MeshAddress,
    validate_directories: &["/run/toast", "/var/lib/toast/nginx"],
};

const EDGE: ManagedService = ManagedService {
    name: "toast-nginx",
    files: &[file("nginx/edge.conf.j2", "nginx.conf")],
    validate: &["/usr/sbin/nginx", "-t", "-q", "-c", "{}"],
    on_change: Action::Reload,
    requires: Requirement::None,
    validate_directories: &["/run/toast", "/var/lib/toast/nginx", "/var/lib/toast/cache"],
};

const DNS: ManagedService = ManagedService {
    name: "toast-dns",
    files: &[file_of("gdnsd", "dns/config.j2", "dns/config"), file_of("gdnsd", "dns/zone.j2", "dns/zones/@domain")],
    validate: &[],
    on_change: Action::Restart,
    requires: Requirement::None,
    validate_directories: &["/run/toast"],
};

pub const fn of(role: Role) -> &'static [ManagedService] {
    match role {
        Role::Ingress => &[INGRESS],
        Role::App => &[HAPROXY, SERVER],
        Role::Database => &[PATRONI],
        Role::Etcd => &[ETCD],
        Role::Control => &[HEADSCALE],
        Role::Dns => &[DNS],
        Role::Edge => &[EDGE],
        Role::Operator | Role::Ca | Role::Client => &[],
    }
}

/// The services of a node: SSH inside the mesh, then those of its roles.
pub fn of_node(node: &NodeConfig) -> impl Iterator<Item = &'static ManagedService> {
    let common: &'static [ManagedService] = if node.in_mesh() { &[SSH] } else { &[] };
    common.iter().chain(node.roles.iter().flat_map(|role| of(*role)))
}

impl ManagedService {
    /// Validates a new configuration with the service's own program.
    pub async fn validate(&self, candidate: &Path) -> Result<(), AgentError> {
        let Some((program, arguments)) = self.validate.split_first() else { return Ok(()) };
        for directory in self.validate_directories {
            std::fs::create_dir_all(directory).map_err(AgentError::file(Path::new(directory)))?;
        }
        let candidate = candidate.display().to_string();
        let arguments: Vec<&str> =
            arguments.iter().map(|argument| if *argument == "{}" { candidate.as_str() } else { argument }).collect();
        exec::run(program, &arguments, Duration::from_secs(20)).await.map(drop)
    }

    /// The requirement that is not met yet, as a sentence; `expected` is the number of nodes with a role in the inventory.
    pub fn missing(&self, mesh: &Mesh, own: &[Role], expected: impl Fn(Role) -> usize) -> Option<String> {
        let seen = |role| mesh.with_role(role).count() + usize::from(own.contains(&role));
        match self.requires {
            Requirement::None => None,
            _ if mesh.address.is_none() => Some("an address in the mesh".to_owned()),
            Requirement::MeshAddress => None,
            Requirement::AnyNode(role) => (seen(role) == 0).then(|| format!("a node with role {role}")),
            Requirement::AllNodes(role) => {
                let (seen, expected) = (seen(role), expected(role));
                (seen < expected).then(|| format!("{expected} nodes with role {role}, {seen} in the mesh"))
            }
        }
    }
}
