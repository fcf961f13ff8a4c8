//! A map of the world: what stands where, under which addresses, and how to look at it.

use crate::{place, world::World};
use agent::inventory::SiteKind;
use std::{fmt::Write as _, fs};

/// The map, as text.
pub fn draw(world: &World) -> String {
    let mut text = String::new();
    for (name, site) in &world.inventory().sites {
        let what = match site.kind {
            SiteKind::Region => "region, serves guests",
            SiteKind::Witness => "witness, has a vote and a copy",
            SiteKind::Internet => "the internet around",
        };
        let _ = writeln!(text, "\nSite {name} ({what}), network {}", String::from(site.network));
        for node in world.at_site(name) {
            let mut roles: Vec<String> = node.roles.iter().map(ToString::to_string).collect();
            roles.extend(node.group.map(|group| format!("group {group}")));
            let mesh = node.mesh.map_or_else(String::new, |mesh| format!("  mesh {mesh}"));
            let public = node.public.map_or_else(String::new, |public| format!("  public {public}"));
            let sign = if node.is_up() { ' ' } else { '✗' };
            let _ = writeln!(text, " {sign}{:<12} {:<34} {}{mesh}{public}", node.name, roles.join(", "), node.underlay);
        }
    }
    let domain = &world.inventory().domain;
    let _ = write!(
        text,
        "\nGuests:    https://{domain}  (dashboard: https://{domain}/dashboard)\n\
         Look:      toast-testbed exec net-client -- curl -s https://{domain}/\n\
         A node:    toast-testbed exec a-app1 -- bash   Logs: {}/NODE/log/SERVICE.log\n\
         Roots:     {}\n\
         End:       toast-testbed down\n",
        place::nodes().display(),
        place::guest_roots().display(),
    );
    if !world.is_sharded() {
        text.push_str(
            "Plain PostgreSQL in every group: sharding, and queries and transactions over shards, are not shown.\n",
        );
    }
    if let Ok(sign_ins) = fs::read_to_string(place::sign_ins()) {
        let _ = write!(text, "\n{sign_ins}");
    }
    text
}
