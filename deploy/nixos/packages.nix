# The server with its static files, and the agent. Versions are those of Cargo.lock and rust-toolchain.toml.
{ pkgs, lib, rust }:
let
  root = ../..;
  inherit (builtins.fromTOML (builtins.readFile (root + "/Cargo.toml"))) workspace;

  platform = pkgs.makeRustPlatform { cargo = rust; rustc = rust; };
  common = {
    inherit (workspace.package) version;
    src = lib.cleanSource root;
    cargoDeps = platform.importCargoLock { lockFile = root + "/Cargo.lock"; };
    nativeBuildInputs = [ rust platform.cargoSetupHook pkgs.pkg-config ];
    # SQL is checked against .sqlx instead of a database.
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
    nativeBuildInputs = common.nativeBuildInputs ++ [ pkgs.binaryen pkgs.terser pkgs.util-linux ];
    # The script of `make run`: site and server.
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

  # The programs that `make run`, `make test` and `make audit` use.
  tools = [
    rust
    pkgs.binaryen
    pkgs.cargo-deny
    pkgs.chromium
    pkgs.curl
    pkgs.deadnix
    pkgs.gnumake
    pkgs.nodejs
    pkgs.pkg-config
    pkgs.postgresql_15
    pkgs.python3
    pkgs.shellcheck
    pkgs.systemd
    pkgs.terser
    pkgs.util-linux
  ];
}
