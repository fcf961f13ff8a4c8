# The server, and HAProxy that connects it to the leader of each database group. The agent renders their settings: the mesh
# address, the region and the password are known on the machine only, and groups come and go.
{ config, lib, pkgs, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg package must unit;
in {
  imports = [ ./node.nix ./agent.nix ./tailscale-client.nix ];

  options.services.toast.backend = {
    enable = lib.mkEnableOption "the Toast server on this machine";
    package = lib.mkOption {
      type = lib.types.package;
      description = "The package with bin/toast and share/toast/site.";
    };
    haproxyPackage = package pkgs.haproxy "pkgs.haproxy" "The package with bin/haproxy.";
  };

  config = lib.mkIf cfg.backend.enable {
    services.toast.places = {
      "/opt/toast/current/bin/toast" = "${cfg.backend.package}/bin/toast";
      "/usr/sbin/haproxy" = "${cfg.backend.haproxyPackage}/bin/haproxy";
    };
    services.toast.bundleParts = {
      "bin/toast" = "${cfg.backend.package}/bin/toast";
      site = "${cfg.backend.package}/share/toast/site";
    };
    assertions = [
      (must cfg.mesh.enable "services.toast.backend: the server listens on the machine's address in the mesh only; enable services.toast.mesh as well.")
    ];
    environment.systemPackages = [ cfg.backend.package ];
    users.users.toast = { isSystemUser = true; group = "toast"; description = "Toast's server"; };
    users.groups.toast = { };
    users.users.haproxy = { isSystemUser = true; group = "haproxy"; description = "HAProxy"; };
    users.groups.haproxy = { };
    systemd.services.toast-server = unit "toast-server";
    systemd.services.toast-haproxy = unit "toast-haproxy";
  };
}
