//! What machines cost while nothing happens: memory, wake-ups and processor time of a real `machined`, read from
//! `/proc`, each beside its limit.
//!
//! ```text
//! cargo build --release -p machined && cargo bench -p machine-host --bench idle
//! ```
//!
//! The program is taken from beside this one, or from `MACHINED`.

mod process;
mod tables;

use machine_rig::Server;
use process::{Node, Usage};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const MANY: usize = 10_000;
const PACED: usize = 1_000;
/// What was written later than this is read at each look, and remembered once more when it is older: a file's times
/// prove nothing while it may be written again without changing them.
const SETTLED: Duration = Duration::from_secs(4);

fn main() -> Outcome {
    let place = tempfile::tempdir()?;
    let machined = installed(place.path())?;
    let one = run(&machined, 1, &Load::default())?;
    let wakeups = format!("{:.1} MiB resident, {} wake-ups in 5 s", mib(one.resident), one.wakeups);
    println!("one idle machine           {wakeups:<50} limit 6 MiB, 0");

    let server = Server::start();
    let connected = run(&machined, 1, &Load { server: Some(server.url()), ..Load::default() })?;
    println!("  with a connection        {:<50} limit 8 MiB", format!("{:.1} MiB resident", mib(connected.resident)));

    let many = run(&machined, MANY, &Load::default())?;
    let each = (many.resident - one.resident) / MANY as u64;
    let beyond = each - many.strings / MANY as u64;
    let text = format!("{each} B each, {beyond} B beyond its table and strings");
    println!("{MANY} idle machines       {text:<50} limit 1024 B");
    let text = format!("{:.2} s, {:.0} MiB at the highest", many.start.as_secs_f64(), mib(many.highest));
    println!("  until all have started   {text}");
    println!("  at rest                  {} wake-ups, {:.3} % of a core in 5 s", many.wakeups, many.share());

    let paced =
        run(&machined, PACED, &Load { every_ms: Some(1_000), over: Duration::from_secs(10), ..Load::default() })?;
    let text = format!("{:.2} % of a core, {:.1} wake-ups a second", paced.share(), paced.wakeups as f64 / 10.0);
    println!("{PACED} files every second     {text:<50} limit 0.5 %, 1");
    Ok(())
}

/// A copy that is on the disk and not in memory, as an installed program is after a boot: beside a page that is touched the
/// system shows a process whatever else of the file lies in memory just then, and of one just written all does.
fn installed(place: &Path) -> Outcome<PathBuf> {
    let beside = std::env::current_exe()?.ancestors().nth(2).map(|it| it.join("machined"));
    let built = std::env::var_os("MACHINED").map(PathBuf::from).or(beside).unwrap_or_default();
    if !built.is_file() {
        return Err("there is no `machined`: run `cargo build --release -p machined`".into());
    }
    let path = place.join("machined");
    fs::copy(built, &path)?;
    let copy = fs::File::open(&path)?;
    copy.sync_all()?;
    rustix::fs::fadvise(&copy, 0, None, rustix::fs::Advice::DontNeed)?;
    Ok(path)
}

/// What a node has to do beside nothing, and for how long it is watched.
struct Load {
    /// How often each machine looks at its file, in milliseconds.
    every_ms: Option<u64>,
    /// The server that it is connected to.
    server: Option<String>,
    over: Duration,
}

impl Default for Load {
    fn default() -> Self {
        Self { every_ms: None, server: None, over: Duration::from_secs(5) }
    }
}

/// A node that was left alone for a while.
struct Rest {
    /// Bytes of the tables, and of names and paths beside them.
    strings: u64,
    /// Until every machine had started.
    start: Duration,
    resident: u64,
    highest: u64,
    over: Duration,
    wakeups: u64,
    cpu: Duration,
}

impl Rest {
    /// Percent of a core.
    fn share(&self) -> f64 {
        self.cpu.as_secs_f64() / self.over.as_secs_f64() * 100.0
    }
}

/// So many machines that watch a file each.
fn run(machined: &Path, machines: usize, load: &Load) -> Outcome<Rest> {
    let dir = tempfile::tempdir()?;
    let strings = tables::write(dir.path(), machines, load.every_ms)?;
    let begun = Instant::now();
    let node = Node::start(machined, dir.path(), load.server.as_deref())?;
    node.wait_for_starts(machines)?;
    let start = begun.elapsed();
    std::thread::sleep(SETTLED.saturating_sub(start));
    node.wait_for_rest()?;
    let before = node.usage()?;
    std::thread::sleep(load.over);
    let Usage { resident, highest, wakeups, cpu } = node.usage()?;
    Ok(Rest {
        strings,
        start,
        resident,
        highest,
        over: load.over,
        wakeups: wakeups.saturating_sub(before.wakeups),
        cpu: cpu.saturating_sub(before.cpu),
    })
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
