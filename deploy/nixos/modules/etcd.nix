# A member of etcd, in which Patroni stores the leaders of the database groups.
{ config, lib, pkgs, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg package must unit;
in {
  imports = [ ./node.nix ./agent.nix ./tailscale-client.nix ];

  options.services.toast.etcd = {
    enable = lib.mkEnableOption "a vote on who leads on this machine";
    package = package (pkgs.etcd_3_4 or pkgs.etcd) "pkgs.etcd_3_4 or pkgs.etcd" "The package with bin/etcd.";
  };

  config = lib.mkIf cfg.etcd.enable {
    services.toast.places."/usr/bin/etcd" = "${cfg.etcd.package}/bin/etcd";
    assertions = [
      (must cfg.mesh.enable "services.toast.etcd: voters talk over the mesh only; enable services.toast.mesh as well.")
      (must (lib.elem cfg.facts.voters [ 1 3 5 7 ]) "services.toast.etcd: the inventory has ${toString cfg.facts.voters} voters; an even number stands no more failures than one less, so take 1, 3, 5 or 7 machines with role etcd.")
    ];
    users.users.etcd = { isSystemUser = true; group = "etcd"; home = "/var/lib/toast/etcd"; description = "etcd"; };
    users.groups.etcd = { };
    systemd.services.toast-etcd = unit "toast-etcd";
  };
}
