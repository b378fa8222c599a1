//! `machinec` is started for every file that is saved, so it has to start fast.

use machine_link::Linking;
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=first.ld");
    // A fixed place is for a program that is soon over; libraries, stack and heap still have places that nobody can foresee.
    let first = Path::new(env!("CARGO_MANIFEST_DIR")).join("first.ld");
    Linking::default().take_in_unwinding().fix_place().lay_first(&first).tell();
}
