# A substitute for nixpkgs' packages: each is a name and a path that does not exist.
{ lib }:
let
  package = name: { type = "derivation"; inherit name; outPath = "/nix/store/stand-in-${name}"; };
  plain = lib.genAttrs [
    "bash" "binaryen" "cargo-deny" "chromium" "coreutils" "curl" "deadnix" "dehydrated" "etcd" "findutils" "gdnsd"
    "gnugrep" "gnumake" "gnused" "haproxy" "headscale" "iproute2" "nftables" "nginx" "nodejs" "openssh" "openssl" "patroni"
    "pkg-config" "shellcheck" "systemd" "terser" "util-linux"
  ] package;
  withExtensions = name: package name // {
    withPackages = choose: package "${name}-with-${lib.concatStringsSep "-" (map (one: one.name) (choose extensions))}";
  };
  extensions = { citus = package "citus"; psycopg = package "psycopg"; toPythonModule = one: one; };
in
plain // {
  postgresql_15 = withExtensions "postgresql-15";
  python3 = withExtensions "python3";
  tailscale = package "tailscale" // { derper = package "tailscale-derper"; };
  linkFarm = name: parts: package name // { inherit parts; };
  mkShell = { packages }: package "shell" // { inherit packages; };
  stdenv.mkDerivation = made: package "${made.pname}-${made.version}" // made;
  makeRustPlatform = { cargo, rustc }: { inherit cargo rustc; importCargoLock = { lockFile }: lockFile; cargoSetupHook = package "hook"; };
  extend = _: plain // import ./pkgs.nix { inherit lib; } // { rust-bin.fromRustupToolchainFile = file: package "rust" // { inherit file; }; };
}
