# A machine of the mesh: tailscaled, started after the firewall is loaded, and SSH for operators inside the mesh only.
{ config, lib, pkgs, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg package must unit;
in {
  imports = [ ./node.nix ./agent.nix ];

  options.services.toast.mesh = {
    enable = lib.mkEnableOption "the private network of the installation on this machine";
    package = package pkgs.tailscale "pkgs.tailscale" "The package with bin/tailscale and bin/tailscaled.";
    sshPackage = package pkgs.openssh "pkgs.openssh" "The package with bin/sshd and bin/ssh-keygen.";
    operatorKeys = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [ "ssh-ed25519 AAAA… operator" ];
      description = "Public keys of operators, who sign in from inside the mesh; passwords are not accepted.";
    };
  };

  config = lib.mkIf cfg.mesh.enable {
    services.toast.places = {
      "/opt/toast/current/bin/tailscaled" = "${cfg.mesh.package}/bin/tailscaled";
      "/usr/sbin/sshd" = "${cfg.mesh.sshPackage}/bin/sshd";
    };
    services.toast.bundleParts = {
      "bin/tailscale" = "${cfg.mesh.package}/bin/tailscale";
      "bin/tailscaled" = "${cfg.mesh.package}/bin/tailscaled";
    };

    assertions = [
      (must cfg.agent.enable "services.toast.mesh: the guard is loaded and the mesh is joined by the agent; enable services.toast.agent as well.")
      (must cfg.facts.inMesh "services.toast.mesh: ${cfg.node} stands on the internet, outside of the mesh; move it to a site of its own network, or leave the mesh off.")
      (must (!config.services.openssh.enable) "services.toast.mesh: services.openssh would listen on port 22, which is reserved for operators' access over the mesh; disable it.")
    ];

    boot.kernelModules = [ "tun" ];
    # While tailscaled selects a path, responses may arrive through another interface than requests left by.
    networking.firewall.checkReversePath = "loose";
    networking.firewall.trustedInterfaces = [ "tailscale0" ];
    environment.systemPackages = [ cfg.mesh.package ];
    environment.etc."toast/authorized_keys" = {
      text = lib.concatMapStrings (key: key + "\n") cfg.mesh.operatorKeys;
      mode = "0644";
    };
    users.users.sshd = { isSystemUser = true; group = "sshd"; description = "sshd before a sign-in"; };
    users.groups.sshd = { };
    system.activationScripts.toastHostKey = ''
      mkdir -p /etc/ssh
      [ -e /etc/ssh/ssh_host_ed25519_key ] || ${cfg.mesh.sshPackage}/bin/ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key
    '';

    # A deployment runs through this SSH connection, so switching must not restart it.
    systemd.services.toast-mesh = unit "toast-mesh" // { path = [ pkgs.nftables pkgs.iproute2 ]; stopIfChanged = false; };
    systemd.services.toast-ssh = unit "toast-ssh" // { stopIfChanged = false; };
  };
}
