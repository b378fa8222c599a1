//! What the drivers' tests share: a machine of their own in a fresh directory, and waiting that ends.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::door::{Answer, Answers, Ask, Context, Driver, Key, Value};

/// Nothing takes this long, on however busy a machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A machine with one driver.
pub(crate) struct Rig {
    _dir: tempfile::TempDir,
    pub(crate) driver: Box<dyn Driver>,
    pub(crate) context: Arc<Context>,
    answers: UnboundedReceiver<Answer>,
}

impl Rig {
    pub(crate) fn new(make: impl FnOnce(Answers) -> Box<dyn Driver>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (answers, received) = unbounded_channel();
        let path = dir.path().canonicalize().unwrap();
        let context = Context {
            machine: "tester".into(),
            data: path.join("data.json"),
            facts: path.join("facts.json"),
            dir: path,
        };
        Self { _dir: dir, driver: make(answers), context: Arc::new(context), answers: received }
    }

    /// An ask for a first look, with a key and a run id that no other has.
    pub(crate) fn an_ask(&self, args: Vec<Value>) -> Ask {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        Ask {
            key: Key { machine: 1, watcher: 2, visit: number },
            args,
            context: Arc::clone(&self.context),
            watcher: "subject".into(),
            run_id: format!("test-{}-{number}", std::process::id()),
            trace: None,
            first: true,
            resumed: false,
            memory: None,
            every: None,
            once: false,
            timeout: None,
            user: None,
            wants_output: false,
            program: None,
            lease: None,
        }
    }

    pub(crate) fn ask(&mut self, args: Vec<Value>) -> Key {
        let ask = self.an_ask(args);
        let key = ask.key;
        self.driver.ask(ask);
        key
    }

    pub(crate) async fn answer(&mut self) -> Answer {
        let answer = tokio::time::timeout(LIMIT, self.answers.recv());
        answer.await.expect("an answer in time").expect("a driver that answers")
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn run(&mut self, args: Vec<Value>) -> Answer {
        self.ask(args);
        self.answer().await
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.context.dir.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Writes a file that can be run. Another process does so: while this one had it open for writing, a command
    /// that is started at that moment by another test would keep it "busy".
    pub(crate) fn script(&self, name: &str, text: &str) {
        let mut writer = std::process::Command::new("/bin/sh");
        writer.args(["-c", "printf %s \"$1\" > \"$0\" && chmod +x \"$0\"", name, text]);
        assert!(writer.current_dir(&self.context.dir).status().unwrap().success());
    }

    /// Waits until a file is there and has a whole line; returns the line.
    pub(crate) async fn line(&self, name: &str) -> String {
        let path = self.path(name);
        until(|| read(&path).ends_with('\n')).await;
        read(&path).trim().to_owned()
    }

    /// Waits until a command has written its process id.
    pub(crate) async fn pid(&self, name: &str) -> i32 {
        self.line(name).await.parse().unwrap()
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Waits for a condition.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LIMIT, "it never came about");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Whether a process is there and not merely waiting to be collected.
pub(crate) fn is_alive(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

pub(crate) fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

pub(crate) fn texts(texts: &[&str]) -> Value {
    Value::List(texts.iter().copied().map(text).collect())
}

pub(crate) fn named(pairs: &[(&str, &str)]) -> Value {
    Value::Map(pairs.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect())
}

pub(crate) fn millis(millis: u64) -> Value {
    Value::Duration(Duration::from_millis(millis))
}
