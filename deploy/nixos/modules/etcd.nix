# A member of etcd, in which Patroni stores the leaders of the database groups.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.toast;
  unit = import ../unit.nix { inherit lib cfg; };
in {
  imports = [ ./node.nix ./agent.nix ./tailscale-client.nix ];

  options.services.toast.etcd = {
    enable = lib.mkEnableOption "a vote on who leads on this machine";
    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.etcd_3_4 or pkgs.etcd;
      defaultText = lib.literalExpression "pkgs.etcd_3_4 or pkgs.etcd";
      description = "The package with bin/etcd.";
    };
  };

  config = lib.mkIf cfg.etcd.enable {
    services.toast.places."/usr/bin/etcd" = "${cfg.etcd.package}/bin/etcd";
    assertions = [
      {
        assertion = cfg.mesh.enable;
        message = "services.toast.etcd: voters talk over the mesh only; enable services.toast.mesh as well.";
      }
      {
        assertion = lib.elem cfg.facts.voters [ 1 3 5 7 ];
        message = "services.toast.etcd: the inventory has ${toString cfg.facts.voters} voters; an even number stands no more failures than one less, so take 1, 3, 5 or 7 machines with role etcd.";
      }
    ];
    users.users.etcd = { isSystemUser = true; group = "etcd"; home = "/var/lib/toast/etcd"; description = "etcd"; };
    users.groups.etcd = { };
    systemd.services.toast-etcd = unit "toast-etcd";
  };
}
