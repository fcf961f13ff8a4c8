# The agent: renders the services' configuration from the inventory and the observed mesh, validates it and reloads services.
{ config, lib, pkgs, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg unit;
in {
  imports = [ ./node.nix ];

  options.services.toast.agent = {
    enable = lib.mkEnableOption "the agent, which every machine of an installation runs";
    package = lib.mkOption {
      type = lib.types.package;
      description = "The package with bin/toast-agent.";
    };
    extraPrograms = lib.mkOption {
      type = lib.types.listOf lib.types.package;
      default = [ ];
      internal = true;
      description = "Packages whose programs the agent calls by name.";
    };
  };

  config = lib.mkIf cfg.agent.enable {
    services.toast.places."/opt/toast/current/bin/toast-agent" = "${cfg.agent.package}/bin/toast-agent";
    services.toast.bundleParts."bin/toast-agent" = "${cfg.agent.package}/bin/toast-agent";
    environment.systemPackages = [ cfg.agent.package ];
    systemd.services.toast-agent = unit "toast-agent" // {
      path = [ pkgs.coreutils pkgs.iproute2 pkgs.nftables pkgs.systemd ] ++ cfg.agent.extraPrograms;
      # It reads the bundle and node.toml only when it starts.
      restartTriggers = [ cfg.inventory cfg.access cfg.templates config.environment.etc."toast/node.toml".text ];
    };
  };
}
