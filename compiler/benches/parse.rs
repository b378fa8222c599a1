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

use machine_compiler::diagnostic::Diagnostics;
use machine_compiler::source::SourceMap;
use machine_compiler::{check, lower};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// As many states as a machine can have.
const STATES: usize = 1_024;
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

/// Machines of about twenty lines each, `lines` in all, no two of one name.
fn many(lines: usize) -> String {
    const LINES_EACH: usize = 20;
    (0..lines.div_ceil(LINES_EACH)).map(machine).collect()
}

fn machine(number: usize) -> String {
    format!(
        r#"/// Keeps a container at the version that its manifest asks for.
machine container_{number} 1.0.{number} {{
    watch manifest = file("manifest_{number}.json") every 10s
    on manifest.changed -> deploy again       // also while a deployment is under way
    on manifest.missing -> unknown

    initial state unknown

    state deploy {{
        watch deployer = exec("./deploy.sh", "{number}", timeout: 30s) every 1m
        on deployer.ok     -> monitor
        on deployer.failed stay               // it is tried again in a minute
    }}

    state monitor {{
        watch running = exec("./check_running.sh", env: {{ NAME: "c{number}" }}) every 30s
        on running.failed -> deploy
        after 1h -> deploy as refresh
    }}
}}
"#
    )
}

/// One machine of five lines a state, `lines` in all.
fn one(lines: usize) -> String {
    let states = lines / 5;
    let state = |number: usize| {
        let start = if number == 0 { "initial " } else { "" };
        let next = (number + 1) % states;
        format!(
            r#"    {start}state step_{number} {{
        watch work = exec("./step.sh", "{number}", timeout: 30s) every 1m
        on work.ok     -> step_{next}
        on work.failed stay               // it is tried again in a minute
    }}
"#
        )
    };
    format!("machine large 1.0.0 {{\n{}}}\n", (0..states).map(state).collect::<String>())
}

/// One machine with as many states and transitions as there can be.
fn full() -> String {
    let state = |number: usize| {
        let start = if number == 0 { "initial " } else { "" };
        let (next, last) = ((number + 1) % STATES, (number + STATES - 1) % STATES);
        format!(
            r#"    {start}state step_{number} {{
        watch work = exec("./step.sh", "{number}", timeout: 30s) every 1m
        watch load = exec("./load.sh", "{number}", timeout: 30s) every 1m
        on work.ok     -> step_{next}
        on work.failed -> step_{last}
        on load.ok     -> step_0
        on load.failed stay
    }}
"#
        )
    };
    format!("machine large 1.0.0 {{\n{}}}\n", (0..STATES).map(state).collect::<String>())
}

/// Machines that use all of the language, about thirty lines each, `lines` in all.
fn whole(lines: usize) -> String {
    const LINES_EACH: usize = 33;
    let machine = |number: usize| {
        format!(
            r#"/// Runs the extractor fan by the air that the room's sensors report.
machine hvac_{number} 2.1.{number} {{
    data co2_max: int in 0..5000 = 800        // bounded: the compiler can explore it
    data worst: int in 0..5000 = 0
    data speed: low | high = low
    fact location: string = "unknown"
    limit fans_{number} = 3 across fleet
    event maintenance(reason: string) from operator
    event resume from operator
    on maintenance -> paused

    initial state known {{
        watch air = exec("./monitor.sh", "{{location}}/air.json") every 1m splay 10s
            returns {{ co2: int in 0..5000 }}
        on air.ok(a) when a.co2 > co2_max and a.co2 < 4000 -> running {{ worst = max(worst, a.co2) }}
        on air.ok                                          -> idle
        on air.fault                                       stay

        initial state idle {{
            exit {{ speed = high }}
        }}
        state running {{
            run start = exec("./on.sh", "kitchen", timeout: 30s) under fans_{number} wait 5m
            on start.failed(f) when f.reason == interrupted -> running again
            on start.failed, start.skipped                  -> idle
            after 2h + 5m                                   -> idle
            when worst >= 4000 or co2_max in 1..9           -> paused {{
                worst = max(0, worst - 100)
                emit page(worst: worst, location: location)
            }}
        }}
    }}
    state paused {{
        on resume -> known.last
    }}
}}
"#
        )
    };
    (0..lines.div_ceil(LINES_EACH)).map(machine).collect()
}
