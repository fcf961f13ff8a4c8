# The ingress: nginx in front of the servers. The agent checks which of them are ready.
{ config, lib, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg must;
in {
  imports = [ ./node.nix ./agent.nix ./nginx.nix ./tailscale-client.nix ];

  options.services.toast.ingress.enable = lib.mkEnableOption "the ingress, which guests connect to, on this machine";

  config = lib.mkIf cfg.ingress.enable {
    services.toast.nginx.enable = true;
    assertions = [
      (must cfg.mesh.enable "services.toast.ingress: the servers are reached over the mesh only; enable services.toast.mesh as well.")
      (must (cfg.facts.public != null) "services.toast.ingress: ${cfg.node} has no public address in the inventory, so that no guest could reach it; give it one.")
    ];
  };
}
