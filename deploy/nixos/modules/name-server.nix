# A name server: gdnsd, which returns the healthy ingresses. It is outside the mesh.
{ config, lib, pkgs, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg package must unit;
in {
  imports = [ ./node.nix ./agent.nix ];

  options.services.toast.nameServer = {
    enable = lib.mkEnableOption "a name server of the installation on this machine";
    package = package pkgs.gdnsd "pkgs.gdnsd" "The package with bin/gdnsd.";
  };

  config = lib.mkIf cfg.nameServer.enable {
    services.toast.places."/usr/sbin/gdnsd" = "${cfg.nameServer.package}/bin/gdnsd";
    assertions = [
      (must cfg.agent.enable "services.toast.nameServer: zone and health checks are rendered by the agent; enable services.toast.agent as well.")
    ];
    # The stub resolver of systemd-resolved also listens on port 53.
    services.resolved.enable = lib.mkForce false;
    users.users.gdnsd = { isSystemUser = true; group = "gdnsd"; home = "/run/gdnsd"; description = "gdnsd"; };
    users.groups.gdnsd = { };
    systemd.services.toast-dns = unit "toast-dns";
  };
}
