//! The command that writes Toast's stylesheet.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use style::{Source, StyleError};

/// Makes the stylesheet of Toast from the classes that its pages use.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the stylesheet; fails on a class that generates nothing.
    Build {
        /// The folder with the Rust sources.
        #[arg(long, default_value = "app/src")]
        sources: PathBuf,
        /// The file to write.
        #[arg(long, default_value = "target/style/toast.css")]
        out: PathBuf,
    },
    /// List the classes with the first place that uses each.
    Classes {
        /// The folder with the Rust sources.
        #[arg(long, default_value = "app/src")]
        sources: PathBuf,
    },
}

fn main() -> ExitCode {
    let answer = match Arguments::parse().command {
        Command::Build { sources, out } => build(&sources, &out),
        Command::Classes { sources } => classes(&sources),
    };
    let (text, code) = match answer {
        Ok(text) => (text, ExitCode::SUCCESS),
        Err(error) => (format!("{error}\n"), ExitCode::FAILURE),
    };
    let written = if code == ExitCode::SUCCESS {
        io::stdout().lock().write_all(text.as_bytes())
    } else {
        io::stderr().lock().write_all(text.as_bytes())
    };
    if written.is_ok() { code } else { ExitCode::FAILURE }
}

fn build(folder: &Path, out: &Path) -> Result<String, StyleError> {
    let sources = Source::below(folder)?;
    let sheet = style::stylesheet(&sources)?;
    write(out, &sheet).map_err(|cause| StyleError::File { path: out.display().to_string(), cause })?;
    let count = style::class_names(&sources)?.len();
    Ok(format!("{}: {count} classes, {} bytes\n", out.display(), sheet.len()))
}

fn write(out: &Path, sheet: &str) -> io::Result<()> {
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(out, sheet)
}

fn classes(folder: &Path) -> Result<String, StyleError> {
    let classes = style::class_names(&Source::below(folder)?)?;
    let mut text = String::new();
    for (class, place) in classes {
        let _ = writeln!(text, "{class}\t{place}");
    }
    Ok(text)
}
