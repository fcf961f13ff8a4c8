//! Host names of the mesh in `/etc/hosts`, so that they resolve without the control server or a name server.

use crate::{bundle::Bundle, error::AgentError, files, inventory::Role, mesh::Mesh};
use std::{fs, net::Ipv4Addr, path::Path};

const BEGIN: &str = "# toast: begin";
const END: &str = "# toast: end";

/// Writes the host names that this node may know between two marks and keeps the other lines.
pub fn reconcile(bundle: &Bundle, mesh: &Mesh) -> Result<(), AgentError> {
    let path = Path::new("/etc/hosts");
    let before = fs::read_to_string(path).unwrap_or_default();
    let after = with_block(&before, &block(bundle, mesh));
    if before == after { Ok(()) } else { files::replace(path, &after, 0o644, None) }
}

fn block(bundle: &Bundle, mesh: &Mesh) -> String {
    let (own, inventory) = (&bundle.node, &bundle.inventory);
    let mut lines = String::new();
    let mut line = |address: Ipv4Addr, names: &str| lines.extend([&address.to_string(), " ", names, "\n"]);
    // The control server must resolve before this node has joined.
    if let Some(control) = inventory.with_role(Role::Control).next().filter(|_| own.in_mesh()) {
        line(control.underlay, &inventory.control_name());
    }
    let mut node = |address, name: &str| line(address, &format!("{name}.{} {name}", inventory.mesh_domain));
    if let Some(address) = mesh.address {
        node(address, &own.name);
    }
    for peer in &mesh.peers {
        node(peer.address, &peer.name);
    }
    lines
}

fn with_block(before: &str, block: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for line in before.lines() {
        match line {
            BEGIN => inside = true,
            END => inside = false,
            _ if inside => {}
            _ => {
                kept.push_str(line);
                kept.push('\n');
            }
        }
    }
    format!("{kept}{BEGIN}\n{block}{END}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_lines_stay_and_the_block_is_written_once() {
        let first = with_block("127.0.0.1 localhost\n", "100.64.0.1 a\n");
        let second = with_block(&first, "100.64.0.2 a\n");
        assert_eq!(second, format!("127.0.0.1 localhost\n{BEGIN}\n100.64.0.2 a\n{END}\n"));
    }
}
