# One machine of an inventory: the modules of its roles, and boot settings that a file of its own may override.
{ config, lib, ... }:
let
  cfg = config.services.toast;
  is = role: lib.elem role cfg.facts.roles;
in {
  imports = [
    ./agent.nix
    ./backend-service.nix
    ./edge.nix
    ./etcd.nix
    ./headscale.nix
    ./name-server.nix
    ./nginx-ingress.nix
    ./postgres-service.nix
    ./tailscale-client.nix
  ];

  services.toast = {
    agent.enable = lib.mkDefault true;
    mesh.enable = lib.mkDefault cfg.facts.inMesh;
    backend.enable = lib.mkDefault (is "app");
    database.enable = lib.mkDefault (is "database");
    # The smallest installation has one database machine, without redundancy.
    database.allowFewMembers = lib.mkDefault (cfg.facts.profile == "dev");
    edge.enable = lib.mkDefault (is "edge");
    etcd.enable = lib.mkDefault (is "etcd");
    headscale.enable = lib.mkDefault (is "control");
    ingress.enable = lib.mkDefault (is "ingress");
    nameServer.enable = lib.mkDefault (is "dns");
  };

  boot.loader.grub.device = lib.mkDefault "/dev/vda";
  fileSystems."/" = lib.mkDefault { device = "/dev/disk/by-label/nixos"; fsType = "ext4"; };
  documentation.enable = lib.mkDefault false;
  time.timeZone = lib.mkDefault "UTC";
  system.stateVersion = lib.mkDefault "25.05";
}
