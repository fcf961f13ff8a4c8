//! Which engines run for which role, what their configuration is made of and how a new one is taken over.

use crate::{error::Trouble, identity::Identity, inventory::Role, mesh::Mesh, program, supervisor::Act};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Where rendered configuration stands.
pub const RENDERED: &str = "/etc/toast/rendered";

/// A file that is rendered for an engine.
#[derive(Debug, Clone, Copy)]
pub struct EngineFile {
    /// The template in the bundle.
    pub template: &'static str,
    /// Name of the file in the folder of rendered files; `@domain` stands for the public name.
    pub name: &'static str,
    /// Who reads it, where that is not root.
    pub owner: Option<&'static str>,
}

impl EngineFile {
    /// Where the file is rendered to.
    pub fn place(&self, domain: &str) -> PathBuf {
        Path::new(RENDERED).join(self.name.replace("@domain", domain))
    }
}

/// A program that this node runs, and how it takes a new configuration.
#[derive(Debug, Clone, Copy)]
pub struct Engine {
    /// Its service.
    pub service: &'static str,
    /// Its files; the first one is what is checked.
    pub files: &'static [EngineFile],
    /// What checks a new first file before it is taken: program and arguments, `{}` for the file.
    pub check: &'static [&'static str],
    /// How a running engine takes a changed file.
    pub takes: Act,
    /// What must be seen of the mesh first.
    pub needs: Needs,
    /// Folders that the check itself wants; the unit makes them when the service starts, which is after it.
    pub folders: &'static [&'static str],
}

/// What an engine cannot start without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it is what others wait for, or it stands outside.
    Nothing,
    /// An own address in the mesh.
    Address,
    /// At least one peer with a role.
    One(Role),
    /// Every node of a role that the inventory names.
    All(Role),
}

const fn file(template: &'static str, name: &'static str) -> EngineFile {
    EngineFile { template, name, owner: None }
}

const fn file_of(owner: &'static str, template: &'static str, name: &'static str) -> EngineFile {
    EngineFile { template, name, owner: Some(owner) }
}

const HEADSCALE: Engine = Engine {
    service: "toast-headscale",
    files: &[
        file("headscale/headscale.yaml.j2", "headscale.yaml"),
        file("headscale/policy.hujson.j2", "policy.hujson"),
        file("headscale/relay.yaml.j2", "relay.yaml"),
    ],
    check: &["/opt/toast/current/bin/headscale", "configtest", "--config", "{}"],
    takes: Act::Reload,
    needs: Needs::Nothing,
    folders: &["/run/toast", "/var/lib/toast/headscale"],
};

const SSH: Engine = Engine {
    service: "toast-ssh",
    files: &[file("ssh/sshd_config.j2", "sshd_config")],
    check: &["/usr/sbin/sshd", "-t", "-f", "{}"],
    takes: Act::Reload,
    needs: Needs::Address,
    folders: &["/run/sshd", "/run/toast"],
};

const ETCD: Engine = Engine {
    service: "toast-etcd",
    files: &[file_of("etcd", "etcd/etcd.yaml.j2", "etcd.yaml")],
    check: &[],
    // A voter reads its file only when it starts, and the list of voters matters only the first time.
    takes: Act::Start,
    needs: Needs::All(Role::Etcd),
    folders: &[],
};

const PATRONI: Engine = Engine {
    service: "toast-patroni",
    files: &[file_of("postgres", "patroni/patroni.yaml.j2", "patroni.yaml")],
    check: &[
        "/opt/toast/current/patroni/bin/python3",
        "-m",
        "patroni",
        "--validate-config",
        "--ignore-listen-port",
        "{}",
    ],
    takes: Act::Reload,
    needs: Needs::One(Role::Etcd),
    folders: &[],
};

const HAPROXY: Engine = Engine {
    service: "toast-haproxy",
    files: &[file_of("haproxy", "haproxy/haproxy.cfg.j2", "haproxy.cfg")],
    check: &["/usr/sbin/haproxy", "-c", "-q", "-f", "{}"],
    takes: Act::Reload,
    needs: Needs::One(Role::Database),
    folders: &["/run/toast", "/run/toast/haproxy"],
};

const SERVER: Engine = Engine {
    service: "toast-server",
    files: &[file_of("toast", "server/server.env.j2", "server.env")],
    check: &[],
    takes: Act::Restart,
    needs: Needs::One(Role::Database),
    folders: &[],
};

const INGRESS: Engine = Engine {
    service: "toast-nginx",
    files: &[file("nginx/ingress.conf.j2", "nginx.conf")],
    check: &["/usr/sbin/nginx", "-t", "-q", "-c", "{}"],
    takes: Act::Reload,
    needs: Needs::Address,
    folders: &["/run/toast", "/var/lib/toast/nginx"],
};

const EDGE: Engine = Engine {
    service: "toast-nginx",
    files: &[file("nginx/edge.conf.j2", "nginx.conf")],
    check: &["/usr/sbin/nginx", "-t", "-q", "-c", "{}"],
    takes: Act::Reload,
    needs: Needs::Nothing,
    folders: &["/run/toast", "/var/lib/toast/nginx", "/var/lib/toast/cache"],
};

const DNS: Engine = Engine {
    service: "toast-dns",
    files: &[file_of("gdnsd", "dns/config.j2", "dns/config"), file_of("gdnsd", "dns/zone.j2", "dns/zones/@domain")],
    check: &[],
    takes: Act::Restart,
    needs: Needs::Nothing,
    folders: &["/run/toast"],
};

/// The engines of a role.
pub const fn of(role: Role) -> &'static [Engine] {
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

/// The engines of a node: what everybody in the mesh runs, then those of its roles.
pub fn of_node(identity: &Identity) -> impl Iterator<Item = &'static Engine> {
    let common: &'static [Engine] = if identity.in_mesh() { &[SSH] } else { &[] };
    common.iter().chain(identity.roles.iter().flat_map(|role| of(*role)))
}

impl Engine {
    /// Checks a file that may become this engine's configuration, with the engine's own program.
    pub async fn accepts(&self, candidate: &Path) -> Result<(), Trouble> {
        let Some((program, arguments)) = self.check.split_first() else { return Ok(()) };
        for folder in self.folders {
            std::fs::create_dir_all(folder).map_err(Trouble::file(Path::new(folder)))?;
        }
        let candidate = candidate.display().to_string();
        let arguments: Vec<&str> =
            arguments.iter().map(|argument| if *argument == "{}" { candidate.as_str() } else { argument }).collect();
        program::run(program, &arguments, Duration::from_secs(20)).await.map(drop)
    }

    /// What the engine still waits for, as a sentence; `expected` is how many nodes of a role the inventory names.
    pub fn waits_for(&self, mesh: &Mesh, own: &[Role], expected: impl Fn(Role) -> usize) -> Option<String> {
        let seen = |role| mesh.with_role(role).count() + usize::from(own.contains(&role));
        match self.needs {
            Needs::Nothing => None,
            _ if mesh.address.is_none() => Some("an address in the mesh".to_owned()),
            Needs::Address => None,
            Needs::One(role) => (seen(role) == 0).then(|| format!("a node with role {role}")),
            Needs::All(role) => {
                let (seen, expected) = (seen(role), expected(role));
                (seen < expected).then(|| format!("{expected} nodes with role {role}, of which {seen} are seen"))
            }
        }
    }
}
