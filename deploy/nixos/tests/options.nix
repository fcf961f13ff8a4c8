# The NixOS options that the modules set, with types as far as possible without nixpkgs.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  option = type: mkOption { inherit type; };
  with' = type: default: mkOption { inherit type default; };
  free = with' (types.attrsOf types.anything) { };
in {
  options = {
    assertions = with' (types.listOf types.anything) [ ];
    boot.kernelModules = with' (types.listOf types.str) [ ];
    boot.loader.grub.device = option types.str;
    documentation.enable = with' types.bool true;
    environment.etc = free;
    environment.systemPackages = with' (types.listOf types.package) [ ];
    fileSystems = free;
    networking.firewall.allowPing = with' types.bool true;
    networking.firewall.allowedTCPPorts = with' (types.listOf types.port) [ ];
    networking.firewall.allowedUDPPorts = with' (types.listOf types.port) [ ];
    networking.firewall.checkReversePath = with' types.anything true;
    networking.firewall.enable = with' types.bool true;
    networking.firewall.extraInputRules = with' types.lines "";
    networking.firewall.trustedInterfaces = with' (types.listOf types.str) [ ];
    networking.hostName = option types.str;
    networking.nftables.enable = with' types.bool false;
    networking.useNetworkd = with' types.bool false;
    services.logrotate.settings = free;
    services.nginx.enable = with' types.bool false;
    services.openssh.enable = with' types.bool false;
    services.postgresql.enable = with' types.bool false;
    services.resolved.enable = with' types.bool true;
    system.activationScripts = free;
    system.stateVersion = option types.str;
    systemd.network.networks = free;
    systemd.services = free;
    systemd.tmpfiles.rules = with' (types.listOf types.str) [ ];
    time.timeZone = with' (types.nullOr types.str) null;
    users.groups = free;
    users.users = free;
  };
}
