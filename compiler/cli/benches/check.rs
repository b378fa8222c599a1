//! What `machinec check` costs as a whole process, beside the least that any process costs here: `/bin/true`; and for
//! longer sources, beside a process that lets pest alone, as it comes, read the same file.
//!
//! ```text
//! cargo bench -p machinec --bench check
//! ```
// A benchmark that cannot run has nothing better to do than to stop.
#![allow(clippy::unwrap_used)]

#[path = "../../benches/pest_as_it_comes/mod.rs"]
mod pest_as_it_comes;
#[path = "../../benches/sources/mod.rs"]
mod sources;

use pest_as_it_comes::PestAsItComes;
use std::fs;
use std::io::{Read, Write, pipe};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 400;
/// What a pipe holds before its writer has to wait, in bytes.
const PIPE: usize = 64 * 1024;

/// Thirty lines without a mistake.
const SOURCE: &str = r#"/// Keeps a container at the version that its manifest asks for.
machine container_manager 1.0.0 {
    watch manifest = file("manifest.json") every 10s
    on manifest.changed -> deploy again       // also while a deployment is under way
    on manifest.missing -> unknown

    initial state unknown

    /// Puts the version of the manifest in place.
    state deploy {
        watch deployer = exec("./deploy.sh", timeout: 1m) every 1m
        on deployer.ok     -> monitor
        on deployer.failed stay               // it is tried again in a minute
    }

    /// Looks whether it still answers.
    state monitor {
        watch running = exec("./check_running.sh") every 30s
        on running.failed -> restart
        after 12h         -> deploy
    }

    /// Starts what is in place once more.
    state restart {
        run start = exec("./restart.sh", timeout: 30s)
        on start.ok     -> monitor
        on start.failed -> deploy
    }
}
"#;

fn main() {
    let pest =
        PestAsItComes::build(concat!(env!("CARGO_MANIFEST_DIR"), "/../../grammar/benches/pest_as_it_comes")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let machinec = installed(dir.path());
    let source = dir.path().join("thirty.machine");
    fs::write(&source, SOURCE).unwrap();
    let (mut of_true, mut of_check) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        of_true.push(time(&mut Command::new("/bin/true")));
        of_check.push(time(&mut check(&machinec, &source)));
    }
    let (least_true, median_true) = least_and_median(&mut of_true);
    let (least, median) = least_and_median(&mut of_check);
    println!("{:16} {:>8} {:>8}", "ms, by turns", "min", "median");
    println!("{:16} {least_true:8.2} {median_true:8.2}", "/bin/true");
    println!("{:16} {least:8.2} {median:8.2}", "machinec check");
    println!("{:16} {:8.2} {:8.2}   limit 2", "times as long", least / least_true, median / median_true);
    println!("{:16} {:8.2} MiB        limit 6", "most memory", most_memory(&machinec, &source));
    println!("{:16} {:>8} {:>8} {:>8}   limit 1.3", "lines, ms", "pest", "check", "times");
    (2..=5).for_each(|exponent| beside_pest(&pest, &machinec, dir.path(), 10_usize.pow(exponent)));
}

/// A process that checks so many lines, and one that lets pest alone read them.
fn beside_pest(pest: &PestAsItComes, machinec: &Path, dir: &Path, lines: usize) {
    let source = dir.join("many.machine");
    fs::write(&source, sources::many(lines)).unwrap();
    let (mut of_pest, mut of_check) = (Vec::new(), Vec::new());
    for _ in 0..(2_000_000 / lines).clamp(20, ROUNDS) {
        of_pest.push(time(&mut pest.command(&source, 1)));
        of_check.push(time(&mut check(machinec, &source)));
    }
    let ((_, pest), (_, check)) = (least_and_median(&mut of_pest), least_and_median(&mut of_check));
    println!("{lines:16} {pest:8.2} {check:8.2} {:8.2}", check / pest);
}

/// A copy, as `/bin/true` is one: the system keeps what a linker wrote in small pieces, and a program that lies in memory
/// like that starts slower by a tenth.
fn installed(dir: &Path) -> PathBuf {
    let path = dir.join("machinec");
    fs::copy(env!("CARGO_BIN_EXE_machinec"), &path).unwrap();
    path
}

fn check(machinec: &Path, source: &Path) -> Command {
    let mut command = Command::new(machinec);
    command.arg("check").arg(source);
    command
}

fn time(command: &mut Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    assert!(command.status().unwrap().success());
    start.elapsed()
}

fn least_and_median(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    (ms(times[0]), ms(times[times.len() / 2]))
}

/// Resident memory at the highest, in MiB. The process is looked at while it waits to say its last words into a pipe
/// that is full.
fn most_memory(machinec: &Path, source: &Path) -> f64 {
    let (mut reader, mut writer) = pipe().unwrap();
    writer.write_all(&[b' '; PIPE]).unwrap();
    let mut child = check(machinec, source).stderr(writer).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let highest = || field(&fs::read_to_string(&status).unwrap(), "VmHWM:");
    let mut most = highest();
    loop {
        std::thread::sleep(Duration::from_millis(100));
        if highest() == std::mem::replace(&mut most, highest()) {
            break;
        }
    }
    std::thread::spawn(move || reader.read_to_end(&mut Vec::new()).unwrap());
    assert!(child.wait().unwrap().success());
    most / 1024.0
}

fn field(status: &str, name: &str) -> f64 {
    let value = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    value.split_whitespace().next().unwrap().parse().unwrap()
}
