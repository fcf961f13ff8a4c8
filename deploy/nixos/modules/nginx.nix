# nginx of ingresses and edges; the agent renews its certificate.
{ config, lib, pkgs, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg package must unit;
in {
  imports = [ ./node.nix ./agent.nix ];

  options.services.toast.nginx = {
    enable = lib.mkOption {
      type = lib.types.bool;
      default = false;
      internal = true;
      description = "Set by the ingress and by the edge.";
    };
    package = package pkgs.nginx "pkgs.nginx" "The package with bin/nginx.";
  };

  config = lib.mkIf cfg.nginx.enable {
    services.toast.places."/usr/sbin/nginx" = "${cfg.nginx.package}/bin/nginx";
    services.toast.agent.extraPrograms = [ pkgs.bash pkgs.curl pkgs.dehydrated pkgs.findutils pkgs.gnugrep pkgs.gnused pkgs.openssl ];
    assertions = [
      (must cfg.agent.enable "services.toast: nginx is configured and gets its certificate by the agent; enable services.toast.agent as well.")
      (must (!config.services.nginx.enable) "services.toast: services.nginx would take ports 80 and 443 before Toast's; disable it.")
    ];
    users.users.www-data = { isSystemUser = true; group = "www-data"; description = "nginx"; };
    users.groups.www-data = { };
    systemd.services.toast-nginx = unit "toast-nginx";
    # The same rules as logrotate.j2 for Debian.
    services.logrotate.settings."/var/lib/toast/nginx/access.log" = {
      frequency = "daily";
      rotate = 14;
      size = "50M";
      missingok = true;
      notifempty = true;
      compress = true;
      delaycompress = true;
      create = "0640 www-data www-data";
      su = "root www-data";
      postrotate = ''[ ! -s /run/toast/nginx.pid ] || ${pkgs.coreutils}/bin/kill -USR1 "$(cat /run/toast/nginx.pid)"'';
    };
  };
}
