# nginx of ingresses and edges; the agent renews its certificate.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.toast;
  unit = import ../unit.nix { inherit lib cfg; };
in {
  imports = [ ./node.nix ./agent.nix ];

  options.services.toast.nginx = {
    enable = lib.mkOption {
      type = lib.types.bool;
      default = false;
      internal = true;
      description = "Set by the ingress and by the edge.";
    };
    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.nginx;
      defaultText = lib.literalExpression "pkgs.nginx";
      description = "The package with bin/nginx.";
    };
  };

  config = lib.mkIf cfg.nginx.enable {
    services.toast.places."/usr/sbin/nginx" = "${cfg.nginx.package}/bin/nginx";
    services.toast.agent.extraPrograms = [ pkgs.bash pkgs.curl pkgs.dehydrated pkgs.findutils pkgs.gnugrep pkgs.gnused pkgs.openssl ];
    assertions = [
      {
        assertion = cfg.agent.enable;
        message = "services.toast: nginx is configured and gets its certificate by the agent; enable services.toast.agent as well.";
      }
      {
        assertion = !config.services.nginx.enable;
        message = "services.toast: services.nginx would take ports 80 and 443 before Toast's; disable it.";
      }
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
