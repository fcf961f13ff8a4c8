//! The `toast` command.

use clap::Parser;
use server::config::Cli;
use server::startup;
use std::process::ExitCode;

// Rendering a page allocates thousands of small strings; the system allocator costs a third of the throughput.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    startup::run(Cli::parse())
}
