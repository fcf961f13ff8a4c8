# A member of a database group: PostgreSQL with Citus, managed by Patroni.
{ config, lib, pkgs, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg package must unit;
  inherit (lib) mkOption types;
  own = cfg.database;
  roleOfInventory = if cfg.facts.isWitness then "standby" else if cfg.facts.group == 0 then "coordinator" else "worker";
in {
  imports = [ ./node.nix ./agent.nix ./tailscale-client.nix ];

  options.services.toast.database = {
    enable = lib.mkEnableOption "a member of a database group on this machine";
    role = mkOption {
      type = types.enum [ "coordinator" "worker" "standby" ];
      default = roleOfInventory;
      defaultText = lib.literalMD "what the inventory says";
      description = ''
        What this member is for: the coordinator's group (0), a group that holds shards (1 and up), or a standby at a
        witness site, which has a copy and a vote and leads only when no other member can. Who leads a group is Patroni's
        decision at every moment, never a setting.
      '';
    };
    package = package (pkgs.postgresql_15.withPackages (extensions: lib.optional cfg.sharded extensions.citus)) "pkgs.postgresql_15.withPackages (extensions: [ extensions.citus ])" "PostgreSQL 15 with its extensions.";
    patroniPackage = package (pkgs.python3.withPackages (modules: [ (modules.toPythonModule pkgs.patroni) modules.psycopg ])) "pkgs.python3 with patroni and psycopg" "A Python with Patroni (and its etcd3 part) and psycopg: the package with bin/python3.";
    allowFewMembers = mkOption {
      type = types.bool;
      default = false;
      description = "Whether this group may have fewer than three members. Then an acknowledged order can be lost with one machine.";
    };
    watchdog = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the kernel's watchdog resets this machine when Patroni hangs; needs /dev/watchdog.";
    };
  };

  config = lib.mkIf own.enable {
    services.toast.places = {
      "/opt/toast/current/patroni/bin/python3" = "${own.patroniPackage}/bin/python3";
      "/usr/lib/postgresql/15/bin" = "${own.package}/bin";
      "/usr/bin:/bin" = "/run/current-system/sw/bin:/bin";
    };
    services.toast.bundleParts.patroni = own.patroniPackage;
    assertions = [
      (must cfg.mesh.enable "services.toast.database: the database listens on the machine's address in the mesh only; enable services.toast.mesh as well.")
      (must (cfg.facts.group != null) "services.toast.database: ${cfg.node} has no group in the inventory; give it group = 0 (coordinator) or a worker group's number.")
      (must (own.role == roleOfInventory) "services.toast.database: ${cfg.node} is to be a ${own.role}, but its group and site in the inventory make it a ${roleOfInventory}; change one of the two.")
      (must (own.allowFewMembers || cfg.facts.group == null || cfg.facts.members >= 3) "services.toast.database: group ${toString cfg.facts.group} has ${toString cfg.facts.members} member(s), and an acknowledged order has to be on two that survive; give the group three machines in the inventory, or set allowFewMembers where losing orders is accepted.")
      (must (!config.services.postgresql.enable) "services.toast.database: services.postgresql would start a second database in addition to Patroni's; disable it.")
    ];
    users.users.postgres = { isSystemUser = true; group = "postgres"; home = "/var/lib/toast/pg"; description = "PostgreSQL"; };
    users.groups.postgres = { };
    environment.systemPackages = [ own.package ];
    systemd.services.toast-patroni = unit "toast-patroni";
  };
}
