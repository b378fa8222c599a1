//! `machinec` is started for every file that is saved, so it has to start fast.
//!
//! - What it needs of the C compiler's own library, unwinding, and of the mathematical one is linked into it where that is
//!   to be had: looking for a shared one and loading it takes a fifth of the time that `/bin/true` takes.
//! - Its own place in memory is fixed, so that the dynamic linker need not write 18,000 addresses, on 90 pages of their
//!   own, before anything else: that took more than half of the time that `/bin/true` takes. Libraries, stack and heap
//!   still have places that nobody can foresee; `machined`, which runs for ever and as root, has all of them.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if !is_optimised() || !is_for_here() {
        return;
    }
    for library in ["gcc_eh", "m"].into_iter().filter(|it| is_there(&format!("lib{it}.a"))) {
        println!("cargo:rustc-link-lib=static:-bundle={library}");
    }
    println!("cargo:rustc-link-arg-bins=-no-pie");
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
