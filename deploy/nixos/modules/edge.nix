# An edge of the CDN: nginx as a cache near customers, outside the mesh.
{ config, lib, ... }:
let
  cfg = config.services.toast;
in {
  imports = [ ./node.nix ./agent.nix ./nginx.nix ];

  options.services.toast.edge.enable = lib.mkEnableOption "an edge of the CDN on this machine";

  config = lib.mkIf cfg.edge.enable {
    services.toast.nginx.enable = true;
    assertions = [
      {
        assertion = !(cfg.ingress.enable or false);
        message = "services.toast.edge: an ingress and an edge are both nginx on ports 80 and 443; give them machines of their own.";
      }
    ];
  };
}
