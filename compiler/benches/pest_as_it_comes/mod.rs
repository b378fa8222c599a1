//! pest with all that it does by default, in a process of its own: one workspace has one set of features of a package.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The program that has it.
pub(crate) struct PestAsItComes(PathBuf);

impl PestAsItComes {
    /// Builds it from this directory.
    ///
    /// # Errors
    /// When that cannot be done; cargo says why.
    pub(crate) fn build(directory: &str) -> Result<Self, Box<dyn Error>> {
        let (target, manifest) = (Path::new(env!("CARGO_TARGET_TMPDIR")), Path::new(directory).join("Cargo.toml"));
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["build", "--quiet", "--locked", "--release", "--manifest-path"])
            .arg(manifest)
            .arg("--target-dir")
            .arg(target);
        match cargo.status()?.success() {
            true => Ok(Self(target.join("release/pest_as_it_comes"))),
            false => Err("pest as it comes cannot be built".into()),
        }
    }

    /// A process that reads this file so many times, and prints how long that took at least, in nanoseconds.
    pub(crate) fn command(&self, source: &Path, times: usize) -> Command {
        let mut command = Command::new(&self.0);
        command.arg(source).arg(times.to_string());
        command
    }
}
