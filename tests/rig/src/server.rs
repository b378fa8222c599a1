//! One `nats-server` of the test's own.

use crate::port::free_port;
use crate::setup::name;
use crate::{Access, Certificates, Setup, nats_server, until};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A server; it ends with the test.
#[derive(Debug)]
pub struct Server {
    pub(crate) setup: Setup,
    port: u16,
    /// While this is held, no other test takes the port, whether the server runs or not.
    _reserved: File,
    directory: TempDir,
    certificates: Certificates,
    running: Option<Child>,
}

/// What a server had stored at a time.
#[derive(Debug)]
pub struct Backup(TempDir);

impl Server {
    /// One with JetStream that lets everybody in.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Self {
        Setup::default().start()
    }

    pub(crate) fn with(setup: Setup) -> Self {
        let mut server = Self::prepared(setup);
        server.start_again();
        server
    }

    /// One that does not run yet.
    ///
    /// # Panics
    /// When its directory cannot be written.
    pub fn prepared(setup: Setup) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let certificates = Certificates::write(directory.path());
        let (port, reserved) = free_port();
        Self { setup, port, _reserved: reserved, directory, certificates, running: None }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The same, as clients want it.
    pub fn url(&self) -> String {
        let scheme = if self.setup.has_tls() { "tls" } else { "nats" };
        format!("{scheme}://{}", self.address())
    }

    /// Who gets in.
    pub fn access(&self) -> &Access {
        self.setup.access()
    }

    /// What TLS needs on both sides.
    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// A file in a directory that goes with the server; for what clients need.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, text).expect("a file can be written");
        path
    }

    /// What it said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    fn store(&self) -> PathBuf {
        self.directory.path().join("store")
    }

    /// Starts it, at the same place and with what it has stored.
    ///
    /// # Panics
    /// When it runs already, or ends at once.
    pub fn start_again(&mut self) {
        assert!(self.running.is_none(), "the server runs already");
        let configuration = self.setup.configuration(self.port, &self.store(), &self.certificates);
        let configuration = self.file("nats.conf", &configuration);
        let log = File::options().create(true).append(true).open(self.log_path()).expect("a file");
        let mut command = Command::new(nats_server());
        command.arg("-c").arg(configuration).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.running = Some(command.spawn().expect("nats-server starts"));
        self.until_it_answers();
    }

    fn until_it_answers(&mut self) {
        let (address, name) = (self.address(), name(self.port));
        let mut running = self.running.take().expect("a server that was started");
        until("an answer of the server", || {
            let ended = running.try_wait().expect("a child");
            assert!(ended.is_none(), "nats-server ended at once: {}", self.log());
            greeting(address).filter(|it| it.contains(&name))
        });
        self.running = Some(running);
    }

    /// Ends it as a power cut would.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self) {
        let mut running = self.running.take().expect("a server that runs");
        running.kill().expect("it can be killed");
        running.wait().expect("a child");
    }

    /// Ends it in order.
    ///
    /// # Panics
    /// When it does not run.
    pub fn stop(&mut self) {
        self.signal(Signal::TERM);
        self.running.take().expect("a server that runs").wait().expect("a child");
    }

    /// Kills it and starts it again.
    pub fn restart(&mut self) {
        self.kill();
        self.start_again();
    }

    /// Kills it, forgets everything that it stored, and starts it again.
    pub fn wipe(&mut self) {
        self.kill();
        self.forget();
        self.start_again();
    }

    /// Removes what it stored; it must not run.
    pub fn forget(&self) {
        assert!(self.running.is_none(), "the server runs");
        _ = fs::remove_dir_all(self.store());
    }

    /// Starts it again another way, with what it has stored.
    pub fn restart_as(&mut self, setup: Setup) {
        self.kill();
        self.setup = setup;
        self.start_again();
    }

    /// Other certificates, by another authority. The server shows them when it is told to [reload](Self::reload).
    pub fn renew_certificates(&mut self) {
        self.certificates = Certificates::write(self.directory.path());
    }

    /// Makes it read its configuration anew.
    pub fn reload(&self) {
        self.signal(Signal::HUP);
    }

    /// It stands still, with all its connections open, until it may [go on](Self::go_on).
    pub fn stand_still(&self) {
        self.signal(Signal::STOP);
    }

    /// It goes on.
    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    /// Its process.
    ///
    /// # Panics
    /// When it does not run.
    pub fn process(&self) -> u32 {
        self.running.as_ref().expect("a server that runs").id()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.process().cast_signed()).expect("a process id"), signal)
            .expect("the server is there");
    }

    /// Keeps what it has stored now. It is stopped for that, and started again.
    pub fn back_up(&mut self) -> Backup {
        self.stop();
        let backup = tempfile::tempdir().expect("a directory");
        copy(&self.store(), &backup.path().join("store"));
        self.start_again();
        Backup(backup)
    }

    /// Kills it, and starts it with what it had stored then: what came later it has lost, though it acknowledged it.
    pub fn go_back(&mut self, backup: &Backup) {
        self.kill();
        self.forget();
        copy(&backup.0.path().join("store"), &self.store());
        self.start_again();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            _ = running.kill();
            _ = running.wait();
        }
    }
}

/// The first line that a server says to whoever comes.
fn greeting(address: SocketAddr) -> Option<String> {
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).ok()?;
    Some(line)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory that can be read") {
        let entry = entry.expect("a directory that can be read");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("a file").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
