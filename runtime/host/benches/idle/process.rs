//! A `machined` as a child, and what the system says that it uses.

use crate::{Outcome, tables};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// A node that runs until this is dropped.
pub(crate) struct Node {
    child: Child,
    events: PathBuf,
}

/// What a process used since it began.
pub(crate) struct Usage {
    /// Bytes of memory now.
    pub(crate) resident: u64,
    /// Bytes of memory at the highest.
    pub(crate) highest: u64,
    /// How often any of its threads was woken.
    pub(crate) wakeups: u64,
    pub(crate) cpu: Duration,
}

impl Node {
    /// With a connection to this server, if there is one.
    pub(crate) fn start(machined: &Path, dir: &Path, server: Option<&str>) -> Outcome<Self> {
        let (events, config) = (dir.join("events"), dir.join("node.toml"));
        let mut command = Command::new(machined);
        let nats =
            server.map(|it| format!("[nats]\nservers = [\"{it}\"]\n[events.nats]\nstream = \"IDLE\"\ncreate = {{}}\n"));
        fs::write(&config, nats.unwrap_or_default())?;
        command.arg("run").arg("--tables").arg(dir.join(tables::TABLES)).arg("--state").arg(dir.join("state"));
        command.arg("--config").arg(config).args(["--output", "lines"]);
        command.stdin(Stdio::null()).stdout(File::create(&events)?);
        Ok(Self { child: command.spawn()?, events })
    }

    /// Until so many machines have said that they started.
    pub(crate) fn wait_for_starts(&self, machines: usize) -> Outcome {
        let has_started = || {
            let events = fs::read_to_string(&self.events)?;
            Ok(events.matches(" started in ").count() >= machines)
        };
        wait_until("all machines start", has_started)
    }

    /// Until it has computed next to nothing for a second.
    pub(crate) fn wait_for_rest(&self) -> Outcome {
        let is_resting = || {
            let before = self.usage()?.cpu;
            std::thread::sleep(Duration::from_secs(1));
            Ok(self.usage()?.cpu.saturating_sub(before) < Duration::from_millis(50))
        };
        wait_until("the node rests", is_resting)
    }

    pub(crate) fn usage(&self) -> Outcome<Usage> {
        let proc = PathBuf::from(format!("/proc/{}", self.child.id()));
        let status = fs::read_to_string(proc.join("status"))?;
        let mut usage = Usage {
            resident: field(&status, "VmRSS:") * 1024,
            highest: field(&status, "VmHWM:") * 1024,
            wakeups: 0,
            cpu: Duration::ZERO,
        };
        for thread in fs::read_dir(proc.join("task"))? {
            let thread = thread?.path();
            usage.wakeups += field(&fs::read_to_string(thread.join("status"))?, "voluntary_ctxt_switches:");
            let times = fs::read_to_string(thread.join("schedstat"))?;
            usage.cpu += Duration::from_nanos(field(&times, ""));
        }
        Ok(usage)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It has nothing to lose, and the directory goes with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number behind a name, 0 if there is none.
fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn wait_until(what: &str, holds: impl Fn() -> Outcome<bool>) -> Outcome {
    let begun = Instant::now();
    while !holds()? {
        if begun.elapsed() > PATIENCE {
            return Err(format!("waited in vain until {what}").into());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
