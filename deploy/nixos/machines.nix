# All machines of the inventories in deploy/inventory: `<profile>-<name>` and its modules.
{ lib, server, agent }:
let
  profiles = lib.filter (name: name != "access")
    (map (lib.removeSuffix ".toml") (lib.filter (lib.hasSuffix ".toml") (lib.attrNames (builtins.readDir ../inventory))));

  machine = profile: inventory: node:
    let own = ./hardware + "/${profile}-${node.name}.nix"; in {
      inherit profile node;
      inMesh = inventory.inMesh node;
      # Operators sign in inside the mesh only, where machines have names.
      address = "${node.name}.${inventory.meshDomain}";
      modules = [
        ./modules/machine.nix
        {
          services.toast.inventory = ../inventory + "/${profile}.toml";
          services.toast.node = node.name;
          services.toast.agent.package = agent;
          services.toast.backend.package = server;
        }
      ] ++ lib.optional (builtins.pathExists own) own;
    };

  ofProfile = profile:
    let inventory = import ./inventory.nix { inherit lib; file = ../inventory + "/${profile}.toml"; access = ../inventory/access.toml; }; in
    map (node: { name = "${profile}-${node.name}"; value = machine profile inventory node; }) inventory.machines;
in
lib.listToAttrs (lib.concatMap ofProfile profiles)
