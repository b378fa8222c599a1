//! Watching a node: `machined watch`, as somebody beside it uses it.

use machine_tests::binaries;
use machine_tests::node::Site;
use rustix::io::ioctl_fionread;
use rustix::pipe::fcntl_setpipe_size;
use rustix::process::{Pid, Signal, kill_process};
use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// Nothing takes this long, on however busy a computer.
const LIMIT: Duration = Duration::from_secs(120);

const BLINKER: &str = r#"
machine blinker 1.0.0 {
    initial state dark { after 50ms -> lit }
    state lit { after 50ms -> dark }
}
machine sleeper 1.0.0 {
    event wake() from operator
    initial state asleep { on wake -> awake }
    final state awake
}
"#;

/// A node that answers.
fn running() -> Site {
    let site = Site::running(BLINKER);
    site.until("the node answers", || (site.ask(&["status"]).0 == Some(0)).then_some(()));
    site
}

/// A watcher, and the file that its output goes to.
struct Watch {
    child: Child,
    out: PathBuf,
}

impl Watch {
    fn begin(site: &Site, name: &str, arguments: &[&str]) -> Self {
        let out = site.path(name);
        let child = command(site, arguments).stdout(File::create(&out).unwrap()).spawn().unwrap();
        Self { child, out }
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.out).unwrap()
    }

    /// Waits until its output is as it has to be.
    fn until(&self, what: &str, holds: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !holds(&self.text()) {
            assert!(start.elapsed() < LIMIT, "{what}:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn interrupt(mut self) -> (ExitStatus, String) {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
        self.ended()
    }

    /// Waits until it has ended, by itself or because it was told to.
    fn ended(&mut self) -> (ExitStatus, String) {
        (ended(&mut self.child), self.text())
    }
}

impl Drop for Watch {
    /// A test that fails leaves nobody behind who waits for its node to come back.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ended(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > LIMIT {
            child.kill().unwrap();
            panic!("the watcher does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn command(site: &Site, arguments: &[&str]) -> Command {
    let mut command = Command::new(binaries::directory().join("machined"));
    command.arg("watch").arg("--state").arg(site.path("state")).args(arguments).stdin(Stdio::null());
    command
}

/// What a watcher shows that ends by itself.
fn past(site: &Site, arguments: &[&str]) -> Output {
    command(site, &[&["--since", "1h", "--no-follow"], arguments].concat()).output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn what_happens_is_shown_over_a_crash_and_without_a_gap() {
    let mut site = running();
    let watch = Watch::begin(&site, "seen", &["--since", "1h", "blinker"]);
    watch.until("events come", |it| it.matches("lit -> dark").count() > 3);
    site.kill();
    watch.until("the end is told", |it| it.contains("waiting for it to come back"));
    site.start();
    watch.until("it goes on", |it| it.split("the runtime is back").nth(1).is_some_and(|it| it.contains("lit -> dark")));
    let (status, seen) = watch.interrupt();
    assert_eq!(status.code(), Some(0));
    assert!(seen.ends_with('\n') && !seen.contains("missing") && !seen.contains("sleeper"), "{seen}");
    assert!(seen.contains("started in dark") && seen.contains("goes on in"), "{seen}");
}

#[test]
fn a_reader_that_does_not_read_holds_up_nobody() {
    let site = running();
    let mut stuck = command(&site, &["--since", "1h"]).stdout(Stdio::piped()).spawn().unwrap();
    let watch = Watch::begin(&site, "seen", &["--kind", "transition", "blinker"]);
    watch.until("the node goes on", |it| it.lines().count() > 20);
    stuck.kill().unwrap();
    stuck.wait().unwrap();
}

#[test]
fn the_past_is_shown_with_and_without_a_runtime() {
    let mut site = running();
    let start = Instant::now();
    while !text(&past(&site, &["--kind", "transition"])).contains("dark -> lit") {
        assert!(start.elapsed() < LIMIT);
    }
    let all = text(&past(&site, &[]));
    assert!(all.contains("(node)") && all.contains("table of blinker activated"), "{all}");
    let json = text(&past(&site, &["--json", "sleeper"]));
    assert!(json.lines().all(|it| it.starts_with("{\"specversion\"") && it.contains("sleeper")), "{json}");
    site.signal(Signal::TERM);
    assert!(site.ended().success());
    let later = past(&site, &["--kind", "life"]);
    assert!(text(&later).contains("the node ends"), "{}", text(&later));
    assert!(text(&later).ends_with("this is what its journal holds\n"), "{}", text(&later));
}

/// Nothing happens on the node, so nothing is written that would fail.
#[test]
fn a_watcher_ends_when_nobody_reads() {
    let site = Site::running("machine quiet 1.0.0 { initial final state still }");
    site.until("the node answers", || (site.ask(&["status"]).0 == Some(0)).then_some(()));
    let mut watch = command(&site, &["--since", "1h", "--kind", "life"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(watch.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.ends_with('\n'), "{line}");
    assert_eq!(ended(&mut watch).code(), Some(0));
}

/// Its pipe is full, so it cannot finish its line.
#[test]
fn a_watcher_that_is_not_read_can_be_interrupted() {
    let site = running();
    let mut stuck = command(&site, &["--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let pipe = stuck.stdout.take().unwrap();
    fcntl_setpipe_size(&pipe, 4096).unwrap();
    // A line that has not enough room waits for it as a whole.
    let filled = Cell::new((0, 0));
    site.until("the pipe is full", || {
        let (now, told) = (ioctl_fionread(&pipe).unwrap(), site.told().len());
        if now != filled.get().0 {
            filled.set((now, told));
        }
        (now > 0 && told > filled.get().1 + 10).then_some(())
    });
    kill_process(Pid::from_child(&stuck), Signal::INT).unwrap();
    assert_eq!(ended(&mut stuck).code(), Some(0));
}

#[test]
fn a_watcher_ends_when_the_state_directory_is_gone() {
    let mut site = running();
    let mut watch = Watch::begin(&site, "seen", &["blinker"]);
    watch.until("events come", |it| it.contains("lit -> dark"));
    site.kill();
    std::fs::remove_dir_all(site.path("state")).unwrap();
    let (status, seen) = watch.ended();
    assert_eq!(status.code(), Some(0));
    assert!(seen.ends_with("… the state directory is gone\n"), "{seen}");
}

#[test]
fn a_state_directory_that_is_made_anew_is_shown_from_its_beginning() {
    let mut site = running();
    let watch = Watch::begin(&site, "seen", &["blinker"]);
    watch.until("events come", |it| it.matches("lit -> dark").count() > 10);
    site.kill();
    std::fs::remove_dir_all(site.path("state/journal")).unwrap();
    site.start();
    let anew = "it is another journal than before: this is what it holds\n";
    watch.until("it begins anew", |it| it.split(anew).nth(1).is_some_and(|it| it.contains("dark -> lit")));
    let (status, seen) = watch.interrupt();
    assert_eq!(status.code(), Some(0));
    let after = seen.split(anew).nth(1).unwrap_or_default();
    assert!(after.contains("numbers begin again") && after.contains("started in dark"), "{seen}");
    assert!(!after.contains("missing"), "{seen}");
}
