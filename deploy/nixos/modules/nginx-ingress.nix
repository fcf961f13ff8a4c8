# The ingress: nginx in front of the servers. The agent checks which of them are ready.
{ config, lib, ... }:
let
  cfg = config.services.toast;
in {
  imports = [ ./node.nix ./agent.nix ./nginx.nix ./tailscale-client.nix ];

  options.services.toast.ingress.enable = lib.mkEnableOption "the ingress, which guests connect to, on this machine";

  config = lib.mkIf cfg.ingress.enable {
    services.toast.nginx.enable = true;
    assertions = [
      {
        assertion = cfg.mesh.enable;
        message = "services.toast.ingress: the servers are reached over the mesh only; enable services.toast.mesh as well.";
      }
      {
        assertion = cfg.facts.public != null;
        message = "services.toast.ingress: ${cfg.node} has no public address in the inventory, so that no guest could reach it; give it one.";
      }
    ];
  };
}
