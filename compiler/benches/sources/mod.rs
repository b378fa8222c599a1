//! Sources of any length, as people and generators write them; shared with the benchmark of the whole process.

#![allow(dead_code, unreachable_pub, reason = "each benchmark uses some of them")]

/// As many states as a machine can have.
pub const STATES: usize = 1_024;

/// Machines of about twenty lines each, `lines` in all, no two of one name.
pub fn many(lines: usize) -> String {
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
pub fn one(lines: usize) -> String {
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
pub fn full() -> String {
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
pub fn whole(lines: usize) -> String {
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
