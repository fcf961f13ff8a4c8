# Queries of the modules on the inventory and the port table.
{ lib, file, access }:
let
  inherit (builtins) elem filter fromTOML head readFile;
  inventory = fromTOML (readFile file);
  table = fromTOML (readFile access);
  has = role: node: elem role node.roles;
  mine = roles: filter (opening: opening.role == "*" || elem opening.role roles);
  ports = kind: openings: lib.unique (lib.concatMap (opening: opening.${kind} or [ ]) openings);
in rec {
  inherit (inventory) profile domain sites;
  meshDomain = inventory.mesh_domain;
  inherit (inventory) nodes;

  # Certificate authorities and clients are part of the testbed, not of an installation.
  machines = filter (node: !(has "ca" node) && !(has "client" node)) nodes;

  find = name:
    let found = filter (node: node.name == name) nodes; in
    if found == [ ] then throw "No machine of ${toString file} is called `${name}'; add it there, or correct services.toast.node."
    else head found;

  inMesh = node: sites.${node.site}.kind != "internet";
  isWitness = node: sites.${node.site}.kind == "witness";
  withRole = role: filter (has role) nodes;
  members = group: filter (node: (node.group or null) == group) nodes;
  siteNetworks = map (site: site.network) (filter (site: site.kind != "internet") (lib.attrValues sites));

  prefixOf = node: lib.last (lib.splitString "/" sites.${node.site}.network);
  # The router of a site has the first address of its network.
  gatewayOf = node:
    let bytes = lib.splitString "." (head (lib.splitString "/" sites.${node.site}.network)); in
    lib.concatStringsSep "." (lib.init bytes ++ [ (toString (lib.toInt (lib.last bytes) + 1)) ]);

  # The ports of a machine with these roles that are open outside the mesh, by source.
  openings = roles: {
    publicTcp = ports "tcp" (mine roles table.public);
    publicUdp = ports "udp" (mine roles table.public);
    underlayTcp = ports "tcp" (mine roles table.underlay);
    underlayUdp = ports "udp" (mine roles table.underlay);
  };

  # The ports of one role that another role may connect to inside the mesh.
  granted = from: to: lib.unique (lib.concatMap (grant: grant.tcp)
    (filter (grant: elem grant.from [ "*" from ] && elem grant.to [ "*" to ]) table.mesh));
}
