//! `machinec` is started for every file that is saved, so it has to start fast. What it needs of the C compiler's own
//! library, unwinding, is linked into it where that is to be had: looking for the shared one, loading it and having it
//! ask the processor what it can takes a fifth of the time that `/bin/true` takes.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if is_optimised() && is_for_here() && is_there("libgcc_eh.a") {
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// Otherwise nobody waits for its start.
fn is_optimised() -> bool {
    env::var("PROFILE").is_ok_and(|it| it == "release")
}

/// The linker is that of this computer, and the C library one that has the shared library beside it.
fn is_for_here() -> bool {
    env::var("HOST") == env::var("TARGET") && env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|it| it == "gnu")
}

/// The linker finds this file. It tells a path if so, and only the name if not.
fn is_there(library: &str) -> bool {
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let told = Command::new(linker).arg(format!("-print-file-name={library}")).output();
    told.is_ok_and(|it| Path::new(String::from_utf8_lossy(&it.stdout).trim()).is_file())
}
