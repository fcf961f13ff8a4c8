# The control server of the mesh and its relay, a separate service that keeps working while the control server is down.
{ config, lib, pkgs, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg package must unit;
in {
  imports = [ ./node.nix ./agent.nix ./tailscale-client.nix ];

  options.services.toast.headscale = {
    enable = lib.mkEnableOption "the control server and the relay of the private network on this machine";
    package = package pkgs.headscale "pkgs.headscale" "The package with bin/headscale.";
    relayPackage = package (pkgs.tailscale.derper or pkgs.tailscale) "pkgs.tailscale.derper" "The package with bin/derper, of the same version as tailscaled.";
  };

  config = lib.mkIf cfg.headscale.enable {
    services.toast.places = {
      "/opt/toast/current/bin/headscale" = "${cfg.headscale.package}/bin/headscale";
      "/opt/toast/current/bin/derper" = "${cfg.headscale.relayPackage}/bin/derper";
    };
    services.toast.bundleParts = {
      "bin/headscale" = "${cfg.headscale.package}/bin/headscale";
      "bin/derper" = "${cfg.headscale.relayPackage}/bin/derper";
    };
    assertions = [
      (must (cfg.facts.controls == 1) "services.toast.headscale: the inventory has ${toString cfg.facts.controls} machines with role control; machines that joined one would not know those of another, so give the role to one.")
      (must cfg.agent.enable "services.toast.headscale: its configuration and policy are rendered by the agent; enable services.toast.agent as well.")
    ];
    environment.systemPackages = [ cfg.headscale.package ];
    systemd.services.toast-headscale = unit "toast-headscale";
    systemd.services.toast-relay = unit "toast-relay";
  };
}
