//! The internal certificate authority, created for each testbed.

use crate::{
    error::TestbedError,
    exec::{command, run},
    files, paths,
};
use agent::inventory::{Inventory, Role};
use std::{net::Ipv4Addr, path::PathBuf, process::Command};

/// Creates the CA, and certificates for the control server and for the web server of the public CA.
pub fn create(inventory: &Inventory) -> Result<(), TestbedError> {
    files::create_dir(&paths::ca())?;
    let mut request = new_key_and_certificate("ca", "Toast inside", 3650);
    run(request.args(["-addext", "keyUsage=critical,keyCertSign,cRLSign"]))?;
    if let Some(control) = inventory.with_role(Role::Control).next() {
        issue("control", Some(&inventory.control_name()), control.underlay)?;
    }
    if let Some(public) = inventory.with_role(Role::Ca).next() {
        issue("acme", None, public.underlay)?;
    }
    Ok(())
}

pub fn root() -> PathBuf {
    certificate("ca")
}

pub fn certificate(name: &str) -> PathBuf {
    paths::ca().join(format!("{name}.pem"))
}

pub fn key(name: &str) -> PathBuf {
    paths::ca().join(format!("{name}.key"))
}

fn issue(name: &str, host: Option<&str>, address: Ipv4Addr) -> Result<(), TestbedError> {
    let names = host.map_or_else(String::new, |host| format!("DNS:{host},"));
    // 825 days: the longest life of a server certificate that browsers accept.
    let mut request = new_key_and_certificate(name, host.unwrap_or(name), 825);
    request.arg("-addext").arg(format!("subjectAltName={names}IP:{address}"));
    request.args(["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"]);
    run(request.arg("-CA").arg(root()).arg("-CAkey").arg(key("ca"))).map(drop)
}

fn new_key_and_certificate(name: &str, common_name: &str, days: u32) -> Command {
    let mut request = command("openssl", ["req", "-x509", "-nodes", "-subj", &format!("/CN={common_name}")]);
    request.args(["-days", &days.to_string(), "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    request.arg("-keyout").arg(key(name)).arg("-out").arg(certificate(name));
    request
}
