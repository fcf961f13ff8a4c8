//! The names of the mesh in `/etc/hosts`: they resolve while the control server, or any name server, is away.

use crate::{error::Trouble, files, mesh::Mesh};
use std::{fs, net::Ipv4Addr, path::Path};

const BEGIN: &str = "# toast: begin";
const END: &str = "# toast: end";

/// Writes the names that this node may know between two marks, and leaves the rest of the file alone.
pub fn keep(
    path: &Path,
    own: &str,
    domain: &str,
    control: Option<(Ipv4Addr, &str)>,
    mesh: &Mesh,
) -> Result<(), Trouble> {
    let before = fs::read_to_string(path).unwrap_or_default();
    let after = with_block(&before, &block(own, domain, control, mesh));
    if before == after {
        return Ok(());
    }
    files::replace(path, &after, 0o644, None)
}

fn block(own: &str, domain: &str, control: Option<(Ipv4Addr, &str)>, mesh: &Mesh) -> String {
    let mut lines = String::new();
    let mut line = |address: Ipv4Addr, names: &str| lines.extend([&address.to_string(), " ", names, "\n"]);
    if let Some((address, name)) = control {
        line(address, name);
    }
    if let Some(address) = mesh.address {
        line(address, &format!("{own}.{domain} {own}"));
    }
    for peer in &mesh.peers {
        line(peer.address, &format!("{0}.{domain} {0}", peer.name));
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
    fn what_others_wrote_stays_and_the_block_is_written_once() {
        let first = with_block("127.0.0.1 localhost\n", "100.64.0.1 a\n");
        let second = with_block(&first, "100.64.0.2 a\n");
        assert_eq!(second, format!("127.0.0.1 localhost\n{BEGIN}\n100.64.0.2 a\n{END}\n"));
    }
}
