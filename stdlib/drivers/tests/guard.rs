//! What becomes of the commands of a runtime that is killed.
//!
//! This program plays both parts: without an argument it is the test; with `runtime` it is the runtime that the
//! test kills; and started by that runtime as a guard, it is the guard.
// As in every test, a panic is the report.
#![allow(clippy::unwrap_used)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use machine_drivers::{Ask, Context, Key, Value, guard, standard};
use tokio::sync::mpsc::unbounded_channel;

/// Nothing takes this long, on however busy a machine.
const LIMIT: Duration = Duration::from_secs(60);

fn main() {
    guard::main_if_asked();
    match std::env::args().nth(1).as_deref() {
        Some("runtime") => runtime(),
        _ => tests(),
    }
}

fn tests() {
    check("a runtime that is killed takes its commands with it", |test| {
        test.start(WATCHED);
        let pids = ["one", "two", "three"].map(|name| test.pid(name));
        test.kill();
        until(|| pids.iter().all(|pid| !is_alive(*pid)));
    });
    check("a runtime that ends takes its commands with it", |test| {
        test.start(WATCHED);
        let pids = ["one", "two", "three"].map(|name| test.pid(name));
        test.end();
        until(|| pids.iter().all(|pid| !is_alive(*pid)));
    });
    check("what a command left behind on purpose outlives the runtime", |test| {
        test.start("setsid sleep 1000 > /dev/null 2>&1 & echo $! > left; echo 1 > done");
        let left = test.pid("left");
        test.pid("answered");
        let guard = test.guard();
        test.kill();
        until(|| !is_alive(guard));
        assert!(is_alive(left));
        signal("KILL", left);
    });
    check("the guard stays when it is asked to end, and is replaced when it is killed", |test| {
        test.start("while :; do sleep 0.01; done");
        let first = test.guard();
        ["TERM", "INT", "HUP"].iter().for_each(|name| signal(name, first));
        signal("KILL", first);
        until(|| !is_alive(first));
        test.ask(WATCHED);
        let pids = ["one", "two", "three"].map(|name| test.pid(name));
        let second = test.guard();
        ["TERM", "INT", "HUP"].iter().for_each(|name| signal(name, second));
        assert!(first != second && is_alive(second));
        test.kill();
        until(|| !is_alive(second) && pids.iter().all(|pid| !is_alive(*pid)));
    });
    check("the guard holds nothing but its pipe", |test| {
        test.start("echo 1 > ready; while :; do sleep 0.01; done");
        test.pid("ready");
        let fds = std::fs::read_dir(format!("/proc/{}/fd", test.guard())).unwrap();
        let targets = fds.map(|fd| std::fs::read_link(fd.unwrap().path()).unwrap());
        let mut targets: Vec<_> = targets.map(|target| target.display().to_string()).collect();
        targets.sort();
        assert_eq!(targets.len(), 3, "{targets:?}");
        assert!(targets[0] == "/dev/null" && targets[1] == "/dev/null" && targets[2].starts_with("pipe:"));
        test.kill();
    });
}

/// Three processes: the command, one that left its session, and one that also lost its parent.
const WATCHED: &str = "echo $$ > one; \
    setsid sh -c 'echo $$ > two; while :; do sleep 0.05; done' & \
    (setsid sh -c 'echo $$ > three; while :; do sleep 0.05; done' &) ; \
    while :; do sleep 0.05; done";

fn check(name: &str, run: fn(&mut Test)) {
    let dir = tempfile::tempdir().unwrap();
    let mut test = Test { dir: dir.path().canonicalize().unwrap(), runtime: None };
    run(&mut test);
    println!("test {name} ... ok");
}

/// A runtime in a directory of its own.
struct Test {
    dir: PathBuf,
    runtime: Option<Child>,
}

impl Test {
    fn start(&mut self, script: &str) {
        let mut runtime = Command::new(std::env::current_exe().unwrap());
        let runtime = runtime.args(["runtime"]).arg(&self.dir).stdin(Stdio::piped());
        self.runtime = Some(runtime.spawn().unwrap());
        self.ask(script);
    }

