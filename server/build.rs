//! A new migration is a reason to compile: the statements are embedded.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
