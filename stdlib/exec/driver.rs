//! Runs a program with a list of arguments, without a shell.

use std::sync::Arc;

use crate::arguments::{Arguments, Mismatch};
use crate::commands::{Commands, Launcher, Order};
use crate::door::{Answers, Ask, Driver, Key};
use crate::ending;
use crate::launch::Command;

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

/// The driver of `exec`.
pub struct Exec(Commands);

impl Exec {
    pub(crate) fn new(answers: Answers, launcher: Arc<Launcher>) -> Self {
        Self(Commands::new(answers, launcher))
    }
}

impl Driver for Exec {
    fn kind(&self) -> &'static str {
        "exec"
    }

    fn signature(&self) -> &'static str {
        "exec(program: string, args: string..., env: map of string, dir: path, timeout: duration) { outcome ok, fault failed }"
    }

    fn ask(&mut self, ask: Ask) {
        self.0.ask(ask, read);
    }

    fn stop(&mut self, key: Key) {
        self.0.stop(key);
    }
}

/// The arguments of the declaration: `program, args..., env, dir, timeout`.
fn read(arguments: &mut Arguments) -> Result<Order, Mismatch> {
    let command = Command {
        program: arguments.text("program")?,
        args: arguments.texts("args")?,
        env: arguments.named_texts("env")?,
        dir: arguments.text("dir")?,
        watcher_args: None,
    };
    let timeout = arguments.duration("timeout")?;
    Ok(Order { shown: command.shown(), command, timeout, tell: ending::tell })
}