    /// Has the runtime run one more script, of one line.
    fn ask(&mut self, script: &str) {
        writeln!(self.runtime().stdin.as_mut().unwrap(), "{script}").unwrap();
    }

    fn runtime(&mut self) -> &mut Child {
        self.runtime.as_mut().unwrap()
    }

    fn kill(&mut self) {
        self.runtime().kill().unwrap();
        self.runtime().wait().unwrap();
    }

    /// The runtime ends in order when its input does.
    fn end(&mut self) {
        drop(self.runtime().stdin.take());
        self.runtime().wait().unwrap();
    }

    fn pid(&self, name: &str) -> u32 {
        let path = self.dir.join(name);
        let read = || std::fs::read_to_string(&path).unwrap_or_default();
        until(|| read().ends_with('\n'));
        read().trim().parse().unwrap()
    }

    /// The runtime's guard: its child that has the flag.
    fn guard(&mut self) -> u32 {
        let runtime = self.runtime().id();
        let mut found = None;
        until(|| {
            found = children(runtime).into_iter().find(|pid| is_guard(*pid) && is_alive(*pid));
            found.is_some()
        });
        found.unwrap()
    }
}

impl Drop for Test {
    fn drop(&mut self) {
        if let Some(runtime) = &mut self.runtime {
            _ = runtime.kill();
            _ = runtime.wait();
        }
    }
}

/// Runs each line of its input as a script, and notes in a file when one is answered.
fn runtime() {
    let dir = PathBuf::from(std::env::args_os().nth(2).unwrap());
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio.block_on(async {
        let (answers, mut answered) = unbounded_channel();
        let mut drivers = standard(&answers, "n1", None);
        let shell = drivers.iter_mut().find(|driver| driver.kind() == "shell").unwrap();
        let (lines, mut scripts) = unbounded_channel();
        std::thread::spawn(move || std::io::stdin().lines().try_for_each(|line| lines.send(line.unwrap())));
        let mut visit = 0;
        loop {
            tokio::select! {
                script = scripts.recv() => {
                    let Some(script) = script else { return };
                    visit += 1;
                    shell.ask(an_ask(&dir, script, visit));
                }
                Some(_) = answered.recv() => std::fs::write(dir.join("answered"), "1\n").unwrap(),
            }
        }
    });
}

fn an_ask(dir: &Path, script: String, visit: u32) -> Ask {
    let context = Context {
        machine: "guarded".into(),
        dir: dir.to_owned(),
        data: dir.join("data.json"),
        facts: dir.join("facts.json"),
    };
    Ask {
        key: Key { machine: 0, watcher: 0, visit },
        args: vec![
            Value::Str(script),
            Value::Map(Vec::new()),
            Value::Str(".".into()),
            Value::Duration(Duration::from_secs(600)),
        ],
        context: Arc::new(context),
        watcher: "subject".into(),
        run_id: format!("guard-test-{}-{visit}", std::process::id()),
        trace: None,
        first: true,
        resumed: false,
        memory: None,
        every: None,
        once: true,
        timeout: None,
        user: None,
        wants_output: false,
        program: None,
        lease: None,
    }
}

fn children(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| stat(*pid).get(1) == Some(&parent.to_string())).collect()
}

fn is_guard(pid: u32) -> bool {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.ends_with(b"--guard-commands\0")
}

fn is_alive(pid: u32) -> bool {
    stat(pid).first().is_some_and(|state| !matches!(state.as_str(), "Z" | "X"))
}

/// The fields of a process after its name: state, parent, …
fn stat(pid: u32) -> Vec<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let rest = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    rest.split_whitespace().map(str::to_owned).collect()
}

fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap().success());
}

fn until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LIMIT, "it never came about");
        std::thread::sleep(Duration::from_millis(5));
    }
}
