//! Promises: how long it takes to decide them, and how much memory, for machines of 4,096 and 2^20 configurations.
//!
//! Sixteen states and counters from 0 to 15: every configuration can be come to, and each promise has to look at all. At last
//! a machine in which timers race, where a promise hangs on what they have left: 16 states, 360 times longer than one of them.
//!
//! ```text
//! cargo bench -p machine-compiler --bench prove
//! ```

use machine_compiler::model::{Machine, Property};
use machine_compiler::prove::{Verdict, decide};
use machine_compiler::source::SourceMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

const STATES: usize = 16;

fn main() {
    println!("{:>10}  {:<24} {:>10}  {:>8}  {:>10}", "cases", "promise", "time", "limit", "peak");
    let all = ["always can reach", "leads to", "never ->", "never"];
    measure(&counting(2), STATES << 8, &all, 40, "5 ms");
    measure(&counting(4), STATES << 16, &all, 2, "3 s");
    measure(&racing(), STATES, &["always can reach"], 10, "3 s");
}

/// The best of several runs for each promise alone, then for all of them.
fn measure(source: &str, cases: usize, names: &[&str], runs: u32, limit: &str) {
    let mut sources = SourceMap::default();
    sources.add("m.machine", source);
    let shown = machine_compiler::examine(&sources, &mut |file, machine: &Machine| {
        let alone = machine.requires.iter().map(std::slice::from_ref);
        let all = (names.len() > 1).then_some(("all four", machine.requires.as_slice()));
        for (name, promises) in names.iter().copied().zip(alone).chain(all) {
            let time = (0..runs).map(|_| once(&sources, file, machine, promises)).min().unwrap_or_default();
            let time = format!("{:.2} ms", time.as_secs_f64() * 1e3);
            println!("{cases:>10}  {name:<24} {time:>10}  {limit:>8}  {:>7} MiB", peak_kib() / 1024);
        }
    });
    assert!(shown.is_empty(), "{shown:?}");
}

fn once(
    sources: &SourceMap,
    file: machine_compiler::source::FileId,
    machine: &Machine,
    promises: &[Property],
) -> Duration {
    let start = Instant::now();
    let verdicts = black_box(decide(sources, file, machine, promises));
    let time = start.elapsed();
    assert!(verdicts.iter().all(|it| *it == Verdict::Kept), "{verdicts:?}");
    time
}

fn counting(counters: u32) -> String {
    let mut text = "machine m 1.0.0 {\n".to_owned();
    for it in 0..counters {
        text += &format!(
            "    data n{it}: int in 0..15 = 0\n    watch w{it} = exec(\"./w.sh\") every 1m\n    \
             on w{it}.ok when n{it} < 15 stay {{ n{it} += 1 }}\n    on w{it}.ok stay {{ n{it} = 0 }}\n    \
             on w{it}.failed stay\n"
        );
    }
    for it in 0..STATES {
        let initial = if it == 0 { "initial " } else { "" };
        text += &format!("    {initial}state s{it} {{ after 1m -> s{} }}\n", (it + 1) % STATES);
    }
    text += "    require always can reach s7\n    require s3 leads to s2\n    require never s3 -> s5\n";
    text + "    require never s3 and n0 > n1 and n0 < n1\n}\n"
}

/// An hour around steps of ten seconds that an operator can end at any time.
fn racing() -> String {
    let mut text =
        "machine m 1.0.0 {\n    event go from operator\n    initial state work {\n        after 1h -> rest\n"
            .to_owned();
    for it in 0..STATES {
        let (initial, next) = (if it == 0 { "initial " } else { "" }, (it + 1) % STATES);
        text += &format!(
            "        {initial}state s{it} {{\n            after 10s -> s{next}\n            on go -> s{next}\n        }}\n"
        );
    }
    text + "    }\n    state rest { on go -> work }\n    require always can reach rest\n}\n"
}

/// Most memory of this process so far.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    line.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
