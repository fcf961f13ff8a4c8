# An edge of the CDN: nginx as a cache near customers, outside the mesh.
{ config, lib, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg must;
in {
  imports = [ ./node.nix ./agent.nix ./nginx.nix ];

  options.services.toast.edge.enable = lib.mkEnableOption "an edge of the CDN on this machine";

  config = lib.mkIf cfg.edge.enable {
    services.toast.nginx.enable = true;
    assertions = [
      (must (!(cfg.ingress.enable or false)) "services.toast.edge: an ingress and an edge are both nginx on ports 80 and 443; give them machines of their own.")
    ];
  };
}
