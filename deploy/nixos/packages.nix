# The server with its site, and the agent, from this repository. Versions are those of Cargo.lock and rust-toolchain.toml.
{ pkgs, lib, rust }:
let
  root = ../..;
  lock = builtins.fromTOML (builtins.readFile (root + "/Cargo.lock"));
  versionOf = name: (lib.head (lib.filter (one: one.name == name) lock.package)).version;
  inherit (builtins.fromTOML (builtins.readFile (root + "/Cargo.toml"))) workspace;

  # The tool must be of the very version of the library.
  bindgen = "wasm-bindgen-cli_${lib.replaceStrings [ "." ] [ "_" ] (versionOf "wasm-bindgen")}";
  wasmBindgen = pkgs.${bindgen} or (throw "This nixpkgs has no ${bindgen}, which Cargo.lock asks for; take a newer nixpkgs, or add it by an overlay.");

  platform = pkgs.makeRustPlatform { cargo = rust; rustc = rust; };
  common = {
    inherit (workspace.package) version;
    src = lib.cleanSource root;
    cargoDeps = platform.importCargoLock { lockFile = root + "/Cargo.lock"; };
    nativeBuildInputs = [ rust platform.cargoSetupHook pkgs.pkg-config ];
    # Statements are checked against .sqlx, not against a database.
    SQLX_OFFLINE = "true";
    strictDeps = true;
  };
in {
  agent = pkgs.stdenv.mkDerivation (common // {
    pname = "toast-agent";
    buildPhase = "cargo build --release --offline --package agent --bin toast-agent";
    installPhase = "install -D target/release/toast-agent $out/bin/toast-agent";
    meta.mainProgram = "toast-agent";
  });

  server = pkgs.stdenv.mkDerivation (common // {
    pname = "toast";
    nativeBuildInputs = common.nativeBuildInputs ++ [ wasmBindgen pkgs.cargo-leptos pkgs.binaryen pkgs.util-linux ];
    # The same script as `make run`: stylesheet, both bundles of islands, server.
    buildPhase = ''
      export HOME=$TMPDIR CARGO_NET_OFFLINE=true
      patchShebangs scripts
      scripts/build.sh
    '';
    installPhase = ''
      install -D target/release/toast $out/bin/toast
      mkdir -p $out/share/toast
      cp -R target/site $out/share/toast/site
    '';
    meta.mainProgram = "toast";
  });

  # What README's `make run` and `make test` install.
  tools = [
    rust
    wasmBindgen
    pkgs.binaryen
    pkgs.cargo-deny
    pkgs.cargo-leptos
    pkgs.chromium
    pkgs.curl
    pkgs.deadnix
    pkgs.gnumake
    pkgs.nodejs
    pkgs.pkg-config
    pkgs.postgresql_15
    pkgs.python3
    pkgs.shellcheck
    pkgs.sqlx-cli
    pkgs.systemd
    pkgs.util-linux
  ];
}
