//! How the two programs are put together by the linker; for their build scripts.
//!
//! A program starts fast and stays small in memory when little of it is touched, and when that lies together: the system
//! brings in sixteen pages for each that is touched. The compiler has no word for it, so it is said to the linker; only for
//! optimised programs that are made on the computer for which they are meant, with the linker that is usual there. All of it
//! can be left away: the programs do the same, a little slower.

use std::env;
use std::path::Path;
use std::process::Command;

/// What is said to the linker of a program.
#[derive(Debug, Default)]
pub struct Linking {
    /// Linked into the program.
    libraries: Vec<&'static str>,
    arguments: Vec<String>,
}

impl Linking {
    /// Links unwinding, a library of the C compiler's own, into the program where that is to be had: looking for a shared
    /// one and loading it takes a tenth of the time that `/bin/true` takes.
    #[must_use]
    pub fn take_in_unwinding(mut self) -> Self {
        self.libraries.extend(is_there("libgcc_eh.a").then_some("gcc_eh"));
        self
    }

    /// Gives the program a fixed place in memory: nothing has to be written into it before it begins.
    #[must_use]
    pub fn fix_place(self) -> Self {
        self.argue("-no-pie".to_owned())
    }

    /// Packs the list of what is to be written before the program begins: to a hundredth, and all of it is read at each start.
    #[must_use]
    pub fn pack_addresses(self) -> Self {
        self.argue("-Wl,-z,pack-relative-relocs".to_owned())
    }

    /// Lays what this script names together, before everything else. `learn` writes such scripts.
    #[must_use]
    pub fn lay_first(self, script: &Path) -> Self {
        self.argue(format!("-Wl,-T,{}", script.display()))
    }

    fn argue(mut self, argument: String) -> Self {
        self.arguments.push(argument);
        self
    }

    /// What the linker is given, as the C compiler takes it.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// Says it to Cargo, from a build script: for its program, if that is optimised and the linker is the usual one.
    pub fn tell(&self) {
        if !is_optimised() || !is_for_here() || is_chosen() {
            return;
        }
        for library in &self.libraries {
            println!("cargo:rustc-link-lib=static:-bundle={library}");
        }
        for argument in &self.arguments {
            println!("cargo:rustc-link-arg-bins={argument}");
        }
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

/// Somebody has chosen a linker; it may not know these words.
fn is_chosen() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    env::var_os("RUSTC_LINKER").is_some() || flags.contains("linker=") || flags.contains("fuse-ld")
}

/// The linker finds this file. It tells a path if so, and only the name if not.
fn is_there(library: &str) -> bool {
    let told = Command::new("cc").arg(format!("-print-file-name={library}")).output();
    told.is_ok_and(|it| Path::new(String::from_utf8_lossy(&it.stdout).trim()).is_file())
}
