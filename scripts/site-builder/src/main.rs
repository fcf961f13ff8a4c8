//! The command `site-builder`, which `scripts/build.sh` calls after the compilers.

use clap::Parser;
use site_builder::{Bundle, Site};
use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

/// Builds the folder of files that the server sends to browsers, with the programs wasm-opt and terser in PATH.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// A bundle of islands and its compiled module; may be repeated.
    #[arg(long = "bundle", value_name = "NAME=FILE")]
    bundles: Vec<Bundle>,
    /// Scripts that become one, in this order; may be repeated.
    #[arg(long = "guest-script", value_name = "FILE")]
    guest_scripts: Vec<PathBuf>,
    /// The stylesheet.
    #[arg(long, value_name = "FILE", default_value = "target/style/toast.css")]
    stylesheet: PathBuf,
    /// Files that are copied as they are.
    #[arg(long, value_name = "FOLDER", default_value = "public")]
    public: PathBuf,
    /// The site; an old one is replaced.
    #[arg(long, value_name = "FOLDER", default_value = "target/site")]
    out: PathBuf,
    /// Leave out wasm-opt, terser and compression.
    #[arg(long)]
    unoptimized: bool,
}

fn main() -> ExitCode {
    let Arguments { bundles, guest_scripts, stylesheet, public, out, unoptimized } = Arguments::parse();
    let site = Site {
        public: &public,
        stylesheet: &stylesheet,
        bundles: &bundles,
        guest_scripts: &guest_scripts,
        optimize: !unoptimized,
    };
    let (written, code) = match site.build(&out) {
        Ok(summary) => (writeln!(io::stdout(), "{}: {summary}", out.display()), ExitCode::SUCCESS),
        Err(error) => (writeln!(io::stderr(), "{error}"), ExitCode::FAILURE),
    };
    if written.is_ok() { code } else { ExitCode::FAILURE }
}
