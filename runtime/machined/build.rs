//! `machined` runs for ever beside what a node is there for, so it has to be small in memory.

use machine_link::Linking;
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=first.ld");
    let first = Path::new(env!("CARGO_MANIFEST_DIR")).join("first.ld");
    Linking::default().take_in_unwinding().pack_addresses().lay_first(&first).tell();
}
