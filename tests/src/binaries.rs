//! Where the programs under test are.

use std::env;
use std::path::PathBuf;

/// The directory that cargo puts the workspace's programs into, in the profile that the tests were built in.
///
/// # Panics
/// When they are not there.
#[allow(clippy::panic, clippy::expect_used, reason = "a panic is a test's report")]
pub fn directory() -> PathBuf {
    let test = env::current_exe().expect("a test knows its own file");
    // A test is in `target/PROFILE/deps`, the programs are in `target/PROFILE`.
    let directory = test.ancestors().nth(2).expect("a test lies in a directory of cargo's").to_path_buf();
    for name in ["machinec", "machined"] {
        assert!(
            directory.join(name).is_file(),
            "there is no `{name}` in {}: build it first, with `cargo build -p machinec -p machined`",
            directory.display()
        );
    }
    directory
}
