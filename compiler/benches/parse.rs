//! From text to checked machines: each stage beside its limit, what pest alone needs for the same text.
//!
//! Prints the best of several runs for 10^2 to 10^5 generated lines, and how many times pest's time that is: for many
//! machines, and for one machine up to the largest, where anything that is not linear would show. First on one core;
//! then, for the sources that are large enough to be shared, on all that there are (pest alone is one thread on all of
//! them).
//!
//! What pest needs is there twice: as it comes, with what it does by default, which the limit is for; and as this
//! compiler uses it, without looking at each rule how much of the stack is left.
//!
//! ```text
//! cargo bench -p machine-compiler --bench parse
//! ```

mod pest_as_it_comes;
mod sources;

use machine_compiler::diagnostic::Diagnostics;
use machine_compiler::source::SourceMap;
use machine_compiler::{check, lower};
use pest_as_it_comes::PestAsItComes;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use sources::{STATES, full, many, one, whole};
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Lines of a machine with all of them.
const LARGEST: usize = 5 * STATES;

/// How many times as long as pest alone `check` may take.
const LIMIT: &str = "1.50";
/// The same for sources of many small machines, as people write them.
const LIMIT_OF_MANY: &str = "1.30";

fn main() -> Result<(), Box<dyn Error>> {
    let pest = PestAsItComes::build(concat!(env!("CARGO_MANIFEST_DIR"), "/../grammar/benches/pest_as_it_comes"))?;
    println!(
        "{:>8}  {:<16} {:>10} {:>12} {:>11} {:>6} {:>10}",
        "lines", "stage", "time", "lines/s", "times pest", "limit", "as used"
    );
    let all = sched_getaffinity(None)?;
    let mut one_core = CpuSet::new();
    one_core.set((0..CpuSet::MAX_CPU).find(|it| all.is_set(*it)).unwrap_or(0));
    sched_setaffinity(None, &one_core)?;
    println!("\non one core\n");
    several(&pest, 2)?;
    println!("one machine, up to the largest that there can be");
    [100, 1_000, LARGEST].into_iter().try_for_each(|lines| measure(&pest, &one(lines), LIMIT))?;
    println!("one machine with as many transitions as there can be: {} states, {} transitions", STATES, 4 * STATES);
    measure(&pest, &full(), LIMIT)?;
    sched_setaffinity(None, &all)?;
    println!("\non {} cores\n", all.count());
    several(&pest, 3)
}

/// Sources of many machines, from 10^`least` lines on.
fn several(pest: &PestAsItComes, least: u32) -> Result<(), Box<dyn Error>> {
    println!("many machines");
    (least..=5).try_for_each(|exponent| measure(pest, &many(10_usize.pow(exponent)), LIMIT_OF_MANY))?;
    println!("the whole language");
    (least..=5).try_for_each(|exponent| measure(pest, &whole(10_usize.pow(exponent)), LIMIT))
}

/// All stages in turn, so that whatever disturbs the machine disturbs them alike.
fn measure(pest: &PestAsItComes, source: &str, limit: &str) -> Result<(), Box<dyn Error>> {
    let lines = source.lines().count();
    let mut sources = SourceMap::default();
    let file = sources.add("bench.machine", source);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench.machine");
    std::fs::write(&path, source)?;
    let stages: [(&str, &dyn Fn()); 4] = [
        ("… as used here", &|| assert!(black_box(machine_grammar::pest_alone(source)))),
        ("tree", &|| assert!(black_box(machine_grammar::parse(source)).errors.is_empty())),
        ("tree + lower", &|| drop(black_box(lower::lower(file, source, &mut Diagnostics::default())))),
        ("check", &|| assert!(!black_box(check(&sources)).iter().any(|it| it.code.number.starts_with("E01")))),
    ];
    let mut best = [Duration::MAX; 4];
    let (rounds, parts) = ((200_000 / lines).clamp(12, 400), 4);
    let mut as_it_comes = Duration::MAX;
    for _ in 0..parts {
        as_it_comes = as_it_comes.min(least(&mut pest.command(&path, rounds / parts))?);
        for _ in 0..rounds / parts {
            for (best, (_, stage)) in best.iter_mut().zip(&stages) {
                let start = Instant::now();
                stage();
                *best = start.elapsed().min(*best);
            }
        }
    }
    let first = ("pest as it comes", as_it_comes);
    for (name, time) in std::iter::once(first).chain(stages.iter().map(|(name, _)| *name).zip(best)) {
        show(name, lines, time.as_secs_f64(), [as_it_comes, best[0]].map(|it| it.as_secs_f64()), limit);
    }
    Ok(())
}

/// A stage, its time in seconds beside that of pest, as it comes and as it is used here.
fn show(name: &str, lines: usize, time: f64, [as_it_comes, as_used]: [f64; 2], limit: &str) {
    let limit = if name == "check" { limit } else { "" };
    println!(
        "{lines:>8}  {name:<16} {:>7.2} ms {:>12.0} {:>11.2} {limit:>6} {:>10.2}",
        time * 1e3,
        lines as f64 / time,
        time / as_it_comes,
        time / as_used
    );
}

/// The time that a process says that it took.
fn least(command: &mut Command) -> Result<Duration, Box<dyn Error>> {
    let told = command.output()?;
    if !told.status.success() {
        return Err(String::from_utf8_lossy(&told.stderr).into());
    }
    Ok(Duration::from_nanos(String::from_utf8(told.stdout)?.trim().parse()?))
}
