//! A terminal that a test types into: a shell, and everything that it and what it started have printed.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use crate::binaries;
use crate::transcript::matches;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a line may take to appear, on a computer that is busy with other things.
const LIMIT: Duration = Duration::from_secs(60);

/// A shell with the programs under test on its `PATH`.
///
/// When it is dropped, the shell and all that it started in the background are killed.
pub struct Terminal {
    shell: Child,
    lines: Receiver<String>,
    /// All that was typed and printed, for the report of a test that fails.
    record: String,
}

impl Terminal {
    /// A shell that starts in `directory`. Standard error goes where standard output goes.
    pub fn open(directory: &Path) -> Self {
        let (reader, writer) = io::pipe().expect("a pipe");
        let path = std::env::var("PATH").expect("a PATH");
        let mut command = Command::new("sh");
        command.current_dir(directory).env_clear();
        command.env("PATH", format!("{}:{path}", binaries::directory().display())).env("LANG", "C.UTF-8");
        command.stdin(Stdio::piped()).stdout(writer.try_clone().expect("a pipe")).stderr(writer);
        // A group of its own, so that it can be killed with all that it started.
        command.process_group(0);
        let shell = command.spawn().expect("a shell starts");
        let (sender, lines) = channel();
        thread::spawn(move || {
            let read = BufReader::new(reader).lines().map_while(Result::ok);
            read.take_while(|line| sender.send(line.clone()).is_ok()).for_each(drop);
        });
        Self { shell, lines, record: String::new() }
    }

    /// Types a line. The shell runs it when it is done with those before.
    pub fn type_line(&mut self, line: &str) {
        self.record += &format!("$ {line}\n");
        let input = self.shell.stdin.as_mut().expect("the shell's input is a pipe");
        writeln!(input, "{line}").unwrap_or_else(|error| panic!("the shell is gone: {error}\n{}", self.record));
    }

    /// Waits for a line that matches `pattern` as [`matches()`] has it, passes over all before it, and returns it.
    pub fn expect(&mut self, pattern: &str) -> String {
        self.wait_for(pattern, |line| matches(pattern, line).then(|| line.to_owned()))
    }

    /// Waits for a line of which `read` makes something, and passes over all before it. `what` is for the report.
    pub fn wait_for<T>(&mut self, what: &str, read: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + LIMIT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("this never came: {what}\n\n{}", self.record);
            };
            self.record += &format!("{line}\n");
            if let Some(found) = read(&line) {
                return found;
            }
        }
    }

    /// All that was typed and printed so far.
    pub fn record(&self) -> &str {
        &self.record
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let kill = format!("kill -KILL -{}", self.shell.id());
        _ = Command::new("sh").args(["-c", &kill]).status();
        _ = self.shell.wait();
    }
}
