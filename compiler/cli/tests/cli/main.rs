//! `machinec` as its users meet it: arguments and files in; output, exit codes and files out.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

mod build;
mod check;
mod inspect;
mod schedule;
mod words;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const LAMP: &str = r#"/// Shines for a minute when the switch is on.
machine lamp 1.0.0 {
    initial state dark {
        watch switch = exec("./switch.sh") every 10s
        on switch.ok     -> lit
        on switch.failed stay
    }
    /// Light.
    state lit {
        after 1m -> dark as expired
    }
}
"#;

const BROKEN: &str = r#"machine fan 1.0.0 {
    initial state off {
        watch air = exec("./air.sh") every 10s
        on air.good   -> on_
        on air.failed stay
    }
    state running {
        after 1m -> off
    }
}
"#;

/// A folder in which `machinec` runs, with nothing in the environment that changes what it prints.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("a file");
        self
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// Runs `machinec` and shows all that it did.
    fn run(&self, arguments: &[&str]) -> String {
        shown(&self.command(arguments).output().expect("machinec starts"))
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("machinec starts");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
        shown(&child.wait_with_output().expect("it ends"))
    }
}

fn shown(output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code().map_or("killed".to_owned(), |it| it.to_string());
    let part = |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("-- {name}\n{text}") };
    format!("{}{}-- exit {code}\n", part("stdout", &stdout), part("stderr", &stderr))
}
