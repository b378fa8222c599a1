//! Runs a line of shell.

use std::sync::Arc;

use crate::arguments::{Arguments, Mismatch};
use crate::commands::{Commands, Launcher, Order};
use crate::door::{Answers, Ask, Driver, Key};
use crate::ending;
use crate::launch::Command;

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

/// The shell that every POSIX system has in this place.
const SHELL: &str = "/bin/sh";

/// The driver of `shell`.
pub struct Shell(Commands);

impl Shell {
    pub(crate) fn new(answers: Answers, launcher: Arc<Launcher>) -> Self {
        Self(Commands::new(answers, launcher))
    }
}

impl Driver for Shell {
    fn kind(&self) -> &'static str {
        "shell"
    }

    fn signature(&self) -> &'static str {
        "shell(script: string, env: map of string, dir: path, timeout: duration) { outcome ok, fault failed }"
    }

    fn ask(&mut self, ask: Ask) {
        self.0.ask(ask, read);
    }

    fn stop(&mut self, key: Key) {
        self.0.stop(key);
    }
}

/// The arguments of the declaration: `script, env, dir, timeout`.
fn read(arguments: &mut Arguments) -> Result<Order, Mismatch> {
    let script = arguments.text("script")?;
    let command = Command {
        program: SHELL.to_owned(),
        args: vec!["-c".to_owned(), script.clone()],
        env: arguments.named_texts("env")?,
        dir: arguments.text("dir")?,
        watcher_args: None,
    };
    Ok(Order { command, timeout: arguments.duration("timeout")?, shown: script, tell: ending::tell })
}
