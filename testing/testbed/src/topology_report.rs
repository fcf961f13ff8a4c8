//! Topology of the testbed as text: sites, nodes, addresses, and how to reach them.

use crate::{paths, testbed::Testbed};
use agent::inventory::SiteKind;
use std::{fmt::Write as _, fs};

pub fn render(testbed: &Testbed) -> String {
    let mut text = String::new();
    for (name, site) in &testbed.inventory().sites {
        let kind = match site.kind {
            SiteKind::Region => "region, serves guests",
            SiteKind::Witness => "witness, has a vote and a replica",
            SiteKind::Internet => "the internet",
        };
        let _ = writeln!(text, "\nSite {name} ({kind}), network {}", String::from(site.network));
        for node in testbed.at_site(name) {
            let mut roles: Vec<String> = node.roles.iter().map(ToString::to_string).collect();
            roles.extend(node.group.map(|group| format!("group {group}")));
            let mesh = node.mesh.map_or_else(String::new, |mesh| format!("  mesh {mesh}"));
            let public = node.public.map_or_else(String::new, |public| format!("  public {public}"));
            let sign = if node.is_up() { ' ' } else { '✗' };
            let _ = writeln!(text, " {sign}{:<12} {:<34} {}{mesh}{public}", node.name, roles.join(", "), node.underlay);
        }
    }
    let domain = &testbed.inventory().domain;
    let _ = write!(
        text,
        "\nGuests:    https://{domain}  (dashboard: https://{domain}/dashboard)\n\
         Request:   toast-testbed exec net-client -- curl -s https://{domain}/\n\
         Node:      toast-testbed exec a-app1 -- bash   Logs: {}/NODE/log/SERVICE.log\n\
         Roots:     {}\n\
         End:       toast-testbed down\n",
        paths::nodes().display(),
        paths::public_roots().display(),
    );
    if !testbed.is_sharded() {
        text.push_str("Plain PostgreSQL in every group: sharding and cross-shard queries are not exercised.\n");
    }
    if let Ok(sign_ins) = fs::read_to_string(paths::sign_ins()) {
        let _ = write!(text, "\n{sign_ins}");
    }
    text
}
