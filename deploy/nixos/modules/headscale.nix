# The control server of the mesh and its relay, a separate service that keeps working while the control server is down.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.toast;
  unit = import ../unit.nix { inherit lib cfg; };
in {
  imports = [ ./node.nix ./agent.nix ./tailscale-client.nix ];

  options.services.toast.headscale = {
    enable = lib.mkEnableOption "the control server and the relay of the private network on this machine";
    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.headscale;
      defaultText = lib.literalExpression "pkgs.headscale";
      description = "The package with bin/headscale.";
    };
    relayPackage = lib.mkOption {
      type = lib.types.package;
      default = pkgs.tailscale.derper or pkgs.tailscale;
      defaultText = lib.literalExpression "pkgs.tailscale.derper";
      description = "The package with bin/derper, of the same version as tailscaled.";
    };
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
      {
        assertion = cfg.facts.controls == 1;
        message = "services.toast.headscale: the inventory has ${toString cfg.facts.controls} machines with role control; machines that joined one would not know those of another, so give the role to one.";
      }
      {
        assertion = cfg.agent.enable;
        message = "services.toast.headscale: its configuration and policy are rendered by the agent; enable services.toast.agent as well.";
      }
    ];
    environment.systemPackages = [ cfg.headscale.package ];
    systemd.services.toast-headscale = unit "toast-headscale";
    systemd.services.toast-relay = unit "toast-relay";
  };
}
