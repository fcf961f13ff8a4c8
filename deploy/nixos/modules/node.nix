# Common to all machines: node.toml, the bundle that the agent reads, and a firewall from the port table.
{ config, lib, pkgs, ... }:
let
  inherit (import ../service.nix { inherit config lib; }) cfg must;
  inherit (lib) mkOption types;
  inventory = import ../inventory.nix { inherit lib; file = cfg.inventory; inherit (cfg) access; };
  node = inventory.find cfg.node;
  open = inventory.openings node.roles;
  list = lib.concatMapStringsSep ", " toString;
  quoted = lib.concatMapStringsSep ", " (word: ''"${word}"'');
  inStore = file: file != null && lib.hasPrefix "/nix/store" file;
  files = {
    "/etc/toast/secrets.toml" = cfg.secretsFile;
    "/etc/toast/ca.pem" = cfg.authorityFile;
    "/etc/toast/join.key" = cfg.joinKeyFile;
  };
  given = lib.filterAttrs (_: file: file != null) files;
  fileOption = what: mkOption {
    type = types.nullOr types.str;
    default = null;
    example = "/run/secrets/toast";
    description = "${what} Null if another tool, such as an installer, writes it. A path in the store is rejected.";
  };
in {
  options.services.toast = {
    inventory = mkOption {
      type = types.path;
      example = lib.literalExpression "./inventory/small.toml";
      description = "The inventory of the installation: sites, machines and their roles, as deploy/inventory has them.";
    };
    access = mkOption {
      type = types.path;
      default = ../../inventory/access.toml;
      description = "The port table, from which firewalls and the mesh policy are generated.";
    };
    templates = mkOption {
      type = types.path;
      default = ../../templates;
      description = "The templates of units and of the services' configuration.";
    };
    node = mkOption {
      type = types.str;
      example = "app1";
      description = "Name of this machine in the inventory.";
    };
    sharded = mkOption {
      type = types.bool;
      default = true;
      description = "Whether the database is sharded by Citus; the same on every machine of an installation.";
    };
    staticAddress = mkOption {
      type = types.bool;
      default = true;
      description = "Whether the machine configures the addresses of the inventory itself; false if DHCP assigns the same ones.";
    };
    secretsFile = fileOption "The passwords inside the installation (/etc/toast/secrets.toml).";
    authorityFile = fileOption "The roots that the control server's certificate is checked with (/etc/toast/ca.pem).";
    joinKeyFile = fileOption "The key with which the machine joins the mesh, good once (/etc/toast/join.key).";
    bundleParts = mkOption {
      type = types.attrsOf types.path;
      default = { };
      internal = true;
      description = "Files of /opt/toast/current by their path in it.";
    };
    places = mkOption {
      type = types.attrsOf types.str;
      default = { };
      internal = true;
      description = "Paths of the programs of the unit templates and of the agent's validation commands, by their paths on Debian.";
    };
    facts = mkOption {
      type = types.attrsOf types.anything;
      internal = true;
      readOnly = true;
      description = "This machine's entry in the inventory.";
    };
  };

  config = {
    services.toast = {
      facts = {
        inherit (node) name site roles underlay;
        inherit (inventory) profile domain meshDomain;
        public = node.public or null;
        group = node.group or null;
        members = if node ? group then lib.length (inventory.members node.group) else 0;
        voters = lib.length (inventory.withRole "etcd");
        controls = lib.length (inventory.withRole "control");
        inMesh = inventory.inMesh node;
        isWitness = inventory.isWitness node;
        watchdog = cfg.database.watchdog or false;
      };
      bundleParts = {
        "inventory.toml" = cfg.inventory;
        "access.toml" = cfg.access;
        templates = cfg.templates;
      };
      places = {
        "/bin/kill" = "${pkgs.coreutils}/bin/kill";
        "/bin/chown" = "${pkgs.coreutils}/bin/chown";
      };
    };

    assertions = [
      (must (!lib.any inStore (lib.attrValues files)) "services.toast: a secret would lie in /nix/store, where every user can read it; name a file outside of it, as sops-nix or agenix make one.")
      (must (cfg.facts.inMesh || lib.all (role: lib.elem role [ "edge" "dns" ]) node.roles) "services.toast: ${node.name} stands on the internet with roles ${list node.roles}; only edge and dns may, move it to a site of its own network.")
    ];

    # Replaced by one rename before services start, as in bootstrap.sh.
    system.activationScripts.toast = ''
      mkdir -p /opt/toast /etc/toast /var/lib/toast
      ln -sfn ${pkgs.linkFarm "toast-bundle" cfg.bundleParts} /opt/toast/next
      mv -T /opt/toast/next /opt/toast/current
    '';
    # The agent validates new files with each service's own program, at its path on Debian.
    systemd.tmpfiles.rules =
      lib.mapAttrsToList (place: program: "L+ ${place} - - - - ${program}") (lib.filterAttrs (place: _: lib.hasPrefix "/usr/" place && !lib.hasInfix ":" place) cfg.places)
      ++ lib.mapAttrsToList (place: file: "L+ ${place} - - - - ${file}") given;

    environment.etc."toast/node.toml".text = ''
      name = "${node.name}"
      site = "${node.site}"
      roles = [${quoted node.roles}]
    '' + lib.optionalString (node ? group) ''
      group = ${toString node.group}
    '' + ''
      citus = ${lib.boolToString cfg.sharded}
      watchdog = ${lib.boolToString cfg.facts.watchdog}
    '';
    # The agent writes the names of the mesh to it, so it has to be a file instead of a link.
    environment.etc.hosts.mode = "0644";

    networking = {
      hostName = node.name;
      useNetworkd = true;
      # The agent's tables are stricter and are added later; this one is active from the start of a boot.
      nftables.enable = true;
      firewall = {
        enable = true;
        allowPing = false;
        allowedTCPPorts = open.publicTcp;
        allowedUDPPorts = open.publicUdp ++ lib.optionals cfg.facts.inMesh open.underlayUdp;
        extraInputRules = lib.optionalString (cfg.facts.inMesh && open.underlayTcp != [ ]) ''
          ip saddr { ${list inventory.siteNetworks} } tcp dport { ${list open.underlayTcp} } accept
        '';
      };
    };
    systemd.network.networks = lib.mkIf cfg.staticAddress {
      "10-toast" = {
        matchConfig.Name = "en* eth*";
        address = [ "${node.underlay}/${inventory.prefixOf node}" ] ++ lib.optional (node ? public) "${node.public}/32";
        gateway = [ (inventory.gatewayOf node) ];
      };
    };
  };
}
