//! The world's own certificate authority and passwords: made anew for each world, and gone with it.

use crate::{
    disk,
    error::WorldError,
    place,
    program::{program, run},
};
use agent::inventory::{Inventory, Role};
use serde::{Deserialize, Serialize};
use std::{
    fmt::Write as _,
    fs::{self, File},
    io::Read as _,
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

/// The passwords inside the installation.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secrets {
    postgres: String,
    replicator: String,
    rewind: String,
    toast: String,
    restapi: String,
}

impl Secrets {
    /// New ones.
    pub fn make() -> Result<Self, WorldError> {
        Ok(Self { postgres: random()?, replicator: random()?, rewind: random()?, toast: random()?, restapi: random()? })
    }

    /// Those of the running world.
    pub fn read() -> Result<Self, WorldError> {
        let path = file("secrets.toml");
        let text = fs::read_to_string(&path).map_err(WorldError::file(&path))?;
        toml::from_str(&text).map_err(|error| WorldError::Shape(error.to_string()))
    }

    /// Keeps them for nodes that are added later.
    pub fn keep(&self) -> Result<(), WorldError> {
        disk::write(&file("secrets.toml"), &self.as_toml()?, 0o600)
    }

    /// As nodes read them.
    pub fn as_toml(&self) -> Result<String, WorldError> {
        toml::to_string(self).map_err(|error| WorldError::Shape(error.to_string()))
    }
}

/// The name of the mesh's control server.
pub fn control_name(inventory: &Inventory) -> String {
    format!("control.{}", inventory.domain)
}

/// Makes the authority, and certificates for the control server and the public authority's own pages.
pub fn establish(inventory: &Inventory) -> Result<(), WorldError> {
    disk::make(&place::authority())?;
    let mut command = program("openssl", ["req", "-x509", "-days", "3650", "-nodes", "-subj", "/CN=Toast inside"]);
    command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    command.args(["-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
    run(command.arg("-keyout").arg(key("ca")).arg("-out").arg(root()))?;
    if let Some(control) = inventory.with_role(Role::Control).next() {
        issue("control", Some(&control_name(inventory)), control.underlay)?;
    }
    if let Some(public) = inventory.with_role(Role::Ca).next() {
        issue("acme", None, public.underlay)?;
    }
    Ok(())
}

/// The certificate of the internal authority.
pub fn root() -> PathBuf {
    certificate("ca")
}

/// A certificate that it has issued.
pub fn certificate(name: &str) -> PathBuf {
    file(&format!("{name}.pem"))
}

/// The key of a certificate.
pub fn key(name: &str) -> PathBuf {
    file(&format!("{name}.key"))
}

fn file(name: &str) -> PathBuf {
    place::authority().join(name)
}

fn issue(name: &str, host: Option<&str>, address: Ipv4Addr) -> Result<(), WorldError> {
    let names = host.map_or_else(String::new, |host| format!("DNS:{host},"));
    let mut command = program("openssl", ["req", "-x509", "-days", "825", "-nodes", "-subj"]);
    command.arg(format!("/CN={}", host.unwrap_or(name)));
    command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    command.arg("-addext").arg(format!("subjectAltName={names}IP:{address}"));
    command.args(["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"]);
    command.arg("-CA").arg(root()).arg("-CAkey").arg(key("ca"));
    run(command.arg("-keyout").arg(key(name)).arg("-out").arg(certificate(name))).map(drop)
}

fn random() -> Result<String, WorldError> {
    let path = Path::new("/dev/urandom");
    let mut bytes = [0; 24];
    File::open(path).and_then(|mut file| file.read_exact(&mut bytes)).map_err(WorldError::file(path))?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_all_different() {
        let secrets = Secrets::make().unwrap();
        assert_eq!(secrets.toast.len(), 48);
        assert_ne!(secrets.toast, secrets.postgres);
        assert!(secrets.as_toml().unwrap().contains("restapi = "));
    }
}
