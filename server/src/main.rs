//! The `toast` command.

fn main() {}
