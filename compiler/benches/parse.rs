//! From text to checked machines: each stage beside its limit, what pest alone needs for the same text.
//!
//! Prints the best of several runs for 10^2 to 10^5 generated lines, and how many times pest's time that is: for many
//! machines, and for one machine up to the largest, where anything that is not linear would show. First on one core;
//! then, for the sources that are large enough to be shared, on all that there are (pest alone is one thread on all of
//! them).
//!
//! ```text
//! cargo bench -p machine-compiler --bench parse
//! ```

mod sources;

use machine_compiler::diagnostic::Diagnostics;
use machine_compiler::source::SourceMap;
use machine_compiler::{check, lower};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use sources::{STATES, full, many, one, whole};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Lines of a machine with all of them.
const LARGEST: usize = 5 * STATES;

/// How many times as long as pest alone `check` may take.
const LIMIT: &str = "1.50";
/// The same for sources of many small machines, as people write them.
const LIMIT_OF_MANY: &str = "1.30";

fn main() -> rustix::io::Result<()> {
    println!("{:>8}  {:<14} {:>10} {:>12} {:>7} {:>6}", "lines", "stage", "time", "lines/s", "ratio", "limit");
    let all = sched_getaffinity(None)?;
    let mut one_core = CpuSet::new();
    one_core.set((0..CpuSet::MAX_CPU).find(|it| all.is_set(*it)).unwrap_or(0));
    sched_setaffinity(None, &one_core)?;
    println!("\non one core\n");
    several(2);
    println!("one machine, up to the largest that there can be");
    [100, 1_000, LARGEST].into_iter().for_each(|lines| measure(&one(lines), LIMIT));
    println!("one machine with as many transitions as there can be: {} states, {} transitions", STATES, 4 * STATES);
    measure(&full(), LIMIT);
    sched_setaffinity(None, &all)?;
    println!("\non {} cores\n", all.count());
    several(3);
    Ok(())
}

/// Sources of many machines, from 10^`least` lines on.
fn several(least: u32) {
    println!("many machines");
    (least..=5).for_each(|exponent| measure(&many(10_usize.pow(exponent)), LIMIT_OF_MANY));
    println!("the whole language");
    (least..=5).for_each(|exponent| measure(&whole(10_usize.pow(exponent)), LIMIT));
}

/// All stages in turn, so that whatever disturbs the machine disturbs them alike.
fn measure(source: &str, limit: &str) {
    let lines = source.lines().count();
    let mut sources = SourceMap::default();
    let file = sources.add("bench.machine", source);
    let stages: [(&str, &dyn Fn()); 4] = [
        ("pest alone", &|| assert!(black_box(machine_grammar::pest_alone(source)))),
        ("tree", &|| assert!(black_box(machine_grammar::parse(source)).errors.is_empty())),
        ("tree + lower", &|| drop(black_box(lower::lower(file, source, &mut Diagnostics::default())))),
        ("check", &|| assert!(!black_box(check(&sources)).iter().any(|it| it.code.number.starts_with("E01")))),
    ];
    let mut best = [Duration::MAX; 4];
    for _ in 0..(200_000 / lines).clamp(12, 400) {
        for (best, (_, stage)) in best.iter_mut().zip(&stages) {
            let start = Instant::now();
            stage();
            *best = start.elapsed().min(*best);
        }
    }
    for (time, (name, _)) in best.iter().zip(&stages) {
        let ratio = time.as_secs_f64() / best[0].as_secs_f64();
        let speed = lines as f64 / time.as_secs_f64();
        let limit = if *name == "check" { limit } else { "" };
        println!("{lines:>8}  {name:<14} {:>7.2} ms {speed:>12.0} {ratio:>6.2}x {limit:>6}", time.as_secs_f64() * 1e3);
    }
}
