//! A node under test: `machined` with directories of its own, and everything that it told.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use crate::binaries;
use crate::told::{Told, read};
use machine_compiler::source::SourceMap;
use machine_compiler::{Options, compile};
use machine_core::Definition;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Nothing takes this long, on however busy a computer.
const LIMIT: Duration = Duration::from_secs(120);

/// The directories of a node, and one runtime after the other on them.
pub struct Site {
    root: TempDir,
    running: Option<Child>,
    /// How much of what was told the test has passed.
    passed: usize,
}

impl Default for Site {
    fn default() -> Self {
        Self::new()
    }
}

impl Site {
    /// Empty directories.
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a directory");
        fs::create_dir(root.path().join("tables")).expect("a directory of tables");
        Self { root, running: None, passed: 0 }
    }

    /// A site on which this runs already.
    pub fn running(source: &str) -> Self {
        let mut site = Self::new();
        site.ship(source);
        site.start();
        site
    }

    /// A file beside the directories.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A file in the directory of tables, which is where commands run and paths of sources begin.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path("tables").join(name)
    }

    /// Writes such a file as a whole.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let part = self.path("part");
        fs::write(&part, bytes).expect("a file can be written");
        fs::rename(part, self.file(name)).expect("a file can be put in its place");
    }

    /// Removes such a file.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.file(name)).expect("a file that is there");
    }

    /// Ships all machines of a source, each under its name.
    pub fn ship(&self, source: &str) {
        for (name, table) in tables(source) {
            self.write(&format!("{name}.table"), table);
        }
    }

    /// Ships a machine that was made by hand.
    pub fn ship_made(&self, machine: &Definition) {
        let table = machine.encode().expect("a machine in order");
        self.write(&format!("{}.table", machine.name), table);
    }

    /// The directory of everything.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// Asks the runtime that runs something; the exit code and all that was said.
    pub fn ask(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(binaries::directory().join("machined"));
        command.current_dir(self.root.path()).env("NO_COLOR", "1").args(arguments).args(["--state", "state"]);
        let output = command.output().expect("machined starts");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    /// What the doctor says of its configuration and of the runtime that runs; the exit code and the text.
    pub fn doctor(&self) -> (Option<i32>, String) {
        let mut command = Command::new(binaries::directory().join("machined"));
        command.args(["doctor", "--config"]).arg(self.path("machined.toml")).arg("--state").arg(self.path("state"));
        let output = command.output().expect("machined starts");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts the runtime; its events go to a file, what it says otherwise to another.
    pub fn start(&mut self) {
        self.start_with(&[], Stdio::null());
    }

    /// The same with more arguments and a standard output of the test's own.
    pub fn start_with(&mut self, arguments: &[&str], output: Stdio) {
        let said = File::options().create(true).append(true).open(self.path("said")).expect("a file");
        let mut command = self.command(arguments);
        command.arg("--events-file").arg(self.path("events")).stdout(output).stderr(said);
        self.running = Some(command.spawn().expect("machined starts"));
    }

    /// Starts a runtime that is expected to end by itself; returns its exit code and what it said.
    pub fn try_start(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.command(arguments).output().expect("machined starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binaries::directory().join("machined"));
        command.current_dir(self.root.path()).env("NO_COLOR", "1").arg("run");
        for (flag, value) in [("--tables", "tables"), ("--state", "state"), ("--node", "n1")] {
            if !arguments.contains(&flag) {
                command.args([flag, value]);
            }
        }
        if self.path("machined.toml").is_file() {
            command.args(["--config", "machined.toml"]);
        }
        command.args(arguments);
        command
    }

    /// What the runtime said beside its events.
    pub fn said(&self) -> String {
        fs::read_to_string(self.path("said")).unwrap_or_default()
    }

    /// Gives the runtime a configuration file, from its next start on.
    pub fn configure(&self, toml: &str) {
        fs::write(self.path("machined.toml"), toml).expect("a file can be written");
    }

    /// The process of the runtime.
    pub fn pid(&self) -> u32 {
        self.running.as_ref().expect("a runtime that runs").id()
    }

    /// Sends the runtime a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid().cast_signed()).expect("a process id");
        kill_process(pid, signal).expect("the runtime is there");
    }

    /// Waits until the runtime has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let mut running = self.running.take().expect("a runtime that runs");
        self.until("the runtime has ended", || running.try_wait().expect("a child"))
    }

    /// Ends the runtime as a power cut would.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.ended();
    }

    /// The same, and starts it again.
    pub fn kill_and_start(&mut self) {
        self.kill();
        self.start();
    }

    /// Everything that was told so far, in the order of the file; what was told again after a crash only once.
    pub fn told(&self) -> Vec<Told> {
        let mut told = self.all_told();
        let mut known = BTreeSet::new();
        told.retain(|it| known.insert((it.machine.clone(), it.sequence)));
        told
    }

    /// The same, where numbers have begun again: each line of the file once.
    pub fn told_under_all_numbers(&self) -> Vec<Told> {
        let mut told = self.all_told();
        let mut known = BTreeSet::new();
        told.retain(|it| known.insert(it.json.clone()));
        told
    }

    /// Everything, as it stands in the file.
    pub fn all_told(&self) -> Vec<Told> {
        read(&self.path("events"))
    }

    /// Waits until this is told, after all that was waited for before.
    pub fn expect(&mut self, what: &str) -> Told {
        self.expect_that(what, |told| told.text == what)
    }

    /// Waits until something is told that begins so.
    pub fn expect_start(&mut self, what: &str) -> Told {
        self.expect_that(what, |told| told.text.starts_with(what))
    }

    /// Waits until something is told that has this in it.
    pub fn expect_where(&mut self, what: &str) -> Told {
        self.expect_that(what, |told| told.text.contains(what))
    }

    fn expect_that(&mut self, what: &str, is_it: impl Fn(&Told) -> bool) -> Told {
        let passed = self.passed;
        let find = || {
            let told = self.told();
            let found = told.iter().skip(passed).position(&is_it)?;
            told.into_iter().nth(passed + found).map(|told| (told, passed + found + 1))
        };
        let (told, passed) = self.until(what, find);
        self.passed = passed;
        told
    }

    /// All that was told since what was waited for last.
    pub fn rest(&self) -> Vec<String> {
        self.told().into_iter().skip(self.passed).map(|it| it.text).collect()
    }

    /// Waits for something, with a limit that only a broken test meets.
    pub fn until<T>(&self, what: &str, mut find: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            // Asked first: what it did before it ended counts.
            let has_died = self.running.as_ref().is_some_and(|it| !is_alive(&it.id().to_string()));
            if let Some(found) = find() {
                return found;
            }
            if begun.elapsed() > LIMIT {
                panic!("this never came: {what}\n\n{}", self.report());
            }
            assert!(!has_died, "the runtime died before this came: {what}\n\n{}", self.report());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// All that is known, for a test that fails.
    fn report(&self) -> String {
        let told: Vec<_> = self.told().into_iter().map(|it| it.text).collect();
        format!("{}\n\n{}", told.join("\n"), self.said())
    }

    /// Waits until a file in the directory of tables has a whole line; returns it.
    pub fn line(&self, name: &str) -> String {
        let whole = || fs::read_to_string(self.file(name)).ok().filter(|it| it.ends_with('\n'));
        self.until(name, whole).trim().to_owned()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            _ = running.kill();
            _ = running.wait();
        }
    }
}

/// The machines of a source, compiled, each with its name.
pub fn tables(source: &str) -> Vec<(String, Vec<u8>)> {
    let mut sources = SourceMap::default();
    sources.add("test.machine", source);
    let output = compile(&sources, Options::default());
    assert!(!output.machines.is_empty(), "{:#?}", output.diagnostics);
    output.machines.into_iter().map(|it| (it.name, it.table)).collect()
}

/// Whether a process is there and not merely waiting to be collected.
pub fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}
