//! What it costs the parent to start a command: ours beside posix_spawn as the standard library calls it.
//!
//! Both start `/bin/true` with no input and both outputs in pipes, one at a time, in the same run and by turns, in
//! a parent that is small and in one that holds a gigabyte. The last row is what a new session costs when it is
//! made the standard library's way, by fork.
//!
//! ```text
//! cargo bench -p machine-drivers --bench spawn
//! ```
// A benchmark that cannot run has nothing better to do than to stop.
#![allow(clippy::unwrap_used)]

use std::ffi::CString;
use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use machine_drivers::spawn::{Signals, Start, spawn};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, WaitId, WaitIdOptions, getuid, waitid};
use rustix::time::{ClockId, clock_gettime};

const ROUNDS: usize = 800;
const BALLAST: usize = 1 << 30;

fn main() {
    println!(
        "{:34} {:>10} {:>10} {:>10} {:>10}",
        "µs in the parent, first decile", "small", "1 GiB", "cpu", "cpu 1 GiB"
    );
    let small = measure();
    let ballast = vec![1_u8; BALLAST];
    let large = measure();
    std::hint::black_box(&ballast);
    let names = ["posix_spawn, standard library", "ours: own session, clean signals", "fork, standard library"];
    for (name, (small, large)) in names.iter().zip(small.iter().zip(&large)) {
        println!("{name:34} {:10.1} {:10.1} {:10.1} {:10.1}", small.wall, large.wall, small.cpu, large.cpu);
    }
    let [library, ours, _] = &small;
    println!("ours / standard library            {:10.2} {:>21.2}", ours.wall / library.wall, ours.cpu / library.cpu);
    println!("ours, 1 GiB / small                {:10.2} {:>21.2}", large[1].wall / ours.wall, large[1].cpu / ours.cpu);
    println!("(limits: 1.1 and independent of memory)");
}

/// Microseconds until the start returns, and what of that the parent computed itself.
struct Cost {
    wall: f64,
    cpu: f64,
}

/// The two ways by turns, so that what else the system does hits both alike; then the fork, which leaves the
/// parent's memory shared and would make both pay for it.
fn measure() -> [Cost; 3] {
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        times[0].push(time(by_library));
        times[1].push(time(by_us));
    }
    times[2].extend((0..ROUNDS / 4).map(|_| time(by_fork)));
    times.map(|times| Cost {
        wall: undisturbed(times.iter().map(|(wall, _)| *wall)),
        cpu: undisturbed(times.iter().map(|(_, cpu)| *cpu)),
    })
}

fn time(start: fn() -> u32) -> (Duration, Duration) {
    let (begun, cpu) = (Instant::now(), cpu());
    let pid = start();
    let times = (begun.elapsed(), self::cpu() - cpu);
    let pid = Pid::from_raw(pid.cast_signed()).unwrap();
    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED).unwrap();
    times
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32)
}

/// The first decile: what it takes when nothing else runs, even while other things do.
fn undisturbed(times: impl Iterator<Item = Duration>) -> f64 {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    times[times.len() / 10].as_secs_f64() * 1e6
}

fn command() -> Command {
    let mut command = Command::new("/bin/true");
    command.current_dir("/").env_clear().env("PATH", "/bin").env("LANG", "C.UTF-8");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn by_library() -> u32 {
    command().spawn().unwrap().id()
}

fn by_fork() -> u32 {
    let mut command = command();
    // What posix_spawn cannot do makes the library fork: setting the user, even to the same, as well as `pre_exec`.
    command.uid(getuid().as_raw()).spawn().unwrap().id()
}

fn by_us() -> u32 {
    let text = |text: &str| CString::new(text).unwrap();
    let null = File::options().read(true).write(true).open("/dev/null").unwrap();
    let (_read_out, out) = pipe_with(PipeFlags::CLOEXEC).unwrap();
    let (_read_err, err) = pipe_with(PipeFlags::CLOEXEC).unwrap();
    let pid = spawn(&Start {
        program: &text("/bin/true"),
        argv: &[text("/bin/true")],
        envp: &[text("PATH=/bin"), text("LANG=C.UTF-8")],
        dir: c"/",
        stdio: [null.as_fd(), out.as_fd(), err.as_fd()],
        signals: Signals::Default,
        user: None,
    });
    pid.unwrap().as_raw_pid().cast_unsigned()
}
