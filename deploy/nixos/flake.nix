{
  description = "Toast on NixOS: modules, packages, the machines of the inventories, deployment";

  inputs = {
    # Needs Headscale 0.26, Tailscale 1.90 and Patroni 4.1 or newer, as scripts/versions.sh has them.
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    rust-overlay = { url = "github:oxalica/rust-overlay"; inputs.nixpkgs.follows = "nixpkgs"; };
    deploy-rs = { url = "github:serokell/deploy-rs"; inputs.nixpkgs.follows = "nixpkgs"; };
  };

  outputs = { self, nixpkgs, rust-overlay, deploy-rs }:
    let
      inherit (nixpkgs) lib;
      system = "x86_64-linux";
      pkgs = nixpkgs.legacyPackages.${system}.extend rust-overlay.overlays.default;
      packages = import ./packages.nix { inherit pkgs lib; rust = pkgs.rust-bin.fromRustupToolchainFile ../../rust-toolchain.toml; };
      machines = import ./machines.nix { inherit lib; inherit (packages) server agent; };
    in {
      nixosModules = {
        agent = ./modules/agent.nix;
        backend-service = ./modules/backend-service.nix;
        edge = ./modules/edge.nix;
        etcd = ./modules/etcd.nix;
        headscale = ./modules/headscale.nix;
        machine = ./modules/machine.nix;
        name-server = ./modules/name-server.nix;
        nginx-ingress = ./modules/nginx-ingress.nix;
        postgres-service = ./modules/postgres-service.nix;
        tailscale-client = ./modules/tailscale-client.nix;
        default = ./modules/machine.nix;
      };

      packages.${system} = { inherit (packages) server agent; default = packages.server; };

      nixosConfigurations = lib.mapAttrs (_: machine: lib.nixosSystem { inherit system; inherit (machine) modules; }) machines;

      # Machines outside the mesh have no SSH for operators and are switched on their console.
      deploy.nodes = lib.mapAttrs
        (name: machine: {
          hostname = machine.address;
          sshUser = "root";
          autoRollback = true;
          magicRollback = true;
          profiles.system = {
            user = "root";
            path = deploy-rs.lib.${system}.activate.nixos self.nixosConfigurations.${name};
          };
        })
        (lib.filterAttrs (_: machine: machine.inMesh) machines);

      devShells.${system}.default = pkgs.mkShell { packages = packages.tools ++ [ deploy-rs.packages.${system}.default ]; };

      checks.${system} = deploy-rs.lib.${system}.deployChecks self.deploy;
    };
}
