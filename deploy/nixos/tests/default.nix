# Evaluations for the check of the modules: all machines of all inventories, invalid configurations, and the flake's outputs.
# `lib` is the substitute in lib.nix, or nixpkgs' own: nix-instantiate --eval --strict --json . --arg lib 'import PATH/lib'
{ lib ? import ./lib.nix }:
let
  pkgs = import ./pkgs.nix { inherit lib; };
  evaluate = modules: (lib.evalModules { modules = [ ./options.nix ] ++ modules; specialArgs = { inherit pkgs; }; });

  flake = (import ../flake.nix).outputs {
    self = flake;
    nixpkgs = { lib = lib // { nixosSystem = { modules, ... }: evaluate modules; }; legacyPackages.x86_64-linux = pkgs; };
    rust-overlay.overlays.default = _: _: { };
    deploy-rs = {
      packages.x86_64-linux.default = { type = "derivation"; name = "deploy-rs"; outPath = "/nix/store/stand-in-deploy-rs"; };
      lib.x86_64-linux.activate.nixos = system: system.config.networking.hostName;
      lib.x86_64-linux.deployChecks = deploy: { activates = lib.attrNames deploy.nodes; };
    };
  };

  failed = config: map (one: one.message) (lib.filter (one: !one.assertion) config.assertions);

  line = key: value: "${key}=${toString value}\n";
  section = settings: lib.concatMapStrings (key: let value = settings.${key}; in if lib.isList value then lib.concatMapStrings (line key) value else line key value) (lib.attrNames settings);
  # As NixOS writes it, without its own additions.
  unitText = unit: "[Unit]\n" + line "Description" unit.description + lib.optionalString (unit.after != [ ]) (line "After" unit.after)
    + lib.optionalString (unit.wants != [ ]) (line "Wants" unit.wants) + section unit.unitConfig
    + "\n[Service]\n" + section unit.serviceConfig
    + lib.optionalString (unit.wantedBy != [ ]) ("\n[Install]\n" + line "WantedBy" unit.wantedBy);

  summary = _: system: summaryOf system.config;
  summaryOf = config: {
    failed = failed config;
    identity = config.environment.etc."toast/node.toml".text;
    units = lib.mapAttrs (_: unitText) config.systemd.services;
    users = lib.attrNames config.users.users;
    inherit (config.services.toast) places;
    inherit (config.services.toast.facts) profile;
    parts = lib.attrNames config.services.toast.bundleParts;
    links = config.systemd.tmpfiles.rules;
    role = if config.services.toast.database.enable then config.services.toast.database.role else null;
    hostName = config.networking.hostName;
    firewall = {
      tcp = config.networking.firewall.allowedTCPPorts;
      udp = config.networking.firewall.allowedUDPPorts;
      rules = config.networking.firewall.extraInputRules;
    };
    addresses = config.systemd.network.networks."10-toast";
  };

  machine = inventory: node: said: (evaluate [
    ../modules/machine.nix
    { services.toast = { inherit inventory node; agent.package = pkgs.bash; backend.package = pkgs.bash; }; }
    said
  ]).config;
  small = machine ../../inventory/small.toml;
  wrong = node: said: failed (machine ./wrong.toml node said);
in {
  machines = lib.mapAttrs summary flake.nixosConfigurations;

  watched = summaryOf (small "db1" { services.toast.database.watchdog = true; });

  # Each of these has to be an error with this text.
  refused = {
    "backend.enable' is not of type" = small "app1" { services.toast.backend.enable = "yes"; };
    "database.role' is not of type" = small "db1" { services.toast.database.role = "leader"; };
    "operatorKeys' is not of type" = small "db1" { services.toast.mesh.operatorKeys = "ssh-ed25519 AAAA"; };
    "nginx.package' is not of type" = small "app1" { services.toast.nginx.package = "/usr/sbin/nginx"; };
    "services.toast.backend.prot' does not exist" = small "app1" { services.toast.backend.prot = 3000; };
    "services.nginxx" = small "app1" { services.nginxx.enable = true; };
    "is called `app9'" = (small "app9" { }).networking.hostName;
  };

  # Each of these inventories contradicts itself, and the message says how.
  warned = {
    "backend: the server listens on the machine's address in the mesh only" = failed (small "app1" { services.toast.mesh.enable = false; });
    "database: the database listens on the machine's address in the mesh only" = failed (small "db1" { services.toast.mesh.enable = false; });
    "etcd: voters talk over the mesh only" = failed (small "db1" { services.toast.mesh.enable = false; });
    "ingress: the servers are reached over the mesh only" = failed (small "app1" { services.toast.mesh.enable = false; });
    "joined by the agent; enable services.toast.agent" = failed (small "db1" { services.toast.agent.enable = false; });
    "an ingress and an edge are both nginx" = failed (small "app1" { services.toast.edge.enable = true; });
    "db1 is to be a worker" = failed (small "db1" { services.toast.database.role = "worker"; });
    "a secret would lie in /nix/store" = failed (small "db1" { services.toast.secretsFile = "/nix/store/secrets.toml"; });
    "services.openssh would listen on port 22" = failed (small "db1" { services.openssh.enable = true; });
    "services.postgresql would start a second database" = failed (small "db1" { services.postgresql.enable = true; });
    "services.nginx would take ports 80 and 443" = failed (small "app1" { services.nginx.enable = true; });
    "group 1 has 1 member(s)" = wrong "db1" { };
    "the inventory has 2 voters" = wrong "db0" { };
    "2 machines with role control" = wrong "db0" { };
    "groupless has no group" = wrong "groupless" { services.toast.database.role = "worker"; };
    "door has no public address" = wrong "door" { };
    "outside stands on the internet with roles app" = wrong "outside" { };
  };
  # The same assertions have no message for a valid inventory.
  quiet = failed (small "app1" { }) ++ failed (small "db1" { services.toast.secretsFile = "/run/secrets/toast"; });

  flake = {
    modules = lib.mapAttrs (_: toString) flake.nixosModules;
    packages = lib.mapAttrs (_: one: one.name) flake.packages.x86_64-linux;
    deploy = lib.mapAttrs (_: node: { inherit (node) hostname; inherit (node.profiles.system) path; }) flake.deploy.nodes;
    tools = map (one: one.name) flake.devShells.x86_64-linux.default.packages;
    inherit (flake.checks.x86_64-linux) activates;
  };
}
